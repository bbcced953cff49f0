"""Which kinds of question does a picture answer? One module each, from answers to a ``Picture``."""

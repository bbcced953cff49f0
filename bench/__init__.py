"""How fast, and how right? One folder per question; each is run as ``python -m bench.<name>``."""

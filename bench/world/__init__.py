"""A world of conflicts of UCDP's size and shape: made up, loaded, served and charted. See ``__main__``."""

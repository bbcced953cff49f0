"""How long does it take until a crisis adds up? See ``__main__``."""

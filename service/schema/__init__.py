"""Which tables and records pass between the packages, and what does each column mean?"""

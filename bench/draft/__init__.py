"""How much of what a text says does a draft propose, and how much that it does not say?"""

"""Which bytes carry the rows?"""

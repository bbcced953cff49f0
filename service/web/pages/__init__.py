"""Which pages can a person read?"""

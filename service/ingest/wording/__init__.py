"""What do the words and numbers of a cell mean?"""

"""How does a document of another layout become reports?"""

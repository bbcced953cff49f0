"""How does a document come into the ledger?"""

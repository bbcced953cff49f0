"""How is a ledger asked that stands elsewhere?"""

"""How long do start, verify and rebuild of a large ledger take?"""

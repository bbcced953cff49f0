"""What does the ledger say? From a question to its rows, for every way out."""

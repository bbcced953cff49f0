"""How does an assistant ask the ledger? Tools by the Model Context Protocol, which only read."""

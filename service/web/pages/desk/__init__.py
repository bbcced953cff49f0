"""The desk's pages: hand reports in, mend what is held, withdraw and correct, register places and crises.

Each page is a form that works without a script: what was typed stays in it, whatever was wrong. Each does
what a verb of ``service.api.Ledger`` does, and nothing else.
"""

"""How are the figures of a whole ledger worked out where it is larger than one process should hold?

``export`` has written the ledger as files of whole crises; each file is a task by itself, for the one
function that gives every figure of this service (``service.reconcile``). Tasks run one after the other in
this process, or on the workers of a Spark cluster, and give the same bytes either way: nothing that is
written tells which. This room must not know the journal, DuckDB or HTTP.
"""

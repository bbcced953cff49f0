"""How fast is reconciliation, beside the limit and beside what one would write by hand?

``python -m bench.reconcile --rows 1e5 1e6`` generates reports (``reports``), and in one run times the
service's own ``reconcile``, a bare GROUP BY of the same rows (the limit, ``peers.grouped``) and the same
rules written with pandas' groupby-apply (``peers.applied``).
"""

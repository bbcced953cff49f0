"""How fast is reconciliation, beside the limit, and how does its time grow?

``python -m bench.reconcile --rows 1e5 1e6`` generates reports in several shapes (``reports``), and in one run
times ``reconcile`` itself and a bare GROUP BY of the same rows (``peers.grouped``, the limit); then
one small number relayed for many districts, and one report more until its crisis shows it (``touched``).
"""

"""How right are the figures and the ranges, beside what others would have answered?

``python -m bench.accuracy`` runs three back-tests, walk-forward and never peeking, prints them and writes
docs/accuracy.md: simulated crises with known truth (``simulation``, ``worlds``, ``crises``), the UN's flash
and verified counts of the West Bank (``west_bank``), and the shipped first crisis (``coast``). ``ranges``
holds candidate range methods as pure functions over what each origin had said.
"""

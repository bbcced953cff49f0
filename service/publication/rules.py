"""By which rules were published figures worked out?

Figures are taken as they are only by an installation that would work out the same ones. The version of the
service says less than that between two releases, so its rules are known by their own text.
"""

from __future__ import annotations

import functools
import hashlib
from importlib import resources

ROOMS = ("reconcile", "reference", "schema")
"""The packages on which a figure depends, beside the vocabulary."""
KINDS = (".py", ".csv")


@functools.cache
def rules_digest() -> str:
    """Return what stands for the rules of this installation: a hash of their code and tables."""
    service = resources.files("service")
    texts = [("vocabulary.py", service / "vocabulary.py")]
    for room in ROOMS:
        texts += [(f"{room}/{file.name}", file) for file in (service / room).iterdir()]
    digest = hashlib.sha256()
    for name, file in sorted(texts):
        if name.endswith(KINDS):
            digest.update(f"{name}\n".encode() + file.read_bytes())
    return digest.hexdigest()

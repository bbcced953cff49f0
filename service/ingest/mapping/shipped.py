"""Which mappings are shipped, and what does each say?

They are the TOML files in ``seeds/mappings``, each known by the name of its file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from service.settings import shipped_seeds


def shipped_names() -> list[str]:
    """Return the names of the shipped mappings, in order."""
    return list(_texts(shipped_seeds()))


def shipped_text(name: str) -> bytes:
    """Return the TOML text of a shipped mapping. Raises KeyError for another name."""
    return _texts(shipped_seeds())[name]


@cache
def _texts(seeds: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted((seeds / "mappings").glob("*.toml"))}

"""How is a table written in Markdown?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a bar within a cell is escaped."""
    return "\n".join(["| " + " | ".join(map(_cell, row)) + " |" for row in (heads,)]
        + ["|" + "---|" * len(heads)]
        + ["| " + " | ".join(map(_cell, row)) + " |" for row in rows])  # fmt: skip


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")

"""Write the pages under ``docs/reference`` and the man page anew from the code (``make docs`` does)."""

from __future__ import annotations

from tests.reference.pages import ROOT, pages

for path, text in pages().items():
    place = ROOT / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")

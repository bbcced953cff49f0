"""What does the documentation site consist of? The documents of the repository, linked among themselves.

A link to another file of the repository is left as text, as the server's pages leave it; one to a file that
there is not is refused.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
GLOSSARY = "glossary.md"
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
FENCE = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)


def documents() -> dict[str, Path]:
    """Return the documents by their path in the site."""
    docs = ROOT / "docs"
    found = {path.relative_to(docs).as_posix(): path for path in sorted(docs.rglob("*.md"))}
    return {**found, GLOSSARY: ROOT / "GLOSSARY.md"}


def write_sources(folder: Path) -> None:
    """Write the documents and their pictures as the site has them. Raises ValueError for a link to no
    file."""
    for picture in (ROOT / "docs").rglob("*.svg"):
        place = folder / picture.relative_to(ROOT / "docs")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, place)
    known = documents()
    places = {path: name for name, path in known.items()}
    for name, path in known.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        parts = FENCE.split(path.read_text(encoding="utf-8"))
        place.write_text(
            "".join(_links_of_site(part, name, path, places) for part in parts), encoding="utf-8"
        )


def _links_of_site(part: str, name: str, path: Path, places: dict[Path, str]) -> str:
    """Return a part of a document with the links of the site; code is left alone."""
    if part.startswith("```"):
        return part
    return LINK.sub(lambda link: _linked(link, name, path, places), part)


def _linked(link: re.Match[str], name: str, path: Path, places: dict[Path, str]) -> str:
    """Return a link as the document ``name`` of the site has it."""
    words, target = link.groups()
    if re.match(r"https?://|#|mailto:", target):
        return link[0]
    file, _, part = target.partition("#")
    wanted = (path.parent / file).resolve()
    if not wanted.exists():
        raise ValueError(f"{path.relative_to(ROOT)}: no file is at {target}.")
    if wanted not in places:
        return words
    up = "../" * name.count("/")
    return f"[{words}]({up}{places[wanted]}{'#' if part else ''}{part})"

"""How Sphinx makes the documentation site: offline, without anything from another host.

The navigation is that of the start page: its headings, and the pages they lead to.
"""

from __future__ import annotations

import re
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

project = "Casualty Ledger"
author = "Casualty Ledger contributors"
copyright = "Casualty Ledger contributors"
release = version = installed_version("casualty-ledger")
extensions = ["myst_parser"]
myst_heading_anchors = 4
myst_linkify_fuzzy_links = False
suppress_warnings = ["myst.header", "misc.highlighting_failure"]
html_theme = "furo"
html_title = f"Casualty Ledger {release}"
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files = ["site.css"]
html_favicon = str(Path(__file__).parents[2] / "service" / "web" / "static" / "mark.svg")
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False
START, ARABIC = "index", "ar"
SECTION = re.compile(r"^## (.+)\n((?:(?!^## ).*\n)*)", re.MULTILINE)


def _add_navigation(app: Any, docname: str, source: list[str]) -> None:
    """Give the start pages, and that of the decisions, the list of pages that they lead to."""
    if docname == START:
        parts = [(heading, body) for heading, body in SECTION.findall(source[0] + "\n")]
        trees = [_tree(_pages(body), heading) for heading, body in parts]
        source[0] += "\n\n" + "\n\n".join([*trees, _tree([ARABIC], "العربية")])
    elif docname == "adr/index":
        source[0] += "\n\n" + _tree(_pages(source[0]), "")


def _pages(text: str) -> list[str]:
    return re.findall(r"\]\(([\w./-]+)\.md\)", text)


def _tree(pages: list[str], caption: str) -> str:
    options = ":hidden:\n" + (f":caption: {caption}\n" if caption else "")
    return "```{toctree}\n" + options + "\n" + "\n".join(pages) + "\n```\n"


def _turn_arabic(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the Arabic page run from right to left."""
    if pagename == ARABIC and "body" in context:
        context["body"] = f'<div lang="ar" dir="rtl">{context["body"]}</div>'


def setup(app: Any) -> None:
    app.connect("source-read", _add_navigation)
    app.connect("html-page-context", _turn_arabic)

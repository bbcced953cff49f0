"""What does a word mean, by which rules are figures made, and how well do they hold? The pages ``/guide/…``.

Renders the project's own documents, so that a page says what the repository says. A link to another of them
leads to its page; one to a file of the source is left as text. HTML in a document is shown, not obeyed.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

import service
from service.errors import NotFound
from service.language import ENGLISH, LANGUAGES
from service.sentence import sentence
from service.web.pages.page import Reader
from service.web.pages.templating import render

GLOSSARY = "glossary"
STARTS = {"en": "index", "ar": "ar"}
"""The document that each language begins with; it leads to all others."""
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

router = APIRouter(include_in_schema=False)


class Guide(NamedTuple):
    """A document as a page: its heading, its sections (id, heading) and its text as HTML."""

    name: str
    title: str
    sections: tuple[tuple[str, str], ...]
    text: Markup


@router.get("/guide")
def show_guides(request: Request) -> HTMLResponse:
    reader = Reader.of(request)
    language = reader.language if reader.code in STARTS else LANGUAGES[ENGLISH]
    start = read_guide(STARTS[language.code])
    return guide_page(
        render("guides.html", reader, guide=start, language=language, version=version("casualty-ledger"))
    )


@router.get("/guide/{name:path}")
def show_guide(request: Request, name: str) -> Response:
    if name in _pictures():
        return FileResponse(_pictures()[name], headers={"Cache-Control": "public, no-cache"})
    if name not in guide_files():
        raise NotFound(sentence("There is no guide %(name)s.", name=repr(name[:80])), fix="See /guide.")
    if name in STARTS.values():
        language = next(code for code, start in STARTS.items() if start == name)
        return RedirectResponse("/guide" if language == ENGLISH else f"/{language}/guide")
    return guide_page(render("guide.html", Reader.of(request), guide=read_guide(name)))


@router.get("/about")
def show_about(request: Request) -> HTMLResponse:
    return guide_page(
        render("about.html", Reader.of(request), contact=request.app.state.settings.security_contact)
    )


def guide_names() -> list[str]:
    """Return the names of the documents in the order in which the start page leads to them."""
    addresses = re.findall(r'href="/guide/([^"#]+)"', read_guide(STARTS[ENGLISH]).text)
    return [name for name in dict.fromkeys(addresses) if name not in STARTS.values()]


@cache
def read_guide(name: str) -> Guide:
    """Return one of the documents as a page."""
    tokens = parse_guide(name)
    title, sections = name, []
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            words = plain_text(tokens[at + 1])
            token.attrSet("id", heading_id(words))
            if token.tag == "h1":
                title = words
            elif token.tag == "h2":
                sections.append((heading_id(words), words))
        elif token.type in ("th_open", "td_open"):  # a class, for a page may hold no style of its own
            if "style" in token.attrs:
                token.attrs = {"class": "num"} if "right" in str(token.attrs["style"]) else {}
        elif token.type == "inline":
            token.children = _linked(token.children or [], name)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    html = re.sub(
        r"<table>", '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>', html
    )
    html = html.replace("<pre>", '<pre tabindex="0">')
    html = re.sub(r"<th(?: class=[^>]*)?></th>", "<td></td>", html)  # a heading of nothing is none
    return Guide(name, title, tuple(sections), Markup(html.replace("</table>", "</table></div>")))  # noqa: S704 (our own documents; HTML in them is escaped)


def parse_guide(name: str) -> list[Token]:
    """Return the parts of one of the documents."""
    return _MARKDOWN.parse(guide_files()[name].read_text(encoding="utf-8"))


def heading_id(words: str) -> str:
    """Return the id of a heading, as those who link to it in a repository know it.

    >>> heading_id("6. What the origins say: `low` to `high`")
    '6-what-the-origins-say-low-to-high'
    """
    return re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")


def plain_text(inline: Token) -> str:
    """Return what a line says, without its marks."""
    return "".join(
        child.content if child.type in ("text", "code_inline") else " " * child.type.endswith("break")
        for child in inline.children or []
    )


def _linked(children: list[Token], name: str) -> list[Token]:
    """Return the parts of a line with each link leading to a page here or elsewhere; others are text only."""
    kept: list[Token] = []
    is_open: list[bool] = []
    for child in children:
        if child.type == "link_open":
            address = _address(str(child.attrGet("href") or ""), name)
            is_open.append(bool(address))
            if address:
                child.attrSet("href", address)
                kept.append(child)
        elif child.type == "link_close":
            if is_open.pop():
                kept.append(child)
        else:
            kept.append(child)
    return kept


def _address(href: str, name: str) -> str:
    """Return the address that a link in a document leads to here; "" where there is none."""
    if re.match(r"https?://|#", href):
        return href
    path, _, part = href.partition("#")
    if not path.endswith(".md"):
        return ""
    base = "" if name == GLOSSARY else "docs/"
    whole = Path("/", base, name).parent.joinpath(path).resolve()
    target = str(whole).removeprefix("/").removeprefix("docs/").removesuffix(".md").lower()
    if target not in guide_files():
        return ""
    return f"/guide/{target}{'#' if part else ''}{part}"


@cache
def guide_files() -> dict[str, Path]:
    """Return the documents by name."""
    folder = _folder()
    files = {path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.md")}
    if GLOSSARY not in files:
        files[GLOSSARY] = folder.parent / "GLOSSARY.md"
    return files


@cache
def _pictures() -> dict[str, Path]:
    """Return the pictures of the documents, by the address at which a document looks for them."""
    folder = _folder()
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.svg")}


def _folder() -> Path:
    """Return where the documents are: inside the package in an installed wheel, beside it in a checkout."""
    package = Path(service.__file__).parent
    inside = package / "_docs"
    return inside if inside.is_dir() else package.parent / "docs"


def guide_page(text: str) -> HTMLResponse:
    """Return a page that changes with the service alone."""
    return HTMLResponse(text, headers={"Cache-Control": "public, no-cache"})

"""What should an assistant that reads pages know of this service? ``/llms.txt`` (llmstxt.org).

It says in Markdown what the page ``/about`` says, then lists the doors: the questions of the API from their
own table, the guides, the tools. Nothing is written here that stands elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from service.answers.endpoints import ENDPOINTS, Endpoint
from service.answers.filters import AREA, MEASURE, PASSAGE, POPULATION, Filter
from service.web.pages.api_reference import ABOUT
from service.web.pages.guide import guide_names, read_guide
from service.web.pages.page import Reader
from service.web.pages.templating import render

PATH = "/llms.txt"
_TAGS = (
    (r"<h2[^>]*>(.*?)</h2>", r"\n\n## \1\n\n"),
    (r"<li>(.*?)</li>", r"- \1\n"),
    (r"<p[^>]*>(.*?)</p>", r"\n\n\1\n\n"),
    (r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', r"[\2](\1)"),
    (r"<h1>.*?</h1>|<[^>]+>", ""),
)
"""What becomes of the elements of a page of prose, in this order: the inside of a line comes last."""

FORMATS = "Each also as .csv, .ndjson, .parquet, .arrow and .xlsx; a citation with cite=bibtex, ris or csl."
DOORS = """\
- [Description of the API]({host}/openapi.json): OpenAPI; the same [to read]({host}/docs)
- [Tools by the Model Context Protocol]({host}/guide/assistants): casualty mcp --address {host}
- [Python]({host}/guide/reference/python): service.connect("{host}")
- [Command line]({host}/guide/command-line): casualty, on a ledger of one's own
- [What moved]({host}/v1/changes.atom): a feed
- [Every page]({host}/sitemap.xml): site map"""
"""The ways to ask, besides addresses that answer."""

router = APIRouter(include_in_schema=False)


@router.get(PATH)
def llms_txt(request: Request) -> PlainTextResponse:
    host = Reader.of(request).host
    about = render("about.html", Reader(), contact=request.app.state.settings.security_contact)
    guides = (f"- [{read_guide(name).title}]({host}/guide/{name})" for name in guide_names())
    parts = [
        f"# Casualty Ledger\n\n> {ABOUT}",
        _prose(about[about.index("<article") : about.index("</article>")], host),
        f"## Questions\n\n{FORMATS}",
        "\n".join(_question(verb, host) for verb in ENDPOINTS.values() if not verb.in_path),
        f"## Other doors\n\n{DOORS.format(host=host)}",
        "## Guides\n\n" + "\n".join(guides),
    ]
    return PlainTextResponse("\n\n".join(parts) + "\n", headers={"Cache-Control": "public, no-cache"})


def _question(verb: Endpoint, host: str) -> str:
    """Return a line with an address that answers: about one cell where the verb can be asked about one."""
    cell = () if verb.takes(PASSAGE) else (AREA, MEASURE, POPULATION)
    example = [(row.name, row.example) for row in verb.filters if row.required or row.name in _names(cell)]
    query = f"?{urlencode(example)}" if example else ""
    return f"- [{verb.name}]({host}/v1{verb.address}.json{query}): {verb.summary}"


def _names(filters: Iterable[Filter]) -> set[str]:
    return {row.name for row in filters}


def _prose(html: str, host: str) -> str:
    """Return a page of prose as Markdown with whole addresses."""
    text = " ".join(html.split())
    for element, markdown in _TAGS:
        text = re.sub(element, markdown, text)
    text = unescape(text).replace("](/", f"]({host}/")
    lines = [line.strip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

"""How do machines find the pages, and what they are about? ``/robots.txt``, ``/sitemap.xml``, and schema.org.

Search engines for data read a page's ``Dataset`` (schema.org); it says what the page itself says. Nothing
here computes a figure.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from service.answers.query import Query
from service.api import Ledger
from service.language import ENGLISH, LANGUAGES
from service.reference.labels import Labels
from service.web.locale import is_translated
from service.web.pages.guide import guide_names
from service.web.pages.page import Reader, base_address, prefix_of

NOT_FOR_ROBOTS = (
    "/submit",
    "/held",
    "/register",
    "/report/*/mend",
    "/*/submit",
    "/*/held",
    "/*/register",
    "/v1/",
)
"""What has nothing to be found, or is made anew for each of very many questions."""
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
"""In whose words a site map names a page in other languages."""
MOST_ADDRESSES = 50_000
"""No site map may name more (sitemaps.org)."""
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
FORMATS = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}

router = APIRouter(include_in_schema=False)


@router.get("/robots.txt")
def robots(request: Request) -> PlainTextResponse:
    lines = ["User-agent: *", *(f"Disallow: {prefix_of(request)}{path}" for path in NOT_FOR_ROBOTS)]
    return PlainTextResponse("\n".join([*lines, f"Sitemap: {base_address(request)}/sitemap.xml"]) + "\n")


@router.get("/sitemap.xml")
def sitemap(request: Request) -> Response:
    """Every crisis, guide and place of the ledger that reports are about, in every language, each with its
    address in the others."""
    ledger: Ledger = request.app.state.ledger
    state, host = ledger.answers.read_state.state, base_address(request)
    crises = [row["crisis_id"] for row in ledger.reference().crisis.to_pylist()]
    paths = {"/": state.recorded_at} | {
        f"/crisis/{quote(each)}": state.crisis_recorded_at(each) for each in crises
    }
    others = [
        "/about",
        "/changes",
        "/conflict",
        "/findings",
        "/docs",
        *(f"/guide/{name}" for name in guide_names()),
    ]
    others += [f"/area/{quote(area)}" for area in sorted(state.crises)]
    ET.register_namespace("", NAMESPACE)
    ET.register_namespace("xhtml", XHTML)
    root = ET.Element(f"{{{NAMESPACE}}}urlset")
    for path in [*paths, *others][: MOST_ADDRESSES // len(LANGUAGES)]:
        _add(root, path, host, paths.get(path))
    return Response(ET.tostring(root, encoding="utf-8", xml_declaration=True), media_type="application/xml")


def _add(root: ET.Element, path: str, host: str, changed_at: dt.datetime | None) -> None:
    """Add a page to the site map, once in each of its languages."""
    languages = LANGUAGES.values() if is_translated(path) else [LANGUAGES[ENGLISH]]
    addresses = {each.code: f"{host}{Reader().in_language(each, path)}" for each in languages}
    for address in addresses.values():
        url = ET.SubElement(root, f"{{{NAMESPACE}}}url")
        ET.SubElement(url, f"{{{NAMESPACE}}}loc").text = address
        if changed_at:
            ET.SubElement(
                url, f"{{{NAMESPACE}}}lastmod"
            ).text = f"{changed_at.isoformat(timespec='seconds')}Z"
        for code, other in addresses.items() if len(addresses) > 1 else ():
            link = {"rel": "alternate", "hreflang": code, "href": other}
            ET.SubElement(url, f"{{{XHTML}}}link", link)


def dataset(
    crisis: dict[str, Any],
    starts: dt.date | None,
    query: Query,
    labels: Labels,
    *,
    host: str,
    changed_at: dt.datetime,
) -> dict[str, Any]:
    """Return what a page of a crisis says of its figures, as a ``Dataset`` of schema.org."""
    begin, end = starts, crisis["ended_on"]
    places = str(crisis["featured_areas"] or crisis["whole_area"]).split("|")
    files = {kind: f"{host}/v1/series.{kind}?crisis={crisis['crisis_id']}" for kind in FORMATS}
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{crisis['name']}: casualty figures, reconciled",
        "description": crisis["about"]
        or f"Casualty figures of {crisis['name']} as sources published them, reconciled, with range, grade "
        "and the reports behind each number.",
        "url": f"{host}/crisis/{crisis['crisis_id']}",
        "license": LICENCE,
        "isAccessibleForFree": True,
        "dateModified": f"{changed_at.isoformat(timespec='seconds')}Z",
        "variableMeasured": labels.subject(query.measure or "", query.population or ""),
        "measurementTechnique": query.method,
        "spatialCoverage": [{"@type": "Place", "name": labels.place(place)} for place in places if place],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": FORMATS[kind], "contentUrl": address}
            for kind, address in files.items()
        ],
        "creator": {"@type": "Organization", "name": "Casualty Ledger", "url": host},
    }
    if begin:
        described["temporalCoverage"] = f"{begin.isoformat()}/{end.isoformat() if end else '..'}"
    return described

"""How does a person read the API's description?

One page made from the same description (OpenAPI) that machines read, with every operation, the writing ones
too; nothing is loaded from another host.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.formats.encode import Format
from service.web.errors import TITLES
from service.web.openapi import JSON
from service.web.pages.templating import render

router = APIRouter(include_in_schema=False)

ABOUT = (
    "Casualty figures as sources published them, reconciled: value, range, grade, day of knowledge and the "
    "reports behind each number. No key is needed to read."
)
AS_FILE = "{format_name}"
Words = dict[str, Any]


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    described: Words = request.app.openapi()
    operations = list(_operations(described))
    groups = [
        (tag, [operation for operation in operations if tag["name"] in operation["tags"]])
        for tag in described["tags"]
    ]
    page = render(
        "manual.html", about=ABOUT, formats=list(Format), groups=groups, problems=TITLES,
        address=str(request.base_url).rstrip("/"),
    )  # fmt: skip
    return HTMLResponse(page, headers={"Cache-Control": "public, no-cache"})


def _operations(described: Words) -> Iterator[Words]:
    """Every operation, with what a page shows of it; those that differ by the suffix only stand once."""
    for path, methods in described["paths"].items():
        if path.endswith(AS_FILE):
            continue
        has_files = f"{path}.{AS_FILE}" in described["paths"]
        for method, operation in methods.items():
            parameters = operation.get("parameters", [])
            body = operation.get("requestBody", {}).get("content", {})
            yield {
                **operation,
                "method": method.upper(),
                "path": path,
                "parameters": parameters,
                "example": _example(path, parameters, suffix=".csv" if has_files else ""),
                "bodies": list(body),
                "body": json.dumps(body[JSON]["example"], ensure_ascii=False, indent=2) if body else "",
            }


def _example(path: str, parameters: list[Words], *, suffix: str) -> str:
    """The address that the examples of the parameters make."""
    shown = {each["name"]: each for each in parameters if "example" in each}
    for name, each in shown.items():
        path = path.replace(f"{{{name}}}", quote(str(each["example"])))
    query = {name: each["example"] for name, each in shown.items() if each["in"] == "query"}
    return f"{path}{suffix}{'?' if query else ''}{urlencode(query, doseq=True)}"

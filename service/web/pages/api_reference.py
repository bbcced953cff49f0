"""How is the API used? The page ``/docs``, with every operation, its parameters and an example that works.

It is made from the same OpenAPI description that machines read, and loads nothing from another host.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.formats.file_format import Format
from service.web.errors import PROBLEMS
from service.web.openapi import JSON
from service.web.pages.page import Reader, base_address
from service.web.pages.templating import render

router = APIRouter(include_in_schema=False)

ABOUT = (
    "Casualty figures as sources published them, reconciled: value, range, grade, day of knowledge and the "
    "reports behind each number. No key is needed to read."
)
AS_FILE = "{format_name}"
Description = dict[str, Any]
"""A part of the OpenAPI description."""


@router.get("/docs")
def show_api_reference(request: Request) -> HTMLResponse:
    description: Description = request.app.openapi()
    operations = list(describe_operations(description))
    groups = [
        (tag, [operation for operation in operations if tag["name"] in operation["tags"]])
        for tag in description["tags"]
    ]
    page = render(
        "api_reference.html", Reader.of(request), about=ABOUT, formats=list(Format), groups=groups,
        problems=PROBLEMS, address=base_address(request),
    )  # fmt: skip
    return HTMLResponse(page, headers={"Cache-Control": "public, no-cache"})


def describe_operations(description: Description) -> Iterator[Description]:
    """Yield each operation with what the page shows of it; one for all suffixes of an address."""
    for path, methods in description["paths"].items():
        if path.endswith(AS_FILE):
            continue
        has_files = f"{path}.{AS_FILE}" in description["paths"]
        for method, operation in methods.items():
            parameters = operation.get("parameters", [])
            bodies = operation.get("requestBody", {}).get("content", {})
            yield {
                **operation,
                "method": method.upper(),
                "path": path,
                "parameters": parameters,
                "example": _example(path, parameters, suffix=".csv" if has_files else ""),
                "bodies": list(bodies),
                "body": json.dumps(bodies[JSON]["example"], ensure_ascii=False, indent=2) if bodies else "",
            }


def _example(path: str, parameters: list[Description], *, suffix: str) -> str:
    """Return the address that the examples of the parameters make."""
    query = {}
    for parameter in parameters:
        if "example" not in parameter:
            continue
        if parameter["in"] == "query":
            query[parameter["name"]] = parameter["example"]
        else:
            path = path.replace(f"{{{parameter['name']}}}", quote(str(parameter["example"])))
    return f"{path}{suffix}{'?' if query else ''}{urlencode(query, doseq=True)}"

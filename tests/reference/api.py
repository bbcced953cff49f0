"""Each address of the API with its parameters and an example, from the OpenAPI description."""

from __future__ import annotations

from typing import Any

from service.web.app import create_app
from service.web.errors import PROBLEMS
from service.web.pages.api_reference import describe_operations
from tests.reference.markdown import table

HOST = "http://localhost:8000"


def api_page() -> str:
    """Return ``docs/reference/api.md``."""
    description: dict[str, Any] = create_app().openapi()
    parts = [
        "# HTTP API",
        "Made from the OpenAPI description by `make docs`; a server has that at `/openapi.json` and "
        "the same page, with links to try, at `/docs`.",
        description["info"]["description"],
    ]
    operations = list(describe_operations(description))
    for tag in description["tags"]:
        parts += [f"## {tag['name'].capitalize()}", tag["description"]]
        for operation in operations:
            if tag["name"] in operation["tags"]:
                parts += _operation(operation)
    parts += ["## Refusals", "A refusal is `application/problem+json` with `code`, `detail` and `fix`."]
    rows = [(f"`{code}`", str(problem.status), problem.title) for code, problem in PROBLEMS.items()]
    parts.append(table(("code", "status", "meaning"), rows))
    return "\n\n".join(parts) + "\n"


def _operation(operation: dict[str, Any]) -> list[str]:
    parts = [f"### {operation['method']} {operation['path']}", operation["summary"]]
    if operation["parameters"]:
        rows = [
            (
                f"`{each['name']}`{', needed' if each.get('required') else ''}",
                each.get("description", ""),
                f"`{each['example']}`" if "example" in each else "",
            )
            for each in operation["parameters"]
        ]
        parts.append(table(("parameter", "meaning", "example"), rows))
    if operation["method"] == "GET":
        parts.append(f"```sh\ncurl -s '{HOST}{operation['example']}'\n```")
    elif operation["bodies"]:
        parts.append(f"Takes {', '.join(f'`{each}`' for each in operation['bodies'])}.")
    return parts

"""How does a person read the API's description?

One page made from the same tables of routes, filters, formats and problems that the service itself runs on;
nothing is loaded from another host.
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.encoding import Format
from service.web.problems import TITLES
from service.web.questions import COLLECTIONS
from service.web.templating import render

router = APIRouter(include_in_schema=False)

ABOUT = (
    "Casualty figures as sources published them, reconciled: value, range, grade, day of knowledge and the "
    "reports behind each number. No key is needed to read."
)


@router.get("/docs")
def docs() -> HTMLResponse:
    routes = [
        {
            "name": each.name,
            "path": f"/v1/{each.name}",
            "summary": each.summary,
            "example": f"/v1/{each.name}.csv?{each.example}",
            "parameters": each.allowed,
        }
        for each in COLLECTIONS
    ]
    page = render("manual.html", about=ABOUT, formats=list(Format), routes=routes, problems=TITLES)
    return HTMLResponse(page, headers={"Cache-Control": "public, no-cache"})

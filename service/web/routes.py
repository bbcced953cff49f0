"""Which routes of the application stand at the address of a request, whatever its method?"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Match, Route
from starlette.types import Scope


def routes_at(scope: Scope, path: str) -> Iterator[Route]:
    """Return the routes that stand at ``path``, in the application that ``scope`` belongs to."""
    app: FastAPI = scope["app"]
    asked = {**scope, "path": path}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, Route | APIRoute) and route.matches(asked)[0] is not Match.NONE:
            yield route

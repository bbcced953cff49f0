"""``connect`` and what a ledger can do, from the docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from service import api, connection
from service.answers.filters import QUESTION
from service.answers.series import Explanation, Series
from service.answers.verbs import Verbs
from service.client.asynchronous import AsyncRemoteLedger
from service.client.sync import RemoteLedger
from tests.reference.markdown import table


def python_page() -> str:
    """Return ``docs/reference/python.md``."""
    filters = [
        (
            f"`{row.keyword}`",
            f"{row.meaning}{' Several: a list.' if row.repeatable else ''}",
            f"`{row.example}`",
        )
        for row in QUESTION
    ]
    return (
        "\n\n".join(
            [
                "# Python",
                "Made from the docstrings by `make docs`. All starts with `from service import connect`.",
                "## connect",
                *_described("connect", connection.connect),
                "## Filters",
                "The keywords of the verbs that ask:",
                table(("keyword", "meaning", "example"), filters),
                "## Asking a ledger",
                "Each gives a pandas data frame, or an Arrow table with `arrow=True`; "
                "the columns stand in [tables and words](tables.md).",
                *_methods(Verbs),
                "## What a ledger does besides",
                *_methods(api.Ledger, but=Verbs),
                "## A ledger at an address",
                f"{_prose(RemoteLedger)} It has the verbs above; `{AsyncRemoteLedger.__name__}` "
                "(`service.client.asynchronous`) has them to await. Only here:",
                *_methods(RemoteLedger, but=api.Ledger),
                "## Series",
                _prose(Series),
                *_methods(Series),
                "## Explanation",
                _prose(Explanation),
                *_methods(Explanation),
            ]
        )
        + "\n"
    )


def _methods(kind: type, *, but: type = object) -> Iterator[str]:
    """Yield what is said of each public method of ``kind`` that ``but`` has not."""
    for name, each in inspect.getmembers(kind):
        if name.startswith("_") or hasattr(but, name) or not inspect.getdoc(each):
            continue
        if inspect.isfunction(each):
            yield from (f"### {kind.__name__}.{name}", *_described(name, each))
        elif isinstance(each, property):
            yield from (f"### {kind.__name__}.{name}", _prose(each))


def _described(name: str, function: Callable[..., Any]) -> tuple[str, str]:
    return f"```text\n{name}({_parameters(function)})\n```", _prose(function)


def _parameters(function: Callable[..., Any]) -> str:
    """Return the parameters as a caller writes them."""
    parts: list[str] = []
    for each in inspect.signature(function).parameters.values():
        if each.name in ("self", "key_id"):
            continue
        if each.kind is each.VAR_KEYWORD:
            parts.append(f"**{each.name}")
        elif each.kind is each.VAR_POSITIONAL:
            parts.append(f"*{each.name}")
        else:
            is_named = each.kind is each.KEYWORD_ONLY and not any(part.startswith("*") for part in parts)
            parts += ["*"] if is_named else []
            parts.append(each.name if each.default is each.empty else f"{each.name}={_default(each.default)}")
    return ", ".join(parts)


def _default(value: object) -> str:
    return getattr(value, "__name__", None) or (str(value) if not isinstance(value, str) else f"'{value}'")


def _prose(thing: object) -> str:
    """Return a docstring as Markdown."""
    return (inspect.getdoc(thing) or "").replace("``", "`").replace("*", "\\*")

"""Who stands on which side of one disagreement, and with what weight? The page
``/conflict/CRISIS/PLACE/MEASURE/POPULATION``.

The row of ``conflicts`` for one figure, its accounts parted into those that lie wholly above an other and
those that lie wholly below, beside the picture of all of them on one axis. It computes no figure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.answers import filters
from service.charts.kinds.why import why as draw_why
from service.errors import NotFound
from service.sentence import sentence
from service.vocabulary import Grade
from service.web.pages.explorer import drawn
from service.web.pages.links import address, recording_instant
from service.web.pages.page import Reader, page_response, read_question
from service.web.pages.templating import render

IN_PATH = ("crisis", "area", "measure", "population")
FILTERS = tuple(row for row in filters.SERIES if row.keyword not in (*IN_PATH, "date_from", "date_to"))
"""What the address of a disagreement may say beside its path."""

router = APIRouter(include_in_schema=False)


@dataclasses.dataclass(frozen=True)
class Side:
    """Accounts (ACCOUNT) that lie on one side, the heaviest first, and what they weigh together."""

    accounts: tuple[dict[str, Any], ...]

    @property
    def weight(self) -> int:
        return sum(account["weight"] for account in self.accounts)


def path_of(row: Mapping[str, Any]) -> str:
    """Return the path of a disagreement (CONFLICT)."""
    parts = (row["crisis"], row["area_code"], row["measure"], row["population"])
    return "/conflict/" + "/".join(quote(part, safe="|") for part in parts)


def sides_of(accounts: Sequence[dict[str, Any]]) -> tuple[Side, Side, Side]:
    """Return the accounts that lie wholly above another one, those wholly below one, and those that meet all
    or lie between two.

    >>> low, high = ({"account_low": a, "account_high": b, "weight": 1} for a, b in ((1, 9), (20, None)))
    >>> [len(side.accounts) for side in sides_of([low, high])]
    [1, 1, 0]
    """
    highest = max((account["account_low"] or 0 for account in accounts), default=0)
    ceilings = [account["account_high"] for account in accounts if account["account_high"] is not None]
    lowest = min(ceilings, default=None)
    found: tuple[list[dict[str, Any]], ...] = ([], [], [])
    for account in sorted(accounts, key=lambda each: -each["weight"]):
        is_above = lowest is not None and (account["account_low"] or 0) > lowest
        is_below = account["account_high"] is not None and account["account_high"] < highest
        found[2 if is_above is is_below else int(is_below)].append(account)
    above, below, rest = (Side(tuple(each)) for each in found)
    return above, below, rest


@router.get("/conflict/{crisis}/{area}/{measure}/{population}")
def show_conflict(request: Request, crisis: str, area: str, measure: str, population: str) -> Response:
    ledger, question = read_question(request, FILTERS)
    question |= {"crisis": crisis, "area": area, "measure": measure, "population": population}
    reader = Reader.of(request)

    def write() -> str:
        query = ledger.query(**question)
        found: pa.Table = ledger.conflicts(arrow=True, **question)
        reference = ledger.reference(query.recorded_by)
        translation = reader.translation(reference)
        rows = translation.rows(found).to_pylist()
        if not rows:
            raise NotFound(
                sentence(
                    "No origins disagree about %(area)s, %(measure)s, %(population)s as of %(as_of)s.",
                    area=area[:80],
                    measure=measure,
                    population=population,
                    as_of=query.as_of,
                ),
                fix="The disagreements that there are stand at /conflict.",
            )
        row = rows[0]
        labels = translation.labels
        asked = {**question, "attributed_to": row["attributed_to"], "period_start": row["period_start"]}
        explanation = translation.explanation(ledger.explain(**asked, date=row["date"]))
        names = {name: labels.attribution(name) for name in (row["population"], row["attributed_to"]) if name}
        picture = draw_why(explanation, reader.words, names, is_alone=False)
        return render(
            "conflict.html",
            reader,
            row=row,
            sides=list(_named(sides_of(row["says"]), reader)),
            about=translation.account_about,
            others=rows[1:],
            labels=labels,
            chart=drawn(picture, reader.words),
            grade_meaning=reader.words.say(Grade(row["grade"]).meaning),
            query=query,
            address=lambda path, **more: address(path, query, **more),
            path_of=path_of,
            this=address(
                path_of(row), query, recorded_by=recording_instant(ledger, query), **dict.fromkeys(IN_PATH)
            ),
            head=str(ledger.answers.head(query)),
        )

    return page_response(request, question, write)


def _named(sides: tuple[Side, Side, Side], reader: Reader) -> Iterator[tuple[str, Side]]:
    """Yield each side that somebody stands on, with its heading."""
    say = reader.words.say
    headings = (say("The higher side"), say("The lower side"), say("Between them"))
    yield from ((name, side) for name, side in zip(headings, sides, strict=True) if side.accounts)

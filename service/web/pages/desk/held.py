"""Which rows wait, and what do they need? The page ``/held``.

A held row may say what is not for everybody, so that the rows are shown to whoever has an editor's key. A
value is put in the place of another for a reason, which stays with the row; one click puts a suggestion into
all rows alike.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from service.api import Ledger
from service.errors import QueryError
from service.ingest.fixes import Fix
from service.ingest.layout import PROVENANCE
from service.ledger.api_keys import Key, Role
from service.schema.records import Receipt, Reference
from service.sentence import join_sentences, read_terms, without_place
from service.vocabulary import Severity, Verdict
from service.web.errors import Refusal
from service.web.pages.desk.form import Form, KeyInForm, Trouble, answer_form, clicked
from service.web.pages.desk.verdicts import suggestions
from service.web.pages.page import Reader
from service.web.pages.templating import render
from service.web.request_body import strict_json

MOST_ROWS = 100
"""Rows that the page lists, newest first."""
STATUS_OPEN = "open"
Place = tuple[str, int, str]
"""Where a cell stands: document, row, column."""

router = APIRouter(include_in_schema=False)
Editing = Depends(KeyInForm(Role.EDITOR))


@dataclasses.dataclass(frozen=True)
class Waiting:
    """A cell that keeps a row from being a report: what it says, what may be put in its place."""

    column: str
    value: str
    message: str
    suggestions: tuple[str, ...]
    typed: str


@dataclasses.dataclass(frozen=True)
class HeldRow:
    """A row that waits: where it came from, what it says, and what is wrong with which cells."""

    document: str
    row: int
    verdict: str
    cells: dict[str, str]
    waiting: tuple[Waiting, ...]


@dataclasses.dataclass
class HeldPage:
    """All that the template shows; no rows before somebody has shown a key."""

    reason: str = ""
    rows: list[HeldRow] | None = None
    total: int = 0
    receipts: list[tuple[str, Receipt]] = dataclasses.field(default_factory=list)
    trouble: Trouble | None = None

    @property
    def tallies(self) -> dict[str, int]:
        """How many of the rows that were taken again there are of each verdict."""
        return {str(each): sum(getattr(r, each) for _, r in self.receipts) for each in Verdict}


@router.get("/held")
def show_held(request: Request) -> HTMLResponse:
    page = render("held.html", Reader.of(request), page=HeldPage())
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


@router.post("/held")
def mend_held(request: Request, form: Form = Editing) -> Response:
    page, typed = HeldPage(form.text("reason")), dict[Place, str]()
    ledger: Ledger = request.app.state.ledger

    def work(key: Key) -> str:
        typed.update(_typed(form))
        if form.text("step") == "mend":
            page.receipts = _mend(ledger, typed, page.reason, key)
            typed.clear()
        page.rows, page.total = _held_rows(ledger, typed)
        return render("held.html", Reader.of(request), page=page)

    def show(trouble: Trouble) -> str:
        page.trouble = trouble
        if isinstance(form.key, Key):
            page.rows, page.total = _held_rows(ledger, typed)
        return render("held.html", Reader.of(request), page=page)

    return answer_form(form, work, show)


def _mend(ledger: Ledger, typed: dict[Place, str], reason: str, key: Key) -> list[tuple[str, Receipt]]:
    """Take the rows again of which a value was typed. Raises QueryError where there is none, or no reason."""
    if not typed:
        raise QueryError("No value was typed.", fix="Type what is to stand in a cell, or click a suggestion.")
    if not reason:
        raise QueryError("A value is put in the place of another for a reason.", fix="Say why; it is kept.")
    fixes = [Fix(row, column, value, reason, document) for (document, row, column), value in typed.items()]
    documents = list(dict.fromkeys(fix.document for fix in fixes))
    return ledger.retry(*documents, fixes=fixes, key_id=key.id)


def _typed(form: Form) -> dict[Place, str]:
    """Return what was typed, by document, row and column; with a suggestion that was clicked in all alike."""
    found: dict[Place, str] = {}
    column, value, by = clicked(form)
    for place, text in zip(form.texts("at"), form.texts("value"), strict=False):
        document, row, own, stated = _cell(place)
        typed = by if by and (own, stated) == (column, value) else text.strip()
        if typed:
            found[document, row, own] = typed
    return found


def _cell(place: str) -> tuple[str, int, str, str]:
    """Return the document, row and column of a cell, and what it states. Raises Refusal for what the page did
    not write."""
    match strict_json(place.encode()):
        case [str(document), int(row), str(column), str(stated)]:
            return document, row, column, stated
    raise Refusal("malformed_request", "The form names no cell of a held row.", fix="Show the rows anew.")


def _held_rows(ledger: Ledger, typed: dict[Place, str]) -> tuple[list[HeldRow], int]:
    """Return the newest rows that wait, and how many wait in all."""
    held = ledger.store.held_rows()
    is_waiting = (pc.field("status") == STATUS_OPEN) & (pc.field("verdict") == Verdict.QUARANTINED.value)
    held = held.filter(is_waiting)
    newest = held.slice(max(0, held.num_rows - MOST_ROWS)).to_pylist()[::-1]
    wanted = {(row["seq"], row["row"]) for row in newest}
    entries = pa.array(sorted({seq for seq, _ in wanted}), pa.int64())
    is_error = (pc.field("severity") == Severity.ERROR.value) & pc.field("seq").isin(entries)
    findings = ledger.store.findings().filter(is_error)
    about: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for finding in findings.to_pylist():
        if (place := (finding["seq"], finding["row"])) in wanted:
            about.setdefault(place, []).append(finding)
    reference = ledger.reference()
    rows = [_held_row(row, about.get((row["seq"], row["row"]), ()), typed, reference) for row in newest]
    return rows, held.num_rows


def _sentences(finding: dict[str, Any]) -> tuple[str, str]:
    """Return what is wrong with a cell, without the place of its row, and what to do."""
    said = {name: finding[name] for name in ("message", "fix")} | read_terms(finding["terms"])
    return without_place(said["message"]), said["fix"]


def _held_row(
    row: dict[str, Any],
    findings: Iterable[dict[str, Any]],
    typed: dict[Place, str],
    reference: Reference,
) -> HeldRow:
    cells = {
        str(name): str(value or "") for name, value in json.loads(row["raw"]).items() if name != PROVENANCE
    }
    waiting = {
        finding["column"]: Waiting(
            finding["column"],
            finding["value"],
            join_sentences(*_sentences(finding)),
            suggestions(finding["column"], finding["value"], cells.get("crisis", ""), reference),
            typed.get((row["document"], row["row"], finding["column"]), ""),
        )
        for finding in findings
        if finding["column"]
    }
    return HeldRow(row["document"], row["row"], row["verdict"], cells, tuple(waiting.values()))

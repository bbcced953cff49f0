"""How does a person withdraw, reinstate, correct or redact a report? The page ``/report/ID/mend``.

Shows what the report states, each column beside a field for another value; what moved is said afterwards, as
on every page of the desk. A note is not shown, and stays as it is unless another is typed or it is taken out
for good. Nothing is taken out that was not ticked, for it does not come back.
"""

from __future__ import annotations

import dataclasses

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from service.api import Ledger
from service.errors import NotFound, QueryError
from service.formats.report_file import report_file
from service.language import message
from service.ledger.api_keys import Key, Role
from service.schema.records import Receipt, Redaction
from service.sentence import sentence
from service.web.pages.desk.form import Form, KeyInForm, Trouble, answer_form
from service.web.pages.desk.moved import Moved
from service.web.pages.page import Reader
from service.web.pages.templating import render

PRIVATE = ("note",)
"""Columns whose values no page shows."""
TEXTS = {
    "note": message("its note"),
    "reason": message("the reasons of its withdrawals, corrections and reinstatements"),
    "findings": message("what was noticed about it"),
}
"""What of a report can be taken out for good, as ``Ledger.redact`` names it, in words."""

router = APIRouter(include_in_schema=False)
Editing = Depends(KeyInForm(Role.EDITOR))


@dataclasses.dataclass
class MendPage:
    """All that the template shows: what the report states by column, and what was typed."""

    report_id: str
    withdrawn: str | None
    stated: dict[str, str]
    typed: dict[str, str]
    reason: str = ""
    ticked: tuple[str, ...] = ()
    done: str = ""
    receipt: Receipt | None = None
    redaction: Redaction | None = None
    moved: Moved = Moved()  # noqa: RUF009 - it does not change
    trouble: Trouble | None = None


@router.get("/report/{report_id}/mend")
def show_mend(request: Request, report_id: str) -> HTMLResponse:
    page = _page_of(request.app.state.ledger, report_id)
    return HTMLResponse(_render(request, page), headers={"Cache-Control": "no-store"})


@router.post("/report/{report_id}/mend")
def mend(request: Request, report_id: str, form: Form = Editing) -> Response:
    ledger: Ledger = request.app.state.ledger
    page = _page_of(ledger, report_id)
    page.reason = form.text("reason")
    page.typed = {name: form.text(f"set_{name}") for name in page.stated}
    page.ticked = form.texts("take_out")

    def work(key: Key) -> str:
        before = ledger.store.head
        _decide(ledger, form.text("step"), page, key)
        fresh = _page_of(ledger, report_id)  # it says what stands now, and nothing of it is typed yet
        fresh.done, fresh.receipt, fresh.redaction = page.done, page.receipt, page.redaction
        fresh.moved = Moved.since(ledger, before, Reader.of(request))
        return _render(request, fresh)

    def show(trouble: Trouble) -> str:
        page.trouble = trouble
        return _render(request, page)

    return answer_form(form, work, show)


def _decide(ledger: Ledger, step: str, page: MendPage, key: Key) -> None:
    """Do what the form asks. Raises QueryError without a reason, and as the ledger's verbs do."""
    if not page.reason:
        raise QueryError("There is no reason.", fix="Say why; it is kept and shown with the report.")
    match step:
        case "withdraw":
            ledger.withdraw(page.report_id, reason=page.reason, key_id=key.id)
        case "reinstate":
            ledger.reinstate(page.report_id, reason=page.reason, key_id=key.id)
        case "redact":
            if not page.ticked:
                raise QueryError("No text is ticked.", fix="Tick what is to be taken out for good.")
            page.redaction = ledger.redact(
                page.report_id, columns=page.ticked, reason=page.reason, key_id=key.id
            )
        case "correct":
            page.receipt = _correct(ledger, page, key)
        case _:
            raise QueryError("The form does not say what is to be done.", fix="Use one of its buttons.")
    page.done = step


def _correct(ledger: Ledger, page: MendPage, key: Key) -> Receipt:
    """Put what was typed in the place of what is stated. Raises QueryError where nothing new was typed, or
    what was typed is no report."""
    values = {name: text for name, text in page.typed.items() if text and text != page.stated[name]}
    if not values:
        raise QueryError("Nothing is changed.", fix="Type another value beside the one that is wrong.")
    receipt = ledger.amend(page.report_id, values, reason=page.reason, key_id=key.id)
    if not receipt.accepted:
        finding = next(iter(receipt.findings), None)
        raise QueryError(
            finding.message if finding else "The report says so already.",
            fix=finding.fix if finding else "Set another value.",
        )
    return receipt


def _page_of(ledger: Ledger, report_id: str) -> MendPage:
    """Return what a report states. Raises NotFound."""
    with ledger.store.view() as view:
        report = view.report(report_id)
    if not report.num_rows:
        raise NotFound(
            sentence("There is no report %(report_id)s.", report_id=repr(report_id[:80])),
            fix="Report ids are in /v1/reports.",
        )
    withdrawn = report["withdrawn"][0].as_py()
    rows = report_file(report).to_pylist()
    stated = {} if not rows else {name: "" if name in PRIVATE else text for name, text in rows[0].items()}
    return MendPage(report_id, withdrawn, stated, dict.fromkeys(stated, ""))


def _render(request: Request, page: MendPage) -> str:
    ledger: Ledger = request.app.state.ledger
    reader = Reader.of(request)
    remarks = page.redaction.remarks(reader.words.say) if page.redaction else []
    return render(
        "mend.html", reader, page=page, texts=TEXTS, remarks=remarks, labels=reader.labels(ledger.reference())
    )

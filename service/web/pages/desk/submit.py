"""How does a person hand reports in from a page? The page ``/submit``.

A pasted table, a file or an article becomes a grid of cells; each look at it says what would become of every
row; handing it in says what became of them and which figures moved. A table too large for a grid, or of a
layout that has a mapping, goes in as it is.
"""

from __future__ import annotations

import dataclasses
import hashlib

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from service.api import Ledger
from service.errors import QueryError
from service.ingest.mapping.by_example import COUNT_OF, Example, read_example, write_mapping
from service.ingest.mapping.definition import read_mapping
from service.intake.release import read_release
from service.ledger.api_keys import Key, Role
from service.schema.records import Receipt
from service.sentence import sentence
from service.vocabulary import Basis, Measure, Standard, Verdict
from service.web.access import require_role
from service.web.metrics import Metrics
from service.web.pages.desk.form import Form, KeyInForm, Trouble, answer_form, clicked
from service.web.pages.desk.moved import Moved
from service.web.pages.desk.sheet import (
    ABOUT,
    CHOICES,
    DATE_PATTERNS,
    Sheet,
    sheet_of_drafts,
    sheet_of_fields,
    sheet_of_table,
)
from service.web.pages.desk.verdicts import Verdicts, grouped
from service.web.pages.page import Reader
from service.web.pages.templating import render

ARTICLE = "article"
READ, CHECK, HAND_IN, KEEP = "read", "check", "hand_in", "keep"
TYPED = (*ABOUT, "text", "kind", "mapping", "release", "layout", "dates")
"""The fields that a person types, beside the grid and the key."""
OF_ONE_TABLE = ("url", "published_on", "counted_to")
"""What is said of all rows of one table and is another in the next: no layout is kept with it."""

router = APIRouter(include_in_schema=False)
Reporting = Depends(KeyInForm(Role.REPORTER))


@dataclasses.dataclass
class SubmitPage:
    """All that the template shows."""

    typed: dict[str, str]
    sheet: Sheet | None = None
    verdicts: Verdicts | None = None
    receipt: Receipt | None = None
    """Of a document without a grid."""
    is_written: bool = False
    moved: Moved = Moved()  # noqa: RUF009 - it does not change
    trouble: Trouble | None = None
    kept: str = ""
    """The name under which the layout of the table has just been kept."""

    @property
    def about(self) -> dict[str, str]:
        return {name: self.typed[name] for name in ABOUT}

    @property
    def findings(self) -> list[dict[str, object]]:
        """What was noticed about the whole."""
        if self.receipt is not None:
            return grouped(self.receipt.findings)
        own = self.sheet.findings if self.sheet else ()
        return grouped([*own, *(self.verdicts.about_the_whole if self.verdicts else ())])

    @property
    def tallies(self) -> dict[str, int]:
        """How many rows there are of each verdict."""
        receipt = self.receipt or (self.verdicts.receipt if self.verdicts else None)
        return {str(each): getattr(receipt, each) for each in Verdict} if receipt else {}

    @property
    def figures(self) -> int:
        """How many figures were judged, where that need not be the number of the rows that are shown; else
        0."""
        judged = sum(self.tallies.values())
        return 0 if self.sheet and self.sheet.rows_kept == judged else judged


@router.get("/submit")
def show_submit(request: Request) -> HTMLResponse:
    typed = {name: request.query_params.get(name, "")[:200] for name in TYPED}
    page = _render(request, SubmitPage(typed))
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


@router.post("/submit")
def submit(request: Request, form: Form = Reporting) -> Response:
    page = SubmitPage({name: form.text(name) for name in TYPED} | {"text": form.as_typed("text")})

    def work(key: Key) -> str:
        _work(request, form, key, page)
        return _render(request, page)

    def show(trouble: Trouble) -> str:
        page.trouble = trouble
        page.sheet = page.sheet or _sheet_as_sent(form)
        return _render(request, page)

    return answer_form(form, work, show)


def _work(request: Request, form: Form, key: Key, page: SubmitPage) -> None:
    """Do what the form asks, and put what came of it on the page."""
    ledger: Ledger = request.app.state.ledger
    step = form.text("step") or (CHECK if form.text("apply") else READ)
    release = form.text("release") or None
    if read_release(release):
        require_role(key, Role.EDITOR)
    before = ledger.store.head
    page.sheet = None if step == READ else sheet_of_fields(form.fields)
    if page.sheet is None and not _is_whole_file(request, form):
        page.sheet = _read_sheet(request, form, page.typed)
    if step == KEEP:
        page.kept = _keep_layout(ledger, key, page)
    if page.sheet is None:
        page.receipt = _hand_in_file(request, form, key, dry_run=step != HAND_IN)
    else:
        page.sheet = _apply(form, page.sheet, page.typed)
        rows, places = page.sheet.to_rows(page.about, page.typed["dates"])
        batch = ledger.read(rows, name=_name(form, page.sheet))
        receipt = ledger.submit(batch, release=release, dry_run=step != HAND_IN, key_id=key.id)
        page.verdicts = Verdicts.of(receipt, rows, places, ledger.reference())
    page.is_written = step == HAND_IN
    if page.is_written:
        metrics: Metrics = request.app.state.metrics
        metrics.count_rows(page.tallies)
        page.moved = Moved.since(ledger, before, Reader.of(request))


def _is_whole_file(request: Request, form: Form) -> bool:
    """Whether a document goes in as it is, because a mapping says more of how it is read than a grid can
    show."""
    return bool(form.text("mapping")) and form.text("kind") != ARTICLE and _example(request, form) is None


def _example(request: Request, form: Form) -> Example | None:
    """Return what the columns of a table mean by the layout that was chosen, if a grid can show it."""
    ledger: Ledger = request.app.state.ledger
    rows = ledger.ask("mappings").table.to_pylist()
    kept = {row["name"]: row["text"] for row in rows if not row["is_shipped"]}
    text = kept.get(form.text("mapping"))
    example = None if text is None else read_example(read_mapping(text.encode(), form.text("mapping")))
    return example if example and DATE_PATTERNS.keys() >= {*example.dates} else None


def _keep_layout(ledger: Ledger, key: Key, page: SubmitPage) -> str:
    """Keep what was said of the columns as a mapping, and return its name. Raises Refusal for a key that may
    not, QueryError where there is no grid or no name."""
    require_role(key, Role.EDITOR)
    name = page.typed["layout"]
    if page.sheet is None or not name:
        raise QueryError("The layout has no name.", fix="Type the name under which it is kept.")
    about = {each: text for each, text in page.about.items() if each not in OF_ONE_TABLE}
    dates = [pattern for pattern in DATE_PATTERNS if pattern == page.typed["dates"]]
    text = write_mapping(name, page.sheet.meanings(), about, dates)
    receipt = ledger.add_mapping(text.encode(), name=name, key_id=key.id)
    page.typed["mapping"] = receipt.name
    return receipt.name


def _hand_in_file(request: Request, form: Form, key: Key, *, dry_run: bool) -> Receipt:
    """Hand a document in without a grid. Raises UnreadableDocument, UnknownName for the mapping."""
    ledger: Ledger = request.app.state.ledger
    name, data = _document(form)
    limit: int = request.app.state.settings.row_limit
    mapping = form.text("mapping") or None
    batch = ledger.read(data, name=name, mapping=mapping, most_rows=limit)
    release = form.text("release") or None
    return ledger.submit(batch, release=release, dry_run=dry_run, key_id=key.id)


def _read_sheet(request: Request, form: Form, typed: dict[str, str]) -> Sheet | None:
    """Return what was pasted as a grid; None for a table that is too large. What a chosen layout says of all
    rows is ``typed`` where nothing else was. Raises QueryError for nothing."""
    ledger: Ledger = request.app.state.ledger
    name, data = _document(form)
    if form.text("kind") != ARTICLE:
        example = _example(request, form)
        if example is None:
            return sheet_of_table(data, name)
        typed.update(
            {each: text for each, text in example.about.items() if each in ABOUT and not typed[each]}
        )
        typed["dates"] = typed["dates"] or "".join(example.dates)
        return sheet_of_table(data, name, example.columns)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(
            sentence("%(name)s is no UTF-8 text: byte %(start)s.", name=name, start=error.start),
            fix="Save it as UTF-8, or paste the text.",
        ) from error
    return sheet_of_drafts(text, ledger.draft(text, published_on=form.text("published_on") or None))


def _document(form: Form) -> tuple[str, bytes]:
    """Return the name and the bytes of what was handed over. Raises QueryError where that is nothing."""
    if form.file is not None:
        return form.file
    text = form.as_typed("text")
    if not text.strip():
        raise QueryError("There is nothing to read.", fix="Paste a table or an article, or choose a file.")
    return _pasted(text), text.encode()


def _name(form: Form, sheet: Sheet) -> str:
    """Return the name by which the ledger remembers the document that a grid makes."""
    return form.file[0] if form.file else _pasted(repr((form.text("text"), sheet.headings)))


def _pasted(text: str) -> str:
    return f"pasted {hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _apply(form: Form, sheet: Sheet, typed: dict[str, str]) -> Sheet:
    """Return the sheet with the value put in that somebody clicked, in all cells alike."""
    column, value, by = clicked(form)
    if not by:
        return sheet
    if typed.get(column) == value:
        typed[column] = by
    return sheet.replace(column, value, by)


def _sheet_as_sent(form: Form) -> Sheet | None:
    """Return the grid that a form brings, if it is whole: it is shown again beside what was wrong."""
    try:
        return sheet_of_fields(form.fields)
    except QueryError:
        return None


def _render(request: Request, page: SubmitPage) -> str:
    ledger: Ledger = request.app.state.ledger
    reference = ledger.reference()
    reader = Reader.of(request)
    labels = reader.labels(reference)
    return render(
        "submit.html",
        reader,
        page=page,
        labels=labels,
        choices=CHOICES,
        date_patterns=DATE_PATTERNS,
        count_of=COUNT_OF,
        crises=[(each, labels.crisis(each)) for each in reference.crisis.column("crisis_id").to_pylist()],
        sources=reference.source.select(["source_id", "name"]).to_pylist(),
        populations=labels.populations,
        measures=[(measure, labels.measure(measure)) for measure in Measure],
        bases=[(basis, reader.words.term(basis)) for basis in Basis],
        standards=[(standard, reader.words.term(standard)) for standard in Standard],
        verdicts={str(verdict): verdict.meaning for verdict in Verdict},
        mappings=sorted({row["name"] for row in ledger.ask("mappings").table.to_pylist()}),
    )

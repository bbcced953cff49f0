"""How does a person make a place, a source or a crisis known? The page ``/register``.

Four small forms on one page, each a verb of the ledger; each can be tried before. What waited for a name that
becomes known is taken in at once, and the page says how much that was.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from service.api import Ledger
from service.errors import QueryError
from service.ledger.api_keys import Key, Role
from service.reference.labels import Labels
from service.schema.records import CrisisReceipt, Reference, Registration
from service.schema.tables import AREA_SEPARATOR
from service.sentence import Sentence, message, sentence
from service.vocabulary import CrisisKind, Kind, Level, Standard, spell_out
from service.web.pages.desk.form import Form, KeyInForm, Trouble, answer_form
from service.web.pages.page import Reader
from service.web.pages.templating import render

COUNTRY, PLACE, SPELLING, SOURCE, CRISIS = "country", "place", "spelling", "source", "crisis"
FIELDS = {
    COUNTRY: ("country",),
    PLACE: ("name", "level", "parent", "name_ar", "aliases"),
    SPELLING: ("area", "spelling"),
    SOURCE: ("source_name", "source_name_ar", "kind", "usual_standard", "source_url", "source_country"),
    CRISIS: ("crisis_name", "crisis_name_ar", "crisis_kind", "period_start", "ended_on", "places", "about"),
}
"""The fields of each form."""
FIELD_OF_COLUMN = {
    "crisis_id": message("Name"), "name": message("Name"), "level": message("Kind of place"),
    "kind": message("Kind"), "parent_code": message("Lies in"), "period_start": message("First day"),
    "ended_on": message("Last day"), "about": message("What it is"), "url": message("Web address"),
    "usual_standard": message("Usual standard of proof"), "country": message("Country"),
    "name_ar": message("Name in Arabic"), "aliases": message("Other spellings"),
}  # fmt: skip
"""What the forms call the columns of reference rows."""
ROLE = Role.EDITOR

router = APIRouter(include_in_schema=False)
Editing = Depends(KeyInForm(ROLE))


@dataclasses.dataclass
class RegisterPage:
    """All that the template shows; ``what`` is the form that was sent."""

    typed: dict[str, str]
    what: str = ""
    receipt: Registration | None = None
    crisis: CrisisReceipt | None = None
    is_written: bool = False
    trouble: Trouble | None = None

    @property
    def known(self) -> Reference | None:
        """The reference data in which what was registered, or would be, has its names."""
        receipt = self.crisis or self.receipt
        return receipt.known if receipt else None

    def name(self, labels: Labels, key: str) -> str:
        """Return what a row that was registered is called."""
        return labels.source(key) if self.what == SOURCE else labels.place(key)


@router.get("/register")
def show_register(request: Request) -> HTMLResponse:
    name = request.query_params.get("name", "")[:200]
    typed = _typed(Form()) | dict.fromkeys(("name", "country", "spelling"), name)
    return HTMLResponse(_render(request, RegisterPage(typed)), headers={"Cache-Control": "no-store"})


@router.post("/register")
def register(request: Request, form: Form = Editing) -> Response:
    page = RegisterPage(_typed(form), form.text("what"))

    def work(key: Key) -> str:
        _work(request.app.state.ledger, form, key, page)
        return _render(request, page)

    def show(trouble: Trouble) -> str:
        page.trouble = _of_form(trouble)
        return _render(request, page)

    return answer_form(form, work, show)


def _work(ledger: Ledger, form: Form, key: Key, page: RegisterPage) -> None:
    """Do what the form asks, or try it, and put what came of it on the page."""
    said = page.typed
    how: Any = {"dry_run": form.text("step") != "register", "key_id": key.id}
    match page.what:
        case "country":
            page.receipt = ledger.add_country(_require(said, "country", "country"), **how)
        case "place":
            page.receipt = ledger.add_area(
                _require(said, "name", "place"), level=said["level"], parent=said["parent"],
                name_ar=said["name_ar"], aliases=_listed(said["aliases"]), **how,
            )  # fmt: skip
        case "spelling":
            spellings = _listed(_require(said, "spelling", "spelling"))
            page.receipt = ledger.alias_area(_require(said, "area", "place"), *spellings, **how)
        case "source":
            page.receipt = ledger.register("source", [_source_row(said)], name="a source", **how)
        case "crisis":
            page.crisis = ledger.new_crisis(
                _require(said, "crisis_name", "crisis"), name_ar=said["crisis_name_ar"],
                kind=said["crisis_kind"], about=said["about"],
                period_start=said["period_start"], ended_on=said["ended_on"],
                places=_listed(said["places"]), **how,
            )  # fmt: skip
        case _:
            raise QueryError("The form does not say what is to be registered.", fix="Use one of the forms.")
    page.is_written = not how["dry_run"]


def _of_form(trouble: Trouble) -> Trouble:
    """Return what is wrong with a cell of a row as what is wrong with a field of the form: nobody sees a row
    here."""
    said = trouble.message
    if not isinstance(said, Sentence) or not {"number", "name", "error"} <= said.values.keys():
        return trouble
    field = sentence(FIELD_OF_COLUMN.get(str(said.values["name"]), spell_out(str(said.values["name"]))))
    text, error = said.values.get("text", ""), said.values["error"]
    told = (
        sentence("%(field)s: “%(text)s” %(error)s.", field=field, text=text, error=error)
        if text
        else sentence("%(field)s: it %(error)s.", field=field, error=error)
    )
    return dataclasses.replace(trouble, message=told, fix=message("Correct it; nothing was recorded."))


def _source_row(said: dict[str, str]) -> dict[str, str]:
    """Return the row of a source; its id is made of its name."""
    from service.reference.names import slug

    name = _require(said, "source_name", "source")
    return {
        "source_id": slug(name, "-"), "name": name, "name_ar": said["source_name_ar"], "kind": said["kind"],
        "country": said["source_country"],
        "usual_standard": said["usual_standard"], "url": said["source_url"],
    }  # fmt: skip


def _require(said: dict[str, str], field: str, what: str) -> str:
    """Return what was typed. Raises QueryError for a blank."""
    if not said[field]:
        raise QueryError(sentence("The %(what)s has no name.", what=sentence(what)), fix="Type it.")
    return said[field]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(AREA_SEPARATOR) if part.strip()]


def _typed(form: Form) -> dict[str, str]:
    return {name: form.text(name) for names in FIELDS.values() for name in names}


def _render(request: Request, page: RegisterPage) -> str:
    ledger: Ledger = request.app.state.ledger
    reader, reference = Reader.of(request), ledger.reference()
    labels = reader.labels(reference)
    return render(
        "register.html",
        reader,
        page=page,
        labels=reader.labels(page.known or reference),
        areas=[(code, labels.place(code)) for code in reference.area.column("area_code").to_pylist()],
        levels=[level for level in Level if level not in (Level.REGION,)],
        kinds=list(Kind),
        standards=list(Standard),
        crisis_kinds=list(CrisisKind),
    )

"""What does a desk ask of a ledger behind an address beside handing reports in?

Places, sources, crises and populations to register, mappings to keep, held rows to take again: conversations
as in ``client.protocol``, which are carried at once or awaited. It must not know sockets or the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.answers.endpoints import REFERENCE_LISTS
from service.answers.parameters import write_parameters
from service.client.protocol import Exchange, Talk, plain_rows, read_head, read_receipt, segment
from service.errors import QueryError, UnknownName, UnreadableDocument
from service.intake.document import Document, File, Rows, read_file
from service.schema.records import (
    CrisisReceipt,
    DocumentRow,
    Head,
    MappingReceipt,
    Receipt,
    Redaction,
    Registration,
)
from service.schema.tables import REFERENCE_SCHEMAS

if TYPE_CHECKING:
    from service.ingest.fixes import Fix
    from service.ingest.new_areas import PlaceDetails
    from service.ingest.new_crisis import CrisisDetails


class DeskExchange(Exchange):
    """The conversations of ``Exchange``, and those of a desk."""

    def register(self, table: str, data: bytes | Rows, name: str, dry_run: bool) -> Talk[Registration]:
        """Add reference rows. Raises UnknownName for a table that an address does not take."""
        if table not in REFERENCE_LISTS:
            raise UnknownName(
                f"Reference rows of “{table}” are not taken at an address.",
                fix=f"Name {', '.join(REFERENCE_LISTS)}.",
            )
        given: dict[str, Any] = {"json": plain_rows(data)} if not isinstance(data, bytes) else {}
        if isinstance(data, bytes):
            given["files"] = {"file": (name, data)}
        return (yield from self._register(f"/v1/{REFERENCE_LISTS[table]}", given, dry_run))

    def add_area(self, name: str, level: str, dry_run: bool, details: PlaceDetails) -> Talk[Registration]:
        """Record a place that is not known yet."""
        from service.ingest.new_areas import new_area

        areas = yield from self.ask("areas", {})
        row = new_area(areas.table.cast(REFERENCE_SCHEMAS["area"]), name, level=level, **details)
        return (yield from self.register("area", row.to_pylist(), "", dry_run))

    def add_country(self, country: str, dry_run: bool) -> Talk[Registration]:
        """Record a country of the world and its first-level divisions."""
        from service.ingest.new_countries import new_country

        areas = yield from self.ask("areas", {})
        rows = new_country(areas.table.cast(REFERENCE_SCHEMAS["area"]), country)
        return (yield from self.register("area", rows.to_pylist(), "", dry_run))

    def new_crisis(
        self, name: str, reports: Document | None, dry_run: bool, details: CrisisDetails
    ) -> Talk[CrisisReceipt]:
        """Record a crisis that is not known yet, its first reports in one request with it and its places."""
        from service.ingest.new_crisis import plan_crisis

        areas = yield from self.ask("areas", {})
        crises = yield from self.ask("crises", {})
        plan = plan_crisis(areas.table.cast(REFERENCE_SCHEMAS["area"]), crises.table, name, **details)
        receipt = None
        if reports is not None:
            receipt = yield from self.ingest(reports, "", None, dry_run, {"mapping": plan.mapping})
        released = 0
        if plan.area.num_rows:
            released = (yield from self.register("area", plan.area.to_pylist(), "", dry_run)).released
        head = (yield from self.register("crisis", plan.crisis.to_pylist(), "", dry_run)).head
        return plan.receipt(receipt, released, head, dry_run=dry_run)

    def alias_area(self, place: str, spellings: Sequence[str], dry_run: bool) -> Talk[Registration]:
        """Record other spellings of a known place."""
        body = {"json": {"area": place, "spellings": list(spellings)}}
        return (yield from self._register("/v1/spellings", body, dry_run))

    def _register(self, path: str, given: dict[str, Any], dry_run: bool) -> Talk[Registration]:
        params = write_parameters({"dry_run": "true" if dry_run else None})
        answer = yield from self.once(path, {**given, "params": params})
        rows = tuple((row["key"], row["verdict"]) for row in answer["rows"])
        return Registration(
            answer["table"], rows, answer["released"], read_head(answer["head"]), answer["dry_run"]
        )

    def retry(
        self, documents: Sequence[str], mapping: str | Path | None, fixes: Sequence[Fix], dry_run: bool
    ) -> Talk[list[tuple[str, Receipt]]]:
        """Take held rows again; a mapping that is a file is kept first."""
        name = None if mapping is None else str(mapping)
        if name and (isinstance(mapping, Path) or name.endswith(".toml")):
            if dry_run:
                raise QueryError(
                    "A mapping of a file is not tried on held rows at an address without being kept.",
                    fix="Keep it first: casualty mapping add FILE.toml; then name it.",
                )
            name = (yield from self.add_mapping(Path(name), "", dry_run=False)).mapping_id
        body = {
            "documents": list(documents), "mapping": name, "fixes": [fix.as_json() for fix in fixes]
        }  # fmt: skip
        params = write_parameters({"dry_run": "true" if dry_run else None})
        answer = yield from self.once("/v1/retry", {"json": body, "params": params})
        return [
            (each["document"], read_receipt({**each, "head": answer["head"]})) for each in answer["documents"]
        ]

    def amend(
        self, report_id: str, values: Mapping[str, str], reason: str, seen: Head | None
    ) -> Talk[Receipt]:
        """Put in the place of a report what differs from it in some columns only."""
        body = {"reason": reason, "set": dict(values)}
        answer = yield from self.once(f"/v1/reports/{segment(report_id)}/correct", {"json": body}, seen)
        return read_receipt(answer)

    def reinstate(self, report_id: str, reason: str, seen: Head | None) -> Talk[Head]:
        """Let a report that was taken back stand again."""
        path = f"/v1/reports/{segment(report_id)}/reinstate"
        answer = yield from self.once(path, {"json": {"reason": reason}}, seen)
        return read_head(answer["head"])

    def redact(self, report_id: str, columns: Sequence[str], reason: str) -> Talk[Redaction]:
        """Take texts of a report out of the ledger for good."""
        body = {"reason": reason, "columns": list(columns)}
        answer = yield from self.once(f"/v1/reports/{segment(report_id)}/redact", {"json": body})
        return _read_redaction(answer)

    def redact_held_row(
        self, document: str, row: int, columns: Sequence[str], reason: str
    ) -> Talk[Redaction]:
        """Take cells of a row that was held out of the ledger for good."""
        body = {"document": document, "row": row, "columns": list(columns), "reason": reason}
        return _read_redaction((yield from self.once("/v1/redact", {"json": body})))

    def redact_mapping(self, name: str, reason: str) -> Talk[Redaction]:
        """Take the texts of a mapping out of the ledger for good."""
        body = {"mapping": name, "reason": reason}
        return _read_redaction((yield from self.once("/v1/mappings/redact", {"json": body})))

    def add_mapping(self, mapping: File, name: str, dry_run: bool) -> Talk[MappingReceipt]:
        """Keep a mapping, by whose name documents can be read."""
        file_name, data = read_file(mapping, name)
        body = {"name": file_name.removesuffix(".toml"), "text": _utf8(data, file_name)}
        params = write_parameters({"dry_run": "true" if dry_run else None})
        answer = yield from self.once("/v1/mappings", {"json": body, "params": params})
        return MappingReceipt(**{**answer, "head": read_head(answer["head"])})


def _read_redaction(answer: Mapping[str, Any]) -> Redaction:
    counts = {name: answer[name] for name in ("texts", "entries", "unsalted")}
    held = tuple(DocumentRow(**row) for row in answer.get("held", ()))  # earlier versions do not say so
    return Redaction(**counts, also=tuple(answer["also"]), head=read_head(answer["head"]), held=held)


def _utf8(data: bytes, name: str) -> str:
    """Return the text of a file. Raises UnreadableDocument."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            f"{name} is no UTF-8 text: byte {error.start}.", fix="Save it as UTF-8."
        ) from None

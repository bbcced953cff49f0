"""Which records pass between the packages?

``Reference``, ``Finding``, ``Batch``, ``Head`` and ``Receipt``, and the names of place sets and reports.

>>> place_set(["SY10", "SY06", "SY10"])
'SY06|SY10'
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import pyarrow as pa

from service.schema.tables import AREA_SEPARATOR, FINDING, IDENTITY, LATER_IDENTITY, REFERENCE_SCHEMAS
from service.sentence import read_terms, write_terms
from service.vocabulary import Severity


@dataclasses.dataclass(frozen=True, eq=False)
class Reference:
    """The reference data at one state of the ledger: one Arrow table each, current rows only.

    Equal to itself alone, so that what is worked out from it can be kept beside it.
    """

    area: pa.Table
    source: pa.Table
    population: pa.Table
    crisis: pa.Table
    context: pa.Table
    weight: pa.Table

    @classmethod
    def empty(cls) -> Reference:
        return cls(**{name: schema.empty_table() for name, schema in REFERENCE_SCHEMAS.items()})


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something a check noticed: where, what, and how to mend it.

    ``row`` counts data rows of the document from 1 (NULL: about no single row); ``subject`` is the report
    id or cell it concerns, where there is one. ``message`` and ``fix`` are sentences (``service.sentence``):
    English texts that know what they are made of.
    """

    code: str
    severity: Severity
    message: str
    fix: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    subject: str = ""


@dataclasses.dataclass(frozen=True)
class Batch:
    """One document after reading: ``reports`` (REPORT plus ``row``), the rows held, the findings.

    ``register`` holds, by table name, reference rows met on the way (a source or crisis not known before) and
    the mapping that the document was read by, if it is not a shipped one.
    ``blanks_take_back``: its mapping declares that a blank takes back what stood there before.
    ``rows`` = reports + held, always.
    """

    document: str
    sha256: str
    rows: int
    reports: pa.Table
    held: pa.Table
    findings: tuple[Finding, ...]
    register: dict[str, pa.Table] = dataclasses.field(default_factory=dict)
    blanks_take_back: bool = False


@dataclasses.dataclass(frozen=True)
class Head:
    """The state of a ledger: how many entries it holds and the hash that chains them all."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}-{self.hash[:12]}"


@dataclasses.dataclass(frozen=True)
class Receipt:
    """What the ledger answers to a submission. accepted + duplicate + quarantined + rejected = rows in."""

    accepted: int
    duplicate: int
    quarantined: int
    rejected: int
    head: Head
    findings: tuple[Finding, ...]
    verdicts: tuple[tuple[int, str, str], ...]
    """(row, verdict, report_id or "") in row order."""


@dataclasses.dataclass(frozen=True)
class Registration:
    """What the ledger answers to reference rows: what became of each, and how many held rows it released."""

    table: str
    rows: tuple[tuple[str, str], ...]
    """(key, new | changed | known) of each row."""
    released: int
    head: Head
    dry_run: bool = False
    known: Reference | None = dataclasses.field(default=None, compare=False, repr=False)
    """The reference data with these rows, written or not: their names are there. None from another place."""

    @property
    def registered(self) -> int:
        """How many rows are new or changed."""
        return sum(verdict != "known" for _, verdict in self.rows)


@dataclasses.dataclass(frozen=True)
class CrisisReceipt:
    """What the ledger answers to a crisis of one's own: its places and the areas that
    became known for them, by code, what became of its first reports (None: there were none), and how many
    held rows its places released."""

    crisis_id: str
    places: tuple[str, ...]
    areas: tuple[str, ...]
    reports: Receipt | None
    released: int
    head: Head
    dry_run: bool = False
    period_start: dt.date | None = None
    known: Reference | None = dataclasses.field(default=None, compare=False, repr=False)
    """The reference data with these rows, written or not: their names are there. None from another place."""


REDACTION_REMARKS = {
    "nothing": "Nothing was left to take out.",
    "copies": "Earlier backups, copies elsewhere and snapshots of the disk still hold it: delete them.",
    "published": "So does what was published before: publish into the same directory anew, which removes "
    "that.",
    "unsalted": "%(unsalted)s of the %(entries)s entries have no salt, being older or shipped: who knows the "
    "rest of one can test guesses of the text against its hash.",
    "also": "Look at these reports as well: %(reports)s.",
    "held": "Rows that were held hold it as well: %(rows)s.",
    "row": "%(document)s, row %(row)s",
}
"""What is said to whoever takes a text out."""


def _in_english(text: str, **values: object) -> str:
    return text % values if values else text


@dataclasses.dataclass(frozen=True)
class DocumentRow:
    """A row of a document, by its name."""

    document: str
    row: int


@dataclasses.dataclass(frozen=True)
class Redaction:
    """What the ledger answers to a redaction: how many texts were taken out (0: none was left), of how many
    entries; how many of these have no salt, so that guesses of the texts can be tested; ``also``, the ids
    of reports that hold such a text as well, or have come of the row; and ``held``, the rows that were held
    and hold such a text."""

    texts: int
    entries: int
    unsalted: int
    also: tuple[str, ...]
    head: Head
    held: tuple[DocumentRow, ...] = ()

    def remarks(self, say: Callable[..., str] = _in_english) -> list[str]:
        """Return what is not reached by it, in sentences for whoever redacts; ``say`` gives one of
        REDACTION_REMARKS with its values in the reader's language."""
        if not self.texts:
            return [say(REDACTION_REMARKS["nothing"])]
        left = [say(REDACTION_REMARKS["copies"]), say(REDACTION_REMARKS["published"])]
        if self.unsalted:
            left.append(say(REDACTION_REMARKS["unsalted"], unsalted=self.unsalted, entries=self.entries))
        if self.also:
            left.append(say(REDACTION_REMARKS["also"], reports=", ".join(self.also)))
        if self.held:
            places = (say(REDACTION_REMARKS["row"], **dataclasses.asdict(each)) for each in self.held)
            left.append(say(REDACTION_REMARKS["held"], rows="; ".join(places)))
        return left


@dataclasses.dataclass(frozen=True)
class MappingReceipt:
    """What the ledger answers to a mapping: what stands for its very text, and whether it is new."""

    mapping_id: str
    name: str
    title: str
    is_new: bool
    head: Head


@dataclasses.dataclass(frozen=True)
class FullList:
    """What a full release of some sources lists: its ``events`` by crisis and source, the cells of its
    ``totals`` (a row of LISTED_TOTAL each), the ids of its reports, the newest day on which those of each
    crisis and source were published (None: no day), and the document's name."""

    events: Mapping[tuple[str, str], Collection[str]]
    totals: pa.Table
    report_ids: Collection[str]
    published_on: Mapping[tuple[str, str], dt.date | None]
    document: str


def place_set(codes: Iterable[str]) -> str:
    """The canonical name of the areas a report is about together."""
    return AREA_SEPARATOR.join(sorted(set(codes)))


def report_id(values: dict[str, Any]) -> str:
    """The content hash that names a report: equal content, equal id, on every machine.

    ``values`` holds the IDENTITY columns (dates as ``datetime.date``) and any of LATER_IDENTITY; the id is
    ``r`` and 20 hex digits of the SHA-256 of their canonical JSON. A later column counts, by name and value,
    only where it is given.
    """
    content = [values[name] for name in IDENTITY]
    for name in LATER_IDENTITY:
        if values.get(name) not in (None, ""):
            content += [name, values[name]]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=dt.date.isoformat)
    return "r" + hashlib.sha256(text.encode()).hexdigest()[:20]


def findings_table(findings: Iterable[Finding]) -> pa.Table:
    """FINDING rows."""
    return pa.Table.from_pylist(list(map(finding_row, findings)), schema=FINDING)


def finding_row(finding: Finding) -> dict[str, Any]:
    """Return a finding as a FINDING row."""
    values = {field.name: getattr(finding, field.name) for field in dataclasses.fields(finding)}
    return {**values, "terms": write_terms(message=finding.message, fix=finding.fix)}


def read_findings(rows: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Return the findings of FINDING rows."""
    return tuple(map(read_finding, rows))


def read_finding(row: Mapping[str, Any]) -> Finding:
    """Return the finding of a FINDING row; its sentences have their parts again."""
    values = {name: value for name, value in row.items() if name != "terms"}
    said = read_terms(row.get("terms") or "")
    return Finding(**{**values, **said, "severity": Severity(row["severity"])})

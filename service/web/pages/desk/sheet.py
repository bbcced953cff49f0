"""Which rows did somebody paste, and what does each of their columns mean?

A ``Sheet`` is a small table as it stands on the page, each cell a text that can be edited, each column with
the column of a report file that somebody chose for it. A table, a file and an article become one, and it
becomes rows for the ledger to read. It must not know what a cell means.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from service.errors import QueryError
from service.ingest import REPORT_FILE_COLUMNS
from service.ingest.cell_text import column_name
from service.ingest.cells import Problem
from service.ingest.date_columns import DAY_COLUMNS
from service.ingest.draft import Drafts
from service.ingest.mapping.by_example import COUNT_OF
from service.ingest.wording.written_dates import DateFormat, read_span
from service.intake.document import read_text_table
from service.reference.names import normalise
from service.schema.records import Finding
from service.sentence import sentence
from service.vocabulary import Measure

ABOUT = (
    "crisis", "source", "url", "published_on", "areas", "measure", "population", "counted_to", "basis",
    "standard",
)  # fmt: skip
"""What may be said of all rows at once: it stands wherever a row itself says nothing."""
DATE_PATTERNS = {
    "dd/MM/yyyy": "31/12/2025",
    "MM/dd/yyyy": "12/31/2025",
    "dd.MM.yyyy": "31.12.2025",
    "dd-MM-yyyy": "31-12-2025",
}
"""How the days of a table may be said to be written, each with an example that cannot be read otherwise."""
MOST_ROWS, MOST_COLUMNS = 200, 30
"""A larger table is handed in as a file, without a grid of its cells."""
NARROWEST, WIDEST = 6, 24
"""Letters that a column of the grid shows at once."""
DRAFTED = (
    "count", "measure", "population", "areas", "origin", "basis", "period_start", "period_end", "counted_to",
)  # fmt: skip
"""The columns of a sheet that was drafted from an article."""
CHOICES = ("", *REPORT_FILE_COLUMNS, *(f"{COUNT_OF}{measure}" for measure in Measure))
"""What a column may be said to mean; "" leaves it out."""
_USUAL = {
    "place": "areas", "location": "areas", "area": "areas", "district": "areas", "town": "areas",
    "city": "areas", "governorate": "areas", "province": "areas", "admin1": "areas", "admin2": "areas",
    "date": "counted_to", "day": "counted_to", "deaths": f"{COUNT_OF}killed", "dead": f"{COUNT_OF}killed",
    "fatalities": f"{COUNT_OF}killed", "number": "count", "total": "count", "link": "url",
    "comment": "note", "remarks": "note", "publisher": "source",
    "المكان": "areas", "المنطقة": "areas", "المحافظة": "areas", "المدينة": "areas", "الولاية": "areas",
    "التاريخ": "counted_to", "اليوم": "counted_to", "العدد": "count", "المجموع": "count", "المصدر": "source",
    "الناشر": "source", "الرابط": "url", "ملاحظات": "note", "ملاحظة": "note",
    "القتلى": f"{COUNT_OF}killed", "الوفيات": f"{COUNT_OF}killed", "الضحايا": f"{COUNT_OF}killed",
    "الجرحى": f"{COUNT_OF}injured", "المصابون": f"{COUNT_OF}injured", "الإصابات": f"{COUNT_OF}injured",
    "المفقودون": f"{COUNT_OF}missing", "النازحون": f"{COUNT_OF}displaced",
    **{str(measure): f"{COUNT_OF}{measure}" for measure in Measure},
    **{measure.label_ar: f"{COUNT_OF}{measure}" for measure in Measure},
}  # fmt: skip
"""What columns of tables are often called, and what they mostly mean. It is only proposed."""


@dataclasses.dataclass(frozen=True)
class Sheet:
    """Rows of texts under ``headings``; ``columns`` says of each what it means (one of CHOICES)."""

    headings: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: frozenset[int] = frozenset()
    """The rows that are not to be handed in, by place."""
    remarks: tuple[str, ...] = ()
    """Of each row where it was read and what is to be decided; none for a table."""
    findings: tuple[Finding, ...] = ()
    """What must be known of the whole beside its rows."""

    @property
    def widths(self) -> tuple[int, ...]:
        """How many letters each column shows at once, so that the last ones need not be scrolled to."""
        by_column = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.headings)
        return tuple(min(max([NARROWEST, *map(len, cells)]), WIDEST) for cells in by_column)

    @property
    def count_at(self) -> int | None:
        """The place of the column of the figures, None where there is not just one."""
        places = [at for at, each in enumerate(self.columns) if is_count(each)]
        return places[0] if len(places) == 1 else None

    @property
    def rows_kept(self) -> int:
        """How many rows are to be handed in."""
        return len(self.rows) - len(self.left_out & set(range(len(self.rows))))

    def replace(self, column: str, value: str, by: str) -> Sheet:
        """Return the sheet with another text in every cell of a column that has this one."""
        wanted = [place for place, each in enumerate(self.columns) if each == column]
        rows = tuple(
            tuple(by if at in wanted and cell.strip() == value else cell for at, cell in enumerate(row))
            for row in self.rows
        )
        return dataclasses.replace(self, rows=rows)

    def to_rows(self, about: Mapping[str, str], dates: str = "") -> tuple[list[dict[str, str]], list[int]]:
        """Return the rows of a report file that this makes, and of each the place of its row here.

        ``about`` fills what a row leaves blank; ``dates`` is one of DATE_PATTERNS, by which days are read.
        Raises QueryError where a meaning is chosen twice, or no column is a count.
        """
        counts = [(at, each) for at, each in enumerate(self.columns) if is_count(each)]
        others = [(at, each) for at, each in enumerate(self.columns) if each and not is_count(each)]
        self._check(counts, others)
        rows: list[dict[str, str]] = []
        places: list[int] = []
        for place, cells in enumerate(self.rows):
            if place in self.left_out:
                continue
            said = {column: _day(column, cells[at], dates) for at, column in others}
            for at, column in counts or [(-1, "")]:
                row = {**said, **_counted(column, cells[at] if column else "")}
                if column.startswith(COUNT_OF) and not cells[at].strip():
                    continue
                blank = {
                    name: value for name, value in about.items() if value and not row.get(name, "").strip()
                }
                rows.append({**row, **blank})
                places.append(place)
        return rows, places

    def meanings(self) -> dict[str, str]:
        """Return what each column means, by its heading."""
        return dict(zip(self.headings, self.columns, strict=True))

    def _check(self, counts: Sequence[tuple[int, str]], others: Sequence[tuple[int, str]]) -> None:
        names = [column for _, column in (*counts, *others)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise QueryError(
                sentence("Two columns are said to be %(twice)s.", twice=twice[0]),
                fix="Leave one of them out.",
            )
        if not counts and not {"low", "best", "high"}.intersection(names):
            raise QueryError(
                "No column is said to hold the figures.", fix="Choose “count” above the column that does."
            )


def is_count(choice: str) -> bool:
    """Whether a column with this meaning holds the figures as they were worded."""
    return choice == "count" or choice.startswith(COUNT_OF)


def sheet_of_table(data: bytes, name: str, known: Mapping[str, str] | None = None) -> Sheet | None:
    """Return the sheet of a table, None for one that is too large for a grid. ``known`` says what its columns
    mean, by name, where that was said before. Raises UnreadableDocument."""
    rows, written = read_text_table(name, data, most=MOST_ROWS + 1)
    names = tuple(dict.fromkeys(heading for row in rows for heading in row))
    if len(rows) > MOST_ROWS or len(names) > MOST_COLUMNS:
        return None
    headings = tuple(written.get(each) or each for each in names)
    cells = (tuple(row.get(each, "") for each in names) for row in rows)
    filled = tuple(row for row in cells if any(cell.strip() for cell in row))
    if known is not None:
        return Sheet(headings, tuple(known.get(column_name(each), "") for each in headings), filled)
    return Sheet(headings, _proposed(headings), filled)


def sheet_of_drafts(text: str, drafts: Drafts) -> Sheet:
    """Return the sheet of the rows that an article might hold, each with its sentence and its questions."""
    rows = [proposal.row() for proposal in drafts[:MOST_ROWS]]
    remarks = (
        " · ".join(filter(None, [f"“{text[slice(*each.sentence)].strip()}”", *each.questions]))
        for each in drafts[:MOST_ROWS]
    )
    return Sheet(
        DRAFTED,
        DRAFTED,
        tuple(tuple(row.get(column, "") for column in DRAFTED) for row in rows),
        remarks=tuple(remarks),
        findings=drafts.findings,
    )


def sheet_of_fields(fields: Mapping[str, Sequence[str]]) -> Sheet | None:
    """Return the sheet that a form sends back, None where it has none. Raises QueryError for a broken one."""
    headings, columns = tuple(fields.get("heading", ())), tuple(fields.get("column", ()))
    cells, remarks = fields.get("cell", ()), tuple(fields.get("remark", ()))
    if not headings:
        return None
    is_whole = len(columns) == len(headings) and len(cells) % len(headings) == 0
    starts = range(0, len(cells), len(headings)) if is_whole else ()
    rows = tuple(tuple(cells[start : start + len(headings)]) for start in starts)
    left_out = {int(place) for place in fields.get("leave_out", ()) if place.isdecimal() and len(place) < 5}
    if not is_whole or len(rows) > MOST_ROWS or not set(columns) <= set(CHOICES):
        raise QueryError("The grid did not arrive whole.", fix="Read the table anew.")
    return Sheet(headings, columns, rows, frozenset(left_out), remarks)


def _day(column: str, cell: str, pattern: str) -> str:
    """Return a cell, a day that is written by the pattern as YYYY-MM-DD; what fits it not stays as it is."""
    if column not in DAY_COLUMNS or pattern not in DATE_PATTERNS:
        return cell
    try:
        return read_span(cell.strip(), DateFormat((pattern,))).first.isoformat()
    except Problem:
        return cell


def _counted(column: str, cell: str) -> dict[str, str]:
    """Return what a cell of a column of figures says."""
    if column.startswith(COUNT_OF):
        return {"count": cell, "measure": column.removeprefix(COUNT_OF)}
    return {"count": cell} if column else {}


def _proposed(headings: Sequence[str]) -> tuple[str, ...]:
    """Return what each column most likely means, no meaning twice; "" where nothing is likely."""
    found: dict[str, str] = {}
    own = dict(zip(REPORT_FILE_COLUMNS, REPORT_FILE_COLUMNS, strict=True))
    usual = {normalise(name): meaning for name, meaning in _USUAL.items()}
    for meanings, name_of in ((own, column_name), (usual, normalise)):
        for heading in headings:
            choice = meanings.get(name_of(heading))
            if heading not in found and choice and choice not in found.values():
                found[heading] = choice
    return tuple(found.get(heading, "") for heading in headings)

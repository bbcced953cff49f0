"""What did somebody decide about the cells of rows that are held?

A fix is about one cell of one row, or about each held row alike whose column says a certain thing. It is
written as an option, as a row of a CSV file, or made by whoever calls. Must not know how rows are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from service.errors import QueryError
from service.ingest.cell_text import column_name
from service.ingest.cells import excerpt
from service.ingest.readers.delimited import read_delimited
from service.schema.tables import AREA_SEPARATOR
from service.sentence import as_sentence, listed, sentence

FIXES = ("row", "column", "value", "reason")
"""The columns of a file of fixes; ``document`` is optional, and ``was`` stands in the place of ``row``."""
MAX_DIGITS = 18
"""Digits of a row number; a longer text is none."""
EVERY_ROW = 0
"""The row of a fix that is about each held row alike."""


class Fix(NamedTuple):
    """A decision about a cell of a row that is held: the value to read in its place, and why.

    ``document`` is blank where the number of the row says enough. With ``was`` the fix is about each row
    that says so in that column, and ``row`` is ``EVERY_ROW``.
    """

    row: int
    column: str
    value: str
    reason: str
    document: str = ""
    was: str = ""

    @classmethod
    def alike(cls, column: str, was: str, value: str, reason: str, document: str = "") -> Fix:
        """Return the fix of every held row whose ``column`` says ``was``. Raises QueryError without a reason.

        >>> Fix.alike("areas", "Tartous", "Tartus", "a misspelling").row
        0
        """
        reason = require_reason(reason)
        return cls(EVERY_ROW, column_name(column), value.strip(), reason, document.strip(), was.strip())

    @classmethod
    def parse(cls, text: str, reason: str) -> Fix:
        """Return the fix written as ``ROW:COLUMN=VALUE`` or ``COLUMN:WAS=VALUE``. Raises QueryError.

        >>> Fix.parse("12:areas=Tartus", "a misspelling").column
        'areas'
        >>> Fix.parse("areas:Tartous=Tartus", "a misspelling").was
        'Tartous'
        """
        place, equals, value = text.partition("=")
        first, colon, second = (part.strip() for part in place.partition(":"))
        if not (equals and colon and first and second):
            raise QueryError(
                sentence("“%(text)s” is not ROW:COLUMN=VALUE.", text=excerpt(text)),
                fix="Write it like 12:areas=Tartus; or, for every held row alike, like areas:Tartous=Tartus.",
            )
        if (number := _row_number(first)) is None:
            return cls.alike(first, second, value, reason)
        return cls(number, column_name(second), value.strip(), require_reason(reason))

    def replace_in(self, text: str) -> str | None:
        """Return the text of a cell with the value in the place of what it ``was``; None where it was not.

        Of several places in one cell it is one of them.
        """
        if text.strip() == self.was:
            return self.value
        parts = [part.strip() for part in text.split(AREA_SEPARATOR)] if self.column == "areas" else []
        if self.was not in parts:
            return None
        return AREA_SEPARATOR.join(self.value if part == self.was else part for part in parts)

    def as_json(self) -> dict[str, Any]:
        """Return what is sent of it: row or ``was``, and no blank document."""
        where = {"was": self.was} if self.was else {"row": self.row}
        document = {"document": self.document} if self.document else {}
        return {**where, "column": self.column, "value": self.value, "reason": self.reason, **document}


def read_fixes(data: bytes, name: str) -> list[Fix]:
    """Return the fixes of a CSV file. Raises UnreadableDocument, and QueryError for a row that is no fix."""
    import io

    fixes: list[Fix] = []
    for chunk in read_delimited(io.BytesIO(data), name):
        names = chunk.table.column_names
        missing = [
            column for column in FIXES if column not in (*names, *(("row",) if "was" in names else ()))
        ]
        if missing or chunk.rejected:
            problem = f"no column {', '.join(missing)}" if missing else chunk.rejected[0].finding.message
            raise QueryError(
                sentence("%(name)s: %(problem)s.", name=name, problem=as_sentence(str(problem))),
                fix=sentence("A file of fixes has the columns %(fixes)s.", fixes=listed(FIXES)),
            )
        fixes += [_fix_of_row(cells, name, number) for number, cells in enumerate(chunk.table.to_pylist(), 1)]
    return fixes


def _fix_of_row(cells: Mapping[str, str], name: str, number: int) -> Fix:
    """Return the fix that a row of a file is. Raises QueryError for one of no row, or of one and of all."""
    row, document = cells.get("row", ""), cells.get("document", "")
    if (was := cells.get("was", "").strip()) and not row.strip():
        return Fix.alike(cells["column"], was, cells["value"], cells["reason"], document)
    held_row = _row_number(row)
    if was or held_row is None:
        raise QueryError(
            sentence(
                "%(name)s, row %(number)s: “%(row)s” is no row number.",
                name=name,
                number=number,
                row=excerpt(row),
            ),
            fix="Give the number of a row held aside (`casualty findings` names them); or leave row blank "
            "and say under was what stands in every such row.",
        )
    reason = require_reason(cells["reason"])
    return Fix(held_row, column_name(cells["column"]), cells["value"].strip(), reason, document.strip())


def require_reason(text: str) -> str:
    """Return the reason of a fix. Raises QueryError where there is none."""
    if not text.strip():
        raise QueryError("A value is put in the place of another for a reason.", fix="Say why; it is kept.")
    return text.strip()


def _row_number(text: str) -> int | None:
    """Return the row number in a text, or None if it is none."""
    digits = text.strip()  # takes away more kinds of space than int() does
    return int(digits) if digits.isdecimal() and len(digits) <= MAX_DIGITS else None

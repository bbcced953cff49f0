"""Which places did a source list in its table before, that a later one lacks?

Their figures stand: whether a row was dropped, forgotten or moved, only the source can say. A column of a
table is what one source says of one measure and population since one beginning, about several places.
"""

from __future__ import annotations

import numpy as np

from service.ingest.checks.statements import SPEAKER, UNKNOWN, Ints, Statements
from service.schema.records import Finding
from service.sentence import SEMICOLON, Listed, Value, sentence
from service.vocabulary import Severity

COLUMN = (*SPEAKER, "measure", "population", "attributed_to", "start")
MIN_PLACES = 3
"""How many places two issues must share to be of one table."""
MIN_SHARE = 0.75
"""What share of the earlier issue's places the later one must have; a statement about a few is no issue."""
_EXAMPLES = 5


def find_gone_rows(statements: Statements) -> list[Finding]:
    """Return a finding for each source whose table had places before that the batch lacks.

    The issue before is all that a column holds of the last day of an earlier document, what the batch repeats
    of it included.
    """
    if not (statements.row == 0).any():
        return []
    rows = np.flatnonzero(statements.is_total & (statements.day != UNKNOWN))
    is_new = statements.row[rows] > 0
    cell = np.unique(statements.group(*COLUMN, "areas", rows=rows), return_inverse=True)[1]
    column = np.unique(statements.group(*COLUMN, rows=rows), return_inverse=True)[1]
    last_day = np.full(column.max(initial=0) + 1, UNKNOWN)
    np.maximum.at(last_day, column[~is_new], statements.day[rows[~is_new]])
    is_listed = np.bincount(cell, is_new)[cell] > 0
    issue = np.flatnonzero(statements.day[rows] == last_day[column])
    issue = issue[np.unique(cell[issue], return_index=True)[1]]
    shared = np.bincount(column[issue], is_listed[issue], minlength=len(last_day))
    gone = np.bincount(column[issue], ~is_listed[issue], minlength=len(last_day))
    is_table = (shared >= MIN_PLACES) & (shared >= MIN_SHARE * (shared + gone))
    lacking = rows[issue[is_table[column[issue]] & ~is_listed[issue]]]
    speaker = statements.group(*SPEAKER, rows=lacking)
    order = np.argsort(speaker, kind="stable")
    parts = np.split(lacking[order], np.flatnonzero(np.diff(speaker[order])) + 1)
    return [_finding(statements, part) for part in parts if len(part)]


def _finding(statements: Statements, gone: Ints) -> Finding:
    """Return what to say of totals (positions in ``statements``) of one source that a document lacks."""
    what = sorted(statements.describe(at) for at in gone.tolist())
    some: Value = Listed(tuple(what[:_EXAMPLES]), SEMICOLON)
    if len(what) > _EXAMPLES:
        some = sentence("%(examples)s …", examples=some)
    return Finding(
        "gone_from_table",
        Severity.WARNING,
        sentence(
            "%(source)s gave totals in its table before that this document lacks: %(number)s "
            "(%(examples)s). They stand as they were.",
            source=statements.name_source(statements.text("source_id", int(gone[0]))),
            number=len(what),
            examples=some,
        ),
        "Nothing, if the source only left them out; if it dropped them, hand the document in with release = "
        "full.",
        subject=statements.text("crisis_id", int(gone[0])),
    )

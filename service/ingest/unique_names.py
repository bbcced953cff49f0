"""Is a name that is to be registered already that of another source, population or crisis?

By such a name nobody could be meant: each row that uses it would be held. Places may share a name; a P-code,
or what a place lies in, tells them apart.
"""

from __future__ import annotations

import pyarrow as pa

from service.errors import QueryError
from service.ingest.report_columns import names_of
from service.schema.records import Reference
from service.schema.tables import AREA_SEPARATOR, REFERENCE_KEYS
from service.sentence import sentence

_SPELLINGS = {
    "source": ("name", "name_ar", "aliases"),
    "population": ("label", "label_ar"),
    "crisis": ("name", "name_ar"),
}


def check_names(table: str, rows: pa.Table, reference: Reference) -> None:
    """Raise QueryError where a name of one of the new ``rows`` would be that of another one too.

    ``reference`` is what is known once they are registered.
    """
    if table not in _SPELLINGS:
        return
    names = names_of(table, reference)
    (key,) = REFERENCE_KEYS[table]
    for row in rows.to_pylist():
        for spelling in (text for column in _SPELLINGS[table] for text in row[column].split(AREA_SEPARATOR)):
            others = sorted(names.candidates(spelling) - {row[key]})
            if others:
                raise QueryError(
                    sentence(
                        "“%(text)s”, a name of %(one)s, is that of %(other)s already.",
                        text=spelling, one=row[key], other=others[0],
                    ),
                    fix=sentence("Give %(one)s a name of its own; nothing was recorded.", one=row[key]),
                )  # fmt: skip

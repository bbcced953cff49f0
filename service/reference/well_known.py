"""Which sources does the field know, whatever a ledger holds?

Bodies, agencies and data sets that publish casualty figures again and again, with their kind and the standard
of proof they work to (our own classification). They enter a ledger with the first row that names them. This
module must not know reports.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources

from service.reference.names import Names
from service.schema.tables import AREA_SEPARATOR

Row = dict[str, str]


@lru_cache(maxsize=1)
def well_known_sources() -> tuple[Names, dict[str, Row]]:
    """Return the names of well-known sources, and their rows (columns of SOURCE) by id."""
    text = resources.files(__package__).joinpath("well_known_sources.csv").read_text(encoding="utf-8")
    rows = {row["source_id"]: row for row in csv.DictReader(text.splitlines())}
    entries = ((name, row["name"], row["aliases"].split(AREA_SEPARATOR)) for name, row in rows.items())
    return Names("source", entries), rows

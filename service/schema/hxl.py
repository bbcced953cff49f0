"""Which hashtags of the Humanitarian Exchange Language (HXL 1.1) name the columns of a table?

A tag row under the header lets tools read a file without knowing its column names. A column that the standard
has no word for keeps a blank tag. Reports tagged so can be handed in again (the mapping ``hxl-reports``).
Standard: https://hxlstandard.org/standard/1-1final/

>>> hashtags(pa.table({"area_code": ["SY06"], "measure": ["killed"], "best": [683]}))
['#loc+code', '#indicator+code', '#affected+killed']
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from service.schema.columns import COLUMNS
from service.vocabulary import Measure

AFFECTED = "#affected"
"""The tag of counts of people, which says what and whom they count."""
_MEASURES = {str(measure): measure.hxl for measure in Measure}
_POPULATIONS = {
    "civilians": "+civilians",
    "women": "+women",
    "female": "+f",
    "male": "+m",
    "children": "+children",
}
"""The attributes that the standard has for populations, which are an open list."""


def hashtags(table: pa.Table) -> list[str]:
    """Return the tag of each column, "" where there is none.

    Counts say what and whom they count where the whole table is about one measure or population.
    """
    counted = (
        AFFECTED + _attribute(table, "measure", _MEASURES) + _attribute(table, "population", _POPULATIONS)
    )
    tags = (COLUMNS[name].hxl if name in COLUMNS else "" for name in table.column_names)
    return [tag.replace(AFFECTED, counted) for tag in tags]


def _attribute(table: pa.Table, column: str, attributes: Mapping[str, str]) -> str:
    """Return the attribute of the one value that ``column`` holds, if it holds one."""
    if column not in table.column_names:
        return ""
    values = pc.unique(table.column(column)).to_pylist()
    return attributes.get(values[0], "") if len(values) == 1 else ""

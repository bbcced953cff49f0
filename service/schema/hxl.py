"""Which hashtags of the Humanitarian Exchange Language (HXL 1.1) name the columns of a table?

A tag row under the header lets tools read a file without knowing its column names. Every column has one; what
the standard has no word for is ``#meta`` with attributes of our own. Reports tagged so can be handed in again
(the mapping ``hxl-reports``).
Standard: https://hxlstandard.org/standard/1-1final/

>>> hashtags(pa.table({"area_code": ["SY06"], "measure": ["killed"], "best": [683]}))
['#loc+code', '#indicator+code', '#affected+killed']
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from service.schema.columns import COLUMNS, THING
from service.vocabulary import Measure

AFFECTED = "#affected"
"""The tag of counts of people, which says what and whom they count."""
NAMELESS = "#meta"
"""The tag of what is named in a table that has no key in front."""
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
    """Return the tag of each column.

    Counts say what and whom they count where the whole table is about one measure or population; names say
    what they name, which the first column tells.
    """
    counted = (
        AFFECTED + _attribute(table, "measure", _MEASURES) + _attribute(table, "population", _POPULATIONS)
    )
    tags = [COLUMNS[name].hxl if name in COLUMNS else "" for name in table.column_names]
    key = tags[0] if tags else THING
    thing = NAMELESS if key.startswith(THING) else key.removesuffix("+code").removesuffix("+num")
    return [tag.replace(AFFECTED, counted).replace(THING, thing) for tag in tags]


def _attribute(table: pa.Table, column: str, attributes: Mapping[str, str]) -> str:
    """Return the attribute of the one value that ``column`` holds, if it holds one."""
    if column not in table.column_names:
        return ""
    values = pc.unique(table.column(column)).to_pylist()
    return attributes.get(values[0], "") if len(values) == 1 else ""

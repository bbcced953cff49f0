"""Which hashtags of the Humanitarian Exchange Language (HXL 1.1) name the columns of a table?

A tag row under the header lets tools read a file without knowing its column names. A column that the standard
has no word for keeps a blank tag. Files tagged so can be handed in again (``seeds/mappings/hxl.toml``).
Standard: https://hxlstandard.org/standard/1-1final/

>>> hashtags(pa.table({"area_code": ["SY06"], "measure": ["killed"], "best": [683]}))
['#loc+code', '#indicator+code', '#affected+killed']
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

MEASURES = {
    "killed": "+killed",
    "injured": "+injured",
    "missing": "+missing",
    "displaced": "+displaced",
    "detained": "+detained",
}
POPULATIONS = {"civilians": "+civilians", "women": "+f", "children": "+children"}
COUNTS = {
    "low": "+low",
    "best": "",
    "high": "+high",
    "low_before": "+low+before",
    "best_before": "+before",
    "high_before": "+high+before",
    "people": "+disagreement",
}
TAGS = {
    "crisis": "#crisis+code",
    "crisis_id": "#crisis+code",
    "area_code": "#loc+code",
    "area_name": "#loc+name",
    "areas": "#loc+code",
    "area_stated": "#loc+name+stated",
    "measure": "#indicator+code",
    "population": "#group+code",
    "attributed_to": "#actor+attributed",
    "date": "#date+occurred",
    "as_of": "#date+reported",
    "period_start": "#date+start",
    "period_end": "#date+end",
    "until": "#date+until",
    "published_on": "#date+published",
    "counted_to": "#date+occurred",
    "known_on": "#date+known",
    "recorded_at": "#date+recorded",
    "grade": "#status+grade",
    "grade_before": "#status+grade+before",
    "origins": "#meta+origins+num",
    "reports": "#meta+reports+num",
    "method": "#meta+method",
    "cause": "#cause",
    "report_id": "#meta+id",
    "report_ids": "#meta+ids",
    "source_id": "#meta+source+code",
    "source_name": "#meta+source+name",
    "origin_id": "#meta+origin",
    "origin_name": "#meta+origin+name",
    "basis": "#meta+basis",
    "standard": "#meta+standard",
    "url": "#meta+url",
    "note": "#description",
    "lat": "#geo+lat",
    "lon": "#geo+lon",
}


def hashtags(table: pa.Table) -> list[str]:
    """The tag of each column, blank where there is none.

    Counts say what and whom they count where the whole table is about one measure or population.
    """
    counted = "#affected" + _only(table, "measure", MEASURES) + _only(table, "population", POPULATIONS)
    return [counted + COUNTS[name] if name in COUNTS else TAGS.get(name, "") for name in table.column_names]


def _only(table: pa.Table, column: str, attributes: dict[str, str]) -> str:
    """The attribute of the one value that ``column`` holds, if it holds one."""
    if column not in table.column_names:
        return ""
    values = pc.unique(table.column(column)).to_pylist()
    return attributes.get(values[0], "") if len(values) == 1 else ""

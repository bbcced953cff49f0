"""Does the made-up world have the shape it says, and does the ledger tell of its revisions what was drawn?"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from bench.report import bars, write_page
from bench.world.events import COUNTRIES, FIRST_YEAR, YEARS, draw_world
from service.api import Ledger
from service.ledger import Store
from service.settings import shipped_seeds

EVENTS = 600


def test_equal_arguments_draw_equal_worlds():
    one, other = draw_world(EVENTS), draw_world(EVENTS)
    assert [name for name, _ in one.releases] == [name for name, _ in other.releases]
    assert all(a.equals(b) for (_, a), (_, b) in zip(one.releases, other.releases, strict=True))
    assert len(one.countries) == COUNTRIES


def test_what_the_ledger_says_of_revisions_is_what_the_world_was_drawn_with(tmp_path):
    world = draw_world(EVENTS)
    assert {name[:4] for name, _ in world.releases} <= {str(FIRST_YEAR + year) for year in range(YEARS)}
    _, areas, mapping = world.write(tmp_path)
    events = pa.concat_tables([table for _, table in world.releases])
    events = events.filter(pc.less(events["conflict_name"], "Conflict 012"))
    pyarrow.csv.write_csv(events, tmp_path / "all.csv")
    with Ledger(Store.open(tmp_path / "data")) as ledger:  # without the shipped reports
        ledger.register("population", (shipped_seeds() / "populations.csv").read_bytes())
        ledger.register("area", _places_of(events, areas))
        receipt = ledger.ingest(tmp_path / "all.csv", mapping=mapping)
        row = ledger.revisions(arrow=True, source="ucdp").to_pylist()[0]
    first, last = (
        dict(zip(part["id"].to_pylist(), part["best"].to_pylist(), strict=True))
        for part in (_newest(events, last=False), _newest(events, last=True))
    )
    counted = len(events) + events["deaths_civilians"].drop_null().length()
    assert (receipt.accepted, receipt.quarantined, receipt.rejected) == (counted, 0, 0)
    civilians = pc.count_distinct(events.filter(events["deaths_civilians"].is_valid())["id"]).as_py()
    assert row["stated"] == len(first) + civilians
    assert row["revised"] == sum(first[event] != last[event] for event in first)
    assert row["revised"] > 0
    assert row["revised_up"] == sum(first[event] < last[event] for event in first)


def _places_of(events: pa.Table, areas: Path) -> bytes:
    """The rows of a file of areas that some events are about."""
    named = {*events["adm_1"].to_pylist(), *events["country"].to_pylist()}
    head, *rows = areas.read_text(encoding="utf-8").splitlines()
    return "\n".join([head, *(row for row in rows if row.split(",")[0].strip('"') in named)]).encode()


def _newest(events: pa.Table, *, last: bool) -> pa.Table:
    """The row of each event in its last release, or in its first."""
    ordered = events.sort_by([("published_on", "ascending" if last else "descending")])
    at = {event: place for place, event in enumerate(ordered["id"].to_pylist())}
    return ordered.take(pa.array(sorted(at.values())))


def test_an_aim_that_is_missed_is_written_as_missed(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.report.PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr("bench.report.PLOTS", tmp_path / "benchmarks")
    rows = [{"way": "ours", "seconds": 2.5}, {"way": "a < b", "seconds": 1}, {"way": "none"}]
    part = {"day": "2026-11-29", "machine": "m", "title": "Part", "same": "Not the same.", "rows": rows}
    write_page({"part": {**part, "plot": ["way", "seconds"], "aims": [["within 1 s", False], ["any", True]]}})
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "- within 1 s: **missed**" in page
    assert "- any: **met**" in page
    assert "| ours | 2.5 |" in page
    assert "a &lt; b" in (tmp_path / "benchmarks" / "part.svg").read_text(encoding="utf-8")


def test_a_plot_has_a_bar_for_each_row_that_has_the_value():
    assert bars([{"a": "x", "b": 1}, {"a": "y", "b": None}], "a", "b").count("<rect") == 2  # one behind

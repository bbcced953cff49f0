"""What leaves with HXL hashtags comes in again as the same reports, by our own mapping; libhxl reads it."""

from __future__ import annotations

import csv
import datetime as dt

import hxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api import Ledger
from service.formats.encode import encode
from service.formats.file_format import Format
from service.ingest import load_seeds, read_reports, read_rows
from service.schema.hxl import hashtags
from service.schema.records import Reference
from service.schema.tables import LEDGER_REPORT
from service.settings import shipped_seeds
from tests.builders import moment

TODAY = dt.date(2026, 11, 22)
REFERENCE = Reference(**load_seeds(shipped_seeds()).reference)
WORDINGS = ("683", "over 740", "2,300–2,400", "about 10,000", "0", "nearly 1,500", "hundreds", "٧٤٠")
BOUNDS = (("71", "75", "80"), ("", "75", ""), ("12", "", ""), ("", "", "30"), ("3", "", "9"))
FIGURES = st.sampled_from(
    [{"count": text} for text in WORDINGS]
    + [dict(zip(("low", "best", "high"), bounds, strict=True)) for bounds in BOUNDS]
)
DAY = st.dates(dt.date(2025, 3, 6), dt.date(2025, 6, 30)).map(str)
ROW = st.fixed_dictionaries(
    {
        "crisis": st.just("syria-coast-2025-03"),
        "source": st.sampled_from(["sohr", "snhr", "afp", "reuters"]),
        "origin": st.sampled_from(["", "sohr", "ohchr"]),
        "areas": st.sampled_from(["SY06", "Jableh", "Latakia|Jableh|Banias", "x-syrian-coast"]),
        "measure": st.sampled_from(["killed", "injured", "missing"]),
        "population": st.sampled_from(["all", "civilians", "women", "security_forces"]),
        "attributed_to": st.sampled_from(["", "government side"]),
        "standard": st.sampled_from(["documented", "verified", "unverified"]),
        "note": st.sampled_from(["", "=1+1", "a, b", '"quoted"', "ليلة"]),
        "url": st.sampled_from(["", "https://example.org/1?a=b&c=d"]),
    },
    optional={
        "published_on": DAY,
        "counted_to": st.just("2025-03-05"),
        "period_start": st.just("2025-03-06"),
        "published_by": st.just("2025-07-01"),
        "event": st.sampled_from(["e-1", "17"]),
    },
)


def as_answered(rows: list[dict[str, str]]) -> object:
    """The reports of these rows as the ledger hands them out (LEDGER_REPORT)."""
    reports = read_rows(rows, "rows", REFERENCE, today=TODAY).reports.to_pylist()
    return LEDGER_REPORT.empty_table().from_pylist(
        [
            {
                **report,
                "counted_to": report["counted_to"] or TODAY,
                "known_on": report["published_on"] or report["published_by"] or TODAY,
                "recorded_at": moment("2026-11-22T12:00"),
                "seq": 1,
                "withdrawn": None,
            }
            for report in reports
        ],
        schema=LEDGER_REPORT,
    )


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.tuples(ROW, FIGURES).map(lambda pair: {**pair[0], **pair[1]}), min_size=1, max_size=8)
)
def test_reports_with_hashtags_come_in_again_as_the_same_reports(rows):
    table = as_answered(rows)
    data = encode(table, Format.CSV, tags=hashtags(table))
    again = read_reports(data, "reports.csv", REFERENCE, mapping="hxl-reports", today=TODAY).reports
    assert again["report_id"].to_pylist() == table["report_id"].to_pylist()
    for name in ("low", "best", "high", "number", "areas"):
        assert again[name].to_pylist() == table[name].to_pylist(), name


@pytest.mark.parametrize("fmt", [Format.CSV, Format.XLSX])
def test_the_shipped_reports_come_in_again_but_for_the_withdrawn(ledger: Ledger, fmt: Format) -> None:
    table = ledger.reports(arrow=True)
    data = encode(table, fmt, tags=hashtags(table))
    again = ledger.read(data, name=f"reports.{fmt}", mapping="hxl-reports")
    standing = [row["report_id"] for row in table.to_pylist() if row["withdrawn"] is None]
    assert again.reports["report_id"].to_pylist() == standing
    assert {finding.code for finding in again.findings} <= {"no_figure", "ignored_columns", "sum_mismatch"}
    withdrawn = [finding for finding in again.findings if finding.code == "no_figure"]
    assert len(withdrawn) == table.num_rows - len(standing) > 0
    assert all(
        "The report is withdrawn in the ledger that it comes from" in each.message for each in withdrawn
    )


def test_libhxl_reads_every_column_and_row(ledger: Ledger, tmp_path) -> None:
    for table in (ledger.reports(arrow=True), ledger.series(arrow=True, measure="killed")):
        tags = hashtags(table)
        file = tmp_path / "tagged.csv"
        file.write_bytes(encode(table, Format.CSV, tags=tags))
        dataset = hxl.data(str(file), hxl.InputOptions(allow_local=True))
        assert [column.display_tag for column in dataset.columns] == tags
        assert sum(1 for _ in dataset) == table.num_rows
        with file.open(newline="") as text:
            header = next(csv.reader(text))
        assert [column.header for column in dataset.columns] == header


@pytest.mark.parametrize(("count", "low", "best"), [("684", "683", "683"), ("over 740", "740", "")])
def test_a_count_beside_bounds_that_it_does_not_state_is_held(count, low, best):
    row = {
        "crisis": "syria-coast-2025-03",
        "source": "sohr",
        "areas": "SY06",
        "measure": "killed",
        "population": "all",
        "published_on": "2025-03-12",
        "count": count,
        "low": low,
        "best": best,
    }
    batch = read_rows([row], "rows", REFERENCE, today=TODAY)
    assert [finding.code for finding in batch.findings] == ["count_and_bounds"]

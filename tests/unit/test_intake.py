"""Does a document longer than one batch come in whole, and is it told how far it is?"""

import os
import pty
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from service.api import Ledger
from service.errors import UnreadableDocument
from service.ingest import reports
from service.intake import pipeline

HEADER = "crisis,source,published_on,counted_to,areas,measure,population,count\n"
ROWS = 12_000


def row(number: int, areas: str = "Latakia", count: str = "") -> str:
    day = f"2025-{3 + number // 9_000:02d}-{1 + number // 1_000 % 9:02d}"
    figure = count or str(100 + number)
    return f"syria-coast-2025-03,paper-{number % 1_000},{day},{day},{areas},killed,all,{figure}\n"


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    """Rows of several chunks; one in the last of them is of no known place, one stands twice."""
    path = tmp_path / "long.csv"
    middle = "".join(row(number) for number in range(ROWS))
    path.write_text(HEADER + middle + row(ROWS, "Atlantis") + row(0), encoding="utf-8")
    return path


@pytest.fixture
def in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reports.read_batches.__kwdefaults__, "rows_at_once", 2_000)


@pytest.mark.usefixtures("in_batches")
def test_a_long_document_comes_in_batch_by_batch_and_every_row_is_answered_for(
    own_ledger: Ledger, long_file: Path
) -> None:
    told: list[tuple[int, int, int]] = []
    before = own_ledger.head.seq
    receipt = own_ledger.ingest(long_file, watch=lambda *place: told.append(place))
    assert own_ledger.head.seq > before + 1
    assert (receipt.accepted, receipt.duplicate, receipt.quarantined) == (ROWS, 1, 1)
    assert [each[:2] for each in receipt.verdicts] == [(ROWS + 1, "quarantined"), (ROWS + 2, "duplicate")]
    size = long_file.stat().st_size
    assert told[-1] == (ROWS + 2, size, size)
    assert all(earlier[0] < later[0] for earlier, later in pairwise(told))
    again = own_ledger.ingest(long_file)
    assert (again.accepted, again.duplicate, again.quarantined) == (0, ROWS + 1, 1)


BEGINNINGS = "crisis,source,published_on,period_start,areas,measure,population,count\n"


def flood(published: str, begins: str) -> bytes:
    return f"{BEGINNINGS}flood,radio,{published},{begins},Latakia,killed,all,{published[-2:]}\n".encode()


def test_a_crisis_met_on_the_way_begins_at_its_earliest_period_whichever_came_first(
    own_ledger: Ledger,
) -> None:
    for begins in ("2025-04-05", "2025-04-02", "", "2025-04-09"):
        own_ledger.ingest(flood("2025-04-12", begins), name="flood.csv")
    (crisis,) = [row for row in own_ledger.crises(arrow=True).to_pylist() if row["crisis_id"] == "flood"]
    assert str(crisis["period_start"]) == "2025-04-02"
    starts = own_ledger.series(crisis="flood", arrow=True)["period_start"].to_pylist()
    assert {str(start) for start in starts} == {"2025-04-02"}


def test_a_crisis_that_somebody_registered_begins_when_that_says(own_ledger: Ledger) -> None:
    own_ledger.ingest(flood("2025-04-12", "2025-04-05"), name="flood.csv")
    row = {"crisis_id": "flood", "name": "Flood", "period_start": "2025-04-04"}
    own_ledger.register("crisis", [row])
    own_ledger.ingest(flood("2025-04-13", "2025-04-01"), name="flood.csv")
    (crisis,) = [row for row in own_ledger.crises(arrow=True).to_pylist() if row["crisis_id"] == "flood"]
    assert str(crisis["period_start"]) == "2025-04-04"


@pytest.mark.usefixtures("in_batches")
def test_a_rehearsal_of_a_long_document_says_what_the_real_one_will(
    own_ledger: Ledger, long_file: Path
) -> None:
    before = own_ledger.head
    rehearsed = own_ledger.ingest(long_file, dry_run=True)
    assert own_ledger.head == before
    real = own_ledger.ingest(long_file)
    assert [rehearsed.accepted, rehearsed.duplicate, rehearsed.quarantined] == [
        real.accepted, real.duplicate, real.quarantined,
    ]  # fmt: skip
    assert rehearsed.verdicts == real.verdicts


@pytest.mark.usefixtures("in_batches")
def test_what_was_read_before_a_document_breaks_stands_and_is_known_when_it_is_mended(
    own_ledger: Ledger, long_file: Path
) -> None:
    whole = long_file.read_bytes()
    long_file.write_bytes(whole + b'"never closed\n')
    with pytest.raises(UnreadableDocument):
        own_ledger.ingest(long_file)
    long_file.write_bytes(whole)
    receipt = own_ledger.ingest(long_file)
    assert receipt.accepted + receipt.duplicate == ROWS + 1
    assert receipt.duplicate > 2_000


@pytest.mark.usefixtures("in_batches")
def test_a_counter_that_restarts_in_a_later_batch_is_found_beside_the_earlier_ones(
    own_ledger: Ledger, tmp_path: Path
) -> None:
    path = tmp_path / "falls.csv"
    lines = [row(number) for number in range(ROWS)]
    lines[ROWS - 1_000] = row(ROWS - 1_000, count="50")  # the counter of paper-0 stood at 10,100 before
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    receipt = own_ledger.ingest(path)
    assert [(each.code, each.row) for each in receipt.findings if each.code == "counter_reset"] == [
        ("counter_reset", ROWS - 999)
    ]


def test_the_checks_say_where_they_looked_at_a_part_only(
    own_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "COMPARED_REPORTS", 1)
    codes = [
        [finding.code for finding in own_ledger.ingest((HEADER + row(number)).encode()).findings]
        for number in (0, 1_000)
    ]
    assert ["checked_in_part" in each for each in codes] == [False, True]


def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else(data_dir: Path, long_file: Path) -> None:
    command = [sys.executable, "-m", "service", "ingest", str(long_file), "--data-dir", str(data_dir)]
    piped = subprocess.run(command, capture_output=True, check=False)
    assert (piped.returncode, piped.stderr) == (1, b"")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    shown = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 65_536):
            seen += part
    except OSError:  # the other end has gone
        pass
    os.close(ours)
    assert shown.wait() == 1
    assert b"rows/s" in seen
    assert b"Reading long.csv" in seen

"""The index follows the journal: what becomes of it when it is lost, old, foreign or changed."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import duckdb
import pytest

from service.errors import JournalDamaged
from service.ledger import Store, holder
from service.ledger.index import SCHEMA_VERSION
from service.schema.records import Head
from tests.builders import CRISIS_ID, batch, moment, report
from tests.faults.history import AT, INDEX, everything, fill

EARLIER = Path(__file__).with_name("stores") / "0.1.0"
"""The journal that version 0.1.0 wrote of the nine entries of ``fill``: one frame a record."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


# --- the index follows the journal -----------------------------------------------------------------------


def damage(how: str, data: Path) -> None:
    index = data / INDEX
    if how == "deleted":
        index.unlink()
    elif how == "garbage":
        index.write_bytes(b"not a database" * 400)
    elif how == "cut in half":
        index.write_bytes(index.read_bytes()[: index.stat().st_size // 2])
    elif how == "empty":
        index.write_bytes(b"")
    elif how == "lagging":
        with Store.open(data.with_name("prefix")) as store:
            fill(store, upto=7)
        shutil.copy(data.with_name("prefix") / INDEX, index)
    elif how == "of an older schema":
        with duckdb.connect(str(index)) as connection:
            connection.execute("UPDATE ledger SET schema_version = 0")
    elif how == "of another journal":
        with Store.open(data.with_name("other")) as other:
            other.submit(batch(report(count=1)), recorded_at=AT)
        shutil.copy(data.with_name("other") / INDEX, index)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("deleted", "is missing: rebuilt from 9 entries"),
        ("garbage", "does not open"),
        ("cut in half", "rebuilt from 9 entries"),
        ("empty", "rebuilt from 9 entries"),
        ("lagging", "lagged at 7 of 9 entries: caught up"),
        ("of an older schema", f"has schema version 0, not {SCHEMA_VERSION}: rebuilt"),
        ("of another journal", "belongs to another journal: rebuilt"),
    ],
)
def test_an_index_that_is_not_the_journals_is_mended_and_the_log_says_what_was_found(
    data: Path, caplog: pytest.LogCaptureFixture, how: str, said: str
) -> None:
    with Store.open(data) as store:
        fill(store)
        before, head = everything(store), store.head
        touched = store.crisis_entry(CRISIS_ID)
    damage(how, data)
    with caplog.at_level(logging.WARNING), Store.open(data) as store:
        assert store.head == head
        assert everything(store) == before
        assert store.crisis_entry(CRISIS_ID) == touched
        assert store.verify() == []
    assert said in caplog.text
    assert sorted(path.name for path in data.iterdir()) == [INDEX, "journal", "ledger.lock"]


def test_a_ledger_of_an_earlier_version_is_read_on_with_the_same_head_and_answers(data: Path) -> None:
    shutil.copytree(EARLIER, data)
    with Store.open(data) as store, Store.open(data.with_name("now")) as now:
        fill(now)
        assert store.head.hash == "bb45af4c44fe8c200fd10aea71a125f56bc8a27b4577858759775d1b3c54ab6e"
        assert everything(store) == everything(now)
        store.submit(batch(report(count=7)), recorded_at=moment("2025-03-16"))
        assert store.verify() == []


def test_a_rebuild_gives_the_same_answers(data: Path) -> None:
    with Store.open(data) as store:
        fill(store)
        before, head = everything(store), store.head
        store.rebuild()
        assert everything(store) == before
        assert store.head == head
        store.submit(batch(report(count=7)), recorded_at=moment("2025-03-16"))
        assert store.verify() == []


def test_a_sound_ledger_opens_without_a_word(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            with Store.open(data) as store:
                fill(store)
    assert caplog.text == ""


def test_a_torn_tail_that_nobody_was_promised_is_cut_with_a_log_line(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store.open(data) as store:
        fill(store)
        before, head = everything(store), store.head
    segment = data / "journal" / "000001.seg"
    whole = segment.read_bytes()
    segment.write_bytes(whole + whole[:200])
    with caplog.at_level(logging.WARNING), Store.open(data) as store:
        assert store.head == head
        assert everything(store) == before
    assert "torn record" in caplog.text
    assert segment.read_bytes() == whole


def test_an_acknowledged_record_that_is_damaged_is_never_cut_as_if_it_were_torn(data: Path) -> None:
    with Store.open(data) as store:
        fill(store)
    segment = data / "journal" / "000001.seg"
    whole = segment.read_bytes()
    for damaged in (whole[:-1], whole[:-1] + b"\x00" if whole[-1] else whole[:-1] + b"\x01"):
        segment.write_bytes(damaged)
        with pytest.raises(JournalDamaged, match="damaged at record 9"):
            Store.open(data)
        assert segment.read_bytes() == damaged
        assert holder(data) is None


def test_an_index_that_knows_more_than_the_journal_means_records_are_missing(data: Path) -> None:
    with Store.open(data) as store:
        store.submit(batch(report(count=1)), recorded_at=AT)
        size = (data / "journal" / "000001.seg").stat().st_size
        store.submit(batch(report(count=2)), recorded_at=AT)
    segment = data / "journal" / "000001.seg"
    segment.write_bytes(segment.read_bytes()[:size])
    with pytest.raises(JournalDamaged, match=r"ends at record 1, but the index .* knows record 2"):
        Store.open(data)


# --- verifying and copying -------------------------------------------------------------------------------


def test_verify_names_the_closed_segment_and_record_that_changed(data: Path) -> None:
    with Store.open(data, segment_bytes=1) as store:
        fill(store)
        assert store.verify() == []
        segment = data / "journal" / "000003.seg"
        content = bytearray(segment.read_bytes())
        content[-5] ^= 4
        segment.chmod(0o644)
        segment.write_bytes(content)
        (finding,) = store.verify()
        assert finding.code == "journal_damaged"
        assert "000003.seg is damaged at record 3" in finding.message
    with pytest.raises(JournalDamaged, match=r"000003\.seg is damaged at record 3"):
        Store.open(data)


def test_verify_finds_rows_that_were_changed_behind_the_journals_back(data: Path) -> None:
    with Store.open(data) as store:
        fill(store)
    with duckdb.connect(str(data / INDEX)) as connection:
        connection.execute("UPDATE report SET best = 999 WHERE best = 683")
        connection.execute("DELETE FROM finding")
    with Store.open(data) as store:
        found = {finding.subject: finding for finding in store.verify()}
        assert set(found) == {"report", "finding"}
        assert "has 1 rows that the journal does not hold and lacks 1" in found["report"].message
        store.rebuild()
        assert store.verify() == []
        assert 999 not in store.reports()["best"].to_pylist()


def test_ready_answers_with_the_head(data: Path) -> None:
    with Store.open(data) as store:
        assert store.ready() == Head(0, "0" * 64)
        fill(store)
        assert store.ready() == store.head

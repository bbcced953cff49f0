"""The index follows the journal: what becomes of it when it is lost, old, foreign or changed."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from service.api import Ledger
from service.errors import JournalDamaged, StoreError, StoreHeld
from service.ledger import Store, holder
from service.ledger.index import _CONFIG, SCHEMA_VERSION, Index
from service.schema.records import Head
from tests.builders import CRISIS_ID, batch, counted_salts, moment, report
from tests.faults.history import AT, INDEX, everything, fill
from tests.faults.index_flips import count_blocks, make_small_store
from tests.faults.index_flips import run as run_flips

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
        with Store.open(data.with_name("prefix"), salts=counted_salts()) as store:
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
    with Store.open(data, salts=counted_salts()) as store:
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


def without_hashes(store: Store) -> list[pa.Table]:
    """Everything that a ledger answers but the hashes of its entries."""
    return [rows.select([name for name in rows.column_names if name != "hash"]) for rows in everything(store)]


def test_a_ledger_of_an_earlier_version_is_read_on_with_the_same_head_and_answers(data: Path) -> None:
    shutil.copytree(EARLIER, data)
    with Store.open(data) as store, Store.open(data.with_name("now")) as now:
        fill(now)
        assert store.head.hash == "bb45af4c44fe8c200fd10aea71a125f56bc8a27b4577858759775d1b3c54ab6e"
        assert without_hashes(store) == without_hashes(now)  # entries of today have further columns
        store.submit(batch(report(count=7)), recorded_at=moment("2025-03-16"))
        assert store.verify() == []


@pytest.mark.parametrize("threads", [1, 2])
def test_a_rebuild_gives_the_same_answers_whatever_number_of_threads_makes_it(
    data: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    with Store.open(data) as store:
        fill(store)
        before, head = everything(store), store.head
        monkeypatch.setitem(_CONFIG, "threads", threads)
        store.rebuild()
        with store.view() as view:
            assert view._cursor.execute("SELECT current_setting('threads')").fetchall() == [(threads,)]
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
        with pytest.raises(JournalDamaged, match=r"ends at record 8 \(.* is torn: .* move .* away"):
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


def edit(data: Path) -> None:
    with duckdb.connect(str(data / INDEX)) as connection:
        connection.execute("UPDATE report SET best = 999 WHERE best = 684")


def test_a_row_edited_behind_the_journals_back_is_found_in_the_background_and_no_longer_served(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store.open(data) as store:
        fill(store)
        before = everything(store)
    edit(data)
    with caplog.at_level(logging.ERROR), Store.open(data) as store:
        assert 999 in store.reports()["best"].to_pylist()
        is_ending = threading.Event()
        watching = threading.Thread(target=store.watch_index, args=(is_ending, 0.05))
        watching.start()
        until = time.monotonic() + 60
        while 999 in store.reports()["best"].to_pylist() and time.monotonic() < until:
            time.sleep(0.01)
        assert everything(store) == before
        store.submit(batch(report(count=7)), recorded_at=moment("2025-03-16"))
        time.sleep(0.2)  # what is handed in meanwhile is no difference
        is_ending.set()
        watching.join()
        assert caplog.text.count("did not say what the journal says (report): rebuilt") == 1
        assert store.verify() == []


def test_rebuild_waits_for_no_old_index(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(data) as store:
        fill(store)
        before = everything(store)
    (data / INDEX).unlink()
    os.mkfifo(data / INDEX)  # whoever opens it waits for ever
    with Store.open(data, afresh=True) as store:
        assert everything(store) == before


def flip(index: Path, place: int) -> None:
    content = bytearray(index.read_bytes())
    content[place] ^= 0xFF
    index.write_bytes(content)


def test_a_byte_that_only_a_question_meets_leads_to_one_rebuild(data: Path) -> None:
    with Store.open(data) as store:
        fill(store)
        before = everything(store)
    met = 0
    index = data / INDEX
    sound = index.read_bytes()
    for place in range(12_288, len(sound), len(sound) // 12):
        flip(index, place)
        with Store.open(data) as store:
            try:
                after = everything(store)
            except StoreError as error:
                assert "It is made afresh from the journal; ask again." in str(error)
                met += 1
                after = everything(store)
            assert after == before
            assert store.verify() == []
        index.write_bytes(sound)
    assert met


def test_a_command_that_met_damage_and_ended_leaves_the_next_one_a_sound_index(data: Path) -> None:
    with Store.open(data) as store:
        fill(store)
        before = everything(store)
    flip(data / INDEX, (data / INDEX).stat().st_size // 2)
    with Store.open(data) as store, pytest.raises(StoreError, match="is damaged: Corrupt database file"):
        everything(store)
    with Store.open(data) as store:
        assert everything(store) == before


def test_of_every_so_many_blocks_of_a_small_index_each_heals_when_a_byte_is_flipped(tmp_path: Path) -> None:
    make_small_store(tmp_path / "sound")
    outcomes = run_flips(tmp_path / "sound", tmp_path / "work", 5, count_blocks(tmp_path / "sound") // 12)
    assert len(outcomes) >= 12
    assert set(outcomes.values()) == {"healed"}


def test_an_index_that_cannot_be_made_names_the_one_thing_to_do(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(data) as store:
        fill(store)
    (data / INDEX).unlink()
    (data / f"{INDEX}.new").mkdir()
    with pytest.raises(StoreError, match="cannot be used: Is a directory") as caught:
        Store.open(data)
    assert caught.value.fix
    assert holder(data) is None
    (data / f"{INDEX}.new").rmdir()
    Store.open(data).close()


def test_an_index_that_another_process_has_open_is_held_and_not_damaged(data: Path) -> None:
    with Store.open(data) as store:
        fill(store)
    before = (data / INDEX).stat()
    opens = f"import duckdb, time; kept = duckdb.connect({str(data / INDEX)!r})"
    code = f"{opens}; print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            child.stdout.readline()
            with pytest.raises(StoreHeld, match=f"held by process {child.pid}"):
                Store.open(data)
        finally:
            child.kill()
    after = (data / INDEX).stat()
    assert (before.st_ino, before.st_size) == (after.st_ino, after.st_size)
    with Store.open(data) as store:
        assert store.head.seq == 9


def test_ready_answers_with_the_head(data: Path) -> None:
    with Store.open(data) as store:
        assert store.ready() == Head(0, "0" * 64)
        fill(store)
        assert store.ready() == store.head


def test_an_index_that_was_made_short_is_not_taken_for_the_ledger(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when DuckDB could not write the rows of its log into the file, and did not say so on closing it: the
    shipped reports would be entered into what looks like an empty ledger."""
    with Store.open(data) as store:
        fill(store)
        expected, head = everything(store), store.head
    with monkeypatch.context() as short:
        short.setattr(Index, "replay", lambda *_, **__: None)
        with pytest.raises(StoreError, match=f"holds 0 of {head.seq} entries"):
            Store.open(data, afresh=True)
        with pytest.raises(StoreError, match=f"holds 0 of {head.seq} entries"):
            Ledger.open(data, afresh=True)
    with Ledger.open(data) as ledger:
        assert ledger.head == head
        assert everything(ledger.store) == expected


def test_an_index_whose_rows_cannot_be_written_into_its_file_is_refused_as_it_is_made(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        """A cursor whose checkpoint fails once there are rows."""

        def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
            self._cursor = cursor

        def __enter__(self) -> Failing:
            return self

        def __exit__(self, *_: object) -> None:
            self._cursor.close()

        def __getattr__(self, name: str) -> object:
            return getattr(self._cursor, name)

        def execute(self, statement: str, *values: object) -> object:
            has_rows = statement == "CHECKPOINT" and self._cursor.execute("FROM submission").fetchall()
            if has_rows:
                raise duckdb.FatalException("FATAL Error: fsync failed!")
            return self._cursor.execute(statement, *values)

    with Store.open(data) as store:
        fill(store)
        head = store.head
    cursor = Index.cursor
    with monkeypatch.context() as failing:
        failing.setattr(Index, "cursor", lambda index: Failing(cursor(index)))
        with pytest.raises(StoreError, match="cannot be made from the journal"):
            Store.open(data, afresh=True)
    with Store.open(data) as store:
        assert (store.head, store.verify()) == (head, [])

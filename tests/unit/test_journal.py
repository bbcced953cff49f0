"""The journal alone: framing, chain, segments, what a torn end and what damage look like."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from service.errors import JournalDamaged, StoreHeld
from service.ledger.entry import Entry, plain
from service.ledger.frames import EMPTY
from service.ledger.journal import Journal
from tests.builders import moment, report

RECORDS = [b"first record", b"second record, a little longer", b"third"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def write(directory: Path, records: list[bytes], *, segment_bytes: int = 1 << 20) -> Journal:
    journal = Journal.open(directory, segment_bytes=segment_bytes)
    for record in records:
        journal.append(record)
        journal.sync()
    return journal


def read(journal: Journal, *, after: int = 0) -> list[bytes]:
    return [content for _, content in journal.contents(after=after)]


def test_records_come_back_in_order_after_reopening(directory: Path) -> None:
    head = write(directory, RECORDS).head
    journal = Journal.open(directory)
    assert read(journal) == RECORDS
    assert read(journal, after=2) == RECORDS[2:]
    assert journal.head == head
    assert journal.head.seq == 3


def test_the_same_records_make_the_same_bytes_and_the_same_head(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, RECORDS) for name in ("one", "two"))
    assert one.head == two.head
    assert one.segments()[0].read_bytes() == two.segments()[0].read_bytes()


def test_other_records_or_another_order_make_another_head(tmp_path: Path) -> None:
    heads = {
        write(tmp_path / str(number), records).head.hash
        for number, records in enumerate([RECORDS, RECORDS[::-1], RECORDS[:2], [b"x", *RECORDS[1:]]])
    }
    assert len(heads) == 4


def test_segments_rotate_by_size_and_a_closed_one_is_read_only(directory: Path) -> None:
    journal = write(directory, [bytes(range(256)) * 4] * 5, segment_bytes=300)
    names = [path.name for path in journal.segments()]
    assert names == [f"{number:06d}.seg" for number in range(1, 6)]
    assert [path.stat().st_mode & 0o222 for path in journal.segments()][:-1] == [0, 0, 0, 0]
    assert len(read(Journal.open_beside(directory))) == 5


def test_records_written_together_share_one_sync_and_can_be_taken_back(directory: Path) -> None:
    journal = write(directory, RECORDS[:1])
    before, size = journal.head, journal.segments()[0].stat().st_size
    journal.append(b"one")
    journal.append(b"two")
    assert journal.pending
    journal.rollback()
    assert not journal.pending
    assert journal.head == before
    assert journal.segments()[0].stat().st_size == size
    journal.append(b"three")
    journal.sync()
    assert read(Journal.open_beside(directory)) == [RECORDS[0], b"three"]


def write_together(directory: Path, *groups: list[bytes]) -> Journal:
    """A journal in which the records of each group share one fsync."""
    journal = Journal.open(directory)
    for group in groups:
        for record in group:
            journal.append(record)
        journal.sync()
    return journal


def test_the_head_does_not_depend_on_which_records_shared_an_fsync(tmp_path: Path) -> None:
    apart, together = write(tmp_path / "apart", RECORDS), write_together(tmp_path / "together", RECORDS)
    assert apart.head == together.head
    assert read(together) == RECORDS
    assert read(together, after=1) == RECORDS[1:]
    assert together.damage() is None
    assert [together.hash_at(seq) for seq in range(4)] == [apart.hash_at(seq) for seq in range(4)]


def test_a_journal_of_records_alone_is_continued_by_groups_and_read_whole(directory: Path) -> None:
    write(directory, RECORDS).close()
    journal = write_together(directory, [b"four", b"five"], [b"six"])
    assert read(journal) == [*RECORDS, b"four", b"five", b"six"]
    journal.close()
    assert Journal.open(directory).head == journal.head


def test_whatever_part_of_a_group_reached_the_disk_it_is_torn_as_a_whole(directory: Path) -> None:
    journal = write_together(directory, RECORDS[:1], [b"x" * 90, b"y" * 80, b"z" * 70])
    segment = journal.segments()[0]
    journal.close()
    whole = segment.read_bytes()
    start = write(directory.with_name("one"), RECORDS[:1]).segments()[0].stat().st_size
    assert len(whole) > start + 400
    for place in range(start, len(whole)):
        flipped = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        for left in (whole[:place], flipped, whole[:place] + bytes(len(whole) - place)):
            if left in (whole, whole[:start]):
                continue
            segment.write_bytes(left)
            torn = Journal.open(directory)
            assert torn.tear is not None
            assert (torn.tear.seq, torn.tear.offset) == (2, start)
            torn.close()


def test_a_group_that_another_frame_follows_is_damaged_and_not_torn(directory: Path) -> None:
    journal = write_together(directory, RECORDS[:1], [b"x" * 90, b"y" * 80], RECORDS[1:])
    segment = journal.segments()[0]
    journal.close()
    whole = segment.read_bytes()
    start = write(directory.with_name("one"), RECORDS[:1]).segments()[0].stat().st_size
    two = write_together(directory.with_name("two"), RECORDS[:1], [b"x" * 90, b"y" * 80])
    for place in range(start, two.segments()[0].stat().st_size):
        segment.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        with pytest.raises(JournalDamaged, match=r"000001\.seg is damaged at record 2 "):
            Journal.open(directory)


def test_two_journals_of_one_directory_never_write_both(directory: Path) -> None:
    journal = write(directory, RECORDS)
    with pytest.raises(StoreHeld, match=f"held by process {os.getpid()}"):
        Journal.open(directory)
    journal.close()
    Journal.open(directory).close()


def test_two_that_found_an_empty_journal_never_write_both(directory: Path) -> None:
    one, two = Journal.open(directory), Journal.open(directory)
    one.append(RECORDS[0])
    one.sync()
    two.append(RECORDS[1])
    with pytest.raises(StoreHeld, match="held by another process"):
        two.sync()
    two.rollback()
    assert read(Journal.open_beside(directory)) == [RECORDS[0]]


def replace_file(segment: Path) -> None:
    copy = segment.with_suffix(".copy")
    copy.write_bytes(segment.read_bytes())
    copy.replace(segment)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda segment: segment.unlink(), "is gone"),
        (replace_file, "was exchanged for another file"),
        (lambda segment: segment.write_bytes(segment.read_bytes()[:-1]), "somebody else has written to it"),
        (lambda segment: segment.write_bytes(segment.read_bytes() + b"x"), "somebody else has written to it"),
    ],
)
def test_nothing_is_added_to_a_segment_that_somebody_else_has_changed(
    directory: Path, change: Callable[[Path], None], what: str
) -> None:
    journal = write(directory, RECORDS)
    (segment,) = journal.segments()
    change(segment)
    left = segment.read_bytes() if segment.exists() else None
    journal.append(b"four")
    with pytest.raises(JournalDamaged, match=f"{what}.* nothing was added"):
        journal.sync()
    journal.rollback()
    assert (segment.read_bytes() if segment.exists() else None) == left


def test_only_the_owner_of_a_journal_may_read_it(directory: Path) -> None:
    journal = write(directory, RECORDS, segment_bytes=100)
    assert directory.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in journal.segments())


def test_a_tail_torn_at_any_byte_of_the_last_record_is_cut_back_to_the_last_whole_record(
    directory: Path,
) -> None:
    journal = write(directory, RECORDS)
    segment = journal.segments()[0]
    whole = segment.read_bytes()
    journal.close()
    two = write(directory.with_name("two"), RECORDS[:2])
    start = two.segments()[0].stat().st_size
    for size in range(start + 1, len(whole)):
        segment.write_bytes(whole[:size])
        torn = Journal.open(directory)
        assert torn.tear is not None
        assert (torn.tear.seq, torn.tear.offset) == (3, start)
        torn.cut()
        assert segment.stat().st_size == start
        assert torn.head == two.head
        torn.append(RECORDS[2])
        torn.sync()
        torn.close()
        assert segment.read_bytes() == whole


def test_a_tail_whose_blocks_never_reached_the_disk_is_torn_too(directory: Path) -> None:
    journal = write(directory, RECORDS[:2])
    segment = journal.segments()[0]
    size = segment.stat().st_size
    journal.close()
    with segment.open("ab") as file:
        file.write(bytes(4096))
    torn = Journal.open(directory)
    torn.cut()
    assert segment.stat().st_size == size
    assert read(torn) == RECORDS[:2]


def test_a_flipped_bit_anywhere_in_a_closed_segment_is_damage_that_names_segment_and_record(
    directory: Path,
) -> None:
    journal = write(directory, [b"a" * 40, b"b" * 40], segment_bytes=1)
    journal.close()
    closed = journal.segments()[0]
    closed.chmod(0o644)
    sound = closed.read_bytes()
    for place in range(len(sound)):
        flipped = bytearray(sound)
        flipped[place] ^= 1 << (place % 8)
        closed.write_bytes(flipped)
        with pytest.raises(JournalDamaged, match=r"000001\.seg is damaged at record 1"):
            Journal.open(directory)


def test_a_flipped_bit_in_front_of_whole_records_is_damage_and_not_a_torn_tail(directory: Path) -> None:
    journal = write(directory, RECORDS)
    segment = journal.segments()[0]
    sound = segment.read_bytes()
    journal.close()
    first = write(directory.with_name("one"), RECORDS[:1]).segments()[0].stat().st_size
    for place in range(first):
        flipped = bytearray(sound)
        flipped[place] ^= 0x10
        segment.write_bytes(flipped)
        with pytest.raises(JournalDamaged, match="record 1"):
            Journal.open(directory)
        assert segment.stat().st_size == len(sound)


def test_a_missing_segment_is_damage(directory: Path) -> None:
    journal = write(directory, RECORDS, segment_bytes=1)
    journal.segments()[1].unlink()
    with pytest.raises(JournalDamaged, match=r"000002\.seg is missing"):
        Journal.open(directory)


def test_a_segment_exchanged_for_one_of_another_history_is_damage(tmp_path: Path) -> None:
    one = write(tmp_path / "one", RECORDS, segment_bytes=1)
    two = write(tmp_path / "two", [b"other", *RECORDS[1:]], segment_bytes=1)
    two.segments()[0].replace(one.segments()[0])
    one.close()
    with pytest.raises(JournalDamaged, match=r"000002\.seg is damaged at record 2 .*does not follow"):
        Journal.open(tmp_path / "one")


def test_damage_is_seen_on_disk_while_the_journal_is_open(directory: Path) -> None:
    journal = write(directory, RECORDS)
    assert journal.damage() is None
    segment = journal.segments()[0]
    content = bytearray(segment.read_bytes())
    content[-1] ^= 1
    segment.write_bytes(content)
    found = journal.damage()
    assert found is not None
    assert (found.seq, found.segment) == (3, segment)
    segment.write_bytes(content[:0])
    found = journal.damage()
    assert found is not None
    assert found.seq == 1


def test_an_empty_journal_has_the_empty_head(directory: Path) -> None:
    journal = Journal.open(directory)
    assert journal.head == EMPTY
    assert journal.hash_at(0) == EMPTY.hash
    assert journal.hash_at(1) is None
    assert read(journal) == []


def test_an_entry_comes_back_from_its_payload() -> None:
    import pyarrow as pa

    from service.schema.tables import BATCH_REPORT

    rows = pa.Table.from_pylist([{**report(url=None, note="قتلى"), "row": 1}], schema=BATCH_REPORT)
    entry = Entry(
        "reports", moment("2025-03-12T09:00:00.000001"), "a.csv", "ab", 1, 1, tables={"report": rows}
    )
    again = Entry.decode(entry.encode())
    assert again.words() == entry.words()
    assert again.tables["report"].equals(rows)


def test_an_entry_has_the_same_bytes_whatever_way_its_tables_were_computed() -> None:
    import pyarrow as pa

    from service.schema.tables import BATCH_REPORT

    rows = [
        {**report(count=n, url=None if n % 2 else "u", high=None if n % 3 else n), "row": n} for n in range(9)
    ]
    table = pa.Table.from_pylist(rows, schema=BATCH_REPORT)
    dirty = pa.Array.from_buffers(
        pa.int64(),
        9,
        [
            table["high"].chunk(0).buffers()[0],
            pa.array([n if n % 3 == 0 else 99 for n in range(9)]).buffers()[1],
        ],
    )
    ways = [
        table,
        pa.concat_tables([table.slice(0, 4), table.slice(4)]),
        pa.concat_tables([table, table]).slice(9),
        table.replace_schema_metadata({"made": "elsewhere"}),
        table.select(BATCH_REPORT.names[::-1]),
        table.set_column(table.schema.get_field_index("high"), "high", dirty),
    ]
    assert all(plain(way, BATCH_REPORT).equals(table) for way in ways)
    entries = [Entry("reports", moment("2025-03-12"), tables={"report": way}) for way in ways]
    payloads = {bytes(entry.encode()) for entry in entries}
    assert len(payloads) == 1


def test_an_entry_written_before_a_column_that_may_be_blank_was_added_still_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pyarrow as pa

    from service.ledger.entry import ENTRY_SCHEMAS
    from service.schema.tables import BATCH_REPORT

    older = pa.schema([field for field in BATCH_REPORT if field.name != "published_by"])
    row = {**report(published_on=None), "row": 1}
    entry = Entry("reports", moment("2025-03-12"), tables={"report": pa.Table.from_pylist([row], older)})
    with monkeypatch.context() as then:
        then.setitem(ENTRY_SCHEMAS, "report", older)
        payload = bytes(entry.encode())
    assert Entry.decode(payload).tables["report"]["published_by"].to_pylist() == [None]


def test_an_entry_written_before_a_column_of_words_was_added_still_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pyarrow as pa

    from service.ledger.entry import ENTRY_SCHEMAS
    from service.schema.tables import POPULATION

    older = pa.schema([field for field in POPULATION if field.name != "split"])
    row = {"population": "civilians", "parent": "all", "label": "Civilians", "label_ar": "", "definition": ""}
    entry = Entry(
        "register", moment("2025-03-12"), tables={"population": pa.Table.from_pylist([row], schema=older)}
    )
    with monkeypatch.context() as then:
        then.setitem(ENTRY_SCHEMAS, "population", older)
        payload = bytes(entry.encode())
    assert Entry.decode(payload).tables["population"].to_pylist() == [{**row, "split": ""}]


def test_a_crisis_registered_before_crises_had_a_kind_and_an_end_still_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pyarrow as pa

    from service.ledger.entry import ENTRY_SCHEMAS
    from service.schema.tables import CRISIS
    from tests import builders

    older = pa.schema([field for field in CRISIS if field.name not in {"kind", "ended_on"}])
    row = builders.reference().crisis.select(older.names)
    entry = Entry("register", moment("2025-03-12"), tables={"crisis": row})
    with monkeypatch.context() as then:
        then.setitem(ENTRY_SCHEMAS, "crisis", older)
        payload = bytes(entry.encode())
    [read] = Entry.decode(payload).tables["crisis"].to_pylist()
    assert read == {**row.to_pylist()[0], "kind": "", "ended_on": None}

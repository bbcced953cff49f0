"""What is redacted is gone from every byte, and everything else is still proven."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
import shutil
import sqlite3
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from service.errors import JournalDamaged, NotFound, QueryError
from service.ledger import Store
from service.ledger.backup import backup, restore
from service.ledger.entry import Entry, read_header
from service.ledger.frames import EMPTY, Packed, chain, frame_of
from service.ledger.heads import Signer, open_journal, read_head, verify_beside
from service.ledger.redaction import find_faults, redact_row
from service.schema.records import DocumentRow, Finding, Head, Redaction
from service.schema.tables import MAPPING
from service.vocabulary import REDACTED, Severity
from tests.builders import batch, counted_salts, moment, report
from tests.faults.history import AT, everything
from tests.faults.redacting import REPORT, SEGMENT_BYTES, TEXT, fill, places_with, redact
from tests.faults.tampering import CHANGES, Kept

EARLIER = Path(__file__).parents[1] / "faults" / "stores" / "0.1.0"
LATER = moment("2025-04-01")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a name in a note, a reason, a held row and a finding."""
    data = tmp_path_factory.mktemp("whole") / "data"
    with Store.open(data, segment_bytes=SEGMENT_BYTES) as store:
        fill(store)
    return data


@pytest.fixture(scope="module")
def blanked(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, after the name was taken out; not to be written to."""
    data = shutil.copytree(whole, tmp_path_factory.mktemp("blanked") / "data")
    with Store.open(data, segment_bytes=SEGMENT_BYTES) as store:
        redact(store)
    return data


@pytest.fixture
def before(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "before")


@pytest.fixture
def after(blanked: Path, tmp_path: Path) -> Path:
    return shutil.copytree(blanked, tmp_path / "after")


def take_out(store: Store, *columns: str, report_id: str = REPORT) -> Redaction:
    return store.redact(report_id, columns or ["note"], reason="it named somebody", recorded_at=LATER)


# --- it is gone ------------------------------------------------------------------------------------------


def test_a_redacted_text_is_in_no_byte_of_the_data_directory(before: Path) -> None:
    stored = [record for record, content in open_journal(before).contents() if TEXT.encode() in content]
    assert len(stored) == 2
    assert {"table report", "table held", "table finding", "table withdrawal"} <= {
        *places_with(before, TEXT.encode())
    }
    segments = [path.read_bytes() for path in sorted((before / "journal").iterdir())]
    assert len(segments) > 1
    (before / "verify.duckdb").write_text(f"left by a crash: {TEXT}")
    with Store.open(before, segment_bytes=SEGMENT_BYTES) as store:
        redact(store)
        in_use = [path.read_bytes() for path in before.rglob("*") if path.is_file()]
        assert not any(TEXT.encode() in content for content in in_use)
        assert store.verify() == []
        assert store.reports()["note"].to_pylist()[:2] == [REDACTED, "public"]
    assert places_with(before, TEXT.encode()) == []
    assert not list((before / "journal").glob("*.new"))
    modes = [path.stat().st_mode & 0o777 for path in sorted((before / "journal").iterdir())]
    assert modes == [0o400] * (len(modes) - 1) + [0o600]


def test_an_index_made_anew_and_a_copy_hold_nothing_of_it_either(after: Path, tmp_path: Path) -> None:
    with Store.open(after) as store:
        answers = everything(store)
        store.rebuild()
        assert everything(store) == answers
    file, head = backup(after, tmp_path / "copy.tar")
    assert TEXT.encode() not in file.read_bytes()
    assert restore(file, tmp_path / "restored") == head
    assert places_with(tmp_path / "restored", TEXT.encode()) == []


def test_a_backup_taken_in_the_midst_of_a_redaction_is_of_one_that_was_carried_out(
    whole: Path, after: Path, tmp_path: Path
) -> None:
    shutil.copy(whole / "journal" / "000001.seg", after / "journal" / "000001.seg")
    assert [finding.code for finding in verify_beside(after, [])[1]] == ["redaction_undone"]
    file, _ = backup(after, tmp_path / "copy.tar")
    restore(file, tmp_path / "restored")
    assert places_with(tmp_path / "restored", TEXT.encode()) == []


def test_an_older_segment_that_is_put_back_is_redacted_again_at_the_next_start(
    whole: Path, after: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(whole / "journal" / "000001.seg", after / "journal" / "000001.seg")
    with Store.open(after) as store:
        assert store.verify() == []
    assert "redacted, as the ledger says" in caplog.text
    assert places_with(after, TEXT.encode()) == []


def test_answers_that_were_kept_for_repeated_requests_are_dropped(before: Path) -> None:
    kept = before / "answered.sqlite"
    with sqlite3.connect(kept) as file:
        file.execute("CREATE TABLE answer (body BLOB, redaction INTEGER)")
        file.execute("INSERT INTO answer VALUES (?, 0)", [TEXT.encode()])
    file.close()
    with Store.open(before) as store:
        take_out(store)
    assert TEXT.encode() not in kept.read_bytes()
    kept.write_bytes(b"no database" + TEXT.encode())
    with Store.open(before) as store:
        take_out(store, "reason")
    assert not kept.exists()


def test_what_stands_in_the_place_of_a_text_says_so_and_the_report_stays(after: Path, whole: Path) -> None:
    with Store.open(after) as store, Store.open(shutil.copytree(whole, after.with_name("w"))) as old:
        assert store.reports()["report_id"] == old.reports()["report_id"]
        assert store.reports()["withdrawn"].to_pylist()[0] == REDACTED
        assert store.held_rows()["raw"].to_pylist() == [f'{{"count": "{REDACTED}", "note": "{REDACTED}"}}']
        assert store.held_rows()["status"].to_pylist() == ["resolved"]
        finding = store.findings().to_pylist()[0]
        assert (finding["message"], finding["value"], finding["status"]) == (REDACTED, REDACTED, "resolved")
        with store.view() as view:
            redacted = view.history(REPORT).to_pylist()[-1]
        assert (redacted["event"], redacted["reason"]) == ("redacted", "it named somebody")


def test_of_a_held_row_single_cells_can_go_and_the_row_be_taken_again(before: Path) -> None:
    with Store.open(before) as store:
        done = store.redact_held_row("daily.csv", 3, ["note"], reason="a name", recorded_at=LATER)
        assert (done.texts, done.entries) == (3, 1)  # the cell; message and value of its finding
        assert store.held_rows()["raw"].to_pylist() == [f'{{"count": "many", "note": "{REDACTED}"}}']
        assert store.held_rows()["status"].to_pylist() == ["open"]
        with pytest.raises(QueryError, match="has no column nte"):
            store.redact_held_row("daily.csv", 3, ["nte"], reason="a name", recorded_at=LATER)
        with pytest.raises(NotFound, match="No row 2 of"):
            store.redact_held_row("daily.csv", 2, reason="a name", recorded_at=LATER)


def test_every_row_that_one_line_of_a_document_became_is_redacted_with_it(tmp_path: Path) -> None:
    rows = [
        f'{{"who": "{TEXT}", "taken as": {{"mapping": "m", "figure": "{figure}", "place": "line {line}"}}}}'
        for line, figure in ((1, "dead"), (1, "hurt"), (2, "dead"))
    ]
    with Store.open(tmp_path / "data") as store:
        held = tuple((number, "quarantined", raw) for number, raw in enumerate(rows, 1))
        store.submit(batch(held=held, document="table.csv"), recorded_at=AT)
        store.redact_held_row("table.csv", 2, reason="a name", recorded_at=LATER)
        assert [TEXT in raw for raw in store.held_rows()["raw"].to_pylist()] == [False, False, True]
        assert '"place": "line 1"' in store.held_rows()["raw"].to_pylist()[0]


def test_a_note_goes_from_the_row_as_well_that_was_held_before_it_was_a_report(tmp_path: Path) -> None:
    held = batch(held=((1, "quarantined", f'{{"note": "{TEXT}", "areas": "?"}}'),), document="a.csv")
    mended = batch(report(count=5, note=TEXT), document="a.csv")
    mended = type(mended)(**{**vars(mended), "sha256": held.sha256})
    with Store.open(tmp_path / "data") as store:
        store.submit(held, recorded_at=AT)
        store.submit(mended, recorded_at=AT)
        done = take_out(store, report_id=report(count=5)["report_id"])
        assert done.entries == 2
        assert len({*store.submissions()["sha256"].to_pylist()[:2]}) == 1
    assert places_with(tmp_path / "data", TEXT.encode()) == []
    assert places_with(tmp_path / "data", held.sha256.encode()) == []


def test_a_second_time_changes_nothing_and_other_reports_with_the_text_are_named(before: Path) -> None:
    same = report(count=900, note=TEXT)
    with Store.open(before) as store:
        store.submit(batch(same), recorded_at=AT)
        assert take_out(store).also == (same["report_id"],)
        head = store.head
        assert take_out(store) == Redaction(0, 0, 0, (), head)
        with pytest.raises(NotFound):
            take_out(store, report_id="r00000000000000000000")
        with pytest.raises(QueryError, match="count_stated of a report cannot be redacted"):
            take_out(store, "count_stated")
        assert store.head == head


def test_a_row_that_was_held_in_an_earlier_document_with_the_text_is_named(tmp_path: Path) -> None:
    said = 'the "baker" by the clock'
    raw = json.dumps({"areas": "Nowhere", "note": said})
    finding = Finding("unknown_area", Severity.ERROR, "There is no Nowhere.", row=1)
    first = batch(held=((1, "quarantined", raw),), findings=(finding,), document="first.csv")
    mended = batch(report(note=said), document="mended.csv")
    name = mended.reports["report_id"][0].as_py()
    with Store.open(tmp_path / "data") as store:
        store.submit(first, recorded_at=AT)
        store.submit(mended, recorded_at=AT)
        done = take_out(store, report_id=name)
        assert done.held == (DocumentRow("first.csv", 1),)
        assert "first.csv, row 1" in done.remarks()[-1]
        store.redact_held_row("first.csv", 1, reason="it named somebody", recorded_at=LATER)
    assert places_with(tmp_path / "data", b"baker") == []


def test_a_mapping_is_taken_out_in_each_version_and_from_the_rows_that_it_read(tmp_path: Path) -> None:
    texts = [f"# told by {TEXT}\n# version {number}" for number in (1, 2)]
    ids = [f"desk@{hashlib.sha256(text.encode()).hexdigest()[:12]}" for text in texts]
    cells = {"a": "9", "taken as": {"mapping": ids[0], "figure": "dead", "place": "Row 2"}}
    held = ((2, "quarantined", json.dumps(cells)), (3, "rejected", json.dumps({"a": f"as {ids[0]} says"})))
    kept = [
        {"mapping_id": each, "name": "desk", "title": f"List of {TEXT}", "text": text}
        for each, text in zip(ids, texts, strict=True)
    ]
    rows = [pa.Table.from_pylist([row], schema=MAPPING) for row in kept]
    data = tmp_path / "data"
    with Store.open(data) as store:
        store.submit(
            dataclasses.replace(batch(report(count=7), held=held), register={"mapping": rows[0]}),
            recorded_at=AT,
        )
        for row in (rows[1], rows[0]):
            store.add_mapping(row, recorded_at=AT)
        heads = [(1, store.submissions()["hash"][0].as_py())]
        done = store.redact_mapping(ids[0], reason="a name", recorded_at=LATER)
        assert (done.texts, done.entries) == (4, 2)
        assert [row["text"] == REDACTED for row in store.mappings().to_pylist()] == [True, False, True]
        done = store.redact_mapping("desk", reason="a name", recorded_at=LATER)
        assert (done.texts, done.entries) == (2, 1)
        assert store.redact_mapping("desk", reason="a name", recorded_at=LATER).texts == 0
        first, second, third = store.mappings()["mapping_id"].to_pylist()
        assert first == third != second
        assert not {first, second} & {*ids}
        raws = [json.loads(raw) for raw in store.held_rows()["raw"].to_pylist()]
        assert raws == [
            {**cells, "taken as": {**cells["taken as"], "mapping": first}}, {"a": f"as {ids[0]} says"}
        ]  # fmt: skip
        assert store.verify(heads) == []
        with pytest.raises(NotFound, match="keeps no mapping"):
            store.redact_mapping("ucdp-ged", reason="a name", recorded_at=LATER)
    assert places_with(data, TEXT.encode()) == places_with(data, ids[1].encode()) == []
    with Store.open(data) as store:
        assert store.add_mapping(rows[1], recorded_at=LATER)  # nobody can tell that it was there


# --- everything else is proven -----------------------------------------------------------------------------


def test_every_earlier_head_is_still_a_beginning_and_a_signed_one_too(before: Path) -> None:
    journal = open_journal(before)
    heads = [(seq, journal.hash_at(seq) or "") for seq in range(journal.head.seq + 1)]
    signed = Signer.of(before).sign(journal.head, LATER)
    with Store.open(before) as store:
        redact(store)
        assert store.verify(heads) == []
        assert store.submissions()["hash"].to_pylist()[: len(heads) - 1] == [
            digest for _, digest in heads[1:]
        ]
    signed.check()
    assert verify_beside(before, [*heads, read_head(f"{signed.head.seq}-{signed.head.hash}")])[1] == []
    wrong = heads[1][0], heads[2][1]
    assert [finding.code for finding in verify_beside(before, [wrong])[1]] == ["head_differs"]


def test_the_hash_that_stays_and_the_one_between_two_redactions_tell_nobody_that_a_guess_is_right(
    before: Path,
) -> None:
    whole = dict(open_journal(before).contents())
    ((number, content),) = [(head.seq, each) for head, each in whole.items() if b"daily.csv" in each]
    with Store.open(before) as store:
        take_out(store)
        store.redact_held_row("daily.csv", 3, reason="a name", recorded_at=LATER)
        named = store.submissions()["hash"].to_pylist()
    stands = next(each for head, each in open_journal(before).contents() if head.seq == number)
    salts = [read_header(each)[0]["salt"] for each in (content, stands)]
    assert [len(salt) for salt in salts] == [32, 32]
    known = hashlib.sha256(b"redacted" + bytes.fromhex(salts[0])).hexdigest()[:32]
    assert hashlib.sha256(b"redacted" + bytes.fromhex(known)).hexdigest()[:32] == salts[1]
    guess = Entry.decode(content)
    with_salt_of_now = type(guess)(**{**guess.words(), "salt": salts[1]}, tables=guess.tables).encode()
    without = type(guess)(**{**guess.words(), "salt": ""}, tables=guess.tables).encode()
    for guessed in (with_salt_of_now, without):
        digest = hashlib.sha256(guessed).digest()
        assert chain(EMPTY, digest).hash not in named
        assert not any(digest.hex().encode() in each for _, each in open_journal(before).contents())
    assert chain(EMPTY, hashlib.sha256(content).digest()).hash == named[0]  # who has the salt can tell
    sha256 = guess.sha256
    assert places_with(before, sha256.encode()) == []


def test_a_flipped_byte_of_a_redacted_segment_is_found(after: Path, tmp_path: Path) -> None:
    head = open_journal(after).head
    segment = after / "journal" / "000001.seg"
    sound = segment.read_bytes()
    segment.chmod(0o600)
    for place in range(0, len(sound), 5):
        segment.write_bytes(sound[:place] + bytes([sound[place] ^ 4]) + sound[place + 1 :])
        assert is_found(after, head), place
    segment.write_bytes(sound)
    assert not is_found(after, head)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_redacted_journal_is_found_as_in_any_other(
    tmp_path: Path, name: str, one_segment: Path
) -> None:
    kept = Kept.of(open_journal(one_segment))
    chance = random.Random(name)
    (tmp_path / "journal").mkdir()
    for _ in range(15):
        tampered = CHANGES[name](kept.sound, kept.contents, chance)
        (tmp_path / "journal" / "000001.seg").write_bytes(tampered)
        is_changed = tampered != kept.sound and name != "one more record"
        if name == "one more record":  # chained anew from what stands: another ledger
            continue
        assert is_found(tmp_path, kept.head) == is_changed


@pytest.fixture(scope="module")
def one_segment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("one") / "data"
    with Store.open(data) as store:
        fill(store)
        redact(store)
    return data


def is_found(data: Path, head: Head) -> bool:
    try:
        journal = open_journal(data)
        return bool(verify_beside(data, [(head.seq, head.hash)])[1]) or journal.tear is not None
    except JournalDamaged:
        return True


def test_a_record_that_is_marked_without_a_redaction_of_it_is_damage(before: Path) -> None:
    mark_unasked(before, "the tide")
    assert [finding.code for finding in verify_beside(before, [])[1]] == ["journal_damaged"]
    with pytest.raises(JournalDamaged, match=r"000001\.seg is damaged at record 1 .* no redaction of the"):
        Store.open(before)


def test_a_redacted_record_that_is_changed_afterwards_with_every_hash_put_right_is_damage(
    after: Path,
) -> None:
    mark_unasked(after, "another text")
    assert [finding.code for finding in verify_beside(after, [])[1]] == ["journal_damaged"]
    with pytest.raises(JournalDamaged, match="damaged at record 1"):
        Store.open(after)


def mark_unasked(data: Path, note: str) -> None:
    """Put another note into the first record, marked as if it were redacted, with every hash right."""
    from service.ledger.journal import Journal
    from service.ledger.redaction import redact as replaced

    journal = Journal.open(data / "journal", segment_bytes=SEGMENT_BYTES)
    content = next(content for _, content in journal.contents())
    cell = {"record": 1, "table": "report", "row": 2, "column": "note", "stands": note}
    journal.replace({1: Packed.of(replaced(content, [cell]))})
    journal.close()


def test_a_redaction_whose_frame_denies_it_is_damage(tmp_path: Path) -> None:
    with Store.open(tmp_path / "data") as store:
        fill(store)
        take_out(store)
    journal = open_journal(tmp_path / "data")
    contents = [content for _, content in journal.contents()]
    head, parts = EMPTY, b""
    for content in contents:
        record = Packed.of(content)
        parts += b"".join(frame_of(head, [record]))
        head = chain(head, record.content_digest)
    (tmp_path / "data" / "journal" / "000001.seg").write_bytes(parts)
    (finding,) = find_faults(open_journal(tmp_path / "data"))
    assert "does not say truly whether it is a redaction" in finding.message


def test_a_history_that_is_replayed_with_its_salts_has_its_heads_again(tmp_path: Path) -> None:
    hashes = []
    for name in ("one", "two"):
        with Store.open(tmp_path / name, segment_bytes=SEGMENT_BYTES, salts=counted_salts()) as store:
            fill(store)
            redact(store)
            hashes.append(store.submissions()["hash"].to_pylist())
    assert hashes[0] == hashes[1]
    with Store.open(tmp_path / "three", segment_bytes=SEGMENT_BYTES) as store:
        fill(store)
        assert store.head.hash != hashes[0][store.head.seq - 1]


def test_entries_that_are_public_as_they_stand_have_no_salt(tmp_path: Path) -> None:
    with Store.open(tmp_path / "one") as one, Store.open(tmp_path / "two") as two:
        for store in (one, two):
            store.submit(batch(report()), recorded_at=AT, salted=False)
            store.correct(
                report()["report_id"], batch(report(count=7)), reason="misread", recorded_at=AT, salted=False
            )
        assert one.head == two.head
        one.submit(batch(report(count=8)), recorded_at=AT)
        two.submit(batch(report(count=8)), recorded_at=AT)
        assert one.head != two.head


def test_a_ledger_of_an_earlier_version_is_redacted_too_and_what_that_leaves_is_said(tmp_path: Path) -> None:
    shutil.copytree(EARLIER, tmp_path / "data")
    with Store.open(tmp_path / "data") as store:
        hashes = store.submissions()["hash"].to_pylist()
        withdrawn = store.withdrawals().to_pylist()[0]
        done = take_out(store, "reason", report_id=withdrawn["report_id"])
        assert (done.texts, done.entries, done.unsalted) == (1, 1, 1)
        assert "have no salt" in " ".join(done.remarks())
        assert store.submissions()["hash"].to_pylist()[:-1] == hashes
        assert store.verify([(9, hashes[8])]) == []
        assert store.withdrawals().to_pylist()[0]["reason"] == REDACTED
    assert places_with(tmp_path / "data", withdrawn["reason"].encode()) == []


def test_a_redaction_raises_no_alarm_in_the_background_and_an_edit_after_it_still_does(before: Path) -> None:
    from service.ledger.index_check import JournalDigest

    with Store.open(before, segment_bytes=SEGMENT_BYTES) as store:
        digest, never = JournalDigest(), threading.Event()
        assert digest.follow(store._journal, never)
        take_out(store)
        assert store.check_index(digest) == []
        assert digest.follow(store._journal, never)
        assert store.check_index(digest) == []
        with store._usable_index().cursor() as cursor:
            cursor.execute("UPDATE report SET note = 'edited' WHERE best = 701")
        assert store.check_index(digest) == ["report"]
        digest.close()


def test_documents_of_one_name_are_told_apart_by_their_content(tmp_path: Path) -> None:
    with Store.open(tmp_path / "data") as store:
        documents = [
            batch(report(count=number), held=((2, "rejected", f'{{"a": "{number}"}}'),)) for number in (1, 2)
        ]
        for document in documents:
            store.submit(document, recorded_at=AT)
        with pytest.raises(QueryError, match=r"Several documents are named reports\.csv"):
            store.redact_held_row("reports.csv", 2, reason="a name", recorded_at=LATER)
        store.redact_held_row(documents[0].sha256, 2, reason="a name", recorded_at=LATER)
        assert store.held_rows()["raw"].to_pylist() == [f'{{"a": "{REDACTED}"}}', '{"a": "2"}']


def test_the_values_that_replaced_cells_of_a_held_row_are_redacted_with_them() -> None:
    raw = '{"note": "x", "other": "", "taken as": {"mapping": "m", "place": "p", "set": {"note": "y"}}}'
    cell = {"column": "note", "stands": REDACTED}
    assert redact_row(raw, cell) == raw.replace('"x"', f'"{REDACTED}"').replace('"y"', f'"{REDACTED}"')
    assert redact_row(raw, {**cell, "column": "other"}) == raw


def test_a_redaction_that_the_owner_is_carrying_out_is_no_fault_to_whoever_verifies_beside(
    before: Path,
) -> None:
    segment = before / "journal" / "000001.seg"
    sound = segment.read_bytes()
    with Store.open(before, segment_bytes=SEGMENT_BYTES) as store:
        take_out(store)
        done = segment.read_bytes()
        segment.chmod(0o600)
        segment.write_bytes(sound)  # as between the entry and the segment that is written anew
        assert verify_beside(before, [])[1] == []
        segment.write_bytes(done)
        store.submit(batch(report(count=9)), recorded_at=LATER)
        segment.write_bytes(sound)
        assert [finding.code for finding in verify_beside(before, [])[1]] == ["redaction_undone"]
        assert [finding.code for finding in store.verify()] == ["redaction_undone"]

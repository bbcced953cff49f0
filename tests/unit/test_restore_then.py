"""Is a backup restored as the ledger was at a moment, to the very entry?"""

import contextlib
import datetime as dt
import json
import threading

import pytest

from service import connect
from service.cli import main
from service.ledger import Store
from service.ledger.backup import backup, restore
from service.ledger.entry import Entry
from service.ledger.journal import Journal
from tests.builders import batch, moment, report


@pytest.fixture
def run(capfdbinary):
    def call(place, *words):
        code = main([words[0], "--data-dir", str(place), *words[1:]])
        told = capfdbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


def test_a_ledger_is_restored_as_it_was_at_any_moment(run, tmp_path):
    place, file = tmp_path / "growing", tmp_path / "ledger.tar"
    heads = []
    with Store.open(place) as store:
        for hour in range(2):
            at = moment(f"2025-03-12T0{hour}:00")
            store.submit(batch(report(count=700 + hour)), recorded_at=at)
            heads.append(store.head)
    assert run(place, "backup", str(file))[0] == 0
    for hour, head in enumerate(heads):
        target = tmp_path / f"at-{hour}"
        code, said, complaint = run(
            target, "restore", str(file), "--recorded-by", f"2025-03-12T0{hour}:30:00Z", "--json"
        )
        assert code == 0, complaint
        assert json.loads(said)["head"] == str(head)
        assert run(target, "verify", "--head", f"{head.seq}-{head.hash}")[0] == 0
        with Store.open(target) as store:
            assert store.reports().num_rows == hour + 1
            store.submit(batch(report(count=1)), recorded_at=moment("2025-03-13T00:00"))
            assert store.verify() == []
    code, _, complaint = run(tmp_path / "none", "restore", str(file), "--recorded-by", "2025-03-11T00:00:00Z")
    assert (code, "held nothing" in complaint, (tmp_path / "none").exists()) == (2, True, False)


def test_a_moment_within_a_group_that_shared_a_sync_and_one_segment_of_several_are_restored(tmp_path):
    file = tmp_path / "ledger.tar"
    directory = tmp_path / "grouped" / "journal"
    directory.parent.mkdir()
    with contextlib.closing(Journal.open(directory, segment_bytes=1)) as journal:
        heads = []
        for group in range(3):
            for number in range(3):
                at = moment(f"2025-03-12T0{group}:0{number}:00")
                rows = batch(report(count=10 * group + number)).reports
                entry = Entry("reports", at, "a.csv", str(len(heads)), 1, 1, tables={"report": rows})
                heads.append(journal.append(entry.encode()))
            journal.sync()
    backup(tmp_path / "grouped", file)
    for place in (1, 3, 8):
        head = heads[place]
        group, number = divmod(place, 3)
        target = tmp_path / f"at-{place}"
        assert restore(file, target, recorded_by=moment(f"2025-03-12T0{group}:0{number}:00")) == head


def test_a_moment_before_a_text_was_taken_out_is_refused_and_one_after_it_is_not(run, tmp_path):
    place, file = tmp_path / "noted", tmp_path / "ledger.tar"
    with Store.open(place) as store:
        receipt = store.submit(
            batch(report(note="as a clerk told it")), recorded_at=moment("2025-03-12T00:00")
        )
        ((_, _, report_id),) = receipt.verdicts
    with connect(place, clock=lambda: moment("2025-03-12T05:00")) as ledger:
        ledger.redact(report_id, reason="it named somebody")
    assert run(place, "backup", str(file))[0] == 0
    code, _, complaint = run(tmp_path / "a", "restore", str(file), "--recorded-by", "2025-03-12T01:00:00Z")
    assert (code, "taken out for good after" in complaint) == (2, True), complaint
    assert run(tmp_path / "b", "restore", str(file), "--recorded-by", "2025-03-12T06:00:00Z")[0] == 0


def test_every_backup_that_is_taken_while_reports_come_in_is_a_beginning_of_the_ledger(tmp_path):
    place, files = tmp_path / "busy", []
    with Store.open(place) as store:

        def hand_in():
            for number in range(40):
                at = moment("2025-03-12T00:00") + dt.timedelta(minutes=number)
                store.submit(batch(report(count=700 + number)), recorded_at=at)

        writer = threading.Thread(target=hand_in)
        store.submit(batch(report(count=1)), recorded_at=moment("2025-03-11T00:00"))
        writer.start()
        while writer.is_alive():
            files.append(backup(place, tmp_path / f"{len(files)}.tar"))
        writer.join()
        last = store.head
    heads = [head for _, head in files]
    assert len({head.seq for head in heads}) > 2, "they were taken in the midst of it"
    with contextlib.closing(Journal.open_beside(place / "journal")) as journal:
        assert [journal.hash_at(head.seq) for head in heads] == [head.hash for head in heads]
    file, head = files[len(files) // 2]
    assert restore(file, tmp_path / "again") == head
    assert head.seq <= last.seq

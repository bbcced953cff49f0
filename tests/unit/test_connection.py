"""Rows handed in from a notebook go the way of every document."""

from service.client.sync import RemoteLedger

ROW = {
    "crisis": "syria-coast-2025-03",
    "source": "sohr",
    "areas": "Latakia",
    "measure": "killed",
    "population": "civilians",
    "published_on": "2025-03-12",
    "counted_to": "2025-03-12",
    "count": "over 1",
}


def test_rows_are_kept_once_and_a_rehearsal_keeps_nothing(own_ledger):
    before = own_ledger.head
    assert own_ledger.ingest_rows([ROW], dry_run=True).accepted == 1
    assert own_ledger.head == before
    assert own_ledger.ingest_rows([ROW]).accepted == 1
    assert own_ledger.ingest_rows([ROW]).duplicate == 1
    assert own_ledger.head.seq == before.seq + 1


def test_a_ledger_shows_which_it_is_and_no_key(own_ledger):
    assert repr(own_ledger) == f"<Ledger {own_ledger.head}>"
    own_ledger.close()
    assert repr(own_ledger).startswith("<Ledger ")
    with RemoteLedger("http://localhost:8000/", key="secret") as there:
        assert repr(there) == "<RemoteLedger at http://localhost:8000>"


def test_the_methodology_counts_the_carriers_that_the_seeds_hold(ledger):
    rows = ledger.reports(arrow=True, area="x-syrian-coast", population="civilians", as_of="2025-03-12")
    said = [row for row in rows.to_pylist() if row["number"] == 1383 and row["origin_id"] == "sohr"]
    assert len(said) == 7

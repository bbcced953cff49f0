"""Is a ledger to try things on really apart, and nothing left of it? How does a notebook show answers?"""

from __future__ import annotations

import html.parser
from pathlib import Path

import pytest

from service import connect
from service.api import IN_MEMORY, Ledger
from service.client.sync import RemoteLedger
from tests.builders import batch, moment, report
from tests.conftest import clock

CELL = {"area": "SY06", "measure": "killed", "population": "civilians", "as_of": "2025-03-12"}


def test_a_scratch_ledger_holds_what_its_own_does_and_what_is_done_in_it_is_done_nowhere_else(
    ledger: Ledger,
) -> None:
    before = ledger.head
    with ledger.scratch() as scratch:
        place = scratch.store.data_dir
        assert scratch.head == before
        assert scratch.series(arrow=True, **CELL).equals(ledger.series(arrow=True, **CELL))
        scratch.store.submit(batch(report(count=9_999)), recorded_at=moment("2026-11-22T12:00"))
        assert scratch.head != before
        assert place.exists()
    assert ledger.head == before
    assert not place.parent.exists(), "nothing is left of it"


def test_what_is_tried_on_a_copy_of_a_ledger_that_rested_for_years_is_taken_in(own_ledger: Ledger) -> None:
    own_ledger.store.submit(batch(report(count=9_999)), recorded_at=moment("2026-11-22T12:00"))
    later = moment("2029-11-22T12:00")
    with own_ledger.scratch() as scratch:
        scratch.store.submit(batch(report(count=9_998)), recorded_at=later)
        assert scratch.store.state.recorded_at == later


def test_a_ledger_in_memory_is_the_shipped_one_and_makes_no_directory_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ledger: Ledger
) -> None:
    monkeypatch.chdir(tmp_path)
    with connect(IN_MEMORY, clock=clock) as opened:
        assert opened.head == ledger.head
        place = opened.store.data_dir
    assert not place.parent.exists()
    assert list(tmp_path.iterdir()) == []


class Cells(html.parser.HTMLParser):
    """The texts of the cells of a table, and every element met."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: set[str] = set()
        self._cell: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)
        assert attrs == []
        if tag in ("td", "p", "caption"):
            self._cell = []

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._cell is not None and tag in ("td", "p", "caption"):
            self.texts.append("".join(self._cell))
            self._cell = None


def test_a_notebook_shows_the_figures_of_a_series_and_the_prose_of_an_explanation(ledger: Ledger) -> None:
    answer = ledger.answer(**CELL)
    shown = Cells(answer._repr_html_())
    for row in answer.table.to_pylist():
        assert str(row["date"]) in shown.texts
        for name in ("best", "expected"):
            assert ("–" if row[name] is None else f"{row[name]:,}") in shown.texts
    assert "range 487 to 4,226" in shown.texts
    assert shown.texts[0] == f"As known on 2025-03-12, method {answer.method}, head {answer.head}"
    why = ledger.explain(**CELL)
    told = Cells(why._repr_html_())
    assert told.texts[: len(why.sentences)] == list(why.sentences)
    assert "4 copies of these figures left out" in " ".join(told.texts)
    assert "683" in told.texts
    assert {each["crisis_id"] for each in ledger.crises(arrow=True).to_pylist()} <= set(
        Cells(ledger._repr_html_()).texts
    )
    assert Cells(ledger.answer(**{**CELL, "as_of": "2025-01-01"})._repr_html_()).texts[-1] == "No rows."


def test_a_ledger_at_an_address_shows_itself_as_the_one_at_hand_does(ledger: Ledger, server: str) -> None:
    with RemoteLedger(server) as remote:
        assert remote._repr_html_() == ledger._repr_html_()


def test_what_a_source_writes_is_shown_as_text_and_run_as_nothing(own_ledger: Ledger) -> None:
    row = report(count=700, count_stated="<script>alert(1)</script>", source_id="<b>x</b>")
    own_ledger.store.submit(batch(row), recorded_at=moment("2026-11-22T12:00"))
    told = Cells(own_ledger.explain(**CELL)._repr_html_())
    assert "script" not in told.elements
    assert told.elements <= {"p", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert any("<script>alert(1)</script>" in text for text in told.texts)

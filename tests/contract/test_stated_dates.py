"""Does ``dates=stated`` leave out what is dated by inference only, the same through every door?"""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service import connect
from service.answers.citation import title
from service.api import Ledger
from service.charts.plan import draw_up
from service.charts.text import Words
from service.cli import main
from service.errors import UnknownName
from service.reference.labels import Labels
from service.schema.report_rules import cut_as_of, date_as_stated
from service.vocabulary import Dates
from tests.builders import day
from tests.conftest import clock
from tests.serving import serving

HEADER = "crisis,source,published_on,published_by,counted_to,areas,measure,population,count,standard,note\n"
ROWS = """quake,Desk,2025-03-09,,2025-03-09,SY06,killed,all,400,documented,
quake,Desk,,2025-03-10,2025-03-10,SY06,killed,all,545,documented,Public by 2025-03-10: a later count tops it
quake,Desk,,2025-03-11,,SY06,injured,all,30,documented,Public by 2025-03-11: cited that day
"""
ASKED = {"crisis": "quake", "area": "SY06", "population": "all"}


@pytest.fixture(scope="module")
def place(seeded_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a ledger that took the rows in at MOMENT."""
    path = Path(shutil.copytree(seeded_dir, tmp_path_factory.mktemp("stated") / "data"))
    with connect(path, clock=clock) as ledger:
        assert ledger.ingest((HEADER + ROWS).encode(), name="rows.csv").accepted == len(ROWS.splitlines())
    return path


@pytest.fixture(scope="module")
def near(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    copy = Path(shutil.copytree(place, tmp_path_factory.mktemp("near") / "data"))
    with connect(copy, clock=clock) as ledger:
        yield ledger


@pytest.fixture(scope="module")
def address(near: Ledger) -> Iterator[str]:
    with serving(near, public_notes=True) as address:
        yield address


def best(ledger: Any, **filters: Any) -> list[tuple[str, int | None]]:
    table = ledger.series(arrow=True, **(ASKED | {"measure": "killed"} | filters))
    return [(str(row["date"]), row["best"]) for row in table.to_pylist()]


EARLY, BOTH = [("2025-03-09", 400)], [("2025-03-09", 400), ("2025-03-10", 545)]


@pytest.mark.parametrize(
    ("as_of", "dates", "expected"),
    [
        ("2025-03-09", "all", EARLY),
        ("2025-03-10", "all", BOTH),
        ("2025-03-10", "stated", EARLY),
        ("2026-11-21", "stated", EARLY),
        ("2026-11-22", "stated", BOTH),  # the day of recording
    ],
)
def test_a_report_dated_by_inference_is_left_out_until_it_was_recorded(
    near: Ledger, as_of: str, dates: str, expected: list[tuple[str, int]]
) -> None:
    assert best(near, as_of=as_of, dates=dates) == expected


@pytest.mark.parametrize("dates", ["all", "stated"])
@pytest.mark.parametrize("verb", ["series", "reports", "evidence", "conflicts", "vintages"])
def test_every_door_gives_the_same(  # noqa: PLR0917 - a door each
    verb: str, dates: str, near: Ledger, address: str, place: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    asked = ASKED | {"measure": "killed", "as_of": "2025-03-10", "dates": dates}
    with httpx.Client(base_url=address) as client:
        over_http = client.get(f"/v1/{verb}.json", params=asked).json()
    with connect(address) as remote:
        assert remote.ask(verb, **asked).table.equals(near.ask(verb, **asked).table)
    options = [word for name, value in asked.items() for word in (f"--{name.replace('_', '-')}", value)]
    capfdbinary.readouterr()
    assert main([verb, *options, "--json", "--data-dir", str(place)]) == 0
    assert json.loads(capfdbinary.readouterr().out) == over_http
    assert over_http["meta"]["query"]["dates"] == dates
    assert over_http["meta"]["rows"] == near.ask(verb, **asked).table.num_rows


def test_the_cut_in_memory_is_that_of_the_ledger(near: Ledger) -> None:
    store = near.store
    stated = date_as_stated(store.reports())
    assert stated.equals(store.reports(dates=Dates.STATED))
    for text in ("2025-03-08", "2025-03-10", "2025-03-12", "2026-11-22"):
        as_of = day(text)
        assert cut_as_of(stated, as_of).equals(store.reports(as_of=as_of, dates=Dates.STATED))
        assert cut_as_of(store.reports(), as_of).equals(store.reports(as_of=as_of))


def test_what_is_dated_by_inference_alone_is_counted_to_no_day_either(near: Ledger) -> None:
    asked = ASKED | {"measure": "injured"}
    days = {
        dates: near.reports(arrow=True, dates=dates, **asked).select(["known_on", "counted_to"]).to_pylist()
        for dates in Dates
    }
    inferred, recorded = day("2025-03-11"), clock().date()
    assert days == {
        "all": [{"known_on": inferred, "counted_to": inferred}],
        "stated": [{"known_on": recorded, "counted_to": recorded}],
    }


def test_the_days_of_knowledge_are_those_of_the_question(near: Ledger) -> None:
    asked = ASKED | {"measure": "killed"}
    for dates, days in (("all", ["2025-03-09", "2025-03-10"]), ("stated", ["2025-03-09", "2026-11-22"])):
        table = near.vintages(arrow=True, dates=dates, **asked)
        assert [str(on) for on in table["as_of"].to_pylist()] == days


def test_a_citation_and_a_title_say_so(near: Ledger) -> None:
    query = near.query(**ASKED, as_of="2025-03-10", dates="stated")
    labels = Labels.of(near.reference())
    assert title(query, labels).endswith("as of 2025-03-10, by stated dates only")
    assert title(dataclasses.replace(query, dates=Dates.ALL), labels).endswith("as of 2025-03-10")


def test_sohrs_545_for_latakia_is_known_on_11_march_and_marked(ledger: Ledger) -> None:
    asked = {"area": "SY06", "measure": "killed", "population": "civilians", "as_of": "2025-03-11"}
    figures = {str(row["date"]): row["best"] for row in ledger.series(arrow=True, **asked).to_pylist()}
    assert figures["2025-03-10"] == 545
    assert figures["2025-03-11"] == 658
    stated = ledger.series(arrow=True, **asked, dates="stated").to_pylist()
    assert "2025-03-10" not in {str(row["date"]) for row in stated}
    explained = ledger.explain(**asked, date="2025-03-10")
    assert explained.row["best"] == 545
    assert any("545" in line and "dated by inference" in line for line in explained.sentences)
    (point,) = [row for row in explained.points.to_pylist() if row["role"] == "counted"]
    assert (point["published_on"], point["published_by"]) == (None, day("2025-03-11"))
    before = ledger.series(arrow=True, **asked | {"as_of": "2025-03-10"}).to_pylist()
    assert 545 not in {row["best"] for row in before}


def test_a_word_for_dates_that_is_none_is_refused(near: Ledger) -> None:
    with pytest.raises(UnknownName, match="dates"):
        near.series(dates="guessed")


def _words(page: httpx.Response) -> str:
    return re.sub(r"<[^>]*>", "", page.text)


def test_a_report_dated_by_inference_is_marked_wherever_it_is_shown(
    near: Ledger, address: str, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    asked = ASKED | {"measure": "killed", "as_of": "2025-03-10"}
    explanation = near.explain(**asked)
    marked = "public by 2025-03-10 at the latest"
    assert any(f"dated by inference: {marked}" in sentence for sentence in explanation.sentences)
    (report_id,) = near.reports(arrow=True, **asked, date_from="2025-03-10")["report_id"].to_pylist()
    with httpx.Client(base_url=address) as client:
        assert marked in _words(client.get("/why", params=asked))
        page = client.get(f"/report/{report_id}").text
        assert "public by 10 March 2025 at the latest" in page
        assert marked in _words(client.get("/area/SY06", params={"crisis": "quake", "population": "all"}))
    (panel,) = draw_up(near.answer(**asked)).panels
    said = [Words("en").statement(mark, panel.subject) for mark in panel.marks]
    assert any("public by 10 March 2025 at the latest" in text for text in said)
    capsys.readouterr()
    words = [word for name, value in asked.items() for word in (f"--{name.replace('_', '-')}", value)]
    assert main(["reports", *words, "--data-dir", str(place)]) == 0
    assert "by 2025-03-10" in capsys.readouterr().out

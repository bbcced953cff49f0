"""Does a full release take back the same through the command line and over HTTP, and only from its day on?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from service.api import Ledger
from service.cli import main
from service.ledger.api_keys import Keyring, Role
from tests.conftest import MOMENT, clock
from tests.serving import serving

HEADER = (
    "crisis,source,published_on,counted_to,period_start,period_end,areas,measure,population,basis,event,"
    "count\n"
)
EVENT = "flood,radio,2025-0{month}-01,,2025-04-0{day},2025-04-0{day},Jableh,killed,all,,e{day},{count}\n"
TOTAL = "flood,ministry,2025-0{month}-01,2025-04-09,2025-04-01,,{place},injured,all,cumulative,,{count}\n"

Listed = dict[str, dict[Any, int]]
"""The counts of events by the day of April, those of totals by place."""
MAY: Listed = {"events": {1: 5, 2: 7}, "totals": {"Homs": 30, "Hama": 20, "Safita district": 10}}
JUNE: Listed = {"events": {1: 5, 3: 2}, "totals": {"Homs": 31, "Hama": 20}}
JULY: Listed = {"events": {1: 5, 2: 7, 3: 2}, "totals": {"Homs": 31, "Hama": 20, "Safita district": 11}}
STANDS: dict[str, tuple[int, dict[str, int]]] = {
    "2025-05-20": (12, {"Homs": 30, "Hama": 20, "Safita district": 10}),
    "2025-06-20": (7, {"Homs": 31, "Hama": 20}),
    "2025-07-20": (14, {"Homs": 31, "Hama": 20, "Safita district": 11}),
}
"""As of a day, what the events of Jableh come to, and the totals of the table that stand."""


class Door(NamedTuple):
    """A way in and a way out: hands a document in with options, asks for the series of a place and day."""

    hand_in: Callable[..., dict[str, Any]]
    series: Callable[[str, str, str], list[dict[str, Any]]]


def document(month: int, listed: Listed) -> str:
    events = (EVENT.format(month=month, day=day, count=count) for day, count in listed["events"].items())
    totals = (TOTAL.format(month=month, place=place, count=n) for place, n in listed["totals"].items())
    return HEADER + "".join([*events, *totals])


@pytest.fixture
def command_line(data_dir: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Door:
    def run(*words: str) -> dict[str, Any]:
        capfd.readouterr()
        assert main([*words, "--json", "--data-dir", str(data_dir)]) == 0
        return dict(json.loads(capfd.readouterr().out))

    def hand_in(name: str, text: str, *, full: bool = True, dry_run: bool = False) -> dict[str, Any]:
        (tmp_path / name).write_text(text, encoding="utf-8")
        options = ["--release", "full"] * full + ["--dry-run"] * dry_run
        return run("ingest", str(tmp_path / name), *options)

    def series(place: str, measure: str, as_of: str) -> list[dict[str, Any]]:
        asked = ("--crisis", "flood", "--area", place, "--measure", measure, "--as-of", as_of)
        return list(run("series", *asked)["data"])

    return Door(hand_in, series)


@pytest.fixture
def over_http(seeded_dir: Path, tmp_path: Path) -> Iterator[Door]:
    place = Path(shutil.copytree(seeded_dir, tmp_path / "served"))
    with Ledger.open(place, clock=clock) as ledger, serving(ledger, prepares=False) as address:
        key = Keyring(place).create(Role.EDITOR, at=MOMENT)[1]
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as editor:

            def hand_in(name: str, text: str, *, full: bool = True, dry_run: bool = False) -> dict[str, Any]:
                options = {"release": "full"} if full else {}
                options |= {"dry_run": "true"} if dry_run else {}
                answer = editor.post("/v1/reports", params=options, files={"file": (name, text.encode())})
                assert answer.status_code == (200 if dry_run else 201), answer.text
                return dict(answer.json())

            def series(place: str, measure: str, as_of: str) -> list[dict[str, Any]]:
                asked = {"crisis": "flood", "area": place, "measure": measure, "as_of": as_of}
                return list(editor.get("/v1/series.json", params=asked).json()["data"])

            yield Door(hand_in, series)


def gone(answer: dict[str, Any]) -> list[str]:
    return sorted(each["message"] for each in answer["findings"] if each["code"] == "gone_from_release")


@pytest.mark.parametrize("way", ["command_line", "over_http"])
def test_totals_and_events_that_a_later_full_release_lacks_are_taken_back_from_its_day_on(
    way: str, request: pytest.FixtureRequest
) -> None:
    door: Door = request.getfixturevalue(way)
    assert gone(door.hand_in("may.csv", document(5, MAY))) == []
    rehearsed = door.hand_in("june.csv", document(6, JUNE), dry_run=True)
    assert all("would be taken back" in message for message in gone(rehearsed))
    assert gone(door.hand_in("june.csv", document(6, JUNE))) == [
        "Of ministry in flood, totals that its full release no longer lists: 1 (SY1003 injured all). "
        "Their reports are taken back from the day of the release on: 1.",
        "Of radio in flood, events that its full release no longer lists: 1 (e2). "
        "Their reports are taken back from the day of the release on: 1.",
    ]
    assert gone(door.hand_in("july.csv", document(7, JULY))) == []
    for as_of, (killed, injured) in STANDS.items():
        assert [row["best"] for row in door.series("Jableh", "killed", as_of)][-1] == killed
        for place in MAY["totals"]:
            figures = [row["best"] for row in door.series(place, "injured", as_of)]
            assert figures == ([injured[place]] if place in injured else []), (place, as_of)


@pytest.mark.parametrize("way", ["command_line", "over_http"])
def test_a_later_list_that_is_not_said_to_be_full_takes_nothing_back(
    way: str, request: pytest.FixtureRequest
) -> None:
    door: Door = request.getfixturevalue(way)
    door.hand_in("may.csv", document(5, MAY), full=False)
    assert gone(door.hand_in("june.csv", document(6, JUNE), full=False)) == []
    assert [row["best"] for row in door.series("Jableh", "killed", "2025-06-20")][-1] == 14
    assert [row["best"] for row in door.series("Safita district", "injured", "2025-06-20")] == [10]

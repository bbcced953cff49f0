"""Do all ways in take the same weights, and give the same figures for them?"""

from __future__ import annotations

import json

import httpx
import pytest
from typer.testing import CliRunner

from service import connect
from service.api import Ledger
from service.cli import app
from service.errors import CasualtyError, QueryError, UnknownName
from service.reference.weights import read_weights, write_weights

ASKED = {"area": "x-syrian-coast", "population": "all", "measure": "killed", "as_of": "2025-08-20"}
WEIGHTS = ("origin:un-coi=0.01", "kind:anonymous=300")


def rows(table) -> list[dict]:
    return [json.loads(json.dumps(row, default=str)) for row in table.to_pylist()]


def test_weights_move_the_figure_and_every_way_gives_the_same(ledger: Ledger, server: str, data_dir) -> None:
    plain = rows(ledger.series(arrow=True, **ASKED))
    weighted = rows(ledger.series(arrow=True, weights=list(WEIGHTS), **ASKED))
    assert weighted != plain
    assert weighted == rows(ledger.series(arrow=True, weights=",".join(WEIGHTS), **ASKED))
    told = httpx.get(
        f"{server}/v1/series.json", params=[*ASKED.items(), *(("weights", w) for w in WEIGHTS)]
    ).json()
    assert told["data"] == weighted
    assert told["meta"]["query"]["weights"] == {"kind:anonymous": 300, "origin:un-coi": 0.01}
    remote = connect(server)
    assert (
        rows(remote.series(arrow=True, weights={"origin:un-coi": 0.01, "kind:anonymous": 300}, **ASKED))
        == weighted
    )
    options = [part for name, value in ASKED.items() for part in (f"--{name.replace('_', '-')}", value)]
    chosen = [part for weight in WEIGHTS for part in ("--weight", weight)]
    shown = CliRunner().invoke(
        app, ["series", "--data-dir", str(data_dir), *options, *chosen, "--format", "json"]
    )
    assert json.loads(shown.stdout)["data"] == weighted


def test_explain_shows_the_weights_that_were_used(ledger: Ledger) -> None:
    def weight_of(origin: str, **more) -> set[int]:
        points = ledger.explain(**ASKED, **more).points.to_pylist()
        return {
            point["weight"] for point in points if point["origin_id"] == origin and point["role"] == "counted"
        }

    [plain] = weight_of("un-coi")
    assert weight_of("un-coi", weights="origin:un-coi=2") == {2 * plain}
    assert weight_of("un-coi", weights="origin:snhr=0.5") == {10 * plain}, "all weights times ten are whole"


def test_a_citation_asks_with_the_same_weights(ledger: Ledger) -> None:
    assert "weights=origin%3Aun-coi%3D2" in ledger.cite(weights="origin:un-coi=2", **ASKED)


def test_weights_are_read_as_they_are_written() -> None:
    weights = read_weights({"standard:verified": 10, "kind:media": 0.125}, ())
    assert read_weights(write_weights(weights), ()) == weights


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("media=2", QueryError, "is not a weight"),
        ("kind:media", QueryError, "is not a weight"),
        ("colour:red=2", UnknownName, "no weight of a 'colour'"),
        ("kind:medium=2", UnknownName, "'medium' is no kind"),
        ("origin:sohrr=2", UnknownName, "'sohrr' is no origin"),
        ("kind:media=0", QueryError, "'0' is no weight"),
        ("kind:media=-1", QueryError, "'-1' is no weight"),
        ("kind:media=nan", QueryError, "'nan' is no weight"),
        ("kind:media=1e3", QueryError, "'1e3' is no weight"),
        ("kind:media=2,kind:media=3", QueryError, "twice"),
    ],
)
def test_what_is_no_weight_is_refused_with_a_reason(text: str, error: type[CasualtyError], said: str) -> None:
    with pytest.raises(error, match=said) as caught:
        read_weights(text, {"sohr"})
    assert caught.value.fix

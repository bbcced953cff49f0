"""A document larger than a request may be comes in in parts, and is the same as if handed in whole."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from service import connect
from service.api import Ledger
from service.client.asynchronous import AsyncRemoteLedger
from service.client.sync import RemoteLedger
from service.errors import DocumentTooLarge, UnreadableDocument
from service.ledger.api_keys import Keyring, Role
from service.schema.records import Receipt
from tests.conftest import MOMENT, clock
from tests.serving import patient, serving

COLUMNS = "crisis,source,published_on,period_start,period_end,areas,measure,population,basis,event,count,note"
ROW_LIMIT, BODY_LIMIT = 40, 6_000
ROWS = 150


@dataclasses.dataclass
class Desk:
    address: str
    key: str
    remote: RemoteLedger
    served: Ledger


@pytest.fixture
def desk(seeded_dir: Path, tmp_path: Path) -> Iterator[Desk]:
    place = Path(shutil.copytree(seeded_dir, tmp_path / "served"))
    settings = dataclasses.replace(patient(), row_limit=ROW_LIMIT, body_limit=BODY_LIMIT)
    with (
        Ledger.open(place, clock=clock) as ledger,
        serving(ledger, prepares=False, settings=settings) as address,
    ):
        key = Keyring(place).create(Role.EDITOR, at=MOMENT)[1]
        with connect(address, key=key) as remote:
            assert isinstance(remote, RemoteLedger)
            yield Desk(address, key, remote, ledger)


def draw_rows(rng: random.Random) -> list[str]:
    """Return rows of a CSV: events, running totals, rows in several lines, rows that are held, and copies."""
    rows: list[str] = []
    for number in range(ROWS):
        day = f"2025-04-{rng.randrange(1, 28):02}"
        place = rng.choice(["Jableh", "Latakia", "Atlantis", "Tartus"])
        note = rng.choice(["", '"two\n\nlines"', '"a ""quoted"" word"'])
        if rng.random() < 0.3:
            tail = f"{place},injured,all,cumulative,,{number},{note}"
            rows.append(f"flood,ministry,2025-05-01,2025-04-01,{day},{tail}")
        else:
            tail = f"{place},killed,all,increment,e{number},{rng.randrange(9)},{note}"
            rows.append(f"flood,radio,2025-05-01,{day},{day},{tail}")
        if rng.random() < 0.1:
            rows.append(rng.choice(["", rng.choice(rows), "flood,radio,too,short"]))
    return rows


def csv_file(seed: int) -> bytes:
    """Return a CSV with a title, blank lines, and rows of all kinds."""
    rng = random.Random(seed)
    lines = [*rng.choice([[], ['"Report\n3"', ""]]), COLUMNS, *draw_rows(rng)]
    text = "\n".join(lines).replace("\n", rng.choice(["\n", "\r\n"]))
    return (rng.choice(["", "\ufeff"]) + text).encode()


def ndjson_file() -> bytes:
    names = COLUMNS.split(",")
    rows = [row.split(",") for row in draw_rows(random.Random(7)) if "\n" not in row and row.count(",") == 11]
    lines = [json.dumps(dict(zip(names, row, strict=True))) for row in rows]
    return "\n".join([*lines[:50], "", "{broken", *lines[50:]]).encode()


def kept(ledger: Ledger, document: str) -> tuple[Any, ...]:
    """Return what a ledger keeps of a document: its reports and the rows that were held, by number."""
    reports = ledger.store.reports().to_pylist()
    of_document = [row for row in reports if row["crisis_id"] == "flood"]
    for row in of_document:
        del row["recorded_at"], row["seq"]
    held = ledger.store.held_rows().to_pylist()
    waiting = [(row["row"], row["verdict"], row["raw"]) for row in held if row["document"] == document]
    return sorted(of_document, key=lambda row: row["report_id"]), sorted(waiting)


def tallies(receipt: Receipt) -> tuple[int, ...]:
    return receipt.accepted, receipt.duplicate, receipt.quarantined, receipt.rejected


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_broken_row_of_a_part_is_named_by_its_line_in_the_whole(
    desk: Desk, own_ledger: Ledger, line_end: str
) -> None:
    rows = [row for row in draw_rows(random.Random(6)) if row.count(",") == COLUMNS.count(",")]
    data = line_end.join([COLUMNS, *rows[:100], "flood,radio,too,short"]).encode()
    receipts = [ledger.ingest(data, name="a.csv") for ledger in (desk.remote, own_ledger)]
    in_parts, whole = (
        [finding.message for finding in receipt.findings if finding.code == "row_too_short"]
        for receipt in receipts
    )
    assert in_parts == whole and len(whole) == 1


def test_what_is_found_of_the_file_and_no_row_is_said_once(desk: Desk) -> None:
    heading = f"Daily report\n\n{COLUMNS},mood\n".replace(",", ";")
    rows = [row for row in draw_rows(random.Random(5)) if row.count(",") == COLUMNS.count(",")]
    data = heading + "\n".join(f"{row},grim".replace(",", ";") for row in rows)
    found = [finding.code for finding in desk.remote.ingest(data.encode(), name="a.csv").findings]
    for code in ("delimiter_detected", "title_rows", "unknown_column"):
        assert found.count(code) == 1, found


@pytest.mark.parametrize("seed", range(4))
def test_a_csv_in_parts_is_kept_as_the_whole_is(desk: Desk, own_ledger: Ledger, seed: int) -> None:
    data = csv_file(seed)
    before = desk.served.head.seq
    watched: list[tuple[int, int, int]] = []
    received = desk.remote.ingest(data, name="a.csv", watch=lambda *done: watched.append(done))
    assert desk.served.head.seq > before + 3  # an entry a part
    assert tallies(received) == tallies(own_ledger.ingest(data, name="a.csv"))
    assert kept(desk.served, "a.csv") == kept(own_ledger, "a.csv")
    assert watched[-1][0] == sum(tallies(received)) and watched[-1][1] == watched[-1][2]


def test_ndjson_in_parts_is_kept_as_the_whole_is(desk: Desk, own_ledger: Ledger) -> None:
    data = ndjson_file()
    assert tallies(desk.remote.ingest(data, name="a.ndjson")) == tallies(
        own_ledger.ingest(data, name="a.ndjson")
    )
    assert kept(desk.served, "a.ndjson") == kept(own_ledger, "a.ndjson")


def test_rows_and_frames_in_parts_are_kept_as_the_whole_is(desk: Desk, own_ledger: Ledger) -> None:
    rows = [json.loads(line) for line in ndjson_file().splitlines() if line.endswith(b"}")]
    assert tallies(desk.remote.ingest(pd.DataFrame(rows))) == tallies(own_ledger.ingest(pd.DataFrame(rows)))
    assert kept(desk.served, "rows") == kept(own_ledger, "rows")
    again = asyncio.run(_ingest_awaited(desk, rows))
    assert again.accepted == 0 and sum(tallies(again)) == len(rows)


async def _ingest_awaited(desk: Desk, rows: list[dict[str, str]]) -> Receipt:
    async with AsyncRemoteLedger(desk.address, key=desk.key) as ledger:
        return await ledger.ingest_rows(rows)


def test_a_dry_run_in_parts_says_of_copies_what_the_whole_would(desk: Desk, own_ledger: Ledger) -> None:
    data = csv_file(0)
    before = desk.served.head
    dry = desk.remote.ingest(data, name="a.csv", dry_run=True)
    assert desk.served.head == before
    assert tallies(dry) == tallies(own_ledger.ingest(data, name="a.csv"))
    assert dry.duplicate


def test_a_part_that_is_refused_says_what_is_in_and_the_mended_file_goes_on_from_there(
    desk: Desk, own_ledger: Ledger
) -> None:
    whole = csv_file(1)
    row = next(row for row in whole.splitlines(keepends=True)[80:] if b",e" in row and b'"' not in row)
    too_long = row.rstrip() + b"x" * BODY_LIMIT + b"\n"
    with pytest.raises(DocumentTooLarge) as refused:
        desk.remote.ingest(whole.replace(row, too_long), name="a.csv")
    found = re.match(
        r"Rows 1 to (\d+) of a\.csv are in, those from (\d+) on are not\. The body", str(refused.value)
    )
    assert found and int(found[2]) == int(found[1]) + 1
    assert refused.value.fix.endswith("rows that are in are known, and none is in twice.")
    held_in = len(kept(desk.served, "a.csv")[0])
    assert held_in
    receipt = desk.remote.ingest(whole, name="a.csv")
    assert receipt.accepted + held_in == own_ledger.ingest(whole, name="a.csv").accepted
    assert kept(desk.served, "a.csv")[0] == kept(own_ledger, "a.csv")[0]


def test_a_file_with_broken_quoting_is_refused_before_any_part_is_in(desk: Desk) -> None:
    lines = [COLUMNS, *(row for row in draw_rows(random.Random(3)) if '"' not in row)]
    lines[30] = f'"never closed,{lines[30]}'
    before = desk.served.head
    with pytest.raises(UnreadableDocument, match=r"in the row that begins in line 31\b"):
        desk.remote.ingest("\n".join(lines).encode(), name="a.csv")
    assert desk.served.head == before


def test_a_quote_within_a_cell_does_not_move_where_a_file_is_cut(desk: Desk, own_ledger: Ledger) -> None:
    lines = [COLUMNS, *draw_rows(random.Random(4))]
    lines = [line.replace(",radio,", ',ra"dio,', 1) if at % 7 == 0 else line for at, line in enumerate(lines)]
    data = "\n".join(lines).encode()
    assert tallies(desk.remote.ingest(data, name="a.csv")) == tallies(own_ledger.ingest(data, name="a.csv"))
    assert kept(desk.served, "a.csv") == kept(own_ledger, "a.csv")


def test_what_belongs_together_is_not_parted_and_the_setting_is_named(desk: Desk, tmp_path: Path) -> None:
    frame = pd.DataFrame([json.loads(line) for line in ndjson_file().splitlines() if line.endswith(b"}")])
    frame.to_excel(tmp_path / "a.xlsx")
    before = desk.served.head
    for refused in (
        {"document": csv_file(0), "name": "a.csv", "release": "full"},
        {"document": csv_file(0), "name": "a.csv", "mapping": "ucdp-ged"},
        {"document": tmp_path / "a.xlsx"},
    ):
        with pytest.raises(DocumentTooLarge) as refusal:
            desk.remote.ingest(**refused)
        assert "CASUALTY_ROW_LIMIT" in refusal.value.fix and "CASUALTY_BODY_LIMIT" in refusal.value.fix
    assert desk.served.head == before


def draw_counts(rng: random.Random, published: str, number: int) -> list[str]:
    """Return rows of few places, people and days, so that many of them are looked at twice: totals that fall,
    sums that do not add up, slips, repeated rows, rows that are held."""
    rows: list[str] = []
    for _ in range(number):
        day = f"2025-04-{rng.randrange(1, 9):02}"
        source = rng.choice(["ministry,", "radio,ministry", "monitor,"])
        place = rng.choice(["Jableh", "Latakia", "Tartus", "Banias", "Atlantis"])
        what = f"{place},{rng.choice(['killed', 'killed', 'injured'])},{rng.choice(['all', 'all', 'women'])}"
        if rng.random() < 0.7:
            count = rng.choice([int(day[-1]) * 10, int(day[-1]) * 100, 20, rng.randrange(200)])
            rows.append(f"flood,{source},{published},2025-04-01,,{day},{what},cumulative,,{count}")
        else:
            event = rng.choice(["", "", f"e{rng.randrange(5)}"])
            rows.append(
                f"flood,{source},{published},{day},{day},,{what},increment,{event},{rng.randrange(30)}"
            )
        if rng.random() < 0.1:
            rows.append(rng.choice(rows))
    return rows


@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_of_a_document_in_parts_is_what_is_found_of_the_whole(
    desk: Desk, own_ledger: Ledger, seed: int
) -> None:
    rng = random.Random(seed)
    heading = "crisis,source,origin,published_on,period_start,period_end,counted_to,areas,measure,population"
    heading += ",basis,event,count"
    before, document = (
        "\n".join([heading, *draw_counts(rng, published, number)]).encode()
        for published, number in (("2025-04-30", 30), ("2025-05-01", 110))
    )
    found, stored = [], []
    for ledger, kept_in in ((desk.remote, desk.served), (own_ledger, own_ledger)):
        kept_in.ingest(before, name="before.csv")
        receipt = ledger.ingest(document, name="a.csv")
        found.append(sorted((each.code, str(each.message), each.row or 0) for each in receipt.findings))
        rows = kept_in.store.findings().to_pylist()
        stored.append(
            sorted(
                (row["code"], row["message"], row["row"] or 0) for row in rows if row["document"] == "a.csv"
            )
        )
    assert found[0] == found[1] and stored[0] == stored[1]
    assert {"duplicate_row", "counter_drop", "sum_mismatch", "digit_slip"} <= {
        code for code, _, _ in found[0]
    }


def test_a_table_in_parts_lacks_only_what_the_whole_lacks(desk: Desk) -> None:
    areas = desk.served.reference().area.to_pylist()
    named = {row["area_code"]: row["name"] for row in areas if row["level"] == "district"}
    places = [*named]
    heading = "crisis,source,published_on,counted_to,period_start,areas,measure,population,count"
    first, second = (
        [
            f"flood,ministry,2025-04-0{day},2025-04-0{day},2025-04-01,{place},killed,{who},{day}"
            for who in ("all", "women")
            for place in places
        ]
        for day in (2, 3)
    )
    desk.served.ingest("\n".join([heading, *first]).encode(), name="first.csv")
    lacking = "\n".join([heading, *second[:-1]]).encode()
    assert len(second) - 1 > ROW_LIMIT, "no request takes the table"
    receipt = desk.remote.ingest(lacking, name="second.csv")
    (gone,) = [finding for finding in receipt.findings if finding.code == "gone_from_table"]
    assert f"1 ({named[places[-1]]}, killed, women)" in gone.message


def test_a_later_full_release_takes_back_what_came_in_in_parts(desk: Desk, own_ledger: Ledger) -> None:
    data = csv_file(2)
    (later,) = [row for row in csv_file(2).decode().splitlines() if row.startswith("flood,ministry")][:1]
    release = f"{COLUMNS}\n{later.replace('2025-05-01', '2025-06-01')}\n".encode()
    for ledger in (desk.remote, own_ledger):
        ledger.ingest(data, name="a.csv")
        ledger.ingest(release, name="b.csv", release="full")
    assert kept(desk.served, "a.csv") == kept(own_ledger, "a.csv")

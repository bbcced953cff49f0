"""What was answered once is answered again: as_of with recorded_by replays exactly, whatever came later."""

import datetime as dt
import random

from service.api import Ledger
from service.formats.encode import encode
from service.formats.file_format import Format
from service.ledger import Store
from tests.builders import batch, day, moment, reference, report

SOURCES = ("sohr", "snhr", "ohchr", "reuters", "afp", "anonymous")


def history(chance: random.Random, length: int) -> list[tuple]:
    """Random entries: mostly documents, now and then a withdrawal or a new reference row."""
    entries, known = [], []
    for step in range(length):
        kind = chance.choices(("reports", "withdraw", "register"), (8, 1, 1))[0]
        at = moment("2025-03-06T00:00") + dt.timedelta(hours=7 * step)
        if kind == "withdraw" and known:
            entries.append((kind, chance.choice(known), at))
            continue
        if kind == "register":
            entries.append((kind, chance.randrange(1, 9), at))
            continue
        rows = [
            report(
                source_id=chance.choice(SOURCES),
                origin_id=chance.choice(SOURCES),
                count=chance.randrange(1, 900),
                areas=chance.choice(("SY06", "SY0602", "SY10", "x-coast")),
                published_on=day("2025-03-06") + dt.timedelta(chance.randrange(12)),
                counted_to=day("2025-03-06") + dt.timedelta(chance.randrange(9)),
            )
            for _ in range(chance.randrange(1, 4))
        ]
        known += [row["report_id"] for row in rows]
        entries.append(("reports", rows, at))
    return entries


def apply(ledger: Ledger, entry: tuple, name: str) -> None:
    kind, what, at = entry
    if kind == "reports":
        ledger.store.submit(batch(*what, document=name), recorded_at=at)
    elif kind == "withdraw":
        ledger.store.withdraw(what, reason="taken back by its source", recorded_at=at)
    else:
        rows = reference().weight.to_pylist()
        heavier = [{**row, "weight": what} for row in rows if row["term"] == "monitor"]
        ledger.store.register(
            "weight", reference().weight.from_pylist(heavier, reference().weight.schema), recorded_at=at
        )


def shown(ledger: Ledger, as_of: dt.date, recorded_by: dt.datetime) -> bytes:
    found = ledger.answer(as_of=as_of, recorded_by=recorded_by)
    return encode(found.table, Format.CSV) + encode(found.points, Format.CSV)


def test_the_same_question_has_the_same_bytes_after_anything_that_comes_later(tmp_path):
    chance = random.Random(20250312)
    with Store.open(tmp_path) as store:
        ledger = Ledger(store, clock=lambda: moment("2025-04-01T00:00"))
        for name in ("area", "source", "population", "crisis", "weight"):
            store.register(name, getattr(reference(), name), recorded_at=moment("2025-03-01T00:00"))
        answered = []
        for place, entry in enumerate(history(chance, 24)):
            apply(ledger, entry, f"{place}.csv")
            as_of = day("2025-03-06") + dt.timedelta(chance.randrange(14))
            answered.append(((as_of, entry[2]), shown(ledger, as_of, entry[2])))
        assert len({bytes_ for _, bytes_ in answered}) > 5, "the history must move the answers"
        again = Ledger(store, clock=lambda: moment("2026-01-01T00:00"))
        for question, bytes_ in answered:
            assert shown(again, *question) == bytes_
        store.rebuild()
        rebuilt = Ledger(store, clock=lambda: moment("2026-01-01T00:00"))
        for question, bytes_ in answered[::6]:
            assert shown(rebuilt, *question) == bytes_


def test_a_later_as_of_takes_nothing_away_but_what_was_withdrawn(tmp_path):
    chance = random.Random(7)
    with Store.open(tmp_path) as store:
        ledger = Ledger(store, clock=lambda: moment("2025-04-01T00:00"))
        for name in ("area", "source", "population", "crisis", "weight"):
            store.register(name, getattr(reference(), name), recorded_at=moment("2025-03-01T00:00"))
        for place, entry in enumerate(history(chance, 16)):
            apply(ledger, entry, f"{place}.csv")
        seen: set[str] = set()
        for offset in range(14):
            found = ledger.reports(arrow=True, as_of=day("2025-03-06") + dt.timedelta(offset))
            ids = set(found.column("report_id").to_pylist())
            assert seen <= ids
            seen = ids
        assert seen


FLOOD = "crisis,source,published_on,period_start,areas,measure,population,count\n"


def flood_rows(chance: random.Random, number: int) -> list[str]:
    """Reports of a crisis that nobody registers, which differ in when it began."""
    days = sorted(chance.sample(range(4, 15), chance.randint(2, 6)))
    begins = ("", "2025-04-01", "2025-03-28", "2025-04-03")
    return [
        f"flood-{number},radio,2025-04-{day:02},{chance.choice(begins)},Jableh,killed,all,{10 * day}\n"
        for day in days
    ]


def test_as_of_a_day_a_crisis_that_nobody_registered_is_what_it_would_be_had_nothing_followed(
    own_ledger: Ledger,
) -> None:
    chance = random.Random(11)
    for number in range(6):
        rows = flood_rows(chance, number)
        own_ledger.ingest((FLOOD + "".join(rows)).encode(), name=f"{number}.csv")
        for known in range(1, len(rows) + 1):
            fewer = [row.replace(f"flood-{number},", f"flood-{number}-{known},") for row in rows[:known]]
            own_ledger.ingest((FLOOD + "".join(fewer)).encode(), name=f"{number}-{known}.csv")
            day = rows[known - 1].split(",")[2]
            replayed, alone = (
                own_ledger.series(crisis=name, as_of=day, arrow=True).drop_columns(["crisis"])
                for name in (f"flood-{number}", f"flood-{number}-{known}")
            )
            assert replayed.num_rows
            assert replayed.equals(alone), (number, known)

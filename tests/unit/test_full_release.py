"""Does a full release take back what its source no longer lists, and nothing else?"""

import random
from pathlib import Path

import pytest

from service.api import Ledger
from service.cli import main
from service.errors import QueryError

HEADER = "crisis,source,published_on,period_start,period_end,areas,measure,population,event,count\n"


def release(published: str, *events: str, place: str = "Jableh", crisis: str = "flood") -> bytes:
    rows = [
        f"{crisis},radio,{published},2025-04-0{event[-1]},2025-04-0{event[-1]},{place},killed,all,{event},5\n"
        for event in events
    ]
    return (HEADER + "".join(rows)).encode()


def best(ledger: Ledger, as_of: str | None = None, crisis: str = "flood") -> list[int]:
    return [row["best"] for row in ledger.series(crisis=crisis, as_of=as_of, arrow=True).to_pylist()]


def test_events_that_a_full_release_no_longer_lists_are_taken_back(own_ledger: Ledger) -> None:
    own_ledger.ingest(release("2025-05-01", "e1", "e2", "e3"), name="may.csv")
    other = b"flood,paper,2025-05-01,2025-04-09,2025-04-09,Jableh,killed,all,e9,5\n"
    own_ledger.ingest(HEADER.encode() + other, name="paper.csv")
    receipt = own_ledger.ingest(release("2025-06-01", "e1", "e3"), name="june.csv", release="full")
    (finding,) = [each for each in receipt.findings if each.code == "gone_from_release"]
    assert "1 (e2). Their reports are taken back from the day of the release on: 1." in finding.message
    assert receipt.head == own_ledger.head
    assert best(own_ledger) == [5, 10]  # the events of April 1 and 3; the paper has its own, fewer
    again = own_ledger.ingest(release("2025-06-01", "e1", "e3"), name="june.csv", release="full")
    assert again.head == receipt.head


def test_an_older_full_release_that_comes_late_takes_nothing_back_that_a_newer_one_lists(
    own_ledger: Ledger,
) -> None:
    own_ledger.ingest(release("2025-06-01", "e1", "e2"), name="june.csv", release="full")
    own_ledger.ingest(release("2025-05-01", "e1"), name="may.csv", release="full")
    assert best(own_ledger) == [5, 10]


def test_as_of_the_days_before_the_release_an_event_that_it_dropped_stands(own_ledger: Ledger) -> None:
    own_ledger.ingest(release("2025-05-01", "e1", "e2", "e3"), name="may.csv")
    own_ledger.ingest(release("2025-06-01", "e1", "e3"), name="june.csv", release="full")
    own_ledger.ingest(release("2025-07-01", "e1", "e2", "e3"), name="july.csv", release="full")
    assert best(own_ledger, "2025-05-31") == [5, 10, 15]
    assert best(own_ledger, "2025-06-01") == best(own_ledger, "2025-06-30") == [5, 10]
    assert best(own_ledger, "2025-07-01") == best(own_ledger) == [5, 10, 15]
    rows = own_ledger.evidence(crisis="flood", as_of="2025-06-30", arrow=True).to_pylist()
    roles = [row["role"] for row in rows if row["event"] == "e2"]
    assert sorted(set(roles)) == ["disowned", "retraction"]


def test_an_older_release_that_is_handed_in_again_lists_nothing_anew(own_ledger: Ledger) -> None:
    may = release("2025-05-01", "e1", "e2")
    own_ledger.ingest(may, name="may.csv")
    own_ledger.ingest(release("2025-06-01", "e1"), name="june.csv", release="full")
    own_ledger.ingest(may, name="may.csv", release="full")
    assert best(own_ledger) == [5]


def test_an_undated_event_that_a_later_full_release_lists_again_stands_again(own_ledger: Ledger) -> None:
    both = release("", "e1", "e2")
    own_ledger.ingest(both, name="may.csv")
    own_ledger.ingest(release("", "e1"), name="june.csv", release="full")
    assert best(own_ledger) == [5]
    own_ledger.ingest(both, name="july.csv", release="full")
    assert best(own_ledger) == [5, 10]
    own_ledger.ingest(release("", "e1"), name="august.csv", release="full")
    assert best(own_ledger) == [5]


CARRIED = HEADER.replace("source,", "source,origin,")


def carried(published: str, *events: str) -> bytes:
    """Return a release of events that are of another origin than its source; each event is KEY@DAY."""
    rows = []
    for event in events:
        key, _, day = event.partition("@")
        rows.append(f"flood,radio,ministry,{published},{day},{day},Jableh,killed,all,{key},5\n")
    return (CARRIED + "".join(rows)).encode()


def test_what_a_full_release_of_anothers_events_dropped_and_lists_again_was_gone_in_between(
    own_ledger: Ledger,
) -> None:
    one, two = "e1@2025-04-09", "e2@2025-04-10"
    own_ledger.ingest(carried("2025-05-01", one, two), name="may.csv", release="full")
    own_ledger.ingest(carried("2025-06-01", two), name="june.csv", release="full")
    own_ledger.ingest(carried("2025-07-01", "e1@2025-04-03", two), name="july.csv", release="full")
    assert best(own_ledger, "2025-05-20") == [5, 10]
    assert best(own_ledger, "2025-06-20") == [5]
    days = [str(row["date"]) for row in own_ledger.series(crisis="flood", arrow=True).to_pylist()]
    assert (days, best(own_ledger)) == (["2025-04-03", "2025-04-10"], [5, 10])


@pytest.mark.parametrize("origin", ["ministry", "radio"])
def test_a_release_that_is_handed_in_again_leaves_what_earlier_ones_took_back(
    own_ledger: Ledger, origin: str
) -> None:
    one, two = "e1@2025-04-09", "e2@2025-04-10"
    for month, events in ((5, (one, two)), (6, (two,)), (7, (one, two)), (7, (one, two))):
        document = carried(f"2025-{month:02}-01", *events).replace(b",ministry,", f",{origin},".encode())
        own_ledger.ingest(document, name=f"{month}.csv", release="full")
    assert [best(own_ledger, f"2025-{month:02}-20") for month in (5, 6, 7)] == [[5, 10], [5], [5, 10]]


def test_a_full_release_of_a_carrier_leaves_what_the_origin_and_other_carriers_say(
    own_ledger: Ledger,
) -> None:
    both = ("e1@2025-04-09", "e2@2025-04-10")
    own_ledger.ingest(carried("2025-05-01", *both).replace(b"radio", b"ministry"), name="ministry.csv")
    own_ledger.ingest(carried("2025-05-01", *both), name="may.csv", release="full")
    own_ledger.ingest(carried("2025-06-01", both[0]), name="june.csv", release="full")
    assert best(own_ledger) == best(own_ledger, "2025-05-20") == [5, 10]
    rows = own_ledger.evidence(crisis="flood", arrow=True).to_pylist()
    fates = {(row["source_id"], row["role"]) for row in rows if row["event"] == "e2"}
    assert fates >= {("radio", "disowned"), ("radio", "retraction")}
    assert ("ministry", "disowned") not in fates


@pytest.mark.parametrize("whose", ["event", "total"])
def test_a_full_release_takes_back_what_its_source_said_and_nothing_else(
    own_ledger: Ledger, whose: str
) -> None:
    """Beside an oracle: as of any day each source carries what its newest release by then lists."""
    drawn, places = random.Random(8), ("Jableh", "Homs", "Hama")
    heading = (
        "crisis,source,origin,published_on,counted_to,period_start,areas,measure,population,event,count\n"
    )
    for number in range(4):
        crisis, listed = f"flood-{number}", {}
        for month in (5, 6, 7):
            for source in drawn.sample(("ministry", "radio", "paper"), 2):
                kept = ["Jableh", *drawn.sample(places[1:], drawn.randint(0, 2))]
                listed[source, month] = kept
                rows = [
                    f"{crisis},{source},ministry,2025-0{month}-01,2025-04-09,2025-04-01,{place},killed,all,"
                    f"{place if whose == 'event' else ''},{5 + places.index(place)}\n"
                    for place in kept
                ]
                document = (heading + "".join(rows)).encode()
                own_ledger.ingest(document, name=f"{crisis}-{source}-{month}.csv", release="full")
        for month in (5, 6, 7):
            newest = {
                source: max((at for of, at in listed if of == source and at <= month), default=0)
                for source in ("ministry", "radio", "paper")
            }
            for place in places:
                is_of_origin = any(
                    place in kept for (of, at), kept in listed.items() if of == "ministry" and at <= month
                )
                believed = ("ministry",) if is_of_origin else ("radio", "paper")
                stands = any(place in listed.get((source, newest[source]), ()) for source in believed)
                rows = own_ledger.series(
                    crisis=crisis, area=place, as_of=f"2025-0{month}-20", arrow=True
                ).to_pylist()
                expected = [5 + places.index(place)] if stands else []
                assert [row["best"] for row in rows] == expected, (crisis, month, place, listed)


def test_an_event_that_a_full_release_carries_on_with_an_earlier_day_is_of_that_day(
    own_ledger: Ledger,
) -> None:
    own_ledger.ingest(carried("2025-05-01", "e1@2025-04-09"), name="may.csv", release="full")
    own_ledger.ingest(carried("2025-06-01", "e1@2025-04-03"), name="june.csv", release="full")

    def days(as_of: str | None) -> list[str]:
        rows = own_ledger.series(crisis="flood", as_of=as_of, arrow=True).to_pylist()
        return [str(row["date"]) for row in rows]

    assert days("2025-05-31") == ["2025-04-09"]
    assert days(None) == ["2025-04-03"]


def test_as_of_any_day_the_figure_is_what_the_newest_release_by_then_lists(own_ledger: Ledger) -> None:
    drawn = random.Random(5)
    for number in range(8):
        crisis = f"flood-{number}"
        lists = [
            [event for event in ("e1", "e2", "e3", "e4") if drawn.random() < 0.6] or ["e1"]
            for _ in range(drawn.randint(2, 4))
        ]
        for month, events in enumerate(lists, start=5):
            document = release(f"2025-{month:02}-01", *events, crisis=crisis)
            own_ledger.ingest(document, name=f"{crisis}-{month}.csv", release="full")
        for month, events in enumerate(lists, start=5):
            figures = best(own_ledger, f"2025-{month:02}-20", crisis)
            assert figures[-1] == 5 * len(events), (month, lists)


def test_a_release_that_is_not_said_to_be_full_takes_nothing_back(own_ledger: Ledger) -> None:
    own_ledger.ingest(release("2025-05-01", "e1", "e2", "e3"), name="may.csv")
    own_ledger.ingest(release("2025-06-01", "e1", "e3"), name="june.csv")
    assert best(own_ledger) == [5, 10, 15]


def test_a_dry_run_says_what_would_be_taken_back(own_ledger: Ledger) -> None:
    own_ledger.ingest(release("2025-05-01", "e1", "e2"), name="may.csv")
    before = own_ledger.head
    receipt = own_ledger.ingest(release("2025-06-01", "e1"), name="june.csv", release="full", dry_run=True)
    assert "would be taken back from the day of the release on: 1." in receipt.findings[-1].message
    assert own_ledger.head == before


def test_a_full_release_with_rows_that_are_held_takes_nothing_back(own_ledger: Ledger) -> None:
    own_ledger.ingest(release("2025-05-01", "e1", "e2"), name="may.csv")
    both = release("2025-06-01", "e1") + release("2025-06-01", "e2", place="Atlantis").split(b"\n", 1)[1]
    receipt = own_ledger.ingest(both, name="june.csv", release="full")
    assert receipt.findings[-1].code == "release_incomplete"
    assert best(own_ledger) == [5, 10]


def test_another_word_for_a_release_is_refused(own_ledger: Ledger) -> None:
    with pytest.raises(QueryError, match="no kind of release"):
        own_ledger.ingest(release("2025-05-01", "e1"), name="may.csv", release="half")


def test_a_release_in_several_files_is_refused(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / name for name in ("a.csv", "b.csv")]
    for file in files:
        file.write_bytes(release("2025-05-01", "e1"))
    code = main(["ingest", *map(str, files), "--release", "full", "--data-dir", str(data_dir)])
    assert code == 2
    assert "as one file" in capsys.readouterr().err


def test_the_rows_of_a_full_release_and_what_it_takes_back_are_one_entry(own_ledger: Ledger) -> None:
    own_ledger.ingest(release("2025-05-01", "e1", "e2"), name="may.csv")
    before = own_ledger.head.seq
    own_ledger.ingest(release("2025-06-01", "e1", "e3"), name="june.csv", release="full")
    assert own_ledger.head.seq == before + 1


def test_a_retraction_by_a_release_is_not_as_inexact_as_the_report_that_it_takes_back(
    own_ledger: Ledger,
) -> None:
    own_ledger.ingest(release("2025-05", "e1", "e2"), name="may.csv")
    own_ledger.ingest(release("2025-06-10", "e1"), name="june.csv", release="full")
    rows = own_ledger.reports(crisis="flood", arrow=True).to_pylist()
    kept = {(row["basis"], str(row["published_on"]), row["published_precision"]) for row in rows}
    assert kept == {
        ("increment", "2025-05-31", "month"),
        ("increment", "2025-06-10", "day"),
        ("retraction", "2025-06-10", None),
    }


def several(*rows: str) -> bytes:
    """Return a release of several sources; each row is SOURCE DAY-OF-PUBLICATION EVENT."""
    lines = []
    for row in rows:
        source, day, event = row.split()
        lines.append(
            f"flood,{source},{day},2025-04-0{event[-1]},2025-04-0{event[-1]},Jableh,killed,all,{event},5\n"
        )
    return (HEADER + "".join(lines)).encode()


def alone(ledger: Ledger, source: str, as_of: str | None = None) -> int:
    """Return what the events of one source come to."""
    rows = ledger.series(crisis="flood", method=f"latest:{source}", as_of=as_of, arrow=True).to_pylist()
    return int(rows[-1]["best"]) if rows else 0


def test_a_full_release_of_several_sources_is_that_of_each_and_of_no_other(own_ledger: Ledger) -> None:
    may = ("2025-05-01 e1", "2025-05-01 e2")
    before = [f"{source} {row}" for source in ("radio", "paper", "agency") for row in may]
    own_ledger.ingest(several(*before), name="may.csv", release="full")
    june = several("radio 2025-06-01 e1", "paper 2025-06-01 e2")
    receipt = own_ledger.ingest(june, name="june.csv", release="full")
    told = [finding.message for finding in receipt.findings if finding.code == "gone_from_release"]
    assert ["Of paper" in told[0] and "1 (e1)" in told[0], "Of radio" in told[1] and "1 (e2)" in told[1]] == [
        True
    ] * 2
    assert [alone(own_ledger, source) for source in ("radio", "paper", "agency")] == [5, 5, 10]
    assert [alone(own_ledger, source, "2025-05-31") for source in ("radio", "paper", "agency")] == [
        10,
        10,
        10,
    ]


def test_each_source_of_a_full_release_has_a_day_of_its_own(own_ledger: Ledger) -> None:
    own_ledger.ingest(several("radio 2025-05-01 e1", "paper 2025-05-01 e1"), name="may.csv")
    own_ledger.ingest(several("paper 2025-05-15 e2"), name="late.csv")
    june = several("radio 2025-06-01 e3", "paper 2025-05-10 e3")
    own_ledger.ingest(june, name="june.csv", release="full")
    assert alone(own_ledger, "radio", "2025-05-31") == 5
    assert alone(own_ledger, "radio") == 5  # e1 is gone from the first of June on
    assert alone(own_ledger, "paper", "2025-05-09") == 5
    assert alone(own_ledger, "paper", "2025-05-12") == 5  # e1 is gone from the 10th of May on
    assert alone(own_ledger, "paper") == 10  # e2 was published after this release of its source


def test_of_several_sources_in_a_full_release_none_takes_anything_back_while_a_row_is_held(
    own_ledger: Ledger,
) -> None:
    own_ledger.ingest(several("radio 2025-05-01 e1", "paper 2025-05-01 e1"), name="may.csv")
    june = several("radio 2025-06-01 e2", "paper 2025-06-01 e2").replace(b"Jableh", b"Atlantis", 1)
    receipt = own_ledger.ingest(june, name="june.csv", release="full")
    assert "release_incomplete" in [finding.code for finding in receipt.findings]
    assert [alone(own_ledger, source) for source in ("radio", "paper")] == [5, 10]

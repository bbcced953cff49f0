"""Many readers and a writer at once: nobody sees an error, and nobody sees half of a submission."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from service.api import Ledger
from tests.serving import serving

HEADER = "crisis,source,origin,url,published_on,counted_to,areas,measure,population,basis,count,standard\n"
ADDRESSES = (
    "/v1/series?area=SY06&measure=killed&population=civilians",
    "/v1/figures.csv?measure=killed",
    "/v1/reports.json?area=SY06",
    "/v1/explain?area=SY06&measure=killed&population=civilians&date=2025-03-12",
    "/?measure=killed&population=civilians",
    "/readyz",
)
READERS = 20
SUBMISSIONS = 3


def submission(number: int) -> bytes:
    """Two reports of one new total, from an origin of its own, for two places of one submission."""
    rows = (
        f"syria-coast-2025-03,desk-{number},desk-{number},,2026-11-20,2026-11-{number + 1:02},{area},"
        f"detained,civilians,cumulative,{1000 + number},documented\n"
        for area in ("SY06", "SY10")
    )
    return (HEADER + "".join(rows)).encode()


def test_twenty_readers_see_no_error_while_reports_come_in(own_ledger: Ledger) -> None:
    done = threading.Event()
    with serving(own_ledger) as address, ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read_until, done, address, number) for number in range(READERS)]
        try:
            for number in range(SUBMISSIONS):
                assert own_ledger.ingest(submission(number), name=f"{number}.csv").accepted == 2
        finally:
            done.set()
        answers = [answer for reader in readers for answer in reader.result()]
    assert len(answers) >= READERS * 2
    assert {answer.status_code for answer in answers} == {200}
    heads = {answer.headers["casualty-head"] for answer in answers if "casualty-head" in answer.headers}
    assert str(own_ledger.head) in heads, "the last state was read too"


def test_a_submission_is_seen_whole_or_not_at_all(own_ledger: Ledger) -> None:
    done = threading.Event()
    address_of_both = "/v1/figures?area=SY06&area=SY10&measure=detained&population=civilians"
    with serving(own_ledger) as address, ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read_until, done, address, 0, (address_of_both,)) for _ in range(4)]
        try:
            for number in range(SUBMISSIONS):
                own_ledger.ingest(submission(number), name=f"{number}.csv")
        finally:
            done.set()
        answers = [answer.json()["data"] for reader in readers for answer in reader.result()]
    for rows in answers:
        dates = {row["area_code"]: row["date"] for row in rows}
        assert dates.get("SY06") == dates.get("SY10"), "both places of the submission or neither"


def read_until(
    done: threading.Event, address: str, start: int, addresses: tuple[str, ...] = ADDRESSES
) -> list[httpx.Response]:
    """Every answer got until ``done``, and one round more, so that the last state is read too."""
    answers = []
    with httpx.Client(base_url=address, timeout=600) as client:
        last = False
        while not last:
            last = done.is_set()
            for number in range(len(addresses)):
                answers.append(client.get(addresses[(start + number) % len(addresses)]))
    return answers

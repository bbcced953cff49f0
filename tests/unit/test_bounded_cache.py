"""What is kept in memory is bounded by its bytes, and what was used last stays."""

from __future__ import annotations

import dataclasses
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.answers import cache
from service.answers.bounded_cache import OVERHEAD, BoundedCache
from service.api import Ledger
from service.web.response_cache import Answers
from tests.serving import PATIENCE, patient, serving

MANY = st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 3_000)), max_size=200)


@given(MANY)
def test_it_keeps_what_was_used_last_and_never_more_bytes_than_it_may(
    steps: list[tuple[bool, int, int]],
) -> None:
    limit = 5 * OVERHEAD
    kept = BoundedCache[int, int](limit)
    order: list[tuple[int, int]] = []  # by hand: key and size, the one used last at the end
    for is_kept, key, size in steps:
        known = dict(order)
        if is_kept:
            kept.keep(key, size, size)
            known.pop(key, None)
            order = [*known.items(), (key, size)]
            while sum(each + OVERHEAD for _, each in order) > limit and len(order) > 1:
                order.pop(0)
        else:
            assert kept.get(key) == known.get(key)
            if key in known:
                order = [each for each in order if each[0] != key] + [(key, known[key])]
        assert len(kept) == len(order)
        assert kept.size == sum(each + OVERHEAD for _, each in order)
        assert kept.size <= limit or len(kept) == 1


def test_one_value_larger_than_the_bound_is_kept_until_the_next() -> None:
    kept = BoundedCache[str, str](10)
    kept.keep("large", "value", 1_000_000)
    assert kept.get("large") == "value"
    kept.keep("next", "other", 1)
    assert (kept.get("large"), len(kept)) == (None, 1)


def test_many_days_of_a_crisis_take_no_more_memory_than_is_allowed(
    own_ledger: Ledger,
) -> None:
    ledger = Ledger(own_ledger.store, clock=own_ledger.clock, cache_memory=2**20)
    today = ledger.series(area="Latakia", measure="killed")
    for number in range(1, 13):
        ledger.series(area="Latakia", measure="killed", as_of=f"2025-03-{number + 8:02}")
    answers = ledger.answers
    for kept in (answers._sheets, answers._crises._kept, answers._vintages):
        assert kept.size <= kept.limit or len(kept) == 1
    assert ledger.series(area="Latakia", measure="killed").equals(today)


def test_a_ledger_with_more_crises_than_fit_is_prepared_once(
    own_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(own_ledger.store, clock=own_ledger.clock, cache_memory=1)
    made: list[str] = []
    prepare_run = cache.AnswerCache._prepare_run

    def noted(self: cache.AnswerCache, crises: list[str], *more: object) -> None:
        made.extend(crises)
        prepare_run(self, crises, *more)

    monkeypatch.setattr(cache.AnswerCache, "_prepare_run", noted)
    ledger.prepare(lambda: True)
    ledger.prepare(lambda: True)
    assert len(made) == len(set(made)) == 3


def test_ready_answers_and_requests_are_kept_up_to_so_many_bytes(
    own_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Answers] = []
    ready = Answers.ready

    def noted(self: Answers, *given: Any) -> Any:
        seen.append(self)
        return ready(self, *given)

    monkeypatch.setattr(Answers, "ready", noted)
    settings = dataclasses.replace(patient(), cache_memory=2**20)
    with (
        serving(own_ledger, prepares=False, settings=settings) as address,
        httpx.Client(base_url=address, timeout=PATIENCE) as client,
    ):
        for number in range(60):
            asked = {"area": "Latakia", "to": f"2025-{number % 12 + 1:02}-10"}
            client.get("/v1/series.csv", params=asked)
            client.get("/v1/areas", headers={"Host": f"h{number}.example.org"})
    (answers,) = set(seen)
    assert 0 < answers._kept.size <= 2**20 / 16
    assert 0 < answers._known.size <= 2**20 / 16

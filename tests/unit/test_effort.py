"""May an answer be worked out now, and at all?"""

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from service import deadline, effort
from service.effort import Allowed, TooBusy, TooMuch, TooMuchForOne, Workshop
from service.errors import CasualtyError

MUCH = 1.0
"""Seconds of work that need a place."""


def workshop(**other):
    allowed = {"places": 1, "waiting": 2, "following": 1, "seconds": 5.0, "memory": 1000, "budget": 10.0}
    return Workshop(Allowed(**(allowed | other)))


def worked(shop, client="", seconds=MUCH):
    """Work a moment in a thread of its own; what came of it."""
    with shop.work(client):
        effort.begin(seconds=seconds)
        return effort.counted()


@pytest.fixture
def full():
    """A workshop whose only place is taken until the test ends."""
    shop = workshop()
    shop.take_place("")
    yield shop
    shop.leave_place("", 0.0)


def test_where_nobody_has_opened_a_workshop_all_work_goes_ahead():
    effort.begin(seconds=1e9, memory=1 << 60)
    effort.expect(1e9)
    effort.check()
    assert effort.counted() == 0


def test_what_takes_more_than_is_allowed_is_refused_before_it_begins_and_says_who_may_allow_more():
    with workshop().work():
        effort.begin(seconds=3.0, memory=1000)
        with pytest.raises(TooMuch, match=r"about 6 seconds .* 5 are allowed"):
            effort.begin(seconds=3.0)
    with workshop(memory=1 << 20).work(), pytest.raises(TooMuch, match="2 MiB of memory") as refusal:
        effort.begin(memory=2 << 20)
    assert "CASUALTY_ANSWER_MEMORY" in refusal.value.fix


def test_what_will_follow_is_refused_before_it_has_cost_anything_and_is_counted_only_once():
    with workshop().work():
        effort.expect(4.0)
        effort.begin(seconds=4.0)
        assert effort.counted() == 4.0
        with pytest.raises(TooMuch):
            effort.expect(2.0)


def test_small_work_needs_no_place(full):
    assert worked(full, seconds=effort.SMALL) == effort.SMALL
    with pytest.raises(TooBusy):
        worked(full)


def test_a_place_that_comes_free_goes_to_one_who_waits(monkeypatch):
    monkeypatch.setattr(effort, "PATIENCE", 60.0)
    shop = workshop()
    shop.take_place("")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(worked, shop)
        while not shop._waiting.total():
            pass
        assert not waiting.done()
        shop.leave_place("", 0.0)
        assert waiting.result(60) == MUCH
    assert not shop._working.total()


def test_so_many_wait_and_no_more(monkeypatch, full):
    monkeypatch.setattr(effort, "PATIENCE", 60.0)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(worked, full) for _ in range(2)]
        while full._waiting.total() < 2:
            pass
        with pytest.raises(TooBusy):
            worked(full)
        full.close()
        assert all(isinstance(each.exception(60), TooBusy) for each in waiting), "a closed workshop lets go"


def test_one_client_leaves_half_of_the_places_to_wait_at_to_others(monkeypatch, full):
    monkeypatch.setattr(effort, "PATIENCE", 60.0)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(worked, full, "greedy")
        while not full._waiting.total():
            pass
        with pytest.raises(TooBusy):
            worked(full, "greedy")
        other = pool.submit(worked, full, "modest")
        while full._waiting.total() < 2:
            pass
        full.close()
        assert {type(each.exception(60)) for each in (first, other)} == {TooBusy}


def test_a_client_that_has_had_its_share_is_refused_and_no_other(monkeypatch):
    moment = [0.0]
    monkeypatch.setattr(effort.time, "monotonic", lambda: moment[0])
    shop = workshop(budget=10.0)
    with shop.work("greedy"):
        effort.begin(seconds=MUCH)
        moment[0] += 11.0
    with pytest.raises(TooMuchForOne, match="10 seconds"):
        worked(shop, "greedy")
    assert worked(shop, "modest") == worked(shop) == MUCH
    moment[0] += 7.0  # what was spent fades: 10 seconds in a minute
    assert worked(shop, "greedy") == MUCH


def test_who_waits_for_the_same_answer_waits_no_longer_than_it_may_take():
    shop, coming = workshop(), Future()
    with deadline.limit(0.01), pytest.raises(TooBusy):
        shop.follow(coming)
    with shop.following(), pytest.raises(TooBusy):
        shop.follow(coming)
    coming.set_result("an answer")
    assert shop.follow(coming) == "an answer"


def test_what_is_kept_for_slow_readers_is_bounded_together_and_for_each():
    shop = workshop(memory=100)
    let_go = shop.hold("one", 40)
    with pytest.raises(TooBusy):
        shop.hold("one", 20)
    also = shop.hold("other", 50)
    with pytest.raises(TooBusy):
        shop.hold("third", 20)
    let_go()
    also()
    shop.hold("one", 1000)()  # an answer alone may be as large as answers may be


def test_work_ends_at_its_next_step_once_the_workshop_closes():
    shop = workshop()
    with shop.work():
        effort.begin(seconds=MUCH)
        effort.check()
        threading.Thread(target=shop.close).start()
        while not shop.is_closed:
            pass
        with pytest.raises(TooBusy):
            effort.check()


def test_who_waits_for_a_turn_waits_no_longer_than_the_answer_may_take():
    lock = threading.Lock()
    shop = workshop()
    with lock:
        with shop.work(), deadline.limit(0.01), pytest.raises(deadline.TooSlow), effort.turn(lock):
            pass
        with shop.following(), shop.work(), pytest.raises(TooBusy), effort.turn(lock):
            pass
        shop.close()
        with shop.work(), pytest.raises(TooBusy), effort.turn(lock):
            pass
    with effort.turn(lock):
        assert lock.locked()
    assert not lock.locked()


def test_a_question_about_many_crises_waits_for_another_no_longer_than_it_may_take(own_ledger):
    with own_ledger.answers._crises._many_at_a_time:
        with deadline.limit(0.01), pytest.raises(deadline.TooSlow):
            own_ledger.series(measure="killed", as_of="2024-11-30")
        one = own_ledger.series(crisis="libya-derna-2023-09", measure="killed", as_of="2024-11-30")
    assert len(one)


NARROWER = re.compile("crisis.* place.* shorter span")


def test_whatever_refuses_for_its_effort_or_its_time_says_what_to_narrow(monkeypatch):
    refusals: list[CasualtyError] = [
        effort.did_not_survive(), effort.has_no_process(), effort.is_stopped(), effort.too_much_memory(None),
        effort.too_much_memory(effort.Terms(workshop().allowed, 0.0)), workshop().busy(),
    ]  # fmt: skip

    def refused(act: Callable[[], object]) -> None:
        with pytest.raises(CasualtyError) as refusal:
            act()
        refusals.append(refusal.value)

    with workshop().work("greedy"):
        refused(lambda: effort.begin(seconds=1_000_000.0))
        refused(lambda: effort.begin(memory=1 << 60))
    poor = workshop(budget=0.0)
    monkeypatch.setattr(poor, "_spent_by", lambda _: 1.0)
    refused(lambda: poor.take_place("greedy"))
    with deadline.limit(-1.0):
        refused(deadline.check)
    assert {type(each) for each in refusals} == {TooBusy, TooMuch, TooMuchForOne, deadline.TooSlow}
    assert [each.message for each in refusals if not NARROWER.search(each.fix)] == []

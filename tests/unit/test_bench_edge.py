"""Do the caches of ``bench.edge`` go by what the server says of its answers?"""

import dataclasses

import pytest

from bench.edge.cache import Kind, Stream, fresh_seconds, simulate
from bench.edge.origin import AS_OF, LATEST, PINNED, measure, questions

NOW = Kind("now", fresh=0.0, size=5_000, changes=1.0)
SETTLED = Kind("settled", fresh=86_400.0, size=5_000, changes=0.0)
STREAM = Stream(
    questions=50, seconds=200, distinct=300, crises=10, exponent=1.0, entries=0.0, mix={"now": 1.0}
)


@pytest.mark.parametrize(
    ("rule", "seconds"),
    [
        ("public, max-age=86400, immutable", 86_400),
        ("public, max-age=60, s-maxage=5", 5),
        ("public, no-cache", 0),
        ("private, max-age=60", 0),
        ("no-store", 0),
        ("", 0),
    ],
)
def test_an_answer_is_fresh_for_as_long_as_its_header_says(rule, seconds):
    assert fresh_seconds(rule) == seconds


def test_an_answer_of_now_is_asked_about_each_time_and_sent_once():
    tally = simulate([NOW], STREAM)
    assert tally.hits == 0
    assert tally.fetched.total() <= STREAM.distinct
    assert tally.unchanged == tally.questions - tally.fetched.total()


def test_a_settled_answer_is_fetched_once_by_each_cache_and_never_asked_about_again():
    stream = dataclasses.replace(STREAM, mix={"settled": 1.0}, entries=5.0)
    one, ten = (simulate([SETTLED], stream, caches=caches) for caches in (1, 10))
    assert one.unchanged == ten.unchanged == 0
    assert one.fetched.total() <= stream.distinct < ten.fetched.total() <= 10 * stream.distinct
    assert one.hits > 0.9 * one.questions


def test_an_entry_has_the_answers_of_its_crisis_fetched_again_and_no_others():
    quiet = simulate([NOW], STREAM).fetched.total()
    once = simulate([NOW], dataclasses.replace(STREAM, entries=1.0)).fetched.total()
    often = simulate([NOW], dataclasses.replace(STREAM, entries=100.0)).fetched.total()
    assert quiet < once < often
    assert (
        simulate(
            [dataclasses.replace(NOW, changes=0.0)], dataclasses.replace(STREAM, entries=100.0)
        ).unchanged
        > 0
    )


def test_what_is_held_against_the_header_is_not_asked_about_meanwhile():
    tally = simulate([NOW], STREAM, held=10.0)
    assert 0 < tally.hits < tally.questions
    assert tally.sent < simulate([NOW], STREAM).sent


def test_every_question_ends_in_one_way_and_equal_streams_end_alike():
    stream = dataclasses.replace(STREAM, mix={"now": 0.5, "settled": 0.5}, entries=2.0)
    first, second = (simulate([NOW, SETTLED], stream, caches=3) for _ in range(2))
    assert first == second
    assert 0 < first.sent < first.asked
    assert abs(first.questions - stream.questions * stream.seconds) < 500


def test_the_questions_are_of_three_kinds_and_none_is_asked_twice():
    asked = questions(crises=4, sample=50)
    assert [len(some) for some in asked.values()] == [50, 50, 50]
    assert len({address for some in asked.values() for address in some}) == 150


def test_the_real_server_lets_settled_vintages_be_kept_and_changes_the_others(tmp_path):
    origin = measure(tmp_path, rows=2_000, sample=20)
    of = {kind.name: kind for kind in origin.kinds}
    assert (of[PINNED].fresh, of[LATEST].fresh, of[AS_OF].fresh) == (86_400, 0, 0)
    assert of[PINNED].changes == 0.0 < of[LATEST].changes
    assert set(origin.made) == set(of), "what each kind costs to make was measured"

"""What a draft proposes from a text: the founding figures, the span of each part, and what it leaves open."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.draft.__main__ import said, score, texts
from service.errors import QueryError
from service.ingest import load_seeds, read_rows
from service.ingest.draft import draft, require_english
from service.schema.records import Reference
from tests import builders
from tests.thorough import documents

REFERENCE = Reference(**load_seeds(Path(__file__).parents[2] / "seeds").reference)
TEXTS = texts()
FOUNDING = TEXTS[0]["text"]
SURE = [entry for entry in TEXTS if not entry.get("held_out")]


def test_the_founding_text_holds_one_joint_floor_of_sohr_and_one_unattributed_floor():
    vague, joint = draft(FOUNDING, REFERENCE)
    assert (vague.count.low, vague.count.best, vague.origin) == (200, None, "")
    assert vague.row()["origin"] == "unattributed"
    assert (vague.areas, vague.population) == ("x-northwestern-syria", "civilians")
    assert (joint.count.low, joint.count.high, joint.origin) == (741, None, "sohr")
    assert (joint.areas, joint.measure, joint.population) == ("SY06|SY0602|SY1002", "killed", "civilians")


def test_every_part_says_where_it_was_read():
    vague, joint = draft(FOUNDING, REFERENCE)
    read = {name: [FOUNDING[start:end] for start, end in spans] for name, spans in joint.spans.items()}
    assert read == {
        "count": ["over 740"],
        "measure": ["died"],
        "population": ["civilians"],
        "areas": ["Latakia", "Jableh", "Banias"],
        "origin": ["the Syrian Observatory for Human Rights"],
    }
    assert [FOUNDING[start:end] for start, end in vague.spans["days"]] == ["weekend"]


def test_a_day_is_completed_by_the_day_of_publication_and_by_nothing_else():
    undated, _ = draft(FOUNDING, REFERENCE)
    assert (undated.period_start, undated.period_end) == (None, None)
    assert undated.questions == ("Which day is “weekend”?",)
    dated, _ = draft(FOUNDING, REFERENCE, published_on=dt.date(2025, 3, 10))
    assert (dated.period_start, dated.period_end) == (dt.date(2025, 3, 8), dt.date(2025, 3, 9))


@pytest.mark.parametrize(
    ("words", "published", "first", "last"),
    [
        ("on 8 March", "2025-03-10", "2025-03-08", "2025-03-08"),
        ("on 28 December", "2025-01-02", "2024-12-28", "2024-12-28"),
        ("on March 6-7, 2025", None, "2025-03-06", "2025-03-07"),
        ("on Friday", "2025-03-10", "2025-03-07", "2025-03-07"),
        ("yesterday", "2025-03-10", "2025-03-09", "2025-03-09"),
        ("on 8 March", None, None, None),
        ("in March 2025", "2025-03-10", None, None),
        ("on 31 February 2025", None, None, None),
    ],
)
def test_days_are_read_as_written(words, published, first, last):
    published_on = dt.date.fromisoformat(published) if published else None
    (proposal,) = draft(f"Five people were killed {words}.", REFERENCE, published_on=published_on)
    days = [day.isoformat() if day else None for day in (proposal.period_start, proposal.period_end)]
    assert days == [first, last]


@pytest.mark.parametrize("entry", SURE, ids=[entry["text"][:60] for entry in SURE])
def test_a_text_gives_the_rows_that_a_careful_reader_would_enter(entry):
    found = [said(each) for each in draft(entry["text"], REFERENCE, published_on=entry.get("published_on"))]
    assert [
        {name: row[name] for name in wanted} for row, wanted in zip(found, entry["expected"], strict=True)
    ] == [*entry["expected"]]


def test_texts_that_no_rule_was_written_for_are_read_well_enough_to_save_work():
    held_out = [entry for entry in TEXTS if entry.get("held_out") == 2]
    result = score(REFERENCE, held_out)
    assert len(held_out) >= 10
    assert result.counted / result.expected >= 0.75
    assert result.counted / result.proposed >= 0.75


def test_an_origin_that_is_only_named_is_none():
    (proposal,) = draft("Reuters and SOHR have offices there. Five people were killed in Jableh.", REFERENCE)
    assert proposal.origin == ""


def test_a_monitor_is_asked_back_where_two_were_named():
    text = "SOHR and SNHR differ. The monitor said 60 people were killed in Banias."
    (proposal,) = draft(text, REFERENCE)
    assert proposal.origin == ""
    assert "Who is meant by “The monitor”?" in proposal.questions


def test_what_is_proposed_can_be_handed_in_once_a_person_has_named_the_rest():
    rows = [
        {"crisis": "syria-coast-2025-03", "source": "remix-news", "standard": "unverified", **proposal.row()}
        for proposal in draft(FOUNDING, REFERENCE, published_on=dt.date(2025, 3, 10))
    ]
    batch = read_rows(rows, "draft", REFERENCE, today=dt.date(2025, 3, 11))
    assert batch.held.to_pylist() == []
    assert batch.reports["low"].to_pylist() == [200, 741]


def test_a_text_without_reference_data_still_gives_its_counts():
    (proposal,) = draft("At least 5 people were killed in Jableh, SOHR said.", Reference.empty())
    assert (proposal.count.low, proposal.areas, proposal.origin) == (5, "", "")


FEW = builders.reference()
"""A few places and sources, quickly looked through."""
_PIECES = st.sampled_from(
    ["over 740", "5", "12 March 2025", "people", "civilians", "were killed", "wounded", "in Latakia",
     "Banias", "and", ",", ".", "\n\n", "SOHR said", "According to", "the monitor", "hundreds", "between",
     "1,383", "٧٤٠",
     "weekend", "a dozen",
     "bodies", "found", "Hama city", "x" * 50, "9" * 30, "U.N.", "\u202e", "31 February"]
)  # fmt: skip


@documents
@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=20).map(" ".join)))
def test_any_text_gives_proposals_whose_spans_lie_in_their_sentence(text):
    for proposal in draft(text, FEW, published_on=dt.date(2025, 3, 12)):
        start, end = proposal.sentence
        assert 0 <= start < end <= len(text)
        assert text[slice(*proposal.spans["count"][0])] == proposal.count.stated
        for name, spans in proposal.spans.items():
            assert spans
            if name != "measure":
                assert all(start <= first < last <= end for first, last in spans)


def test_an_article_of_fifty_thousand_characters_is_read_at_once():
    import time

    began = time.perf_counter()
    assert len(draft(f"{FOUNDING} " * 230, REFERENCE)) == 460
    assert time.perf_counter() - began < 10


def _rows(text):
    return [
        tuple(proposal.row().get(name, "") for name in ("areas", "population", "basis", "count"))
        for proposal in draft(text, REFERENCE, published_on=dt.date(2025, 3, 15))
    ]


def test_a_total_whose_parts_stand_behind_it_is_about_all_their_places_together():
    text = "At least 50 civilians were killed on Tuesday, 30 of them in Banias and 20 in Jableh."
    assert _rows(text) == [
        ("SY0602|SY1002", "civilians", "increment", "At least 50"),
        ("SY1002", "civilians", "increment", "30"),
        ("SY0602", "civilians", "increment", "20"),
    ]


def test_what_could_be_is_no_count_and_of_a_rise_only_its_end_is():
    assert _rows("The toll in Jableh could exceed 900, SOHR warned.") == []
    assert _rows("The death toll in Jableh rose from 70 to 90 overnight.") == [
        ("SY0602", "all", "cumulative", "90")
    ]


def test_the_coast_by_another_of_its_names_is_not_the_country():
    assert _rows("In Syria's coastal region 1,383 civilians were killed.") == [
        ("x-syrian-coast", "civilians", "cumulative", "1,383")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "قتل 12 شخصا في اللاذقية يوم الثلاثاء وفق المرصد السوري",
        "Au moins 50 civils ont été tués mardi, dont 30 à Banias et 20 à Jableh, selon un observatoire",
        "Mindestens 50 Zivilisten wurden am Dienstag getötet, 30 davon in Banias und 20 in Dschabla",
    ],
)
def test_a_text_in_another_language_is_refused_and_not_read_as_empty(text):
    with pytest.raises(QueryError, match="does not read as English"):
        require_english(text)


def test_short_and_ordinary_english_is_read():
    for text in ("Five people were killed.", "", "71", FOUNDING):
        require_english(text)

"""What a draft proposes from a text: the founding figures, the span of each part, and what it leaves open."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.draft.__main__ import LANGUAGES, said, score, texts
from service.errors import QueryError
from service.ingest import load_seeds, read_rows
from service.ingest.draft import MOST_CHARACTERS, draft
from service.schema.records import Reference
from tests import builders
from tests.thorough import documents

REFERENCE = Reference(**load_seeds(Path(__file__).parents[2] / "seeds").reference)
FOUNDING = texts("tuned", "english")[0]["text"]
TUNED = [entry for language in LANGUAGES for entry in texts("tuned", language)]
STILL_MISREAD = {"Le séisme de 2023", "لا يزال مصير مئات الأشخاص"}
"""Beginnings of passages that the rules were written beside and do not read rightly yet."""
SURE = [entry for entry in TUNED if not any(map(entry["text"].startswith, STILL_MISREAD))]


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
        "origin": ["Syrian Observatory for Human Rights"],
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


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("On 12 May 2025 at least 40 people were killed in Jableh.", ("2025-05-12", "2025-05-12")),
        ("By 12 May 2025 the toll had risen to 40 dead in Jableh.", (None, None)),
        ("In late May 2025 troops killed 40 people in Jableh.", (None, None)),
        ("LATAKIA, 12 March 2025 – At least 40 people were killed in Jableh, SOHR said.", (None, None)),
        ("LATAKIA, Syria, March 12 (AFP) - SOHR said 40 people were killed in Jableh.", (None, None)),
        ("LATTAQUIÉ, 12 mars 2025 (AFP) – Au moins 40 personnes ont été tuées à Jableh.", (None, None)),
        ("12 March 2025 – 40 people were killed in Jableh.", ("2025-03-12", "2025-03-12")),
    ],
)
def test_may_is_a_month_too_and_the_day_of_a_dateline_is_not_the_day_of_the_deaths(text, days):
    (proposal,) = draft(text, REFERENCE)
    assert (proposal.count.number, proposal.areas) == (40, "SY0602")
    found = [day.isoformat() if day else None for day in (proposal.period_start, proposal.period_end)]
    assert tuple(found) == days


@pytest.mark.parametrize("words", ["may have been", "in Banias may have been", "may well be"])
def test_may_is_a_verb_where_it_says_what_could_be(words):
    assert not draft(f"40 people {words} killed in Jableh.", REFERENCE)


@pytest.mark.parametrize("entry", SURE, ids=[entry["text"][:60] for entry in SURE])
def test_a_text_gives_the_rows_that_a_careful_reader_would_enter(entry):
    found = [said(each) for each in draft(entry["text"], REFERENCE, published_on=entry.get("published_on"))]
    assert [
        {name: row[name] for name in wanted} for row, wanted in zip(found, entry["expected"], strict=True)
    ] == [*entry["expected"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_that_no_rule_was_written_for_are_read_well_enough_to_save_work(language):
    result = score(REFERENCE, texts("held_out", language))
    assert result.expected >= 25
    assert result.right / result.proposed >= 0.85
    assert result.right / result.expected >= 0.85


def test_what_was_mended_after_a_look_stays_mended():
    result = score(REFERENCE, [entry for language in LANGUAGES for entry in texts("seen", language)])
    assert result.expected >= 330
    assert result.right / result.proposed >= 0.95
    assert result.right / result.expected >= 0.95


def test_passages_written_before_the_rules_were_read_are_drafted_as_well_as_the_manual_says():
    result = score(REFERENCE, [entry for language in LANGUAGES for entry in texts("fifth", language)])
    assert result.expected == 50
    assert result.right / result.proposed >= 0.84
    assert result.right / result.expected >= 0.85


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Six Egyptians drowned off Tripoli.", [("6", "egyptian_nationals")]),
        ("Two foreign nationals were killed in Derna.", [("2", "foreign_nationals")]),
        ("Nine fishermen, all Egyptians, drowned off Tripoli.", [("9", "egyptian_nationals")]),
        ("A Syrian national and three Bangladeshis died in Derna.",
         [("1", "syrian_nationals"), ("3", "bangladeshi_nationals")]),
        ("Trois Égyptiens ont été tués à Derna.", [("3", "egyptian_nationals")]),
        ("Deux ressortissants étrangers sont morts à Derna.", [("2", "foreign_nationals")]),
        ("قتل أربعة مصريين في درنة.", [("4", "egyptian_nationals")]),
        ("Forty Syrians were killed in Homs.", [("40", "all")]),
        ("Twelve people were killed in Derna, Libyan officials said.", [("12", "all")]),
        ("Some 900 Syrians fled to Akkar.", [("900", "all")]),
        ("Seven Tunisians were killed in Derna.", [("7", "foreign_nationals")]),
    ],
)  # fmt: skip
def test_citizens_of_another_country_are_people_of_their_own_and_those_at_home_are_not(text, rows):
    found = draft(text, REFERENCE)
    assert [(str(each.count.number), each.population) for each in found] == rows


@pytest.mark.parametrize(
    ("text", "populations"),
    [
        ("A policeman and two gunmen were killed in Safita.", ["security_forces", "combatants"]),
        ("The bomb killed one soldier and a child in Homs.", ["security_forces", "children"]),
        ("Une femme enceinte et ses enfants ont été tués à Banias.", ["women"]),
        ("مقتل طفل وإصابة ثلاثة مدنيين في حمص.", ["children", "civilians"]),
        ("A soldier said that 12 people were killed in Homs.", ["all"]),
        ("Five people died in Homs, a doctor said.", ["all"]),
        ("Twelve people were killed when a gunman opened fire in Homs.", ["all"]),
        ("Four people died in Homs, according to nurses.", ["all"]),
        ("Seven people, all of them civilians, were killed in Homs.", ["civilians"]),
        ("قتل سبعة أشخاص، جميعهم مدنيون، في حمص.", ["civilians"]),
    ],
)
def test_one_person_counts_beside_a_deed_and_nobody_who_only_speaks_or_shoots(text, populations):
    assert [each.population for each in draft(text, REFERENCE)] == populations


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Hama, Sunday noon. Killed: 4. Wounded: 12.", [(4, "SY05"), (12, "SY05")]),
        ("Tartous, dimanche. Tués : 4. Blessés : 12.", [(4, "SY10"), (12, "SY10")]),
        ("Situation report 12\n- Homs: 43 killed\n- Tartus: 5 killed", [(43, "SY04"), (5, "SY10")]),
        ("In all, 22 died: 15 in Latakia and seven in Tartus.",
         [(22, "SY06|SY10"), (15, "SY06"), (7, "SY10")]),
        ("UNHCR said 600 people had reached Lebanon, 40 of them in Masaoudiyeh.",
         [(600, "LB"), (40, "x-masaoudiyeh")]),
    ],
)  # fmt: skip
def test_a_list_is_about_the_place_above_it_and_a_total_about_the_places_of_its_parts(text, rows):
    found = draft(text, REFERENCE)
    assert [(each.count.number, each.areas) for each in found] == rows
    assert not any(each.origin_stated for each in found)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("In Lalitpur Hills 9 people died.", "Lalitpur Hills"),
        ("À Villeneuve, douze personnes ont été tuées.", "Villeneuve"),
        ("Nine people died in Lalitpur Hills.", "Lalitpur Hills"),
        ("In April nine people died.", ""),
    ],
)
def test_a_place_that_nobody_knows_stands_as_it_is_written_on_either_side_of_its_figure(text, stated):
    (proposal,) = draft(text, REFERENCE)
    assert (proposal.areas, proposal.areas_stated) == ("", stated)


def test_a_bound_before_its_noun_in_arabic_is_read_with_the_number():
    (proposal,) = draft("تجاوز عدد القتلى المئة في حمص.", REFERENCE)
    assert (proposal.count.low, proposal.count.high, proposal.areas) == (101, None, "SY04")


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


def test_a_text_without_reference_data_still_gives_its_counts_and_the_sources_that_the_field_knows():
    (proposal,) = draft("At least 5 people were killed in Jableh, SOHR said.", Reference.empty())
    assert (proposal.count.low, proposal.areas, proposal.origin) == (5, "", "sohr")


FEW = builders.reference()
"""A few places and sources, quickly looked through."""
_PIECES = st.sampled_from(
    ["over 740", "5", "12 March 2025", "people", "civilians", "were killed", "wounded", "in Latakia",
     "Banias", "and", ",", ".", "\n\n", "SOHR said", "According to", "the monitor", "hundreds", "between",
     "1,383", "٧٤٠",
     "weekend", "a dozen", "ont été tués", "à Banias", "dont", "selon l'OSDH", "une trentaine de", "قتل",
     "مدنيين", "في اللاذقية", "وفق المرصد السوري", "خمسة وعشرون", "بينهم", "ْ", "و7",
     "bodies", "found", "Hama city", "x" * 50, "9" * 30, "U.N.", "\u202e", "31 February"]
)  # fmt: skip


@documents
@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=20).map(" ".join)))
def test_any_text_gives_proposals_whose_spans_lie_in_their_sentence(text):
    try:
        drafts = draft(text, FEW, published_on=dt.date(2025, 3, 12))
    except QueryError:
        return  # in no language that is read
    for proposal in drafts:
        start, end = proposal.sentence
        assert 0 <= start < end <= len(text)
        assert text[slice(*proposal.spans["count"][0])] == proposal.count.stated
        for name, spans in proposal.spans.items():
            assert spans
            if name not in ("measure", "origin"):
                assert all(start <= first < last <= end for first, last in spans)


def test_a_long_article_gives_each_of_its_rows():
    assert len(draft(f"{FOUNDING} " * 230, REFERENCE)) == 460


def test_a_text_that_is_too_long_to_be_an_article_is_refused():
    with pytest.raises(QueryError, match="one article at a time"):
        draft("a" * (MOST_CHARACTERS + 1), FEW)


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
        "Mindestens 50 Zivilisten wurden am Dienstag getötet, 30 davon in Banias und 20 in Dschabla",
        "Al menos 50 civiles murieron el martes, 30 de ellos en Banias, según el observatorio",
        "Salı günü en az 50 sivil öldürüldü ve 20 kişi yaralandı",
        "По меньшей мере 50 мирных жителей погибли во вторник в Баниясе",
        "دست‌کم ۵۰ غیرنظامی روز سه‌شنبه در بانیاس کشته شدند و گروهی زخمی شدند",
        "周二至少有50名平民在巴尼亚斯被打死。",
    ],
)
def test_a_text_in_another_language_is_refused_and_not_read_as_empty(text):
    with pytest.raises(QueryError, match="does not read as English, French and Arabic"):
        draft(text, REFERENCE)


def test_a_sentence_in_another_language_among_others_is_said():
    text = (
        "At least 12 people were killed in Jableh, SOHR said, and 30 were wounded when the market was hit. "
        "Mindestens 50 Zivilisten wurden am Dienstag in Banias getötet."
    )
    drafts = draft(text, REFERENCE)
    assert [proposal.count.stated for proposal in drafts] == ["At least 12", "30"]
    (finding,) = drafts.findings
    assert finding.code == "unread_language"
    assert "1 of 2 sentences" in finding.message and "Mindestens 50" in finding.message


@pytest.mark.parametrize(
    "text", ["It rained in Jableh.", "Il a plu à Jablé hier et ce matin.", "هطل المطر في جبلة."]
)
def test_a_text_without_figures_says_so_and_in_which_language_it_was_read(text):
    drafts = draft(text, REFERENCE)
    assert drafts == []
    assert [finding.code for finding in drafts.findings] == ["no_figures"]


def test_a_text_of_three_languages_is_read_sentence_by_sentence():
    text = (
        "At least 12 people were killed in Jableh. Au moins 30 civils ont été tués à Banias. "
        "قُتل ٧١ شخصاً في مدينة طرطوس."
    )
    assert _rows(text) == [
        ("SY0602", "all", "cumulative", "At least 12"),
        ("SY1002", "civilians", "cumulative", "Au moins 30"),
        ("x-tartus-city", "all", "cumulative", "٧١"),
    ]


def test_spans_are_of_the_text_as_it_is_written_accents_and_vowel_signs_included():
    text = "قُتِلَ  ٧١ مدنيّاً في مدينةِ جبلة، وفقاً لوكالةِ سانا."
    (proposal,) = draft(text, REFERENCE)
    read = {name: [text[start:end] for start, end in spans] for name, spans in proposal.spans.items()}
    assert read == {
        "count": ["٧١"],
        "measure": ["قُتِلَ"],
        "population": ["مدنيّاً"],
        "areas": ["مدينةِ جبلة"],
        "origin": ["سانا"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "Officials denied that 300 people had died in Banias.",
        "If the fighting goes on, hundreds could die in Homs.",
        "In the 2013 Ghouta attack, at least 1,400 people were killed.",
        "Unlike in Aleppo, where 31,000 died, Latakia had been spared.",
        "A man aged 34 walked 15 km, paid 200 dollars and waited 3 hours before he was killed.",
        "Le gouvernement nie avoir tué 200 civils à Lattaquié.",
        "It is not true that no one was killed in Jableh.",
        "No one who was killed in Jableh has been named.",
        "No deaths were reported in Jableh.",
        "No one has said who was killed in Jableh.",
        "Nobody knows whether civilians were killed in Jableh.",
        "Les prix ont augmenté de 300 % depuis que la guerre a tué tant de monde.",
        "نفت السلطات أن يكون 300 شخص قد قتلوا في بانياس.",
        "قد يرتفع عدد القتلى إلى 2000.",
    ],
)
def test_denials_projections_other_crises_and_other_numbers_give_no_row(text):
    assert _rows(text) == []


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("No one was killed in Jableh.", ("SY0602", "all", "cumulative", "0")),
        ("Nobody was killed in Jableh, SOHR said.", ("SY0602", "all", "cumulative", "0")),
        ("None were killed in Jableh.", ("SY0602", "all", "cumulative", "0")),
        ("SOHR counted no deaths in Jableh.", ("SY0602", "all", "cumulative", "0")),
        ("No civilians were killed in Jableh.", ("SY0602", "civilians", "cumulative", "0")),
        ("Aucun civil n'a été tué à Safita.", ("SY1003", "civilians", "cumulative", "0")),
        ("Personne n'a été tué à Safita.", ("SY1003", "all", "cumulative", "0")),
        ("لم يقتل أي مدني في صافيتا.", ("SY1003", "civilians", "cumulative", "0")),
    ],
)
def test_where_it_is_plainly_said_that_nobody_was_killed_the_row_counts_nobody(text, row):
    assert _rows(text) == [row]


@pytest.mark.parametrize(
    "text",
    [
        "A handful of people were killed in Jableh.",
        "Several civilians were killed in Jableh, and 12 people were injured.",
        "Une poignée de civils ont été tués à Safita.",
        "قتل عدد من المدنيين في صافيتا.",
    ],
)
def test_some_people_whose_number_nobody_gives_are_told_and_are_no_row(text):
    drafts = draft(text, REFERENCE)
    assert [proposal for proposal in drafts if proposal.measure == "killed"] == []
    finding = next(each for each in drafts.findings if each.code == "no_number")
    assert "at least 2" in finding.fix and text[:20] in finding.message


def test_a_place_that_nobody_knows_is_asked_for_and_not_replaced_by_another_one():
    first, second = draft("At least 16 people were killed in Aleppo and 30 in Latakia.", REFERENCE)
    assert (first.areas, second.areas) == ("", "SY06")
    assert "No place is called “Aleppo”: which one is it?" in first.questions


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "The Orchard Street Committee said that 9 people were killed in Banias.",
            "Orchard Street Committee",
        ),
        ("Nine civilians were killed in Banias, according to the Union of Fishermen.", "Union of Fishermen"),
        ("Selon le Comité des pêcheurs, neuf civils ont été tués à Banias.", "Comité des pêcheurs"),
        ("قتل 9 مدنيين في بانياس بحسب رابطة الصيادين.", "رابطة الصيادين"),
        ("وقالت رابطة الصيادين إن 9 مدنيين قتلوا في بانياس.", "رابطة الصيادين"),
    ],
)
def test_a_source_that_nobody_knows_is_named_as_the_text_writes_it(text, name):
    drafts = draft(text, REFERENCE)
    assert [each.origin_stated for each in drafts] == [name]
    (finding,) = drafts.findings
    assert finding.code == "unknown_origin"
    assert f"1 figure to “{name}”" in finding.message
    assert drafts[0].row()["origin"] == "unattributed"


@pytest.mark.parametrize(
    "text",
    [
        "SOHR said that 9 people were killed in Banias.",
        "Residents said that 9 people were killed in Banias.",
        "Nine people were killed in Banias on Monday.",
        "Fighting in Banias claimed 9 lives.",
    ],
)
def test_a_known_source_and_words_that_are_no_name_are_no_unknown_origin(text):
    assert not draft(text, REFERENCE).findings


@pytest.mark.parametrize(
    "text",
    [
        "Witnesses in Banias said that 9 people were killed there.",
        "Nine people were killed in Banias, according to Witnesses.",
        "Residents of Banias and Jableh said 9 people were killed.",
        "Local Sources said that 9 people were killed in Banias.",
        "A Medical Source said 9 people were killed in Banias.",
        "Nine people were killed in Banias, according to Local Officials.",
        "Les Habitants de Banias ont déclaré que neuf civils ont été tués.",
        "Selon Témoins oculaires, neuf civils ont été tués à Banias.",
        "قتل 9 مدنيين في بانياس بحسب شهود عيان.",
        "وقالت مصادر طبية إن 9 مدنيين قتلوا في بانياس.",
        "وقال ناشطون محليون إن 9 مدنيين قتلوا في بانياس.",
        "قتل 9 مدنيين في بانياس بحسب أهالي المدينة.",
    ],
)
def test_people_and_offices_without_a_name_are_no_unknown_origin(text):
    drafts = draft(text, REFERENCE)
    assert not drafts.findings
    assert [each.row()["origin"] for each in drafts] == ["unattributed"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Residents Association of Banias said 9 people were killed.", "Residents Association of Banias"),
        ("The Witnesses Committee said 9 people were killed in Banias.", "Witnesses Committee"),
        ("Local Sources and the Union of Fishermen said 9 people died in Banias.", "Union of Fishermen"),
        ("وقالت لجنة شهود بانياس إن 9 مدنيين قتلوا.", "لجنة شهود بانياس"),
    ],
)
def test_a_name_that_only_holds_such_a_word_is_named(text, name):
    (finding,) = draft(text, REFERENCE).findings
    assert name in finding.message


def test_the_name_of_a_person_is_not_repeated_in_a_finding():
    (finding,) = draft(
        "Nine people were killed in Banias, according to Dr. Samir Haddad.", REFERENCE
    ).findings
    assert "Haddad" not in finding.message


def test_a_place_that_nobody_knows_stands_in_the_row_as_it_is_written():
    (proposal,) = draft("Nine people were killed in Tell al-Hawa on 8 March 2025.", REFERENCE)
    assert (proposal.areas, proposal.row()["areas"]) == ("", "Tell al-Hawa")
    row = {**proposal.row(), "crisis": "syria-coast-2025-03", "source": "sohr"}
    batch = read_rows([row], "draft", REFERENCE, today=dt.date(2025, 3, 10))
    assert "No area is called “Tell al-Hawa”" in batch.findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        "In Banias 17 people were killed, up from 12 on Friday.",
        "The toll in Banias stood lower at 17 people killed, down from 21 on Friday.",
        "À Banias, 17 personnes ont été tuées, contre 12 vendredi.",
    ],
)
def test_a_figure_beside_that_of_an_earlier_day_is_a_total_without_that_day(text):
    (proposal,) = draft(text, REFERENCE, published_on=dt.date(2025, 3, 10))
    assert (proposal.row()["basis"], proposal.count.best) == ("cumulative", 17)
    assert (proposal.period_start, proposal.period_end, proposal.counted_to) == (None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "The death toll in Banias rose to 17 on Friday.",
        "Le bilan à Banias est passé à 17 morts vendredi.",
        "ارتفعت حصيلة القتلى في بانياس إلى 17 قتيلا يوم الجمعة.",
    ],
)
def test_what_a_toll_rises_to_on_a_day_is_a_total_up_to_that_day(text):
    (proposal,) = draft(text, REFERENCE, published_on=dt.date(2025, 3, 10))
    assert proposal.row()["basis"] == "cumulative"
    assert (proposal.period_start, proposal.counted_to) == (None, dt.date(2025, 3, 7))


def test_what_a_toll_rises_by_on_a_day_is_what_the_day_added():
    (proposal,) = draft("The toll rose by 17 dead on Friday.", REFERENCE, published_on=dt.date(2025, 3, 10))
    assert proposal.row()["basis"] == "increment"


@pytest.mark.parametrize(
    "text",
    [
        "As many as 9,000 people might have drowned in Derna.",
        "À Derna, 9 000 personnes pourraient avoir péri.",
        "نحو 9000 شخص قد يكونون قتلوا في درنة.",
    ],
)
def test_how_many_may_have_died_is_no_count_whichever_side_of_the_number_says_so(text):
    assert not draft(text, REFERENCE)


def test_what_those_who_were_killed_may_have_been_leaves_them_counted():
    (proposal,) = draft("In Banias 9 men who may have been fighters were killed.", REFERENCE)
    assert (proposal.count.best, proposal.areas) == (9, "SY1002")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Nine people were killed in southern Libya.", "southern Libya"),
        ("Nine people were killed in the south of Libya.", "south of Libya"),
        ("Neuf personnes ont été tuées dans le sud de la Libye.", "sud de la Libye"),
        ("قتل تسعة أشخاص في جنوب ليبيا.", "جنوب ليبيا"),
    ],
)
def test_a_figure_of_a_part_of_a_country_is_asked_about_and_not_given_to_the_country(text, written):
    (proposal,) = draft(text, REFERENCE)
    assert (proposal.areas, proposal.row()["areas"]) == ("", written)
    assert any(f"No place is called “{written}”" in question for question in proposal.questions)


def test_a_part_of_a_country_that_has_a_name_is_that_place():
    (proposal,) = draft("Nine people were killed in eastern Libya.", REFERENCE)
    assert proposal.areas == "x-eastern-libya"


def test_a_short_name_in_brackets_behind_a_long_one_is_who_says_it():
    text = "Le réseau des droits syriens (SNHR) a documenté la mort de 9 personnes à Banias."
    (proposal,) = draft(text, REFERENCE)
    assert (proposal.origin, proposal.areas) == ("snhr", "SY1002")


def test_a_tally_and_killings_are_of_the_dead():
    tally, killings = (
        draft(text, REFERENCE)[0]
        for text in ("Its tally stood at 30 civilians in Banias.", "SOHR recorded 30 killings in Banias.")
    )
    assert (tally.measure, tally.population) == ("killed", "civilians")
    assert (killings.measure, killings.population) == ("killed", "all")


def test_one_among_those_counted_is_a_row_of_its_own_in_french():
    rows = [p.row() for p in draft("À Banias, 12 civils, dont un médecin, ont été tués.", REFERENCE)]
    assert [(row["count"], row["population"]) for row in rows] == [
        ("12", "civilians"),
        ("un", "medical_personnel"),
    ]

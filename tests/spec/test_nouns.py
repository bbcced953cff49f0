"""What a noun of a wording says the row counts, and which rows it is held against."""

from __future__ import annotations

import csv
import re
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from service.ingest.cells import Problem
from service.ingest.figure_columns import hold_against, read_figure
from service.ingest.wording.count import any_of, fold, parse_count
from service.ingest.wording.nouns import check_nouns
from service.ingest.wording.phrases import PHRASES
from service.reference.containment import Containment
from service.vocabulary import Measure
from tests.builders import areas

SEEDS = Path(__file__).parents[2] / "seeds"

OF_ANYBODY = {
    "people", "persons", "person", "individuals", "victims", "members", "personnel",
    "شخص", "شخصا", "أشخاص", "ضحية", "ضحايا", "شخصان", "شخصين", "ضحيتان", "ضحيتين", "فتاتان", "فتاتين",
    "شابان", "شابين", "شقيقان", "شقيقين", "صحفيان", "صحفيين اثنين", "مصريان", "سوريان", "سودانيان",
    "فلسطينيان", "ليبيان", "لبنانيان", "عراقيان", "مواطنان", "مهاجران", "موظفان", "متطوعان", "معلمان",
    "معلمتان", "لا ضحايا",
    "personnes", "personne", "victimes", "aucune victime",
    "Menschen", "Personen", "Opfer", "personas", "víctimas", "ninguna víctima",
    "kişi", "kişinin", "kurban", "insan",
}  # fmt: skip
"""What is counted, said with no word of what befell whom."""

# wording, the measures of rows that it may be in
FITTING = [
    ("745", Measure),
    ("745 people", Measure),
    ("dozens of victims", Measure),
    ("5 injured", {"injured"}),
    ("nobody was injured", {"injured"}),
    ("none wounded", {"injured"}),
    ("no deaths", {"killed", "bodies_recovered", "bodies_buried"}),
    ("5 bodies", {"killed", "bodies_recovered", "bodies_buried"}),
    ("at least 12 missing", {"missing"}),
    ("2,000 displaced people", {"displaced"}),
    ("5 casualties", {"casualties"}),
    ("no casualties", {"casualties", "killed", "injured"}),
    ("12 injured civilians killed", set()),
    ("لم يصب أحد", {"injured"}),
    ("جريحان", {"injured"}),
    ("٥ جرحى", {"injured"}),
    ("مفقودان", {"missing"}),
    ("معتقلان", {"detained"}),
    ("مختطفان", {"abducted"}),
    ("5 قتلى", {"killed", "bodies_recovered", "bodies_buried"}),
    ("personne n'a été blessé", {"injured"}),
    ("5 blessés", {"injured"}),
    ("5 disparus", {"missing"}),
    ("niemand wurde verletzt", {"injured"}),
    ("5 Vermisste", {"missing"}),
    ("nadie resultó herido", {"injured"}),
    ("5 desaparecidos", {"missing"}),
    ("yaralı yok", {"injured"}),
    ("kimse yaralanmadı", {"injured"}),
    ("5 yaralı", {"injured"}),
]

# wording, the shipped populations of rows that it is not of
OF_OTHERS = [
    ("5 people", set()),
    (
        "5 fighters",
        {"civilians", "alawite_civilians", "christian_civilians", "medical_personnel", "aid_workers"},
    ),
    ("5 civilians", {"combatants", "security_forces", "pro_assad_fighters"}),
    ("مدنيان", {"combatants", "security_forces", "pro_assad_fighters"}),
    ("5 Zivilisten", {"combatants", "security_forces", "pro_assad_fighters"}),
    ("5 women", {"children"}),
    ("5 enfants", {"women"}),
    ("5 men", {"female"}),
]


@pytest.fixture(scope="module")
def populations():
    names = ("population", "parent", "split")
    rows = csv.DictReader((SEEDS / "populations.csv").read_text("utf-8").splitlines())
    shipped = pa.Table.from_pylist([{name: row[name] for name in names} for row in rows])
    return Containment(areas(), shipped)


def _is_held(wording: str, measure: str = "killed", is_of_others=None) -> bool:
    try:
        check_nouns(parse_count(wording), measure, is_of_others)
    except Problem as problem:
        assert (str(problem.verdict), bool(problem.fix)) == ("quarantined", True)
        return True
    return False


@pytest.mark.parametrize(("wording", "measures"), FITTING)
def test_a_count_with_a_noun_is_held_in_a_row_of_another_measure(wording, measures):
    accepted = {str(measure) for measure in Measure if not _is_held(wording, measure)}
    assert accepted == {str(measure) for measure in measures}


@pytest.mark.parametrize(("wording", "others"), OF_OTHERS)
def test_a_count_with_a_noun_is_held_in_a_row_of_people_whom_it_cannot_be_of(wording, others, populations):
    held = {
        people
        for people in populations.populations
        if _is_held(wording, is_of_others=partial(populations.populations_are_disjoint, people))
    }
    assert held == others


@pytest.mark.parametrize("code", PHRASES)
def test_every_noun_of_the_grammar_says_what_befell_whom_or_is_of_anybody(code):
    phrases = PHRASES[code]
    nouns = any_of("|".join([*phrases.deeds.values(), *phrases.groups.values()]))
    named = re.compile(rf"(?<!\w)(?:{nouns})(?!\w)")
    read = {
        word for field in (phrases.units, phrases.pairs, phrases.nobody) for word in field.split("|") if word
    }
    assert {word for word in read if not named.search(fold(word))} <= OF_ANYBODY
    assert not {word for word in read & OF_ANYBODY if named.search(fold(word))}


def test_a_word_of_two_measures_is_held_with_both_and_with_what_to_write():
    cell = hold_against(read_figure("5 injured", "", "", ""), "killed")
    (finding,) = cell.findings
    assert (finding.code, finding.column, finding.value) == ("count_of_another_measure", "count", "5 injured")
    assert "“5 injured” says injured, and the measure of the row is killed" in finding.message
    assert "the number alone" in finding.fix

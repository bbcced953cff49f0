"""Every sentence has its Arabic, with the same values in it and a form for every kind of number."""

import datetime as dt
import re

import pytest

from service import deadline
from service.answers.translation import Translation
from service.answers.vintages import CAUSES, accounts_that_moved, cause
from service.deadline import TooSlow
from service.effort import did_not_survive, has_no_process, too_much_memory
from service.errors import CasualtyError
from service.language import LANGUAGES, Translator
from service.reconcile.reason_terms import REASON_MESSAGES, SINCE
from service.sentence import Named, listed, read_terms, sentence
from service.vocabulary import Role
from tests.catalogue import messages, read

SLOT = re.compile(r"%\((\w+)\)s")
TAG = re.compile(r"</?[a-z]+")
LATIN = re.compile(r"[A-Za-z]{2,}")
OTHERS = [code for code, language in LANGUAGES.items() if not language.is_english]
MANY = 3
"""The forms of an Arabic number up to this one (none, one, two) say it without a digit."""


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_holds_just_the_messages_that_are_said_and_a_translation_of_each(code):
    catalogue = read(code)
    said = {message if isinstance(message, str) else message[0] for message in messages()}
    held = {each.id if isinstance(each.id, str) else each.id[0] for each in catalogue if each.id}
    assert held == said, "make catalogue"
    blank = [each.id for each in catalogue if each.id and not all(forms(each))]
    assert blank == []


def forms(message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_values_and_the_tags_of_its_message(code):
    for message in read(code):
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[1]
        for n, form in enumerate(forms(message)):
            lacking = set(SLOT.findall(english)) - set(SLOT.findall(form))
            if isinstance(message.id, tuple) and n < MANY:
                lacking -= {"num"} | (set(SLOT.findall(english)) - set(SLOT.findall(message.id[0])))
            assert not lacking, (english, form)
            assert not set(SLOT.findall(form)) - set(SLOT.findall(english)), (english, form)
            assert sorted(TAG.findall(form)) == sorted(TAG.findall(english)), (english, form)


def test_arabic_has_six_forms_of_a_number():
    catalogue = read("ar")
    assert catalogue.num_plurals == 6
    assert all(len(message.string) == 6 for message in catalogue if isinstance(message.id, tuple))
    words = Translator("ar")
    said = {
        n: words.say_many("%(num)s report", "%(num)s reports", n) for n in (0, 1, 2, 3, 11, 100, 103, 1383)
    }
    assert said == {
        0: "لا تقارير", 1: "تقرير واحد", 2: "تقريران", 3: "3 تقارير", 11: "11 تقريرًا", 100: "100 تقرير",
        103: "103 تقارير", 1383: "1,383 تقريرًا",
    }  # fmt: skip


def test_every_reason_is_said_in_arabic_with_the_names_there(ledger):
    says = Translation(ledger.reference(), Translator("ar"))
    latakia = Named("place", "SY06|SY10|SY05", "Latakia, Tartus and Hama together")
    cell = listed([latakia, Named("population", "women", "women"), sentence(SINCE, day=dt.date(2025, 3, 6))])
    values = {"cell": cell, "number": 1225, "origin": "SOHR"}
    for message in REASON_MESSAGES:
        slots = SLOT.findall(message)
        told = says.tell(sentence(message, **{slot: values[slot] for slot in slots}))
        assert not LATIN.search(told.replace("SOHR", "")), told
    told = says.tell(sentence("its origin gave this number for %(cell)s", cell=cell))
    assert told.endswith("عن اللاذقية وطرطوس وحماة معًا، نساء، محسوبًا من 6 آذار 2025 فصاعدًا")


def test_the_parts_of_each_reason_of_evidence_make_its_english_sentence(ledger):
    points = ledger.evidence(crisis="syria-coast-2025-03", arrow=True)
    named = 0
    for point in points.select(["reason", "terms"]).to_pylist():
        if point["terms"]:
            named += 1
            assert read_terms(point["terms"])["reason"] == point["reason"]
        else:
            assert point["reason"] in REASON_MESSAGES or "%" not in point["reason"]
    assert named > 100


def test_the_parts_of_each_finding_of_reconciliation_make_its_english_sentence(ledger):
    noticed = ledger.findings(arrow=True).to_pylist()
    told = [row for row in noticed if row["terms"]]
    assert {row["code"] for row in told} >= {"slip", "retraction", "suspected_echo"}
    for row in told:
        for name, said in read_terms(row["terms"]).items():
            assert said == row[name]


def moved_account(origin, before, now):
    return accounts_that_moved({origin: before}, {origin: now}, is_up=True)


def test_every_cause_of_a_change_is_said_in_arabic(ledger):
    points = [
        {"role": role, "report_id": n, "weight": 1, "origin_id": "sohr", "origin_name": "SOHR",
         "count_stated": str(n), "best": n, "account_low": n, "account_high": n}
        for n, role in enumerate((Role.COUNTED,) * 5)
    ]  # fmt: skip
    figure = {"best": 3, "low": 3, "high": 3}
    gone = [{**point, "role": Role.WITHDRAWN} for point in points]
    raised = [{**point, "role": Role.RAISED} for point in points]
    causes = [
        cause(None, figure, points),
        cause(figure, figure, gone),
        cause(None, figure, raised),
        cause(figure, figure, [], moved_account("SOHR", (3, 3, 1), (3, None, 1))),
        cause(
            figure,
            figure,
            [],
            accounts_that_moved(
                {"SOHR": (3, 3, 2), "AFP": (3, 3, 2), "SNHR": (3, 3, 1)},
                {"SOHR": (4, 4, 2), "AFP": (5, 5, 2), "SNHR": (9, 9, 1)},
                is_up=True,
            ),
        ),
    ]
    assert [str(each) for each in causes] == [
        "first report: SOHR 3 (beside 4 more)",
        "withdrawn: SOHR 0; SOHR 1; SOHR 2 and 2 more",
        "raised to parts of it: SOHR 0; SOHR 1; SOHR 2 and 2 more",
        "what SOHR says, taken together, leaves room for at least 3; before for 3",
        "what AFP says, taken together, leaves room for 5; before for 3, "
        "and what SOHR says, taken together, leaves room for 4; before for 3",
    ]
    for each in (*causes, *map(sentence, CAUSES)):
        assert not LATIN.search(Translator("ar").tell(each).replace("SOHR", "").replace("AFP", "")), each
    assert Translator("ar").tell(causes[0]).endswith("(إلى جانب 4 تقارير أخرى)")


def test_a_sentence_that_no_catalogue_has_is_said_in_english_and_a_reason_of_another_hand_as_it_is():
    assert Translator("ar").say("Nobody wrote this.") == "Nobody wrote this."
    assert Translator("fr").say_many("%(num)s report", "%(num)s reports", 1383) == "1\u202f383 reports"
    assert Translator("ar").tell("something else") == "\u2068something else\u2069"


def test_names_in_latin_letters_keep_their_order_in_a_sentence_from_right_to_left():
    words = Translator("ar")
    assert words.isolated("SANA (via X)") == "\u2068SANA (via X)\u2069"
    assert words.isolated("مدنيون") == "مدنيون"
    assert Translator("en").isolated("SANA") == "SANA"


def too_slow() -> CasualtyError:
    """The refusal of an answer whose time is up."""
    with deadline.limit(-1, of=20), pytest.raises(TooSlow) as refused:
        deadline.check()
    return refused.value


@pytest.mark.parametrize(
    "refused", [too_slow(), too_much_memory(None), did_not_survive(), has_no_process()], ids=str
)
def test_what_a_service_under_load_refuses_is_told_in_every_language(refused: CasualtyError) -> None:
    words = Translator("ar")
    for told in (words.tell(refused.message), words.tell(refused.fix)):
        assert not LATIN.findall(re.sub(r"CASUALTY_\w+", "", told)), told

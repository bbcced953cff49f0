"""Every sentence has its Arabic, with the same values in it and a form for every kind of number."""

import re

import pytest

from service.answers.reasons import Reasons
from service.answers.vintages import CAUSES, CAUSES_WITH_REPORTS
from service.language import LANGUAGES, Translator
from service.reconcile.reasons import REASON_TEXTS
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
                lacking -= {"num"}
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


def test_every_reason_is_read_back_and_said_in_arabic_with_the_names_there(ledger):
    says = Reasons(Translator("ar"), ledger.reference())
    values = {
        "{cell}": "Latakia, Tartus and Hama together, women, attributed to Security forces and army, "
        "counted from 2025-03-06 on (683)",
        "{number}": "1,225",
        "{origin}": "SOHR",
    }
    for text in REASON_TEXTS:
        reason = text
        for slot, value in values.items():
            reason = reason.replace(slot, value)
        told = says(reason)
        assert not LATIN.search(told.replace("SOHR", "").replace("Security forces and army", "")), told
        assert told != reason
    cell = says("its origin gave this number for Latakia, Tartus and Hama together, women (683)")
    assert cell.endswith("عن اللاذقية وطرطوس وحماة معًا، نساء (683)")


def test_every_cause_of_a_change_is_said_in_arabic(ledger):
    says = Reasons(Translator("ar"), ledger.reference())
    for what in CAUSES_WITH_REPORTS:
        told = says.cause(f"{what}: SOHR 683; SNHR 1 and 2 more (beside 3 more)")
        assert not LATIN.search(told.replace("SOHR", "").replace("SNHR", "")), told
        assert told.endswith("(إلى جانب 3 تقارير أخرى)")
    assert not any(LATIN.search(says.cause(cause)) for cause in CAUSES)
    gone = says.cause(
        "SOHR: its origin has since given a newer figure; AP: carries the same figure of the same origin"
    )
    assert not LATIN.search(gone.replace("SOHR", "").replace("AP", ""))


def test_a_sentence_that_no_catalogue_has_is_said_in_english_and_a_reason_of_another_hand_as_it_is():
    assert Translator("ar").say("Nobody wrote this.") == "Nobody wrote this."
    assert Translator("fr").say_many("%(num)s report", "%(num)s reports", 1383) == "1\u202f383 reports"
    assert Reasons(Translator("ar"), None)("something else") == "something else"


def test_names_in_latin_letters_keep_their_order_in_a_sentence_from_right_to_left():
    words = Translator("ar")
    assert words.isolated("SANA (via X)") == "\u2068SANA (via X)\u2069"
    assert words.isolated("مدنيون") == "مدنيون"
    assert Translator("en").isolated("SANA") == "SANA"

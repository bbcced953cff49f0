"""A sentence is an English text that knows its message and values, and is said by them in any language."""

import copy
import datetime as dt
import json
import pickle

import pytest

from service.language import Translator
from service.schema.records import Finding, finding_row, read_finding
from service.sentence import (
    Listed,
    Named,
    Sentence,
    as_sentence,
    both_and,
    did_you_mean,
    either,
    join_sentences,
    listed,
    locate,
    many,
    only,
    read_terms,
    sentence,
    span_of,
    without_place,
    write_terms,
)
from service.vocabulary import Severity

DAY = dt.date(2025, 3, 12)
LATAKIA = Named("place", "SY06", "Latakia")
ARABIC = Translator("ar")


def test_a_sentence_is_the_english_text_to_whoever_wants_a_text():
    said = sentence(
        "It counts up to %(counted_to)s, before its period begins on %(start)s.", counted_to=DAY, start=DAY
    )
    assert said == "It counts up to 2025-03-12, before its period begins on 2025-03-12."
    assert json.dumps(said) == json.dumps(str(said))
    assert Translator("en").tell(said) == said


def test_a_sentence_is_said_in_another_language_by_its_parts_not_by_its_letters():
    said = sentence(
        "%(document)s has no column %(missing)s.", document="a.csv", missing=listed(["source", "count"])
    )
    assert ARABIC.tell(said) == "ليس في \u2068a.csv\u2069 عمود \u2068source\u2069، \u2068count\u2069."
    said = sentence("%(text)s is after today, %(today)s.", text="٢٠٣٠", today=DAY)
    assert ARABIC.tell(said) == "٢٠٣٠ بعد اليوم، 12 آذار 2025."


def test_names_sentences_and_lists_inside_a_sentence_are_said_in_the_language_too():
    kind = sentence(
        "%(kind)s, whose figures are %(standard)s", kind=sentence("the figure"), standard=sentence("totals")
    )
    assert ARABIC.tell(only(kind)) == "الرقم، وأرقامها مجاميع"
    assert ARABIC.tell(only(LATAKIA), lambda named: {"SY06": "اللاذقية"}[named.code]) == "اللاذقية"
    assert (
        ARABIC.tell(did_you_mean(["Latakia", "Tartus"]))
        == "هل تقصد \u2068Latakia\u2069 أو \u2068Tartus\u2069؟"
    )
    assert did_you_mean(()) == ""


def test_a_message_about_a_number_of_things_takes_the_form_of_the_number():
    said = [
        many("%(said)s (%(num)s row)", "%(said)s (%(num)s rows)", n, said=as_sentence("empty"))
        for n in (1, 2, 1200)
    ]
    assert said == ["empty (1 row)", "empty (2 rows)", "empty (1,200 rows)"]
    assert [ARABIC.tell(each) for each in said] == ["فارغ (صف واحد)", "فارغ (صفان)", "فارغ (1,200 صف)"]


def test_a_text_of_somebody_is_said_as_it_is():
    assert ARABIC.tell("Counted twice.") == "\u2068Counted twice.\u2069"
    assert ARABIC.tell("عُدّ مرتين.") == "عُدّ مرتين."
    assert ARABIC.tell(sentence("The report stands again: %(reason)s", reason="Counted 100 %.")).endswith(
        "Counted 100 %.\u2069"
    )


ALL_KINDS = sentence(
    "%(a)s %(b)s %(c)s %(d)s %(e)s %(f)s 100 %%",
    a="one “two” \\ three\n", b=1383, c=DAY, d=LATAKIA, e=either([LATAKIA, sentence("totals"), "x"]),
    f=many("%(num)s report", "%(num)s reports", 3),
)  # fmt: skip


AGAIN = {
    "copied": copy.deepcopy,
    "sent": lambda said: pickle.loads(pickle.dumps(said)),
    "stored": lambda said: read_terms(write_terms(message=said))["message"],
}


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
def test_a_sentence_keeps_its_parts_when_it_is_copied_sent_or_stored(again):
    said = again(ALL_KINDS)
    assert isinstance(said, Sentence)
    assert said == ALL_KINDS
    assert dict(said.values) == dict(ALL_KINDS.values)
    assert said.message == ALL_KINDS.message
    assert ARABIC.tell(said) == ARABIC.tell(ALL_KINDS)


def test_a_finding_goes_through_its_row_with_the_parts_of_its_sentences():
    finding = Finding(
        "odd_url",
        Severity.WARNING,
        sentence("“%(url)s” is not a web address.", url="x"),
        "Copy it anew.",
        row=3,
    )
    row = finding_row(finding)
    assert row["message"] == "“x” is not a web address."
    assert json.loads(row["terms"]) == {"message": ["“%(url)s” is not a web address.", {"url": "x"}]}
    assert read_finding(row) == finding
    assert read_finding(row).message.message == finding.message.message


def test_what_was_taken_out_or_was_written_by_an_earlier_version_has_no_parts():
    assert read_terms("") == read_terms("[redacted]") == {}
    row = finding_row(Finding("x", Severity.INFO, "As it was."))
    assert row["terms"] == ""
    del row["terms"]
    assert read_finding(row).message == "As it was."


def test_sentences_are_joined_located_and_spanned_without_losing_their_parts():
    fix = join_sentences(did_you_mean(["Tartus"]), "", "Copy it anew.")
    assert fix == "Did you mean Tartus? Copy it anew."
    assert ARABIC.tell(fix) == "هل تقصد \u2068Tartus\u2069؟ انسخه من جديد."
    assert locate("a.csv, row 3", fix) == "a.csv, row 3: Did you mean Tartus? Copy it anew."
    assert without_place(locate("a.csv, row 3", fix)) == fix
    assert without_place("No place: here.") == "No place: here."
    assert (str(span_of(3, 3)), str(span_of(3, 5))) == ("3", "3 to 5")
    assert str(both_and(["a", "b"])) == "a and b"
    assert isinstance(listed([1]), Listed)

"""Which cells of a document hold personal data, and what becomes of their rows?

A row with such a cell is quarantined, with a finding that names column, kind and fix and never the text;
nothing else that is found out about the row repeats a value of it. Names of known places, sources and crises
are what they are. What comes in by other ways than rows (reasons, names of documents, reference rows,
mappings) is refused. The rules themselves are in ``privacy``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import PersonalDataRefused
from service.ingest.distinct_values import RANKED_VERDICTS, Reading
from service.ingest.layout import FIGURE_COLUMNS
from service.ingest.privacy import (
    CODE,
    Kinds,
    PersonalData,
    find_personal_data,
    finding_about,
    phrase,
    withhold,
)
from service.ingest.privacy.candidates import are_candidates
from service.schema.records import Finding
from service.sentence import as_sentence, sentence
from service.vocabulary import Severity, Verdict

LONGEST_TEXT = 20_000
"""A cell with more characters is no note: it is held unread."""
_HELD = RANKED_VERDICTS.index(Verdict.QUARANTINED)
_IN_ADDRESSES = frozenset((PersonalData.EMAIL, PersonalData.POSITION))
_DIALLING_ADDRESS = re.compile(
    r"(?:wa\.me/|t\.me/\+|(?:^|[/?&:;])(?:tel|phone|mobile|whatsapp|call)[=/:]|[=/]\+)"
    r"\+?\d(?:[ ().-]?\d){6,14}",
    re.IGNORECASE,
)
_DIALLED = re.compile(
    r"(?:^|\D)(?:[+]|00[1-9])|\d \(?\d|(?:tel|phone|mobile|mob|call|cell|gsm)\W?[_ ]?\d", re.I
)
"""What tells a telephone number from the numbers that a key is made of: its prefix, groups that are parted by
spaces, or a word for it."""
FEW = 100
"""Distinct texts of all columns together up to which every one is looked at."""
_SEPARATORS = re.compile(r"[_/-]+")
"""What stands between the words of a key or the name of a file."""


def read_personal_data(
    columns: Mapping[str, pa.DictionaryArray], is_known: Callable[[str, str], bool]
) -> dict[str, Reading]:
    """Return a reading, without values, of each column that holds personal data or is too long to be
    looked at.

    ``columns`` are those of report files; ``is_known(column, text)`` says whether the text is the name of
    a place, a source or a crisis that the reference data have.
    """
    candidates = _candidates({name: column.dictionary for name, column in columns.items()})
    readings: dict[str, Reading] = {}
    for name, column in columns.items():
        findings = _findings(name, column.dictionary, candidates[name], is_known)
        if findings:
            places = range(len(column.dictionary))
            verdicts = pa.array([_HELD if place in findings else 0 for place in places], pa.int8())
            readings[f"personal data in {name}"] = Reading(column.indices, {}, verdicts, findings)
    return readings


def _candidates(texts: Mapping[str, pa.Array]) -> dict[str, list[int]]:
    """Return for each column the places of the texts that have to be looked at.

    All are gone through at once: to make the pattern ready takes longer than to look at a small document, of
    which every text is.
    """
    if sum(map(len, texts.values())) <= FEW:
        return {name: [*range(len(own))] for name, own in texts.items()}
    every = pa.concat_arrays([*texts.values()]) if texts else pa.array([], pa.string())
    might = pc.or_(are_candidates(every), pc.greater(pc.utf8_length(every), LONGEST_TEXT))
    found: dict[str, list[int]] = {}
    start = 0
    for name, own in texts.items():
        wanted = might.slice(start, len(own))
        if name == "url":  # %40 is an @
            wanted = pc.or_(wanted, pc.match_substring(own, "%"))
        found[name] = pc.indices_nonzero(wanted).to_pylist()
        start += len(own)
    return found


def _findings(
    name: str, texts: pa.Array, candidates: Iterable[int], is_known: Callable[[str, str], bool]
) -> dict[int, tuple[Finding, ...]]:
    """Return the finding about each distinct text of a column that has one, by its place."""
    findings: dict[int, tuple[Finding, ...]] = {}
    for place in candidates:
        text = texts[place].as_py()
        if len(text) > LONGEST_TEXT:
            findings[place] = (_too_long(name),)
        elif (kinds := kinds_in_cell(name, text)) and not is_known(name, text):
            findings[place] = (finding_about(kinds, name),)
    return findings


def kinds_in_cell(column: str, text: str) -> Kinds:
    """Return the kinds of personal data in a cell. The address of a page may hold words and numbers of
    any kind; a figure or a day is no telephone number."""
    if column == "url":
        return kinds_in_address(text)
    if column == "event":
        return kinds_in_key(text)
    if column in FIGURE_COLUMNS and not any(character.isalpha() or character in "@+" for character in text):
        return ()
    return find_personal_data(text)


def kinds_in_address(url: str) -> Kinds:
    """Return the kinds of personal data in the address of a page: names and other numbers are those of
    pages."""
    text = unquote(unquote(url))  # an address within an address is written in signs of signs
    kinds = tuple(kind for kind in find_personal_data(text, names=False) if kind in _IN_ADDRESSES)
    return (PersonalData.PHONE, *kinds) if _DIALLING_ADDRESS.search(text) else kinds


def kinds_in_key(text: str) -> Kinds:
    """Return the kinds of personal data in a key or a file's name, whose words are joined by - or _."""
    kinds = {*find_personal_data(text), *find_personal_data(_SEPARATORS.sub(" ", text))[:1]}
    if not _DIALLED.search(text):
        kinds.discard(PersonalData.PHONE)
    return tuple(kind for kind in PersonalData if kind in kinds)


def withhold_values(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, without any value of the rows that hold personal data."""
    findings = list(findings)
    personal = {finding.row for finding in findings if finding.code in (CODE, "text_too_long")}
    if not personal:
        return findings
    return [
        withhold(finding) if finding.row in personal and finding.code != CODE else finding
        for finding in findings
    ]


def check_text(text: str, what: str, *, names: bool = True) -> None:
    """Raise PersonalDataRefused where a text holds personal data; ``what`` names it in a sentence."""
    _refuse(find_personal_data(text, names=names), what)


def check_texts(texts: Collection[str], what: str, *, names: bool = True) -> None:
    """Raise PersonalDataRefused where one of the texts holds personal data."""
    for text in texts:
        check_text(text, what, names=names)


def check_document_name(name: str) -> None:
    """Raise PersonalDataRefused where the name of a document holds personal data: findings repeat it."""
    _refuse(kinds_in_key(name), "name of the document")


def _refuse(kinds: Kinds, what: str) -> None:
    if kinds:
        raise PersonalDataRefused(
            sentence("The %(what)s seems to hold %(kinds)s.", what=as_sentence(what), kinds=phrase(kinds)),
            fix="Say it without (“a doctor in Jableh”, “near the port”); nothing was recorded.",
        )


def _too_long(column: str) -> Finding:
    return Finding(
        "text_too_long",
        Severity.ERROR,
        sentence(
            "The %(column)s has more than %(most)s characters; nothing of it was read.",
            column=column,
            most=f"{LONGEST_TEXT:,}",
        ),
        "Say in a few sentences what matters.",
        column=column,
    )

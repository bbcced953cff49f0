"""What does the screen for personal data see, and what does it leave alone?

Run as a program it writes what it measured into ``docs/privacy.md``.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.personal_data import LONGEST_TEXT, kinds_in_address, kinds_in_key
from service.ingest.privacy import PersonalData, find_personal_data, screen_finding, withhold
from service.ingest.privacy.candidates import are_candidates
from service.schema.records import Finding
from service.vocabulary import Severity
from tests.spec.personal_texts import LATER_PERSONAL, LATER_SOUND, NAME, SEEN, SOUND, UNSEEN
from tests.thorough import twice

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "privacy.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"
ADDRESSES = {
    "https://example.org/ring-0044-20-7946-0123/mariam-haddad-34": (),
    "https://example.org/post.php?id=305543&lang=ar": (),
    "https://example.org/2025/03/08/article-1740948723": (),
    "https://example.org/maps/@35.36214,35.92533,17z": (PersonalData.POSITION,),
    "https://example.org/?q=35.36214%2C35.92533": (PersonalData.POSITION,),
    "https://example.org/?to=somebody%40example.org": (PersonalData.EMAIL,),
    "https://user:secret@example.org/": (PersonalData.EMAIL,),
    "https://wa.me/447700900123": (PersonalData.PHONE,),
    "https://example.org/?tel=%2B963944123987": (PersonalData.PHONE,),
    "https://example.org/?tel=%252B963944123987": (PersonalData.PHONE,),
    "https://example.org/tel/+963-944-123-987": (PersonalData.PHONE,),
    "https://example.org/?phone=0944123987": (PersonalData.PHONE,),
    "https://example.org/call-for-ceasefire-20250308": (),
    "https://example.org/article/+1383-killed": (),
}
KEYS = {
    "SYR-2025-1-123": (),
    "SYR12345": (),
    "x0123-ab0456": (),
    "2025-03-08_0900000123": (),
    "Jableh-2025-03-07": (),
    "Mariam-Haddad-2025": (PersonalData.NAME,),
    "2025_Sheikh_Yusuf_Darwish": (PersonalData.NAME,),
    "0044-20-7946-0123": (PersonalData.PHONE,),
    "call-0944 555 010": (PersonalData.PHONE,),
    "09 44 55 50 10": (PersonalData.PHONE,),
    "tel_0944_555_010": (PersonalData.PHONE,),
    "2025-03-08-0944-555": (),
    "IQ 2003 1234 5678": (),
}


@pytest.mark.parametrize(("text", "kind"), SEEN.items())
def test_personal_data_are_seen_for_what_they_are(text, kind):
    assert find_personal_data(text) == (kind,)


@pytest.mark.parametrize("text", SOUND)
def test_figures_places_offices_and_institutions_are_no_personal_data(text):
    assert find_personal_data(text) == ()


@pytest.mark.parametrize("text", UNSEEN)
def test_the_limits_that_the_manual_names_are_the_limits(text):
    assert find_personal_data(text) == ()


@pytest.mark.parametrize(("url", "kinds"), ADDRESSES.items())
def test_the_address_of_a_page_may_hold_words_and_numbers_of_pages(url, kinds):
    assert kinds_in_address(url) == kinds


@pytest.mark.parametrize(("key", "kinds"), KEYS.items())
def test_the_key_of_an_incident_may_hold_numbers_and_no_name(key, kinds):
    assert kinds_in_key(key) == kinds


def cells_of(path: Path) -> Iterator[str]:
    """Every cell of a file, addresses of pages apart; each spelling of a name by itself."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column, cell in row.items():
                yield from cell.split("|") if column == "aliases" else ([cell] if column != "url" else ())


def shipped_texts() -> Iterator[str]:
    """Every cell of the seeds, and every line of their TOML files."""
    for path in (ROOT / "seeds").rglob("*.csv"):
        yield from cells_of(path)
    for path in (ROOT / "seeds").rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        tomllib.loads(text)
        yield from text.splitlines()


def test_nothing_of_the_shipped_seeds_is_taken_for_personal_data():
    texts = set(shipped_texts())
    assert len(texts) > 2_000
    places = {text for path in (ROOT / "seeds").glob("areas.csv") for text in cells_of(path)}
    # a city is named after somebody; places are looked at for numbers alone
    hits = {text: find_personal_data(text, names=text not in places) for text in texts}
    assert {text: kinds for text, kinds in hits.items() if kinds} == {}


@given(st.lists(st.sampled_from([*SEEN, *LATER_PERSONAL, *SOUND, *LATER_SOUND]), min_size=1, max_size=3))
@twice
def test_what_is_seen_is_always_among_the_candidates(texts):
    text = "; ".join(texts)
    assert not find_personal_data(text) or are_candidates(pa.array([text]))[0].as_py()


@given(st.text(alphabet=st.sampled_from("Aa b-'’al.,()0135+@°اأحمد ٣٤"), max_size=60))
@twice
def test_any_text_can_be_looked_at_and_what_is_seen_is_a_candidate(text):
    assert not find_personal_data(text) or are_candidates(pa.array([text]))[0].as_py()


@pytest.mark.parametrize("text", ["A-b'c-d" * 3_000, "Xyz Abc " * 3_000, "+1 2 3 " * 3_000, "محمد " * 5_000])
def test_a_long_text_is_looked_at_to_its_end(text):
    assert len(text) > LONGEST_TEXT
    assert PersonalData.EMAIL in find_personal_data(text + " somebody@example.org")


@pytest.mark.parametrize("text", [*SEEN, *LATER_PERSONAL])
def test_a_finding_does_not_repeat_what_it_withholds(text):
    finding = Finding("unknown_name", Severity.ERROR, f"“{text}” is unknown.", f"Is “{text}” it?", value=text)
    shown = withhold(finding)
    assert text not in f"{shown.message}{shown.fix}{shown.value}"
    assert shown.code == "unknown_name"
    if find_personal_data(text):
        assert screen_finding(finding) == shown


def measured() -> str:
    """How many of the later texts are seen, and taken for something they are not, as the manual shows it."""
    groups: dict[str, list[bool]] = {}
    for text, kind in LATER_PERSONAL.items():
        script = "Arabic" if any("\u0600" <= letter <= "\u06ff" for letter in text) else "Latin"
        group = f"names, {script} letters" if kind == NAME else "numbers, addresses, positions"
        groups.setdefault(group, []).append(find_personal_data(text) == (kind,))
    seen = sum(map(sum, groups.values()))
    false = sum(bool(find_personal_data(text)) for text in LATER_SOUND)
    lines = ["| texts with | seen | of |", "|---|---:|---:|"]
    lines += [f"| {group} | {sum(hits)} | {len(hits)} |" for group, hits in groups.items()]
    lines += [
        "",
        f"Of {len(LATER_SOUND)} sound texts {false} is held without need: "
        f"precision {seen / (seen + false):.0%}, recall {seen / len(LATER_PERSONAL):.0%}.",
    ]
    return "\n".join(lines) + "\n"


def test_the_manual_says_what_was_measured():
    assert MANUAL.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0] == measured()


if __name__ == "__main__":
    before, _, rest = MANUAL.read_text(encoding="utf-8").partition(BEGIN)
    MANUAL.write_text(f"{before}{BEGIN}{measured()}{END}{rest.partition(END)[2]}", encoding="utf-8")

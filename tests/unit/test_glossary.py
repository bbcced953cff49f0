"""GLOSSARY.md says what the enums say: no term missing, none invented."""

import inspect
import re
from pathlib import Path

import pytest

from service import vocabulary

GLOSSARY = (Path(__file__).parents[2] / "GLOSSARY.md").read_text(encoding="utf-8")
ENUMS = [
    member
    for _, member in inspect.getmembers(vocabulary, inspect.isclass)
    if issubclass(member, vocabulary.Term) and member is not vocabulary.Term
]


def section(name: str) -> dict[str, str]:
    text = GLOSSARY.split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, flags=re.MULTILINE))


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_the_glossary_lists_every_term_with_its_meaning_and_no_other(enum):
    assert section(enum.__name__) == {str(term): term.meaning for term in enum}


def test_every_enum_is_seen():
    assert {enum.__name__ for enum in ENUMS} >= {
        "Measure",
        "Basis",
        "Standard",
        "Role",
        "Grade",
        "Verdict",
        "Severity",
    }

"""What is said of a figure reads as somebody would write it, in each language: no signs twice, nothing of
which there is none, no part that was not filled in."""

from __future__ import annotations

import re

import pytest

from service.answers.translation import Translation
from service.api import Ledger
from service.charts.kinds.why import why as draw_why
from service.charts.text import Words
from service.language import LANGUAGES

ILL = {
    "a sign twice": r"([.,;:،؛])\s*\1|\.\s*…|…\s*\.|[,;:،؛]\s*\.",
    "a blank before a sign, or two blanks": r"\s[.,;:،؛)]|\(\s|  ",
    "nothing of which there is none": r"(?<![\d,.])0 (?:copies|superseded|figures)|لا (?:نسخ|أرقام)",
    "a part that was not filled in": r"%\(|\{\w*\}|None|nan\b",
    "a capital inside of a sentence": r", Civilians|, All people",
    "empty brackets or isolates": r"\(\)|\u2068\u2069|\u2068\u2068",
}
CELL = ["area_code", "population", "attributed_to", "period_start"]
DAYS = ("2025-03-09", "2025-03-12", None)
CRISES = ("syria-coast-2025-03", "libya-derna-2023-09")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("crisis", CRISES)
def test_no_sentence_about_a_figure_reads_ill(ledger: Ledger, crisis: str, code: str) -> None:
    words = Words(code)
    translation = Translation(ledger.reference(), words)
    told: set[str] = set()
    for as_of in DAYS:
        figures = ledger.figures(crisis=crisis, measure="killed", as_of=as_of, arrow=True)
        for row in figures.select(CELL).to_pylist()[:60]:
            cell = {name: value for name, value in row.items() if value and name != "area_code"}
            explanation = translation.explanation(
                ledger.explain(crisis=crisis, measure="killed", area=row["area_code"], as_of=as_of, **cell)
            )
            told |= {*explanation.sentences, draw_why(explanation, words, {}, is_alone=False).said}
    assert len(told) > 60 or crisis != CRISES[0]
    ill = {name: [each for each in told if re.search(pattern, each)][:3] for name, pattern in ILL.items()}
    assert {name: each for name, each in ill.items() if each} == {}

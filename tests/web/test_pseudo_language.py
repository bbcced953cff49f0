"""Nothing on a page is outside its catalogue: every message is said in marks, and what has none is data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import NullTranslations

import httpx
import pytest

from service.api import Ledger
from service.language import translator
from service.reference import labels
from service.web.pages import page as pages
from service.web.pages import templating
from tests.serving import serving
from tests.web.reading import REPORT, TRANSLATED, Reading

HTML = {"Accept": "text/html"}


class Pseudo(NullTranslations):
    """A catalogue that puts marks around the words of every message, and none around its values."""

    VALUE = re.compile(r'(?<!=")%\(\w+\)s')

    def gettext(self, message: str) -> str:
        return f"⟦{self.VALUE.sub(lambda value: f'⟧{value[0]}⟦', message)}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture(scope="module")
def marked(ledger: Ledger) -> Iterator[httpx.Client]:
    """A service whose Arabic says every message in marks."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (translator, templating, labels):
            patch.setattr(module, "catalogue", lambda code: Pseudo() if code == "ar" else NullTranslations())
        for kept in (pages.words_of, templating._environment):
            kept.cache_clear()
        with serving(ledger) as address, httpx.Client(base_url=address, headers=HTML, timeout=60) as client:
            yield client
        for kept in (pages.words_of, templating._environment):
            kept.cache_clear()


@pytest.fixture(scope="module")
def data(ledger: Ledger) -> re.Pattern[str]:
    """What may stand outside the marks in Latin letters: what sources wrote and names that stand for
    themselves. Blanks do not count, since lines of a picture break names."""
    reference = ledger.reference()
    reports, findings = ledger.reports(arrow=True), ledger.findings(arrow=True)
    told: set[str] = {"CSV", "JSON", "SVG", "PNG", "HTML", "Parquet", "English", "Personal data"}
    told |= {"HTTP", "OWASP", "language=ar", "llms.txt"}  # of the start page of the guides
    for table, columns in (
        (reports, ("report_id", "url", "count_stated", "area_stated", "note", "withdrawn")),
        (reference.source, ("source_id", "name", "country", "independence", "url")),
        (reference.area, ("area_code",)),
        (reference.crisis, ("crisis_id",)),
        (ledger.mappings(arrow=True), ("name",)),
        (findings, ("code", "document", "subject")),
    ):
        for column in columns:
            told |= {str(cell) for cell in table.column(column).to_pylist() if cell}
    own = next(row for row in reports.to_pylist() if row["report_id"] == REPORT)
    told |= {cell for cell in own.values() if isinstance(cell, str) and cell}  # as a file of reports has it
    without_blanks = {re.sub(r"\s", "", each) for each in told}
    longest_first = sorted(without_blanks, key=lambda each: (-len(each), each))
    fixed = [r"https?://\S*", r"\d+-[0-9a-f]{12}", r"[a-z-]+/\d+", "check=slip", r"\d{4}-\d\d-\d\d"]
    return re.compile("|".join([*map(re.escape, longest_first), *fixed]))


def unmarked(texts: list[str]) -> str:
    """Return what stands outside the marks, one text after the other, without blanks."""
    outside: list[str] = []
    depth = 0
    for text in texts:
        before = depth
        outside.append("\n")
        is_cut = text.rstrip("\u200e\u2069").endswith("…")  # a name for which there is no room
        for letter in text:
            depth = max(0, depth + {"⟦": 1, "⟧": -1}.get(letter, 0))  # a value cut out brings its end along
            if depth == 0 and not is_cut and letter not in "⟦⟧":
                outside.append(letter)
        if is_cut:
            depth = min(depth, before)
    assert depth == 0
    return re.sub(r"[ \u2066-\u2069]", "", "".join(outside))


@pytest.mark.parametrize("path", TRANSLATED)
def test_a_page_says_nothing_outside_its_catalogue_but_data(
    marked: httpx.Client, data: re.Pattern[str], path: str
) -> None:
    answer = marked.get(f"/ar{path}")
    assert answer.status_code == 200
    page = Reading(answer.text)
    for text in (unmarked(page.texts).replace("\n", ""), *(unmarked([each]) for each in page.attributes)):
        left = [each for each in re.findall(r"[A-Za-z]{3,}", data.sub("·", text)) if each != "casualty"]
        assert left == []

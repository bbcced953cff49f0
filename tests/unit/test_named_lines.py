"""A refusal that names a line names the one in which a text editor shows that its row begins."""

from __future__ import annotations

import io
import random
import re

import openpyxl
import pytest

from service.errors import UnreadableDocument
from service.ingest.readers import Options, encoding, open_document, read_chunks

END = ("\n", "\r\n", "\r")
TITLES = ("", "Situation report 3,,\n", 'A title,"in two\nlines",\n\n')
ROWS = (
    "Jableh,5,x\n",
    "Banias,6,\n",
    'Latakia,7,"in\nthree\n\nlines"\n',
    "\n",
    '"Tar""tus",8,"a, b"\n',
    ",,\n",
)
BROKEN = {
    "too long": ("Homs,9,x,y\n", r"The row that begins in line (\d+) has 4 cells, more than the 3 columns"),
    "too short": ("Homs,9\n", r"The row that begins in line (\d+) has 2 cells, fewer than the 3 columns"),
    "too long, in two lines": ('Homs,"9\n",x,y\n', r"The row that begins in line (\d+) has 4 cells"),
    "text after a quote": ('Homs,"9"9,x\n', r"is broken in the row that begins in line (\d+): "),
    "a quote never closed": ('Homs,"9,x\n', r"is broken in the row that begins in line (\d+): "),
    "a cell too long": (f"Homs,{'9' * 140_000},x\n", r"characters in the row that begins in line (\d+)\."),
}


def said(data: bytes, name: str = "a.csv") -> str:
    """Return the first thing that is said against a row of a document, or the document's refusal."""
    with open_document(data, name, Options()) as document:
        try:
            rejected = [row for chunk in read_chunks(document) for row in chunk.rejected]
        except UnreadableDocument as refusal:
            return str(refusal)
    return rejected[0].finding.message


def draw_csv(rng: random.Random, row: str) -> tuple[bytes, int]:
    """Return a file with a broken row, and the line of the row in a text editor."""
    titles = rng.choice(TITLES)
    before = "".join([titles, "areas,count,note\n", *rng.choices(ROWS, k=rng.randrange(40))])
    after = "".join(rng.choices(ROWS, k=rng.randrange(4)))
    end, mark = rng.choice(END), rng.choice(("", "\ufeff"))
    text = f"{before}{row}{after}".replace("\n", end)
    return (mark + text).encode(), before.count("\n") + 1


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("block", [1 << 23, 16], ids=["whole", "in blocks"])
def test_a_broken_row_of_a_csv_is_named_by_the_line_in_which_it_begins(monkeypatch, broken, block):
    monkeypatch.setattr(encoding, "BLOCK", block)
    monkeypatch.setattr(encoding, "_SAMPLE", block)
    row, pattern = broken
    for seed in range(40 if len(row) < 100 else 6):
        data, line = draw_csv(random.Random(seed), row)
        found = re.search(pattern, message := said(data))
        assert found, (seed, message, data)
        assert int(found[1]) == line, (seed, message, data)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_broken_line_of_ndjson_is_named_by_its_place_in_the_file(end):
    lines = ['{"areas": "Jableh", "count": 5}', "", "  ", '{"areas": "Banias" "count": 6}']
    message = said(end.join(lines).encode(), "a.ndjson")
    assert message == "Line 4 is not a JSON object: Expecting ',' delimiter at character 20."


@pytest.mark.parametrize("gap", [0, 3])
def test_a_row_of_a_sheet_that_is_too_long_is_named_by_the_number_beside_it(gap):
    book = openpyxl.Workbook()
    for number, cells in ((2 + gap, ["areas", "count"]), (4 + 2 * gap, ["Homs", 9, 9])):
        for column, cell in enumerate(cells, 1):
            book.active.cell(number, column, cell)
    file = io.BytesIO()
    book.save(file)
    message = said(file.getvalue(), "a.xlsx")
    assert message == f"Row {4 + 2 * gap} of the sheet has 3 cells, more than the 2 columns."


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", END)
def test_a_byte_that_is_no_letter_is_named_by_its_line(charset, end):
    text = end.join(["areas,count", "\u0a0aJableh,5", "Banias,6", "Tartus,"]).encode(charset)
    wrong = text + (
        b"\xd8\x00\x00x" if charset == "utf-16-be" else b"\x00\xd8x\x00" if "16" in charset else b"\xff"
    )
    if charset == "utf-16-be":
        wrong = b"\xfe\xff" + wrong
    assert "(line 4) is" in said(wrong)


def test_a_letter_that_ends_lines_elsewhere_parts_no_rows_of_titles():
    data = "Report\u2028three,,\nareas,count,note\nJableh,5,x\nHoms,9\n".encode()
    assert said(data).startswith("The row that begins in line 4 has 2 cells")

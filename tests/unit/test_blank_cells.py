"""A sheet that is formatted far beyond its table is read like one that is not, in about the same time."""

from __future__ import annotations

import io
import random
from unittest import mock

import pytest

from service.errors import CasualtyError, UnreadableDocument
from service.ingest.readers import sheet_xml, spreadsheet
from service.ingest.readers.sheet_xml import MOST_UNPLACED_BLANKS, WithoutBlanks
from tests.faults.hostile import GOOD, _sheet

FORMS = (
    '<c r="{place}" s="1"/>', '<c r="{place}" s="1"></c>', '<c r="{place}"><v></v></c>',
    '<c r="{place}"><v/></c>',
    "<c r='{place}' s='1'/>", '<c r="{place}"><v>{number}</v></c>', '<c r="{place}"><v>{number}</v></c>',
    '<c r="{place}"><f>1+1</f><v>7</v></c>', '<c r="{place}"><f>1+1</f></c>', "",
    '<c r="{place}" t="inlineStr"><is><t>&lt;c r="A1"/&gt; {number}</t></is></c>',
)  # fmt: skip


def row_of(number: int, values: object) -> str:
    texts = (
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
        for at, value in enumerate(values)
    )
    return f'<row r="{number}">{"".join(texts)}</row>'


def any_sheet(chance: random.Random) -> bytes:
    """A workbook with rows and cells of every form, blank ones among them, a few without a place."""
    rows, number = [row_of(1, GOOD)], 1
    for _ in range(chance.randrange(1, 30)):
        number += chance.choice((1, 1, 1, 2, 5))
        cells = [
            chance.choice(FORMS).format(place=f"{chr(65 + at)}{number}", number=chance.randrange(999))
            for at in range(chance.randrange(9))
        ]
        cells += ["<c s='2'/>"] * (chance.random() < 0.02)
        extra = chance.choice(("", ' hidden="1"', ' s="1" customFormat="1"'))
        rows.append(f'<row r="{number}"{extra}>{"".join(cells)}</row>' if cells else f'<row r="{number}"/>')
    return _sheet("".join(rows))


def read(data: bytes) -> object:
    try:
        return [
            (chunk.table.to_pydict(), chunk.notices)
            for chunk in spreadsheet.read_xlsx(io.BytesIO(data), "a.xlsx")
        ]
    except CasualtyError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(60))
def test_a_sheet_says_the_same_with_its_blank_cells_and_without(seed: int) -> None:
    chance = random.Random(seed)
    data = any_sheet(chance)
    with mock.patch.object(spreadsheet, "_open_without_blanks", lambda get_source: get_source()):
        expected = read(data)
    with mock.patch.object(sheet_xml, "_BLOCK", chance.choice((16, 64, 200, 1 << 16))):
        assert read(data) == expected


def test_the_parser_sees_none_of_a_hundred_thousand_blank_cells() -> None:
    rows = (
        "".join(f'<c r="{letter}{number}" s="1"/>' for letter in "ABCDEFGHIJ") for number in range(3, 10_000)
    )
    blank = "".join(f'<row r="{number}" s="1">{cells}</row>' for number, cells in enumerate(rows, 3))
    xml = (row_of(1, GOOD) + row_of(2, GOOD.values()) + blank).encode()
    part, seen = WithoutBlanks(io.BytesIO(xml)), b""
    while block := part.read():
        seen += block
    assert len(xml) > 200 * len(seen)
    assert read(_sheet(xml.decode())) == read(_sheet(row_of(1, GOOD) + row_of(2, GOOD.values())))


def test_blank_cells_without_a_place_are_as_many_as_a_table_has() -> None:
    for number, fits in ((MOST_UNPLACED_BLANKS, True), (MOST_UNPLACED_BLANKS + 1, False)):
        xml = ("<row>" + "<c/>" * number + "</row>").encode()
        if fits:
            assert not sheet_xml.scan_sheet(io.BytesIO(xml), "a.xlsx").is_placed
        else:
            with pytest.raises(UnreadableDocument, match="more than 100,000 blank cells"):
                sheet_xml.scan_sheet(io.BytesIO(xml), "a.xlsx")


def test_a_tag_without_end_is_not_kept_in_memory() -> None:
    part = WithoutBlanks(io.BytesIO(b'<c r="' + b"A" * 1_000_000))
    sizes = []
    while block := part.read():
        sizes.append(len(block))
    assert sum(sizes) == 1_000_006
    assert max(sizes) < 200_000

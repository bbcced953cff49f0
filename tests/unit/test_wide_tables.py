"""A table of very many columns, or a mapping of very many figures, costs no more than its size."""

import datetime as dt

import pytest

from service.errors import UnreadableDocument
from service.ingest import read_reports
from service.ingest.layout import MOST_TOLD
from service.ingest.mapping.definition import parse_mapping
from service.ingest.readers.chunk import MOST_COLUMNS
from tests.builders import reference

TODAY = dt.date(2026, 1, 1)
NAMES = "crisis,source,published_on,areas,measure,population,count"
VALUES = "coast,Desk,2025-03-08,SY06,killed,all,7"


def wide(columns: int) -> bytes:
    names = ",".join(f"c{number}" for number in range(columns))
    return f"{NAMES},{names}\n{VALUES}{',' * columns}\n".encode()


def test_a_table_wider_than_any_spreadsheet_is_refused_with_its_width():
    with pytest.raises(UnreadableDocument, match="columns; at most 16,384 are read"):
        read_reports(wide(MOST_COLUMNS), "wide.csv", reference(), today=TODAY)


def test_rows_of_more_names_than_any_spreadsheet_has_columns_are_refused_with_their_number():
    cells = ",".join(f'"c{number}":"1"' for number in range(MOST_COLUMNS + 1))
    with pytest.raises(UnreadableDocument, match="16,385 different names"):
        read_reports(f"[{{{cells}}}]".encode(), "wide.json", reference(), today=TODAY)


def test_many_columns_that_are_not_read_are_told_in_few_findings():
    batch = read_reports(wide(MOST_TOLD + 30), "wide.csv", reference(), today=TODAY)
    told = [finding.message for finding in batch.findings if finding.code == "unknown_column"]
    assert (batch.reports.num_rows, len(told)) == (1, MOST_TOLD + 1)
    assert told[-1] == f"30 further columns are not read, from c{MOST_TOLD} to c{MOST_TOLD + 29}."


def test_figures_of_one_column_are_told_apart_by_number():
    figures = "".join(f'[[figure]]\ncount = "{{dead}}"\npopulation = "{name}"\n' for name in ("all", "women"))
    mapping = parse_mapping(f"{figures}[[figure]]\ncount = '{{hurt}}'\n".encode(), "own")
    assert list(mapping.figures_by_label()) == ["dead", "dead (2)", "hurt"]
    assert [figure.name for figure in mapping.figures_by_label().values()] == ["dead", "dead", "hurt"]

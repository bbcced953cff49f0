"""Which mapping says what somebody has said of the columns of one table, and the other way round?

A person chooses above each column of a table what it means; the mapping that says the same is kept, so that
the next table of that layout is read without asking. It must not know where the choices were made.

>>> print(write_mapping("Bulletin", {"Ort": "areas", "Tote": "count:killed"}, {"source": "sohr"}))
title = "Bulletin"
<BLANKLINE>
[fields]
source = "sohr"
areas = "{Ort}"
<BLANKLINE>
[[figure]]
count = "{Tote}"
measure = "killed"
<BLANKLINE>
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from service.errors import QueryError
from service.ingest.cell_text import column_name
from service.ingest.layout import FIGURE_COLUMNS, REPORT_FILE_COLUMNS
from service.ingest.mapping.definition import Field, ReportMapping
from service.ingest.mapping.template import Template
from service.sentence import sentence
from service.vocabulary import Measure

COUNT_OF = "count:"
"""How a meaning begins by which a column is a count of one measure."""
_OF_A_TEMPLATE = re.compile(r"[{}|]|^[@#]")
"""What a mapping would not read as the name of a column."""
_SAID_BEFORE = "left out where the layout was shown"


class Example(NamedTuple):
    """What each column means, by its name as the readers give it, what is said of all rows, and the pattern
    by which days are written, if one is declared."""

    columns: dict[str, str]
    about: dict[str, str]
    dates: tuple[str, ...] = ()


def write_mapping(
    title: str, columns: Mapping[str, str], about: Mapping[str, str], dates: Sequence[str] = ()
) -> str:
    """Return the TOML of a mapping: ``columns`` says of each heading what it means (a column of a report
    file, ``count:MEASURE``, or "" for nothing), ``about`` what is said of all rows where no column says it,
    ``dates`` by which patterns days are written.

    Raises QueryError for a heading that a mapping cannot name.
    """
    fields: dict[str, str] = {name: _constant(name, text) for name, text in about.items() if text}
    figures: list[dict[str, str]] = []
    bounds: dict[str, str] = {}
    for heading, meaning in columns.items():
        if meaning.startswith(COUNT_OF):
            figures.append({"count": _column(heading), "measure": meaning.removeprefix(COUNT_OF)})
        elif meaning in FIGURE_COLUMNS:
            bounds[meaning] = _column(heading)
        elif meaning:
            fields[meaning] = _column(heading)
    if figures:
        fields.pop("measure", None)
    figures = [bounds, *figures] if bounds else figures
    ignored = {heading: _SAID_BEFORE for heading, meaning in columns.items() if not meaning}
    return "\n".join(_lines(title, dates, fields, figures, ignored))


def read_example(mapping: ReportMapping) -> Example | None:
    """Return what a mapping says of columns, if it says no more than ``write_mapping`` can; else None."""
    says_more = (
        mapping.words, mapping.sheets, mapping.header, mapping.day_columns, mapping.blanks,
        mapping.register, mapping.is_folded, mapping.is_blank_retracted, mapping.date_format.patterns[1:],
        mapping.date_format.locale,
        any(figure.when for figure in mapping.figures),
    )  # fmt: skip
    if any(says_more):
        return None
    columns: dict[str, str] = {}
    about: dict[str, str] = {}
    for name, field in mapping.fields.items():
        column, text = _plain(field)
        if column:
            columns[column_name(column)] = name
        elif text is not None:
            about[name] = text
        else:
            return None
    for figure in mapping.figures:
        meanings = _meanings_of_figure(figure.fields)
        if meanings is None:
            return None
        columns |= meanings
    return Example(columns, about, mapping.date_format.patterns)


def _meanings_of_figure(fields: Mapping[str, Field]) -> dict[str, str] | None:
    """Return what the columns of a figure mean; None where it says more than that."""
    given = {name: _plain(field) for name, field in fields.items()}
    _, measure = given.pop("measure", ("", ""))
    columns = {name: column for name, (column, _) in given.items()}
    if not all(columns.values()) or set(columns) - set(FIGURE_COLUMNS):
        return None
    if not measure:
        return {column_name(column): name for name, column in columns.items()}
    if set(columns) != {"count"} or measure not in list(Measure):
        return None
    return {column_name(columns["count"]): f"{COUNT_OF}{measure}"}


def _plain(field: Field) -> tuple[str, str | None]:
    """Return the one column that a field is, or its text; neither where it is more than that."""
    if not isinstance(field, Template):
        return "", None
    if not field.columns:
        return "", field.texts[0]
    is_one = field.texts == ("", "") and len(field.columns[0]) == 1
    return (field.columns[0][0], None) if is_one else ("", None)


def _column(heading: str) -> str:
    if _OF_A_TEMPLATE.search(heading) or not column_name(heading):
        raise QueryError(
            sentence("A mapping cannot name the column “%(heading)s”.", heading=heading[:60]),
            fix="Give the column another heading, or leave it out.",
        )
    return f"{{{heading.strip()}}}"


def _constant(name: str, text: str) -> str:
    if "{" in text or "}" in text:
        raise QueryError(
            sentence("What is said of all rows as %(name)s holds a brace.", name=name), fix="Say it without."
        )
    return text


def _lines(
    title: str,
    dates: Sequence[str],
    fields: Mapping[str, str],
    figures: list[dict[str, str]],
    ignored: Mapping[str, str],
) -> Iterator[str]:
    yield f"title = {_text(title)}"
    if dates:
        yield f"dates = [{', '.join(map(_text, dates))}]"
    yield from (
        "",
        "[fields]",
        *(f"{name} = {_text(fields[name])}" for name in REPORT_FILE_COLUMNS if name in fields),
    )
    for figure in figures:
        yield from ("", "[[figure]]", *(f"{name} = {_text(text)}" for name, text in figure.items()))
    if ignored:
        yield from ("", "[ignore]", *(f"{_text(name)} = {_text(why)}" for name, why in ignored.items()))
    yield ""


def _text(text: str) -> str:
    """Return a text as TOML writes it, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

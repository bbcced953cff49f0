"""What is each reason of evidence made of: its message, and the number, the origin or the cell it names?

A page says a reason in its own language by these parts, which stand beside the English sentence as JSON
(``service.sentence``). This module does not know how evidence is found, nor any language.
"""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.claims import Claims
from service.reconcile.columns import NONE, Column, Whole, array, texts
from service.reconcile.reasons import RAISED_TO_ONE, RAISED_TO_SUM, REASON_TEXTS, WITHDRAWN
from service.reference.labels import Labels
from service.sentence import Named, Sentence, Value, listed, message, sentence

SLOTS = {"number": "{number}", "origin": "{origin}", "about": "{cell}"}
"""How the words of a reason mark what it names, by the column that has it."""
ATTRIBUTED = message("attributed to %(party)s")
SINCE = message("counted from %(day)s on")
WITH_FIGURE = "%(cell)s (%(figure)s)"
"""How a cell is named together with its figure; it needs no translation."""


def message_of(reason: str) -> str:
    """Return a reason as a message: its slot as a catalogue has it.

    >>> message_of("its origin gave this number for {cell}")
    'its origin gave this number for %(cell)s'
    """
    for slot in SLOTS.values():
        reason = reason.replace(slot, f"%({slot[1:-1]})s")
    return reason


REASON_MESSAGES = tuple(map(message_of, REASON_TEXTS))
_BEFORE = texts([f"[{json.dumps(each, ensure_ascii=False)}," for each in (*REASON_MESSAGES, "")])


def reason_codes(rows: dict[str, Column], claims: Claims, cells: pa.Table) -> pa.Array:
    """Return what the reason of each row names, short, for it is kept with every row of evidence: a JSON
    array of the place of its message among REASON_MESSAGES and a number, the id of an origin, or a cell
    (areas, population, party, beginning, figure; "" where they are those of the row's own cell). "" where it
    names nothing, or was written by the desk."""
    names_something = np.zeros(len(rows["kind"]), np.bool_)
    for column in SLOTS:
        names_something |= rows[column] != NONE
    some = np.flatnonzero(names_something)
    at: Whole = np.zeros(len(names_something), np.int64)
    at[some] = 1 + np.arange(len(some))
    named = {column: values[some] for column, values in rows.items()}
    values = pa.array(named["number"]).cast(pa.string())
    for column, code in (("origin", _origin_code), ("about", _cell_code)):
        is_named = named[column] != NONE
        if is_named.any():
            own = pa.array(np.maximum(named[column], 0))
            values = pc.if_else(pa.array(is_named), code(named, own, claims, cells), values)
    kind = pa.array(named["kind"]).cast(pa.string())
    codes = pc.binary_join_element_wise("[", kind, ",", values, "]", "")
    return pa.concat_arrays([pa.array([""], pa.string()), codes.cast(pa.string())]).take(pa.array(at))


def _origin_code(_: dict[str, Column], origin: pa.Array, claims: Claims, __: pa.Table) -> pa.Array:
    return quoted(claims.speakers.source_id).take(origin)


def _cell_code(rows: dict[str, Column], about: pa.Array, _: Claims, cells: pa.Table) -> pa.Array:
    own = pa.array(rows["cell"])
    parts = [quoted(cells.column("areas").combine_chunks()).take(about)]
    for name, column in (("population_name", "population"), ("attribution_name", "attributed_to")):
        is_other = _is_other(cells, name, about, own)
        codes = quoted(cells.column(column).combine_chunks())
        parts.append(pc.if_else(is_other, codes.take(about), '""'))
    since, is_other = _other_beginning(cells, about, own)
    parts.append(pc.fill_null(pc.if_else(is_other, quoted(since), '""'), '""'))
    figure = pc.fill_null(array(rows["low"]).cast(pa.string()), "null")
    parts.append(pc.if_else(_is_raise(rows), figure, '""'))
    return pc.binary_join_element_wise(*parts, ",")


def reason_of(code: str, labels: Labels) -> Sentence:
    """Return the reason that ``reason_codes`` wrote short, with the names of ``labels`` in it."""
    kind, *named = json.loads(code, strict=False)
    text = REASON_MESSAGES[kind]
    if "%(number)s" in text:
        return sentence(text, number=named[0])
    if "%(origin)s" in text:
        return sentence(text, origin=Named("source", named[0], labels.source(named[0])))
    areas, population, party, since, figure = named
    parts: list[Value] = [Named("place", areas, labels.places(areas))]
    if population:
        parts.append(Named("population", population, labels.population(population)))
    if party:
        parts.append(sentence(ATTRIBUTED, party=Named("population", party, labels.attribution(party))))
    if since:
        parts.append(sentence(SINCE, day=dt.date.fromisoformat(since)))
    cell: Value = listed(parts)
    return sentence(text, cell=cell if figure == "" else sentence(WITH_FIGURE, cell=cell, figure=figure))


def reason_parts(rows: dict[str, Column], claims: Claims, cells: pa.Table) -> pa.Array:
    """Return the message of the reason of each row and its values, as JSON. What the desk wrote about a
    withdrawn report has none."""
    kind = rows["kind"]
    values = pa.array(np.repeat("{}", len(kind)), pa.string())
    for column, slot in SLOTS.items():
        if (rows[column] == NONE).all():
            continue
        value = _value(column, rows, claims, cells)
        stated = pc.binary_join_element_wise(f'{{"{slot[1:-1]}":', value, "}", "")
        values = pc.if_else(pa.array(rows[column] != NONE), stated, values)
    before = _BEFORE.take(pa.array(np.minimum(kind, WITHDRAWN)))
    return pc.binary_join_element_wise(before, values, "]", "")


def _value(column: str, rows: dict[str, Column], claims: Claims, cells: pa.Table) -> pa.Array:
    """Return what a column of the rows names, as JSON; anything where it names nothing."""
    if column == "number":
        return pa.array(rows["number"]).cast(pa.string())
    at = pa.array(np.maximum(rows[column], 0))
    if column == "origin":
        return quoted(claims.speakers.name).take(at)
    return _other_cells(rows, at, cells)


def _other_cells(rows: dict[str, Column], about: pa.Array, cells: pa.Table) -> pa.Array:
    """Return each row's other cell: its place; people, party and beginning where they are others, as
    ``reasons`` has it in words."""
    own = pa.array(rows["cell"])
    parts = [_named("place", cells, "areas", "place_name", about)]
    for name, column, before, after in (
        ("population_name", "population", "", ""),
        ("attribution_name", "attributed_to", f'["{ATTRIBUTED}",{{"party":', "}]"),
    ):
        said = _named("population", cells, column, name, about)
        words = pc.binary_join_element_wise(f",{before}", said, after, "")
        parts.append(pc.if_else(_is_other(cells, name, about, own), words, ""))
    since, is_other = _other_beginning(cells, about, own)
    begin, end = f',["{SINCE}",{{"day":{{"day":"', '"}}]'
    said = pc.binary_join_element_wise(begin, since, end, "")
    parts.append(pc.fill_null(pc.if_else(is_other, said, ""), ""))
    together = pc.binary_join_element_wise('{"list":[', *parts, '],"between":", "}', "")
    figure = pc.fill_null(array(rows["low"]).cast(pa.string()), "null")
    begin = f'["{WITH_FIGURE}",{{"cell":'
    raised = pc.binary_join_element_wise(begin, together, ',"figure":', figure, "}]", "")
    return pc.if_else(_is_raise(rows), raised, together)


def _is_other(cells: pa.Table, name: str, about: pa.Array, own: pa.Array) -> pa.Array:
    """Return where another cell is called otherwise than a row's own."""
    names = cells.column(name).combine_chunks()
    other = names.take(about)
    return pc.and_(pc.not_equal(other, names.take(own)), pc.not_equal(other, ""))


def _other_beginning(cells: pa.Table, about: pa.Array, own: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return from which day other cells count, and where that is another than of a row's own."""
    starts = cells.column("period_start").combine_chunks()
    since = starts.take(about)
    is_other = pc.fill_null(pc.not_equal(since, starts.take(own)), False)
    return since.cast(pa.string()), is_other


def _is_raise(rows: dict[str, Column]) -> pa.Array:
    """Return which rows raise a whole: their other cell is named with its figure."""
    return pa.array(np.isin(rows["kind"], (RAISED_TO_ONE, RAISED_TO_SUM)))


def _named(kind: str, cells: pa.Table, column: str, name: str, at: pa.Array) -> pa.Array:
    """Return the codes of a column as things of a kind, with their English names, as JSON."""
    codes, names = (quoted(cells.column(each).combine_chunks()) for each in (column, name))
    return pc.binary_join_element_wise(f'{{"{kind}":', codes, ',"en":', names, "}", "").take(at)


def quoted(words: pa.Array) -> pa.Array:
    """Return texts as JSON has them."""
    for mark in ("\\", '"'):
        words = pc.replace_substring(words, mark, f"\\{mark}")
    return pc.binary_join_element_wise('"', words, '"', "")

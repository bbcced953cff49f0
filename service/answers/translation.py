"""What does an answer say in another language?

Answers carry names and sentences in English, the language of every file. For a page and a picture in another
language this module gives the same answer with the names of that language and its sentences; the figures are
untouched. What sources wrote and the notes of a desk stay as they are, and so do names of sources that have
none in that language.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from service.answers.sentences import tell_figure
from service.answers.series import Explanation, Series
from service.language import Translator
from service.reference.labels import Labels
from service.schema.lists import write_account
from service.schema.records import Reference
from service.sentence import Named, read_terms


class NamedLedger(Protocol):
    """What a ledger must have so that its answers can be given in another language."""

    def reference(self) -> Reference: ...
    @property
    def answer(self) -> Callable[..., Series]: ...
    @property
    def explain(self) -> Callable[..., Explanation]: ...
    @property
    def parts(self) -> Callable[..., Any]: ...
    @property
    def reports(self) -> Callable[..., Any]: ...
    @property
    def crises(self) -> Callable[..., Any]: ...


class Translation:
    """The answers of one state of the reference data, in the language of ``words``."""

    def __init__(self, reference: Reference, words: Translator) -> None:
        self.labels = Labels.of(reference, words.language.code)
        self.words = words

    def series(self, series: Series) -> Series:
        """Return the series with the names and reasons of the language."""
        if self.words.language.is_english:
            return series
        return dataclasses.replace(
            series,
            table=self.rows(series.table),
            points=self.points(series.points),
            context=_mapped(series.context, "label", self.words.say),
            area_names={areas: self.labels.places(areas) for areas in series.area_names},
            population_names={name: self.labels.attribution(name) for name in series.population_names},
        )

    def explanation(self, explanation: Explanation) -> Explanation:
        """Return the explanation with its sentences told in the language."""
        if self.words.language.is_english:
            return explanation
        row = {**explanation.row, "area_name": self.labels.places(explanation.row["area_code"])}
        points = self.points(explanation.points)
        names = {row["population"]: self.labels.population(row["population"])}
        sentences = tell_figure(row, points, names, self.words, self._name)
        return dataclasses.replace(explanation, row=row, points=points, sentences=sentences)

    def rows(self, table: pa.Table) -> pa.Table:
        """Return rows with an ``area_name`` (SERIES, CHANGE, CONFLICT) by the names of the language."""
        if self.words.language.is_english:
            return table
        if "cause" in table.column_names:
            table = self._told(table, "cause")
        return _named(table, "area_code", "area_name", self.labels.places)

    def conflicts(self, conflicts: pa.Table) -> list[dict[str, Any]]:
        """Return conflicts (CONFLICT), what each account says in words of the language."""
        return [
            {**row, "says": [self._account(account) for account in row["says"]]}
            for row in self.rows(conflicts).to_pylist()
        ]

    def _account(self, account: dict[str, Any]) -> str:
        if self.words.language.is_english:
            return write_account(account)
        said = {"origin": self.labels.source(account["origin_id"]), "count": account["count_stated"]}
        if account["about"]:
            said["count"] += f" ({self.account_about(account)})"
        if account["counted_to"] is None:
            return self.words.say("%(origin)s %(count)s on no stated day", **said)
        day = self.words.day(account["counted_to"])
        return self.words.say("%(origin)s %(count)s to %(day)s", **said, day=day)

    def account_about(self, account: dict[str, Any]) -> str:
        """Return what an account is about, where that is not the very figure; else ""."""
        return self.tell(read_terms(account["terms"] or "").get("about", account["about"]))

    def points(self, points: pa.Table) -> pa.Table:
        """Return points (POINT) with their reasons, and the names of origins and sources, in the language."""
        if self.words.language.is_english:
            return points
        for name in ("origin", "source"):
            points = _named(points, f"{name}_id", f"{name}_name", self.labels.source)
        return self._told(points, "reason")

    def findings(self, findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return findings (FINDING rows, or such with sentences in them) with their sentences in the
        language."""
        told = []
        for finding in findings:
            said = {name: finding[name] for name in ("message", "fix")} | read_terms(
                finding.get("terms") or ""
            )
            told.append({**finding, **{name: self.tell(text) for name, text in said.items()}})
        return told

    def tell(self, text: str) -> str:
        """Return a sentence in the language, with the names there."""
        return self.words.tell(text, self._name)

    def _name(self, named: Named) -> str:
        match named.kind:
            case "place":
                return self.labels.places(named.code)
            case "population":
                return self.labels.population(named.code)
            case "source":
                return self.labels.source(named.code)
            case _:
                return named.english

    def _told(self, table: pa.Table, column: str) -> pa.Table:
        """Return the table with a column told, whose sentences have their parts in ``terms``."""
        has_terms = pc.not_equal(pc.fill_null(table.column("terms"), ""), "")
        plain = _mapped(table, column, self.words.say)
        if not pc.any(has_terms).as_py():
            return plain
        terms = _mapped(table, "terms", lambda terms: self._of_terms(terms, column)).column("terms")
        told = pc.if_else(has_terms, terms, plain.column(column))
        return plain.set_column(table.schema.get_field_index(column), table.schema.field(column), told)

    def _of_terms(self, terms: str, name: str) -> str:
        """Return what the sentence ``name`` of terms says; "" where they have none."""
        return self.tell(read_terms(terms).get(name, ""))


class TranslatedLedger:
    """A ledger whose answers a picture in another language is drawn from."""

    def __init__(self, ledger: NamedLedger, words: Translator) -> None:
        self._ledger = ledger
        self._translation = Translation(ledger.reference(), words)
        self.parts, self.reports = ledger.parts, ledger.reports

    def answer(self, **question: Any) -> Series:  # noqa: ANN401 - filters of any kind
        return self._translation.series(self._ledger.answer(**question))

    def explain(self, **question: Any) -> Explanation:  # noqa: ANN401 - filters of any kind
        return self._translation.explanation(self._ledger.explain(**question))

    def crises(self, **options: Any) -> pa.Table:  # noqa: ANN401 - how rows are returned
        rows: pa.Table = self._ledger.crises(**options)
        names: Iterable[str] = map(self._translation.labels.crisis, rows.column("crisis_id").to_pylist())
        place = rows.schema.get_field_index("name")
        return rows.set_column(place, rows.schema.field(place), pa.array(names, pa.string()))


def _named(table: pa.Table, key: str, column: str, name_of: Callable[[str], str]) -> pa.Table:
    """Return the table with the name of what ``key`` identifies in a column, each looked up once."""
    codes = table.column(key).combine_chunks().dictionary_encode()
    names = pa.array([name_of(code) for code in codes.dictionary.to_pylist()], pa.string())
    place = table.schema.get_field_index(column)
    return table.set_column(place, table.schema.field(place), names.take(codes.indices))


def _mapped(table: pa.Table, column: str, say: Callable[[str], str]) -> pa.Table:
    """Return the table with each text of a column said by ``say``, each different one once."""
    place = table.schema.get_field_index(column)
    texts = table.column(column)
    different = pc.unique(texts)
    told = pa.array([say(text) for text in different.to_pylist()], pa.string())
    return table.set_column(place, table.schema.field(place), told.take(pc.index_in(texts, different)))

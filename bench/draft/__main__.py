"""Drafts rows from the passages written for the purpose and prints how many are right, by language and half.

``python -m bench.draft [tuned|seen|held_out|fifth]``; ``--misses`` lists what differs in the half that the
rules were
tuned on. The held-out half is not looked at while rules change; once it has been, another is written.
"""

from __future__ import annotations

import datetime as dt
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from service.errors import QueryError
from service.ingest.draft import Proposal, draft
from service.ingest.seeds import load_seeds
from service.ingest.wording.count import parse_count
from service.schema.records import Reference, place_set
from service.schema.tables import AREA_SEPARATOR

ROOT = Path(__file__).parents[2]
HALVES = ("tuned", "seen", "held_out", "fifth")
"""Passages written beside the rules; those held out until they were looked at; those still held out."""
LANGUAGES = ("english", "french", "arabic")
FIELDS = ("count", "measure", "population", "areas", "origin", "days")
Row = dict[str, str]


class Score(NamedTuple):
    """Expected and proposed rows, those that agree in everything, and by field those whose count agrees."""

    expected: int
    proposed: int
    right: int
    counted: int
    fields: Counter[str]
    misses: list[str]


def texts(half: str, language: str) -> list[dict[str, Any]]:
    """The passages of a half and language, with the rows expected of each as mappings of FIELDS."""
    path = Path(__file__).parent / half / f"{language}.toml"
    written = tomllib.loads(path.read_text(encoding="utf-8"))["text"]
    for entry in written:
        entry["expected"] = [_expected(row, entry.get("days")) for row in entry["rows"]]
    return written


def bounds(wording: str) -> str:
    """The bounds that a wording states, by which counts are compared."""
    count = parse_count(wording)
    return f"{count.low} {count.best} {count.high}"


def _expected(row: str, days: str | None) -> Row:
    parts = ["" if part == "-" else part for part in row.split(" ; ")]
    values = dict(zip(FIELDS[:5], parts, strict=True))
    values["count"] = bounds(values["count"])
    values["areas"] = place_set(filter(None, values["areas"].split(AREA_SEPARATOR)))
    return values | ({"days": days} if days is not None else {})


def said(proposal: Proposal) -> Row:
    """A proposal as a mapping of FIELDS."""
    days = (proposal.period_start, proposal.period_end, proposal.counted_to)
    return {
        "count": bounds(proposal.count.stated),
        "measure": proposal.measure,
        "population": proposal.population,
        "areas": proposal.areas,
        "origin": proposal.origin,
        "days": "/".join(day.isoformat() if isinstance(day, dt.date) else "" for day in days),
    }


def _agreement(row: Row, proposal: Row) -> int:
    return sum(proposal[name] == value for name, value in row.items())


def _drafts(text: str, reference: Reference, published_on: dt.date | None) -> list[Row]:
    """Return what is drafted of a text: nothing of one that is taken for another language."""
    try:
        return [said(each) for each in draft(text, reference, published_on=published_on)]
    except QueryError:
        return []


def score(reference: Reference, chosen: list[dict[str, Any]]) -> Score:
    """What the drafts of these passages come to. A row is compared with the likest proposal of its count."""
    expected = proposed = right = counted = 0
    fields: Counter[str] = Counter()
    misses: list[str] = []
    for entry in chosen:
        found = _drafts(entry["text"], reference, entry.get("published_on"))
        expected += len(entry["expected"])
        proposed += len(found)
        for row in entry["expected"]:
            same = [each for each in found if each["count"] == row["count"]]
            near = max(same, key=lambda each: _agreement(row, each)) if same else None
            if near:
                found.remove(near)
            agreeing = [name for name, value in row.items() if near and near[name] == value]
            counted += near is not None
            fields.update(agreeing)
            right += len(agreeing) == len(row)
            if len(agreeing) < len(row):
                misses.append(f"{entry['text']}\n  wanted {row}\n  drafted {near}")
        misses += [f"{entry['text']}\n  no row: {each}" for each in found]
    return Score(expected, proposed, right, counted, fields, misses)


def main() -> None:
    """Print the scores of each half, by language and together."""
    reference = Reference(**load_seeds(ROOT / "seeds").reference)
    print(f"{'half':>9} {'language':>9} texts  rows drafts | figure: prec. recall | whole row: prec. recall")
    for half in [half for half in HALVES if half in sys.argv] or HALVES:
        by_language = {language: texts(half, language) for language in LANGUAGES}
        by_language["together"] = [entry for entries in by_language.values() for entry in entries]
        for language, chosen in by_language.items():
            result = score(reference, chosen)
            shares = [
                hits / of
                for hits in (result.counted, result.right)
                for of in (result.proposed, result.expected)
            ]
            print(
                f"{half:>9} {language:>9} {len(chosen):5} {result.expected:5} {result.proposed:6} |"
                f"         {shares[0]:5.1%} {shares[1]:6.1%} |            {shares[2]:5.1%} {shares[3]:6.1%}"
            )
        parts = (f"{name} {result.fields[name] / max(1, result.counted):.1%}" for name in FIELDS[1:5])
        print(f"{half:>9} right in the figures drafted: {', '.join(parts)}")
        if "--misses" in sys.argv and half == "tuned":
            print("\n".join(score(reference, by_language["together"]).misses))


if __name__ == "__main__":
    main()

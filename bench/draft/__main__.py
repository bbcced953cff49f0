"""Drafts rows from the sentences written for the purpose and prints how many are right.

``python -m bench.draft`` (``--misses`` lists what differs).
"""

from __future__ import annotations

import datetime as dt
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from service.ingest.draft import Proposal, draft
from service.ingest.seeds import load_seeds
from service.schema.records import Reference, place_set
from service.schema.tables import AREA_SEPARATOR

ROOT = Path(__file__).parents[2]
FIELDS = ("count", "measure", "population", "areas", "origin", "days")


class Score(NamedTuple):
    """Expected and proposed rows, those that agree in everything, and by field those whose count agrees."""

    expected: int
    proposed: int
    right: int
    counted: int
    fields: Counter[str]
    misses: list[str]


def texts() -> list[dict[str, Any]]:
    """The texts with the rows expected of each, as mappings of FIELDS."""
    written = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))["text"]
    for entry in written:
        entry["expected"] = [_expected(row, entry.get("days")) for row in entry["rows"]]
    return written


def _expected(row: str, days: str | None) -> dict[str, str]:
    parts = ["" if part == "-" else part for part in row.split(" ; ")]
    values = dict(zip(FIELDS[:5], parts, strict=True))
    values["areas"] = place_set(filter(None, values["areas"].split(AREA_SEPARATOR)))
    return values | ({"days": days} if days is not None else {})


def said(proposal: Proposal) -> dict[str, str]:
    """A proposal as a mapping of FIELDS."""
    days = (proposal.period_start, proposal.period_end, proposal.counted_to)
    return {
        "count": proposal.count.stated,
        "measure": proposal.measure,
        "population": proposal.population,
        "areas": proposal.areas,
        "origin": proposal.origin,
        "days": "/".join(day.isoformat() if isinstance(day, dt.date) else "" for day in days),
    }


def score(reference: Reference, chosen: list[dict[str, Any]]) -> Score:
    """What the drafts of these texts come to."""
    expected = proposed = right = counted = 0
    fields: Counter[str] = Counter()
    misses: list[str] = []
    for entry in chosen:
        found = [
            said(each) for each in draft(entry["text"], reference, published_on=entry.get("published_on"))
        ]
        wanted = entry["expected"]
        expected += len(wanted)
        proposed += len(found)
        by_count = {each["count"]: each for each in found}
        for row in wanted:
            near = by_count.pop(row["count"], None)
            agrees = {name: near is not None and near[name] == value for name, value in row.items()}
            counted += near is not None
            fields.update(name for name, is_right in agrees.items() if is_right)
            right += all(agrees.values())
            if not all(agrees.values()):
                misses.append(f"{entry['text']}\n  wanted {row}\n  found  {near}")
        misses += [f"{entry['text']}\n  not said: {each}" for each in by_count.values()]
    return Score(expected, proposed, right, counted, fields, misses)


def main() -> None:
    """Print the scores: of the texts that the rules were written beside, and of those held out."""
    reference = Reference(**load_seeds(ROOT / "seeds").reference)
    for name, held_out in (
        ("written with the rules", 0),
        ("held out, its misses looked at once", 1),
        ("held out, never looked at", 2),
    ):
        chosen = [entry for entry in texts() if int(entry.get("held_out", 0)) == held_out]
        result = score(reference, chosen)
        print(f"{name}: {len(chosen)} texts, {result.expected} rows expected, {result.proposed} proposed")
        for what, hits in (("the figure", result.counted), ("the whole row", result.right)):
            print(f"{what:>14}: precision {hits / result.proposed:.1%}, recall {hits / result.expected:.1%}")
        for what in FIELDS[1:5]:
            share = result.fields[what] / max(1, result.counted)
            print(f"{what:>14}: right in {share:.1%} of the figures found")
        if "--misses" in sys.argv:
            print("\n".join(result.misses))


if __name__ == "__main__":
    main()

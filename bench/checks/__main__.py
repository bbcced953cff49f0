"""Injects faults into made seasons, runs the checks and writes what they found to ``docs/checks.md``.

``python -m bench.checks [TRIALS]``: the same trials give the same file, on every machine.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from bench.checks.made import FAULTS, PLACES, Row, clean, table
from service.ingest.checks import CODES, check_batch
from service.ingest.seeds import load_seeds
from service.schema.records import Finding, Reference
from service.schema.tables import REPORT

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "checks.md"
SEED = 20250306


class Score(NamedTuple):
    """What came of the trials: by check, except ``wolf``, which is over seasons without a fault."""

    trials: int
    found: Counter[str]
    noticed: Counter[str]
    said: Counter[str]
    right: Counter[str]
    wolf: Counter[str]
    clean_rows: int


def reference() -> Reference:
    """The shipped reference data, whose places the made seasons use."""
    return Reference(**load_seeds(ROOT / "seeds").reference)


def score(trials: int, known: Reference) -> Score:
    """Every fault ``trials`` times, and as many seasons without one."""
    found: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wolf: Counter[str] = Counter()
    clean_rows = 0
    for trial in range(trials):
        for code, spoil in FAULTS.items():
            chance = random.Random(f"{SEED}/{code}/{trial}")
            rows = clean(chance)
            spoiled = spoil(rows, chance)
            findings = check_batch(table(rows), REPORT.empty_table(), known)
            hits = [finding for finding in findings if _is_about(finding, rows, spoiled, code)]
            said.update(finding.code for finding in findings)
            right.update(finding.code for finding in hits)
            found[code] += any(finding.code == code for finding in hits)
            noticed[code] += bool(hits)
        rows = clean(random.Random(f"{SEED}/clean/{trial}"))
        clean_rows += len(rows)
        wolf.update(finding.code for finding in check_batch(table(rows), REPORT.empty_table(), known))
    said.update(wolf)
    return Score(trials, found, noticed, said, right, wolf, clean_rows)


def _is_about(finding: Finding, rows: list[Row], spoiled: list[Row], code: str) -> bool:
    """That the finding is about a spoiled row, or about one that is judged by it: the same place or the
    region around it, on its day or the next. After a new beginning every sum is wrong until the end."""
    row = rows[(finding.row or 0) - 1]
    lasting = code in ("counter_reset", "counter_drop")
    for each in spoiled:
        days = (row["counted_to"] - each["counted_to"]) / dt.timedelta(days=1)
        near = -1 <= days <= (1000 if lasting and finding.code == "sum_mismatch" else 1)
        if near and (row["areas"] == each["areas"] or {row["areas"], each["areas"]} - set(PLACES)):
            return True
    return False


INTRODUCTION = """# What the checks notice

Every batch is read once more as a whole, beside what its sources said before. What a careful reader would
look at again becomes a finding; no check changes a figure or holds a row. The classes are those of the
published errata of the Johns Hopkins COVID-19 counts.

`python -m bench.checks` measured this table: seasons of one source's bulletins (running totals and daily
increments of killed and injured in four governorates and their region, with quiet weeks and backlogs), each
with one fault put in at random. *Recall* is the share of faults that the check of that name found, *noticed*
the share that any check found, *precision* the share of a check's findings that were about a fault.

"""


NOTES = """A slip in an increment shows only as a step that does not fit the totals. Two exchanged or copied
increments show only where the two are usually far apart. A source that gives neither totals nor
parts leaves steps and sums nothing to compare.

`second_count` and `gone_from_table` are not among the faults put in: the first is no fault, and a season is
one document, while the second compares a document with the last issue of the same table (the running totals
of one source, measure, population and beginning), where the two share three places and three quarters of the
earlier one's. The figures stand; [`--release full`](mappings.md) takes them back.

Events with a key of their own add up: they are no counter, and their parts are compared with the whole of the
same event only. Populations are parts of those who hold them in `populations.csv`, and only with others of
one `split`. They must make the whole where the split is `status` or `side` and every registered population of
it is there, itself or by its own parts; in all other cases, and where one part stands alone, they only must
not exceed it: women and children leave out the men.
"""


def report(result: Score) -> str:
    """The page."""
    lines = [
        "| finding | what it says | faults | recall | noticed | precision |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for code, meaning in CODES.items():
        lines.append(f"| `{code}` | {meaning} | {_measured(result, code)} |")
    alarms = ", ".join(f"{count} `{code}`" for code, count in sorted(result.wolf.items())) or "none"
    lines += [
        "",
        f"False alarms in {result.trials} seasons without a fault ({result.clean_rows:,} rows): {alarms}.",
        "",
    ]
    return INTRODUCTION + "\n".join(lines) + "\n" + NOTES


def _measured(result: Score, code: str) -> str:
    """What was measured of a check; dashes for one that no fault calls for."""
    if code not in FAULTS:
        return "– | – | – | –"
    recall, noticed = (found[code] / result.trials for found in (result.found, result.noticed))
    precision = result.right[code] / result.said[code] if result.said[code] else 0.0
    return f"{result.trials} | {recall:.0%} | {noticed:.0%} | {precision:.0%}"


if __name__ == "__main__":
    page = report(score(int(sys.argv[1]) if len(sys.argv) > 1 else 100, reference()))
    MANUAL.write_text(page, encoding="utf-8")
    print(page)

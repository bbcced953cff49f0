"""How is ``docs/reliability.md`` written, part by part?

A part is kept in ``reliability.json`` with the day it was run, so that one may be run without the others. The
page is made of all of them.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import json
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
RESULTS = Path(__file__).with_name("reliability.json")
NO_FAULT = "requests acknowledged"
"""What is counted beside the faults."""


@dataclasses.dataclass
class Part:
    """What one part tried: how many faults of which outcome, and what was wrong."""

    title: str
    must: str
    full: int  # how many a full run tries
    outcomes: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    wrong: list[str] = dataclasses.field(default_factory=list)

    def count(self, outcome: str, *, good: Iterable[str]) -> None:
        """Count an outcome; one that is not ``good`` is wrong."""
        is_good = outcome in good
        self.outcomes[outcome if is_good else "wrong"] += 1
        if not is_good:
            self.wrong.append(outcome)
            sys.stdout.write(f"WRONG in {self.title}: {outcome}\n")

    def tried(self) -> int:
        """Return how many faults were tried."""
        return self.outcomes.total() - self.outcomes[NO_FAULT]


def write(name: str, part: Part) -> None:
    """Keep what a part has given, in place of its last run, and write the page anew."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results[name] = {
        "title": part.title, "must": part.must, "on": str(dt.datetime.now(dt.UTC).date()),
        "with": f"DuckDB {duckdb.__version__}, Python {platform.python_version()}",
        "tried": part.tried(), "full": part.full, "wrong": len(part.wrong),
        "outcomes": dict(sorted(part.outcomes.items())),
    }  # fmt: skip
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text("\n".join(_lines(results)) + "\n", encoding="utf-8")


def _lines(results: dict[str, dict[str, Any]]) -> list[str]:
    lines = [
        "# Reliability",
        "",
        "Written by `make faults` (`make faults PARTS=\"http calls\"` for some of it): what was tried on real",
        "files and processes, and what came of it. A short form is in `make test` (`tests/faults`).",
        "",
        "| what | tried | of a full run | wrong | on | with |",
        "|---|---:|---:|---:|---|---|",
    ]  # fmt: skip
    for each in results.values():
        counts = " | ".join(f"{each[name]:,}" for name in ("tried", "full", "wrong"))
        lines.append(f"| {each['title']} | {counts} | {each['on']} | {each['with']} |")
    for each in results.values():
        rows = [f"| {outcome} | {number:,} |" for outcome, number in each["outcomes"].items()]
        lines += ["", f"## {each['title']}", "", each["must"], "", "| outcome | times |", "|---|---:|", *rows]
    return lines

"""How is ``docs/reliability.md`` written, part by part?

What each run gave is kept in ``reliability.json`` with its day, so that a part of ``make faults``, or
``make soak`` or ``make bench-large``, may be run without the others. The page is made of all of them.
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

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
RESULTS = Path(__file__).with_suffix(".json")
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


def tried_today(name: str) -> tuple[collections.Counter[str], list[str]]:
    """Return the outcomes of the last run of a part, and the wrong ones, if it was made today and with the
    same versions."""
    result = _read().get(name, {})
    if any(result.get(word) != value for word, value in _circumstances().items()):
        return collections.Counter(), []
    return collections.Counter(result["outcomes"]), ["earlier"] * result["wrong"]


def write(name: str, part: Part) -> None:
    """Keep what a part of ``make faults`` has given, in place of its last run, and write the page anew."""
    outcomes = dict(sorted(part.outcomes.items()))
    numbers = {"tried": part.tried(), "full": part.full, "wrong": len(part.wrong), "outcomes": outcomes}
    _keep(name, {"title": part.title, "must": part.must, **numbers})


def write_lines(name: str, title: str, must: str, lines: list[str]) -> None:
    """Keep what another run has printed, in place of its last one, and write the page anew."""
    _keep(name, {"title": title, "must": must, "lines": lines})


def _keep(name: str, result: dict[str, Any]) -> None:
    results = _read()
    results[name] = {**result, **_circumstances()}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text("\n".join(page(results)) + "\n", encoding="utf-8")


def _read() -> dict[str, dict[str, Any]]:
    results: dict[str, dict[str, Any]] = {}
    if RESULTS.exists():
        results = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results


def _circumstances() -> dict[str, str]:
    return {
        "on": str(dt.datetime.now(dt.UTC).date()),
        "with": f"DuckDB {duckdb.__version__}, Python {platform.python_version()}",
    }


def page(results: dict[str, dict[str, Any]]) -> list[str]:
    """Return the lines of the page."""
    lines = [
        "# Reliability",
        "",
        'Written by `make faults` (`make faults PARTS="http calls"` for some of it), `make soak` and',
        "`make bench-large`: what was tried on real files and processes, and what came of it.",
        "`make test` has a short form (`tests/faults`).",
        "",
        "| what | tried | of a full run | wrong | on | with |",
        "|---|---:|---:|---:|---|---|",
    ]
    for each in results.values():
        if "tried" in each:
            counts = " | ".join(f"{each[name]:,}" for name in ("tried", "full", "wrong"))
            lines.append(f"| {each['title']} | {counts} | {each['on']} | {each['with']} |")
    for each in results.values():
        lines += ["", f"## {each['title']}", "", each["must"], ""]
        if "lines" in each:
            lines += [f"On {each['on']}, {each['with']}:", "", *each["lines"]]
        else:
            rows = [f"| {outcome} | {number:,} |" for outcome, number in each["outcomes"].items()]
            lines += ["| outcome | times |", "|---|---:|", *rows]
    return lines

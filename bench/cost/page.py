"""How are the costs told? As they came, whether the aims were met or not."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bench.cost.served import Taken
from bench.serve.load import Measured

HEAD = """# What a question may cost

Written by `make bench-cost`. The ordinary command (`casualty serve`) on a ledger of {rows:,} reports in
**one** crisis of 500 places, five populations, six origins and a year; {cores} cores, Python {python},
which others shared: their load was {load[0]:.1f} when the run began and {load[1]:.1f} when it ended.
Seconds are the clock's, processor seconds those of the server and its workers; memory is the most that they
had resident while the answer was made and sent, what they share counted once, less what it was before. One
server for all questions, in this order. What the limits are and how they are set:
[Running it](operations.md#what-an-answer-may-cost).

Aim: every question without a key under 5 s and 500 MiB more, or refused within 1 s. {summary}

| question | answer | seconds | processor s | memory, MiB | sent, MB |
|---|---|---:|---:|---:|---:|
"""
FOOT = """
A refusal (`too_much`, `too_busy`, `too_slow`) says what to ask for instead, and costs what its row says.

## While others ask for much

An answer that lies ready, at {pace:g} a second and counted from when each was due: p99 {alone:.1f} ms alone,
{beside:.1f} ms while {many} readers asked for evidence that nobody had asked for before
({ratio:.1f} times as long; aim: 2). Failed: {failed}.

## More connections than files

1,100 connections that begin a request and never end it, to a server that may have 1,024 files open: the
longest of three answers to a reader took {waited:.2f} s (aim: 5).
"""


def page(
    answers: Mapping[str, Taken],
    alone: Measured,
    beside: Measured,
    waited: float,
    *,
    rows: int,
    many: int,
    cores: int,
    python: str,
    load: tuple[float, float],
) -> str:
    """The whole page."""
    head = HEAD.format(rows=rows, cores=cores, python=python, load=load, summary=_summary(answers))
    lines = "\n".join(_line(name, taken) for name, taken in answers.items())
    foot = FOOT.format(
        pace=alone.rate, alone=alone.p99, beside=beside.p99, many=many, ratio=beside.p99 / alone.p99,
        failed=alone.failed + beside.failed, waited=waited,
    )  # fmt: skip
    return f"{head}{lines}\n{foot}"


def _summary(answers: Mapping[str, Taken]) -> str:
    """Which questions took more."""
    late = [name for name, taken in answers.items() if taken.processor > 5]
    large = [name for name, taken in answers.items() if taken.memory > 500]
    said = f"The most memory was {max(taken.memory for taken in answers.values()):,.0f} MiB"
    said += f" ({len(large)} questions above 500)"
    said += f", the most processor time {max(taken.processor for taken in answers.values()):.1f} s"
    return f"{said}; more than 5 s of it took: {', '.join(late) or 'none'}."


def _line(name: str, taken: Taken) -> str:
    return (
        f"| {name} | {_answer(taken)} | {taken.seconds:.2f} | {taken.processor:.1f} | {taken.memory:,.0f} | "
        f"{taken.size / 1e6:.2f} |"
    )


def _answer(taken: Taken) -> str:
    """The status, and the code of a refusal."""
    if taken.status == 200:
        return "200"
    try:
        return f"{taken.status} `{json.loads(taken.detail)['code']}`"
    except (ValueError, KeyError):
        return str(taken.status or "none in time")

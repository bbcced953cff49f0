"""How does a person accept, edit or drop each row that a draft proposes?

Asks on standard error and reads answers from standard input, so that what is kept can go anywhere. It must
not know how a text is read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.ingest.draft import Proposal

ASKED = "[a]ccept, [e]dit, [d]rop, accept [r]est, [q]uit without the rest"
EDITED = (
    "count", "measure", "population", "areas", "origin", "basis", "period_start", "period_end", "counted_to",
)  # fmt: skip
"""The columns that a person may change, in the order in which they are asked for."""
CLEAR = "-"

Row = dict[str, str]
Check = Callable[[Row], str]
"""Says what keeps a row from being taken in, "" for nothing."""


def review(
    text: str, proposals: Sequence[Proposal], check: Check, ask: Callable[[str], str]
) -> Iterator[Row]:
    """Yield the rows that a person accepts, as they are or edited; ``ask`` shows a question and returns the
    answer, and raises EOFError where there is none."""
    for number, proposal in enumerate(proposals, start=1):
        row = proposal.row()
        _show(text, proposal, f"{number} of {len(proposals)}")
        answer = _choice(row, check, ask)
        if answer == "r":
            yield row
            yield from (later.row() for later in proposals[number:])
            return
        if answer == "q":
            return
        if answer == "a":
            yield row


def _choice(row: Row, check: Check, ask: Callable[[str], str]) -> str:
    """Return what becomes of a row, which is edited in place until it is decided: a, d, r or q."""
    while True:
        if problem := check(row):
            _say(f"  As it stands it would be held: {problem}")
        answer = (ask(f"  {ASKED} > ") or "a").strip().casefold()[:1]
        if answer == "e":
            _edit(row, ask)
            _say("  " + ", ".join(f"{name} {row[name]}" for name in EDITED if row.get(name)))
        elif answer in ("a", "d", "r", "q"):
            return answer
        else:
            _say(f"  “{answer}” is none of the answers.")


def _edit(row: Row, ask: Callable[[str], str]) -> None:
    """Ask for each column; nothing keeps it, CLEAR empties it."""
    for name in EDITED:
        answer = ask(f"    {name} [{row.get(name, '')}] ({CLEAR} for none) > ").strip()
        if answer:
            row[name] = "" if answer == CLEAR else answer


def _show(text: str, proposal: Proposal, place: str) -> None:
    """Write the sentence with what was read in it between brackets, the row, and what is open."""
    start, end = proposal.sentence
    spans = sorted({span for spans in proposal.spans.values() for span in spans if start <= span.start < end})
    marked, at = "", start
    for span in spans:
        if span.start >= at:
            marked += f"{text[at : span.start]}[{text[slice(*span)]}]"
            at = span.end
    _say(f"\n{place}: {' '.join((marked + text[at:end]).split())}")
    _say("  " + ", ".join(f"{name} {value}" for name, value in proposal.row().items() if value))
    for question in proposal.questions:
        _say(f"  ? {question}")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def ask_on_terminal(question: str) -> str:
    """Show a question on standard error and return the line that is typed. Raises EOFError."""
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")

"""``python -m bench.accuracy``: run the back-tests, print the page, write docs/accuracy.md."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.accuracy import crises, page, page_west_bank, west_bank
from bench.accuracy.worlds import FRESH_SEEDS, HELD_OUT_SEEDS
from service import reconcile

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "accuracy.md"
RANGES = Path(reconcile.__file__).with_name("ranges.csv")
"""What the service says of its ranges: written with the page, so that both give the same coverage."""
HEAD = """# Accuracy

Written by `python -m bench.accuracy`; run it again to check. How far the service's figures
(`least-disagreement/2`) and ranges are from what turned out, beside what others would have answered from the
same reports: the last, highest, mean, median or most carried figure of all publishers, the newest of the best
standard of proof (priority list), and two methods of truth discovery (CRH, Li et al. 2014; GTM, Zhao & Han
2012). Back-tests walk forward: an answer for a day uses only what was public that day. MAE is in people; a
Winkler score is the width of a range plus twenty times the distance by which it missed; both are better when
smaller.

The service serves two things: **ours** (`best`: the greatest count stated by a named origin that more than
half of the weight supports) and **expected** (where that figure, or a lower bound, is expected to settle).
Where the service gives no count but "at least so many", `ours` is scored by that lower bound; where it gives
no expected figure, `expected` is scored by `ours`. Baselines are asked for the same cells."""


def main() -> None:
    """Run what is asked for; every section says so where its data is absent."""
    asked = _arguments()
    held_seeds = tuple(range(asked.from_seed, asked.from_seed + asked.seeds))
    sections = [HEAD]
    held = crises.run(page.WORLDS, held_seeds, tell=_tell)
    first = None if asked.without_first else crises.run(page.FIRST_WORLDS, HELD_OUT_SEEDS, tell=_tell)
    sections.append(page.simulated(held, held_seeds, first))
    if asked.west_bank.is_file():
        sections.append(page_west_bank.section(west_bank.load(asked.west_bank)))
        _tell("West Bank done")
    else:
        sections.append(
            "## West Bank\n\nNot run: the file of flash and verified counts is absent (WEST_BANK_DAILY)."
        )
    if asked.without_coast:
        sections.append("## The Syrian coast\n\nNot run this time (`--without-coast`).")
    else:
        from bench.accuracy import coast, page_coast  # noqa: PLC0415  opens a ledger, which no other section needs

        sections.append(page_coast.section(*coast.follow()))
    text = "\n\n".join(sections) + "\n"
    asked.output.write_text(text, encoding="utf-8")
    if asked.output == PAGE:
        RANGES.write_text(page.published(held), encoding="utf-8")
    print(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("--seeds", type=int, default=len(FRESH_SEEDS), help="simulated crises per setting")
    parser.add_argument(
        "--from-seed", type=int, default=FRESH_SEEDS[0], help="first held-out seed; take a fresh one"
    )
    parser.add_argument("--output", type=Path, default=PAGE)
    parser.add_argument(
        "--west-bank",
        type=Path,
        default=Path(
            os.environ.get("WEST_BANK_DAILY", ROOT.parent / "shared" / "data" / "west_bank_daily.json")
        ),
        help="flash and verified counts; also WEST_BANK_DAILY",
    )
    parser.add_argument(
        "--without-first", action="store_true", help="leave out the crises the first edition was measured in"
    )
    parser.add_argument("--without-coast", action="store_true", help="leave out the shipped first crisis")
    return parser.parse_args()


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

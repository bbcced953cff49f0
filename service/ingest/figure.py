"""Which bounds do the four figure columns of a row state together?

Either ``count`` holds a wording, or ``low``, ``best`` and ``high`` hold whole numbers; a row that has both or
neither is held.
"""

from __future__ import annotations

from service.ingest.cells import Cell, Problem, read_cell, refused, worst
from service.ingest.wording.count import Count, parse_count, parse_whole
from service.vocabulary import Verdict


def read_figure(count: str, low: str, best: str, high: str, locale: str = "") -> Cell:
    """The ``Count`` that the four cells state.

    ``best`` alone is an exact figure and bounds itself. Without a wording ``stated`` is the three bounds with
    ``/`` between them, such as "71/75/80". ``locale`` says how the document marks thousands.

    >>> read_figure("", "71", "75", "80").value
    Count(low=71, best=75, high=80, number=75, stated='71/75/80')
    """
    bounds = {"low": low.strip(), "best": best.strip(), "high": high.strip()}
    given = [name for name, text in bounds.items() if text]
    if count.strip() and given:
        problem = Problem(
            "count_and_bounds",
            f"The row has a count and {', '.join(given)} as well.",
            "Keep the count as the source words it, or the bounds, and leave the other blank.",
        )
        return refused("count", count, problem)
    if count.strip().casefold() == "null" and not locale.startswith("de"):
        problem = Problem(
            "no_count",
            "“null” stands for a value that is missing, or in German for zero.",
            "Leave it blank, or write 0.",
        )
        return refused("count", count, problem)
    if count.strip():
        return read_cell("count", count, lambda text: parse_count(text, locale))
    if not given:
        problem = Problem(
            "no_count", "The row has no figure.", "Write the count as the source gives it, or its bounds."
        )
        return refused("count", count, problem)
    return _from_bounds(bounds, locale)


def _from_bounds(bounds: dict[str, str], locale: str) -> Cell:
    cells = {
        name: read_cell(name, text, lambda text: parse_whole(text, locale)) for name, text in bounds.items()
    }
    findings = tuple(finding for cell in cells.values() for finding in cell.findings)
    verdict = worst(tuple(cell.verdict for cell in cells.values()))
    if verdict is not Verdict.ACCEPTED:
        return Cell(None, verdict, findings)
    low, best, high = (cell.value for cell in cells.values())
    known = [bound for bound in (low, best, high) if bound is not None]
    if known != sorted(known):
        problem = Problem(
            "bounds_out_of_order",
            f"The bounds are not in order: low {low}, best {best}, high {high}.",
            "Write low <= best <= high.",
            verdict=Verdict.REJECTED,
        )
        refusal = refused("low", "/".join(bounds.values()), problem)
        return refusal._replace(findings=findings + refusal.findings)
    number = next(bound for bound in (best, low, high) if bound is not None)
    stated = "/".join("" if bound is None else str(bound) for bound in (low, best, high))
    if low is None and high is None:
        low = high = best
    return Cell(Count(low, best, high, number, stated), findings=findings)

"""Which bounds do the four figure columns of a row state together?

Either ``count`` holds a wording, or ``low``, ``best`` and ``high`` hold whole numbers; a row that has
neither, or both where they do not say the same, is quarantined, but for a retraction: without a number it
takes back what was said of its day. What a wording means is for ``wording.count`` to say, and whether it is
one of the row's measure and population for ``wording.nouns``.
"""

from __future__ import annotations

from collections.abc import Callable

from service.ingest.cells import Cell, Problem, read_cell, refusal, worst_verdict
from service.ingest.wording.count import Count, parse_count, parse_whole
from service.ingest.wording.nouns import check_nouns
from service.sentence import listed, sentence
from service.vocabulary import Verdict

NO_COUNT = Count(None, None, None, None, "")


def read_figure(
    count: str,
    low: str,
    best: str,
    high: str,
    *,
    locale: str = "",
    may_take_back: bool = False,
    may_be_blank: bool = False,
) -> Cell:
    """Return the ``Count`` that the four cells state; the count of an increment ``may_take_back`` people.

    ``best`` alone is an exact figure, so it is its own low and high. Without a wording ``stated`` is the
    three bounds with ``/`` between them, such as "71/75/80". ``locale`` decides the marks between thousands.

    >>> read_figure("", "71", "75", "80").value
    Count(low=71, best=75, high=80, number=75, stated='71/75/80')
    """
    bounds = {"low": low.strip(), "best": best.strip(), "high": high.strip()}
    filled = [name for name, text in bounds.items() if text]
    if count.strip() and filled:
        return _read_both(count.strip(), bounds, locale, may_take_back)
    if count.strip().casefold() == "null" and not locale.startswith("de"):
        problem = Problem(
            "no_count",
            "“null” stands for a value that is missing, or in German for zero.",
            "Leave it blank, or write 0.",
        )
        return refusal("count", count, problem)
    if count.strip():
        return read_cell("count", count, lambda text: parse_count(text, locale, may_take_back=may_take_back))
    if not filled and may_be_blank:
        return Cell(NO_COUNT)
    if not filled:
        problem = Problem(
            "no_count", "The row has no figure.", "Write the count as the source gives it, or its bounds."
        )
        return refusal("count", count, problem)
    return _read_bounds(bounds, locale)


def hold_against(cell: Cell, measure: str, is_of_others: Callable[[str], bool] | None = None) -> Cell:
    """Return the cell of a ``Count``, refused where its nouns are not of the row's measure or population."""
    if isinstance(cell.value, Count):
        try:
            check_nouns(cell.value, measure, is_of_others)
        except Problem as problem:
            refused = refusal("count", cell.value.stated, problem)
            return refused._replace(findings=cell.findings + refused.findings)
    return cell


def _read_both(count: str, bounds: dict[str, str], locale: str, may_take_back: bool) -> Cell:
    """Return the ``Count`` of a wording beside the very bounds that it states, as answers write both. The
    wording may be bounds itself ("71/75/80", as ``stated`` has it). Two that differ hold the row."""
    parts = count.split("/")
    try:
        if len(parts) == len(bounds):
            alike = _read_bounds(dict(zip(bounds, parts, strict=True)), locale).value
        else:
            alike = parse_count(count, locale, may_take_back=may_take_back)
        given = tuple(parse_whole(text, locale) for text in bounds.values())
        if isinstance(alike, Count) and given == (alike.low, alike.best, alike.high):
            return Cell(alike)
    except Problem:
        pass  # they do not say the same in any case
    filled = listed(name for name, text in bounds.items() if text)
    problem = Problem(
        "count_and_bounds",
        sentence("The row has a count and %(filled)s as well, which do not say the same.", filled=filled),
        "Keep the count as the source words it, or the bounds, and leave the other blank.",
    )
    return refusal("count", count, problem)


def _read_bounds(bounds: dict[str, str], locale: str) -> Cell:
    """Return the ``Count`` of whole numbers. Bounds that are out of order reject the row."""
    cells = {
        name: read_cell(name, text, lambda text: parse_whole(text, locale)) for name, text in bounds.items()
    }
    findings = tuple(finding for cell in cells.values() for finding in cell.findings)
    verdict = worst_verdict(tuple(cell.verdict for cell in cells.values()))
    if verdict is not Verdict.ACCEPTED:
        return Cell(None, verdict, findings)
    low, best, high = (cell.value for cell in cells.values())
    given = [bound for bound in (low, best, high) if bound is not None]
    if not given:
        problem = Problem(
            "no_count", "The row has no figure that can be seen.", "Write the count as the source gives it."
        )
        return refusal("low", "/".join(bounds.values()), problem)
    if given != sorted(given):
        problem = Problem(
            "bounds_out_of_order",
            sentence(
                "The bounds are not in order: low %(low)s, best %(best)s, high %(high)s.",
                low=str(low),
                best=str(best),
                high=str(high),
            ),
            "Write low <= best <= high.",
            verdict=Verdict.REJECTED,
        )
        cell = refusal("low", "/".join(bounds.values()), problem)
        return cell._replace(findings=findings + cell.findings)
    number = next(bound for bound in (best, low, high) if bound is not None)
    stated = "/".join("" if bound is None else str(bound) for bound in (low, best, high))
    if low is None and high is None:
        low = high = best
    return Cell(Count(low, best, high, number, stated), findings=findings)

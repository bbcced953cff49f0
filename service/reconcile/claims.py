"""What does each report claim, in the terms of reconciliation: its cell, its interval, its weight?

Claims are sorted once, by cell, origin, day and number; those four make a statement, which goes by its number
from then on. This module must not know what becomes of a claim. Invariant: every report is one claim, live or
withdrawn.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.cells import NAMED, Cells
from service.reconcile.columns import (
    NONE,
    OPEN,
    Column,
    Marks,
    Rows,
    Whole,
    columns,
    firsts,
    groups,
    key,
    order,
    ranks,
)
from service.reconcile.disowned import disowned_by
from service.reconcile.known import Known
from service.reconcile.words import Numbered, by_word, speakers
from service.schema.report_rules import is_withdrawn
from service.vocabulary import TAKING_BACK, Basis, Standard

WORDS = ("crisis_id", "areas", "measure", "population", "attributed_to", "basis", "standard")
"""Those that name a cell first, in the order of ``cells.NAMED``."""
MINUTES = 24 * 60
STATEMENT = ("cell_id", "origin_no", "day", "said")
COUNTS = ("low", "best", "high", "number")
DATES = ("published_on", "published_by", "counted_to", "period_start", "known_on")
READ = (
    "report_id", "origin_id", "source_id", "url", *WORDS, "event", "published_time", *COUNTS, *DATES,
    "counted_to_inferred", "withdrawn",
)  # fmt: skip
"""The columns of a report that reconciliation reads."""


@dataclasses.dataclass(frozen=True)
class Speakers:
    """Who is named as source or origin, in the order of their ids."""

    source_id: pa.Array
    name: pa.Array
    is_anonymous: Marks
    is_media: Marks
    is_heard: Marks
    weight: Column
    """The one weight of an origin: its kind times the standard it works to, times what is asked for."""

    @classmethod
    def of(cls, sources: tuple[str, ...], known: Known, alone: str) -> Speakers:
        """``alone`` is the only one that is heard, unless blank."""
        name, is_anonymous, is_media, kind, own, proof = zip(*map(known.speaker, sources), strict=True)
        return cls(
            source_id=pa.array(sources, pa.string()),
            name=pa.array(name, pa.string()),
            is_anonymous=np.array(is_anonymous, np.bool_),
            is_media=np.array(is_media, np.bool_),
            is_heard=np.array([not alone or source == alone for source in sources], np.bool_),
            weight=np.array([kind, own, proof], np.float64).prod(axis=0),
        )


@dataclasses.dataclass(frozen=True)
class Claims:
    """The claims of a run, and what they are about.

    ``rows`` are those that stand, sorted by cell_id, origin_no, day, said, is_increment; then the origin's
    own first, those that use words in their common meaning, the first known, and by report_no. ``withdrawn``
    are those taken back here, with ``why``; ``retractions`` those that claim nothing, but take a figure of
    their origin back: a row that ``disowned_by`` names (NONE: none). ``statement`` is the number of the
    statement of each row (same cell, origin, day and number), ``first`` the first row of each.
    """

    rows: Rows
    withdrawn: Rows
    why: pa.Array
    retractions: Rows
    disowned_by: Whole
    first: Whole
    statement: Whole
    cells: Cells
    speakers: Speakers
    report: pa.ChunkedArray
    """The ids of the reports, in order; a report goes by its place."""
    starts: dict[str, int]
    """From which day on each crisis counts; NONE where nobody knows."""
    newest: Whole
    """Per cell the newest day that anything of its crisis and measure is counted to, else of its crisis;
    NONE where no report has a date."""

    @property
    def is_removed(self) -> Marks:
        """Rows that their own source no longer gives: what others say of the figure stands."""
        by = np.where(self.disowned_by == NONE, -1, self.disowned_by)
        found: Marks = np.append(self.retractions["is_removal"], False)[by]
        return found


def read_claims(reports: pa.Table, crisis: pa.Table, known: Known, alone: str = "") -> Claims:
    """The claims of LEDGER_REPORT rows about some of the crises (CRISIS)."""
    told = columns(reports.select([*COUNTS, *DATES, "counted_to_inferred"]))
    words = {name: Numbered.of(reports.column(name)) for name in WORDS}
    origin, source = speakers(reports)
    speaking = Speakers.of(origin.words, known, alone)
    is_increment, is_removal, *retracts = (
        words["basis"].numbers == words["basis"].number(basis)
        for basis in (Basis.INCREMENT, Basis.REMOVAL, *TAKING_BACK)
    )
    is_retraction = np.logical_or.reduce(retracts)
    is_standing = ~is_withdrawn(reports).to_numpy()
    starts = _starts(crisis, words["crisis_id"], told["period_start"], is_standing & ~is_retraction)
    start_of = {name: column[words["crisis_id"].numbers] for name, column in starts.items()}
    words["areas"] = words["areas"].said([known.region.get(areas, areas) for areas in words["areas"].words])
    words["population"], is_redefined = _apply_definitions(words["population"], origin, known)
    event = _events(reports)
    rows = _counts(told) | {
        "origin_no": origin.numbers,
        "source_no": source.numbers,
        "is_own": origin.numbers == source.numbers,
        "is_anonymous": speaking.is_anonymous[origin.numbers],
        "is_estimate": words["standard"].numbers == words["standard"].number(Standard.ESTIMATE),
        "is_verified": words["standard"].numbers == words["standard"].number(Standard.VERIFIED),
        "is_redefined": is_redefined,
        "is_increment": is_increment,
        "event": event,
        "url": _addresses(reports, is_increment & (event == NONE)),
        "is_retraction": is_retraction,
        "is_removal": is_removal,
        "first_day": _first_of(told["period_start"], start_of["period_start"], told["counted_to"]),
        "is_day_inferred": told["counted_to_inferred"],
        "is_undated": told["counted_to_inferred"] & (told["published_on"] == NONE),
        "is_dateless": told["counted_to_inferred"] & (_public_on(told) == NONE),
        "known_on": told["known_on"],
        "known_at": told["known_on"] * MINUTES + _minutes(reports),
        "published_on": told["published_on"],
        "public_on": _public_on(told),
    }
    named = {name: words[column] for name, column in zip(NAMED, WORDS, strict=False)}
    is_of_days = is_increment | (is_retraction & (event != NONE))
    begins = _begins(told, start_of, is_of_days, words["crisis_id"].numbers, is_standing)
    cells, rows["cell_id"] = Cells.of(named, begins)
    by_id = by_word(reports.column("report_id"))
    rows["report_no"] = np.empty_like(by_id)
    rows["report_no"][by_id] = np.arange(len(by_id))
    retractions = np.flatnonzero(is_retraction & is_standing)
    rows["disowned_by"] = disowned_by(rows, retractions, cells, told["counted_to"])
    days = np.where(rows["is_undated"], told["known_on"], told["counted_to"])
    is_dated = ~rows["is_dateless"] & is_standing & ~is_retraction & (rows["disowned_by"] == NONE)
    newest = _newest(days, is_dated, rows["cell_id"], cells)
    rows["day"] = np.where(rows["is_dateless"], _first_of(newest[rows["cell_id"] - 1], days), days)
    begin = zip(words["crisis_id"].words, starts["period_start"].tolist(), strict=True)
    return _sorted(rows, reports, by_id, cells, speaking, starts=dict(begin), newest=newest)


def _sorted(
    rows: dict[str, Column],
    reports: pa.Table,
    by_id: Whole,
    cells: Cells,
    speaking: Speakers,
    *,
    starts: dict[str, int],
    newest: Whole,
) -> Claims:
    is_own_last = ~rows["is_own"]
    places = order(*(rows[name] for name in STATEMENT), rows["is_increment"], is_own_last,
                   *(rows[name] for name in ("is_redefined", "known_on", "report_no")))  # fmt: skip
    withdrawn = reports.column("withdrawn")
    places, gone = set_withdrawn_apart(reports, places)
    retractions = np.sort(places[rows["is_retraction"][places]])
    places = places[~rows["is_retraction"][places]]
    live = {name: column[places] for name, column in rows.items()}
    first = firsts(*(live[name] for name in STATEMENT))
    return Claims(
        rows=live,
        withdrawn={name: column[gone] for name, column in rows.items()},
        why=withdrawn.take(pa.array(gone)).combine_chunks(),
        retractions={name: column[retractions] for name, column in rows.items()},
        disowned_by=np.where(
            live["disowned_by"] == NONE, NONE, np.searchsorted(retractions, live["disowned_by"])
        ),
        first=first,
        statement=groups(first, len(places)),
        cells=cells,
        speakers=speaking,
        report=reports.column("report_id").take(pa.array(by_id)),
        starts=starts,
        newest=newest,
    )


def set_withdrawn_apart(reports: pa.Table, rows: Whole) -> tuple[Whole, Whole]:
    """Return the ``rows`` of reports that stand, and those withdrawn, which no later step reads."""
    is_gone = is_withdrawn(reports).to_numpy()[rows]
    return rows[~is_gone], rows[is_gone]


def _events(reports: pa.Table) -> Whole:
    """A number for each key of an event, in the order of the keys; NONE for rows about none."""
    keys = reports.column("event").combine_chunks().dictionary_encode()
    rank = np.full(len(keys.dictionary) + 1, NONE)
    rank[pc.sort_indices(keys.dictionary).to_numpy()] = np.arange(len(keys.dictionary))
    at = pc.fill_null(keys.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    found: Whole = rank[at]
    return found


def _minutes(reports: pa.Table) -> Whole:
    """The minute of the day, in UTC, at which each row was published; 0 where nobody says, so that what has a
    time is newer than what has none."""
    times = reports.column("published_time").combine_chunks().dictionary_encode()
    minutes = np.array([*map(_minute, times.dictionary.to_pylist()), 0], np.int64)
    at: Whole = pc.fill_null(times.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return minutes[at]


def _minute(time: str) -> int:
    """The minute of the day, in UTC, that a time with its offset stands for.

    >>> _minute("21:30-05:00"), _minute("07:00Z")
    (1590, 420)
    """
    clock, sign, offset = time[:5], time[5:6], time[6:]
    minute = 60 * int(clock[:2]) + int(clock[3:])
    if sign not in ("+", "-"):
        return minute
    east = 60 * int(offset[:2]) + int(offset[3:])
    return minute - east if sign == "+" else minute + east


def _addresses(reports: pa.Table, wanted: Marks) -> Whole:
    """A number for the address of each of the rows ``wanted``; NONE for all others, and for a blank."""
    found = np.full(len(wanted), NONE)
    rows = np.flatnonzero(wanted)
    if len(rows):
        urls = reports.column("url").take(pa.array(rows)).combine_chunks().dictionary_encode()
        found[rows] = pc.fill_null(urls.indices.cast(pa.int64()), NONE).to_numpy(zero_copy_only=False)
    return found


def _starts(crisis: pa.Table, crises: Numbered, stated: Whole, may_say: Marks) -> Rows:
    """From which day each of the ``crises`` counts, and its baseline; NONE where nobody knows.

    One of which nobody has registered when it began does so on the earliest day that its reports have
    ``stated``, of those that ``may_say``: whichever came first, and as far as they are known.
    """
    place = pc.index_in(pa.array(crises.words, pa.string()), value_set=crisis.column("crisis_id"))
    days = columns(crisis.select(["period_start", "baseline_from", "baseline_to"]).take(place))
    earliest = np.full(len(crises.words), OPEN)
    rows = np.flatnonzero(may_say & (stated != NONE) & (days["period_start"] == NONE)[crises.numbers])
    np.minimum.at(earliest, crises.numbers[rows], stated[rows])
    days["period_start"] = np.where(earliest == OPEN, days["period_start"], earliest)
    return days


def _counts(told: Rows) -> dict[str, Column]:
    """What is said, and the interval it stands for."""
    low, best, high = told["low"], told["best"], told["high"]
    is_floor = low != NONE
    middle = _first_of(best, low, np.where(high == OPEN, NONE, high))
    return {
        "said": _first_of(told["number"], middle),
        "lo": np.maximum(_first_of(low, best), 0),
        "hi": np.where((high != OPEN) | is_floor | (best == NONE), high, best),
        "best": middle,
        "is_exact": is_floor & (low == high),
    }


def _public_on(told: Rows) -> Whole:
    """The day of publication, else the inferred one if the report is known by that, else NONE."""
    by, known_on = told["published_by"], told["known_on"]
    return _first_of(told["published_on"], np.where(by == known_on, by, NONE))


def _first_of(*values: Whole) -> Whole:
    """Of several columns the first that is not blank."""
    found = values[-1]
    for column in values[-2::-1]:
        found = np.where(column != NONE, column, found)
    return found


def _apply_definitions(population: Numbered, origin: Numbered, known: Known) -> tuple[Numbered, Marks]:
    """Whom each row counts, where an origin's words are read as it defines them; and where that is so."""
    is_redefined = np.zeros(len(population.numbers), np.bool_)
    meant = {
        (origin.number(source), population.number(said)): word for (source, said), word in known.meant.items()
    }
    meant = {pair: word for pair, word in meant.items() if -1 not in pair}
    if not meant:
        return population, is_redefined
    words = [*population.words, *meant.values()]
    numbers = population.numbers.copy()
    for place, (speaker, said) in enumerate(meant, start=len(population.words)):
        where = (origin.numbers == speaker) & (population.numbers == said)
        numbers[where] = place
        is_redefined |= where
    return Numbered(numbers, tuple(words)).anew(), is_redefined


def _begins(told: Rows, start_of: Rows, is_increment: Marks, crisis: Whole, is_standing: Marks) -> Whole:
    """From which day each row counts.

    A total whose stated beginning lies in the crisis's baseline counts from the crisis's own beginning.
    Increments of days before that count together, from the first of these days on that one stands for; those
    of a crisis whose beginning nobody knows have none of their own.
    """
    stated, counted_to = told["period_start"], told["counted_to"]
    start, since, until = start_of["period_start"], start_of["baseline_from"], start_of["baseline_to"]
    own = _first_of(since, start)
    is_in_baseline = (since != NONE) & (since <= stated) & (stated <= until)
    in_time = np.where((stated == NONE) | is_increment | is_in_baseline, start, stated)
    first_day = _first_of(stated, counted_to)
    is_before = (counted_to < start) | (is_increment & (own != NONE) & (first_day < own))
    earliest = np.full(int(crisis.max(initial=-1)) + 1, OPEN)
    among = is_before & is_increment & is_standing
    np.minimum.at(earliest, crisis[among], first_day[among])
    together = np.where(is_increment, np.minimum(earliest[crisis], first_day), first_day)
    return np.where(is_before, together, in_time)


def _newest(day: Whole, is_dated: Marks, cell: Whole, cells: Cells) -> Whole:
    """For each cell the newest ``day`` of the rows that have a date, of its crisis and measure; of its crisis
    where that measure has none."""
    crisis, measure = (cells.named[name].numbers for name in ("crisis", "measure"))
    newest = np.full(len(cells), NONE)
    np.maximum.at(newest, cell[is_dated] - 1, day[is_dated])
    of_both, of_crisis = (_most_of(newest, group) for group in (ranks(key(crisis, measure)), crisis))
    return _first_of(of_both, of_crisis)


def _most_of(values: Whole, group: Whole) -> Whole:
    """For each of the ``values`` the highest of its ``group``."""
    most = np.full(int(group.max(initial=-1)) + 1, NONE)
    np.maximum.at(most, group, values)
    return most[group]

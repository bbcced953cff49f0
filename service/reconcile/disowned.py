"""Which figures are taken back, and by which retraction?

This module must not know what becomes of a figure that is, nor why its source took it back.
"""

from __future__ import annotations

import numpy as np

from service.reconcile.cells import Cells
from service.reconcile.columns import NONE, Rows, Whole, firsts, groups, key, numbered, order


def disowned_by(rows: Rows, retractions: Whole, cells: Cells, counted_to: Whole) -> Whole:
    """For each row the first of the ``retractions`` (rows too) that takes its figure back, or NONE.

    It takes back the same number of the same origin for the same place set, measure, population, attribution
    and event, whoever carries it and whenever; one without a number, whatever the origin said of that day
    (``counted_to``). What the origin itself publishes later stands, and what is published later by the source
    that took it back: a list that has the figure again. A removal takes back what its own source said alone.
    """
    found = np.full(len(rows["said"]), NONE)
    about = (
        cells.without_beginning[rows["cell_id"] - 1],
        *(rows[name] for name in ("origin_no", "event")),
    )
    has_number = rows["said"][retractions] != NONE
    is_removal = rows["is_removal"][retractions]
    for find, is_such in ((_taken_back_by, ~is_removal), (_removed_by, is_removal)):
        for which, what in ((has_number, rows["said"]), (~has_number, counted_to)):
            if (which & is_such).any():
                taken_back = find(rows, retractions[which & is_such], (*about, what))
                found = np.where(found == NONE, taken_back, found)
    return found


def _taken_back_by(rows: Rows, retractions: Whole, figure: tuple[Whole, ...]) -> Whole:
    """For each row the first of the ``retractions`` of the same ``figure`` that takes it back, or NONE."""
    since = rows["known_on"].min()
    published = np.maximum(rows["published_on"], since)
    source, is_own = rows["source_no"], rows["is_own"]
    by_anyone = _first_since(rows, retractions, figure, np.where(is_own, published, since))
    for_another = _next_of_another_source(rows, retractions, figure)
    is_by_itself = ~is_own & (by_anyone != NONE) & (source[np.maximum(by_anyone, 0)] == source)
    by_another = np.where(is_by_itself, for_another[np.maximum(by_anyone, 0)], by_anyone)
    by_itself = _first_since(rows, retractions, (*figure, source), published)
    return np.where(by_another == NONE, by_itself, by_another)


def _removed_by(rows: Rows, removals: Whole, figure: tuple[Whole, ...]) -> Whole:
    """For each row the first of the ``removals`` of the same ``figure`` by its own source since it was
    published, or NONE."""
    published = np.maximum(rows["published_on"], rows["known_on"].min())
    return _first_since(rows, removals, (*figure, rows["source_no"]), published)


def _first_since(rows: Rows, retractions: Whole, figure: tuple[Whole, ...], not_before: Whole) -> Whole:
    """For each row the first of the ``retractions`` of a ``figure`` from ``not_before`` on, or NONE."""
    group = numbered(*figure)
    since = rows["known_on"].min()
    in_order = retractions[
        order(group[retractions], rows["known_on"][retractions], rows["report_no"][retractions])
    ]
    keys = key(group[in_order], rows["known_on"][in_order] - since)
    wanted = key(group, not_before - since)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    is_found = (group[in_order[at]] == group) & (keys[at] >= wanted)
    return np.where(is_found, in_order[at], NONE)


def _next_of_another_source(rows: Rows, retractions: Whole, figure: tuple[Whole, ...]) -> Whole:
    """For each row that is one of the ``retractions`` the next of its ``figure`` by another source, or
    NONE."""
    group, source = numbered(*figure)[retractions], rows["source_no"][retractions]
    sequence = order(group, rows["known_on"][retractions], rows["report_no"][retractions])
    in_order, group, source = retractions[sequence], group[sequence], source[sequence]
    run = firsts(group, source)
    after = np.append(run[1:], len(in_order))[groups(run, len(in_order))]
    follows = np.minimum(after, len(in_order) - 1)
    found = np.full(len(rows["said"]), NONE)
    is_of_same = (after < len(in_order)) & (group[follows] == group)
    found[in_order] = np.where(is_of_same, in_order[follows], NONE)
    return found

"""What do the accounts make of some crises and measures?

Runs the steps in order for the statements of a few of them together, so that a step is taken once for all:
cells of different crises never hold one another. This module does not know how rows are written.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from service import effort
from service.reconcile.accounts import Accounts, accounts_of
from service.reconcile.batches import Told
from service.reconcile.columns import NONE, Marks, Whole, order
from service.reconcile.consistency import KEPT, Stated, last_words_below, set_aside
from service.reconcile.event_sums import add_events
from service.reconcile.events import Events
from service.reconcile.figure_order import close_order
from service.reconcile.figures import Figures, drop_nameless, figure
from service.reconcile.grades import grade
from service.reconcile.grid import Grid
from service.reconcile.increments import IncrementSums
from service.reconcile.kept import BLANK, BOUNDLESS, STATED, Kept
from service.reconcile.methods import apply_method
from service.reconcile.own_days import days_of_change
from service.reconcile.raises import Raises, raises_of, standing
from service.reconcile.restarts import restarts
from service.reconcile.statements import Statements, decode_origin
from service.reconcile.sums import Sums, close_sums, tell_the_rest


@dataclasses.dataclass(frozen=True)
class Crises:
    """The figures of the cells of some crises and measures, and what led to them.

    ``statement`` are the places of the statements looked at, whose cells are ``local``, counted to the days
    ``said_on`` (places in the grid's); ``added`` the sums of single days and of events; ``kept`` what of both
    is heard, sorted by cell; ``why`` says for each KEPT or why it was set aside, ``shown_by`` by which of
    them; ``grades`` and ``origins`` are tables like those of ``figures``.
    """

    grid: Grid
    kept: Kept
    accounts: Accounts
    figures: Figures
    sums: Sums
    raises: Raises
    grades: Whole
    origins: Whole
    statement: Whole
    local: Whole
    said_on: Whole
    added: IncrementSums
    why: Whole
    shown_by: Whole


def reconcile_crises(
    grid: Grid,
    statements: Statements,
    told: Told,
    *,
    is_reported: Marks,
    is_named: Marks,
    added: IncrementSums,
    events: Events,
    held: IncrementSums,
    weight: Whole,
    method: str,
) -> Crises:
    """Return what the statements that are heard (``told``) amount to, beside sums ``added`` and ``held``, and
    events that are still to be added up; ``weight`` is by origin.
    ``is_reported`` marks the cells of the grid that reports are about, heard or not, ``is_named`` those of
    stocks of which a named origin speaks on any day."""
    rows, local, day = told.row, told.cell, grid.day(told.cell, told.day)
    sequence = order(statements.origin[rows], local, day)
    rows, local, day = rows[sequence], local[sequence], day[sequence]
    stated = _stated(statements, rows, local, day)
    why, shown_by = set_aside(grid, stated)
    effort.check()
    keep = np.flatnonzero(why == KEPT)
    of_events, is_stated = add_events(grid, events)
    added, held = added.beside(of_events.take(is_stated)), held.beside(of_events.take(~is_stated))
    kept = _kept(grid, statements, rows, stated, keep=keep, added=added, weight=weight)
    kept.least[: len(keep)] = np.minimum(kept.least[: len(keep)], last_words_below(stated, why)[keep])
    kept = kept.beside(restarts(grid, kept))
    accounts = accounts_of(grid, kept.by_origin(), held)
    effort.check()
    kept = kept.by_cell()
    accounts, own, is_nameless = drop_nameless(grid, accounts, kept, is_named)
    changes = days_of_change((accounts.low, accounts.high, accounts.standing), accounts.cell, len(grid))
    changes[own.cell, own.day] = True
    figures = figure(grid, accounts, own, is_nameless, changes)
    apply_method(method, own, figures)
    stated_alone = standing(figures)
    close_order(grid, figures)
    effort.check()
    sums = close_sums(grid, accounts, figures)
    close_order(grid, figures)
    sums = tell_the_rest(grid, accounts, figures, sums, is_reported)
    effort.check()
    raises = raises_of(stated_alone, figures, sums, kept)
    grades, origins = grade(accounts, own, figures, sums=sums, raises=raises, changes=changes)
    return Crises(
        grid, kept, accounts, figures, sums, raises, grades, origins, rows, local, day, added, why, shown_by
    )


def _stated(statements: Statements, rows: Whole, local: Whole, day: Whole) -> Stated:
    """What the statements ``rows`` say, as its consistency is looked at."""
    return Stated(
        statements.origin[rows],
        local,
        day,
        statements.low[rows],
        np.minimum(statements.widest[rows], BOUNDLESS),
        np.where(statements.count[rows] == NONE, BLANK, statements.count[rows]),
        statements.number[rows],
        statements.carriers[rows],
        statements.is_own[rows],
        (statements.own_days[0][rows], statements.own_days[1][rows]),
        statements.day[rows],
    )


def _kept(
    grid: Grid,
    statements: Statements,
    rows: Whole,
    stated: Stated,
    *,
    keep: Whole,
    added: IncrementSums,
    weight: Whole,
) -> Kept:
    """The statements of which to ``keep``, and the sums of increments, together."""
    of, sums = rows[keep], len(added.cell)
    return Kept(
        cell=np.concatenate([stated.cell[keep], added.cell]),
        origin=np.concatenate([stated.origin[keep], added.origin]),
        day=np.concatenate([stated.day[keep], grid.day(added.cell, added.day)]),
        low=np.concatenate([stated.low[keep], added.low]),
        high=np.concatenate([np.minimum(statements.high[of], BOUNDLESS), np.full(sums, BOUNDLESS)]),
        count=np.concatenate([stated.count[keep], added.count]),
        least=np.concatenate([statements.least[of], added.least]),
        widest=np.concatenate([stated.high[keep], added.widest]),
        weight=np.concatenate([_weight_of(stated.origin[keep], weight), _weight_of(added.origin, weight)]),
        is_nameless=np.concatenate([statements.is_nameless[of], added.is_nameless]),
        is_verified=np.concatenate([statements.is_verified[of], np.zeros(sums, np.bool_)]),
        made_of=np.concatenate([np.full(len(of), STATED), added.made_of]),
        claim=np.concatenate([statements.claim[of], added.claim]),
    )


def _weight_of(origin: Whole, weight: Whole) -> Whole:
    """The weight of each origin; a model weighs what its origin does."""
    return weight[decode_origin(origin)]

"""What is known of every claim?

Claims lie side by side by statement (what an origin is said to have counted by a day), and what became of a
statement is an array by its number, so that to know it of a claim takes one look-up. This module must not
know what follows from it for an estimate.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property

import numpy as np

from service.reconcile.claims import Claims
from service.reconcile.columns import NONE, Marks, Rows, Whole, firsts, groups
from service.reconcile.increments import added
from service.reconcile.parts import bounds
from service.reconcile.spans import echoes, spans
from service.reconcile.statements import Statements, stated
from service.reconcile.walk import Walked, walk


@dataclasses.dataclass(frozen=True)
class Lineage:
    """The claims of a run, and what became of their statements, step by step.

    ``echo_of`` is the origin that each statement is suspected to echo, or NONE; ``added`` what days counted
    alone come to; ``spans`` the days on which figures stand, ``bounds`` what parts say about wholes.
    """

    claims: Claims
    statements: Statements
    walked: Walked
    echo_of: Whole
    added: Rows
    spans: Rows
    bounds: Rows

    @classmethod
    def of(cls, claims: Claims) -> Lineage:
        statements = stated(claims)
        walked = walk(statements)
        echo_of = echoes(walked, statements, claims.cells)
        sums = added(claims)
        standing = spans(walked, echo_of, sums)
        return cls(claims, statements, walked, echo_of, sums, standing, bounds(standing, sums, claims.cells))

    @cached_property
    def heard(self) -> Whole:
        """The number with which a statement's origin was heard on its day, or NONE; per statement."""
        told = self.statements.rows
        said = np.append(told["said"], NONE)  # where none was chosen, the last
        return said[self.statements.chosen][told["dated"]]

    @cached_property
    def is_slip(self) -> Marks:
        """Whether a statement was chosen and then disowned; per statement."""
        dated = self.statements.rows["dated"]
        is_chosen = self.statements.chosen[dated] == np.arange(len(dated))
        marks: Marks = self.statements.is_disowned[dated] & is_chosen
        return marks

    @cached_property
    def walked_row(self) -> Whole:
        """Where a statement is in ``walked``, or -1; per statement."""
        statement = self.walked.rows["statement"]
        row = np.full(len(self.echo_of), -1)
        row[statement] = np.arange(len(statement))
        return row

    @cached_property
    def stands_for(self) -> Whole:
        """The claim that stands for each claim's statement among those that say it likewise."""
        statement = self.claims.statement
        begins = firsts(statement, self.claims.rows["is_increment"])
        return begins[groups(begins, len(statement))]

"""How is a linear program solved here?

With HiGHS, on one thread, so that equal programs have equal solutions on every machine of a kind, and loaded
only when a program is to be solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def quiet_solver() -> Any:  # noqa: ANN401 - the stubs of HiGHS leave out half of its methods
    """A HiGHS solver without a model, silent."""
    import highspy

    solver: Any = highspy.Highs
    made = solver()
    made.silent()
    made.setOptionValue("threads", 1)
    return made


class Steps:
    """A program of steps, each of some length and price, under relations that leave so much room.

    It grows, and is solved anew from where it stood.
    """

    def __init__(self) -> None:
        self._solver = quiet_solver()
        self._count = 0
        self._length: list[float] = []
        self._price: list[float] = []
        self._room: list[float] = []
        self._start: list[int] = []
        self._step: list[int] = []
        self._sign: list[float] = []

    def add(self, segments: Sequence[tuple[float, float]]) -> range:
        """Steps of (length, price); their numbers."""
        first = self._count
        self._count += len(segments)
        self._length += [length for length, _ in segments]
        self._price += [price for _, price in segments]
        return range(first, self._count)

    def relate(self, terms: Sequence[tuple[int, float]], room: float) -> None:
        """That the steps taken, each times its sign, come to no more than ``room``."""
        self._start.append(len(self._step))
        self._step += [step for step, _ in terms]
        self._sign += [sign for _, sign in terms]
        self._room.append(room)

    def solve(self) -> Numbers:
        """How far each step is taken, at the least total price."""
        none: npt.NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        count, price, length = len(self._price), np.array(self._price), np.array(self._length)
        self._solver.addCols(count, price, np.zeros(count), length, 0, none, none, np.zeros(0))
        rooms, least = np.array(self._room), np.full(len(self._room), -np.inf)
        start, step, sign = np.array(self._start), np.array(self._step), np.array(self._sign)
        self._solver.addRows(len(rooms), least, rooms, len(step), start, step, sign)
        for taken in (self._length, self._price, self._room, self._start, self._step, self._sign):
            taken.clear()
        self._solver.run()
        return np.array(self._solver.getSolution().col_value)

    def in_whole_numbers(self) -> None:
        """From here on no step added so far is taken in part."""
        import highspy

        steps = np.arange(self._count, dtype=np.int32)
        whole = np.full(self._count, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self._solver.changeColsIntegrality(self._count, steps, whole)


class Table:
    """A program with a number for each column of ``holds``, none negative; its rows' sums are bounded."""

    def __init__(self, holds: npt.NDArray[np.bool_]) -> None:
        self._holds = holds
        self._rows, self._columns = holds.shape
        self._solver = quiet_solver()
        self._solver.setOptionValue("presolve", "off")
        row, column = np.nonzero(holds)
        missing = np.arange(self._rows)
        # a row for the low of each sum, with what it misses of it, then one for its high
        rows = np.concatenate([row, missing, row + self._rows])
        columns = np.concatenate([column, missing + self._columns, column])
        order = np.lexsort((columns, rows))
        self._solver.passModel(self._model(rows[order], columns[order]))

    def _model(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Any:  # noqa: ANN401
        import highspy

        model: Any = highspy.HighsLp()
        model.num_col_ = self._columns + self._rows
        model.num_row_ = 2 * self._rows
        model.col_cost_ = np.concatenate([np.zeros(self._columns), np.ones(self._rows)])
        model.col_lower_ = np.zeros(model.num_col_)
        model.col_upper_ = np.full(model.num_col_, np.inf)
        model.row_lower_ = np.full(model.num_row_, -np.inf)
        model.row_upper_ = np.full(model.num_row_, np.inf)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.searchsorted(rows, np.arange(model.num_row_ + 1))
        model.a_matrix_.index_ = columns
        model.a_matrix_.value_ = np.ones(len(rows))
        return model

    def shortfall(self, low: Numbers, high: Numbers) -> tuple[float, Numbers, Numbers]:
        """How much at least the sums must miss of their lows to keep below their highs, and the shadow prices
        of the lows and of the highs."""
        self._bound(low, high)
        self._solver.run()
        prices = np.array(self._solver.getSolution().row_dual).reshape(2, self._rows)
        return float(self._solver.getInfo().objective_function_value), prices[0], -prices[1]

    def extreme(self, row: int, low: Numbers, high: Numbers, *, most: bool) -> tuple[float, Numbers, Numbers]:
        """The least or the most that the sum of ``row`` can be while the sums keep their bounds, which must
        leave room; infinite where nothing bounds it. With it the shadow prices, as in ``shortfall``."""
        import highspy

        self._bound(low, high)
        columns = np.arange(self._columns + self._rows, dtype=np.int32)
        missing = columns[self._columns :]
        none = np.zeros(self._rows)
        held = np.concatenate([self._holds[row].astype(np.float64), none])
        self._solver.changeColsBounds(self._rows, missing, none, none)
        self._solver.changeColsCost(len(columns), columns, -held if most else held)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return np.inf, none, none
        prices = np.array(self._solver.getSolution().row_dual).reshape(2, self._rows)
        return abs(float(self._solver.getInfo().objective_function_value)), prices[0], -prices[1]

    def _bound(self, low: Numbers, high: Numbers) -> None:
        rows = np.arange(2 * self._rows, dtype=np.int32)
        lows = np.concatenate([low, np.full(self._rows, -np.inf)])
        highs = np.concatenate([np.full(self._rows, np.inf), high])
        self._solver.changeRowsBounds(len(rows), rows, lows, highs)

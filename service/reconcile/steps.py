"""How are the steps of a method run that are written in SQL?

On an ``Engine``: a connection that begins to work when the first table is added. A run is a transaction that
is never committed, so that all the tables it makes are gone with it. (Plans are not kept: DuckDB 2.0 plans
anew whatever reads a table, prepared or not.) This module must not know what the steps say. Invariant: an
engine does one run at a time, and nothing of a run is left for the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from importlib.resources import files

import duckdb
import pyarrow as pa

ALWAYS = (
    "build_side_probe_side", "column_lifetime", "common_subexpressions", "cte_inlining",
    "expression_rewriter", "filter_pullup", "filter_pushdown", "join_order", "materialized_cte",
    "reorder_filter", "unused_columns",
)  # fmt: skip
"""Those of DuckDB's optimizers without which a plan can take many times longer, however few the rows."""

MOST_WAITING = 4
_waiting: dict[bool, list[Engine]] = {True: [], False: []}
"""The engines that have nothing to do, those for few rows and the others; some of each are kept."""


class Engine:
    """A connection; for few rows plans are looked for less long."""

    def __init__(self, *, is_small: bool) -> None:
        self._is_small = is_small
        self._added: list[str] = []

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        connection = _memory(self._is_small).cursor()
        connection.execute("SET enable_progress_bar = false")
        return connection

    def add(self, **tables: pa.Table) -> None:
        """Let the steps read tables, until the run is over."""
        if not self._added:
            self._connection.execute("BEGIN")
        for name, table in tables.items():
            self._connection.register(name, table)
            self._added.append(name)

    def step(self, step: str) -> pa.Table:
        """The answer to the last statement of a step, once the others are run."""
        *makings, asking = _statements(step)
        for statement in makings:
            self._connection.execute(statement)
        return self._connection.sql(asking).to_arrow_table()

    def read(self, query: str) -> pa.Table:
        """The answer to a query."""
        return self._connection.sql(query).to_arrow_table()

    def end(self) -> None:
        """The run is over."""
        if self._added:
            self._connection.execute("ROLLBACK")
        for name in self._added:
            self._connection.unregister(name)
        self._added.clear()


@contextmanager
def an_engine(*, is_small: bool) -> Iterator[Engine]:
    """An engine that has nothing else to do, one that waits or a new one, for one run."""
    try:
        one = _waiting[is_small].pop()
    except IndexError:
        one = Engine(is_small=is_small)
    try:
        yield one
    finally:
        one.end()
    if len(_waiting[is_small]) < MOST_WAITING:
        _waiting[is_small].append(one)  # not where the run failed


@cache
def _memory(is_small: bool) -> duckdb.DuckDBPyConnection:
    """The empty database whose cursors are the engines' connections: all that they make is temporary.

    (A cursor, too, since the progress bar of the connection itself cannot be switched off inside some
    notebooks.)
    """
    memory = duckdb.connect(":memory:", config={"threads": 1})
    if is_small:
        optimizers = {name for (name,) in memory.execute("SELECT name FROM duckdb_optimizers()").fetchall()}
        needless = ",".join(sorted(optimizers.difference(ALWAYS)))
        memory.execute(f"SET GLOBAL disabled_optimizers = '{needless}'")
    return memory


@cache
def _statements(step: str) -> tuple[duckdb.Statement, ...]:
    """The statements of one SQL file, comments kept."""
    text = (files("service.reconcile") / "sql" / f"{step}.sql").read_text(encoding="utf-8")
    return tuple(duckdb.extract_statements(text))

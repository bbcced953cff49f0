"""What does the ledger hold, at one state of it?

A view is one read transaction: everything read through it belongs to the same head, however much is submitted
meanwhile. It knows the index, not the journal, and writes nothing.

>>> with store.view() as view:  # doctest: +SKIP
...     view.head, view.reports(as_of=dt.date(2025, 3, 12))
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from typing import TypedDict

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from service.ledger.admission import admit_batch, compare_rows, refuse_if_changed
from service.ledger.columns import (
    HISTORY,
    STORED_FINDING,
    STORED_HELD,
    STORED_MAPPING,
    STORED_WITHDRAWAL,
    SUBMISSION,
)
from service.ledger.full_release import find_gone
from service.ledger.state import read_last_entry
from service.ledger.statements import query, sql
from service.schema.records import Batch, FullList, Head, Receipt, Reference
from service.schema.tables import BATCH_REPORT, LEDGER_REPORT, REFERENCE_KEYS, REFERENCE_SCHEMAS
from service.vocabulary import Dates


class DocumentFilter(TypedDict, total=False):
    """Of which document, by its name or its content, and recorded by which moment."""

    document: str | None
    sha256: str | None
    recorded_by: dt.datetime | None


class View:
    """The ledger at one head. Made by ``Store.view``; for the thread that opened it only."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, errors: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._cursor = cursor
        self._errors = errors
        self.head: Head = read_last_entry(cursor).head

    def reports(
        self,
        *,
        crisis_id: str | None = None,
        as_of: dt.date | None = None,
        recorded_by: dt.datetime | None = None,
        dates: Dates = Dates.ALL,
    ) -> pa.Table:
        """Return LEDGER_REPORT rows in order of (seq, row): public by ``as_of``, recorded by ``recorded_by``.

        Withdrawn reports are among them and carry the reason, if they were withdrawn by ``recorded_by``.
        ``dates`` says whether inferred days of publication count. Raises TypeError for an ``as_of`` with a
        time of day.
        """
        if isinstance(as_of, dt.datetime):
            raise TypeError("as_of is a day, not a moment")
        moment = _utc_or_none(recorded_by)
        rows = self.ask(
            sql("reports"), crisis_id=crisis_id, as_of=as_of, recorded_by=moment, held=None, dates=dates
        )
        return _conform(rows, LEDGER_REPORT)

    def report(self, report_id: str, *, recorded_by: dt.datetime | None = None) -> pa.Table:
        """Return the LEDGER_REPORT row of a report, withdrawn or not; none for an unknown id."""
        return _conform(
            self.ask(sql("report"), report_id=report_id, held=None, recorded_by=recorded_by, dates=Dates.ALL),
            LEDGER_REPORT,
        )

    def nearest_reports(self, reports: pa.Table, most: int) -> pa.Table:
        """Return the ``most`` reports nearest in time to ``reports``, of the same sources and origins, not
        withdrawn.

        The columns are those of nearest_reports.sql.
        """
        speakers = reports.group_by(["crisis_id", "source_id", "origin_id"]).aggregate([])
        ends = pc.min_max(reports["counted_to"]).as_py()
        days = {"first": ends["min"], "last": ends["max"]}
        with self._errors():
            total = self._count_reports_near(None)
            if speakers.num_rows == 1 and total <= most:
                nearest = self._find_standing(**speakers.to_pylist()[0])
            else:
                self._cursor.register("incoming", speakers)
                nearest = self._search_nearest(days, most, total)
                self._cursor.unregister("incoming")
        return nearest.cast(pa.schema([LEDGER_REPORT.field(name) for name in nearest.column_names]))

    def reports_of_document(self, sha256: str, *, after: int, before: int) -> pa.Table:
        """Return the reports (BATCH_REPORT) of a document that came in with the rows between two."""
        with self._errors():
            rows = query(self._cursor, sql("reports_of_document"), sha256=sha256, after=after, before=before)
        return rows.select(BATCH_REPORT.names).cast(BATCH_REPORT)

    def _find_standing(self, **speaker: str) -> pa.Table:
        """Return the reports of one source and origin about a crisis that are not withdrawn."""
        rows = query(self._cursor, sql("reports_of_speaker"), **speaker)
        if not rows.num_rows:
            return rows
        withdrawn = query(self._cursor, sql("withdrawn_reports"), held=None, recorded_by=None)["report_id"]
        return rows.filter(pc.invert(pc.is_in(rows["report_id"], value_set=withdrawn.combine_chunks())))

    def _count_reports_near(self, reach: int | None, first: object = None, last: object = None) -> int:
        days = {"reach": reach, "first": first, "last": last}
        return int(self._cursor.execute(sql("count_reports_near"), days).fetchall()[0][0])

    def _search_nearest(self, days: dict[str, dt.date | None], most: int, total: int) -> pa.Table:
        """Return the rows of nearest_reports.sql, of ``total``, searched ever further from ``days``.

        So a few rows do not make the whole of a long ledger be read.
        """

        def nearest(reach: int | None) -> pa.Table:
            statement = sql("nearest_reports")
            return query(self._cursor, statement, reach=reach, most=most, held=None, recorded_by=None, **days)

        reach = 1 if days["first"] and total > most else None
        while reach and (within := self._count_reports_near(reach, **days)) < total:
            if within >= most:
                rows = nearest(reach)
                if rows.num_rows == most:
                    return rows
                reach *= 1 + most // (rows.num_rows + 1)
            reach = min(2 * reach, dt.date.max.toordinal())
        return nearest(None)

    def count_known(self, crises: Collection[str] | None, as_of: dt.date | None) -> int:
        """Return how many reports on some crises (None: all) are known by a day (None: any)."""
        some = None if crises is None else [*crises]
        return int(self.ask(sql("count_known"), crises=some, as_of=as_of)["reports"][0].as_py())

    def find_gone(self, full: FullList) -> pa.Table:
        """Return the standing reports that a full release no longer lists."""
        return find_gone(self._cursor, full)

    def find_taken_back(self, retractions: pa.Table, today: dt.date) -> pa.Table:
        """Return what retractions without a number (BATCH_REPORT) take back: columns of taken_back.sql."""
        with self._errors():
            self._cursor.register("incoming", retractions)
            rows = query(self._cursor, sql("taken_back"), today=today, held=None, recorded_by=None)
            self._cursor.unregister("incoming")
        return rows

    def rehearse(self, batch: Batch, earlier_ids: pa.Array | None = None, *, brief: bool = False) -> Receipt:
        """Return the receipt that ``batch`` would get if submitted after reports with ``earlier_ids``."""
        never = dt.datetime.min  # noqa: DTZ901 - nothing is recorded
        with self._errors():
            _, receipt = admit_batch(self._cursor, batch, never, earlier_ids, brief=brief)
        return dataclasses.replace(receipt, head=self.head)

    def compare_rows(self, table: str, rows: pa.Table) -> tuple[tuple[str, str], ...]:
        """Return the key of each reference row, and whether it is new, changed or known."""
        key = REFERENCE_KEYS.get(table, ())
        with self._errors():
            compared = compare_rows(self._cursor, table, rows)
        return tuple((" ".join(str(row[name]) for name in key), verdict) for row, verdict in compared)

    def reference(self, *, recorded_by: dt.datetime | None = None) -> Reference:
        """Return the reference rows in force, in order of their keys."""
        tables = {}
        for name, key in REFERENCE_KEYS.items():
            columns = ", ".join(f'"{column}"' for column in key)
            statement = sql("reference_rows", table=name, key=columns)
            rows = self.ask(statement, recorded_by=_utc_or_none(recorded_by))
            tables[name] = _conform(rows, REFERENCE_SCHEMAS[name])
        return Reference(**tables)

    def findings(
        self,
        *,
        document: str | None = None,
        sha256: str | None = None,
        recorded_by: dt.datetime | None = None,
    ) -> pa.Table:
        """Return STORED_FINDING rows: what the checks noticed, oldest first."""
        moment = _utc_or_none(recorded_by)
        rows = self.ask(sql("findings"), document=document, sha256=sha256, recorded_by=moment, held=None)
        return _conform(rows, STORED_FINDING)

    def held_rows(
        self,
        *,
        document: str | None = None,
        sha256: str | None = None,
        recorded_by: dt.datetime | None = None,
    ) -> pa.Table:
        """Return STORED_HELD rows: those quarantined or rejected, oldest first."""
        moment = _utc_or_none(recorded_by)
        rows = self.ask(sql("held_rows"), document=document, sha256=sha256, recorded_by=moment)
        return _conform(rows, STORED_HELD)

    def mappings(self, *, recorded_by: dt.datetime | None = None) -> pa.Table:
        """Return STORED_MAPPING rows: every mapping that the ledger keeps, oldest first."""
        return _conform(self.ask(sql("mappings"), recorded_by=_utc_or_none(recorded_by)), STORED_MAPPING)

    def stated_starts(self, crises: pa.ChunkedArray, *, recorded_by: dt.datetime | None = None) -> pa.Table:
        """Return (crisis_id, period_start): the earliest day that the reports of some crises state."""
        with self._errors():
            self._cursor.register("incoming", pa.table({"crisis_id": crises}))
            moment = _utc_or_none(recorded_by)
            found = query(self._cursor, sql("stated_starts"), held=None, recorded_by=moment)
            self._cursor.unregister("incoming")
        return found

    def counted_cells(self) -> pa.Table:
        """Return (crisis_id, measure, population, areas, reports): what the reports that stand are about, and
        how many there are."""
        return self.ask(sql("counted_cells"), held=None, recorded_by=None)

    def submissions(self) -> pa.Table:
        """Return SUBMISSION rows: every entry of the ledger, oldest first."""
        return _conform(self.ask(sql("submissions")), SUBMISSION)

    def withdrawals(self, report_id: str | None = None) -> pa.Table:
        """Return STORED_WITHDRAWAL rows: every withdrawal, or those of one report, oldest first."""
        return _conform(self.ask(sql("withdrawals"), report_id=report_id), STORED_WITHDRAWAL)

    def history(self, report_id: str, *, recorded_by: dt.datetime | None = None) -> pa.Table:
        """Return HISTORY rows: what became of a report, oldest first; none for an unknown id."""
        rows = self.ask(sql("history"), report_id=report_id, recorded_by=_utc_or_none(recorded_by))
        return _conform(rows, HISTORY)

    def refuse_if_changed(self, report_id: str, seen: Head) -> None:
        """Raise ChangedSince where a report has changed after the head ``seen``."""
        with self._errors():
            refuse_if_changed(self._cursor, report_id, seen)

    def stream(self, statement: str, portion: int, **parameters: object) -> Iterator[pa.Table]:
        """Yield the rows of a statement, ``portion`` of them at a time at most."""
        with self._errors():
            relation = self._cursor.sql(statement, params=parameters or None)
            for rows in relation.to_arrow_reader(portion):
                yield pa.Table.from_batches([rows])

    def ask(self, statement: str, **parameters: object) -> pa.Table:
        """Return the rows of one of the statements in ``sql``."""
        with self._errors():
            return query(self._cursor, statement, **parameters)


def utc(moment: dt.datetime) -> dt.datetime:
    """Return ``moment`` as the ledger keeps time: UTC, no zone; raises TypeError for anything but a
    datetime."""
    if not isinstance(moment, dt.datetime):
        raise TypeError(f"a moment is a datetime, not {type(moment).__name__}")
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _utc_or_none(moment: dt.datetime | None) -> dt.datetime | None:
    return None if moment is None else utc(moment)


def _conform(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return ``rows`` with the columns, order and types of ``schema``."""
    return rows.select(schema.names).cast(schema)

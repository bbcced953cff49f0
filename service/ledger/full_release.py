"""What does a full release of a source take back?

A release is full where it lists every event, or every place of a table of running totals, that its source
still holds to. What the ledger has beside it of that source is taken back by a report of its own, of the day
of the release: as of earlier days it stands, as the public knew it then. Of a figure of its own that is a
retraction, of one that it carries a removal: who else carries that, and its origin, stand by it. Reads the
index inside the writer's transaction; writes nothing.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Collection, Iterable, Mapping

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from service.ledger.admission import admit_batch, batch_words, report_status, withdrawals
from service.ledger.entry import Entry
from service.ledger.statements import query, sql
from service.schema.records import Batch, FullList, Receipt, report_id
from service.schema.tables import BATCH_REPORT
from service.vocabulary import Basis

GONE = "no longer in the full release handed in as"
"""How the note of a retraction begins that a full release has led to."""
LISTED_AGAIN = "listed again in the full release handed in as"


def admit_release(
    cursor: duckdb.DuckDBPyConnection,
    batch: Batch,
    full: FullList,
    moment: dt.datetime,
    *,
    brief: bool = False,
) -> tuple[Entry | None, tuple[Receipt, pa.Table]]:
    """Return the one entry that records the last batch of a full release and takes back the reports that it
    no longer lists; the receipt, and these reports (LEDGER_REPORT)."""
    gone = find_gone(cursor, full)
    again = _listed_again(cursor, full)
    retractions = _retractions(gone, full, batch.rows + 1)
    status = report_status(cursor, retractions["report_id"].combine_chunks())
    entry, receipt = admit_batch(cursor, batch, moment, brief=brief)
    changes: list[tuple[str, str | None, str]] = [
        *((name, None, "") for name, is_withdrawn in status.items() if is_withdrawn),
        *((name, f"{LISTED_AGAIN} {full.document}", "") for name in again),
    ]
    fresh = retractions.filter(
        pc.invert(pc.is_in(retractions["report_id"], pa.array([*status], pa.string())))
    )
    if not changes and not fresh.num_rows:
        return entry, (receipt, gone)
    tables = dict(entry.tables) if entry else {}
    if fresh.num_rows:
        tables["report"] = pa.concat_tables([tables.get("report", BATCH_REPORT.empty_table()), fresh])
    if changes:
        tables["withdrawal"] = withdrawals(changes)
    words = entry.words() if entry else {"kind": "reports", **batch_words(batch, receipt, moment)}
    return Entry(**words, tables=tables), (receipt, gone)


def find_gone(cursor: duckdb.DuckDBPyConnection, full: FullList) -> pa.Table:
    """Return the reports (LEDGER_REPORT) that stand and that a full release has no more, of its crises and
    sources: events, and totals of its tables. They were public before the release of their source was."""
    standing = _of_sources(cursor, "standing_events", full.events)
    events = standing.filter(pc.invert(_is_listed(standing, full.events)))
    totals = _ask_about(cursor, "gone_totals", full.totals)
    gone = pa.concat_tables([events, totals.cast(events.schema)])
    return gone.filter(_is_known(gone, full, operator.lt))


def _listed_again(cursor: duckdb.DuckDBPyConnection, full: FullList) -> list[str]:
    """Return the retractions by an earlier full release of reports that this one lists as they were: what is
    published anew stands beside them anyway."""
    sources = full.totals.select(["crisis_id", "source_id"]).to_pylist()
    sources = {(row["crisis_id"], row["source_id"]) for row in sources}.union(full.events)
    kept = _of_sources(cursor, "released_retractions", sources, note=GONE)
    kept = kept.filter(_is_known(kept, full, operator.le))
    is_again = pc.is_in(kept["takes_back"], pa.array([*full.report_ids], pa.string()))
    return sorted(set(kept.filter(is_again)["report_id"].to_pylist()))


def _of_sources(
    cursor: duckdb.DuckDBPyConnection,
    statement: str,
    sources: Iterable[tuple[str, str]],
    **parameters: object,
) -> pa.Table:
    """Return what a statement finds of crises and their sources."""
    keys = [{"crisis_id": crisis, "source_id": source} for crisis, source in sources]
    schema = pa.schema([("crisis_id", pa.string()), ("source_id", pa.string())])
    return _ask_about(cursor, statement, pa.Table.from_pylist(keys, schema=schema), **parameters)


def _ask_about(
    cursor: duckdb.DuckDBPyConnection, statement: str, incoming: pa.Table, **parameters: object
) -> pa.Table:
    """Return what a statement finds beside the rows of ``incoming``."""
    cursor.register("incoming", incoming)
    found = query(cursor, sql(statement), held=None, recorded_by=None, **parameters)
    cursor.unregister("incoming")
    return found


def _is_listed(rows: pa.Table, listed: Mapping[tuple[str, str], Collection[str]]) -> pa.Array:
    """Return for each of the rows whether its event is listed by its source, in its crisis."""
    named = (rows[name].to_pylist() for name in ("crisis_id", "source_id", "event"))
    return pa.array(
        [event in listed.get((crisis, source), ()) for crisis, source, event in zip(*named, strict=True)],
        pa.bool_(),
    )


def _is_known(rows: pa.Table, full: FullList, is_early: Callable[[dt.date, dt.date], bool]) -> pa.Array:
    """Return for each of the rows whether it was known early enough beside the day of its source's release; a
    release without a day is later than all."""
    named = (rows[name].to_pylist() for name in ("crisis_id", "source_id", "known_on"))
    found = []
    for crisis, source, known_on in zip(*named, strict=True):
        day = full.published_on.get((crisis, source))
        found.append(day is None or is_early(known_on, day))
    return pa.array(found, pa.bool_())


def _retractions(gone: pa.Table, full: FullList, first_row: int) -> pa.Table:
    """Return the retraction of each report that is ``gone`` (BATCH_REPORT), as if the release had it in the
    rows from ``first_row`` on."""
    rows = []
    for number, report in enumerate(gone.to_pylist()):
        row = report | {
            "basis": str(Basis.RETRACTION if report["source_id"] == report["origin_id"] else Basis.REMOVAL),
            "url": None,
            "published_on": full.published_on.get((report["crisis_id"], report["source_id"])),
            "published_time": None,
            "published_by": None,
            "published_precision": None,  # that of the report that is gone says nothing of the release
            "note": f"{GONE} {full.document}",
            "row": first_row + number,
        }
        rows.append(row | {"report_id": report_id(row)})
    first = {row["report_id"]: row for row in reversed(rows)}  # the same figure, published twice
    return pa.Table.from_pylist([*first.values()][::-1], schema=BATCH_REPORT)

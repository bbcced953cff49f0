"""Which events of a source are gone from its newest full release?

A release is full where it lists every event that its source still holds to: those that the ledger has beside
it are taken back from the day of the release on, as far as they were public before it. This module must not
know how a document is read, nor how it is recorded.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import QueryError
from service.schema.records import Batch, Finding, FullList
from service.vocabulary import Severity

FULL = "full"
"""What a document may be said to be."""


def read_release(release: str | None) -> bool:
    """Return whether a document is a full release. Raises QueryError for another word."""
    if release in (None, "", FULL):
        return release == FULL
    raise QueryError(f"release={release!r} is no kind of release.", fix=f"Write {FULL}, or leave it out.")


class FullRelease:
    """The events of a document, batch by batch, by crisis and source, and its reports about them; the newest
    day on which they were published; and how many rows were not accepted."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.report_ids: set[str] = set()
        self.published_on: dt.date | None = None
        self.held = 0

    def add(self, batch: Batch) -> None:
        """Take in the events of a batch."""
        reports = batch.reports.filter(pc.is_valid(batch.reports["event"]))
        columns = (reports.column(name).to_pylist() for name in ("crisis_id", "source_id", "event"))
        for crisis, source, event in zip(*columns, strict=True):
            self.events[crisis, source].add(event)
        self.report_ids.update(reports.column("report_id").to_pylist())
        newest = pc.max(reports.column("published_on")).as_py()
        self.published_on = max(filter(None, (self.published_on, newest)), default=None)
        self.held += batch.held.num_rows

    def listed(self, document: str) -> FullList:
        """Return what the document lists."""
        return FullList(self.events, self.report_ids, self.published_on, document)

    def incomplete(self) -> Finding:
        """Return why nothing was withdrawn: some rows were not accepted."""
        message = (
            f"{self.held} rows of the full release were not accepted, so that nobody knows which events are "
            "gone: nothing was taken back."
        )
        fix = "Mend these rows, and hand the release in again."
        return Finding("release_incomplete", Severity.WARNING, message, fix)

    def findings(self, gone: pa.Table, *, dry_run: bool) -> tuple[Finding, ...]:
        """Return what to say of the reports about events that are ``gone``: their crisis_id, source_id and
        event."""
        by_list: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in gone.to_pylist():
            by_list[row["crisis_id"], row["source_id"]].append(row["event"])
        found = []
        for (crisis, source), events in sorted(by_list.items()):
            names = sorted(set(events))
            some = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
            verb = "would be taken back" if dry_run else "are taken back"
            message = (
                f"Of {source} in {crisis}, events that its full release no longer lists: {len(names)} "
                f"({some}). Their reports {verb} from the day of the release on: {len(events)}."
            )
            fix = "Nothing to mend where the source dropped them; else hand in the whole release."
            found.append(Finding("gone_from_release", Severity.WARNING, message, fix, subject=crisis))
        return tuple(found)

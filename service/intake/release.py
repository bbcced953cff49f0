"""What is gone from the newest full release of a source?

A release is full where it lists every event, or every place of its table, that its source still holds to:
what the ledger has beside it is taken back from the day of the release on, as far as it was public before.
This module must not know how a document is read, nor how it is recorded.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from service.errors import QueryError
from service.schema.records import Batch, Finding, FullList
from service.schema.tables import LISTED_TOTAL
from service.sentence import message, sentence
from service.vocabulary import Basis, Severity

FULL = "full"
"""What a document may be said to be."""


def read_release(release: str | None) -> bool:
    """Return whether a document is a full release. Raises QueryError for another word."""
    if release in (None, "", FULL):
        return release == FULL
    raise QueryError(
        sentence("release=%(release)s is no kind of release.", release=repr(release)),
        fix=sentence("Write %(full)s, or leave it out.", full=FULL),
    )


_TAKEN_BACK = message(
    "Of %(source)s in %(crisis)s, %(kind)s that its full release no longer lists: %(number)s (%(some)s). "
    "Their reports are taken back from the day of the release on: %(reports)s."
)
_WOULD_BE_TAKEN_BACK = message(
    "Of %(source)s in %(crisis)s, %(kind)s that its full release no longer lists: %(number)s (%(some)s). "
    "Their reports would be taken back from the day of the release on: %(reports)s."
)


class FullRelease:
    """The events of a document, batch by batch, by crisis and source, and the cells of its totals; its
    reports, the newest day on which those of each source were published, and how many rows were not
    accepted. A document of several sources is the release of each, on a day of its own."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.totals = LISTED_TOTAL.empty_table()
        self.report_ids: set[str] = set()
        self.published_on: dict[tuple[str, str], dt.date | None] = {}
        self.held = 0

    def add(self, batch: Batch) -> None:
        """Take in the events and the totals of a batch."""
        is_event = pc.is_valid(batch.reports["event"])
        is_total = pc.and_(pc.invert(is_event), pc.equal(batch.reports["basis"], str(Basis.CUMULATIVE)))
        reports = batch.reports.filter(is_event)
        columns = (reports.column(name).to_pylist() for name in ("crisis_id", "source_id", "event"))
        for crisis, source, event in zip(*columns, strict=True):
            self.events[crisis, source].add(event)
        cells = batch.reports.filter(is_total).select(LISTED_TOTAL.names)
        cells = pa.concat_tables([self.totals, cells.cast(LISTED_TOTAL)])
        self.totals = cells.group_by(LISTED_TOTAL.names).aggregate([]).cast(LISTED_TOTAL)
        is_listed = pc.or_(is_event, is_total)
        listed = batch.reports.filter(is_listed)
        self.report_ids.update(listed["report_id"].to_pylist())
        days = listed.group_by(["crisis_id", "source_id"]).aggregate([("published_on", "max")])
        for row in days.to_pylist():
            of_source = row["crisis_id"], row["source_id"]
            newest = (self.published_on.get(of_source), row["published_on_max"])
            self.published_on[of_source] = max(filter(None, newest), default=None)
        self.held += batch.held.num_rows

    def settle(self, batch: Batch) -> Batch:
        """Return a batch of the release without the findings about rows that are gone: it takes them back."""
        if self.held:
            return batch
        kept = tuple(finding for finding in batch.findings if finding.code != "gone_from_table")
        return dataclasses.replace(batch, findings=kept)

    def listed(self, document: str) -> FullList:
        """Return what the document lists."""
        return FullList(self.events, self.totals, self.report_ids, self.published_on, document)

    def incomplete(self) -> Finding:
        """Return why nothing was withdrawn: some rows were not accepted."""
        said = sentence(
            "%(number)s rows of the full release were not accepted, so that nobody knows what is gone: "
            "nothing was taken back.",
            number=self.held,
        )
        fix = message("Mend these rows, and hand the release in again.")
        return Finding("release_incomplete", Severity.WARNING, said, fix)

    def findings(self, gone: pa.Table, *, dry_run: bool) -> tuple[Finding, ...]:
        """Return what to say of the reports that are ``gone`` (LEDGER_REPORT)."""
        by_list: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for row in gone.to_pylist():
            kind = message("totals") if row["event"] is None else message("events")
            what = row["event"] or " ".join((row["areas"], row["measure"], row["population"]))
            by_list[row["crisis_id"], row["source_id"], kind].append(what)
        found = []
        for (crisis, source, kind), events in sorted(by_list.items()):
            names = sorted(set(events))
            some = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
            said = sentence(
                _WOULD_BE_TAKEN_BACK if dry_run else _TAKEN_BACK,
                source=source, crisis=crisis, kind=sentence(kind), number=len(names), some=some,
                reports=len(events),
            )  # fmt: skip
            fix = message("Nothing to mend where the source dropped them; else hand in the whole release.")
            found.append(Finding("gone_from_release", Severity.WARNING, said, fix, subject=crisis))
        return tuple(found)

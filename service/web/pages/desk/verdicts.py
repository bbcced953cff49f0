"""What would become of each row of a sheet, or has, and what may be done about it?

Lays what the ledger answered beside the rows of the page: a verdict for each, what was noticed, and values
that one click puts in the place of one that is not known. It judges nothing itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from service.answers.finding_groups import group_findings
from service.ingest.report_columns import ColumnReaders
from service.schema.records import Finding, Receipt, Reference
from service.vocabulary import Severity, Verdict

MOST_GROUPS = 100
"""Groups of findings that a page lists."""
_WORST = (Verdict.REJECTED, Verdict.QUARANTINED, Verdict.ACCEPTED, Verdict.DUPLICATE)


@dataclasses.dataclass(frozen=True)
class Noticed:
    """What was noticed about a cell, and what may have been meant by it."""

    finding: Finding
    suggestions: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        return self.finding.severity == Severity.ERROR


@dataclasses.dataclass(frozen=True)
class RowVerdict:
    """The worst verdict of the reports that a row makes, their ids, and what was noticed."""

    verdict: Verdict
    report_ids: tuple[str, ...]
    noticed: tuple[Noticed, ...]

    @property
    def has_error(self) -> bool:
        return any(each.is_error for each in self.noticed)


@dataclasses.dataclass(frozen=True)
class Verdicts:
    """What a receipt says of the rows of a sheet: of each by its place, and of the whole."""

    receipt: Receipt
    rows: dict[int, RowVerdict]
    about_the_whole: tuple[Finding, ...]

    @classmethod
    def of(
        cls,
        receipt: Receipt,
        rows: Sequence[Mapping[str, str]],
        places: Sequence[int],
        reference: Reference,
    ) -> Verdicts:
        """Return the verdicts of ``rows`` whose ``places`` on the sheet are given in their order."""
        place_of = dict(enumerate(places, start=1))
        noticed: dict[int, dict[tuple[str, str], Noticed]] = {}
        whole = []
        for finding in receipt.findings:
            if finding.row in place_of:
                crisis = rows[finding.row - 1].get("crisis", "")
                each = _noticed(finding, crisis, reference)
                noticed.setdefault(place_of[finding.row], {})[finding.column, finding.message] = each
            else:
                whole.append(finding)
        made: dict[int, list[tuple[Verdict, str]]] = {}
        for row, verdict, report_id in receipt.verdicts:
            made.setdefault(place_of[row], []).append((Verdict(verdict), report_id))
        by_place = {
            place: RowVerdict(
                min((verdict for verdict, _ in each), key=_WORST.index),
                tuple(report_id for _, report_id in each if report_id),
                tuple(noticed.get(place, {}).values()),
            )
            for place, each in made.items()
        }
        return cls(receipt, by_place, tuple(whole))


def grouped(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Return findings as a page lists them: those that say the same of many rows as one, the worst first."""
    rank = list(Severity)
    groups = group_findings(dataclasses.asdict(finding) for finding in findings)
    return sorted(groups, key=lambda group: rank.index(group["severity"]), reverse=True)[:MOST_GROUPS]


def suggestions(column: str, value: str, crisis: str, reference: Reference) -> tuple[str, ...]:
    """Return what may have been meant by a value that its column does not know in a row about a crisis,
    likest first."""
    return _readers(reference).suggestions(column, value, crisis) if column and value else ()


def _noticed(finding: Finding, crisis: str, reference: Reference) -> Noticed:
    if finding.severity != Severity.ERROR:
        return Noticed(finding)
    return Noticed(finding, suggestions(finding.column, finding.value, crisis, reference))


@lru_cache(maxsize=4)
def _readers(reference: Reference) -> ColumnReaders:
    return ColumnReaders(reference)

"""What comes out of a reconciliation, and which cells may be asked about beside those that were reported?"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from service.schema.tables import ESTIMATE, EVIDENCE, FINDING


@dataclasses.dataclass(frozen=True)
class Asked:
    """A cell that somebody asks about, whether or not anybody reported it."""

    crisis_id: str
    areas: str
    measure: str
    population: str
    attributed_to: str
    period_start: dt.date | None


@dataclasses.dataclass(frozen=True)
class Reconciled:
    """What came out: ``estimates`` (ESTIMATE), ``evidence`` (EVIDENCE), ``findings`` (FINDING), and the day
    from which on each crisis counts (None: nobody knows)."""

    estimates: pa.Table
    evidence: pa.Table
    findings: pa.Table
    starts: Mapping[str, dt.date | None]

    def of(self, crisis: str, reports: pa.Table) -> Reconciled:
        """The part about one crisis, whose reports these are."""
        own = reports.column("report_id")
        return Reconciled(
            estimates=self.estimates.filter(pc.equal(self.estimates.column("crisis_id"), crisis)),
            evidence=self.evidence.filter(pc.equal(self.evidence.column("crisis_id"), crisis)),
            findings=self.findings.filter(pc.is_in(self.findings.column("subject"), own)),
            starts={name: start for name, start in self.starts.items() if name == crisis},
        )


def combine(answers: Sequence[Reconciled]) -> Reconciled:
    """Several crises' answers as one; reconciliation itself never crosses a crisis."""
    return Reconciled(
        estimates=pa.concat_tables([ESTIMATE.empty_table(), *(a.estimates for a in answers)]),
        evidence=pa.concat_tables([EVIDENCE.empty_table(), *(a.evidence for a in answers)]),
        findings=pa.concat_tables([FINDING.empty_table(), *(a.findings for a in answers)]),
        starts={crisis: start for answer in answers for crisis, start in answer.starts.items()},
    )

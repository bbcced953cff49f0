"""Which rows are looked at together where a document is handed in by parts?

A part by itself shows neither what two parts say of one thing nor what all of them lack. So the checks wait
for the last part, and look at the rows of the whole as the ledger has them; only that a row repeats an
earlier one is told with each part, since a repeated row is not kept. A document of more rows than one batch
has is checked block by block, as it is where it comes in as one. This module must not know what is checked.
"""

from __future__ import annotations

import dataclasses

import pyarrow as pa

from service.ingest import ROWS_AT_ONCE
from service.ingest.checks import REPEATED
from service.intake.parts import LAST, read_part
from service.ledger.view import View
from service.schema.records import Batch, Finding


@dataclasses.dataclass(frozen=True)
class RowsToCheck:
    """The rows (BATCH_REPORT) to be looked at together; ``is_whole`` if no more of them will come. What
    earlier parts repeat, up to before the row ``first``, was told with them."""

    rows: pa.Table
    is_whole: bool
    first: int

    def keep(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return those of the findings that were not told with an earlier part."""
        return tuple(
            finding for finding in findings if finding.code != REPEATED or (finding.row or 0) >= self.first
        )


def rows_to_check(batch: Batch, part: str, view: View) -> RowsToCheck:
    """Return the rows of a batch with those of its document that are in, if ``part`` says that it is one of
    several."""
    _, first, follows = read_part(part) if part else ("", 1, "")
    if not follows:
        return RowsToCheck(batch.reports, is_whole=True, first=1)
    last = first + batch.rows - 1
    block = (first - 1) // ROWS_AT_ONCE
    earlier = view.reports_of_document(batch.sha256, after=block * ROWS_AT_ONCE, before=first)
    rows = pa.concat_tables([earlier, batch.reports.select(earlier.column_names)])
    is_whole = follows == LAST or last // ROWS_AT_ONCE > block
    return RowsToCheck(rows, is_whole=is_whole, first=first)

"""How is a document handed in at an address that takes less of it at once?

In parts, each an entry of the ledger, one after the other. What is in stays in: where a part is refused it is
said which rows are in, and whoever hands the same document in again goes on from there, for what the ledger
holds is a duplicate. This module must not know how a document is parted, nor sockets.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service.errors import CasualtyError, DocumentTooLarge
from service.intake.parts import LAST, MORE, FileInParts, RowsInParts, combine_receipts, rows_in
from service.schema.records import Receipt
from service.vocabulary import Verdict

if TYPE_CHECKING:
    from service.client.protocol import Talk
    from service.ingest import Watch

Send = Callable[[Any, str], "Talk[Receipt]"]
"""Hands in a part (bytes or rows) under the name of the part."""


def hand_in_parts(
    document: FileInParts | RowsInParts, name: str, send: Send, watch: Watch | None, *, are_kept: bool
) -> Talk[Receipt]:
    """Return one receipt for all rows. Raises what ``send`` raises, with the rows that are in by then.

    Parts that ``are_kept`` are checked together with the last; those of a dry run each by itself.
    """
    receipts: list[Receipt] = []
    ids: set[str] = set()
    at, row, size = 0, 1, len(document)
    while at < len(document):
        try:
            follows = (LAST if at + size >= len(document) else MORE) if are_kept else ""
            receipt = yield from send(document.part(at, at + size), f"{document.digest}-{row}{follows}")
        except DocumentTooLarge as refusal:
            if size == 1:
                raise _stopped(refusal, name, row) from refusal
            size = -(-size // 2)
            continue
        except CasualtyError as error:
            raise _stopped(error, name, row) from error
        at, row = at + size, row + rows_in(receipt)
        new = _without_repeats(receipt, ids)
        if receipts:
            new = _without_notices(new, receipts[0])
        receipts = [combine_receipts([*receipts, new])]
        if watch is not None:
            watch(row - 1, min(at, len(document)), len(document))
    return receipts[0]


def _without_repeats(receipt: Receipt, ids: set[str]) -> Receipt:
    """Return the receipt of a part with what an earlier part has as well counted as duplicate: of a dry run
    the service does not know the earlier parts. ``ids`` are the reports of these, and of this one then."""
    verdicts = []
    for row, verdict, report_id in receipt.verdicts:
        is_repeat = verdict == Verdict.ACCEPTED and report_id in ids
        verdicts.append((row, str(Verdict.DUPLICATE) if is_repeat else verdict, report_id))
    repeats = sum(new != old for new, old in zip(verdicts, receipt.verdicts, strict=True))
    ids.update(report_id for _, verdict, report_id in verdicts if verdict == Verdict.ACCEPTED)
    return dataclasses.replace(
        receipt,
        accepted=receipt.accepted - repeats,
        duplicate=receipt.duplicate + repeats,
        verdicts=tuple(verdicts),
    )


def _without_notices(receipt: Receipt, earlier: Receipt) -> Receipt:
    """Return the receipt of a part without what the ``earlier`` ones have of no row: a title above the
    heading, a column that is no part of a report, are found anew in each part."""
    said = {finding for finding in earlier.findings if finding.row is None}
    return dataclasses.replace(
        receipt, findings=tuple(finding for finding in receipt.findings if finding not in said)
    )


def _stopped(error: CasualtyError, name: str, row: int) -> CasualtyError:
    """Return the error with what is in: the rows before ``row``."""
    if row == 1:
        return error
    said = f"Rows 1 to {row - 1:,} of {name} are in, those from {row:,} on are not. {error.message}"
    fix = f"{error.fix} Then hand in the same again: rows that are in are known, and none is in twice."
    stopped = type(error).__new__(type(error))
    CasualtyError.__init__(stopped, said, fix=fix, suggestions=error.suggestions)
    return stopped

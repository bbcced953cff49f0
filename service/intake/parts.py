"""In which parts is a document handed in that is too large for one request?

Only a report file is parted, in which every row is a report of its own: CSV or TSV between its rows, NDJSON
between its lines, rows with named values anywhere. Each part names the whole and the row with which it
begins, so that its rows are kept as those of one document. This module must not know who sends the parts, nor
how many rows go into one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.errors import DocumentTooLarge, QueryError
from service.intake.first_findings import first_findings
from service.schema.records import Batch, Receipt
from service.sentence import message, sentence
from service.vocabulary import Verdict

PART = re.compile(r"([0-9a-f]{64})-([1-9][0-9]{0,11})(-more|-last)?")
"""How a part is named: the SHA-256 of the whole, the row with which the part begins, and whether more follow
or it is the last. Where nothing is said of that, its rows are checked by themselves."""
MORE, LAST = "-more", "-last"
RECEIPT_FINDINGS = 100_000
"""How many findings the receipt of one long document lists; the ledger holds all."""
BY_LINES = ("csv", "tsv", "ndjson")
RAISE_LIMITS = message(
    "Whoever runs the server can raise CASUALTY_ROW_LIMIT and CASUALTY_BODY_LIMIT; then hand it in as it is."
)


class FileInParts:
    """A text file and where its rows begin; a part of it has its heading, and keeps the numbers of its
    lines."""

    def __init__(self, data: bytes, starts: Sequence[int], lines: Sequence[int]) -> None:
        """``starts`` are where the rows begin in ``data`` (UTF-8), and its end; ``lines`` how many lines
        stand between the heading and each."""
        self._data = data
        self._starts = starts
        self._lines = lines
        self.digest = hashlib.sha256(data).hexdigest()

    def __len__(self) -> int:
        return len(self._starts) - 1

    def part(self, first: int, last: int) -> bytes:
        """Return the rows from ``first`` to before ``last``, under the heading. Blank lines stand for those
        left out, so that a line that is found broken is named by its place in the whole."""
        starts = self._starts
        # Under a heading that ends as on old Macs, "\n" would go with its "\r" and be no line of its own.
        end = b"\r" if self._data[: starts[0]].endswith(b"\r") else b"\n"
        blank = end * self._lines[first]
        return self._data[: starts[0]] + blank + self._data[starts[first] : starts[min(last, len(self))]]


class RowsInParts:
    """Rows with named values, as JSON carries them."""

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows
        self.digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def __len__(self) -> int:
        return len(self._rows)

    def part(self, first: int, last: int) -> list[Any]:
        """Return the rows from ``first`` to before ``last``."""
        return self._rows[first:last]


def check_parting(refusal: DocumentTooLarge, *, release: str | None, mapping: object) -> None:
    """Raise the refusal with a way on where rows of a document belong together, so that parts of it would be
    another document."""
    if release:
        why = message("A full release is one document: a part would take back what the others list.")
    elif mapping:
        why = message("Rows that a mapping reads may belong together: they are not handed in in parts.")
    else:
        return
    raise DocumentTooLarge(f"{refusal.message} {why}", fix=RAISE_LIMITS)


def part_file(name: str, data: bytes) -> FileInParts:
    """Return a report file in parts. Raises DocumentTooLarge for one that is not parted by its lines, or
    whose hashtags say that a mapping reads it, and UnreadableDocument for broken quoting anywhere."""
    from service.ingest.layout import REPORT_FILE_COLUMNS
    from service.ingest.readers.delimited import find_row_lines
    from service.ingest.readers.encoding import read_utf8_blocks
    from service.ingest.readers.formats import detect_format

    kind = detect_format(io.BytesIO(data), name, None)
    if kind not in BY_LINES:
        raise DocumentTooLarge(
            sentence("%(name)s is larger than one request may be, and not parted: it is %(kind)s.",
                     name=name, kind=kind),
            fix=f"Save it as CSV or NDJSON, which is handed in in parts. Else: {RAISE_LIMITS}",
        )  # fmt: skip
    blocks, _ = read_utf8_blocks(io.BytesIO(data), name, None)
    text = b"".join(blocks)
    ends = _line_ends(text)
    if kind == "ndjson":
        spans = pairwise([0, *ends])
        above, lines = 0, [line for line, (start, end) in enumerate(spans, 1) if text[start:end].strip()]
    else:
        delimiter = "\t" if kind == "tsv" else None
        above, lines = find_row_lines(text, name, delimiter=delimiter, wanted=REPORT_FILE_COLUMNS)
    offsets = [0, *ends]
    starts = [offsets[line - 1] for line in (above + 1, *lines[1:])]
    return FileInParts(text, [*starts, len(text)], [0, *(line - 1 - above for line in lines[1:])])


def _line_ends(text: bytes) -> list[int]:
    """Return where the lines of a text end, its own end included."""
    letters = np.frombuffer(text, np.uint8)
    is_end, is_return = letters == ord("\n"), letters == ord("\r")
    is_return[:-1] &= ~is_end[1:]
    ends: list[int] = (np.flatnonzero(is_end | is_return) + 1).tolist()
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]


def read_part(part: str) -> tuple[str, int, str]:
    """Return the hash of the whole, the first row, and what follows (MORE, LAST or ""), by which a part is
    named. Raises QueryError."""
    named = PART.fullmatch(part)
    if named is None:
        raise QueryError(
            sentence("part=%(part)s names no part of a file.", part=repr(part[:100])),
            fix="Write the SHA-256 of the whole, a dash and the number of the part's first row.",
        )
    return named[1], int(named[2]), named[3] or ""


def place_part(batch: Batch, part: str) -> Batch:
    """Return the batch of a part with the numbers that its rows have in the whole, and what the ledger knows
    the whole by: a hash that no document itself has."""
    digest, first, _ = read_part(part)
    before = first - 1
    whole = hashlib.sha256(f"handed in in parts: {digest}".encode()).hexdigest()
    return dataclasses.replace(
        batch,
        sha256=whole,
        reports=_numbered_on(batch.reports, before),
        held=_numbered_on(batch.held, before),
        findings=tuple(
            finding if finding.row is None else dataclasses.replace(finding, row=finding.row + before)
            for finding in batch.findings
        ),
    )


def _numbered_on(rows: pa.Table, before: int) -> pa.Table:
    at = rows.schema.get_field_index("row")
    return rows.set_column(at, rows.schema.field(at), pc.add(rows["row"], pa.scalar(before, pa.int64())))


def rows_in(receipt: Receipt) -> int:
    """Return how many rows a receipt is about."""
    return sum(getattr(receipt, verdict) for verdict in Verdict)


def combine_receipts(receipts: Sequence[Receipt]) -> Receipt:
    """Return one receipt for the batches of a document; the receipt of a single batch stays as it is."""
    if len(receipts) == 1:
        return receipts[0]
    findings = [finding for receipt in receipts for finding in receipt.findings]
    return Receipt(
        **{str(verdict): sum(getattr(receipt, verdict) for receipt in receipts) for verdict in Verdict},
        head=receipts[-1].head,
        findings=first_findings(findings, RECEIPT_FINDINGS),
        verdicts=tuple(
            (row, verdict, report_id)
            for receipt in receipts
            for row, verdict, report_id in receipt.verdicts
            if verdict != Verdict.ACCEPTED
        ),
    )

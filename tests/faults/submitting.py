"""A process to be killed: submits small documents for ever and prints each acknowledgement.

``python -m tests.faults.submitting DATA_DIR FIRST [MAX_FILE_BYTES]``: document n holds the three reports with
counts 3n, 3n+1, 3n+2. With a limit on the size of files it stands for a process whose disk fills up; it then
says why it was refused and goes on asking.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from service.errors import StoreError
from service.ledger import Store
from service.schema.records import Batch
from tests.builders import batch, moment, report


def document(number: int) -> Batch:
    """Document ``number``, with 20 kB of notes so that files grow."""
    rows = [
        report(count=3 * number + part, note=f"{number}-{part} " + str(number**99) * 60) for part in range(3)
    ]
    return batch(*rows, document=f"{number}.csv")


def say(*words: object) -> None:
    """One line to whoever watches, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main(data_dir: Path, first: int, limit: int = 0) -> None:
    with Store.open(data_dir, segment_bytes=64 * 1024) as store:
        say("open")
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        for number in range(first, first + 10_000):
            try:
                receipt = store.submit(document(number), recorded_at=moment("2025-03-13"))
            except StoreError as error:
                say("refused", number, error)
                say("readable", store.reports().num_rows)
                return
            say("acknowledged", number, receipt.head.seq)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))

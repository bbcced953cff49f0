"""How is a file read that nobody vouches for?

In a process of its own (``sandbox_worker``) with limits on memory, time and output, so that a file made to
harm can end only that process. Its rows come back chunk by chunk; whatever ends it early becomes
UnreadableDocument, never an error of the service.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from service.errors import UnreadableDocument
from service.ingest.readers.chunk import Chunk
from service.ingest.readers.formats import Options
from service.ingest.readers.sandbox_worker import FRAME, OUT_OF_MEMORY, decode_chunk
from service.sentence import message

_START = """
import sys
sys.modules["numpy"] = None
from service.ingest.readers.sandbox_worker import main
sys.exit(main(sys.argv[1:]))
"""
"""Arrow and openpyxl start in a third of the time without numpy, and neither needs it here."""
_PIPE_BYTES = 1 << 16
"""How much a pipe holds: one read never gives more."""
_FIX = message("Check where the file comes from; hand in the table as CSV UTF-8, which may be of any size.")


class Limits(NamedTuple):
    """What reading one document may take: bytes of memory, seconds of processor time, and bytes of output.

    Time and output grow with the size of the document.
    """

    memory: int = 1 << 30
    seconds: float = 20.0
    seconds_each_mb: float = 1.0
    output: int = 1 << 26
    output_each_byte: int = 40

    def for_size(self, size: int) -> Limits:
        """Return the limits for a document of ``size`` bytes."""
        return self._replace(
            seconds=self.seconds + self.seconds_each_mb * size / 1e6,
            output=self.output + self.output_each_byte * size,
        )


def read_in_sandbox(
    file: BinaryIO, document: str, kind: str, options: Options, limits: Limits
) -> Iterator[Chunk]:
    """Yield the chunks of a document that a worker process reads. ``file`` must have a file descriptor.

    Raises UnreadableDocument where the worker refuses the document, dies of it or exceeds a limit.
    """
    size = os.fstat(file.fileno()).st_size
    limits = limits.for_size(size)
    arguments = {
        "document": document,
        "kind": kind,
        "options": options._asdict(),
        "memory": limits.memory,
        "seconds": int(limits.seconds) + 1,
    }
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        # -P: no module of the directory that we were started in takes the place of ours
        [sys.executable, "-P", "-c", _START, json.dumps(arguments)],
        stdin=file.fileno(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "OMP_NUM_THREADS": "1",
        },
    )
    try:
        yield from _WorkerOutput(process, document, limits).chunks()
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


class _WorkerOutput:
    """The chunks that a worker writes. Counts the seconds waited for them and the bytes received."""

    def __init__(self, process: subprocess.Popen[bytes], document: str, limits: Limits) -> None:
        self._process = process
        self._document = document
        self._limits = limits
        self._waited = 0.0
        self._received = 0

    def chunks(self) -> Iterator[Chunk]:
        """Yield the chunks until the worker says that it is done. Raises UnreadableDocument."""
        while True:
            header_size, table_size = FRAME.unpack(self._take(FRAME.size))
            header = json.loads(self._take(header_size))
            data = self._take(table_size)
            if "end" in header:
                return
            yield decode_chunk(header, data)

    def _take(self, size: int) -> bytearray:
        """Return the next ``size`` bytes. Raises UnreadableDocument where they exceed a limit or end."""
        self._received += size
        if self._received > self._limits.output:
            raise self._refusal(f"holds more than {self._limits.output >> 20} MB of text for its size")
        received = bytearray()
        out = self._process.stdout
        if out is None:
            raise RuntimeError("the worker was started without a pipe")
        while len(received) < size:
            start = time.monotonic()
            ready, _, _ = select.select([out], [], [], max(0.0, 3 * self._limits.seconds - self._waited))
            self._waited += time.monotonic() - start
            if not ready:
                raise self._refusal(f"takes longer than {3 * self._limits.seconds:.0f} seconds to read")
            block = os.read(out.fileno(), min(_PIPE_BYTES, size - len(received)))
            if not block:
                raise self._exit_reason()
            received += block
        return received

    def _exit_reason(self) -> UnreadableDocument:
        """Return the error that says why the worker ended before it was done."""
        code = self._process.wait()
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return self._refusal(f"takes more than {self._limits.seconds:.0f} seconds of computing to read")
        if code in (OUT_OF_MEMORY, 1):
            return self._refusal(f"needs more than {self._limits.memory >> 20} MB of memory to read")
        return self._refusal(f"breaks its reader ({code})")

    def _refusal(self, why: str) -> UnreadableDocument:
        return UnreadableDocument(f"{self._document} {why}.", fix=_FIX)

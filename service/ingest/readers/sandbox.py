"""How is a file read that nobody vouches for?

By a process of its own with limits on memory, time and what it hands over, so that a file made to harm can
only end that process. What it read comes back chunk by chunk; whatever ends it otherwise is the document's
refusal, never an error of the service.
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
from service.ingest.readers.sandbox_worker import FRAME, decode

_START = """
import sys
sys.modules["numpy"] = None
from service.ingest.readers.sandbox_worker import main
sys.exit(main(sys.argv[1:]))
"""
"""Arrow and openpyxl start in a third of the time where they find no numpy; neither needs it here."""
_READ = 1 << 16
"""What a pipe holds: more is never there at once."""
_FIX = "Check where the file comes from; hand in the table as CSV UTF-8, which may be of any size."


class Limits(NamedTuple):
    """What reading one document may take. Time and output grow with its size, by so much a megabyte."""

    memory: int = 1 << 30
    seconds: float = 20.0
    seconds_each_mb: float = 1.0
    output: int = 1 << 26
    output_each_byte: int = 40

    def for_size(self, size: int) -> Limits:
        """The limits of a document of so many bytes."""
        return self._replace(
            seconds=self.seconds + self.seconds_each_mb * size / 1e6,
            output=self.output + self.output_each_byte * size,
        )


def read_in_sandbox(
    file: BinaryIO, document: str, kind: str, options: Options, limits: Limits
) -> Iterator[Chunk]:
    """The chunks of a document, read in a child process. ``file`` is a real file, at its beginning.

    Raises UnreadableDocument where the child refuses it, dies of it or goes beyond a limit.
    """
    size = os.fstat(file.fileno()).st_size
    allowed = limits.for_size(size)
    asked = {
        "document": document,
        "kind": kind,
        "options": options._asdict(),
        "memory": allowed.memory,
        "seconds": int(allowed.seconds) + 1,
    }
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-c", _START, json.dumps(asked)],
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
        yield from _Pipe(process, document, allowed).chunks()
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


class _Pipe:
    """What a child writes, as chunks; knows how long was waited and how much came."""

    def __init__(self, process: subprocess.Popen[bytes], document: str, limits: Limits) -> None:
        self._process = process
        self._document = document
        self._limits = limits
        self._waited = 0.0
        self._received = 0

    def chunks(self) -> Iterator[Chunk]:
        while True:
            words, size = FRAME.unpack(self._take(FRAME.size))
            header = json.loads(self._take(words))
            data = self._take(size)
            if "end" in header:
                return
            yield decode(header, data)

    def _take(self, size: int) -> bytearray:
        """Exactly so many bytes. Raises UnreadableDocument where they do not come, or are too many."""
        self._received += size
        if self._received > self._limits.output:
            raise self._refusal(f"holds more than {self._limits.output >> 20} MB of text for its size")
        parts = bytearray()
        out = self._process.stdout
        if out is None:
            raise RuntimeError("the child was started without a pipe")
        while len(parts) < size:
            began = time.monotonic()
            ready, _, _ = select.select([out], [], [], max(0.0, 3 * self._limits.seconds - self._waited))
            self._waited += time.monotonic() - began
            if not ready:
                raise self._refusal(f"takes longer than {3 * self._limits.seconds:.0f} seconds to read")
            part = os.read(out.fileno(), min(_READ, size - len(parts)))
            if not part:
                raise self._exit_reason()
            parts += part
        return parts

    def _exit_reason(self) -> UnreadableDocument:
        """Why the child ended before it was done."""
        code = self._process.wait()
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return self._refusal(f"takes more than {self._limits.seconds:.0f} seconds of computing to read")
        if code in (71, 1):
            return self._refusal(f"needs more than {self._limits.memory >> 20} MB of memory to read")
        return self._refusal(f"breaks its reader ({code})")

    def _refusal(self, why: str) -> UnreadableDocument:
        return UnreadableDocument(f"{self._document} {why}.", fix=_FIX)

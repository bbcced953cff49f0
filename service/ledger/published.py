"""What does a published ledger hold, asked where it lies?

The tables of the index are views on the Parquet files of the publication, so that every statement and every
rule is that of the live ledger. When the manifest is replaced by that of a later state, the store goes on from
that one; readers that are under way end with the files they began with. Nothing can be written.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from service import deadline
from service.errors import StoreError
from service.ledger.index import SCHEMA_VERSION, Index
from service.ledger.publish import INDEX_VERSION, TABLES
from service.ledger.questions import Questions
from service.ledger.rwlock import ReadWriteLock
from service.ledger.state import State
from service.ledger.storage_errors import index_errors
from service.ledger.view import View
from service.publication import LEDGER, MANIFEST_NAME, Manifest, read_manifest
from service.publication.table_files import check_file
from service.schema.records import Head

SECONDS_BETWEEN_LOOKS = 1.0
"""How often a server looks whether another state has been published."""

_log = logging.getLogger(__name__)
Stamp = tuple[int, int, int]


@dataclasses.dataclass(frozen=True)
class _Publication:
    """One state of a published ledger, open: it is not closed before its last reader has let go of it."""

    manifest: Manifest
    index: Index
    state: State
    submissions: pa.Table
    stamp: Stamp


class PublishedStore(Questions, contextlib.AbstractContextManager["PublishedStore"]):
    """A published ledger. Made by ``PublishedStore.open``; safe to use from many threads at once."""

    def __init__(self, directory: Path, current: _Publication) -> None:
        self.directory = directory
        self._room = tempfile.TemporaryDirectory(prefix="casualty-published.")
        self.data_dir = Path(self._room.name)
        self._current = current
        self._refused: Stamp | None = None
        self._is_watched = False
        self._looking = threading.Lock()
        self._swapping = ReadWriteLock()

    @classmethod
    def open(cls, directory: Path) -> PublishedStore:
        """Return the ledger that is published in ``directory``.

        Raises StoreError where nothing is, where its format is a later one, or a file is not the one listed.
        """
        return cls(directory, _open_publication(directory))

    def close(self) -> None:
        with self._swapping.swap():
            self._current.index.close()
        self._room.cleanup()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def state(self) -> State:
        if not self._is_watched:
            self.refresh()
        return self._current.state

    @property
    def manifest(self) -> Manifest:
        """The list of what is served now."""
        return self._current.manifest

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        """Give the ledger at one head, for questions that must agree."""
        deadline.will_take_time()
        errors = functools.partial(index_errors, self.directory)
        with self._swapping.read(), contextlib.ExitStack() as stack:
            with errors():
                view = View(stack.enter_context(self._current.index.cursor()), errors)
            yield view

    def submissions(self) -> pa.Table:
        return self._current.submissions

    def watch_index(self, is_ending: threading.Event, rest: float) -> None:  # noqa: ARG002 - it looks oftener
        """Go on from each later state that is published, until ``is_ending``; for a thread of its own."""
        self._is_watched = True
        while not is_ending.wait(SECONDS_BETWEEN_LOOKS):
            self.refresh()

    def refresh(self) -> bool:
        """Go on from the state that is published now, and return whether it is another one.

        One that is no later state of the same ledger, or is not whole, is refused with a log line, and what
        was served before is served on.
        """
        with contextlib.suppress(OSError):
            stamp = _stamp(self.directory)
            if stamp in (self._current.stamp, self._refused):
                return False
            with self._looking:
                if stamp == self._current.stamp:
                    return False
                return self._go_on_to(stamp)
        return False

    def _go_on_to(self, stamp: Stamp) -> bool:
        try:
            fresh = _open_publication(self.directory)
        except StoreError as error:
            _log.error("the publication was not taken over: %s", error)
            self._refused = stamp
            return False
        if not _continues(fresh.submissions, self._current.state.head):
            _log.error(
                "the publication was not taken over: head %s is no later state of the ledger at %s; start anew "
                "to serve it",
                fresh.state.head, self._current.state.head,
            )  # fmt: skip
            fresh.index.close()
            self._refused = stamp
            return False
        with self._swapping.swap():
            before, self._current = self._current, fresh
        before.index.close()
        _log.warning("head %s is published: served from now on", fresh.state.head)
        return True


def _open_publication(directory: Path) -> _Publication:
    """Open what the manifest lists. Raises StoreError."""
    stamp = _stamp(directory)
    manifest = read_manifest(directory, LEDGER)
    if manifest.facts.get(INDEX_VERSION) != str(SCHEMA_VERSION) or TABLES.keys() - manifest.tables.keys():
        raise StoreError(
            f"{directory / MANIFEST_NAME} lists tables of version {manifest.facts.get(INDEX_VERSION)}, and this "
            f"version of the service reads {SCHEMA_VERSION}.",
            fix="Publish the ledger again, with the version that serves it.",
        )
    files = {}
    for name, schema in TABLES.items():
        for file in manifest.tables[name]:
            check_file(directory, file, schema)
        files[name] = [directory.resolve() / file.path for file in manifest.tables[name]]
    columns = {name: [column for column in TABLES[name].names if column != "withdrawn"] for name in TABLES}
    with index_errors(directory):
        index = Index.over_files(files, columns)
        state = index.state()
        with index.cursor() as cursor:
            submissions = View(cursor, functools.partial(index_errors, directory)).submissions()
    return _Publication(manifest, index, state, submissions, stamp)


def _continues(submissions: pa.Table, head: Head) -> bool:
    """Return whether these entries begin with the ones that led to ``head``."""
    if head.seq == 0:
        return True
    return len(submissions) >= head.seq and submissions.column("hash")[head.seq - 1].as_py() == head.hash


def _stamp(directory: Path) -> Stamp:
    """Return what tells one manifest file from another. Raises StoreError where there is none."""
    try:
        stat = (directory / MANIFEST_NAME).stat()
    except (FileNotFoundError, NotADirectoryError):
        read_manifest(directory, LEDGER)
        raise
    return stat.st_mtime_ns, stat.st_ino, stat.st_size

"""What does a published ledger hold, asked where it lies?

The tables of the index are views on the Parquet files of the publication, so that every statement and every
rule is that of the live ledger. Figures published beside it need not be worked out again. When the manifest
is replaced by that of a later state, the store goes on from that one; readers that are under way end with
the files they began with. Nothing can be written.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import logging
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from service import deadline
from service.errors import StoreError
from service.ledger.index import SCHEMA_VERSION, Index
from service.ledger.publish import INDEX_VERSION, TABLES
from service.ledger.questions import PublishedFigures, Questions
from service.ledger.state import State
from service.ledger.storage_errors import index_errors
from service.ledger.view import View
from service.publication import (
    LEDGER,
    MANIFEST_NAME,
    RECONCILIATION,
    Manifest,
    is_published,
    read_manifest,
)
from service.publication.rules import rules_digest
from service.publication.table_files import check_file, read_crises, rows_by_crisis
from service.schema.figures import FIGURE_TABLES, RULES
from service.schema.records import Head
from service.schema.tables import FINDING

FIGURES = "figures"
"""The folder of a published ledger in which its figures may be published."""
SECONDS_BETWEEN_LOOKS = 1.0
"""How often a server looks whether another state has been published."""

_log = logging.getLogger(__name__)
Stamp = tuple[tuple[int, int, int], ...]
"""What tells the manifests that lie there from others: when they were written, where and how long."""


@dataclasses.dataclass(frozen=True)
class _Publication:
    """One state of a published ledger, open for as long as somebody holds it."""

    manifest: Manifest
    index: Index
    state: State
    submissions: pa.Table
    figures: Manifest | None
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

    @classmethod
    def open(cls, directory: Path) -> PublishedStore:
        """Return the ledger that is published in ``directory``.

        Raises StoreError where nothing is, where its format is a later one, or a file is not the one listed.
        """
        return cls(directory, _open_publication(directory))

    def close(self) -> None:
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
        current = self._current
        errors = functools.partial(index_errors, self.directory)
        with contextlib.ExitStack() as stack:
            with errors():
                view = View(stack.enter_context(current.index.cursor()), errors)
            yield view

    def submissions(self) -> pa.Table:
        return self._current.submissions

    def published_figures(
        self, crises: Collection[str], head: Head, as_of: dt.date
    ) -> Mapping[str, PublishedFigures]:
        current = self._current
        figures = current.figures
        if figures is None or (current.state.head, figures.as_of) != (head, as_of):
            return {}
        place = self.directory / FIGURES
        try:
            parts = {
                name: rows_by_crisis(read_crises(place, figures.tables[name], schema, crises))
                for name, schema in FIGURE_TABLES.items()
            }
        except StoreError as error:  # a later state was published twice meanwhile
            _log.warning("figures are worked out: %s", error)
            return {}
        none = {name: schema.empty_table() for name, schema in FIGURE_TABLES.items()}
        return {
            crisis: PublishedFigures(
                estimates=parts["estimate"].get(crisis, none["estimate"]),
                evidence=parts["evidence"].get(crisis, none["evidence"]),
                findings=parts["finding"].get(crisis, none["finding"]).select(FINDING.names),
                start=start.column("period_start")[0].as_py(),
            )
            for crisis, start in parts["start"].items()
        }

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
        stamp = _stamp(self.directory)
        if stamp in (self._current.stamp, self._refused) or not self._looking.acquire(blocking=False):
            return False
        try:
            return stamp != self._current.stamp and self._go_on_to(stamp)
        finally:
            self._looking.release()

    def _go_on_to(self, stamp: Stamp) -> bool:
        try:
            fresh = _open_publication(self.directory)
        except StoreError as error:
            _log.error("the publication was not taken over: %s", error)
            self._refused = stamp
            return False
        if not _continues(fresh.submissions, self._current.state.head):
            _log.error(
                "the publication was not taken over: head %s is no later state of the ledger at %s; "
                "start anew to serve it",
                fresh.state.head, self._current.state.head,
            )  # fmt: skip
            self._refused = stamp
            return False
        self._current = fresh  # the one before closes itself when its last reader lets go of it
        _log.warning("head %s is published: served from now on", fresh.state.head)
        return True


def _open_publication(directory: Path) -> _Publication:
    """Open what the manifest lists. Raises StoreError."""
    stamp = _stamp(directory)
    manifest = read_manifest(directory, LEDGER)
    if manifest.facts.get(INDEX_VERSION) != str(SCHEMA_VERSION) or TABLES.keys() - manifest.tables.keys():
        raise StoreError(
            f"{directory / MANIFEST_NAME} lists tables of version {manifest.facts.get(INDEX_VERSION)}, and "
            f"this version of the service reads {SCHEMA_VERSION}.",
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
    return _Publication(manifest, index, state, submissions, _open_figures(directory, manifest), stamp)


def _open_figures(directory: Path, ledger: Manifest) -> Manifest | None:
    """Return the list of the figures that are published beside a ledger; None where there are none of this
    very state, or by the rules of this installation."""
    if not is_published(directory / FIGURES):
        return None
    try:
        figures = read_manifest(directory / FIGURES, RECONCILIATION)
        if figures.head != ledger.head or figures.facts.get(RULES) != rules_digest():
            return None
        for name, schema in FIGURE_TABLES.items():
            for file in figures.tables[name]:
                check_file(directory / FIGURES, file, schema)
    except (StoreError, KeyError) as error:
        _log.warning("the figures beside the publication are not used: %s", error)
        return None
    return figures


def _continues(submissions: pa.Table, head: Head) -> bool:
    """Return whether these entries begin with the ones that led to ``head``."""
    if head.seq == 0:
        return True
    return len(submissions) >= head.seq and submissions.column("hash")[head.seq - 1].as_py() == head.hash


def _stamp(directory: Path) -> Stamp:
    """Return what tells the manifests of a ledger and of its figures from others; () where there is none."""
    stats = []
    for place in (directory, directory / FIGURES):
        with contextlib.suppress(OSError):
            stats.append((place / MANIFEST_NAME).stat())
    return tuple((stat.st_mtime_ns, stat.st_ino, stat.st_size) for stat in stats)

"""How does a failure of the disk or of DuckDB become one error that names the place and the remedy?"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from service.errors import StoreError, StoreFull

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the operating system says where a disk, a quota or a limit has no room."""
_DAMAGE = (duckdb.IOException, duckdb.InternalException, duckdb.SerializationException)
"""What DuckDB raises on reading a file that is not as it wrote it …"""
_NO_ROOM = "No space left"
_NO_DAMAGE = (_NO_ROOM, "Too many open files", "Could not set lock")
"""… and what it says where that is not why."""


def _is_damage(error: duckdb.Error) -> bool:
    """Return whether an error on reading says that the file is not as DuckDB wrote it."""
    words = str(error)
    is_unlike = isinstance(error, _DAMAGE) or "Corrupt database file" in words
    return is_unlike and not any(other in words for other in _NO_DAMAGE)


def _nothing() -> None:
    """Do nothing."""


@contextlib.contextmanager
def index_errors(
    place: Path, on_fatal: Callable[[], None] = _nothing, on_damage: Callable[[], None] | None = None
) -> Iterator[None]:
    """Raise an error of DuckDB as a StoreError; ``on_fatal`` is called where it made the open file
    unusable, ``on_damage`` where what was read is damaged (None: nothing is read)."""
    try:
        yield
    except duckdb.FatalException as error:
        on_fatal()
        if _NO_ROOM in str(error):
            raise StoreFull.at(place, _NO_ROOM) from error
        raise StoreError(
            f"The index in {place} failed: {first_line(error)}",
            fix="Free space on the disk if it is full; the next call opens the index again.",
        ) from error
    except duckdb.Error as error:
        if on_damage is None or not _is_damage(error):
            raise _answered_error(place, error) from error
        on_damage()
        raise StoreError(
            f"The index in {place} is damaged: {first_line(error)}",
            fix="It is made afresh from the journal; ask again. If it goes on, stop the service and run "
            "`casualty rebuild`.",
        ) from error


@contextlib.contextmanager
def storage_errors(place: Path, on_fatal: Callable[[], None] = _nothing) -> Iterator[None]:
    """Do as ``index_errors``, for errors of the operating system too."""
    try:
        with index_errors(place, on_fatal):
            yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in FULL:
            raise StoreFull.at(place, reason) from error
        raise StoreError(
            f"The data directory {place} cannot be used: {reason}.",
            fix="Check that it is a directory this user may write to and that its disk has room.",
        ) from error


def _answered_error(place: Path, error: duckdb.Error) -> StoreError:
    if _NO_ROOM in str(error):
        return StoreFull.at(place, _NO_ROOM)
    return StoreError(
        f"The index in {place} answered: {first_line(error)}",
        fix="Nothing was acknowledged. If it goes on, run `casualty rebuild`.",
    )


def first_line(error: Exception) -> str:
    """Return the first line of an error, without the details that follow it."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__

"""How does a failure of the disk or of DuckDB become one error that names the place and the remedy?"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from service.errors import StoreError


@contextlib.contextmanager
def index_errors(place: Path, on_fatal: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Raise an error of DuckDB as a StoreError; ``on_fatal`` is called where it made the open file
    unusable."""
    try:
        yield
    except duckdb.FatalException as error:
        on_fatal()
        raise StoreError(
            f"The index in {place} failed: {first_line(error)}",
            fix="Free space on the disk if it is full; the next call opens the index again.",
        ) from error
    except duckdb.Error as error:
        raise StoreError(
            f"The index in {place} answered: {first_line(error)}",
            fix="Nothing was acknowledged. If it goes on, run `casualty rebuild`.",
        ) from error


@contextlib.contextmanager
def storage_errors(place: Path, on_fatal: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Do as ``index_errors``, for errors of the operating system too."""
    try:
        with index_errors(place, on_fatal):
            yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise StoreError(
            f"The data directory {place} cannot be used: {reason}.",
            fix="Check that it is a directory this user may write to and that its disk has room.",
        ) from error


def first_line(error: Exception) -> str:
    """Return the first line of an error, without the details that follow it."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__

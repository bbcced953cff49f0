"""How does the service refuse?

One taxonomy for code that cannot go on: each error has a stable ``code``, a sentence that names the place and
the value, a ``fix``, and the exit code of the command line. Bad *data* is not an error but a finding
(``service.schema.records.Finding``): it is stored and counted, and never stops the rest of a file.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class CasualtyError(Exception):
    """The base of all errors raised on purpose, each with a way to mend it in ``fix``.

    ``str(error)`` is the sentences a person reads.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, fix: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.suggestions = suggestions

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        return _same_error, (type(self), self.message, self.fix, self.suggestions)


def _same_error(kind: type[CasualtyError], message: str, fix: str, more: tuple[str, ...]) -> CasualtyError:
    """Return an error that was raised in another process."""
    error = kind.__new__(kind)
    CasualtyError.__init__(error, message, fix=fix, suggestions=more)
    return error


class QueryError(CasualtyError):
    """A question that cannot be answered as it was asked: an unknown name, a malformed date."""

    code = "invalid_query"
    exit_code = 2


class UnknownName(QueryError):
    """A name that the ledger's reference data does not hold; carries the nearest names."""

    code = "unknown_name"


class AmbiguousName(QueryError):
    """A name that stands for several things; carries all of them, and none is chosen."""

    code = "ambiguous_name"


class NotFound(QueryError):
    """A report, cell or page that does not exist."""

    code = "not_found"


class ChangedSince(QueryError):
    """What was to be changed is not any more as whoever wants to change it last saw it."""

    code = "precondition_failed"


class UnreadableDocument(QueryError):
    """A file that cannot be read as rows at all."""

    code = "unreadable_document"


class DocumentTooLarge(UnreadableDocument):
    """A file with more rows, columns or text than may be handed in at once."""

    code = "too_large"


class PersonalDataRefused(QueryError):
    """A text that seems to hold the name of a person, or another thing that tells who somebody is.

    It names the place and the kind, never the text.
    """

    code = "personal_data"


class MissingExtra(CasualtyError, ImportError):
    """A library is not installed that comes with an extra of the wheel (``service.extras``)."""

    code = "missing_extra"

    def __init__(self, library: str, extra: str, otherwise: str = "") -> None:
        """``otherwise`` says how to go on without it."""
        wanted = f"casualty-ledger[{extra}]"
        how = f"pip install '{wanted}'{', ' if otherwise else '.'}{otherwise}"
        super().__init__(f"{library} is not installed. This needs {wanted}:", fix=how)


class StoreError(CasualtyError):
    """The data directory cannot be used."""

    code = "store"
    exit_code = 3


class StoreFull(StoreError):
    """The disk has no room for more; what was acknowledged stays."""

    code = "store_full"

    @classmethod
    def at(cls, place: Path, reason: str) -> StoreFull:
        """Return the error of a data directory; ``reason`` is what the system says."""
        return cls(
            f"There is no room left in {place}: {reason}.",
            fix="Free some space on its disk and do the same again: nothing of this was acknowledged; what "
            "was before is kept.",
        )


class StoreHeld(StoreError):
    """Another process owns the data directory; the message says which and how to reach it."""

    code = "store_held"


class ReadOnly(StoreError):
    """The ledger is a publication: it can be read, and is changed where it comes from."""

    code = "read_only"

    @classmethod
    def of_publication(cls) -> ReadOnly:
        """Return the error of whoever would write, sign or check what is only published here."""
        return cls(
            "This ledger is only published here: it can be read, and nothing else.",
            fix="Do it where the ledger is kept, and publish it again.",
        )


class JournalDamaged(StoreError):
    """A closed part of the journal does not match its own hashes."""

    code = "journal_damaged"

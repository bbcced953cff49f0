"""Is an earlier head a beginning of this ledger, and who vouched for it?

A head names everything before it. Kept outside (published, mailed, cited), it proves later that nothing up to
it was changed, left out or put in another order, which the journal's own hashes cannot: whoever can write to
the journal can compute them anew, or put an older copy in its place. A signed head says besides which
installation held that state; its Ed25519 key lies beside the ledger, readable by its owner alone. This module
reads the journal, also while another process writes to it, and must not know what a record means.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import os
import re
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from service.errors import QueryError, StoreError
from service.ledger import redaction
from service.ledger.directory_owner import refuse_root_elsewhere
from service.ledger.file_lock import PRIVATE
from service.ledger.journal import Journal
from service.ledger.segment_file import sync_directory
from service.schema.records import Finding, Head
from service.vocabulary import Severity

KEY_NAME = "head.key"
JOURNAL_NAME = "journal"
HEAD = re.compile(r"(\d{1,18})-([0-9a-f]{12,64})")
"""A head: how many entries, and the hash of the last, whole or its first twelve digits or more."""
LARGEST_FILE = 64 * 1024
TRIES = 5
"""How often a journal is read at most whose owner may redact something while it is read."""


@dataclasses.dataclass(frozen=True)
class SignedHead:
    """A head, when it was signed (UTC), and by which key; key and signature are in hexadecimal digits."""

    head: Head
    signed_at: dt.datetime
    public_key: str
    signature: str

    def words(self) -> dict[str, Any]:
        """Return it as it is published."""
        return {
            "entries": self.head.seq,
            "head": str(self.head),
            "hash": self.head.hash,
            "signed_at": _written(self.signed_at),
            "public_key": self.public_key,
            "signature": self.signature,
        }

    def check(self) -> None:
        """Raise QueryError where the signature is not by this key, of this head and moment."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key))
            key.verify(bytes.fromhex(self.signature), statement(self.head, self.signed_at))
        except (InvalidSignature, ValueError) as error:
            raise QueryError(
                f"The signature of head {self.head} is not by the key {self.public_key[:16]}… that it names.",
                fix="Take the signed head from where it was published, unchanged.",
            ) from error


def statement(head: Head, signed_at: dt.datetime) -> bytes:
    """Return the bytes that are signed."""
    return f"casualty-ledger head\n{head.seq}\n{head.hash}\n{_written(signed_at)}\n".encode()


class Signer:
    """The key of one installation. Made by ``Signer.of``."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw().hex()

    @classmethod
    def of(cls, data_dir: Path) -> Signer:
        """Return the signer of ``data_dir``, whose key is made where there is none. Raises StoreError for one
        that cannot be used."""
        path = data_dir / KEY_NAME
        with contextlib.suppress(FileExistsError):
            _write_key(path, Ed25519PrivateKey.generate())
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip())))
        except ValueError as error:
            raise StoreError(
                f"The key in {path} cannot be used: it is damaged.",
                fix="Put it back from where you keep it, or remove it: a new one is made, to publish anew.",
            ) from error

    def sign(self, head: Head, at: dt.datetime) -> SignedHead:
        """Return ``head``, signed at the moment ``at``."""
        return SignedHead(head, at, self.public_key, self._key.sign(statement(head, at)).hex())


def _write_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a new key, whole or not at all; raises FileExistsError where there is one."""
    if path.exists():
        raise FileExistsError(path)
    refuse_root_elsewhere(path.parent)
    unfinished = path.with_name(f"{KEY_NAME}.{os.getpid()}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.private_bytes_raw().hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)  # unlike a rename, never over another process's key
    finally:
        unfinished.unlink()
    sync_directory(path.parent)


def read_head(text: str) -> tuple[int, str]:
    """Return entries and hash (or its first digits) of a head: ``12-0a1b…``, or the JSON that ``/v1/head``
    and ``casualty head`` give, whose signature is checked. Raises QueryError for anything else."""
    text = text.strip()
    if match := HEAD.fullmatch(text):
        return int(match[1]), match[2]
    try:
        words = json.loads(text[:LARGEST_FILE])
        head = Head(int(words["entries"]), str(words["hash"]))
        if not HEAD.fullmatch(f"{head.seq}-{head.hash}"):
            raise ValueError(head.hash)
        if "signature" in words:
            at = dt.datetime.fromisoformat(words["signed_at"].removesuffix("Z"))
            SignedHead(head, at, str(words["public_key"]), str(words["signature"])).check()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QueryError(
            f"{text[:60]!r} is no head.",
            fix="Give ENTRIES-HASH as `casualty head` and citations do, or a file with what /v1/head gives.",
        ) from error
    return head.seq, head.hash


def compare_with_head(journal: Journal, entries: int, digits: str) -> list[Finding]:
    """Return a finding where the head with so many entries and these digits is no beginning of the
    journal."""
    found = journal.hash_at(entries)
    head = f"{entries}-{digits[:12]}"
    if found is None:
        message = f"The ledger ends at entry {journal.head.seq}: it is older than head {head}, or was cut."
        return [Finding("head_missing", Severity.ERROR, message, "Restore a backup that holds that head.")]
    if not found.startswith(digits):
        message = f"Head {head} is no beginning of this ledger, whose entry {entries} is {found[:12]}."
        fix = (
            "Something up to that entry was changed since, or the head is another ledger's: restore a backup."
        )
        return [Finding("head_differs", Severity.ERROR, message, fix)]
    return []


def verify_beside(data_dir: Path, heads: list[tuple[int, str]]) -> tuple[Head, list[Finding]]:
    """Return the head of the journal in ``data_dir`` and what is wrong with it, while its owner goes on."""
    for _ in range(TRIES):
        journal = open_journal(data_dir)
        faults = redaction.find_faults(journal, under_way=journal.head.seq)
        if not faults:
            break
    if faults:
        return journal.head, faults
    return journal.head, [fault for head in heads for fault in compare_with_head(journal, *head)]


def no_ledger_error(data_dir: Path) -> StoreError:
    """Return the error of a command that must not begin a ledger where there is none."""
    return StoreError(
        f"There is no ledger in {data_dir}.",
        fix="Name its data directory with --data-dir; `casualty serve` or `casualty ingest FILE` begins one.",
    )


def open_journal(data_dir: Path) -> Journal:
    """Return the journal of ``data_dir``, to be read beside its owner. Raises StoreError if there is none."""
    if not (data_dir / JOURNAL_NAME).is_dir():
        raise no_ledger_error(data_dir)
    return Journal.open_beside(data_dir / JOURNAL_NAME)


def _written(moment: dt.datetime) -> str:
    return f"{moment.isoformat(timespec='microseconds')}Z"

"""How does a ledger outlive its disk?

A backup is one tar file with the segments of the journal and ``manifest.json``: the head they lead to, and
the hash of each. The journal is the truth and only ever grows, so it is copied while its owner goes on
writing, and the copy is checked from the bytes up before it gets its name; an unfinished record at its end is
cut. The same head gives the same bytes. A restored ledger is checked the same way, and its index made anew,
before it is put in place; nothing is ever overwritten. All of that happens inside the directory that it is
restored to, which may be a mounted disk or a container's volume, and the only one that its user may write to.
API keys are no part of a backup.

>>> file, head = backup(Path("data"))                                       # doctest: +SKIP
>>> restore(file, Path("elsewhere")) == head                                # doctest: +SKIP
True
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from service.errors import JournalDamaged, QueryError, StoreError
from service.ledger import Store, redaction
from service.ledger.earlier_state import cut_back
from service.ledger.file_lock import LOCK_NAME, PRIVATE, FileLock
from service.ledger.heads import no_ledger_error
from service.ledger.journal import PRIVATE_DIRECTORY, Journal
from service.ledger.segment_file import sync_directory
from service.ledger.store import INDEX_NAME
from service.schema.records import Head

FORMAT = 1
MANIFEST = "manifest.json"
JOURNAL = "journal"
SEGMENT = re.compile(rf"{JOURNAL}/\d{{6}}\.seg")
LARGEST_MANIFEST = 64 * 2**20
ROOM = ".restoring"
"""The folder of a data directory in which a backup is unpacked and checked."""
NO_CONTENT = {LOCK_NAME, ROOM, "lost+found"}
"""What an empty data directory may have: a lock that nobody holds, what a restore that was killed left, and
what a file system puts into itself."""


@dataclasses.dataclass(frozen=True)
class Part:
    """One file of a backup."""

    name: str
    bytes: int
    sha256: str


def backup(data_dir: Path, target: Path | None = None) -> tuple[Path, Head]:
    """Write the journal of ``data_dir`` to ``target`` (default: ``casualty-HEAD.tar``); return the file and
    its head.

    Raises QueryError where the file exists, JournalDamaged where the journal is not sound, StoreError where
    there is none; whatever goes wrong, no file is left behind.
    """
    refuse_existing(target)
    parent = target.parent if target else Path()
    with tempfile.TemporaryDirectory(dir=parent, prefix=".casualty-backup.") as name:
        workspace = Path(name)
        head = copy_journal(data_dir, workspace)
        unfinished = workspace / "backup.tar"
        _pack(workspace, head, unfinished)
        target = target or Path(f"casualty-{head}.tar")
        refuse_existing(target)
        unfinished.replace(target)
    sync_directory(target.parent)
    return target, head


def refuse_existing(target: Path | None) -> None:
    """Raise QueryError where ``target`` exists already, StoreError where its directory does not."""
    if target is None:
        return
    if target.exists():
        raise QueryError(f"{target} exists already.", fix="Name another file; nothing is written over.")
    if not target.parent.is_dir():
        raise StoreError(f"There is no directory {target.parent}.", fix="Make it, or name another.")


def copy_journal(data_dir: Path, target: Path) -> Head:
    """Copy the journal of ``data_dir`` into ``target``, check the copy, and return its head.

    Another process may hold the ledger and write to it meanwhile: the copy ends with a whole record. Raises
    StoreError where there is no journal, JournalDamaged where it is not sound.
    """
    segments = sorted((data_dir / JOURNAL).glob("*.seg"))
    if not segments:
        raise no_ledger_error(data_dir)
    copy = target / JOURNAL
    copy.mkdir(PRIVATE_DIRECTORY)
    for segment in segments:
        shutil.copyfile(segment, copy / segment.name)
        (copy / segment.name).chmod(PRIVATE)
    try:
        with contextlib.closing(Journal.open(copy)) as journal:
            journal.cut()
            redaction.complete(journal)  # a copy may have been taken in the midst of one
            return journal.head
    except JournalDamaged as damaged:
        raise JournalDamaged(
            f"The ledger in {data_dir} is not sound, and was not copied: {damaged.message}",
            fix="Restore an earlier backup; `casualty verify` says more.",
        ) from damaged


def restore(source: Path, data_dir: Path, *, recorded_by: dt.datetime | None = None) -> Head:
    """Put the ledger that the backup ``source`` holds into ``data_dir``, and return its head; with
    ``recorded_by`` (UTC) as it was at that moment.

    Raises QueryError where ``data_dir`` is not empty or ``source`` is no file, and StoreError where it is no
    backup, or not a whole one; then ``data_dir`` is as it was.
    """
    if data_dir.exists() and not (data_dir.is_dir() and _names_in(data_dir) <= NO_CONTENT):
        raise QueryError(
            f"{data_dir} is not empty.",
            fix="Name another --data-dir, or move that one away: nothing is written over.",
        )
    if not source.is_file():
        raise QueryError(f"There is no file {source}.", fix="Check the path.")
    with _room_in(data_dir) as room:
        (room / JOURNAL).mkdir(PRIVATE_DIRECTORY)
        with _backup_errors(source):
            claimed = _unpack(source, room)
        if recorded_by is not None:
            claimed = str(cut_back(room / JOURNAL, recorded_by))
        sync_directory(room / JOURNAL)
        with Store.open(room, afresh=True) as store:
            head, faults = store.head, store.verify()
        if faults or str(head) != claimed:
            fault = faults[0].message if faults else f"its head is {head}, not {claimed}."
            raise StoreError(f"What {source} holds is not sound: {fault}", fix="Take another backup.")
        # the journal alone is a ledger, whose index the next start makes: so it goes first
        for name in (JOURNAL, INDEX_NAME):
            (room / name).rename(data_dir / name)
            sync_directory(data_dir)
    return head


# --- inside ----------------------------------------------------------------------------------------------


def _names_in(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


@contextlib.contextmanager
def _room_in(data_dir: Path) -> Iterator[Path]:
    """Give an empty folder inside ``data_dir``, which is made where there is none and is nobody else's until
    the context ends; after an error it is as it was before. Raises StoreHeld where another process has it."""
    is_new = not data_dir.exists()
    data_dir.mkdir(PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    lock, room = FileLock.acquire(data_dir), data_dir / ROOM
    try:
        if room.exists():
            shutil.rmtree(room)
        room.mkdir(PRIVATE_DIRECTORY)
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)  # the next restore removes what could not be removed
    except BaseException:
        with contextlib.suppress(OSError):
            (data_dir / LOCK_NAME).unlink()
            if is_new:
                data_dir.rmdir()
        raise
    finally:
        lock.release()


def _pack(workspace: Path, head: Head, target: Path) -> None:
    """Write the journal in ``workspace`` to the tar file ``target``, durably."""
    parts = [
        Part(f"{JOURNAL}/{path.name}", path.stat().st_size, _sha256(path))
        for path in sorted((workspace / JOURNAL).glob("*.seg"))
    ]
    manifest = {
        "format": FORMAT,
        "entries": head.seq,
        "head": str(head),
        "hash": head.hash,
        "files": [dataclasses.asdict(part) for part in parts],
    }
    text = json.dumps(manifest, indent=1).encode()
    with target.open("xb") as file:
        target.chmod(PRIVATE)
        with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
            for part in parts:
                with (workspace / part.name).open("rb") as segment:
                    tar.addfile(_member(part.name, part.bytes), segment)
        file.flush()
        os.fsync(file.fileno())


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member


def _unpack(source: Path, target: Path) -> str:
    """Write the segments of a backup to ``target``, each as the manifest says, and return the head it claims.

    Raises ValueError where the file is not what its manifest says.
    """
    with tarfile.open(source, mode="r:") as tar:
        manifest = tar.next()
        if manifest is None or manifest.name != MANIFEST or manifest.size > LARGEST_MANIFEST:
            raise ValueError("it does not begin with a manifest")
        head, parts = _read_manifest(json.loads(_content(tar, manifest).read()))
        for part in parts:
            member = tar.next()
            if member is None or member.name != part.name or not member.isreg():
                raise ValueError(f"{part.name} is missing")
            with (target / part.name).open("xb") as file:
                (target / part.name).chmod(PRIVATE)
                shutil.copyfileobj(_content(tar, member), file)
                file.flush()
                os.fsync(file.fileno())
            if _sha256(target / part.name) != part.sha256:
                raise ValueError(f"{part.name} does not match its hash")
    return head


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> BinaryIO:
    return cast(BinaryIO, tar.extractfile(member))


def _read_manifest(manifest: Any) -> tuple[str, list[Part]]:  # noqa: ANN401 - as json gives it
    if manifest["format"] != FORMAT:
        raise ValueError("it was made by a later version of this service")
    parts = [Part(**part) for part in manifest["files"]]
    if not parts or not all(SEGMENT.fullmatch(part.name) for part in parts):
        raise ValueError("its manifest names no journal")
    return str(manifest["head"]), parts


@contextlib.contextmanager
def _backup_errors(source: Path) -> Iterator[None]:
    """Raise whatever is wrong with the bytes of a backup as one StoreError that says so."""
    try:
        yield
    except (tarfile.TarError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{source} is no whole backup of a ledger: {error}.", fix="Copy it anew, or take another one."
        ) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

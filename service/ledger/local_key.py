"""How does a command on this machine get in through the server that holds its ledger?

While a server runs, an editor's key lies beside the ledger in a file that only the server's user may read:
whoever can read it could also write to the ledger directly. The server makes a new key at each start and
revokes it at the end, so a copy of the directory opens nothing later; a key left behind by a process that
died is revoked at the next start. A command uses the key only if the file is private and its owner's own, and
if the process that holds the ledger wrote it, for the address that process announces, on this machine and in
this network namespace. Anywhere else the same address may be somebody else's.

>>> with publish(Path("data"), "http://127.0.0.1:8000", clock=now):         # doctest: +SKIP
...     read(Path("data"), holder(Path("data")))
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import platform
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from service.errors import NotFound
from service.ledger import Holder
from service.ledger.api_keys import PRIVATE, Keyring, Role

FILE_NAME = "latchkey.json"
NOTE = "commands on this machine"
LARGEST_FILE = 4096


@contextlib.contextmanager
def publish(data_dir: Path, address: str, *, clock: Callable[[], dt.datetime]) -> Iterator[None]:
    """Keep an editor's key for the server at ``address`` in ``data_dir`` while the context lasts."""
    keyring, path = Keyring(data_dir), data_dir / FILE_NAME
    _revoke(keyring, path, clock())
    key, secret = keyring.create(Role.EDITOR, at=clock(), note=NOTE)
    content = {"id": key.id, "key": secret, "pid": os.getpid(), "address": address, "place": _network()}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
    try:
        yield
    finally:
        _revoke(keyring, path, clock())


def read(data_dir: Path, owner: Holder) -> str | None:
    """Return the key to the server that ``owner`` runs, or None where there is none to be trusted."""
    content = _read_file(data_dir / FILE_NAME)
    expected = {"pid": owner.pid, "address": owner.address, "place": _network()}
    if content is None or {name: content.get(name) for name in expected} != expected:
        return None
    return str(content["key"])


def is_elsewhere(data_dir: Path) -> bool:
    """Return whether the server of this ledger runs on another machine or in a container of its own."""
    content = _read_file(data_dir / FILE_NAME)
    return content is not None and content.get("place") != _network()


def _revoke(keyring: Keyring, path: Path, at: dt.datetime) -> None:
    """Revoke the key in the file at ``path``, if there is one, and remove the file."""
    content = _read_file(path)
    if content is not None:
        with contextlib.suppress(NotFound):
            keyring.revoke(str(content.get("id")), at=at)
    path.unlink(missing_ok=True)


def _read_file(path: Path) -> dict[str, Any] | None:
    """Return what the file holds, or None if it is missing, not private, not ours, or not whole."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        is_ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
        if not is_ours or stat.S_IMODE(status.st_mode) & 0o077:
            return None
        try:
            content = json.loads(file.read(LARGEST_FILE))
        except ValueError:
            return None
    return content if isinstance(content, dict) and {"id", "key"} <= content.keys() else None


def _network() -> str:
    """Return where an address holds: this boot of this machine and this process's network namespace."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/net').readlink()}"
    except OSError:
        return platform.node()

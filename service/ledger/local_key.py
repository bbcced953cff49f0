"""How does a command on this machine get in through the server that holds its ledger?

While a server runs, a key of its own making lies beside the ledger, in a file that only the server's user may
read: who may read it could as well write to the ledger itself. It is made anew at each start and revoked at
the end, so that a copy of the directory opens nothing later; one left behind by a process that died is
revoked at the next start. A command takes it only where nothing about it is odd: the file is private and its
owner's own, it was left by the very process that holds the ledger, at the address that this process tells,
on this machine and in this network namespace. Anywhere else the same address may be somebody else's.

>>> with hung_out(Path("data"), "http://127.0.0.1:8000", clock=now):        # doctest: +SKIP
...     found(Path("data"), holder(Path("data")))
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
LONGEST = 4096


@contextlib.contextmanager
def hung_out(data_dir: Path, address: str, *, clock: Callable[[], dt.datetime]) -> Iterator[None]:
    """A key of an editor lies in ``data_dir`` as long as this lasts."""
    keyring, path = Keyring(data_dir), data_dir / FILE_NAME
    _take_in(keyring, path, clock())
    key, secret = keyring.create(Role.EDITOR, at=clock(), note=NOTE)
    told = {"id": key.id, "key": secret, "pid": os.getpid(), "address": address, "place": _place()}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(told, file)
    try:
        yield
    finally:
        _take_in(keyring, path, clock())


def found(data_dir: Path, held: Holder) -> str | None:
    """The key to the server that holds the ledger; None where there is none that can be trusted."""
    told = _read(data_dir / FILE_NAME)
    expected = {"pid": held.pid, "address": held.address, "place": _place()}
    if told is None or {name: told.get(name) for name in expected} != expected:
        return None
    return str(told["key"])


def is_elsewhere(data_dir: Path) -> bool:
    """Whether the server that holds the ledger runs on another machine, or in a container of its own."""
    told = _read(data_dir / FILE_NAME)
    return told is not None and told.get("place") != _place()


def _take_in(keyring: Keyring, path: Path, at: dt.datetime) -> None:
    """The key is revoked and its file removed, where there is one."""
    told = _read(path)
    if told is not None:
        with contextlib.suppress(NotFound):
            keyring.revoke(str(told.get("id")), at=at)
    path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any] | None:
    """What the file tells; None for one that is not there, not private, not ours, or not whole."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        state = os.fstat(file.fileno())
        is_ours = stat.S_ISREG(state.st_mode) and state.st_uid == os.geteuid()
        if not is_ours or stat.S_IMODE(state.st_mode) & 0o077:
            return None
        try:
            told = json.loads(file.read(LONGEST))
        except ValueError:
            return None
    return told if isinstance(told, dict) and {"id", "key"} <= told.keys() else None


def _place() -> str:
    """This machine since it started, and the network namespace of this process: where an address holds."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/net').readlink()}"
    except OSError:
        return platform.node()

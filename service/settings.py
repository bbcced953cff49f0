"""Where does this installation keep its data, and how is it reached?

Settings come from the environment (``CASUALTY_…``); a command's flag wins over them. Nothing else reads
the environment.

| variable | default | meaning |
|---|---|---|
| ``CASUALTY_DATA_DIR`` | ``data`` | journal and DuckDB file |
| ``CASUALTY_HOST`` | ``127.0.0.1`` | address the server listens on |
| ``CASUALTY_PORT`` | ``8000`` | port the server listens on |
| ``CASUALTY_SEEDS_DIR`` | the shipped seeds | what an empty data directory is filled with |
| ``CASUALTY_BODY_LIMIT`` | ``10485760`` | bytes that a request may carry (413 beyond) |
| ``CASUALTY_ROW_LIMIT`` | ``50000`` | rows that one request may hand in (413 beyond) |
| ``CASUALTY_ANSWER_TIME`` | ``20.0`` | seconds that the answer to a question may take to make (503 beyond) |
| ``CASUALTY_ANSWER_MEMORY`` | ``536870912`` | bytes of memory that making an answer may take (422 beyond) |
| ``CASUALTY_PREPARE_MEMORY`` | ``2147483648`` | bytes of memory that making the figures of now may take |
| ``CASUALTY_CACHE_MEMORY`` | ``1073741824`` | bytes of answers, and of what they come from, that are kept |
| ``CASUALTY_CLIENT_TIME`` | ``30.0`` | seconds of work for one client in a minute (429 beyond) |
| ``CASUALTY_CONNECTIONS`` | ``4096`` | connections at a time, as far as the limit of open files has room |
| ``CASUALTY_TRUSTED_PROXIES`` | ``127.0.0.1,::1`` | whose ``X-Forwarded-For`` is believed; ``off``: none |
| ``CASUALTY_READ_RATE`` | ``6000/minute`` | requests without a key, per client address; ``off``: any number |
| ``CASUALTY_WRITE_RATE`` | ``6000/minute`` | requests with a valid key, per key; ``off``: any number |
| ``CASUALTY_LIMIT_LOOPBACK`` | ``false`` | whether the first of these rates holds for this machine itself |
| ``CASUALTY_PUBLIC_NOTES`` | ``false`` | whether everybody may read the notes of reports |
| ``CASUALTY_PUBLIC_URL`` | none | where readers reach it, as ``https://example.org/counts``; none: as asked |
| ``CASUALTY_SECURITY_CONTACT`` | none | whom to tell about weaknesses: ``https://…`` or ``mailto:…`` |
| ``CASUALTY_KEY`` | none | key with which commands write through a server |
| ``CASUALTY_CLOCK`` | ``refuse`` | what becomes of entries while the clock is far off |
| ``CASUALTY_CLOCK_AHEAD`` | ``366`` | how many days after the last entry it may be |
| ``CASUALTY_ACCESS_LOG`` | ``false`` | one JSON line per request on standard error |
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from service.errors import QueryError

RATE = re.compile(r"off|[1-9][0-9]{0,8}/(second|minute|hour|day)")
"""How a rate limit is written: ``600/minute``, or ``off``."""
CACHE_MEMORY = 2**30
"""Bytes of answers that are kept, unless told otherwise."""
TRUTHS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_NOT_GIVEN: Any = object()


def shipped_seeds() -> Path:
    """Return the seeds folder: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).parent
    inside = package / "_seeds"
    return inside if inside.is_dir() else package.parent / "seeds"


def _are_addresses(text: str) -> bool:
    """Whether a text lists addresses or networks, or is ``off``."""
    import ipaddress

    if text == "off":
        return True
    with contextlib.suppress(ValueError):
        return bool([ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",")])
    return False


class Kind(NamedTuple):
    """What the value of a setting is: how it is read from text, which values may be, and how to say so."""

    meaning: str
    read: Callable[[str], Any]
    allows: Callable[[Any], bool] = lambda _: True


FOLDER = Kind(
    "folder (a server is named to a command with --server)",
    Path,
    lambda value: not re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", str(value)),
)
WORD = Kind("word", str)
PORT = Kind("port from 0 to 65535", int, lambda value: 0 <= value <= 65535)
SIZE = Kind("whole number from 1 on", int, lambda value: value >= 1)
DAYS = Kind("whole number of days from 1 to 36500", int, lambda value: 1 <= value <= 36500)
SECONDS = Kind("number of seconds above 0", float, lambda value: value > 0)
PROXIES = Kind("list of addresses or networks with commas between, and not off", str, _are_addresses)
LIMIT = Kind("rate such as 600/minute, and not off", str, lambda value: bool(RATE.fullmatch(value)))
CLOCK = Kind("one of refuse, flag, trust", str, lambda value: value in ("refuse", "flag", "trust"))
CONTACT = Kind(
    "address such as https://example.org/security or mailto:security@example.org",
    str,
    lambda value: value is None or bool(re.fullmatch(r"(?:https://|mailto:)[\x21-\x7e]{3,200}", value)),
)
_PUBLIC_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,255}(?:/[A-Za-z0-9._~-]{1,64}){0,4}")
PUBLIC_URL = Kind(
    "address without / at its end, such as https://a.example or https://a.example/counts",
    str,
    lambda value: value is None or bool(_PUBLIC_ADDRESS.fullmatch(value)),
)
SWITCH = Kind("switch (true or false)", lambda text: TRUTHS[text.strip().lower()])


def _setting(default: object, kind: Kind, *, is_shown: bool = True) -> Any:  # noqa: ANN401 - as a field is declared
    meta = {"default": default, "kind": kind}
    return dataclasses.field(default=_NOT_GIVEN, repr=is_shown, metadata=meta)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one process: as given, else as the environment has them, else the default.

    Raises QueryError for a value that cannot be used.
    """

    data_dir: Path = _setting(Path("data"), FOLDER)  # noqa: RUF009 - a field as dataclasses make it
    host: str = _setting("127.0.0.1", WORD)
    port: int = _setting(8000, PORT)
    seeds_dir: Path = _setting(shipped_seeds(), FOLDER)  # noqa: RUF009 - likewise
    body_limit: int = _setting(10 * 2**20, SIZE)
    row_limit: int = _setting(50_000, SIZE)
    answer_time: float = _setting(20.0, SECONDS)
    answer_memory: int = _setting(2**29, SIZE)
    prepare_memory: int = _setting(2**31, SIZE)
    cache_memory: int = _setting(CACHE_MEMORY, SIZE)
    client_time: float = _setting(30.0, SECONDS)
    connections: int = _setting(4096, SIZE)
    trusted_proxies: str = _setting("127.0.0.1,::1", PROXIES)
    read_rate: str = _setting("6000/minute", LIMIT)
    write_rate: str = _setting("6000/minute", LIMIT)
    limit_loopback: bool = _setting(False, SWITCH)
    clock: str = _setting("refuse", CLOCK)
    clock_ahead: int = _setting(366, DAYS)
    access_log: bool = _setting(False, SWITCH)
    public_notes: bool = _setting(False, SWITCH)
    public_url: str | None = _setting(None, PUBLIC_URL)
    security_contact: str | None = _setting(None, CONTACT)
    key: str | None = _setting(None, WORD, is_shown=False)

    @property
    def path_prefix(self) -> str:
        """The path under which readers reach the service, as ``/counts``; "" where the host is its own."""
        return urlsplit(self.public_url or "").path

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            if getattr(self, field.name) is _NOT_GIVEN:
                object.__setattr__(self, field.name, _from_environment(field))
            elif not field.metadata["kind"].allows(getattr(self, field.name)):
                raise _refusal(field, getattr(self, field.name))


def variable(name: str) -> str:
    """Return the name of a setting in the environment."""
    return f"CASUALTY_{name.upper()}"


def _from_environment(field: dataclasses.Field[Any]) -> Any:  # noqa: ANN401 - a setting of any kind
    """Return the value of a setting that is not given: that of the environment, else the default."""
    text = os.environ.get(variable(field.name))
    if text is None:
        return field.metadata["default"]
    kind: Kind = field.metadata["kind"]
    try:
        value = kind.read(text)
    except (ValueError, LookupError):
        raise _refusal(field, text) from None
    if not kind.allows(value):
        raise _refusal(field, text)
    return value


def _refusal(field: dataclasses.Field[Any], value: object) -> QueryError:
    name = variable(field.name)
    return QueryError(
        f"{name}={value!r} cannot be used: it is no {field.metadata['kind'].meaning}.",
        fix=f"Set {name} anew, or unset it.",
    )

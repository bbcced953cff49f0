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
| ``CASUALTY_ANSWER_TIME`` | ``60.0`` | seconds that the answer to a question may take to make (503 beyond) |
| ``CASUALTY_READ_RATE`` | ``6000/minute`` | requests without a key, per client address; ``off``: any number |
| ``CASUALTY_WRITE_RATE`` | ``6000/minute`` | requests with a valid key, per key; ``off``: any number |
| ``CASUALTY_LIMIT_LOOPBACK`` | ``false`` | whether the first of these rates holds for this machine itself |
| ``CASUALTY_KEY`` | none | key with which commands write through a server |
| ``CASUALTY_ACCESS_LOG`` | ``false`` | one JSON line per request on standard error |
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.errors import QueryError

RATE = r"^(off|[1-9][0-9]{0,8}/(second|minute|hour|day))$"
"""How a rate limit is written: ``600/minute``, or ``off``."""


def shipped_seeds() -> Path:
    """Return the seeds folder: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).parent
    inside = package / "_seeds"
    return inside if inside.is_dir() else package.parent / "seeds"


class Settings(BaseSettings):
    """The settings of one process. Raises QueryError for a variable that cannot be understood."""

    model_config = SettingsConfigDict(env_prefix="CASUALTY_", frozen=True)

    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    seeds_dir: Path = shipped_seeds()
    body_limit: int = Field(default=10 * 2**20, ge=1)
    row_limit: int = Field(default=50_000, ge=1)
    answer_time: float = Field(default=60.0, gt=0)
    read_rate: str = Field(default="6000/minute", pattern=RATE)
    write_rate: str = Field(default="6000/minute", pattern=RATE)
    limit_loopback: bool = False
    access_log: bool = False
    key: str | None = Field(default=None, repr=False)

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - as pydantic declares it
        try:
            super().__init__(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = f"CASUALTY_{str(first['loc'][0]).upper()}"
            raise QueryError(
                f"{name}={first['input']!r} cannot be used: {first['msg']}.",
                fix=f"Set {name} anew, or unset it.",
            ) from None

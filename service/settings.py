"""Where does this installation keep its data, and how is it reached?

Settings come from the environment (``CASUALTY_…``); a command's flag wins over them. Nothing else reads
the environment.

| variable | default | meaning |
|---|---|---|
| ``CASUALTY_DATA_DIR`` | ``data`` | journal and DuckDB file |
| ``CASUALTY_HOST`` | ``127.0.0.1`` | address the server listens on |
| ``CASUALTY_PORT`` | ``8000`` | port the server listens on |
| ``CASUALTY_SEEDS_DIR`` | the shipped seeds | what an empty data directory is filled with |
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.errors import QueryError


def shipped_seeds() -> Path:
    """The seeds folder: beside the package in a checkout, inside it in an installed wheel."""
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

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - as pydantic declares it
        try:
            super().__init__(**given)
        except ValidationError as error:
            first = error.errors()[0]
            name = f"CASUALTY_{str(first['loc'][0]).upper()}"
            raise QueryError(
                f"{name}={first['input']!r} cannot be used: {first['msg']}.",
                fix=f"Set {name} anew, or unset it.",
            ) from None

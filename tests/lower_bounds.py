"""Does the service work with the oldest libraries that pyproject.toml allows?

``make lower-bounds`` installs the lowest allowed version of each dependency in an environment of its
own and runs ``tests.smoke`` there. Then the locked versions and the lowest open the same ledger in turns:
both must print the same series, and neither may have to rebuild the index that the other's DuckDB wrote.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACE = Path(sys.prefix) / "lowest"
"""The environment of the lowest versions, inside the one that runs this."""
LOWEST, LOCKED = str(PLACE / "bin" / "python"), sys.executable
INSTALL_LIMIT, STEP_LIMIT = 180, 120
"""Seconds after which an installation or a step has failed."""
SERIES = (
    "series",
    "--area",
    "x-syrian-coast",
    "--measure",
    "killed",
    "--population",
    "civilians",
    "--format",
    "csv",
)


class DoesNotHold(Exception):
    """The lowest versions do not work, or could not be tried; the message says why."""


def main() -> int:
    """Run the check and return 0 where it holds; else say on standard error what is wrong."""
    begin = time.monotonic()
    try:
        install()
        with tempfile.TemporaryDirectory() as place:
            data = Path(place) / "data"
            run(LOWEST, "tests.smoke", str(data))
            first, second, third = (
                run(python, "service", *SERIES, "--data-dir", str(data))
                for python in (LOWEST, LOCKED, LOWEST)
            )
        if not first == second == third:
            raise DoesNotHold("The lowest versions print another series than the locked ones.")
    except DoesNotHold as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(
        f"the lowest allowed versions serve, ingest and draw ({time.monotonic() - begin:.0f} s)\n"
    )
    return 0


def install() -> None:
    """Install the lowest allowed versions into PLACE. Raises DoesNotHold."""
    uv = [LOCKED, "-m", "uv", "--quiet", "--no-progress"]
    lowest = ["--resolution", "lowest-direct", "--only-binary", ":all:"]
    wanted = ["--extra", "serve", "-r", "pyproject.toml"]
    environment = {**os.environ, "UV_HTTP_TIMEOUT": "20", "UV_HTTP_RETRIES": "1"}
    try:
        for command in (
            [*uv, "venv", "--clear", "--python", LOCKED, str(PLACE)],
            [*uv, "pip", "install", "--python", LOWEST, *lowest, *wanted],
        ):
            subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                check=True,
                stderr=subprocess.PIPE,
                text=True,
                timeout=INSTALL_LIMIT,
            )
    except subprocess.TimeoutExpired as error:
        raise DoesNotHold(
            f"The lower bounds were not tried: the package registry did not deliver within {INSTALL_LIMIT} s."
        ) from error
    except subprocess.CalledProcessError as error:
        raise DoesNotHold(
            "The lower bounds were not tried: the lowest versions could not be installed."
            f" Can the package registry be reached?\n{error.stderr}"
        ) from error


def run(python: str, module: str, *words: str) -> str:
    """What a module prints under ``python``. Raises DoesNotHold where it fails or rebuilds an index."""
    name = "lowest" if python == LOWEST else "locked"
    command = [python, "-m", module, *words]
    try:
        process = subprocess.run(
            command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=STEP_LIMIT
        )
    except subprocess.TimeoutExpired as error:
        raise DoesNotHold(f"{module} did not end within {STEP_LIMIT} s with the {name} versions.") from error
    if process.returncode or "rebuilt" in process.stderr:
        raise DoesNotHold(f"{module} fails with the {name} versions:\n{process.stderr}")
    return process.stdout


if __name__ == "__main__":
    raise SystemExit(main())

"""Can the service be installed, as it is locked, on every Python that it says it runs on?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
LOCK = "requirements.lock"
UNREACHABLE = re.compile(
    r"error sending request|failed to fetch|dns error|timed? ?out|connect", re.IGNORECASE
)


def try_install(version: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What uv says of the locked wheels for a Python of this version on Linux; nothing is installed."""
    words = [
        "pip",
        "install",
        "--dry-run",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "-r",
        LOCK,
    ]
    words += ["--python-version", version, "--python-platform", "x86_64-unknown-linux-gnu"]
    limits = {"UV_HTTP_TIMEOUT": "20", "UV_HTTP_RETRIES": "1"}
    return subprocess.run(
        [sys.executable, "-m", "uv", *words, "--target", str(folder)],
        cwd=ROOT, env={**os.environ, **limits}, check=False, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("version", DECLARED)
def test_every_locked_library_has_a_wheel_for_every_python_that_is_declared(
    version: str, tmp_path: Path
) -> None:
    told = try_install(version, tmp_path)
    if told.returncode and UNREACHABLE.search(told.stderr):
        pytest.skip("the package registry is not to be reached")
    assert told.returncode == 0, told.stderr


def test_the_first_python_that_is_declared_is_the_oldest_that_is_allowed() -> None:
    assert DECLARED == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={DECLARED[0]}"


def test_a_python_for_which_there_are_no_wheels_is_noticed(tmp_path: Path) -> None:
    told = try_install("3.8", tmp_path)
    if UNREACHABLE.search(told.stderr):
        pytest.skip("the package registry is not to be reached")
    assert told.returncode != 0

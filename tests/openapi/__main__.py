"""Do the linters of the field find an error in the description of the API? ``make check`` asks.

Redocly and Spectral come from npm, pinned in ``package-lock.json`` beside this file, and are installed when
they are first needed. Where Node is absent, or they cannot be fetched, that is said and nothing fails.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from service.web.app import create_app

HERE = Path(__file__).parent
PROGRAMS = HERE / "node_modules" / ".bin"
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
LINTERS = {
    "redocly": ("lint", "{file}", "--config", str(HERE / "redocly.yaml"), "--format", "summary"),
    "spectral": (
        "lint",
        "{file}",
        "--ruleset",
        str(HERE / "spectral.yaml"),
        "--fail-severity",
        "error",
        "--quiet",
    ),
}
LONGEST = 300
"""Seconds that a step may take."""
QUIET = {**os.environ, "NO_COLOR": "1", "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def main() -> int:
    """Print what the linters find, and return 1 for an error."""
    if problem := _prepare():
        _say(f"not linted, {problem}")
        return 0
    with tempfile.TemporaryDirectory() as room:
        file = Path(room) / "openapi.json"
        file.write_text(json.dumps(create_app().openapi()), encoding="utf-8")
        return max([_lint(name, file) for name in LINTERS])


def _prepare() -> str:
    """Have the linters at hand; return why they are not, "" where they are."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "for there is no Node here"
    if all((PROGRAMS / name).exists() for name in LINTERS):
        return ""
    try:
        subprocess.run(INSTALL, cwd=HERE, check=True, capture_output=True, timeout=LONGEST)
    except (subprocess.SubprocessError, OSError):
        return "for npm cannot fetch the linters"
    return ""


def _lint(name: str, file: Path) -> int:
    words = [word.replace("{file}", str(file)) for word in LINTERS[name]]
    done = subprocess.run(
        [str(PROGRAMS / name), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
        env=QUIET,
    )
    found = (
        f"{name} finds errors\n{done.stdout}{done.stderr}" if done.returncode else f"{name} finds no error"
    )
    _say(found)
    return int(done.returncode != 0)


def _say(text: str) -> None:
    print(f"openapi: {text}")  # noqa: T201 - a report for whoever runs it


if __name__ == "__main__":
    sys.exit(main())

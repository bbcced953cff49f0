"""Is a locked dependency known to be vulnerable? ``make audit``, and the end of ``make check``.

pip-audit compares the lock with the advisories of the Python Package Index. Where these cannot be had (no
network, a mirror without them), a notice says so and nothing fails: what was not looked at is never called
sound. It never waits for longer than ``LONGEST``.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = "requirements-dev.lock"
"""The lock with everything: that of the service is a part of it."""
Dependency = dict[str, Any]
HOST = ("pypi.org", 443)
LONGEST = 90
"""Seconds."""
CONNECT = 3
"""Seconds to wait for the host of the advisories."""


def audit(lock: Path, *options: str, longest: float = LONGEST) -> list[Dependency] | None:
    """Return the dependencies of a lock as pip-audit found them, or None where it found out nothing."""
    with tempfile.TemporaryDirectory() as room:
        found = Path(room) / "audit.json"
        command = [
            sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip",
            "--require-hashes", "--progress-spinner", "off", "--timeout", "10",
            "--format", "json", "--output", str(found), *options,
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=longest, check=False)
        except subprocess.TimeoutExpired:
            return None
        if not found.is_file() or not found.read_bytes().strip():
            return None
        dependencies: list[Dependency] = json.loads(found.read_text(encoding="utf-8"))["dependencies"]
    return dependencies if any("skip_reason" not in each for each in dependencies) else None


def can_ask(host: tuple[str, int] = HOST) -> bool:
    """Return whether the host of the advisories can be reached."""
    try:
        socket.create_connection(host, CONNECT).close()
    except OSError:
        return False
    return True


def lines_about(lock: str, dependencies: list[Dependency] | None) -> tuple[list[str], bool]:
    """Return what is known of a lock, line by line, and whether it may stand."""
    if dependencies is None:
        return [
            f"{lock}: NOT AUDITED, no advisories can be had from here. `make audit` where they can."
        ], True
    skipped = [each["name"] for each in dependencies if "skip_reason" in each]
    lines = [
        f"{lock}: {each['name']} {each['version']}: {advisory['id']}, mended in "
        f"{', '.join(advisory['fix_versions']) or 'no version yet'}"
        for each in dependencies
        for advisory in each.get("vulns", ())
    ]
    about = f"{lock}: {len(lines)} advisories about {len(dependencies) - len(skipped)} dependencies."
    notice = [f"{lock}: NOT AUDITED: {', '.join(skipped)}."] if skipped else []
    return [*lines, about, *notice], not lines


def main() -> int:
    """Print what is known; return 1 where a locked dependency has an advisory, else 0."""
    lines, may_stand = lines_about(LOCK, audit(ROOT / LOCK) if can_ask() else None)
    print(*lines, sep="\n")  # noqa: T201 - a report for whoever runs it
    return 0 if may_stand else 1


if __name__ == "__main__":
    sys.exit(main())

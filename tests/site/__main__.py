"""Build the documentation site into ``build/docs``: ``make docs`` does, and opens nothing from the network.

The pages are those that a server shows at ``/guide``; a link that leads nowhere ends the build. With
``--check``, as in ``make check``, what builds it is fetched where it is not installed, pinned as in
``requirements-docs.lock``; where it cannot be fetched, that is said and nothing fails.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.site.sources import ROOT, write_sources

HERE = Path(__file__).parent
SOURCES, SITE = ROOT / "build" / "docs-sources", ROOT / "build" / "docs"
INSTALL = ("pip", "install", "--quiet", "--require-hashes", "-r", "requirements-docs.lock")
LONGEST = 180
"""Seconds that fetching may take."""


def main(*, may_fetch: bool) -> int:
    """Build the site, and return 1 where it cannot be built."""
    if importlib.util.find_spec("sphinx") is None and not (may_fetch and _fetch()):
        sys.stdout.write("documentation site: not built, for Sphinx is not installed and cannot be fetched\n")
        return 0 if may_fetch else 1
    from sphinx.cmd.build import build_main

    shutil.rmtree(SOURCES, ignore_errors=True)
    write_sources(SOURCES)
    failed = build_main(
        ["-b", "html", "-W", "--keep-going", "-n", "-q", "-c", str(HERE), str(SOURCES), str(SITE)]
    )
    if not failed:
        sys.stdout.write(f"{SITE.relative_to(ROOT)}/index.html\n")
    return int(failed)


def _fetch() -> bool:
    """Have Sphinx installed beside what runs this; return whether it is."""
    command = [sys.executable, "-m", "uv", *INSTALL, "--python", sys.executable]
    limits = {"UV_HTTP_TIMEOUT": "20", "UV_HTTP_RETRIES": "1"}
    try:
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, **limits}, check=True, capture_output=True, timeout=LONGEST
        )
    except (subprocess.SubprocessError, OSError):
        return False
    importlib.invalidate_caches()
    return importlib.util.find_spec("sphinx") is not None


if __name__ == "__main__":
    raise SystemExit(main(may_fetch="--check" in sys.argv[1:]))

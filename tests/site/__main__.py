"""Build the documentation site into ``build/docs``: ``make docs`` does, and opens nothing from the network.

The pages are those that a server shows at ``/guide``; a link that leads nowhere ends the build.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from tests.site.sources import ROOT, write_sources

HERE = Path(__file__).parent
SOURCES, SITE = ROOT / "build" / "docs-sources", ROOT / "build" / "docs"

shutil.rmtree(SOURCES, ignore_errors=True)
write_sources(SOURCES)
failed = build_main(
    ["-b", "html", "-W", "--keep-going", "-n", "-q", "-c", str(HERE), str(SOURCES), str(SITE)]
)
if not failed:
    sys.stdout.write(f"{SITE.relative_to(ROOT)}/index.html\n")
sys.exit(failed)

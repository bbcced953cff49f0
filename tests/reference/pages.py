"""Which files of the documentation are made of the code, and what do they say?"""

from __future__ import annotations

from pathlib import Path

from tests.reference.api import api_page
from tests.reference.commands import command_page, man_page
from tests.reference.python import python_page
from tests.reference.tables import table_page

ROOT = Path(__file__).parents[2]


def pages() -> dict[str, str]:
    """Return the text of each file that is made of the code, by its path in the repository."""
    return {
        "docs/reference/commands.md": command_page(),
        "docs/reference/api.md": api_page(),
        "docs/reference/python.md": python_page(),
        "docs/reference/tables.md": table_page(),
        "docs/casualty.1": man_page(),
    }

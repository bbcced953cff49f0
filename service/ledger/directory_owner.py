"""Whose is a data directory?

Its files are readable by their owner alone. What root makes in the directory of another user (the lock, the
keys, a new segment) is root's, and ends the service: the user it runs as can read it no more. So root is told
whom to be, and nothing is made. Any other user is kept out by the modes of the files.
"""

from __future__ import annotations

import os
from pathlib import Path

from service.errors import StoreError

ROOT = 0


def refuse_root_elsewhere(data_dir: Path) -> None:
    """Raise StoreError where this is root and ``data_dir`` is another user's."""
    owner = data_dir.stat().st_uid
    if os.geteuid() != ROOT or owner == ROOT:
        return
    name = _name_of(owner)
    raise StoreError(
        f"The data directory {data_dir} is that of the user {name}, who cannot read what root makes in it.",
        fix=f"Run it as that user: `sudo -u {name} casualty …`; in a container with `--user {owner}`.",
    )


def _name_of(user: int) -> str:
    """Return the name of a user, or the number where this machine has no name for it."""
    import pwd

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"#{user}"

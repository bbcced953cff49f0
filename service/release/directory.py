"""How does a release get on disk: whole, or not at all?

A folder, or one zip file where the name ends in ``.zip``. It is put together beside its place and moved there
when every file is synced and summed.
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from service.ledger.segment_file import sync_directory
from service.ledger.table_file import write_duckdb, write_sqlite
from service.release import Release, sums
from service.release.tables import KEYS, dictionary

DATABASE = "casualty-ledger"


def write_release(release: Release, target: Path) -> int:
    """Write a release to ``target``, which must not be there yet, and return how many bytes it has."""
    edition = release.edition
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".casualty-release.") as room:
        folder = Path(room) / edition.name
        folder.mkdir()
        files = dict(release.files)
        tables = {**edition.tables, "dictionary": dictionary(edition.tables)}
        for suffix, write in ((".duckdb", write_duckdb), (".sqlite", write_sqlite)):
            path = folder / f"{DATABASE}{suffix}"
            write(path, tables, KEYS)
            files[path.name] = path.read_bytes()
        files["SHA256SUMS"] = sums(files).encode()
        for name, data in files.items():
            (folder / name).write_bytes(data)
        if target.suffix == ".zip":
            unfinished = Path(room) / "release.zip"
            _zip(unfinished, edition.name, files)
            unfinished.replace(target)
            size = target.stat().st_size
        else:
            folder.replace(target)
            size = sum(map(len, files.values()))
    sync_directory(target.parent)
    return size


def _zip(path: Path, name: str, files: dict[str, bytes]) -> None:
    """Write a zip file of ``files`` in a folder ``name``; nothing in it tells when or where it was packed."""
    with zipfile.ZipFile(path, "w") as archive:
        for member_name, data in sorted(files.items()):
            member = zipfile.ZipInfo(f"{name}/{member_name}")
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, data, zipfile.ZIP_DEFLATED, 6)

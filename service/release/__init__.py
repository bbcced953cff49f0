"""How is everything that is known given to others, to be cited and checked?

A release is a folder, or a zip file of it: every report, estimate and piece of evidence as CSV and Parquet,
the reference data they rest on, the same tables in a DuckDB and an SQLite file, what each column means, how
to cite, deposit and find it, the signed head, and the hash of every file. It names its day of knowledge,
state of the ledger and method; asked for these again, the same version gives the same tables (``sha256``).
This package must not know the clock.

>>> write_release(make_release(ledger, as_of="2025-08-20"), Path("coast"))  # doctest: +SKIP
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json

from service.answers.filters import ANY
from service.api import Ledger
from service.errors import QueryError
from service.formats.encode import encode
from service.formats.file_format import Format
from service.ledger.heads import Signer
from service.ledger.table_file import VIEWS
from service.release.linked import croissant, dcat
from service.release.package import LICENCES, describe
from service.release.papers import citation, deposit, readme
from service.release.tables import Edition, collect_tables, dictionary

DEFAULT_LICENCE = "CC-BY-4.0"
"""The terms of the facts that are shipped."""


@dataclasses.dataclass(frozen=True)
class Release:
    """A release before it is written: what it is of, and its files but the databases and their sums.
    ``sha256`` is the hash of the tables as CSV."""

    edition: Edition
    sha256: str
    files: dict[str, bytes]


def make_release(
    ledger: Ledger,
    *,
    as_of: str | dt.date | None = None,
    recorded_by: str | dt.datetime | None = None,
    notes: bool = False,
    vintages: bool = False,
    licence: str = DEFAULT_LICENCE,
    signer: Signer | None = None,
) -> Release:
    """Return the release of a ledger: as the public could know it on the day ``as_of`` (default: today), and
    as the ledger held it at the moment ``recorded_by`` (default: that of its last entry).

    Without ``notes``, the column is blank: it is the desk's own. ``vintages`` adds the table of that name,
    which takes an answer for each day of knowledge. ``licence`` is a term of ``package.LICENCES``; ``signer``
    signs the head (default: that of the ledger's own directory).

    Raises QueryError for an empty ledger and a licence that is not known.
    """
    if licence not in LICENCES:
        raise QueryError(
            f"{licence[:60]!r} is no licence that a release can name.",
            fix=f"Use one of: {', '.join(LICENCES)}.",
            suggestions=tuple(LICENCES),
        )
    entries = ledger.store.submissions().column("recorded_at").to_pylist()
    if not entries:
        raise QueryError("The ledger holds nothing yet.", fix="Hand reports in first.")
    query = ledger.query(
        as_of=as_of, recorded_by=recorded_by or entries[-1], attributed_to=ANY, period_start=ANY
    )
    tables = collect_tables(ledger, query, notes=notes, vintages=vintages)
    whole_head = ledger.answers.head(query)
    signed = (signer or Signer.of(ledger.store.data_dir)).sign(whole_head, ledger.clock())
    name = f"casualty-ledger-{query.as_of}-{whole_head}"
    edition = Edition(name, query, str(whole_head), licence, tables)
    files = {
        f"{table}.{fmt}": encode(rows, fmt)
        for table, rows in tables.items()
        for fmt in (Format.CSV, Format.PARQUET)
    }
    sha256 = hash_of_tables({table: files[f"{table}.csv"] for table in tables})
    package = describe(edition, files)
    files |= {
        "croissant.json": _json(croissant(edition, package, files)),
        "dcat.jsonld": _json(dcat(edition, package, files)),
        "datapackage.json": _json(package),
        "dictionary.csv": encode(dictionary(tables), Format.CSV),
        "CITATION.cff": citation(edition, sha256).encode(),
        ".zenodo.json": _json(deposit(edition)),
        "README.md": readme(edition, VIEWS).encode(),
        "head.json": _json(signed.words()),
    }
    return Release(edition, sha256, files)


def hash_of_tables(csv_files: dict[str, bytes]) -> str:
    """Return the hash of tables as CSV: that of the lines about them in ``SHA256SUMS``. It does not depend on
    the version of a library, as the bytes of Parquet and of databases do."""
    named = {f"{table}.csv": data for table, data in csv_files.items()}
    return hashlib.sha256(sums(named).encode()).hexdigest()


def sums(files: dict[str, bytes]) -> str:
    """Return a line ``HASH  NAME`` for each file, in the order of their names."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()

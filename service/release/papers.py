"""How is a release cited, deposited and read? ``CITATION.cff``, ``.zenodo.json`` and ``README.md``.

The first two are what citation managers and archives that give DOIs read. No day of making stands in them:
the same release is cited alike whenever it is made.
"""

from __future__ import annotations

from typing import Any

from service.release.tables import ABOUT, Edition


def citation(edition: Edition, sha256: str) -> str:
    """Return the text of ``CITATION.cff``, which names the hash of the tables."""
    return (
        "cff-version: 1.2.0\n"
        "message: Please cite the release and, for a figure, its origin as well.\n"
        f"title: Casualty Ledger, as known on {edition.query.as_of}\n"
        "type: dataset\n"
        "authors:\n"
        "  - name: Casualty Ledger contributors\n"
        f"version: {edition.head}\n"
        f"date-released: {edition.query.as_of}\n"
        f"license: {edition.licence}\n"
        "identifiers:\n"
        "  - type: other\n"
        f"    value: {edition.name}\n"
        f"    description: day of knowledge, and the number and hash of the ledger's entries\n"
        "  - type: other\n"
        f"    value: sha256:{sha256}\n"
        f"    description: hash of the tables as CSV (README.md says how it is made)\n"
        f"abstract: Reconciled by {edition.query.method} from what was recorded by {edition.moment}.\n"
    )


def deposit(edition: Edition) -> dict[str, Any]:
    """Return what ``.zenodo.json`` says: the form of a deposit, filled in."""
    return {
        "title": f"Casualty Ledger, as known on {edition.query.as_of}",
        "upload_type": "dataset",
        "description": (
            "<p>Casualty reports as published, the figures that follow from them with range and grade, and "
            "what each report did for them: as the public could know it on "
            f"{edition.query.as_of}, reconciled by {edition.query.method}, from what was recorded by "
            f"{edition.moment} ({edition.name}).</p>"
        ),
        "creators": [{"name": "Casualty Ledger contributors"}],
        "publication_date": str(edition.query.as_of),
        "version": edition.head,
        "license": edition.licence.lower(),
        "access_right": "open",
        "keywords": ["casualties", "time series", "reconciliation", "humanitarian data"],
    }


def readme(edition: Edition, views: dict[str, str]) -> str:
    """Return the text of ``README.md``; ``views`` are those of the databases, with their meaning."""
    tables = edition.tables
    rows = "\n".join(f"| {table} | {each.num_rows:,} | {ABOUT[table]} |" for table, each in tables.items())
    listed = "\n".join(f"| {view} | {meaning} |" for view, meaning in views.items())
    again = f"{' --vintages' if 'vintages' in tables else ''} --licence {edition.licence}"
    return f"""# {edition.name}

What was reported, and what follows from it, as the public could know it on {edition.query.as_of} and as
this ledger held it at {edition.moment} (head {edition.head}),
reconciled by the method {edition.query.method}.

| table | rows | what it holds |
|---|---|---|
{rows}

Each table is there as CSV and as Parquet; `dictionary.csv` and `datapackage.json` say what each column means, and
`frictionless validate datapackage.json` checks the CSV files by it; `croissant.json` and `dcat.jsonld` say it to search engines
for data sets and to open-data portals. A
blank cell is unknown, never zero; a blank `high` is open above, a blank `best` has bounds only. In the CSV files a
text that a spreadsheet would run as a formula has an apostrophe in front. The three numbers of an estimate belong
together: quote the range with the figure, and the origins in `evidence` with both.

`casualty-ledger.duckdb` and `casualty-ledger.sqlite` hold the same tables, a `dictionary`, and:

| view | what it holds |
|---|---|
{listed}

`sha256sum -c SHA256SUMS` checks the files. The same ledger and the same version of the service give the same
tables again:

    casualty release --as-of {edition.query.as_of} --recorded-by {edition.moment}{again}

`CITATION.cff` names the hash of the tables: the SHA-256 of the lines of `SHA256SUMS` about the tables' CSV files
(`grep -E '  ({"|".join(sorted(tables))})\\.csv$' SHA256SUMS | sha256sum`). It does not depend on the version of any library.
`head.json` is the head that the ledger had, signed by the installation: `casualty verify --head head.json` says
later whether that ledger still begins with what it held then.

The release is under {edition.licence}; what a source published remains its own, and is here as facts and figures.
"""  # noqa: E501

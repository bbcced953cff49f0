"""Which files make up a published directory, and is each of them whole?

A publication is a directory of Parquet files and one ``manifest.json`` that lists them: a ledger to be
reconciled or served elsewhere, or what came out of reconciling one. Files are written aside and the manifest
is replaced last, so that whoever reads it finds all or nothing of a publication. This room must not know what
the rows mean, DuckDB, or how figures come about.
"""

from service.publication.directory import Publisher, publish
from service.publication.manifest import (
    FORMAT,
    LEDGER,
    MANIFEST_NAME,
    RECONCILIATION,
    Manifest,
    PublicationDamaged,
    TableFile,
    is_published,
    read_manifest,
)
from service.publication.table_files import (
    TableWriter,
    read_file,
    read_table,
    write_table,
)

__all__ = [
    "FORMAT",
    "LEDGER",
    "MANIFEST_NAME",
    "RECONCILIATION",
    "Manifest",
    "PublicationDamaged",
    "Publisher",
    "TableFile",
    "TableWriter",
    "is_published",
    "publish",
    "read_file",
    "read_manifest",
    "read_table",
    "write_table",
]

"""Where do the SQL statements of the index stand, and how is one asked?

Each statement is a file in ``sql/`` whose header says its purpose, its grain and its parameters. A rule that
several statements share (the as-of cut, which withdrawal counts) is a file of its own that the others
include. This module must not know what a statement means.
"""

from __future__ import annotations

import functools
import string
from importlib import resources

import duckdb
import pyarrow as pa


@functools.cache
def sql(name: str, **identifiers: str) -> str:
    """Return the statement in ``sql/<name>.sql``.

    A ``{word}`` in it becomes the identifier of that name or, where none is given, the text of
    ``sql/<word>.sql``.
    """
    text = resources.files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    words = {word for _, word, _, _ in string.Formatter().parse(text) if word}
    return text.format(**{word: identifiers[word] if word in identifiers else sql(word) for word in words})


def query(cursor: duckdb.DuckDBPyConnection, statement: str, **parameters: object) -> pa.Table:
    """Return the rows of a statement as an Arrow table."""
    return cursor.sql(statement, params=parameters or None).to_arrow_table()


def literal(text: str) -> str:
    """Return ``text`` as an SQL string literal, for the few statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"

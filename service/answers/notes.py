"""What do rows look like without the notes of a desk?

A note is free text that a desk writes for itself: on what ground a day was inferred, what was doubtful. It is
no part of what is published; the column stays, and is blank. This module must not know who asks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pyarrow as pa

from service.formats.encode import Portions

NOTE = "note"


def without_notes(table: pa.Table) -> pa.Table:
    """Return the rows with a blank in the place of each note."""
    place = table.schema.get_field_index(NOTE)
    if place < 0:
        return table
    return table.set_column(place, table.schema.field(place), pa.array([""] * table.num_rows, pa.string()))


def portions_without_notes(portions: Portions) -> Portions:
    """Return the same rows, portion by portion, with a blank in the place of each note."""
    if NOTE not in portions.schema.names:
        return portions

    def each() -> Iterator[pa.Table]:
        return map(without_notes, portions.each())

    return dataclasses.replace(portions, each=each)

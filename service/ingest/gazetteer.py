"""Which place does a name stand for?

Takes codes, names, Arabic names and aliases, exactly after normalisation and with or without the article;
"Latakia governorate" is known only where it stands among the aliases. Knows nothing of which place lies in
which, and rewrites no set of places.
"""

from __future__ import annotations

import pyarrow as pa

from service.errors import UnknownName
from service.ingest.names import Names
from service.model import AREA_SEPARATOR, place_set


class Gazetteer:
    """The areas of a reference (columns of ``service.model.AREA``) by name."""

    def __init__(self, area: pa.Table) -> None:
        rows = area.select(["area_code", "name", "name_ar", "aliases"]).to_pylist()
        self._names = Names(
            "area",
            (
                (row["area_code"], row["name"], [row["name_ar"], *row["aliases"].split(AREA_SEPARATOR)])
                for row in rows
            ),
            articles=True,
        )

    def resolve(self, text: str) -> str:
        """The area code of a name or code. Raises UnknownName or AmbiguousName with suggestions."""
        return self._names.resolve(text)

    def resolve_set(self, text: str) -> str:
        """The place set of names or codes joined by ``|``, as the model writes it.

        Raises UnknownName or AmbiguousName as ``resolve`` does, and UnknownName for a blank part.
        """
        parts = [part.strip() for part in text.split(AREA_SEPARATOR)]
        if "" in parts:
            raise UnknownName(
                f"“{text[:100]}” names no area, or leaves one blank.",
                fix="Write names or codes, several with | between them.",
            )
        return place_set(self.resolve(part) for part in parts)

    def name(self, code: str) -> str:
        """The name of an area code; of a place set, the names joined by `` + ``. Raises UnknownName."""
        return " + ".join(self._names.name(part) for part in code.split(AREA_SEPARATOR))

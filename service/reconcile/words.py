"""Which numbers stand for the words of a run?

Numbers are compared, sorted and joined faster than words, so every column of words goes through the steps as
numbers, from 0 in the order of the words: what is ordered by one is ordered by the other. This module must
not know what the words mean.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.reconcile.columns import Whole


@dataclasses.dataclass(frozen=True)
class Numbered:
    """A column of words: ``numbers`` of the rows, and the ``words`` they stand for, in order."""

    numbers: Whole
    words: tuple[str, ...]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Numbered:
        found = column.combine_chunks().dictionary_encode()
        numbers = found.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        return cls(numbers, tuple(found.dictionary.to_pylist())).anew()

    def anew(self) -> Numbered:
        """Return the same column with numbers in the order of the words, each word once."""
        words = sorted(set(self.words))
        number = {word: n for n, word in enumerate(words)}
        if words == list(self.words):
            return self
        return Numbered(np.array([number[word] for word in self.words], np.int64)[self.numbers], tuple(words))

    def said(self, words: Sequence[str]) -> Numbered:
        """Return the same rows with other words in place of these."""
        return Numbered(self.numbers, tuple(words)).anew()

    def number(self, word: str) -> int:
        """Return the number of ``word``, or -1 if no row has it."""
        return self.words.index(word) if word in self.words else -1

    def array(self) -> pa.Array:
        """Return the word of each row."""
        return pa.array(self.words, pa.string()).take(pa.array(self.numbers))


def speakers(reports: pa.Table) -> tuple[Numbered, Numbered]:
    """Return the origins and the sources, numbered together."""
    origins, sources = (reports.column(name) for name in ("origin_id", "source_id"))
    both = Numbered.of(pa.chunked_array([*origins.chunks, *sources.chunks], pa.string()))
    origin, source = np.split(both.numbers, [len(origins)])
    return Numbered(origin, both.words), Numbered(source, both.words)


def by_word(column: pa.ChunkedArray) -> Whole:
    """Return the places of rows in the order of a column of words."""
    places: Whole = pc.sort_indices(column).to_numpy().astype(np.int64)
    return places

"""A floor ("at least 111") supports a figure and never pulls it down. Reports in, estimates out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.drawn import estimates


def best(drawing: str) -> int:
    """Return the best count of 12 March that follows; where only "at least" is left, that number."""
    _, low, count, *_ = estimates(drawing).splitlines()[-1].split()
    return int(low if count == "-" else count)


@settings(deadline=None, max_examples=40)
@given(
    heavy=st.integers(100, 2_000),
    light=st.integers(100, 2_000),
    floor=st.integers(1, 2_000),
    standard=st.sampled_from(["verified", "documented", "official", "unverified"]),
)
def test_a_floor_never_pulls_a_figure_down(heavy: int, light: int, floor: int, standard: str) -> None:
    for counts in (f"12 sohr {heavy}\n12 snhr {light}", f"12 sohr {heavy}"):
        assert best(f"{counts}\n12 ohchr at least {floor} std={standard}") >= best(counts)


@pytest.mark.parametrize("wording", ["at least 111", "over 110", "dozens", "111+"])
def test_a_floor_below_a_count_changes_nothing(wording: str) -> None:
    assert best(f"12 sohr 1,383\n12 ohchr {wording} std=verified") == 1_383

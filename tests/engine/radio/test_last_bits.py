"""Numbers whose last bit is part of what was recorded: what is faster adds up in the same order as what it stands for."""

import numpy as np
import pytest

from engine.radio.kernels import over_links
from engine.radio.location.stillness import FREQUENCIES_HZ, medians


@pytest.mark.parametrize("links", [1, 2, 6, 7, 8, 9, 16, 28, 66, 130, 300])
def test_sums_over_links_are_those_of_rows(links: int) -> None:
    values = np.random.default_rng(links).normal(0, 1, (links, 400))
    assert np.array_equal(over_links(values), np.ascontiguousarray(values.T).sum(axis=1))


def test_medians_are_those_of_numpy() -> None:
    spectrum = np.random.default_rng(1).gamma(1, 1, (5, len(FREQUENCIES_HZ)))
    assert len(FREQUENCIES_HZ) % 2 == 0
    assert np.array_equal(medians(spectrum), np.median(spectrum, axis=1))

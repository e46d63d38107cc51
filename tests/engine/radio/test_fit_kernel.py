"""The compiled kernel that fits people to a tick against that of numpy: the same bits whatever comes."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.radio import kernels
from engine.radio.kernels import DEPTHS, Lines, People, Squares, plain_fit
from tests.engine.radio.test_kernels import LINKS, PLACES, SEED, compiled, depths_of, lines_of

if kernels.KERNELS != "compiled":
    pytest.skip("the radio kernels are not compiled here", allow_module_level=True)
from engine.radio.kernels import fits

__all__ = ["compiled"]
Asked = tuple[np.ndarray, np.ndarray, Squares, np.ndarray, Lines, np.ndarray, People]


def asked(chance: np.random.Generator, links: int, squares: int, heights: int, stride: int = 2) -> Asked:
    floor = Squares(depths_of(chance, links, heights, squares), depths_of(chance, squares, links))
    moves = chance.uniform(-1, 1, (2, int(chance.integers(1, 70)), 3))
    moves[:, 0] = 0.0
    people = People(1.3, 0.2, 1.9, float(chance.choice([-50.0, 0.5, 2.0])))  # nearly always three, or fewer
    lines = lines_of(chance, links)
    return (
        chance.normal(0, 3, (links, DEPTHS)),
        depths_of(chance, DEPTHS, DEPTHS),
        floor,
        chance.random((squares, stride)),
        lines,
        moves,
        people,
    )


@given(seed=SEED, links=LINKS, squares=PLACES.filter(bool), heights=st.integers(1, 3), stride=st.integers(2, 3))
@settings(max_examples=80, deadline=None)
def test_people_are_fitted_alike(compiled: ModuleType, seed: int, links: int, squares: int, heights: int, stride: int) -> None:
    values = asked(np.random.default_rng(seed), links, squares, heights, stride)
    assert fits.fit(*values) == plain_fit.fit(*values)


def test_somebody_who_stays_where_nobody_moves_is_worth_what_the_table_says() -> None:
    chance = np.random.default_rng(5)
    table, together, floor, spots, lines, _, _ = asked(chance, 6, 20, 2)
    alone = People(1.3, 0.2, 1.9, 1e9)
    still = plain_fit.fit(table, together, floor, spots, lines, np.zeros((1, 1, 3)), alone)
    square = int(kernels.best(table, floor.depths).argmax())
    there = kernels.depths(lines, np.array([[*spots[square], 1.3]]))
    assert still == kernels.totals(table, there)[0]


def test_what_does_not_fit_is_refused_before_it_is_read() -> None:
    good = asked(np.random.default_rng(1), 4, 6, 2)
    table, together, floor, spots, lines, moves, people = good
    wrong: list[tuple[Any, ...]] = [
        (table[:3], *good[1:]),
        (table, together[:3], *good[2:]),
        (table, together.astype(np.int64), *good[2:]),
        (table, together, floor, spots[:5], lines, moves, people),
        (table, together, floor, spots[:, :1], lines, moves, people),
        (table, together, floor, spots, lines_of(np.random.default_rng(1), 5), moves, people),
        (table, together, floor, spots, lines, moves[..., :2], people),
    ]
    for values in wrong:
        with pytest.raises(ValueError):
            fits.fit(*values)
    with pytest.raises(IndexError):
        fits.fit(table, together, floor, spots, lines, moves[:, :0], people)

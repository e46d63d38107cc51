"""Compiled kernels of clouds and jolts against those of numpy: the same bits whatever comes, near what libraries say."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.radio.radio import CsiBatch
from engine.radio import kernels
from engine.radio.falls import jolts as jolts_in_numpy
from engine.radio.falls.jolts import Jolts
from engine.radio.kernels import plain, plain_clouds
from tests.engine.radio.test_bank_kernels import batches
from tests.engine.radio.test_kernels import LINKS, PLACES, SEED, SPECIAL, compiled, depths_of, law_of, lines_of, numbers, same

if kernels.JOLT_TABLES is None:
    pytest.skip("the radio kernels are not compiled here", allow_module_level=True)
from engine.radio.kernels import clouds
from engine.radio.kernels import compiled as compiled_kernels
from engine.radio.kernels.jolts import JoltTables

__all__ = ["compiled"]
GUESSES = PLACES.filter(bool)


@given(seed=SEED, size=st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_exponentials(seed: int, size: int) -> None:
    chance = np.random.default_rng(seed)
    values = chance.normal(0, 1, size) * 10.0 ** chance.integers(-9, 3, size)
    values = np.where(chance.random(size) < 0.05, chance.choice(SPECIAL, size), values)
    found = compiled_kernels.exp(values)
    assert same(found, plain.exp(values))
    inside = np.abs(values) < 690
    assert np.allclose(found[inside], np.exp(values[inside]), rtol=4e-16, atol=0)


def test_exponentials_end_where_numbers_are_still_normal() -> None:
    least, most = compiled_kernels.exp(np.array([-1e9, 1e9]))
    assert 0 < least < 1e-303 and 1e303 < most < np.inf


def test_bands_are_turned_back_whatever_offset_and_slope_they_came_with() -> None:
    chance = np.random.default_rng(2)
    before = (1 + 0.2 * (chance.normal(0, 1, (50, 8)) + 1j * chance.normal(0, 1, (50, 8)))).astype(np.complex64)
    turns = chance.uniform(-3, 3, (50, 1)) + chance.uniform(-0.8, 0.8, (50, 1)) * np.arange(8)
    bands = (before * np.exp(1j * turns)).astype(np.complex64)
    assert np.abs(jolts_in_numpy._towards(bands, before) - before).max() < 1e-5
    assert same(jolts_in_numpy._towards(bands, np.zeros_like(before)), bands)


def jolts_of(seen: list[CsiBatch], monkeypatch: pytest.MonkeyPatch, in_c: bool) -> dict[str, Any]:
    with monkeypatch.context() as patch:
        if not in_c:
            patch.setattr(kernels, "JOLT_TABLES", None)
        jolts = Jolts()
        for number, batch in enumerate(seen):
            if number == len(seen) // 2:
                state, jolts = jolts.state(), Jolts()
                jolts.restore(state)
            jolts.take(batch)
        return jolts.state()


@pytest.mark.parametrize("ordinary", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_jolts_come_to_the_same_bits(monkeypatch: pytest.MonkeyPatch, seed: int, ordinary: bool) -> None:
    seen = list(batches(seed, 120, ordinary))
    assert jolts_of(seen, monkeypatch, in_c=True) == jolts_of(seen, monkeypatch, in_c=False)


@given(seed=SEED, many=GUESSES, scale=st.floats(0.1, 3), temper=st.sampled_from([0.25, 1.0]))
@settings(max_examples=60, deadline=None)
def test_bayes_rule_and_resampling(seed: int, many: int, scale: float, temper: float) -> None:
    chance = np.random.default_rng(seed)
    gain, share = numbers(chance, many), chance.random(many) + 1e-9
    share /= share.sum()
    found = clouds.weigh(gain, share, scale, temper, 0.15)
    expected = plain_clouds.weigh(gain, share, scale, temper, 0.15)
    assert same(found[0], expected[0]) and found[1:] == expected[1:]
    assert found[0].sum() == pytest.approx(1)
    spots, speeds, draw = chance.normal(0, 1, (many, 3)), chance.normal(0, 1, (many, 3)), chance.random()
    assert same(clouds.resampled(spots, speeds, found[0], draw), plain_clouds.resampled(spots, speeds, found[0], draw))
    box = (-0.5, -0.5, 0.5, 0.8)
    amounts = clouds.moments(spots, speeds, found[0], box)
    assert same(amounts, plain_clouds.moments(spots, speeds, found[0], box))
    assert np.allclose(amounts[6:15].reshape(3, 3), np.cov(spots.T, aweights=found[0], bias=True) if many > 1 else 0)


@given(seed=SEED, along=st.integers(1, 30), across=st.integers(1, 30), bodies=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_the_search_for_somebody_more(seed: int, along: int, across: int, bodies: int) -> None:
    chance = np.random.default_rng(seed)
    many = along * across
    gain, share, taken = numbers(chance, many), chance.random(many), chance.uniform(0, 3, (bodies, 2))
    share /= share.sum()
    for width in (2, 3):
        spots = chance.uniform(0, 3, (many, width))
        assert same(clouds.beside_bodies(gain, spots, taken), plain_clouds.beside_bodies(gain, spots, taken))
    found = clouds.search(gain, share, (along, across), 0.2, 0.3, 0.01)
    expected = plain_clouds.search(gain, share, (along, across), 0.2, 0.3, 0.01)
    assert same(found[0], expected[0]) and found[1:] == expected[1:]


@given(seed=SEED, links=LINKS, guesses=GUESSES, every=st.sampled_from([1, 8]))
@settings(max_examples=60, deadline=None)
def test_what_links_say_of_a_cloud(seed: int, links: int, guesses: int, every: int) -> None:
    chance = np.random.default_rng(seed)
    lines, law, level = lines_of(chance, links), law_of(chance), chance.integers(0, 96, links)
    spots, speeds, share = chance.uniform(0, 20, (guesses, 3)), chance.normal(0, 1, (guesses, 3)), chance.random(guesses)
    above, weight = chance.random(links), chance.uniform(0, 2, links)
    others = above, above * chance.random(links)
    assert same(
        clouds.shade_cloud(lines, law, level, spots, share, every), plain_clouds.shade_cloud(lines, law, level, spots, share, every)
    )
    asked = lines, law, level, others, weight
    assert same(clouds.place_gain(*asked, spots, speeds, 0.12), plain_clouds.place_gain(*asked, spots, speeds, 0.12))
    depths = depths_of(chance, links, guesses)
    (value, told), (expected, said) = (kind.explain(*asked, spots[0], depths) for kind in (clouds, plain_clouds))
    assert value == expected and same(told, said)


def test_what_does_not_fit_is_refused_before_it_is_read(compiled: ModuleType) -> None:
    chance = np.random.default_rng(1)
    lines, law, level, ones = lines_of(chance, 4), law_of(chance), np.zeros(4, np.intp), np.ones(4)
    spots, share = np.zeros((6, 3)), np.ones(6)
    asked = lines, law, level, (ones, ones), ones
    broken = lines_of(chance, 4)
    broken.other[0] = 9
    wrong: list[tuple[Any, ...]] = [
        (clouds.weigh, np.ones(5), share, 1.0, 1.0, 1.0),
        (clouds.resampled, spots[:5], spots, share, 0.1),
        (clouds.beside_bodies, np.ones(5), spots, np.zeros((1, 2))),
        (clouds.beside_bodies, share, spots, np.zeros((1, 3))),
        (clouds.search, share, share, (2, 4), 0.1, 0.1, 0.1),
        (clouds.moments, spots, spots[:, :2], share, (0.0, 0.0, 1.0, 1.0)),
        (clouds.shade_cloud, lines, law, level, spots, np.ones(5), 8),
        (clouds.shade_cloud, lines, law[:-1], level, spots, share, 8),
        (clouds.place_gain, *asked, spots, spots[:5], 0.1),
        (clouds.place_gain, lines, law, level[:3], (ones, ones), ones, spots, spots, 0.1),
        (clouds.explain, *asked, np.zeros(2), np.zeros((4, 6), np.uint8)),
        (clouds.explain, *asked, np.zeros(3), np.zeros((3, 6), np.uint8)),
        (JoltTables, {name: np.zeros(1) for name in ("known", "steps")}, 1),
    ]
    for kernel, *values in wrong:
        with pytest.raises((ValueError, KeyError)):
            kernel(*values)
    outside: list[tuple[Any, ...]] = [
        (clouds.shade_cloud, broken, law, level, spots, share, 8),
        (clouds.shade_cloud, lines, law, np.full(4, 96), spots, share, 8),
        (clouds.place_gain, lines, law, np.full(4, -1), (ones, ones), ones, spots, spots, 0.1),
        (clouds.explain, broken, law, level, (ones, ones), ones, np.zeros(3), np.zeros((4, 6), np.uint8)),
    ]
    for kernel, *values in outside:
        with pytest.raises(IndexError):
            kernel(*values)

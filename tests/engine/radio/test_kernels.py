"""Compiled kernels against those of numpy: the same bits whatever comes, and nothing is read that does not fit."""

import importlib
import math
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.radio.kernels import build, plain
from engine.radio.kernels.arrays import DEPTHS, EDGES, LEVELS, Field, FollowedPerson, Lines, Squares, TickLevels, WalkStep

FOLDER = Path(build.__file__).parent
LINKS = st.sampled_from([0, 1, 2, 7, 8, 9, 31, 32, 33, 64, 127, 128, 129, 136, 300])
PLACES = st.sampled_from([0, 1, 2, 7, 8, 9, 50, 63, 64, 65, 130, 400])
SEED = st.integers(0, 2**32 - 1)
SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-300, 1e300])


@pytest.fixture(scope="session")
def compiled() -> ModuleType:
    """Those that run in this checkout; skips where there is nothing to compile with."""
    try:
        return importlib.import_module("engine.radio.kernels.compiled")
    except ImportError as error:
        pytest.skip(f"the radio kernels are not compiled here: {error}")


def same(one: Any, other: Any) -> bool:
    """Kind, shape and every bit, but for which of the many NaN it is and for the sign of 0."""
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def numbers(chance: np.random.Generator, *shape: int, odd: bool = False) -> np.ndarray:
    """Numbers of many sizes; `odd`: with NaN, infinities and zeros among them."""
    values = chance.normal(0, 1, shape) * 10.0 ** chance.integers(-3, 4, shape)
    return np.where(chance.random(shape) < 0.02, chance.choice(SPECIAL, shape), values) if odd else values


def law_of(chance: np.random.Generator) -> np.ndarray:
    return np.cumsum(chance.random((LEVELS + 1, DEPTHS)), axis=0) / (LEVELS + 1)


def lines_of(chance: np.random.Generator, links: int, nodes: int = 9) -> Lines:
    spots = chance.uniform(0, 20, (nodes, 3))
    one, other = chance.integers(0, nodes, (2, links))
    return Lines(spots, one, other, np.linalg.norm(spots[one] - spots[other], axis=1), chance.uniform(0.02, 0.07, links))


@given(seed=SEED, size=st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_logarithms(compiled: ModuleType, seed: int, size: int) -> None:
    values = 10.0 ** np.random.default_rng(seed).uniform(-300, 300, size)
    assert same(compiled.log(values), plain.log(values))
    expected = np.array([math.log(value) for value in values])
    assert np.all(np.abs(plain.log(values) - expected) <= 1.01 * np.spacing(np.abs(expected)))


@given(seed=SEED, links=LINKS)
@settings(max_examples=40, deadline=None)
def test_ratios(compiled: ModuleType, seed: int, links: int) -> None:
    chance = np.random.default_rng(seed)
    law, level = law_of(chance), chance.integers(0, LEVELS, links)
    others, weight = (chance.random(links), chance.random(links)), chance.uniform(0, 2, links)
    found = plain.ratios(law, level, others, weight)
    assert found.shape == (links, DEPTHS) and same(compiled.ratios(law, level, others, weight), found)


@given(seed=SEED, links=LINKS, squares=PLACES, heights=st.integers(1, 3), odd=st.booleans())
@settings(max_examples=60, deadline=None)
def test_best_squares_and_totals(compiled: ModuleType, seed: int, links: int, squares: int, heights: int, odd: bool) -> None:
    chance = np.random.default_rng(seed)
    table = numbers(chance, links, DEPTHS, odd=odd)
    depths = chance.integers(0, DEPTHS, (links, heights, squares)).astype(np.uint8)
    with np.errstate(all="ignore"):
        assert same(compiled.best(table, depths), plain.best(table, depths))
        assert same(compiled.totals(table, depths[:, 0]), plain.totals(table, depths[:, 0]))  # also where it lies in pieces


@given(seed=SEED, links=LINKS, places=PLACES)
@settings(max_examples=60, deadline=None)
def test_shades(compiled: ModuleType, seed: int, links: int, places: int) -> None:
    chance = np.random.default_rng(seed)
    given_ = (
        law_of(chance),
        chance.integers(0, LEVELS, links),
        chance.integers(0, DEPTHS, (links, places)).astype(np.uint8),
        chance.random(places),
    )
    assert same(compiled.shade(*given_), plain.shade(*given_))


@given(seed=SEED, links=LINKS, places=PLACES, odd=st.booleans())
@settings(max_examples=60, deadline=None)
def test_depths(compiled: ModuleType, seed: int, links: int, places: int, odd: bool) -> None:
    chance = np.random.default_rng(seed)
    lines, points = lines_of(chance, links), numbers(chance, places, 3, odd=odd)
    with np.errstate(all="ignore"):
        found = plain.depths(lines, points)
        assert found.shape == (links, places) and int(found.max(initial=0)) < DEPTHS
        assert same(compiled.depths(lines, points), found)
    if not odd:
        excess = [np.linalg.norm(points[:, None] - lines.nodes[ends], axis=2) for ends in (lines.one, lines.other)]
        times = 1 + np.maximum(excess[0] + excess[1] - lines.length_m, 0) / lines.half_wave_m
        told = np.minimum(10 * np.log10(times) / 0.4, DEPTHS - 1)
        edge = np.abs(told - np.round(told)) < 1e-9  # where rounding decides
        assert np.array_equal(found.T[~edge], told[~edge].astype(np.uint8))


def test_each_edge_belongs_to_the_bin_above_it() -> None:
    lines = Lines(np.zeros((1, 3)), np.array([0]), np.array([0]), np.zeros(1), np.array([2.0]))
    points = np.column_stack([np.concatenate([EDGES[:-1], np.nextafter(EDGES[1:-1], 0)]) - 1, *np.zeros((2, 2 * DEPTHS - 1))])
    reached = points[:, 0] + 1.0  # what the subtraction and addition leave of the edge
    expected = np.searchsorted(EDGES, reached, side="right") - 1
    assert np.array_equal(plain.depths(lines, points)[0], expected)


@given(seed=SEED, many=PLACES, among=st.integers(1, 40), most=st.integers(0, 70), alike=st.booleans(), odd=st.booleans())
@settings(max_examples=50, deadline=None)
def test_what_stands_out(compiled: ModuleType, seed: int, many: int, among: int, most: int, alike: bool, odd: bool) -> None:
    chance = np.random.default_rng(seed)
    values = chance.integers(-3, 4, among) * 1.0 if alike else numbers(chance, among, odd=odd)
    which = chance.integers(0, among, many)
    with np.errstate(all="ignore"):
        assert same(compiled.standing_out(values, which, -1.5, most), plain.standing_out(values, which, -1.5, most))


@given(
    seed=SEED,
    links=LINKS.filter(bool),
    columns=st.integers(0, 60),
    heights=st.integers(1, 14),
    most=st.sampled_from([0, 1, 20, 4000]),
    odd=st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_voxels(compiled: ModuleType, seed: int, links: int, columns: int, heights: int, most: int, odd: bool) -> None:
    chance = np.random.default_rng(seed)
    table = numbers(chance, links, DEPTHS, odd=odd)
    depths = chance.integers(0, DEPTHS, (70, heights, links)).astype(np.uint8)
    field = Field(depths, chance.random((70, 2), np.float32), chance.random(heights, np.float32))
    chosen = chance.permutation(70)[:columns]
    with np.errstate(all="ignore"):
        assert same(compiled.voxels(table, field, chosen, -2.0, most), plain.voxels(table, field, chosen, -2.0, most))


def seen_of(chance: np.random.Generator, links: int) -> TickLevels:
    above = chance.random(links)
    return TickLevels(chance.integers(0, LEVELS, links), (above, above * chance.random(links)), chance.uniform(0, 2, links))


def depths_of(chance: np.random.Generator, *shape: int) -> np.ndarray:
    return chance.integers(0, DEPTHS, shape).astype(np.uint8)


@given(seed=SEED, links=LINKS, squares=PLACES.filter(bool), people=st.integers(0, 4), places=PLACES)
@settings(max_examples=50, deadline=None)
def test_newcomers_beside_those_who_step_aside(compiled: ModuleType, seed: int, links: int, squares: int, people: int, places: int) -> None:
    chance = np.random.default_rng(seed)
    law, seen = law_of(chance), seen_of(chance, links)
    floor = Squares(depths_of(chance, links, 2, squares), depths_of(chance, squares, links))
    shades = [(above, above * chance.random(links)) for above in chance.random((people, links))]
    followed = [FollowedPerson(shade, depths_of(chance, links, places), chance.random(places) / max(places, 1)) for shade in shades]
    worth_it = float(chance.choice([-50.0, 0.0, 2.0]))  # nearly all step aside, or few
    gain, aside = plain.newcomer(law, seen, floor, followed, worth_it, 0.7)
    found, gone = compiled.newcomer(law, seen, floor, followed, worth_it, 0.7)
    assert same(found, gain) and gone == aside


def test_what_does_not_fit_is_refused_before_it_is_read(compiled: ModuleType) -> None:
    chance = np.random.default_rng(1)
    law, level, ones, table = law_of(chance), np.zeros(4, np.intp), np.ones(4), np.zeros((4, DEPTHS))
    depths, lines = np.zeros((4, 6), np.uint8), lines_of(chance, 4)
    field = Field(np.zeros((2, 3, 4), np.uint8), np.zeros((2, 2), np.float32), np.zeros(3, np.float32))
    seen, floor = seen_of(chance, 4), Squares(np.zeros((4, 2, 6), np.uint8), np.zeros((6, 4), np.uint8))
    person = FollowedPerson((ones, ones), depths, np.ones(6))
    wrong: list[tuple[Any, ...]] = [
        (compiled.ratios, law[:-1], level, (ones, ones), ones),
        (compiled.ratios, law, level, (ones, ones[:3]), ones),
        (compiled.ratios, law, level.astype(np.int32), (ones, ones), ones),
        (compiled.ratios, law.astype(np.float32), level, (ones, ones), ones),
        (compiled.best, table, depths),
        (compiled.best, table[:3], depths[:, None]),
        (compiled.best, table[:, :63].copy(), depths[:, None]),
        (compiled.totals, table, depths.astype(np.int8)),
        (compiled.totals, table[:3], depths),
        (compiled.shade, law, level[:3], depths, np.ones(6)),
        (compiled.shade, law, level, depths, np.ones(5)),
        (compiled.depths, lines, np.zeros((5, 2))),
        (compiled.depths, lines, np.zeros((5, 3), np.float32)),
        (compiled.newcomer, law, seen, floor, [FollowedPerson((ones, ones), depths[:3], np.ones(6))], 2.0, 0.7),
        (compiled.newcomer, law, seen, floor, [person, FollowedPerson((ones, ones), depths, np.ones(5))], 2.0, 0.7),
        (compiled.newcomer, law, seen, floor, [FollowedPerson((ones, ones[:3]), depths, np.ones(6))], 2.0, 0.7),
        (compiled.voxels, table[:3], field, level, 0.0, 5),
        (compiled.voxels, table, Field(field.depths, field.spots[:1], field.levels), level, 0.0, 5),
    ]
    for kernel, *values in wrong:
        with pytest.raises(ValueError):
            kernel(*values)
    for kernel, *values in (
        (compiled.ratios, law, np.full(4, LEVELS), (ones, ones), ones),
        (compiled.shade, law, np.full(4, -1), depths, np.ones(6)),
        (compiled.newcomer, law, TickLevels(np.full(4, -1), seen.stray, ones), floor, [person], 2.0, 0.7),
        (compiled.standing_out, ones, np.array([0, 4]), 0.0, 5),
        (compiled.voxels, table, field, np.array([2]), 0.0, 5),
    ):
        with pytest.raises(IndexError):
            kernel(*values)
    with pytest.raises(ValueError):
        Lines(np.zeros((2, 3)), np.array([0]), np.array([2]), np.ones(1), np.ones(1))
    assert same(compiled.totals(table, depths | 64), plain.totals(table, depths))  # a depth that is none stays in its row


_WHICH = "import engine.radio.kernels as k; print(k.KERNELS)"


def which(folder: Path) -> str:
    """Which kernels an engine runs that lies in `folder`."""
    command, room = [sys.executable, "-c", _WHICH], {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=room, capture_output=True, text=True, check=True).stdout.strip()


def test_numpy_stands_in_for_what_was_not_compiled_or_of_another_source(compiled: ModuleType, tmp_path: Path) -> None:
    kernels = tmp_path / "engine" / "radio" / "kernels"
    kernels.mkdir(parents=True)
    for package in (kernels, *list(kernels.parents)[:2]):
        (package / "__init__.py").touch()
    (tmp_path / "engine" / "model").mkdir()
    (tmp_path / "engine" / "model" / "value_class.py").write_bytes((FOLDER.parents[1] / "model" / "value_class.py").read_bytes())
    for file in FOLDER.glob("*.*"):
        (kernels / file.name).write_bytes(file.read_bytes())
    assert which(tmp_path) == "compiled"
    (kernels / "kernels.c").write_bytes((FOLDER / "kernels.c").read_bytes() + b"/* changed */")
    assert which(tmp_path) == "numpy"
    for file in build.SOURCE:  # as in a bundle, where only what was built is
        (kernels / file).unlink()
    assert which(tmp_path) == "compiled"
    for made in kernels.glob("_compiled*"):
        made.unlink()
    assert which(tmp_path) == "numpy"


@given(seed=SEED, links=LINKS, places=PLACES, odd=st.booleans())
@settings(max_examples=60, deadline=None)
def test_shifts_of_who_walks(compiled: ModuleType, seed: int, links: int, places: int, odd: bool) -> None:
    chance = np.random.default_rng(seed)
    lines, points, speeds = lines_of(chance, links), chance.uniform(0, 20, (places, 3)), numbers(chance, places, 3)
    ratios, share = numbers(chance, links, 39, odd=odd), chance.random(places) / 100
    with np.errstate(all="ignore"):
        expected = plain.shift_gain(lines, points, speeds, ratios, -19.0)
        assert expected.shape == (places,) and same(compiled.shift_gain(lines, points, speeds, ratios, -19.0), expected)
    claims = plain.shift_claims(lines, points, speeds, share, 39, -19.0)
    assert claims.shape == (links, 39) and same(compiled.shift_claims(lines, points, speeds, share, 39, -19.0), claims)


@given(seed=SEED, many=PLACES, stopping=st.booleans())
@settings(max_examples=60, deadline=None)
def test_walking(compiled: ModuleType, seed: int, many: int, stopping: bool) -> None:
    chance = np.random.default_rng(seed)
    step = WalkStep(0.93, 0.2, 0.6, 0.2, 0.3, 0.1, 0.02, 0.08, 0.1, 0.15, 1.95, 0.0, 1.0, 6.0, 5.0)
    spots, speeds = chance.uniform(-1, 7, (many, 3)), chance.normal(0, 1, (many, 3)) * (chance.random((many, 1)) < 0.7)
    push, jumps = chance.standard_normal((many, 3)), chance.random(many)
    stops = chance.random(many) if stopping else None
    moved = []
    for kind in (compiled, plain):
        now = spots.copy(), speeds.copy()
        kind.walk(*now, push, stops, jumps, step)
        moved.append(now)
    assert same(moved[0], moved[1])
    flat, height = moved[0][0][:, :2], moved[0][0][:, 2]
    assert ((flat >= (0, 1)) & (flat <= (6, 5))).all() and ((height >= 0.15) & (height <= 1.95)).all()
    in_pieces = np.repeat(spots, 2, axis=1)[:, ::2], speeds.copy()
    compiled.walk(*in_pieces, push, stops, jumps, step)
    assert same(in_pieces, moved[1])


def test_shifts_of_what_does_not_fit_are_refused(compiled: ModuleType) -> None:
    lines, points = lines_of(np.random.default_rng(1), 4), np.zeros((5, 3))
    broken = Lines(np.zeros((2, 3)), np.zeros(1, np.intp), np.zeros(1, np.intp), np.ones(1), np.ones(1))
    broken.other[0] = 2
    for ratios, speeds in ((np.zeros((3, 39)), points), (np.zeros((4, 39)), points[:4]), (np.zeros((4, 39), np.float32), points)):
        with pytest.raises(ValueError, match="a kernel reads"):
            compiled.shift_gain(lines, points, speeds, ratios, -19.0)
    for few, shifts in ((broken, 39), (lines, 0), (lines, 256)):
        with pytest.raises(IndexError):
            compiled.shift_claims(few, points, points, np.zeros(5), shifts, -19.0)

"""Voxels that stand out."""

import numpy as np

from engine.radio.geometry import LinkGeometry
from engine.radio.kernels import DEPTHS
from engine.radio.location.grid import VoxelGrid
from engine.radio.location.peaks import VoxelField
from tests.fakes.link_scenes import CORNERS, features

GRID = VoxelGrid.over((0.0, 0.0, 0.0, 5.0, 5.0, 2.5), 0.25)
SEEN = features([])
GEOMETRY = LinkGeometry.of(SEEN.links, SEEN.wavelength_m, CORNERS)
FIELD = VoxelField(GRID, GEOMETRY)
ALL = np.arange(len(FIELD.columns))


def table() -> np.ndarray:
    return np.random.default_rng(4).normal(0, 1, (len(GEOMETRY), DEPTHS))


def test_values_are_the_sums_over_links_at_the_voxels_centres():
    values, centers = table(), GRID.centers()
    expected = values[np.arange(len(GEOMETRY)), GEOMETRY.depths(centers).T].sum(axis=1)
    shown = FIELD.above(values, ALL, 2.0)
    assert len(shown) == int((expected > 2.0).sum()) > 0
    order = np.argsort(-expected, kind="stable")[: len(shown)]
    assert np.allclose(shown[:, 3], expected[order], atol=1e-5)
    assert np.allclose(shown[:, :3], centers[order], atol=1e-5)


def test_only_the_squares_asked_for_are_looked_at():
    shown = FIELD.above(table(), ALL[:7], -100.0)
    assert len(shown) == 7 * GRID.shape[2]
    assert {tuple(spot) for spot in np.round(shown[:, :2], 3).tolist()} == {tuple(spot) for spot in np.round(FIELD.columns[:7], 3).tolist()}


def test_nothing_above_the_threshold_and_no_square_is_nothing():
    assert FIELD.above(table(), ALL, 1e6).shape == (0, 4)
    assert FIELD.above(table(), ALL[:0], -1e6).shape == (0, 4)

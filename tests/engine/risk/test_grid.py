"""Cells: of equal area anywhere, without a seam, each found around a place once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.risk.grid import EARTH_M, Grid, distance_m, rows_and_columns

LATITUDES, LONGITUDES = st.floats(-90, 90), st.floats(-180, 180)
SIZES = st.sampled_from([50.0, 250.0, 1000.0, 5000.0])


def area_m2(grid: Grid, latitude: float, longitude: float) -> float:
    """Of the cell of a place, by looking for its edges."""
    cell = grid.cells(np.array([latitude]), np.array([longitude]))
    north = np.linspace(latitude - 0.05, latitude + 0.05, 200_001)
    same = north[grid.cells(north, np.full(len(north), longitude)) == cell]
    middle = float(same.mean())
    wide = 0.05 / np.cos(np.radians(latitude))
    east = np.linspace(longitude - wide, longitude + wide, 200_001)
    across = east[grid.cells(np.full(len(east), middle), east) == cell]
    turn = np.radians(across.max() - across.min())
    return float(EARTH_M**2 * turn * (np.sin(np.radians(same.max())) - np.sin(np.radians(same.min()))))


def test_h17_cells_are_of_equal_size_in_metres() -> None:
    grid = Grid(250.0)
    for latitude in (0.0, 60.0, 85.0, -60.0):
        assert area_m2(grid, latitude, 18.07) == pytest.approx(250.0**2, rel=0.01)


@pytest.mark.parametrize("latitude", [0.0, 60.0, 85.0])
def test_h17_a_cell_is_as_wide_as_it_is_high(latitude: float) -> None:
    grid = Grid(250.0)
    cells, _ = grid.around(latitude, 18.07, 2000.0)
    lats, lons = grid.centres(cells)
    rows, _ = rows_and_columns(cells)
    for row in np.unique(rows):
        own = np.sort(lons[rows == row])
        if len(own) > 1:
            apart = distance_m(float(lats[rows == row][0]), float(own[0]), lats[rows == row][:1], own[1:2])
            assert apart[0] == pytest.approx(250.0, rel=0.01)
    heights = np.diff(np.unique(np.round(lats, 9)))
    assert np.radians(heights) * EARTH_M == pytest.approx(np.full(len(heights), 250.0), rel=0.001)


@given(SIZES, LATITUDES, LONGITUDES)
def test_the_middle_of_a_cell_is_in_it(cell_m: float, latitude: float, longitude: float) -> None:
    grid = Grid(cell_m)
    cell = grid.cells(np.array([latitude]), np.array([longitude]))
    middle = grid.centres(cell)
    assert grid.cells(*middle)[0] == cell[0] and grid.is_cell(int(cell[0]))
    assert abs(middle[0][0]) < 90 and abs(middle[1][0]) <= 180
    assert distance_m(latitude, longitude, *middle)[0] < 1.6 * cell_m


@given(SIZES, LATITUDES, LONGITUDES, st.floats(1, 20))
@settings(max_examples=60)
def test_around_finds_each_cell_once_and_all_of_them(cell_m: float, latitude: float, longitude: float, cells_wide: float) -> None:
    grid = Grid(cell_m)
    radius_m = cell_m * cells_wide
    found, there = grid.around(latitude, longitude, radius_m)
    assert len(np.unique(found)) == len(found) and (there <= radius_m).all()
    assert there == pytest.approx(distance_m(latitude, longitude, *grid.centres(found)))
    wanted = np.unique(grid.cells(*_sprinkled(latitude, longitude, radius_m)))
    wanted = wanted[distance_m(latitude, longitude, *grid.centres(wanted)) <= radius_m]
    assert np.isin(wanted, found).all()


def _sprinkled(latitude: float, longitude: float, radius_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Places within a radius, on the sphere."""
    draw = np.random.default_rng(7)
    bearing, away = draw.uniform(0, 2 * np.pi, 4000), radius_m * np.sqrt(draw.random(4000)) / EARTH_M
    here = np.radians(latitude)
    lats = np.arcsin(np.clip(np.sin(here) * np.cos(away) + np.cos(here) * np.sin(away) * np.cos(bearing), -1, 1))
    turn = np.arctan2(np.sin(bearing) * np.sin(away) * np.cos(here), np.cos(away) - np.sin(here) * np.sin(lats))
    return np.degrees(lats), (longitude + np.degrees(turn) + 540) % 360 - 180


def test_the_180th_meridian_is_no_seam() -> None:
    grid = Grid(250.0)
    for latitude in np.arange(-80.0, 80.0, 0.371):
        west, east = grid.cells(np.array([latitude] * 2), np.array([-180.0, 180.0]))
        assert west == east
    assert len(grid.around(10.0, 180.0, 2000.0)[0]) == pytest.approx(len(grid.around(10.0, 0.0, 2000.0)[0]), rel=0.1)


def test_numbers_of_no_cell_are_known() -> None:
    grid = Grid(250.0)
    assert grid.is_cell(1 << 31)  # south-west corner at 0°, 0°
    assert not any(grid.is_cell(cell) for cell in (0, -5, 1 << 62, -(1 << 62), (1 << 31) + (1 << 30), 41_000 << 32))

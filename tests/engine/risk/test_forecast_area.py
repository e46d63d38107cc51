"""The box of cells of a forecast: the grid's own numbers, and kernels that lie where they belong."""

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.risk.forecast_area import Area
from engine.risk.grid import EARTH_M, Grid, distance_m

GRID = Grid(250.0)


def box(latitude: float, longitude: float, half: float = 0.03) -> Area:
    return Area.around_places(GRID, latitude + np.array([-half, half]), longitude + np.array([-half, half]))


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0.0, 0.0), (35.1, -90.0), (59.3, 18.07), (-33.9, 151.2), (-17.8, 179.99), (69.6, 18.9)]
)
def test_every_place_in_the_box_has_its_cell(latitude: float, longitude: float) -> None:
    area = box(latitude, longitude)
    draw = np.random.default_rng(1)
    lats = latitude + draw.uniform(-0.03, 0.03, 500)
    lons = (longitude + draw.uniform(-0.03, 0.03, 500) + 180) % 360 - 180
    places = area.find_positions(GRID.cells(lats, lons))
    assert (places >= 0).all()
    assert np.array_equal(area.cells[places], GRID.cells(lats, lons))
    assert len(np.unique(area.cells)) == area.size == area.rows * area.columns
    east, north = area.metres(lats, lons)
    middles_east, middles_north = area.middles()
    assert np.abs(middles_east[places] - east).max() <= 130
    assert np.abs(middles_north[places] - north).max() <= 126


def test_a_kernel_lies_around_its_incident_and_adds_up_to_one() -> None:
    area = box(35.1, -90.0, 0.06)
    place = np.array([35.1031]), np.array([-90.0117])
    spread = area.spread(*area.metres(*place), 400.0)
    assert spread.sum() == pytest.approx(1.0, abs=1e-4)
    lats, lons = GRID.centres(area.cells)
    away = distance_m(35.1031, -90.0117, lats, lons)
    expected = 250.0**2 / (2 * np.pi * 400.0**2) * np.exp(-0.5 * (away / 400.0) ** 2)
    assert np.abs(spread - expected).max() < 0.05 * expected.max()
    density = area.density(*area.metres(*place), 400.0)
    assert density.argmax() == away.argmin() == spread.argmax()
    assert np.abs(density - np.exp(-0.5 * (away / 400.0) ** 2)).max() < 0.05


def test_kernels_of_several_add_up() -> None:
    area = box(59.3, 18.0)
    east, north = np.array([0.0, 900.0, -1200.0]), np.array([1000.0, 2500.0, 3000.0])
    together = area.spread(east, north, 200.0)
    apart = sum(area.spread(east[[n]], north[[n]], 200.0) for n in range(3))
    assert together == pytest.approx(apart, abs=1e-6)
    assert area.spread(east[:0], north[:0], 200.0).sum() == 0


def test_places_outside_have_no_cell() -> None:
    area = box(59.3, 18.0)
    assert area.find_positions(GRID.cells(np.array([60.0]), np.array([18.0]))).tolist() == [-1]


def test_one_place_is_a_box() -> None:
    area = Area.around_places(GRID, np.array([59.3]), np.array([18.0]))
    assert (area.find_positions(GRID.cells(np.array([59.3]), np.array([18.0]))) >= 0).all()
    assert area.rows == 1


def test_a_box_with_too_many_cells_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"cell_m: .*larger ones") as refused:
        Area.around_places(Grid(50.0), np.array([50.0, 60.0]), np.array([10.0, 20.0]))
    assert refused.value.field == "cell_m"


def test_rows_are_as_high_as_the_grids() -> None:
    area = box(35.1, -90.0)
    lats, _ = GRID.centres(area.cells)
    assert np.radians(lats) * EARTH_M - area.south_m == pytest.approx(area.middles()[1], abs=1e-3)

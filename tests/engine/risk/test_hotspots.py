"""The plain base by its formula, and what is asked of the map."""

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.questions import ExplainRisk, GetRiskPicture, ListHotspots
from engine.risk.baseline import Base, plain_base
from engine.risk.grid import Grid, distance_m
from engine.risk.hotspots import explained, hotspots, is_stale, risk_at, risk_picture
from engine.risk.surface import RiskSurface
from tests.engine.risk.risks import HALF_LIFE_NS, HOUR, NOW_NS, STOCKHOLM, base_of, bump, north_of, past, surface_of

THEFT = IncidentCategory.THEFT


def spots_of(incidents: int, severity: int, hours_ahead: int, ago_h: int = 24) -> list[float | None]:
    """All at one place in the same hour of the day as now."""
    found = past(*((*STOCKHOLM, NOW_NS - ago_h * HOUR, severity, THEFT) for _ in range(incidents)))
    surface = RiskSurface(Grid(), HALF_LIFE_NS, plain_base(Grid(), found, NOW_NS))
    return [spot.risk for spot in hotspots(surface, ListHotspots(*STOCKHOLM, hours_ahead=hours_ahead), NOW_NS)]


def test_h15_one_incident_in_its_hour_and_off_it() -> None:
    assert spots_of(1, 2, 0) == pytest.approx([0.136], abs=0.0005)
    assert spots_of(1, 2, 5) == pytest.approx([0.131], abs=0.0005)
    assert spots_of(1, 5, 0) == pytest.approx([0.316], abs=0.0005)
    assert spots_of(50, 5, 0) == [1.0]
    assert spots_of(50, 3, 7) == pytest.approx([0.73], abs=0.0005)


def test_h15_confidence_is_low_and_beside_it() -> None:
    surface = RiskSurface(Grid(), HALF_LIFE_NS, plain_base(Grid(), past((*STOCKHOLM, NOW_NS - 15 * 24 * HOUR, 2, THEFT)), NOW_NS))
    (spot,) = hotspots(surface, ListHotspots(*STOCKHOLM), NOW_NS)
    assert spot.confidence == pytest.approx(0.6 * 0.5 + 0.4 / 20)
    assert (spot.incidents, spot.mean_severity, spot.categories) == (1, 2.0, (THEFT,))


def test_h15_without_incidents_there_is_no_data() -> None:
    assert spots_of(0, 3, 0) == []
    assert spots_of(3, 3, 0, ago_h=31 * 24) == [] and spots_of(3, 3, 0, ago_h=-2) == []
    cell = int(Grid().cells(*map(np.array, ([STOCKHOLM[0]], [STOCKHOLM[1]])))[0])
    spot = explained(RiskSurface(Grid(), HALF_LIFE_NS), ExplainRisk(cell), NOW_NS).spot
    assert spot.risk is None and spot.base is None and spot.confidence == 0.0


def test_h16_an_expired_base_is_stale_and_still_there() -> None:
    surface = RiskSurface(Grid(), HALF_LIFE_NS, plain_base(Grid(), past((*STOCKHOLM, NOW_NS - HOUR, 3, THEFT)), NOW_NS))
    for now_ns, stale in ((NOW_NS, False), (NOW_NS + HOUR - 1, False), (NOW_NS + HOUR, True)):
        (spot,) = hotspots(surface, ListHotspots(*STOCKHOLM), now_ns)
        assert spot.stale is stale and spot.risk is not None and is_stale(surface, now_ns) is stale
        assert (spot.computed_ns, spot.expires_ns) == (NOW_NS, NOW_NS + HOUR)
        assert risk_picture(surface, GetRiskPicture(), now_ns, False).stale is stale


def test_incidents_of_several_severities_and_hours() -> None:
    day = 24 * HOUR
    found = past(
        (*STOCKHOLM, NOW_NS - day, 2, THEFT),
        (*STOCKHOLM, NOW_NS - 2 * day, 4, IncidentCategory.FIRE),
        (*STOCKHOLM, NOW_NS - day - 3 * HOUR, 3, THEFT),
    )
    surface = RiskSurface(Grid(), HALF_LIFE_NS, plain_base(Grid(), found, NOW_NS))
    (spot,) = hotspots(surface, ListHotspots(*STOCKHOLM), NOW_NS)
    much = 3 / 50
    assert spot.risk == pytest.approx(0.4 * much + 0.3 * 3 / 5 + 0.3 * 1.3 * much, abs=1e-6)
    (later,) = hotspots(surface, ListHotspots(*STOCKHOLM, hours_ahead=21), NOW_NS)
    assert later.risk == pytest.approx(0.4 * much + 0.3 * 3 / 5 + 0.3 * 0.9 * much, abs=1e-6)
    assert spot.categories == (THEFT, IncidentCategory.FIRE)


def field_of(latitude: float, longitude: float, reach_m: float = 6000.0) -> tuple[RiskSurface, np.ndarray, np.ndarray]:
    """A surface with another risk in every cell: cells, risks."""
    grid = Grid()
    cells = np.sort(grid.around(latitude, longitude, reach_m)[0])
    risks = np.random.default_rng(3).permutation(np.linspace(0.01, 0.99, len(cells))).astype(np.float32)
    return (
        RiskSurface(grid, HALF_LIFE_NS, Base(cells, np.tile(risks, (24, 1)), base_of(cells, 0.1).facts, NOW_NS, NOW_NS + HOUR)),
        cells,
        risks,
    )


@pytest.mark.parametrize("place", [STOCKHOLM, (0.0, 180.0), (10.0, -179.999), (89.99, 40.0), (90.0, 0.0), (-90.0, 170.0), (60.0, 0.0)])
def test_the_highest_are_found_wherever_it_is(place: tuple[float, float]) -> None:
    surface, cells, risks = field_of(*place)
    away = distance_m(*place, *surface.grid.centres(cells))
    near = np.flatnonzero(away <= 3000.0)
    wanted = near[np.argsort(-risks[near])][:20]
    found = hotspots(surface, ListHotspots(*place, radius_km=3.0, limit=20), NOW_NS)
    assert [spot.cell for spot in found] == cells[wanted].tolist()
    assert [spot.risk for spot in found] == pytest.approx(risks[wanted].tolist(), abs=1e-6)
    assert len(hotspots(surface, ListHotspots(*place, radius_km=3.0, limit=200, min_risk=0.9), NOW_NS)) == (risks[near] >= 0.9).sum()


def test_of_equal_ones_the_nearest_come_first() -> None:
    surface = surface_of(0.131)
    found = hotspots(surface, ListHotspots(*STOCKHOLM, limit=30), NOW_NS)
    away = [float(distance_m(*STOCKHOLM, np.array([s.latitude]), np.array([s.longitude]))[0]) for s in found]
    everywhere = np.sort(distance_m(*STOCKHOLM, *surface.grid.centres(surface.cell_rows.cells)))
    assert away == pytest.approx(everywhere[:30].tolist(), abs=0.2)
    assert len(hotspots(surface, ListHotspots(*STOCKHOLM, min_risk=0.131, limit=1), NOW_NS)) == 1  # kept in 32 bits, it is a little less


def test_the_cell_one_stands_in_is_always_near() -> None:
    surface = surface_of(0.3)
    for _ in range(20):
        (first, *_) = hotspots(surface, ListHotspots(STOCKHOLM[0] + 0.0011, STOCKHOLM[1] + 0.0017, radius_km=0.1), NOW_NS)
        assert first.risk == pytest.approx(0.3)


def test_a_bump_makes_its_place_the_highest() -> None:
    surface = surface_of(0.5)
    surface.put_bump(bump(north_of(STOCKHOLM[0], 2500.0), STOCKHOLM[1], severity=5))
    found = hotspots(surface, ListHotspots(*STOCKHOLM, limit=200), NOW_NS)
    assert abs(found[0].latitude - north_of(STOCKHOLM[0], 2500.0)) < 0.003
    assert [spot.risk for spot in found] == sorted((spot.risk for spot in found), reverse=True)  # type: ignore[type-var]
    assert all(spot.risk == pytest.approx(0.5) for spot in hotspots(surface, ListHotspots(*STOCKHOLM, hours_ahead=4), NOW_NS))


def test_the_picture_is_of_the_box_that_is_asked_for() -> None:
    surface, cells, risks = field_of(0.0, 180.0)
    whole = risk_picture(surface, GetRiskPicture(), NOW_NS, True)
    assert len(whole.risks) == len(cells) and whole.faded and whole.cell_m == 250.0
    assert np.sort(whole.risks) == pytest.approx(np.sort(risks))
    assert np.array_equal(surface.grid.cells(whole.latitudes.astype(float), whole.longitudes.astype(float)), whole.cells)
    west = risk_picture(surface, GetRiskPicture(-1, 170, 1, 180), NOW_NS, False)
    east = risk_picture(surface, GetRiskPicture(-1, -180, 1, -170), NOW_NS, False)
    across = risk_picture(surface, GetRiskPicture(-1, 179, 1, -179), NOW_NS, False)
    assert len(west.risks) + len(east.risks) >= len(cells) == len(across.risks)
    assert 0 < len(west.risks) < len(cells) and len(risk_picture(surface, GetRiskPicture(10, 0, 20, 10), NOW_NS, False).risks) == 0


def test_risk_at_places() -> None:
    surface = surface_of(0.5)
    surface.put_bump(bump(*STOCKHOLM))
    here, nowhere = risk_at(surface, np.array([STOCKHOLM, (10.0, 10.0)]), NOW_NS)
    assert here == pytest.approx(0.6, abs=0.01) and nowhere is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"latitude": 90.1}, "latitude"),
        ({"longitude": -180.5}, "longitude"),
        ({"latitude": float("nan")}, "latitude"),
        ({"radius_km": 0.09}, "radius_km"),
        ({"radius_km": 100.5}, "radius_km"),
        ({"hours_ahead": 24}, "hours_ahead"),
        ({"hours_ahead": -1}, "hours_ahead"),
        ({"min_risk": 1.01}, "min_risk"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_name(wrong: dict, field: str) -> None:
    with pytest.raises(InputError) as refused:
        ListHotspots(**{"latitude": 59.0, "longitude": 18.0} | wrong)
    assert refused.value.field == field


def test_what_is_no_cell_is_refused() -> None:
    with pytest.raises(InputError):
        explained(surface_of(None), ExplainRisk(12), NOW_NS)

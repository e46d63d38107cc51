"""What incidents add to the risk around them: how much, how far, how long, once."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.questions import ExplainRisk
from engine.model.risk.risk import RiskSettings
from engine.risk.grid import Grid
from engine.risk.hotspots import explained
from engine.risk.surface import RiskSurface
from tests.engine.risk.risks import HALF_LIFE_NS, HOUR, NOW_NS, STOCKHOLM, base_of, bump, middle_of, north_of, surface_of


def risk(surface: RiskSurface, cell: int, hours_ahead: int = 0, now_ns: int = NOW_NS) -> float | None:
    return explained(surface, ExplainRisk(cell, hours_ahead), now_ns).spot.risk


@pytest.mark.parametrize(("km", "wanted"), [(0.0, 0.600), (0.5, 0.575), (1.0, 0.550), (1.5, 0.525), (2.0, 0.500), (2.5, 0.500)])
def test_h14_an_incident_adds_less_with_distance(km: float, wanted: float) -> None:
    surface = surface_of(0.5)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    surface.put_bump(bump(north_of(latitude, 1000 * km), longitude))
    assert risk(surface, cell) == pytest.approx(wanted, abs=1e-6)


def test_h14_risk_is_capped_at_one() -> None:
    surface = surface_of(0.98)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    surface.put_bump(bump(latitude, longitude))
    assert risk(surface, cell) == 1.0
    surface.take_back("in-1")
    assert risk(surface, cell) == pytest.approx(0.98)


def test_h14_it_returns_with_the_half_life() -> None:
    surface = surface_of(0.5)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    surface.put_bump(bump(latitude, longitude))
    after = [risk(surface, cell, now_ns=NOW_NS + times * HALF_LIFE_NS) for times in (0, 1, 2, 20)]
    assert after == pytest.approx([0.6, 0.55, 0.525, 0.5], abs=1e-6)


def test_h14_however_many_report_it_counts_once() -> None:
    surface = surface_of(0.5)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    assert len(surface.put_bump(bump(latitude, longitude))) > 100
    for _ in range(5):
        assert len(surface.put_bump(bump(latitude, longitude))) == 0
    assert risk(surface, cell) == pytest.approx(0.6) and len(surface.bumps) == 1


def test_h14_four_hours_ahead_nothing_is_changed() -> None:
    surface = surface_of(0.5)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    surface.put_bump(bump(latitude, longitude))
    assert [risk(surface, cell, ahead) for ahead in (0, 3, 4, 23)] == pytest.approx([0.6, 0.6, 0.5, 0.5])


def test_h14_weight_and_severity_are_seen_and_count() -> None:
    surface = surface_of(0.5)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    weighed = RiskSettings(weights=((IncidentCategory.WEAPONS, 2.0),))
    surface.put_bump(bump(latitude, longitude, category=IncidentCategory.WEAPONS, severity=5, settings=weighed))
    reasons = explained(surface, ExplainRisk(cell), NOW_NS)
    assert reasons.spot.risk == pytest.approx(0.5 + 0.1 * 2 * 5 / 3)
    assert [(part.weight, part.severity, part.category) for part in reasons.parts] == [(2.0, 5, IncidentCategory.WEAPONS)]
    surface.put_bump(bump(latitude, longitude, category=IncidentCategory.WEAPONS, severity=5))
    assert risk(surface, cell) == pytest.approx(0.5 + 0.1 * 1.5 * 5 / 3)  # the default weight of weapons
    surface.put_bump(bump(latitude, longitude, severity=1, settings=weighed))
    assert risk(surface, cell) == pytest.approx(0.5 + 0.1 / 3)


def test_without_data_there_is_no_number() -> None:
    surface = surface_of(None)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    assert risk(surface, cell) is None
    surface.put_bump(bump(latitude, longitude))
    assert risk(surface, cell) == pytest.approx(0.1)
    assert risk(surface, cell, 4) is None
    assert risk(surface, cell, now_ns=NOW_NS + 20 * HALF_LIFE_NS) is None
    surface.take_back("in-1")
    assert risk(surface, cell) is None
    far, _, _ = middle_of(surface, 10.0, 10.0)
    assert risk(surface, far) is None


def test_what_is_taken_back_leaves_nothing() -> None:
    surface = surface_of(None)
    _, latitude, longitude = middle_of(surface, *STOCKHOLM)
    for number in range(30):
        surface.put_bump(bump(latitude, north_of(longitude, 10.0 * number), f"in-{number}", 1 + number % 5, at_ns=NOW_NS - number * HOUR))
    for number in range(30):
        surface.take_back(f"in-{number}")
    assert (surface.cell_rows.bumps == 0.0).all()


def test_another_base_keeps_the_bumps() -> None:
    surface = surface_of(None)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    surface.put_bump(bump(latitude, longitude))
    surface.use_base(base_of(surface.grid.around(*STOCKHOLM, 500.0)[0], 0.25))
    assert risk(surface, cell) == pytest.approx(0.35) and risk(surface, cell, 5) == pytest.approx(0.25)
    outside, _, _ = middle_of(surface, north_of(latitude, 1500.0), longitude)
    assert risk(surface, outside) == pytest.approx(0.1 * (1 - 1.5 / 2), abs=0.01) and risk(surface, outside, 5) is None


def test_what_was_kept_is_loaded_as_it_was() -> None:
    surface, other = surface_of(0.5), surface_of(0.5)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    first = surface.put_bump(bump(latitude, longitude, at_ns=NOW_NS - HOUR))
    kept = {int(c): (float(v), surface.reference_ns) for c, v in zip(first, surface.stored(first), strict=True)}
    other.load_bumps(
        surface.bumps.values(),
        np.array(list(kept), np.int64),
        np.array([value for value, _ in kept.values()]),
        np.array([at_ns for _, at_ns in kept.values()], np.int64),
    )
    assert risk(other, cell) == pytest.approx(risk(surface, cell), abs=1e-12)
    assert len(other.put_bump(bump(latitude, longitude, at_ns=NOW_NS - HOUR))) == 0


places = st.tuples(st.floats(-0.03, 0.03), st.floats(-0.05, 0.05))
acts = st.lists(st.tuples(places, st.integers(1, 5), st.integers(-2000, 0)), min_size=1, max_size=6)


@given(acts, st.randoms(use_true_random=False), st.sampled_from([(0.0, 0.0), (60.0, 18.0), (85.0, 179.99), (-89.99, 12.0)]))
@settings(max_examples=40, deadline=None)
def test_order_and_repetition_do_not_matter(told: list, shuffler: object, where: tuple[float, float]) -> None:
    bumps = [
        bump(where[0] + at[0] * (0.1 if abs(where[0]) > 89 else 1.0), where[1], f"in-{number}", severity, at_ns=NOW_NS + hours * HOUR)
        for number, (at, severity, hours) in enumerate(told)
    ]
    one, other = surface_of(None), surface_of(None)
    for each in bumps:
        one.put_bump(each)
    again = [*bumps, *bumps[:2]]
    shuffler.shuffle(again)  # type: ignore[attr-defined]
    other.put_bump(bump(*where, "in-false", 5))
    for each in again:
        other.put_bump(each)
    other.take_back("in-false")
    for cell in one.cell_rows.cells.tolist()[::7]:
        here, there = risk(one, cell), risk(other, cell)
        assert here == there or (here is not None and there is not None and here == pytest.approx(there, abs=1e-9))
    for cell in other.cell_rows.cells.tolist()[::7]:
        if risk(other, cell) is not None:
            assert risk(one, cell) is not None


@given(acts)
@settings(max_examples=25, deadline=None)
def test_reasons_add_up_to_the_risk(told: list) -> None:
    surface = surface_of(0.2)
    for number, (at, severity, hours) in enumerate(told):
        surface.put_bump(bump(STOCKHOLM[0] + at[0], STOCKHOLM[1] + at[1], f"in-{number}", severity, at_ns=NOW_NS + hours * HOUR // 20))
    for cell in surface.cell_rows.cells[:40].tolist():
        reasons = explained(surface, ExplainRisk(cell), NOW_NS)
        whole = (reasons.spot.base or 0.0) + math.fsum(part.left for part in reasons.parts)
        assert reasons.spot.risk is None or reasons.spot.risk == pytest.approx(min(1.0, whole), abs=2e-4)


def test_parts_add_up_exactly() -> None:
    surface = surface_of(0.2)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    for number, (metres, hours) in enumerate(itertools.product((0, 300, 1900), (0, 5, 30))):
        surface.put_bump(bump(north_of(latitude, metres), longitude, f"in-{number}", 1 + number % 5, at_ns=NOW_NS - hours * HOUR))
    reasons = explained(surface, ExplainRisk(cell), NOW_NS)
    assert reasons.spot.risk == pytest.approx((reasons.spot.base or 0) + math.fsum(part.left for part in reasons.parts), abs=1e-9)
    assert all(part.left <= part.added for part in reasons.parts) and len(reasons.parts) == 9


def test_bumps_of_years_apart_stay_numbers() -> None:
    surface = surface_of(None)
    cell, latitude, longitude = middle_of(surface, *STOCKHOLM)
    for number in range(40):
        surface.put_bump(bump(latitude, longitude, f"in-{number}", at_ns=NOW_NS + (number - 40) * 200 * HALF_LIFE_NS))
    surface.put_bump(bump(latitude, longitude, "in-now"))
    assert risk(surface, cell) == pytest.approx(0.1)
    for incident_id in tuple(surface.bumps):
        surface.take_back(incident_id)
    surface.put_bump(bump(latitude, longitude, "in-again", at_ns=NOW_NS - 300 * HALF_LIFE_NS))
    assert risk(surface, cell) is None


@pytest.mark.parametrize("cell_m", [50.0, 1000.0, 2500.0, 5000.0])
def test_no_incident_falls_through_coarse_cells(cell_m: float) -> None:
    surface = RiskSurface(Grid(cell_m), HALF_LIFE_NS)
    for number, (north, east) in enumerate(itertools.product(np.linspace(0, 0.09, 7), np.linspace(0, 0.17, 7))):
        at = STOCKHOLM[0] + float(north), STOCKHOLM[1] + float(east)
        changed = surface.put_bump(bump(*at, f"in-{number}"))
        assert len(np.unique(changed)) == len(changed)
        reasons = explained(surface, ExplainRisk(middle_of(surface, *at)[0]), NOW_NS)
        assert max(part.added for part in reasons.parts) >= 0.05
        assert reasons.spot.risk == pytest.approx(min(1.0, math.fsum(part.left for part in reasons.parts)), abs=1e-9)
        surface.put_bump(bump(*at, f"in-{number}"))
    for number in range(49):
        surface.take_back(f"in-{number}")
    assert (surface.cell_rows.bumps == 0.0).all()

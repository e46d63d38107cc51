"""Which incidents still count; what a site and its zones are told."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.incidents.correlation import correlate
from engine.model.incidents.incident import IncidentCategory, Report
from engine.model.observation import AreaRiskKnown
from engine.model.risk.risk import DEFAULT_WEIGHTS, RiskSettings
from engine.model.settings import Settings
from engine.model.site import Floor, SiteAnchor, Zone
from engine.pipeline.reports.incident_events import place
from engine.risk.area import area_risk, earth_place, is_news
from engine.risk.grid import Grid, distance_m
from engine.risk.recent import half_life_ns, recent_bumps, window_ns
from engine.risk.surface import NOTHING, RiskSurface
from tests.engine.risk.risks import HALF_LIFE_NS, NOW_NS, STOCKHOLM, base_of, bump, past, surface_of
from tests.fakes.reports import report

THEFT, WEAPONS = IncidentCategory.THEFT, IncidentCategory.WEAPONS
ANCHOR = SiteAnchor(*STOCKHOLM, 30.0)


def test_what_decayed_to_nothing_counts_no_more() -> None:
    found = past(
        (*STOCKHOLM, NOW_NS - 30 * HALF_LIFE_NS, 5, WEAPONS),
        (*STOCKHOLM, NOW_NS - 14 * HALF_LIFE_NS, 1, THEFT),
        (*STOCKHOLM, NOW_NS - 12 * HALF_LIFE_NS, 5, THEFT),
        (*STOCKHOLM, NOW_NS, 3, WEAPONS),
    )
    heavy = RiskSettings(weights=((WEAPONS, 2.0),))
    bumps = recent_bumps(found, heavy, NOW_NS)
    assert list(bumps) == ["in-2", "in-3"]
    assert bumps["in-3"] == bump(*STOCKHOLM, "in-3", 3, WEAPONS, settings=heavy) and bumps["in-3"].strength == pytest.approx(0.2)


@given(st.floats(0, 10), st.floats(0.25, 720))
def test_nothing_is_left_of_what_is_older_than_the_window(weight: float, half_life_h: float) -> None:
    settings = RiskSettings(weights=((WEAPONS, weight),), half_life_h=half_life_h)
    at_ns = NOW_NS - window_ns(settings) - 1000
    assert recent_bumps(past((*STOCKHOLM, at_ns, 5, WEAPONS)), settings, NOW_NS) == {}
    heaviest = max(weight, *(each for category, each in DEFAULT_WEIGHTS.items() if category is not WEAPONS))
    assert 0.1 * heaviest * 5 / 3 * 2 ** (-window_ns(settings) / half_life_ns(settings)) == pytest.approx(NOTHING, rel=1e-3)


@given(st.floats(-200, 200), st.floats(-200, 200), st.floats(0, 359.9))
def test_the_floor_lies_on_earth_as_incidents_lie_on_the_floor(x: float, y: float, heading: float) -> None:
    anchor = SiteAnchor(*STOCKHOLM, heading)
    latitude, longitude = earth_place(anchor, x, y)
    assert distance_m(*STOCKHOLM, np.array([latitude]), np.array([longitude]))[0] == pytest.approx(math.hypot(x, y), rel=1e-3, abs=1e-3)
    there = correlate(_at(latitude, longitude), ()).incident
    assert place(there, anchor)[:2] == pytest.approx((x, y), abs=0.01 * math.hypot(x, y) + 0.01)


def _at(latitude: float, longitude: float) -> Report:
    return report(1, north_deg=latitude - 59.33, east_deg=longitude - 18.06)


def test_a_site_without_a_place_knows_nothing() -> None:
    assert area_risk(surface_of(0.5), Settings(), NOW_NS) == AreaRiskKnown(NOW_NS)


def test_zones_are_told_by_their_middles() -> None:
    zones = (Zone("near", "Near", -5, -5, 5, 5), Zone("far", "Far", 480, 480, 490, 490))
    settings = Settings(anchor=ANCHOR, floor=Floor(zones=zones))
    grid = Grid(100.0)
    surface = RiskSurface(grid, HALF_LIFE_NS, base_of(grid.around(*STOCKHOLM, 300.0)[0], 0.5))
    assert area_risk(surface, settings, NOW_NS) == AreaRiskKnown(NOW_NS, (("near", 0.5),), 0.5)
    surface.put_bump(bump(*STOCKHOLM))
    area = area_risk(surface, settings, NOW_NS)
    assert area.site == pytest.approx(0.6, abs=0.01) and dict(area.zones).keys() == {"near", "far"}
    assert dict(area.zones)["far"] == pytest.approx(0.1 * (1 - 0.686 / 2), abs=0.01)


def test_what_is_news() -> None:
    before = AreaRiskKnown(1, (("a", 0.5),), 0.3)
    assert not is_news(AreaRiskKnown(2, (("a", 0.504),), 0.3049), before)
    assert is_news(AreaRiskKnown(2, (("a", 0.506),), 0.3), before)
    assert is_news(AreaRiskKnown(2, (("a", 0.5),), 0.306), before)
    assert is_news(AreaRiskKnown(2, (("a", 0.5),), None), before)
    assert is_news(AreaRiskKnown(2, (), 0.3), before)
    assert is_news(AreaRiskKnown(2, (), 0.0), None) and not is_news(AreaRiskKnown(2), None)

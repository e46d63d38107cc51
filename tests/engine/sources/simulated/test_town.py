"""What the simulated town reports: the same every time, as much as is said, and of one occurrence what becomes one incident."""

from collections import Counter
from itertools import pairwise
from math import cos, radians, sin

import pytest

from engine._geodesic import distance_m
from engine.fire.smoke.cones import cone_of
from engine.model.incidents.incident import Incident, IncidentStatus, Report
from engine.model.settings import Settings
from engine.model.time import SECOND, from_iso
from engine.risk.neighbourhoods import read_neighbourhoods
from engine.sources.simulated import SimulatedTown
from engine.sources.simulated.town.calls import of_hour
from engine.sources.simulated.town.plan import TOWN
from engine.sources.simulated.town.town import SEED
from tests.engine.incidents.record import Record

NOW_NS = from_iso("2026-05-08T17:23:45Z")
HOUR, DAY = 3600 * SECOND, 86_400 * SECOND
Town = SimulatedTown


@pytest.mark.parametrize("kind", [Town.past, Town.live])
def test_a_span_holds_what_its_pieces_hold_whenever_it_is_asked(kind: "type[Town.past]") -> None:
    edges = [NOW_NS - 5 * HOUR, NOW_NS - 4 * HOUR - 17, NOW_NS - 40 * 60 * SECOND, NOW_NS]
    whole = kind(Town(), edges[0], edges[-1])
    pieces = [each for since, until in pairwise(edges) for each in kind(Town(), since, until)]
    assert whole and pieces == whole
    assert kind(Town(seed="another"), edges[0], edges[-1]) != whole


def test_everything_is_simulated_comes_in_its_order_and_is_said_once() -> None:
    said = [*Town().past(NOW_NS - 10 * DAY, NOW_NS), *Town().live(NOW_NS - DAY, NOW_NS), *Town().welcome(NOW_NS)]
    assert all(each.simulated and each.reporter.startswith("user:simulated-") for each in said)
    assert len({each.id for each in said}) == len(said)
    assert all(-60 * SECOND <= each.received_ns - each.occurred_ns <= 300 * SECOND for each in said)
    past = Town().past(NOW_NS - 10 * DAY, NOW_NS)
    assert [each.received_ns for each in past] == sorted(each.received_ns for each in past)


def test_as_much_happens_as_is_said_and_most_of_it_in_the_evening() -> None:
    happened = [it for slot in range(NOW_NS // HOUR - 30 * 24, NOW_NS // HOUR) for it in of_hour(TOWN, SEED, slot)]
    assert 25 < len(happened) / 30 < 40
    hours = Counter(it.at_ns // HOUR % 24 for it in happened)
    assert sum(hours[hour] for hour in (19, 20, 21)) > 2 * sum(hours[hour] for hour in (5, 6, 7))


def test_reports_of_one_occurrence_become_one_incident() -> None:
    several = Town().welcome(NOW_NS)
    incident = only(filed(several))
    assert 2 <= len(several) == incident.reporter_count and incident.simulated
    assert incident.status is IncidentStatus.CORROBORATED
    assert all(NOW_NS + 20 * SECOND <= each.received_ns <= NOW_NS + 330 * SECOND for each in several)


def test_towers_see_smoke_where_people_report_it_and_otherwise_say_that_they_look() -> None:
    frames = Town().frames(NOW_NS - 6 * HOUR, NOW_NS)
    seen = [frame for frame in frames if frame.boxes]
    assert all(frame.simulated for frame in frames) and len(frames) > len(seen) > 200
    lookouts = {each.camera_id: each for each in Town().lookouts}
    fires = [each for each in Town().live(NOW_NS - 6 * HOUR, NOW_NS) if "Larch Hill" in each.description and each.category == "fire"]
    first = next(each for each in fires if each.occurred_ns > seen[0].captured_ns)
    for tower in lookouts.values():
        near = [each for each in seen if each.camera_id == tower.camera_id and abs(each.captured_ns - first.occurred_ns) < 120 * SECOND]
        bearing, cone = cone_of(near[0].boxes[0].box, tower, "0")
        assert near and bearing is not None and cone is not None
        plan = next(each for each in TOWN.towers if each.id == tower.camera_id)
        away = distance_m(tower.latitude, tower.longitude, first.latitude, first.longitude)
        there = TOWN.on_earth(ahead(plan.at, bearing, away))
        assert distance_m(*there, first.latitude, first.longitude) < 150


def ahead(at: tuple[float, float], bearing_deg: float, away_m: float) -> tuple[float, float]:
    return at[0] + away_m * sin(radians(bearing_deg)), at[1] + away_m * cos(radians(bearing_deg))


def test_smoke_that_rose_last_is_in_the_past_and_not_long_ago() -> None:
    for minutes in range(0, 600, 7):
        at_ns = NOW_NS + minutes * 60 * SECOND
        began_ns = Town().smoke_before(at_ns)
        assert at_ns - 2 * HOUR < began_ns <= at_ns - 300 * SECOND, "seen long enough to be believed"
        assert any(frame.boxes for frame in Town().frames(began_ns, began_ns + 31 * SECOND))


def test_settings_and_neighbourhoods_take_it() -> None:
    town = Town()
    settings = Settings(anchor=town.anchor, lookouts=town.lookouts)
    assert settings.anchor is not None and len(settings.lookouts) == 2
    areas = read_neighbourhoods(town.outlines())
    assert set(areas.names) == set(TOWN.neighbourhoods)


def filed(several: list[Report]) -> Record:
    record = Record()
    for each in several:
        record.file(each)
    return record


def only(record: Record) -> Incident:
    (incident,) = record.incidents.values()
    return incident

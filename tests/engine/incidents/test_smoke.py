"""X1: smoke that cameras see and what people report of it are one incident, whichever came first."""

import math
from dataclasses import replace

import pytest

from engine.incidents.correlation import correlate
from engine.incidents.merging import merge_incidents
from engine.incidents.smoke import join_plume
from engine.incidents.smoke_reach import reach
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.fire.smoke import Plume
from engine.model.incidents.incident import Correlation, EvidenceKind, Incident, IncidentCategory, IncidentStatus, Nearby, Report
from engine.model.time import SECOND
from tests.fakes.plumes import crossing, plume
from tests.fakes.reports import HERE, NOW_NS, look, report

M_NORTH, M_EAST = 1 / 111_412.0, 1 / (111_412.0 * math.cos(math.radians(HERE[0])) * 1.0025)
FIRE = IncidentCategory.FIRE
PLUME, SEEN = plume("a", "b")


def fire(number: int, north_m: float = 0, east_m: float = 0, after_s: float = 0, **more: object) -> Report:
    where = {"north_deg": north_m * M_NORTH, "east_deg": east_m * M_EAST}
    return report(number, **where, after_s=after_s, **({"category": FIRE, "description": "The hill burns"} | more))


def begun_by_smoke(by: Plume = PLUME) -> Incident:
    done = join_plume(by, SEEN, (), NOW_NS)
    assert done is not None
    return done.incident


def begun_by_report(**more: float) -> Incident:
    return correlate(fire(1, **more), ()).incident


def joined(by: Plume, incident: Incident) -> Correlation:
    done = join_plume(by, SEEN, (Nearby(incident),), NOW_NS + SECOND)
    assert done is not None
    return done


def kinds(incident: Incident) -> set[EvidenceKind]:
    return {link.kind for link in incident.corroborations}


def test_x1_a_report_within_the_ellipse_joins_what_cameras_see_and_makes_it_surer() -> None:
    smoke = begun_by_smoke()
    assert (smoke.category, smoke.severity, smoke.confidence, kinds(smoke)) == (FIRE, Severity.HIGH, 0.84, {EvidenceKind.SEQUENCE})
    done = correlate(fire(1, north_m=390, after_s=600 + 1_799), (Nearby(smoke, plume=PLUME),))
    assert (done.incident.id, done.status, done.link.rule) == (smoke.id, IncidentStatus.CORROBORATED, "within_smoke")
    assert kinds(done.incident) == {EvidenceKind.SEQUENCE, EvidenceKind.REPORT}
    assert done.incident.confidence == 0.92
    assert done.incident.severity is Severity.HIGH


def test_x1_smoke_joins_what_was_reported_within_its_ellipse_and_makes_it_surer() -> None:
    said = begun_by_report(north_m=-390)
    done = joined(PLUME, said)
    assert (done.incident.id, done.status) == (said.id, IncidentStatus.CORROBORATED)
    assert kinds(done.incident) == {EvidenceKind.SEQUENCE, EvidenceKind.REPORT}
    assert (said.confidence, done.incident.confidence) == (0.5, 0.92)
    assert (done.incident.latitude, done.incident.longitude) == (said.latitude, said.longitude)
    assert (said.severity, done.incident.severity) == (Severity.MODERATE, Severity.HIGH)
    assert "cameras a and b see" in done.reason


@pytest.mark.parametrize(
    ("north_m", "east_m", "after_s", "is_one"),
    [
        (0, 0, 0, True),
        (395, 0, 0, True),
        (405, 0, 0, False),
        (0, 98, 0, True),
        (0, 103, 0, False),
        (280, 72, 0, False),
        (0, 0, -1_800, True),
        (0, 0, -1_801, False),
        (0, 0, 600 + 1_800, True),
        (0, 0, 600 + 1_801, False),
    ],
)
def test_x1_the_ellipse_and_half_an_hour_are_the_bounds_either_way(north_m: float, east_m: float, after_s: float, is_one: bool) -> None:
    smoke = begun_by_smoke()
    told = correlate(fire(1, north_m, east_m, after_s), (Nearby(smoke, plume=PLUME),))
    assert (told.incident.id == smoke.id) is is_one
    said = begun_by_report(north_m=north_m, east_m=east_m, after_s=after_s)
    assert (joined(PLUME, said).incident.id == said.id) is is_one


def test_x1_of_a_small_ellipse_50_m_count() -> None:
    small, _ = plume(place=crossing(major_m=20.0, minor_m=10.0))
    assert correlate(fire(1, east_m=49, after_s=900), (Nearby(begun_by_smoke(small), plume=small),)).status is IncidentStatus.CORROBORATED
    assert correlate(fire(1, east_m=51, after_s=900), (Nearby(begun_by_smoke(small), plume=small),)).status is IncidentStatus.CREATED


def test_an_ellipse_is_turned_clockwise_from_north() -> None:
    turned, _ = plume(place=crossing(turn_deg=90.0))
    assert reach(turned, HERE[0], HERE[1] + 390 * M_EAST, NOW_NS) is not None
    assert reach(turned, HERE[0] + 390 * M_NORTH, HERE[1], NOW_NS) is None


def test_what_is_no_fire_does_not_join_smoke() -> None:
    theft = report(1, after_s=400)
    assert correlate(theft, (Nearby(begun_by_smoke(), plume=PLUME),)).status is IncidentStatus.CREATED
    assert joined(PLUME, correlate(report(1), ()).incident).status is IncidentStatus.CREATED


def test_who_reported_the_smoke_before_counts_once() -> None:
    smoke = begun_by_smoke()
    first = correlate(fire(1, north_m=200), (Nearby(smoke, plume=PLUME),)).incident
    again = correlate(fire(2, north_m=-200, reporter="user:1"), (Nearby(first, has_reporter=True, plume=PLUME),))
    assert (again.status, again.incident.confidence) == (IncidentStatus.DUPLICATE, 0.92)


def test_pictures_from_different_hills_do_not_part_it() -> None:
    pictured = replace(fire(1, north_m=200), media=("a.jpg",), look=look(1.0))
    smoke = correlate(pictured, (Nearby(begun_by_smoke(), plume=PLUME),)).incident
    other = replace(fire(2, north_m=-200), media=("b.jpg",), look=look(0.1))
    assert correlate(other, (Nearby(smoke, (pictured,), plume=PLUME),)).incident.id == smoke.id


def test_smoke_joins_the_nearest_of_two() -> None:
    near, far = begun_by_report(north_m=100), replace(begun_by_report(north_m=300), id="in-far")
    done = join_plume(PLUME, SEEN, (Nearby(far), Nearby(near)), NOW_NS)
    assert done is not None
    assert done.incident.id == near.id


def test_filed_again_it_stays_and_a_further_camera_makes_it_surer() -> None:
    smoke = begun_by_smoke()
    assert join_plume(PLUME, SEEN, (Nearby(smoke, plume=PLUME),), NOW_NS) is None
    wider, seen = plume("a", "b", "c", place=crossing(HERE[0] + 0.1))
    done = join_plume(wider, seen, (Nearby(smoke, plume=wider),), NOW_NS)
    assert done is not None
    assert (done.incident.id, done.incident.confidence) == (smoke.id, 0.936)


def test_a_camera_counts_once_however_many_sequences_it_has() -> None:
    twice = tuple(replace(each, camera_id="a") for each in SEEN)
    done = join_plume(PLUME, twice, (), NOW_NS)
    assert done is not None
    assert (done.incident.confidence, len(done.incident.corroborations), done.incident.status) == (0.6, 2, IncidentStatus.CREATED)


def test_what_was_detached_is_no_longer_linked() -> None:
    wider, seen = plume("a", "b", "c")
    first = join_plume(wider, seen, (), NOW_NS)
    assert first is not None
    done = join_plume(PLUME, SEEN, (Nearby(first.incident, plume=PLUME),), NOW_NS, ("sq-c",))
    assert done is not None
    assert ({link.id for link in done.incident.corroborations}, done.incident.confidence) == ({"sq-a", "sq-b"}, 0.84)


def test_smoke_without_a_place_is_no_incident() -> None:
    nowhere = replace(PLUME, place=None)
    with pytest.raises(InputError, match="no place"):
        join_plume(nowhere, SEEN, (), NOW_NS)
    with pytest.raises(InputError, match="not those"):
        join_plume(PLUME, SEEN[:1], (), NOW_NS)


def test_simulated_smoke_makes_no_report_surer_nor_swallows_one() -> None:
    drawn = replace(PLUME, simulated=True)
    smoke = begun_by_smoke(drawn)
    assert smoke.simulated
    assert correlate(fire(1, north_m=200), (Nearby(smoke, plume=drawn),)).status is IncidentStatus.CREATED
    assert joined(drawn, begun_by_report()).status is IncidentStatus.CREATED


def test_what_an_operator_set_stays() -> None:
    said = replace(begun_by_report(), severity=Severity.LOW, edited=("severity",))
    assert joined(PLUME, said).incident.severity is Severity.LOW


def test_a_merge_keeps_what_cameras_saw() -> None:
    smoke, said = begun_by_smoke(), begun_by_report(north_m=5_000)
    both = {smoke.id: smoke, said.id: said}
    kept = merge_incidents(both.__getitem__, said.id, smoke.id, NOW_NS).incidents[0]
    assert (kinds(kept), kept.confidence) == ({EvidenceKind.REPORT, EvidenceKind.SEQUENCE}, 0.92)

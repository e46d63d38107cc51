"""Incidents that people report, as events of the pipeline."""

import json
import math
from dataclasses import replace

import pytest
from geographiclib.geodesic import Geodesic

from engine.alerts.evidence import of_incident
from engine.model.event import Event, EventKind, Severity
from engine.model.incidents.incident import Classification, Corroboration, EvidenceKind, Incident, IncidentCategory, IncidentState
from engine.model.observation import IncidentChanged
from engine.model.settings import Settings
from engine.model.site import Floor, SiteAnchor
from engine.model.time import SECOND
from engine.pipeline.output import StepOutput
from engine.pipeline.reports.incident_events import MOST_OPEN, IncidentLane, place, reason

NOW_NS = 1_700_000_000 * SECOND
ANCHOR = SiteAnchor(59.33, 18.06, 30.0)
ON_SITE = Settings(floor=Floor((-100.0, -100.0, 100.0, 100.0)), anchor=ANCHOR)


def incident(reporters: int = 1, kinds: tuple[str, ...] = ("citizen",), **changes: object) -> Incident:
    said = tuple(
        Corroboration(EvidenceKind.REPORT, f"re-{i}", f"user:{i}", NOW_NS, "first", 1.0, source=kinds[i % len(kinds)])
        for i in range(reporters)
    )
    times = (NOW_NS, NOW_NS, NOW_NS)
    made = Incident("in-1", IncidentCategory.THEFT, "A bicycle is gone", 59.33, 18.06, *times, Severity.MODERATE, corroborations=said)
    return replace(made, revision=reporters, **changes)  # type: ignore[arg-type]


def said(lane: IncidentLane, what: Incident, number: int = 7) -> tuple[Event, ...]:
    out = StepOutput(number, NOW_NS)
    lane.changed(IncidentChanged(NOW_NS, what), out)
    return out.events


def at_distance(bearing_deg: float, metres: float) -> dict[str, float]:
    there = Geodesic.WGS84.Direct(ANCHOR.latitude, ANCHOR.longitude, bearing_deg, metres)
    return {"latitude": there["lat2"], "longitude": there["lon2"]}


@pytest.mark.parametrize("bearing_deg", range(0, 360, 45))
def test_on_the_site_it_has_its_place_on_the_floor(bearing_deg: int) -> None:
    x, y, _ = place(incident(**at_distance(bearing_deg, 80.0)), ANCHOR)
    turn = math.radians(bearing_deg - ANCHOR.heading_deg)
    assert (x, y) == pytest.approx((80 * math.sin(turn), 80 * math.cos(turn)), abs=0.01)


def test_how_far_away_it_is_and_how_many_say_so() -> None:
    assert reason(incident(3, **at_distance(10.0, 40.0)), ANCHOR) == "3 people report theft, 40 m away."
    assert reason(incident(1, **at_distance(10.0, 2340.0)), ANCHOR) == "One person reports theft, 2.3 km away."
    assert reason(incident(2, category=IncidentCategory.VEHICLE_CRIME), None) == "2 people report vehicle crime."


def test_only_what_lies_on_the_floor_has_a_position() -> None:
    lane = IncidentLane()
    lane.configure(ON_SITE, 0, StepOutput(0, 0))
    (near,) = said(lane, incident(**at_distance(0.0, 50.0)))
    (far,) = said(lane, replace(incident(**at_distance(0.0, 500.0)), id="in-2"))
    assert near.position is not None and far.position is None and "500 m away" in far.reason
    assert near.kind is EventKind.INCIDENT and near.subject_id == "in-1" and near.label == "theft"


def test_one_incident_is_one_event_that_tells_more_and_ends_with_it() -> None:
    lane = IncidentLane()
    (first,) = said(lane, incident())
    (more,) = said(lane, incident(4, severity=Severity.HIGH), 8)
    assert more.id == first.id and more.severity is Severity.HIGH and more.reason == "4 people report theft."
    assert said(lane, incident(4, severity=Severity.HIGH), 9) == ()
    assert said(lane, incident(2), 10) == (), "an older revision"
    assert lane.open_event_ids() == {first.id}
    (ended,) = said(lane, incident(4, state=IncidentState.MERGED), 11)
    assert ended.id == first.id and ended.ended_ns is not None and lane.open_event_ids() == frozenset()
    assert said(lane, incident(4, state=IncidentState.CLOSED), 12) == ()


def test_beyond_a_bound_the_oldest_are_followed_no_more() -> None:
    lane = IncidentLane()
    for number in range(MOST_OPEN):
        said(lane, replace(incident(), id=f"in-{number}"), number)
    events = said(lane, replace(incident(), id="in-more"), MOST_OPEN)
    assert [event.subject_id for event in events if event.ended_ns is not None] == ["in-0"] and len(lane.open_event_ids()) == MOST_OPEN


def test_it_goes_on_from_its_state() -> None:
    lane, other = IncidentLane(), IncidentLane()
    said(lane, incident(2))
    other.restore(json.loads(json.dumps(lane.state())), Settings())
    assert other.state() == lane.state() and other.evidence("in-1") == lane.evidence("in-1")
    assert said(other, incident(3), 9) == said(lane, incident(3), 9)


# what speaks for it


def worth(what: Incident) -> float:
    return sum(part.log_odds for part in of_incident(what))


def test_each_further_reporter_and_kind_of_source_speaks_for_it() -> None:
    assert worth(incident(1)) < worth(incident(2)) < worth(incident(4)) < worth(incident(20))
    assert worth(incident(4, ("citizen", "patrol"))) > worth(incident(4))
    sensor = Corroboration(EvidenceKind.SEQUENCE, "se-1", "", NOW_NS, "near", 0.9)
    seen = incident(2)
    assert worth(replace(seen, corroborations=(*seen.corroborations, sensor))) > worth(seen)


def test_who_classifies_speaks_for_or_against_within_bounds() -> None:
    def by(whom: str, confidence: float) -> Incident:
        return incident(classification=Classification("theft", Severity.HIGH, confidence, whom, NOW_NS))

    assert worth(by("atlas", 0.6)) > worth(incident()) > worth(by("atlas", 0.3))
    assert worth(by("atlas", 1.0)) - worth(incident()) == pytest.approx(1.0)
    assert worth(by("local", 0.5)) == worth(incident()), "key words are no evidence"


def test_what_only_cameras_tell_is_the_event_of_their_plume_until_somebody_reports_it() -> None:
    """Told as a report it would pass by the gate of fire weather, and say that people reported it."""
    lane = IncidentLane()
    smoke = Corroboration(EvidenceKind.SEQUENCE, "sq-1", "camera:ridge", NOW_NS, "first_smoke", 0.7)
    seen = replace(incident(0), corroborations=(smoke,), category=IncidentCategory.FIRE, revision=1)
    assert said(lane, seen) == () and lane.open_event_ids() == frozenset()
    reported = incident(1)
    (event,) = said(lane, replace(reported, corroborations=(smoke, *reported.corroborations), category=IncidentCategory.FIRE, revision=2))
    assert event.kind is EventKind.INCIDENT and event.reason.startswith("One person reports fire")

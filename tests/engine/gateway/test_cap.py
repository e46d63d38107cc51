"""Alerts and incidents as messages of CAP 1.2: by the rules, in CAP's words, without names."""

from dataclasses import replace

import httpx
import pytest

from console.site import Site
from engine.gateway.alerts import cap
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.cap import CapSeverity, cap_certainty, cap_severity
from engine.model.alerts.decision import CandidateKind, Decision, EvidencePart, Outcome
from engine.model.event import EventKind, Severity
from engine.model.incidents.incident import Incident, IncidentCategory, IncidentState
from engine.model.settings import Settings
from engine.model.site import SiteAnchor, Zone
from engine.model.time import SECOND
from tests.engine.gateway.cap_rules import checked, text
from tests.engine.gateway.reporting import filed, place, report
from tests.fakes.waiting import until

AT = 1_700_000_000 * SECOND
PLAIN = Settings(site_name="Depot <1>, north & south", anchor=SiteAnchor(59.3293, 18.0686, 90.0))
SETTINGS = replace(PLAIN, floor=replace(PLAIN.floor, zones=(Zone("hall", "Hall", 0.0, 0.0, 5.0, 5.0),)))
ALERT = Alert("al-1", "de-1", "fall", EventKind.FALL, Severity.CRITICAL, AT, AT, position=(0.0, 100.0, 0.0), zone_id="hall")
FALL = replace(ALERT, person="Anna Berg", reason="anna berg went down, and Ben\x00 saw it", procedure=("Ring Ben", "Go there"))
WHY = Decision("de-1", CandidateKind.FALL, "bl-1", "", AT, Outcome.RAISED, (), "")
INCIDENT = Incident("in-1", IncidentCategory.FIRE, "Flames behind Ben's shed\ud800", 59.3293, 18.0686, AT, AT, AT, Severity.CRITICAL)


@pytest.mark.parametrize(("severity", "word"), [(5, "Extreme"), (4, "Severe"), (3, "Moderate"), (2, "Minor"), (1, "Minor")])
def test_severities_are_those_of_cap(severity: int, word: str) -> None:
    assert cap_severity(Severity(severity)) == word
    message = checked(cap.of_alert(replace(ALERT, severity=Severity(severity)), None, SETTINGS, ()))
    assert text(message, "info/severity") == word


@pytest.mark.parametrize(
    ("confidence", "confirmed", "word"),
    [(0.95, True, "Observed"), (0.95, False, "Likely"), (0.5, True, "Likely"), (0.1, True, "Possible"), (0, True, "Unknown"),
     (None, True, "Unknown")],
)  # fmt: skip
def test_nothing_is_observed_that_one_sensor_says(confidence: float | None, confirmed: bool, word: str) -> None:
    assert cap_certainty(confidence, confirmed) == word


def test_an_alert_by_the_rules_and_without_names() -> None:
    message = checked(cap.of_alert(FALL, WHY, SETTINGS, ("Ben",)))
    assert text(message, "identifier") == "al-1" and text(message, "msgType") == "Alert" and text(message, "status") == "Actual"
    assert text(message, "sent") == "2023-11-14T22:13:20-00:00"
    assert text(message, "info/category") == "Health" and text(message, "info/urgency") == "Immediate"
    assert text(message, "info/description") == "Somebody went down, and somebody saw it"
    assert text(message, "info/instruction") == "Ring somebody\nGo there"
    assert text(message, "info/area/areaDesc") == "Hall"


def test_where_on_earth_it_is_follows_from_where_the_floor_lies() -> None:
    """Y points east here: a hundred metres along it are a hundred metres east."""
    circle = text(checked(cap.of_alert(FALL, None, SETTINGS, ())), "info/area/circle")
    latitude, longitude = (float(part) for part in circle.split(" ")[0].split(","))
    assert latitude == pytest.approx(59.3293, abs=2e-6) and longitude == pytest.approx(18.0686 + 100 / 56_900, abs=5e-6)
    assert text(checked(cap.of_alert(FALL, None, replace(SETTINGS, anchor=None), ())), "info/area/circle") == ""


def test_evidence_says_how_certain_it_is() -> None:
    one = replace(WHY, evidence=(EvidencePart("radio", "radio", "Radio", 3.0),))
    two = replace(WHY, evidence=(*one.evidence, EvidencePart("camera", "door", "Camera", 2.0)))
    words = [text(checked(cap.of_alert(ALERT, why, SETTINGS, ())), "info/certainty") for why in (None, WHY, one, two)]
    assert words == ["Unknown", "Unknown", "Likely", "Observed"]


def test_what_changed_updates_the_first_and_what_is_over_cancels_it() -> None:
    taken = replace(FALL, state=AlertState.ACKNOWLEDGED, changed_ns=AT + SECOND)
    closed = replace(taken, state=AlertState.CLOSED, disposition=Disposition.FALSE, changed_ns=AT + 2 * SECOND)
    first, update, end = (checked(cap.of_alert(each, None, SETTINGS, ())) for each in (FALL, taken, closed))
    assert [text(each, "msgType") for each in (first, update, end)] == ["Alert", "Update", "Cancel"]
    assert len({text(each, "identifier") for each in (first, update, end)}) == 3
    assert text(update, "references") == text(end, "references") == f"{text(first, 'sender')},al-1,{text(first, 'sent')}"
    assert text(end, "info/urgency") == "Past" and text(end, "note") == "Closed as false."


def test_what_is_simulated_is_a_test() -> None:
    message = checked(cap.of_alert(replace(FALL, simulated=True), None, SETTINGS, ()))
    assert text(message, "status") == "Test" and text(message, "info/headline").startswith("SIMULATED")


@pytest.mark.parametrize("site_name", ["", "  ", "Nórð 1\x0b", "a" * 300])
def test_any_name_of_a_site(site_name: str) -> None:
    checked(cap.of_alert(replace(ALERT, zone_id="", position=None), None, replace(SETTINGS, site_name=site_name), ()))


def test_an_incident_by_the_rules() -> None:
    message = checked(cap.of_incident(INCIDENT, SETTINGS, ("Ben",)))
    assert text(message, "info/category") == text(message, "info/event") == "Fire"
    assert text(message, "info/severity") == CapSeverity.EXTREME and text(message, "info/area/circle").startswith("59.329300,18.068600 ")
    assert text(message, "info/description") == "Flames behind somebody's shed"
    gone = replace(INCIDENT, state=IncidentState.MERGED, merged_into="in-2", revision=2, updated_ns=AT + SECOND)
    assert text(checked(cap.of_incident(gone, SETTINGS, ())), "note") == "Merged into in-2."


def test_over_http(client: httpx.Client, stranger: httpx.Client, site: Site) -> None:
    incident = filed(client, report(place(), incident_type="weapons", severity=5), 201)
    assert incident["cap_severity"] == "Extreme"
    until(lambda: bool(_alerts(client, incident["id"])), "it is raised")
    alert = _alerts(client, incident["id"])[0]
    for path in (f"/api/v1/incidents/{incident['id']}/cap", f"/api/v1/alerts/{alert['id']}/cap"):
        answer = client.get(path)
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/cap+xml")
        assert text(checked(answer.content), "info/severity") == "Extreme"
        assert stranger.get(path).status_code == 401
    assert client.get("/api/v1/alerts/al-none/cap").status_code == 404
    assert client.get("/api/v1/incidents/in-none/cap").status_code == 404


def _alerts(client: httpx.Client, incident_id: str) -> list[dict[str, str]]:
    return [each for each in client.get("/api/v1/alerts").json()["alerts"] if each["incident_id"] == incident_id]

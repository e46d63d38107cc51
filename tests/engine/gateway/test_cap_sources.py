"""X3: severity 5 is CAP's Extreme, whichever source says it."""

import httpx
import pytest

from engine.gateway.alerts import cap
from engine.gateway.alerts.schemas import AlertOut
from engine.gateway.incidents.schemas import IncidentOut
from engine.incidents.classification import apply_classification
from engine.incidents.correlation import correlate
from engine.model.event import Event, EventKind, Severity
from engine.model.incidents.incident import Classification
from engine.model.settings import Settings
from engine.runtime.messages.webhook import body
from engine.runtime.notify.message import message
from tests.engine.gateway.cap_rules import checked, text
from tests.engine.gateway.reporting import PATH, filed, place, report
from tests.fakes import reports
from tests.fakes.alerting import Desk, event
from tests.fakes.waiting import until

CSV = "incident_type,description,latitude,longitude,occurred_at,severity\nweapons,Shots at the gate,{0},{1},2026-01-02T03:04:05Z,5\n"
EXTREME = "Extreme"


@pytest.fixture(params=[(EventKind.FIGHT, "door"), (EventKind.FALL, ""), (EventKind.SMOKE, "door")], ids=["camera", "radio", "smoke"])
def sensed(request: pytest.FixtureRequest) -> Event:
    kind, camera_id = request.param
    return event(kind, Severity.CRITICAL, camera_id=camera_id)


def test_x3_of_a_sensor(sensed: Event) -> None:
    desk = Desk()
    desk.raise_(sensed)
    (alert,) = desk.alerts.values()
    assert (alert.severity, AlertOut.of(alert).cap_severity) == (5, EXTREME)
    assert text(checked(cap.of_alert(alert, None, Settings(), ())), "info/severity") == EXTREME
    assert body(sensed, Settings())["cap_severity"] == message(alert, Settings(), alert.raised_ns, False)["cap_severity"] == EXTREME


def test_x3_of_a_report_and_its_alert(client: httpx.Client) -> None:
    assert filed(client, report(place(), severity=5), 201)["cap_severity"] == EXTREME
    assert filed(client, report(place(), severity=4), 201)["cap_severity"] == "Severe"


def test_x3_of_a_file(client: httpx.Client, admin: str) -> None:
    """Filed by a job: it is there once it has run."""
    at = place()
    headers = {"Authorization": f"Bearer {admin}", "Content-Type": "text/csv"}
    assert client.post(f"{PATH}/import", content=CSV.format(*at).encode(), headers=headers).is_success

    def near() -> list[dict[str, object]]:
        return client.get(PATH, params={"near": f"{at[0]},{at[1]},1"}).json()["incidents"]

    until(lambda: bool(near()), "it was filed")
    assert [(each["severity"], each["cap_severity"]) for each in near()] == [(5, EXTREME)]


def test_x3_of_atlas() -> None:
    incident = correlate(reports.report(1), ()).incident
    said = Classification("weapons", Severity.CRITICAL, 0.9, "atlas", reports.NOW_NS)
    classified = apply_classification(incident, said, reports.NOW_NS)
    assert (incident.severity, classified.severity) == (3, 5)
    assert IncidentOut.of(classified).cap_severity == EXTREME

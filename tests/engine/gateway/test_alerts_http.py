"""Alerts over HTTP: what a report raises, what an operator does with it, and why something was or was not raised."""

from typing import Any

import httpx
import pytest

from console.site import Site
from engine.gateway.alerts.routes import called_in
from engine.model.fire.smoke import Lookout
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND, to_iso
from tests.engine.gateway.reporting import filed, place, report
from tests.fakes.waiting import until

PATH = "/api/v1/alerts"


@pytest.fixture
def alert(client: httpx.Client, site: Site) -> dict[str, Any]:
    """Of a report of now, from far away of all others."""
    now = to_iso(site.engine.clock.now_ns())
    incident = filed(client, report(place(), incident_type="violence", severity=5, occurred_at=now), 201)["id"]

    def mine() -> list[dict[str, Any]]:
        return [each for each in client.get(PATH, params={"open": True}).json()["alerts"] if each["incident_id"] == incident]

    until(lambda: bool(mine()), "it is raised")
    return mine()[0]


def test_a_report_becomes_an_alert_that_is_worked(client: httpx.Client, alert: dict[str, Any]) -> None:
    assert (alert["state"], alert["kind"], alert["severity"]) == ("new", "incident", 5)
    path = f"{PATH}/{alert['id']}"
    assert client.get(path).json() == alert
    taken = client.post(f"{path}/acknowledge", json={"note": "On it"})
    assert taken.status_code == 200, taken.text
    assert (taken.json()["state"], taken.json()["notes"][0]["text"]) == ("acknowledged", "On it")
    assert client.post(f"{path}/start").json()["state"] == "in_progress"
    assert [each["text"] for each in client.post(f"{path}/note", json={"note": "They left"}).json()["notes"]] == ["On it", "They left"]
    closed = client.post(f"{path}/close", json={"disposition": "true"}).json()
    assert (closed["state"], closed["disposition"]) == ("closed", "true")
    assert client.get(path).json() == closed
    assert alert["id"] not in [each["id"] for each in client.get(PATH, params={"open": True}).json()["alerts"]]
    assert client.get(PATH, params={"open": False, "limit": 1}).json()["alerts"] == [closed]


def test_shelved_with_a_reason_and_an_end(client: httpx.Client, alert: dict[str, Any]) -> None:
    path = f"{PATH}/{alert['id']}/shelve"
    assert client.post(path, json={"seconds": 60}).json()["field"] == "reason"
    assert client.post(path, json={"seconds": 8 * 86_400, "reason": "works"}).status_code == 422
    shelved = client.post(path, json={"seconds": 60, "reason": "works at the gate"}).json()
    assert shelved["shelved_until"] > alert["raised"] and shelved["shelved_reason"] == "works at the gate"
    assert client.post(path, json={"seconds": 0}).json()["shelved_until"] is None


def test_acts_that_make_no_sense(client: httpx.Client, stranger: httpx.Client, alert: dict[str, Any]) -> None:
    path = f"{PATH}/{alert['id']}"
    assert client.post(f"{path}/close", json={}).json()["field"] == "disposition"
    assert client.post(f"{path}/note", json={"note": " "}).json()["field"] == "note"
    assert client.post(f"{path}/acknowledge").status_code == 200
    again = client.post(f"{path}/acknowledge")
    assert again.status_code == 422 and "forward only" in again.json()["message"]
    assert client.post(f"{PATH}/no-such/acknowledge").status_code == client.get(f"{PATH}/no-such").status_code == 404
    assert stranger.get(PATH).status_code == stranger.post(f"{path}/close", json={"disposition": "true"}).status_code == 401


def test_alerts_and_incidents_are_searched(client: httpx.Client, alert: dict[str, Any]) -> None:
    def found(**query: Any) -> bool:
        answer = client.get(PATH, params=query)
        assert answer.status_code == 200, answer.text
        return alert["id"] in [each["id"] for each in answer.json()["alerts"]]

    assert found(text="INCIDENT", severity=5) and not found(text="incident no-such-word") and not found(text="incident", zone="nowhere")
    assert found(kind=["smoke", "incident"], rule=alert["rule_id"]) and found(text="new") and not found(kind="smoke")
    assert not found(camera="no-such-camera") and not found(person="no-such-person") and not found(rule="no-such-rule")
    assert found(text=alert["reason"][:20]) and not found(text=alert["reason"][:20], assignee="nobody")
    assert client.get(PATH, params={"text": "x " * 150}).json()["field"] == "text"
    told = client.get("/api/v1/incidents", params={"text": "TOOK a bicycle", "limit": 1000}).json()
    assert alert["incident_id"] in [each["id"] for each in told["incidents"]] and told["next"] is None
    assert client.get("/api/v1/incidents", params={"text": "no-such-word"}).json() == {"incidents": [], "next": None}


def test_a_word_stands_for_cameras_and_lookouts() -> None:
    settings = Settings(
        cameras=(CameraSettings("c1", "Ridge gate", "rtsp://camera"),), lookouts=(Lookout("l1", 47.0, 8.0, name="North ridge"),)
    )
    (ridge,) = called_in("ridge", settings)
    assert set(ridge.ids) == {"c1", "l1"}


def test_the_decision_tells_why(client: httpx.Client, alert: dict[str, Any]) -> None:
    query = {"at": alert["raised"], "within_s": 5, "stage": "alert"}
    found = client.get("/api/v1/decisions", params=query).json()["decisions"]
    mine = next(each for each in found if each["id"] == alert["decision_id"])
    assert (mine["outcome"], mine["alert_id"], mine["failed_gate"]) == ("raised", alert["id"], None)
    assert mine["gates"] and all(gate["passed"] for gate in mine["gates"]) and mine["flip"]


def test_why_nothing(client: httpx.Client, site: Site) -> None:
    path, now = "/api/v1/decisions", to_iso(site.engine.clock.now_ns() - 86_400 * SECOND)
    assert client.get(path, params={"at": now, "near": "1,2"}).json() == {"decisions": [], "next": None}
    assert client.get(path, params={"near": "1,2"}).json()["field"] == "at"
    for near in ("1", "1,2,3", "a,b", "nan,1", "inf,1"):
        assert client.get(path, params={"at": now, "near": near}).json()["field"] == "near"

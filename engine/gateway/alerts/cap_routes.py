"""`…/cap`: alerts and incidents as messages of the Common Alerting Protocol."""

from typing import Any

from fastapi import APIRouter, Response

from engine.gateway.alerts import cap
from engine.gateway.alerts.routes import found_alert
from engine.gateway.border.doorway import PortOf
from engine.model.alerts.decision import Decision
from engine.model.errors import NotFound
from engine.model.question import GetDecision, GetIncident
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/v1")
_CAP: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"description": "a message of CAP 1.2", "content": {cap.MEDIA_TYPE: {"schema": {"type": "string"}}}}},
}


@router.get("/alerts/{alert_id}/cap", tags=["alerts"], summary="An alert as a CAP 1.2 message, without names", **_CAP)
def alert(port: PortOf, alert_id: str) -> Response:
    found = found_alert(port, alert_id)
    return _xml(cap.of_alert(found, _decision(port, found.decision_id), port.snapshot().settings, _names(port)))


@router.get("/incidents/{incident_id}/cap", tags=["incidents"], summary="An incident as a CAP 1.2 message, without names", **_CAP)
def incident(port: PortOf, incident_id: str) -> Response:
    found = port.ask(GetIncident(incident_id)).incident
    return _xml(cap.of_incident(found, port.snapshot().settings, _names(port)))


def _decision(port: LocalPort, decision_id: str) -> Decision | None:
    """None where it is no longer, or not yet, on record."""
    try:
        return port.ask(GetDecision(decision_id))
    except NotFound:
        return None


def _names(port: LocalPort) -> tuple[str, ...]:
    return tuple(person.name for person in port.snapshot().people.persons)


def _xml(message: bytes) -> Response:
    return Response(message, media_type=cap.MEDIA_TYPE)

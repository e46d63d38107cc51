"""`/api/v1/alerts`: what deserves an operator, and what operators make of it, for programs."""

from typing import Annotated

from fastapi import APIRouter, Query

from engine.gateway.alerts.schemas import AlertOut, AlertsOut, CloseIn, NoteIn, RemarkIn, ShelveIn
from engine.gateway.border.doorway import PortOf
from engine.gateway.history.record import Limit, answered, iso_query, next_page
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.commands import ChangeAlert, NoteAlert, ShelveAlert
from engine.model.errors import InputError, NotFound
from engine.model.event import EventKind, Severity
from engine.model.history.event_names import EVENT_NAMES
from engine.model.places import places_of
from engine.model.question import Called, ListAlerts
from engine.model.settings import Settings
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])
WRITTEN_S = 5.0  # longer than the record takes to be written
_FIELDS = {"text": "note"}  # as a remark beside something else


@router.get("", summary="Alerts, newest first")
def alerts(
    port: PortOf,
    limit: Limit = 100,
    before: str | None = None,
    open: Annotated[bool | None, Query(description="only open ones, or only closed ones")] = None,
    since: Annotated[str | None, Query(description="ISO-8601 with zone, inclusive, by when they were raised")] = None,
    until: Annotated[str | None, Query(description="ISO-8601 with zone, exclusive")] = None,
    text: Annotated[
        str,
        Query(
            description="every word of it is in the reason, the kind, the state, the disposition, the severity, or the name of the person, "
            "assignee, rule, zone or camera; a page may then have fewer, or none, and a next one"
        ),
    ] = "",
    severity: Annotated[Severity, Query(description="this and above")] = Severity.MINIMAL,
    zone: str | None = None,
    assignee: Annotated[str | None, Query(description="name of the user it is with, then or now")] = None,
    assignee_id: Annotated[str | None, Query(description="its id; with `assignee` also old alerts that have only the name")] = None,
    camera: Annotated[list[str] | None, Query(description="of any of these cameras")] = None,
    kind: Annotated[list[EventKind] | None, Query(description="of any of these kinds")] = None,
    person: Annotated[str | None, Query(description="id of a person on file")] = None,
    rule: Annotated[str | None, Query(description="id of the rule that raised it")] = None,
) -> AlertsOut:
    since_ns, until_ns = iso_query("since", since), iso_query("until", until)
    called = called_in(text, port.snapshot().settings) if text else ()
    cameras, kinds = tuple(camera or ()), tuple(kind or ())
    wanted = ListAlerts(
        limit,
        before,
        open,
        since_ns,
        until_ns,
        None,
        text,
        called,
        severity,
        assignee,
        zone,
        cameras,
        kinds,
        person_id=person,
        rule_id=rule,
        assignee_id=assignee_id,
    )
    told = answered(port, wanted)
    return AlertsOut(alerts=[AlertOut.of(row) for row in told.alerts], next=next_page(told.next_id, told.alerts, limit))


def called_in(text: str, settings: Settings) -> tuple[Called, ...]:
    """What each word is part of the name of."""
    named = [(place.id, place.name) for place in places_of(settings)] + list(settings.camera_names().items())
    named += [(rule.id, rule.name) for rule in settings.alerts.rules]
    named += [(each.value, each.value.replace("_", " ")) for each in (*EventKind, *AlertState, *Disposition)]
    named += [(kind.value, name) for kind, name in EVENT_NAMES.items()]
    return Called.of_words(text, named, {each: each.name for each in Severity}, "simulated")


@router.get("/{alert_id}", summary="An alert")
def alert(port: PortOf, alert_id: str) -> AlertOut:
    return AlertOut.of(found_alert(port, alert_id))


@router.post("/{alert_id}/acknowledge", summary="Somebody takes notice of it; its sound stops")
def acknowledge(port: PortOf, alert_id: str, body: RemarkIn | None = None) -> AlertOut:
    return _apply_alert_edit(port, alert_id, ChangeAlert((alert_id,), AlertState.ACKNOWLEDGED, note=_note(body)))


@router.post("/{alert_id}/start", summary="Somebody works on it")
def start(port: PortOf, alert_id: str, body: RemarkIn | None = None) -> AlertOut:
    return _apply_alert_edit(port, alert_id, ChangeAlert((alert_id,), AlertState.IN_PROGRESS, note=_note(body)))


@router.post("/{alert_id}/close", summary="It is dealt with, and this is what it was")
def close(port: PortOf, alert_id: str, body: CloseIn) -> AlertOut:
    return _apply_alert_edit(port, alert_id, ChangeAlert((alert_id,), AlertState.CLOSED, body.disposition, body.note or ""))


@router.post("/{alert_id}/shelve", summary="Out of sight until a time, with a reason")
def shelve(port: PortOf, alert_id: str, body: ShelveIn) -> AlertOut:
    return _apply_alert_edit(port, alert_id, ShelveAlert((alert_id,), body.seconds, body.reason or ""))


@router.post("/{alert_id}/note", summary="Say something about it")
def note(port: PortOf, alert_id: str, body: NoteIn) -> AlertOut:
    return _apply_alert_edit(port, alert_id, NoteAlert(alert_id, body.note))


def _note(body: RemarkIn | None) -> str:
    return "" if body is None else body.note or ""


def _apply_alert_edit(port: LocalPort, alert_id: str, edit: ChangeAlert | ShelveAlert | NoteAlert) -> AlertOut:
    """The alert as it is then; a closed one is in the record only, once it is written."""
    try:
        port.command(edit)
    except InputError as error:
        raise InputError(_FIELDS.get(error.field, error.field), error.message) from None
    port.flush(WRITTEN_S)
    return AlertOut.of(found_alert(port, alert_id))


def found_alert(port: LocalPort, alert_id: str) -> Alert:
    """As it is now, or as the record has it. Raises NotFound."""
    now = next((alert for alert in port.snapshot().alerts.alerts if alert.id == alert_id), None)
    found = now or next(iter(port.ask(ListAlerts(1, alert_id=alert_id)).alerts), None)
    if found is None:
        raise NotFound(f"There is no alert {alert_id[:80]!r}.")
    return found

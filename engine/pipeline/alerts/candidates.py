"""Events as candidates for alerts: with who and where they are about, as the floor knows it at the tick."""

from collections.abc import Callable
from typing import TypeAlias

from engine.alerts.candidate import Candidate
from engine.alerts.evidence import of_event
from engine.alerts.rule_gates import LONGEST_S
from engine.alerts.words import alert_sentence
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import AlertFacts, EvidencePart
from engine.model.alerts.settings import Rule
from engine.model.event import Event, EventKind, Severity
from engine.model.places import choices, places_of
from engine.model.radio.fused import FusedPicture, FusedTrack, SourceKind
from engine.model.radio.place import has_place
from engine.model.settings import Settings
from engine.model.site import Position
from engine.model.time import SECOND

NAMED = "named"  # somebody who is known, by a name only

Evidence: TypeAlias = Callable[[str], tuple[EvidencePart, ...]]
Pictured: TypeAlias = Callable[[str, str], tuple[str, ...]]  # by camera and track: the zones of the picture in which it is


def candidate_of(
    event: Event,
    seen_ns: int,
    floor: FusedPicture | None,
    reports: Evidence,
    pictured: Pictured,
    settings: Settings,
    load: int,
    armed_ns: int,
    now_ns: int,
) -> Candidate:
    """`seen_ns`: when its subject was seen last. `reports`: what speaks for the incident or plume of an id. load: alerts of the last ten
    minutes. `armed_ns`: when the site was armed further."""
    fused = track_of(event, floor)
    position = event.position or (fused.position if fused is not None and has_place(fused.covariance) else None)
    incident_id = event.subject_id if event.kind is EventKind.INCIDENT else ""
    told = reports(event.subject_id) if event.kind in (EventKind.INCIDENT, EventKind.SMOKE) else of_event(event, fused, seen_ns)
    in_picture = pictured(event.camera_id, event.subject_id)
    zone_ids = tuple(dict.fromkeys((*_zones(position, event.zone_id, settings), *in_picture)))
    facts = AlertFacts(
        kind=event.kind,
        severity=event.severity,
        mode=settings.alerts.mode,
        zone_ids=zone_ids,
        same_id=fused.id if fused is not None else event.subject_id,
        person_id=_person(event, fused),
        also_ids=tuple(source.id for source in fused.sources) if fused is not None else (),
        incident_id=incident_id,
        label=event.label,
        load=load,
        box_xyxy=event.box_xyxy,
        armed_s=min(max(now_ns - armed_ns, 0) / SECOND, LONGEST_S),
    )
    return Candidate(
        facts,
        told,
        event.subject_id,
        event.camera_id,
        now_ns,
        position,
        event.zone_id or next(iter(zone_ids), ""),
        event.id,
        alert_sentence(event.kind, _place(event, zone_ids, settings), event.reason),
        event.simulated,
    )


def alert_of(
    alert_id: str, candidate: Candidate, rule: Rule | None, severity: Severity, event: Event, decision_id: str, floor: FusedPicture | None
) -> Alert:
    """A new alert about an event. An event that radio tells has the camera that sees the same person, if one does."""
    return Alert(
        id=alert_id,
        decision_id=decision_id,
        rule_id=rule.id if rule is not None else "",
        kind=event.kind,
        severity=severity,
        raised_ns=candidate.at_ns,
        changed_ns=candidate.at_ns,
        event_id=event.id,
        event_ids=(event.id,),
        incident_id=candidate.facts.incident_id,
        group=candidate.group,
        camera_id=event.camera_id or _camera(track_of(event, floor)),
        subject_id=event.subject_id,
        position=candidate.position,
        zone_id=candidate.zone_id,
        person=event.person,
        person_id=event.person_id,
        reason=candidate.reason,
        procedure=rule.procedure if rule is not None else (),
        level=event.level,
        simulated=event.simulated,
    )


def track_of(event: Event, floor: FusedPicture | None) -> FusedTrack | None:
    """Whom on the floor it is about."""
    if floor is None:
        return None
    kind = SourceKind.CAMERA if event.camera_id else SourceKind.RADIO
    return floor.of_source(kind, event.subject_id)


def _person(event: Event, fused: FusedTrack | None) -> str:
    """Who it is; where radio knows no more than a name, that there is one."""
    known = fused.identity.person_id if fused is not None and fused.identity is not None else ""
    return event.person_id or known or (NAMED if event.person else "")


def _zones(position: Position | None, zone_id: str, settings: Settings) -> tuple[str, ...]:
    """The one that it names, and those of the floor that hold its place."""
    zones = settings.floor.zones
    named = [choice for choice, _ in choices(settings) if choice == zone_id] if zone_id else []
    if position is None:
        return tuple(named)
    x, y = position[0], position[1]
    return tuple(dict.fromkeys([*named, *(zone.id for zone in zones if zone.is_over(x, y))]))


def _camera(fused: FusedTrack | None) -> str:
    cameras = [] if fused is None else [source for source in fused.sources if source.kind is SourceKind.CAMERA]
    return max(cameras, key=lambda source: source.last_ns).sensor_id if cameras else ""


def _place(event: Event, zone_ids: tuple[str, ...], settings: Settings) -> str:
    """The names of camera and zone."""
    camera = settings.camera(event.camera_id)
    wanted = {event.zone_id, *zone_ids[:1]}
    zones = [place.name for place in places_of(settings) if place.id in wanted]
    return ", ".join(dict.fromkeys([*([camera.name] if camera is not None else []), *zones]))  # cameras are often called after a zone

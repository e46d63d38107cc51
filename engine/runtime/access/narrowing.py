"""The picture of now, and answers that no question to the record gives, for a session that is limited to some cameras.

What no camera of theirs saw is left out whole: radio and floor, incidents, risk, fire, smoke, the gallery of persons, the health of the
machine, jobs of others. A part that is added to the snapshot one day is left out until somebody says here what may be shown of it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from engine.model.accounts.access import Scope, Session, User, within
from engine.model.alerts.alert import AlarmLoad, Alert
from engine.model.alerts.decision import CandidateKind, Decision
from engine.model.alerts.settings import AlertSettings
from engine.model.event import CONTRADICTIONS, Event, EventKind
from engine.model.health import EngineHealth
from engine.model.history.replay import ReplayDifference
from engine.model.people.view import PeopleView
from engine.model.radio.fused import FusedIdentity
from engine.model.review.event_verdict import EventVerdict
from engine.model.review.review import ReviewItem
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import AlertView, Job, Snapshot

T = TypeVar("T")
_KEPT = 512
_JOBS = frozenset({"mask_clip", "replay"})  # whose titles name nothing


class Narrowing:
    """Any thread. Lists that did not change are the same objects again, which is what tells a remote console that nothing is new."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, frozenset[str]], tuple[Any, Any]] = OrderedDict()

    def narrow(self, now: Snapshot, scope: Scope, session: Session) -> Snapshot:
        """What is shown of `now` to this session."""
        alerts = now.alerts
        return Snapshot(
            number=now.number,
            at_ns=now.at_ns,
            settings=self._once("settings", scope, now.settings, lambda: narrow_settings(now.settings, scope)),
            cameras=tuple(view for view in now.cameras if view.settings.id in scope),
            events=self._once("events", scope, now.events, lambda: tuple(each for each in now.events if _shows_event(each, scope))),
            clip_events=now.clip_events & {event.id for event in now.events if _shows_event(event, scope)},
            verdicts=_verdicts(now, scope),
            health=_health(now.health),
            jobs=tuple(job for job in now.jobs if shows_job(job, scope)),
            models=now.models,
            users=tuple(user for user in now.users if _may_know(session, user, now.settings.cameras)),
            people=_people(now, scope),
            alerts=AlertView(
                self._once("alerts", scope, alerts.alerts, lambda: narrow_alerts(alerts.alerts, scope)),
                self._once("held", scope, alerts.held, lambda: narrow_decisions(alerts.held, scope)),
                _load(alerts, scope),
                alerts.mode,
                self._once("shadows", scope, alerts.shadows, lambda: narrow_decisions(alerts.shadows, scope)),
            ),
            replay_id=now.replay_id,
            zones=tuple(count for count in now.zones if count.camera_id in scope),
            undoable=now.undoable,
            reviews=self._once("reviews", scope, now.reviews, lambda: _seen_reviews(now, scope)),
            reviewed=now.reviewed & {each.id for each in now.reviews if each.camera_id in scope},
            ptz=tuple(view for view in now.ptz if view.camera_id in scope),
        )

    def _once(self, part: str, scope: Scope, source: T, made: Callable[[], T]) -> T:
        key = (part, scope.camera_ids)
        with self._lock:
            known = self._kept.get(key)
            if known is not None and known[0] is source:
                return known[1]
            found = made()
            self._kept[key] = source, found
            self._kept.move_to_end(key)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return found


def _seen_reviews(now: Snapshot, scope: Scope) -> tuple[ReviewItem, ...]:
    return tuple(each.seen_by_camera() for each in now.reviews if each.camera_id in scope)


def _verdicts(now: Snapshot, scope: Scope) -> tuple[EventVerdict, ...]:
    shown = {event.id for event in now.events if _shows_event(event, scope)} if now.verdicts else set[str]()
    return tuple(each for each in now.verdicts if each.event_id in shown)


def for_lock_screen(now: Snapshot, scope: Scope | None) -> Snapshot:
    """How many alerts wait, how grave, since when: without what, where and whom, for somebody who may see no more until they prove it."""
    shown = now.alerts.alerts if scope is None else narrow_alerts(now.alerts.alerts, scope)
    waiting = tuple(_anonymous_alert(alert) for alert in shown if not alert.shelved(now.at_ns))
    return Snapshot(now.number, now.at_ns, Settings(site_name=now.settings.site_name), alerts=AlertView(waiting))


def _anonymous_alert(alert: Alert) -> Alert:
    return Alert(
        alert.id,
        decision_id="",
        rule_id="",
        kind=EventKind.MOTION,  # of all the same: it is not told what happened
        severity=alert.severity,
        raised_ns=alert.raised_ns,
        changed_ns=alert.raised_ns,
        state=alert.state,
        level=alert.level,
        simulated=alert.simulated,
    )


def narrow_settings(settings: Settings, scope: Scope) -> Settings:
    """The cameras, and what belongs to no place."""
    return Settings(
        site_name=settings.site_name,
        cameras=tuple(camera for camera in settings.cameras if camera.id in scope),
        detection=settings.detection,
        gates=settings.gates,
        recording=replace(settings.recording, archive_folder=""),
        recognition=replace(settings.recognition, expected_names=()),
        alerts=AlertSettings(
            rules=(),
            version=settings.alerts.version,
            mode=settings.alerts.mode,
            armed_zones=(),
            flood_at=settings.alerts.flood_at,
            escalate_s=settings.alerts.escalate_s,
            time_zone=settings.alerts.time_zone,
        ),
        chat=settings.chat,
        access=replace(settings.access, origins=()),
        incidents=settings.incidents,
    )


def narrow_alerts(alerts: Iterable[Alert], scope: Scope) -> tuple[Alert, ...]:
    """Of those that were grouped under one, only what it is about: the others may have been seen elsewhere."""
    shown = (alert for alert in alerts if alert.camera_id in scope and alert.kind not in CONTRADICTIONS)
    return tuple(replace(alert, event_ids=(alert.event_id,), incident_id="") for alert in shown)


def narrow_decisions(decisions: Iterable[Decision], scope: Scope) -> tuple[Decision, ...]:
    return tuple(_own(each, scope) for each in decisions if each.camera_id in scope and each.candidate is not CandidateKind.IDENTITY)


def narrow_difference(difference: ReplayDifference, scope: Scope) -> ReplayDifference:
    return replace(
        difference,
        gained=tuple(each for each in difference.gained if each.camera_id in scope),
        lost=tuple(each for each in difference.lost if each.camera_id in scope),
        same=(),
        changed=(),
        decisions=narrow_decisions(difference.decisions, scope),
    )


def _own(decision: Decision, scope: Scope) -> Decision:
    facts = None if decision.facts is None else replace(decision.facts, also_ids=(), same_id="", incident_id="")
    parts = tuple(part for part in decision.evidence if part.sensor_id in scope)
    return replace(decision, evidence_ids=(), evidence=parts, facts=facts)


def _shows_event(event: Event, scope: Scope) -> bool:
    return event.camera_id in scope and event.kind not in CONTRADICTIONS


def shows_job(job: Job, scope: Scope) -> bool:
    return job.kind in _JOBS or bool(job.by_id and job.by_id == scope.by)


def _may_know(session: Session, user: User, cameras: Iterable[CameraSettings]) -> bool:
    return user.id == session.user.id or within(user.cameras, session.cameras, cameras)


def _health(health: EngineHealth) -> EngineHealth:
    """How the machine does, without sentences: those name cameras and nodes."""
    return replace(health, errors=(), troubles=(), detector=health.detector)


def _people(now: Snapshot, scope: Scope) -> PeopleView:
    """Who their tracks are, and where faces and bodies are in their pictures."""
    people = now.people
    tracks = {track.id for view in now.cameras if view.settings.id in scope for track in view.tracks}
    return PeopleView(
        faces=tuple(face for face in people.faces if face.camera_id in scope),
        poses=tuple(pose for pose in people.poses if pose.camera_id in scope),
        names=tuple((track_id, _identity_in_scope(identity, scope)) for track_id, identity in people.names if track_id in tracks),
        unmasked_until_ns=people.unmasked_until_ns,
    )


def _identity_in_scope(identity: FusedIdentity, scope: Scope) -> FusedIdentity:
    told = [(each, counted) for each, counted in zip(identity.assertions, identity.counted, strict=False) if each.sensor in scope]
    assertions, counted = tuple(each for each, _ in told), tuple(counted for _, counted in told)
    return replace(identity, assertions=assertions, counted=counted, conflict="")


def _load(alerts: AlertView, scope: Scope) -> AlarmLoad:
    """How much the site asks for is told in numbers; where it comes from is not."""
    counts: dict[int, int] = {}
    for alert in alerts.alerts:
        if alert.camera_id in scope:
            counts[int(alert.severity)] = counts.get(int(alert.severity), 0) + 1
    load = alerts.load
    return AlarmLoad(load.per_10_min, load.flooding, load.flood_share, tuple(sorted(counts.items(), reverse=True)))

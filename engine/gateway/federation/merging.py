"""The snapshots of several sites as one. What did not change in any of them is the same object as before."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Several
from dataclasses import replace
from heapq import merge
from typing import Any, TypeVar

from engine.gateway.federation.rewriting import unchecked_copy
from engine.model.alerts.alert import AlarmLoad
from engine.model.alerts.settings import AlertSettings, SiteMode
from engine.model.fire.fire import FireView
from engine.model.fire.smoke import SmokeView
from engine.model.health import DetectorHealth, EngineHealth
from engine.model.incidents.atlas import AtlasState
from engine.model.people.settings import PeopleSettings
from engine.model.people.view import PeopleView
from engine.model.risk.risk import RiskState
from engine.model.settings import Settings
from engine.model.site import Floor
from engine.model.snapshot import AlertView, IncidentView, RadioView, Snapshot

T = TypeVar("T")

MOST_ERRORS = 100
LONGEST_NAME = 80

Parts = tuple[Any, ...]  # the same part of each site's snapshot
Merge = Callable[[tuple[str, ...], Parts], Any]
"""Names of the sites, and a part of each. Only called for two or more."""


def concatenate(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(item for part in parts for item in part)


def newest_first(parts: Iterable[Iterable[T]], time: Callable[[T], int]) -> tuple[T, ...]:
    """Each part stays in its own order. Raises TypeError for what has no time."""

    def checked_time(item: T) -> int:
        at_ns = time(item)
        if type(at_ns) is not int:
            raise TypeError(f"a time is {type(at_ns).__name__}")
        return at_ns

    return tuple(merge(*parts, key=checked_time, reverse=True))


def sentences(names: tuple[str, ...], parts: Iterable[str]) -> str:
    """Each with its site in front."""
    return " ".join(f"{name}: {part}" for name, part in zip(names, parts, strict=True) if part)


def each_once(parts: Iterable[Iterable[T]], key: Callable[[T], Any] = lambda item: item) -> tuple[T, ...]:
    found: dict[Any, T] = {}
    for part in parts:
        for item in part:
            found.setdefault(key(item), item)
    return tuple(found.values())


def summed(pairs: Iterable[tuple[tuple[T, int], ...]]) -> tuple[tuple[T, int], ...]:
    """Counts by word, in the order in which the words come."""
    found: dict[T, int] = {}
    for part in pairs:
        for word, count in part:
            found[word] = found.get(word, 0) + count
    return tuple(found.items())


def _in_order(_: tuple[str, ...], parts: Parts) -> Any:
    return concatenate(parts)


def _united(_: tuple[str, ...], parts: Parts) -> Any:
    nothing: frozenset[Any] = frozenset()
    return nothing.union(*parts)


def _by(time: Callable[[Any], int]) -> Merge:
    return lambda _, parts: newest_first(parts, time)


def _common(_: tuple[str, ...], parts: Parts) -> Any:
    return tuple(item for item in parts[0] if all(item in part for part in parts))


def _health(names: tuple[str, ...], parts: Several[EngineHealth]) -> EngineHealth:
    degraded = next(
        (_with_site(name, each.detector) for name, each in zip(names, parts, strict=True) if each.detector.degraded_reason), None
    )
    return EngineHealth(
        started_ns=max(each.started_ns for each in parts),
        cpu_percent=sum(each.cpu_percent for each in parts),
        memory_bytes=sum(each.memory_bytes for each in parts),
        threads=sum(each.threads for each in parts),
        database_bytes=sum(each.database_bytes for each in parts),
        recordings_bytes=sum(each.recordings_bytes for each in parts),
        disk_free_bytes=min(each.disk_free_bytes for each in parts),
        writer_backlog=sum(each.writer_backlog for each in parts),
        clock_skew_ms=max((each.clock_skew_ms for each in parts), key=abs),
        detector=degraded or parts[0].detector,
        errors=newest_first((each.errors for each in parts), lambda error: error.at_ns)[:MOST_ERRORS],
        troubles=tuple(f"{name}: {trouble}" for name, each in zip(names, parts, strict=True) for trouble in each.troubles),
        models=each_once(each.models for each in parts),
        segments_bytes=sum(each.segments_bytes for each in parts),
        radio_kernels=parts[0].radio_kernels,
        providers=each_once(each.providers for each in parts),
    )


def _with_site(name: str, detector: DetectorHealth) -> DetectorHealth:
    return replace(detector, degraded_reason=f"{name}: {detector.degraded_reason}")


def _radio(names: tuple[str, ...], parts: Several[RadioView]) -> RadioView:
    """Without a picture: each site has a floor of its own."""
    return RadioView(
        nodes=concatenate(each.nodes for each in parts),
        devices=concatenate(each.devices for each in parts),
        firmware=each_once(each.firmware for each in parts),
        frames_hz=sum(each.frames_hz for each in parts),
        shedding=sum(each.shedding for each in parts),
        ble_trouble=sentences(names, (each.ble_trouble for each in parts)),
        node_trouble=sentences(names, (each.node_trouble for each in parts)),
    )


def _people(names: tuple[str, ...], parts: Several[PeopleView]) -> PeopleView:
    """Without a floor. Faces are as hidden as where they are hidden most: `unmasked_until_ns` is of the site that hides them first."""
    until = [each.unmasked_until_ns for each in parts]
    return PeopleView(
        persons=concatenate(each.persons for each in parts),
        photos=concatenate(each.photos for each in parts),
        faces=concatenate(each.faces for each in parts),
        poses=concatenate(each.poses for each in parts),
        gestures=concatenate(each.gestures for each in parts),
        takes=concatenate(each.takes for each in parts),
        microphones=concatenate(each.microphones for each in parts),
        face_trouble=sentences(names, (each.face_trouble for each in parts)),
        pose_trouble=sentences(names, (each.pose_trouble for each in parts)),
        looks_trouble=sentences(names, (each.looks_trouble for each in parts)),
        speech_trouble=sentences(names, (each.speech_trouble for each in parts)),
        unmasked_until_ns=None if None in until else min(each for each in until if each is not None),
        faces_hz=sum(each.faces_hz for each in parts),
        poses_hz=sum(each.poses_hz for each in parts),
        poses_wanted_hz=sum(each.poses_wanted_hz for each in parts),
        names=concatenate(each.names for each in parts),
        everyday_s=min(each.everyday_s for each in parts),
        recogniser=next((each.recogniser for each in parts if each.recogniser), ""),
    )


def _load(names: tuple[str, ...], parts: Several[AlarmLoad]) -> AlarmLoad:
    top = summed(each.top for each in parts)
    return AlarmLoad(
        per_10_min=sum(each.per_10_min for each in parts),
        flooding=any(each.flooding for each in parts),
        flood_share=max(each.flood_share for each in parts),
        by_severity=tuple(sorted(summed(each.by_severity for each in parts), reverse=True)),
        stale=sum(each.stale for each in parts),
        top=tuple(sorted(top, key=lambda pair: -pair[1]))[: max(len(each.top) for each in parts)],
        holding=sentences(names, (each.holding for each in parts)),
        promoted=summed(each.promoted for each in parts),
    )


def _alerts(names: tuple[str, ...], parts: Several[AlertView]) -> AlertView:
    """`mode`: that of all; `home` where they are not the same: each site's own is in its settings."""
    modes = {each.mode for each in parts}
    return AlertView(
        newest_first((each.alerts for each in parts), lambda alert: alert.raised_ns),
        newest_first((each.held for each in parts), lambda decision: decision.decided_ns),
        _load(names, tuple(each.load for each in parts)),
        parts[0].mode if len(modes) == 1 else SiteMode.HOME,
        newest_first((each.shadows for each in parts), lambda decision: decision.decided_ns),
    )


def _incidents(_: tuple[str, ...], parts: Several[IncidentView]) -> IncidentView:
    atlas = next((each.atlas for each in parts if each.atlas.state is not AtlasState.OFF), parts[0].atlas)
    return IncidentView(newest_first((each.incidents for each in parts), lambda incident: incident.occurred_ns), atlas)


def _risk(_: tuple[str, ...], parts: Several[RiskState]) -> RiskState:
    """A risk map is one site's: here is only whether any has one."""
    return RiskState(enabled=any(each.enabled for each in parts), simulated=any(each.simulated for each in parts))


def _fire(names: tuple[str, ...], parts: Several[FireView]) -> FireView:
    return FireView(
        risks=concatenate(each.risks for each in parts),
        fetched_ns=max(each.fetched_ns for each in parts),
        trouble=sentences(names, (each.trouble for each in parts)),
        since_ns=max(each.since_ns for each in parts),
        next_ns=max(each.next_ns for each in parts),
    )


def _smoke(names: tuple[str, ...], parts: Several[SmokeView]) -> SmokeView:
    return SmokeView(
        newest_first((each.plumes for each in parts), lambda listed: listed.plume.started_ns),
        sum(each.left_out for each in parts),
        concatenate(each.watches for each in parts),
        sum(each.dropped for each in parts),
        sentences(names, (each.trouble for each in parts)),
    )


def _settings(_: tuple[str, ...], parts: Several[Settings]) -> Settings:
    """What a console needs of all at once: cameras and what else has a name. Plan, map and thresholds are one site's, and stand there."""
    first, floors = parts[0], [each.floor for each in parts]
    return unchecked_copy(
        first,
        site_name=", ".join(each_once([each.site_name] for each in parts))[:LONGEST_NAME],
        cameras=concatenate(each.cameras for each in parts),
        floor=unchecked_copy(
            Floor(), zones=concatenate(each.zones for each in floors), portals=concatenate(each.portals for each in floors)
        ),
        nodes=concatenate(each.nodes for each in parts),
        ble_devices=concatenate(each.ble_devices for each in parts),
        webhooks=concatenate(each.webhooks for each in parts),
        recognition=_recognition(tuple(each.recognition for each in parts)),
        microphones=concatenate(each.microphones for each in parts),
        alerts=_alert_settings(tuple(each.alerts for each in parts)),
        anchor=None,
        notifications=concatenate(each.notifications for each in parts),
        lookouts=concatenate(each.lookouts for each in parts),
        access=unchecked_copy(first.access, idle_lock_min=_shortest(each.access.idle_lock_min for each in parts)),
    )


def _shortest(minutes: Iterable[float]) -> float:
    """0: never."""
    return min((each for each in minutes if each > 0), default=0.0)


def _recognition(parts: Several[PeopleSettings]) -> PeopleSettings:
    hidden = any(each.blur_faces for each in parts)
    return unchecked_copy(parts[0], blur_faces=hidden, expected_names=each_once(each.expected_names for each in parts))


def _alert_settings(parts: Several[AlertSettings]) -> AlertSettings:
    zones: dict[SiteMode, tuple[str, ...]] = {}
    for part in parts:
        for mode, armed in part.armed_zones:
            zones[mode] = (*zones.get(mode, ()), *armed)
    return unchecked_copy(parts[0], rules=concatenate(each.rules for each in parts), armed_zones=tuple(zones.items()))


MERGES: Mapping[str, Merge] = {
    "settings": _settings,
    "cameras": _in_order,
    "events": _by(lambda event: event.started_ns),
    "clip_events": _united,
    "health": _health,
    "jobs": _in_order,
    "models": lambda _, parts: each_once(parts, lambda model: model.id),
    "users": _in_order,
    "radio": _radio,
    "people": _people,
    "alerts": _alerts,
    "incidents": _incidents,
    "risk": _risk,
    "fire": _fire,
    "smoke": _smoke,
    "replay_id": lambda _, parts: "",
    "zones": _in_order,
    "undoable": _by(lambda removal: removal.at_ns),
    "left_out": _common,
    "reviews": _by(lambda item: item.started_ns),
    "reviewed": _united,
    "ptz": _in_order,
    "verdicts": _in_order,
}
"""By field of a snapshot; `number`, `at_ns` and `sites` are the port's own."""


class Merger:
    """One thread at a time."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._made: dict[str, tuple[Parts, Any]] = {}

    def merge(self, shown: Several[tuple[str, Snapshot]], **own: Any) -> Snapshot:
        """`shown`: name and snapshot of each; `own`: the fields that no site's snapshot says."""
        names, snapshots = tuple(name for name, _ in shown), [snapshot for _, snapshot in shown]
        if names != self._names:
            self._names = names
            self._made.clear()
        return Snapshot(**{name: self._part(name, how, snapshots) for name, how in MERGES.items()}, **own)

    def _part(self, name: str, how: Merge, snapshots: Several[Snapshot]) -> Any:
        parts = tuple([getattr(each, name) for each in snapshots])
        if not parts:
            return getattr(_NOTHING, name)
        if len(parts) == 1:
            return parts[0]
        known = self._made.get(name)
        if known is not None and all(one is other for one, other in zip(known[0], parts, strict=True)):
            return known[1]
        made = how(self._names, parts)
        self._made[name] = parts, made
        return made


_NOTHING = Snapshot(0, 0, Settings())

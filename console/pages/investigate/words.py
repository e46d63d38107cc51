"""Words of the Investigate page."""

from collections.abc import Mapping
from datetime import tzinfo
from enum import Enum

from PySide6.QtCore import QT_TRANSLATE_NOOP

from engine.model.cameras.segment import EvidenceLock
from engine.model.history.replay import DifferenceKind, Different, ReplayDifference
from engine.model.history.timeline import MICROPHONE, SCANNER, Bookmark, HitKind, LaneKind, SearchHit
from engine.model.radio.radio import LOCAL_SCANNER
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.number_text import number_text
from widgets.time_text import clock_text, day_text, duration_text, fine_clock_text
from widgets.timeline.moment_list import MomentRow
from widgets.translation import tr

_BEFORE_NS = 2 * SECOND
_IN_VIEW_NS = 2 * SECOND  # after the beginning of a stay, which is at the edge of a picture


def lane_names(snapshot: Snapshot) -> dict[str, str]:
    """Of cameras, persons, nodes and the one radio, by id."""
    settings = snapshot.settings
    names = settings.camera_names()
    names |= {node.mac: node.name or node.mac for node in settings.nodes}
    names |= {person.id: person.name for person in snapshot.people.persons}
    names |= {f"{MICROPHONE}{each.id}": tr("{0} (microphone)").format(each.name) for each in settings.microphones}
    names |= {f"{SCANNER}{node.mac}": tr("{0} (Bluetooth)").format(node.name or node.mac) for node in settings.nodes}
    names[f"{SCANNER}{LOCAL_SCANNER}"] = tr("This machine's Bluetooth")
    return {"radio": tr("Radio"), "ble": tr("Bluetooth"), "clock": tr("Clock"), **names}


def moment_of_hit(hit: SearchHit) -> int:
    """Where to look at it: a little before, so that it is seen to begin; somebody who looks alike is in view by then."""
    if hit.kind is HitKind.LOOKS:
        return hit.at_ns + min(_IN_VIEW_NS, ((hit.until_ns or hit.at_ns) - hit.at_ns) // 2)
    return max(0, hit.at_ns - _BEFORE_NS)


def bookmark_row(bookmark: Bookmark, names: Mapping[str, str], now_ns: int, zone: tzinfo) -> MomentRow:
    stay = duration_text(bookmark.until_ns - bookmark.at_ns) if bookmark.until_ns is not None else ""
    parts = (clock_text(bookmark.at_ns, now_ns, zone), stay, names.get(bookmark.camera_id, bookmark.camera_id), bookmark.by)
    return MomentRow(bookmark.id, bookmark.at_ns, bookmark.note, " · ".join(part for part in parts if part), "", 0, bookmark.camera_id)


def lock_row(lock: EvidenceLock, names: Mapping[str, str], now_ns: int, zone: tzinfo) -> MomentRow:
    """Why, and until which day; below from when, how long, who, and of which cameras."""
    cameras = ", ".join(names.get(each, each) for each in lock.camera_ids) or tr("all cameras")
    stay = duration_text(lock.until_ns - lock.since_ns)
    detail = " · ".join((clock_text(lock.since_ns, now_ns, zone), stay, lock.by, cameras))
    expired = lock.expires_ns is not None and lock.expires_ns <= now_ns
    return MomentRow(lock.id, lock.since_ns, lock.reason, detail, tr("expired") if expired else _last_day(lock, zone))


def _last_day(lock: EvidenceLock, zone: tzinfo) -> str:
    if lock.expires_ns is None:
        return tr("until unlocked")
    return tr("until {0}").format(day_text(lock.expires_ns - 1, zone))


def lock_term(lock: EvidenceLock, now_ns: int, zone: tzinfo) -> str:
    if lock.expires_ns is None:
        return tr("until unlocked")
    return tr("until {0}").format(clock_text(lock.expires_ns, now_ns, zone))


def recording_words(settings: Settings) -> str:
    """Why there may be no video, empty where everything is recorded."""
    match _recording_of(settings):
        case _Recording.NOTHING:
            return tr("Recording is off. Turn it on to play back video here.")
        case _Recording.EVENTS:
            return tr("Continuous recording is off. Nothing was recorded between events.")
        case _Recording.ALL:
            return ""


def recording_words_of_sites(settings_by_name: Mapping[str, Settings]) -> str:
    """The same of several sites, by their names."""
    recorded = {name: _recording_of(settings) for name, settings in settings_by_name.items()}
    nothing = ", ".join(name for name, each in recorded.items() if each is _Recording.NOTHING)
    events = ", ".join(name for name, each in recorded.items() if each is _Recording.EVENTS)
    sentences = (
        tr("Recording is off at {0}.").format(nothing) if nothing else "",
        tr("Continuous recording is off at {0}. Nothing was recorded there between events.").format(events) if events else "",
    )
    return " ".join(filter(None, sentences))


class _Recording(Enum):
    NOTHING, EVENTS, ALL = range(3)


def _recording_of(settings: Settings) -> _Recording:
    if not settings.cameras:
        return _Recording.ALL
    if not settings.recording.enabled:
        return _Recording.NOTHING
    return _Recording.ALL if settings.recording.continuous else _Recording.EVENTS


def different_word(kind: DifferenceKind) -> str:
    return {
        DifferenceKind.ALERT: tr("alert"),
        DifferenceKind.EVENT: tr("event"),
        DifferenceKind.BLOB: tr("by radio"),
        DifferenceKind.HELD: tr("held"),
    }[kind]


def different_row(each: Different, names: Mapping[str, str], zone: tzinfo) -> MomentRow:
    stay = duration_text(each.until_ns - each.at_ns) if each.until_ns is not None and each.until_ns > each.at_ns else ""
    parts = (fine_clock_text(each.at_ns, zone), stay, names.get(each.camera_id, each.camera_id))
    detail = " · ".join(part for part in parts if part)
    return MomentRow(
        f"{each.kind.value}:{each.id}", each.at_ns, each.what, detail, different_word(each.kind), each.severity, each.camera_id
    )


_COUNTED = {
    DifferenceKind.ALERT: QT_TRANSLATE_NOOP("Investigate", "alerts"),
    DifferenceKind.EVENT: QT_TRANSLATE_NOOP("Investigate", "events"),
    DifferenceKind.BLOB: QT_TRANSLATE_NOOP("Investigate", "found by radio"),
    DifferenceKind.HELD: QT_TRANSLATE_NOOP("Investigate", "held"),
}


def difference_words(difference: ReplayDifference) -> str:
    """`Alerts: 2 gained, 1 lost, 14 the same. Events: …` and how fast it ran."""
    said: list[str] = []
    same = dict(difference.same)
    for kind in DifferenceKind:
        gained, lost = (sum(1 for each in found if each.kind is kind) for found in (difference.gained, difference.lost))
        if gained or lost or same.get(kind):
            text = tr("{0}: {1} gained, {2} lost, {3} the same.")
            counts = map(number_text, (gained, lost, same.get(kind, 0)))
            said.append(text.format(tr(str(_COUNTED[kind])).capitalize(), *counts))
    found = " ".join(said) or tr("No events in this range, with either settings.")
    return f"{found} {tr('Re-run at {0} × real time.').format(number_text(difference.ratio, ',.0f'))}" if difference.ratio else found


def first_lanes(snapshot: Snapshot) -> tuple[tuple[LaneKind, str], ...]:
    """Lanes that are there whether or not anything happened, in the order in which they stand."""
    settings = snapshot.settings
    radio = ((LaneKind.RADIO, ""),) if settings.nodes or snapshot.radio.nodes else ()
    phones = ((LaneKind.BLE, ""),) if settings.ble_devices else ()
    always = ((LaneKind.INCIDENTS, ""), (LaneKind.DECISIONS, ""), (LaneKind.ACTS, ""))
    watched = tuple((LaneKind.OBSERVED, camera.id) for camera in settings.cameras)
    watched += tuple((LaneKind.OBSERVED, f"{MICROPHONE}{each.id}") for each in settings.microphones)
    return (*((LaneKind.CAMERA, camera.id) for camera in settings.cameras), *radio, *phones, *always, *watched)


def has_floor(snapshot: Snapshot) -> bool:
    """Whether there is anything to show beside the cameras: somebody on the floor, or a place on the map."""
    settings = snapshot.settings
    return bool(settings.nodes or snapshot.radio.nodes or settings.floor.camera_poses or settings.anchor)

"""What an import of settings would change, in words: fields of the file as the rest of the console calls them, and their values.

A field is a path of the file, such as `cameras[gate].zones[door].loiter_s`; it comes out as `Cameras › Gate › Zones › Door › …`.
"""

import re
from ast import literal_eval
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import QCoreApplication

from engine.model.settings import Settings
from engine.model.upkeep import SettingChange
from widgets.look import by_look
from widgets.number_text import number_text, numbers_text, written_number_text

_BETWEEN = " › "
_STEP = re.compile(r"(?P<name>[a-z]\w*)(?:\[(?P<key>.*?)\])?(?:\.|$)")
_KEYS = ("id", "mac", "address", "camera_id")


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change as it is read: the setting, what it is, what it would be."""

    setting: str
    now: str
    then: str


def change_row(change: SettingChange, settings: Settings) -> ChangeRow:
    """`settings`: those of now; they say what things are called."""
    now, then = value_words(change.now), value_words(change.then)
    if now == then:  # both were shortened to the same words
        then = _tr("{0}, changed").format(then)
    return ChangeRow(field_words(change.field, settings), now, then)


def field_words(field: str, settings: Settings) -> str:
    """The field itself where it does not look like one."""
    steps = [(step["name"], step["key"]) for step in _STEP.finditer(field)]
    if _STEP.sub("", field) or not steps:
        return field
    known, names, words, thing = setting_words(), list[str](), list[str](), cast("Any", settings)
    for name, key in steps:
        names.append(name)
        words.append(_word(names, known))
        thing = getattr(thing, name, None)
        if key is not None:
            thing = _member(thing, key)
            words.append(_name_of(thing, key, settings))
    return _BETWEEN.join(words)


def _word(names: list[str], known: dict[str, str]) -> str:
    """The longest end of the path that has words. A field that nobody has put into words yet is at least written as words."""
    ends = (".".join(names[start:]) for start in range(len(names)))
    return next((known[end] for end in ends if end in known), names[-1].replace("_", " ").capitalize())


def _member(things: Any, key: str) -> Any:
    return next((each for each in things or () if key in [str(getattr(each, name, "")) for name in _KEYS]), None)


def _name_of(thing: Any, key: str, settings: Settings) -> str:
    """What is new has no name here yet: it is called by its id then."""
    camera = settings.camera(getattr(thing, "camera_id", "") or "") if not hasattr(thing, "name") else None
    return (camera.name if camera is not None else "") or getattr(thing, "name", "") or getattr(thing, "label", "") or key


# values


def value_words(text: str) -> str:
    fixed = {
        "": _tr("not set"),
        "True": _tr("yes"),
        "False": _tr("no"),
        "in this order": _tr("in this order"),
        "in another order": _tr("in another order"),
    }
    if text in fixed:
        return fixed[text]
    if text[0] in "[{":
        return _listed(text)
    return written_number_text(text)


def _listed(text: str) -> str:
    """A list of plain things as it is, anything larger as how much it is."""
    try:
        value: object = literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return _tr("many entries") if text.endswith("…") else text
    if not isinstance(value, list):
        return _tr("set")
    items = cast("list[object]", value)
    if not items:
        return _tr("none")
    if all(isinstance(each, (int, float)) for each in items):
        return numbers_text(cast("list[float]", items), ".10g")
    if all(isinstance(each, str) for each in items):
        return ", ".join(map(str, items))
    return _tr("one entry") if len(items) == 1 else _tr("{0} entries").format(number_text(len(items)))


# fields


@by_look
def setting_words() -> dict[str, str]:
    """By the end of a path: `name` is that of anything, `rules.mode` only that of a rule."""
    return {
        **_sections(),
        **_of_anything(),
        **_of_cameras(),
        **_of_recording(),
        **_of_the_floor(),
        **_of_radio(),
        **_of_people(),
        **_of_alerts(),
        **_of_notifications(),
        **_of_services(),
        **_of_risk(),
        **_of_incidents(),
    }


def _sections() -> dict[str, str]:
    return {
        "site_name": _tr("Site name"),
        "cameras": _tr("Cameras"),
        "detection": _tr("Finding people"),
        "gates": _tr("What becomes an event"),
        "recording": _tr("Recording"),
        "floor": _tr("Floor"),
        "radio": _tr("Radio"),
        "nodes": _tr("Nodes"),
        "ble_devices": _tr("Bluetooth devices"),
        "webhooks": _tr("Webhooks"),
        "recognition": _tr("People"),
        "microphones": _tr("Microphones"),
        "activities": _tr("Behaviour"),
        "alerts": _tr("Alerts"),
        "atlas": _tr("Atlas"),
        "anchor": _tr("Place of the site"),
        "notifications": _tr("Notifications"),
        "risk": _tr("Risk map"),
        "fire": _tr("Fire weather"),
        "lookouts": _tr("Lookouts"),
        "map": _tr("Map service"),
        "chat": _tr("Chat settings"),
        "access": _tr("Accounts"),
        "upkeep": _tr("Backups"),
        "incidents": _tr("Report correlation"),
    }


def _of_anything() -> dict[str, str]:
    return {
        "id": _tr("Id"),
        "name": _tr("Name"),
        "enabled": _tr("Switched on"),
        "kind": _tr("Kind"),
        "kinds": _tr("Events"),
        "classes": _tr("Who counts"),
        "zones": _tr("Zones"),
        "masks": _tr("Masks"),
        "position": _tr("Position"),
        "height_m": _tr("Height, in m"),
        "camera_id": _tr("Camera"),
        "retries": _tr("Tried again, times"),
        "timeout_s": _tr("Patience, in s"),
        "allow_private": _tr("It may be in my own network, or on this machine"),
        "latitude": _tr("Latitude, in degrees"),
        "longitude": _tr("Longitude, in degrees"),
    }


def _of_cameras() -> dict[str, str]:
    return {
        "cameras.url": _tr("Address"),
        "sub_url": _tr("Sub-stream address"),
        "transport": _tr("Transport"),
        "paced": _tr("Files play at their own speed"),
        "loop": _tr("Files begin again at their end"),
        "min_person_share": _tr("Smallest person, as a share of the picture's height"),
        "max_megapixels": _tr("Largest picture, in megapixels"),
        "group": _tr("Group"),
        "cameras.number": _tr("Number"),
        "privacy": _tr("Privacy areas"),
        "privacy_size": _tr("Size of the picture that privacy areas were drawn on"),
        "lines": _tr("Lines"),
        "listen": _tr("People may listen to its sound"),
        "listen_purpose": _tr("What people listen for"),
        "area": _tr("Outline"),
        "loiter_s": _tr("Tell who stays longer than, in s"),
        "most": _tr("Tell when there are more than"),
        "occupied": _tr("Tell while it is in use"),
        "begin": _tr("Where it begins"),
        "end": _tr("Where it ends"),
        "lines.direction": _tr("Direction that is told"),
        "detector": _tr("Model"),
        "rate_hz": _tr("Pictures a second that are looked at"),
        "min_confidence": _tr("Least confidence"),
        "min_seen_s": _tr("Seen for at least, in s"),
        "duplicate_s": _tr("The same again within, in s"),
        "angle_of_view_deg": _tr("Angle of view, in degrees"),
        "views": _tr("Views"),
        "azimuth_deg": _tr("Direction, in degrees"),
    }


def _of_recording() -> dict[str, str]:
    return {
        "recording.enabled": _tr("Record clips of events"),
        "before_s": _tr("Before an event, in s"),
        "after_s": _tr("After an event, in s"),
        "ring_mib": _tr("Video held ready for each camera, in MiB"),
        "ring_s": _tr("Video held ready for each camera, in s"),
        "longest_clip_s": _tr("Longest clip, in s"),
        "keep_clips_days": _tr("Keep clips for at most, in days"),
        "keep_clips_gib": _tr("Most room for clips, in GiB"),
        "keep_journal_gib": _tr("Most room for the log of observations, in GiB"),
        "keep_events_days": _tr("Keep events for at most, in days"),
        "keep_incidents_days": _tr("Keep closed incidents for at most, in days"),
        "continuous": _tr("Record everything that cameras send, all the time"),
        "segment_s": _tr("Begin a new file every, in s"),
        "keep_segments_days": _tr("Keep what is recorded all the time for at most, in days"),
        "keep_segments_gib": _tr("Most room for what is recorded all the time, in GiB"),
        "keep_free_gib": _tr("Leave free on the disk, in GiB"),
        "archive_folder": _tr("Move what is too old to"),
        "backups": _tr("Back up the record by itself"),
        "backup_every_h": _tr("Every, in hours"),
        "keep_hourly": _tr("Keep the newest"),
        "keep_daily": _tr("Then one a day, for so many days"),
        "keep_backups_gib": _tr("Most room for all of them, in GiB"),
        "backup_folder": _tr("Folder of backups"),
        "idle_lock_min": _tr("Consoles lock when nobody touches them for, in minutes"),
        "origins": _tr("Web pages of other sites that may use this engine"),
    }


def _of_the_floor() -> dict[str, str]:
    return {
        "extent": _tr("Edges, in m"),
        "walls": _tr("Walls"),
        "portals": _tr("Doors"),
        "camera_poses": _tr("Cameras"),
        "floor.image": _tr("Picture of the plan"),
        "x0": _tr("Left edge, in m"),
        "x1": _tr("Right edge, in m"),
        "y0": _tr("Lower edge, in m"),
        "y1": _tr("Upper edge, in m"),
        "z0": _tr("Begins at the height, in m"),
        "z1": _tr("Ends at the height, in m"),
        "portals.a": _tr("Where it begins"),
        "portals.b": _tr("Where it ends"),
        "aim": _tr("Looks at"),
        "fov_deg": _tr("Field of view, in degrees"),
        "floor_points": _tr("Floor points"),
        "digest": _tr("File"),
        "width": _tr("Width, in pixels"),
        "height": _tr("Height, in pixels"),
        "metres_per_px": _tr("Metres for each pixel"),
        "left_m": _tr("Left edge, in m"),
        "bottom_m": _tr("Lower edge, in m"),
        "heading_deg": _tr("Heading, in degrees"),
    }


def _of_radio() -> dict[str, str]:
    return {
        "radio.enabled": _tr("Find people by radio"),
        "radio.cell_m": _tr("Edge of a voxel, in m"),
        "most_people": _tr("Most people followed at once"),
        "learn_weights": _tr("Learn how much each link counts from people whose place is known"),
        "radio.fall_still_s": _tr("Still after a drop to count as a fall, in s"),
        "fall_escalate_s": _tr("Escalate a fall after, in s"),
        "scan_ble": _tr("Use the engine machine's own Bluetooth adapter"),
        "scanner_position": _tr("Where that adapter is"),
        "calibrations": _tr("Calibrated scanners"),
        "mac": _tr("Address"),
        "ble_devices.address": _tr("Address"),
        "label": _tr("Name"),
        "type": _tr("Kind"),
        "person_id": _tr("Belongs to"),
        "color": _tr("Colour"),
    }


def _of_people() -> dict[str, str]:
    return {
        "biometrics": _tr("Recognise people by face and by the name they say"),
        "purpose": _tr("Purpose"),
        "learn_names": _tr("Learn names that people say of themselves"),
        "face_threshold": _tr("How alike two faces must be"),
        "face_margin": _tr("How far the next best must be behind"),
        "blur_faces": _tr("Blur faces for those who may not see them"),
        "archive_days": _tr("Put aside after, in days without being seen"),
        "erase_days": _tr("Erase after, in days without being seen"),
        "expected_names": _tr("Names that are listened for"),
        "device": _tr("Device"),
        "activities.enabled": _tr("Tell falls, fights, running, loitering and crowds"),
        "activities.fall_still_s": _tr("Fall: lying still for, in s"),
        "activities.loiter_s": _tr("Loitering: longer than, in s"),
        "loiter_radius": _tr("Loitering: within, in body heights"),
        "running_speed": _tr("Running: faster than, in body heights a second"),
        "running_s": _tr("Running: for at least, in s"),
        "crowd": _tr("Crowd: people at once, at least"),
        "crowd_s": _tr("Crowd: for at least, in s"),
        "fight_s": _tr("Fight: going on for, in s"),
    }


def _of_alerts() -> dict[str, str]:
    return {
        "rules": _tr("Rules"),
        "alerts.version": _tr("Version of the rules"),
        "alerts.mode": _tr("Site mode"),
        "armed_zones": _tr("What is armed in each mode"),
        "flood_at": _tr("A flood is alerts in 10 min"),
        "escalate_s": _tr("Escalated after, in s"),
        "time_zone": _tr("Time zone"),
        "camera_ids": _tr("Cameras"),
        "zone_ids": _tr("Zones"),
        "modes": _tr("Site modes"),
        "hours": _tr("Hours"),
        "min_severity": _tr("Lowest severity"),
        "min_log_odds": _tr("Evidence needed"),
        "armed_only": _tr("Only in armed zones"),
        "unknown_only": _tr("Not for people who are known"),
        "area_risk": _tr("Only where the area's risk is at least"),
        "repeat_s": _tr("The same again within, in s"),
        "severity": _tr("Severity of the alert"),
        "rules.mode": _tr("State"),
        "procedure": _tr("Procedure"),
    }


def _of_notifications() -> dict[str, str]:
    return {
        "webhooks.url": _tr("Address"),
        "webhooks.events": _tr("Post events, whether or not they become alerts"),
        "webhooks.alerts": _tr("Alerts that are posted"),
        "wants": _tr("Alerts that are sent"),
        "rule_ids": _tr("Rules"),
        "quiet": _tr("Quiet hours"),
        "critical_in_quiet": _tr("Critical alerts are sent in quiet hours too"),
        "cooldown_s": _tr("Pause after an alert, in s"),
        "escalation_level": _tr("Escalations before it is told"),
        "names": _tr("Say who it is: names leave Watchroom"),
        "closing": _tr("Tell also when an alert is closed"),
        "host": _tr("Server"),
        "port": _tr("Port"),
        "security": _tr("Encryption"),
        "user": _tr("User"),
        "sender": _tr("From"),
        "recipients": _tr("To"),
        "topic": _tr("Topic"),
        "discovery": _tr("Home Assistant's discovery"),
    }


def _of_services() -> dict[str, str]:
    return {
        "atlas.enabled": _tr("Classify incidents with Atlas"),
        "atlas.url": _tr("Address"),
        "product": _tr("Name of this product"),
        "contract": _tr("Contract"),
        "rollout_percent": _tr("Share that is sent, in percent"),
        "coordinate_digits": _tr("Decimals of coordinates"),
        "fallback_enabled": _tr("Let the words speak where Atlas does not"),
        "claude": _tr("Answer with Claude"),
        "model": _tr("Model"),
        "base_url": _tr("Address"),
        "budget_usd": _tr("Budget, in US dollars a day"),
        "keep_days": _tr("Keep for, in days"),
        "tile_url": _tr("Address of its tiles"),
        "attribution": _tr("Attribution"),
        "most_zoom": _tr("Highest zoom"),
        "service_url": _tr("Address of a risk service"),
        "login": _tr("Login"),
        "organization_id": _tr("Organisation number"),
        "weather_url": _tr("Address of an open weather service"),
        "refresh_hour_utc": _tr("Asked at, hour of the day in UTC"),
    }


def _of_incidents() -> dict[str, str]:
    return {
        "radius_m": _tr("Maximum distance, in m"),
        "window_s": _tr("Maximum time difference, in s"),
        "min_likeness": _tr("Minimum picture similarity"),
    }


def _of_risk() -> dict[str, str]:
    return {
        "risk.enabled": _tr("Reckon with risk"),
        "risk.cell_m": _tr("Edge of a cell, in metres"),
        "weights": _tr("Weights"),
        "half_life_h": _tr("Half-life, in hours"),
        "window_days": _tr("Days to learn from"),
        "retrain_hour_utc": _tr("Learns at, hour of the day in UTC"),
        "oldest_h": _tr("Not used when older than, hours"),
        "filtering": _tr("Hold back by the weather"),
        "bounds": _tr("Bounds"),
        "upper": _tr("Upper bounds of the classes"),
        "thresholds": _tr("Confidence needed in each class"),
        "start_codes": _tr("Codes of the first day"),
        "spin_up_days": _tr("Days before a computed class counts"),
        "service_ids": _tr("Numbers that a risk service has for cameras"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingWords", text)

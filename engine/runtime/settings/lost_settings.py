"""What a change of the settings dropped, and how it is put back into later ones: beside what was made meanwhile, never over it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from engine.model.accounts.undo import RemovedKind
from engine.model.settings import CameraSettings, Settings
from engine.model.value_class import dataclass

Change: TypeAlias = Callable[[Settings], Settings]


@dataclass(frozen=True, slots=True)
class DroppedSetting:
    """`put_back` leaves alone what has the place again."""

    kind: RemovedKind
    id: str
    name: str
    put_back: Change


@dataclass(frozen=True, slots=True)
class _List:
    """One list of things with ids. `key`: of a thing, what tells it apart."""

    kind: RemovedKind
    read: Callable[[Settings], tuple[Any, ...]]
    write: Callable[[Settings, tuple[Any, ...]], Settings]
    key: Callable[[Any], Any]

    def dropped_rows(self, before: Settings, after: Settings) -> list[DroppedSetting]:
        kept = {self.key(each) for each in self.read(after)}
        rows = enumerate(self.read(before))
        return [
            DroppedSetting(self.kind, _id(each), _thing_name(each), self._back(each, at)) for at, each in rows if self.key(each) not in kept
        ]

    def _back(self, thing: Any, at: int) -> Change:
        def change(now: Settings) -> Settings:
            rows = self.read(now)
            if any(self.key(each) == self.key(thing) for each in rows):
                return now
            return self.write(now, (*rows[:at], thing, *rows[at:]))

        return change


def dropped_settings(before: Settings, after: Settings) -> tuple[DroppedSetting, ...]:
    """All that `before` has and `after` has not, by their ids; what was merely changed is not lost."""
    found = [each for rows in _LISTS for each in rows.dropped_rows(before, after)]
    for camera in before.cameras:
        found += _lost_of_camera(camera, after.camera(camera.id))
    if before.anchor is not None and after.anchor is None:
        found.append(
            DroppedSetting(RemovedKind.ANCHOR, "", "", lambda now: now if now.anchor is not None else replace(now, anchor=before.anchor))
        )
    return tuple(found)


def _id(thing: Any) -> str:
    return next((str(getattr(thing, name)) for name in ("id", "mac", "address", "camera_id") if hasattr(thing, name)), "")


def _thing_name(thing: Any) -> str:
    return next((str(value) for word in ("name", "label", "shown") if (value := getattr(thing, word, ""))), _id(thing))


def _of_floor(part: str) -> tuple[Callable[[Settings], tuple[Any, ...]], Callable[[Settings, tuple[Any, ...]], Settings]]:
    return (lambda now: getattr(now.floor, part), lambda now, rows: replace(now, floor=replace(now.floor, **{part: rows})))


def _of_site(part: str) -> tuple[Callable[[Settings], tuple[Any, ...]], Callable[[Settings, tuple[Any, ...]], Settings]]:
    return (lambda now: getattr(now, part), lambda now, rows: replace(now, **{part: rows}))


def _with_rules(now: Settings, rules: tuple[Any, ...]) -> Settings:
    """Whoever is editing them is told that they were changed meanwhile."""
    return replace(now, alerts=replace(now.alerts, rules=rules, version=now.alerts.version + 1))


def _by_id(thing: Any) -> Any:
    return thing.id


_LISTS = (
    _List(RemovedKind.CAMERA, *_of_site("cameras"), _by_id),
    _List(RemovedKind.NODE, *_of_site("nodes"), lambda node: node.mac),
    _List(RemovedKind.DEVICE, *_of_site("ble_devices"), lambda device: device.address),
    _List(RemovedKind.WEBHOOK, *_of_site("webhooks"), _by_id),
    _List(RemovedKind.CHANNEL, *_of_site("notifications"), _by_id),
    _List(RemovedKind.MICROPHONE, *_of_site("microphones"), _by_id),
    _List(RemovedKind.LOOKOUT, *_of_site("lookouts"), lambda lookout: lookout.camera_id),
    _List(RemovedKind.ZONE, *_of_floor("zones"), _by_id),
    _List(RemovedKind.PORTAL, *_of_floor("portals"), _by_id),
    _List(RemovedKind.POSE, *_of_floor("camera_poses"), lambda pose: pose.camera_id),
    _List(RemovedKind.RULE, lambda now: now.alerts.rules, _with_rules, _by_id),
)


def _lost_of_camera(before: CameraSettings, after: CameraSettings | None) -> list[DroppedSetting]:
    """Zones, lines and areas of its picture; nothing where it went as a whole. Areas have no ids: one that was moved is not lost."""
    if after is None:
        return []
    rows = _drawing_list(before.id, "zones", RemovedKind.ZONE).dropped_rows(_only(before), _only(after))
    rows += _drawing_list(before.id, "lines", RemovedKind.LINE).dropped_rows(_only(before), _only(after))
    for part in ("masks", "privacy"):
        if len(getattr(after, part)) < len(getattr(before, part)):
            areas = _drawing_list(before.id, part, RemovedKind.AREA, lambda area: area).dropped_rows(_only(before), _only(after))
            rows += [replace(area, id=before.id, name=before.name) for area in areas]
    return rows


def _only(camera: CameraSettings) -> Settings:
    return Settings(cameras=(camera,))


def _drawing_list(camera_id: str, part: str, kind: RemovedKind, key: Callable[[Any], Any] = _by_id) -> _List:
    def read(now: Settings) -> tuple[Any, ...]:
        camera = now.camera(camera_id)
        return () if camera is None else getattr(camera, part)

    def write(now: Settings, rows: tuple[Any, ...]) -> Settings:
        camera = now.camera(camera_id)
        return now if camera is None else now.with_camera(replace(camera, **{part: rows}))

    return _List(kind, read, write, key)

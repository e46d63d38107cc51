"""The lane of senses: how well each does at this site, as the identities lane has put everybody on the floor."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from engine.fusion.senses import ScannerMoment, SensesNow, SenseWatch
from engine.model.geometry import Point
from engine.model.observation import Observation
from engine.model.radio.blob import RadioPicture
from engine.model.radio.fused import AssertionKind, FusedPicture, FusedTrack, SourceKind
from engine.model.radio.radio import LOCAL_SCANNER, BleDeviceView, BleSightings
from engine.model.sense_quality import SenseKind
from engine.model.settings import Settings
from engine.model.site import CameraPose, Floor, Position
from engine.model.time import SECOND
from engine.pipeline.identities.floor import RADIO, FloorLane
from engine.pipeline.lane import Lane
from engine.pipeline.output import StepOutput

SAY_NS = 10 * SECOND
DOOR_M, RIM_M = 1.5, 0.75  # so near a door, or the rim of the floor, people leave
HEARS_M, LISTENS_NS = 8.0, 30 * SECOND  # a scanner should hear so far; without a report for so long it does not work
SURE = 0.9  # of who somebody is


class RadioFloor(Protocol):
    @property
    def online_positions(self) -> Mapping[str, Position]:
        """Nodes that are online and have a place, by MAC."""
        ...

    def covers(self, at: Point) -> bool:
        """Whether radio should locate somebody who stands there."""
        ...


class NoRadio:
    online_positions: Mapping[str, Position] = {}

    def covers(self, at: Point) -> bool:
        return False


class SenseLane(Lane):
    """`radio` is set once, by whoever wires the lanes, before the first step."""

    name = "senses"
    subjects = (BleSightings,)

    def __init__(self, floor: FloorLane) -> None:
        self.radio: RadioFloor = NoRadio()
        self._floor = floor
        self._watch = SenseWatch()
        self._settings = Settings()
        self._scanned: dict[str, tuple[int, bool]] = {}  # when each scanner reported last, and whether it is simulated
        self._radio_at: Mapping[str, Position] = {}
        self._said_ns = 0

    def take(self, seen: Observation, out: StepOutput) -> None:
        if isinstance(seen, BleSightings):
            self._scanned[seen.scanner] = seen.occurred_ns, seen.simulated

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        before, self._settings = self._settings, settings
        old, new = _positions(before), _positions(settings)
        moved = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        self._watch.forget(sorted(moved | {camera.id for camera in before.cameras if settings.camera(camera.id) is None}))

    def tick(self, now_ns: int, out: StepOutput) -> None:
        if self._watch.is_due(now_ns) and out.fused is not None:
            self._forget_moved()
            self._watch.step(now_ns, self._now(now_ns, out.fused, out.radio))
        if not 0 <= now_ns - self._said_ns < SAY_NS:
            self._said_ns = now_ns
            out.senses = self._watch.quality(now_ns)

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        self._watch.interrupt(now_ns)
        self._scanned = {}

    def state(self) -> Mapping[str, Any]:
        radio = {mac: list(position) for mac, position in self._radio_at.items()}
        scanned = {name: list(each) for name, each in self._scanned.items()}
        return {"watch": self._watch.state(), "scanned": scanned, "radio_at": radio, "said_ns": self._said_ns}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self._settings = settings
        self._watch.restore(state["watch"])
        self._scanned = {name: (int(at), bool(simulated)) for name, (at, simulated) in state["scanned"].items()}
        self._radio_at = {mac: (x, y, z) for mac, (x, y, z) in state["radio_at"].items()}
        self._said_ns = int(state["said_ns"])

    def _forget_moved(self) -> None:
        """Radio is another one where a node stands elsewhere than before."""
        placed = self.radio.online_positions
        moved = [mac for mac, position in placed.items() if self._radio_at.get(mac, position) != position]
        if moved:
            self._watch.forget((RADIO, *moved))
        if placed.items() - self._radio_at.items():
            self._radio_at = {**self._radio_at, **placed}

    def _now(self, now_ns: int, fused: FusedPicture, radio: RadioPicture | None) -> SensesNow:
        sensors = dict(self._sensors(now_ns, radio))
        works = radio is not None and not radio.trouble

        def views(at: Point) -> Sequence[str]:
            cameras = self._floor.watching(at)
            return [*cameras, RADIO] if works and self.radio.covers(at) else cameras

        simulated = [name for name, (_, made_up) in self._scanned.items() if made_up]
        simulated += [each.sensor_id for each in self._floor.sightings if each.simulated]
        heard = self._scanner_moments(fused.tracks, radio.devices if radio is not None else (), sensors)
        return SensesNow(self._floor.sightings, fused.tracks, sensors, views, self._is_exit, heard, simulated)

    def _sensors(self, now_ns: int, radio: RadioPicture | None) -> Iterator[tuple[str, tuple[SenseKind, bool]]]:
        live = self._floor.live_cameras
        for camera in self._settings.cameras:
            if camera.enabled:
                yield camera.id, (SenseKind.CAMERA, camera.id in live)
        if self._settings.radio.enabled and self._radio_at:
            yield RADIO, (SenseKind.RADIO, radio is not None and not radio.trouble)
        for scanner, (reported_ns, _) in self._scanned.items():
            yield scanner, (SenseKind.SCANNER, now_ns - reported_ns < LISTENS_NS)

    def _is_exit(self, at: Point) -> bool:
        floor = self._settings.floor
        return _is_at_rim(floor, at) or any(_from_line_m(at, portal.a, portal.b) <= DOOR_M for portal in floor.portals)

    def _scanner_moments(
        self, tracks: Sequence[FusedTrack], devices: Sequence[BleDeviceView], sensors: Mapping[str, tuple[SenseKind, bool]]
    ) -> Iterator[ScannerMoment]:
        """Of whoever is surely somebody by more than their phone: whether each scanner near hears that, while another does."""
        places = {**self.radio.online_positions, LOCAL_SCANNER: self._settings.radio.scanner_position}
        for track in tracks:
            device = _device_of(track, devices)
            kind = _located_by(track)
            if device is None or kind is None:
                continue
            hearing = {scanner for scanner, _ in device.heard}
            apart_m = None if device.position is None else math.dist(device.position[:2], track.position[:2])
            for scanner in self._scanned:
                place, (_, works) = places.get(scanner), sensors[scanner]
                if works and place is not None and math.dist(place[:2], track.position[:2]) <= HEARS_M and hearing - {scanner}:
                    yield ScannerMoment(scanner, scanner in hearing, kind, apart_m if scanner in hearing else None)


def _positions(settings: Settings) -> Mapping[str, CameraPose | Position | None]:
    return {pose.camera_id: pose for pose in settings.floor.camera_poses} | {LOCAL_SCANNER: settings.radio.scanner_position}


def _device_of(track: FusedTrack, devices: Sequence[BleDeviceView]) -> BleDeviceView | None:
    who = track.identity
    if who is None or who.confidence < SURE or who.named_by in (None, AssertionKind.BLE):
        return None
    owned = [device for device in devices if device.person_id == who.person_id and not device.left_behind]
    return owned[0] if len(owned) == 1 else None


def _located_by(track: FusedTrack) -> SenseKind | None:
    kinds = {source.kind for source in track.sources}
    return SenseKind.CAMERA if SourceKind.CAMERA in kinds else SenseKind.RADIO if SourceKind.RADIO in kinds else None


def _is_at_rim(floor: Floor, at: Point) -> bool:
    if floor.extent is None:
        return False
    x0, y0, x1, y1 = floor.extent
    return not (x0 + RIM_M <= at[0] <= x1 - RIM_M and y0 + RIM_M <= at[1] <= y1 - RIM_M)


def _from_line_m(at: Point, a: Point, b: Point) -> float:
    """How far a spot is from the line between two others."""
    (x, y), dx, dy = (at[0] - a[0], at[1] - a[1]), b[0] - a[0], b[1] - a[1]
    along = min(max((x * dx + y * dy) / (dx * dx + dy * dy), 0.0), 1.0)
    return math.hypot(x - along * dx, y - along * dy)

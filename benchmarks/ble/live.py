"""A made-up floor as the engine lives it: cameras locate two people in a part of it, then somebody walks whom nobody sees."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.ble.files import Moment
from benchmarks.ble.made_floor import DEPTH_M, WIDTH_M, LocatedReading
from engine.model.people.person import Person
from engine.model.radio.fused import FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.radio.radio import BleSighting, BleSightings
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, Floor, Position
from engine.model.time import SECOND
from engine.pipeline.radio.phones import PhoneLane

Array = npt.NDArray[np.float64]

_START_NS = 1_700_000_000 * SECOND
_TICKS_NS = (SECOND * 3 // 10, SECOND * 8 // 10)  # of each second, after what was heard in it
_CAMERA_M2 = 0.3**2
_TRAIL_S = 8


class LiveFloor:
    """The phone lane of the engine, as on a site with registered phones; `devices` are the names that the floor gives them."""

    def __init__(self, anchors: Mapping[str, Position], devices: Sequence[str]) -> None:
        self._anchors = anchors
        self._addresses = {device: f"C0:FF:EE:00:00:{number:02X}" for number, device in enumerate(devices)}
        self.lane = PhoneLane()
        phones = tuple(BleDeviceSettings(address, device, "person", _person_id(device)) for device, address in self._addresses.items())
        self.lane.configure(Settings(ble_devices=phones, floor=Floor((0.0, 0.0, WIDTH_M, DEPTH_M))))
        self.lane.know({_person_id(device): Person(_person_id(device), device, "#4cc2ff") for device in devices})
        self.lane.place(anchors)

    def learn(self, located: Sequence[LocatedReading]) -> int:
        """People walk whom cameras locate; the seconds that it took."""
        seconds = round(max((each.seconds for each in located), default=-1.0)) + 1
        places: dict[str, list[tuple[int, float, float]]] = {}
        for second in range(seconds):
            readings = [each for each in located if each.seconds == second]
            for each in {each.device: each for each in readings}.values():
                places.setdefault(each.device, []).append((_at_ns(second), *each.place))
            self._hear(second, [(each.device, each.anchor, each.rssi) for each in readings])
            tracks = [_track(device, way[-_TRAIL_S:]) for device, way in places.items() if way[-1][0] > _at_ns(second - 2)]
            self._tick(second, tracks)
        return seconds

    def locate(self, moments: Sequence[Moment], from_second: int) -> Array:
        """(N, 2) where the engine says that a phone is whose carrier nobody sees, at each moment."""
        places = np.empty((len(moments), 2))
        for index, moment in enumerate(moments):
            second = from_second + int(moment.seconds)
            self._hear(second, [(moment.device, anchor, rssi) for anchor, rssi in moment.readings.items()])
            self._tick(second, [])
            found = next(each for each in self.lane.devices if each.device == self._addresses[moment.device])
            places[index] = np.nan if found.position is None else found.position[:2]
        return places

    def _hear(self, second: int, heard: Sequence[tuple[str, str, float]]) -> None:
        for anchor in self._anchors:
            sightings = tuple(BleSighting(self._addresses[device], round(rssi)) for device, at, rssi in heard if at == anchor)
            self.lane.take(BleSightings(_at_ns(second), anchor, sightings))

    def _tick(self, second: int, tracks: Sequence[FusedTrack]) -> None:
        for later_ns in _TICKS_NS:
            self.lane.step(_at_ns(second) + later_ns, [], tracks)


def _person_id(device: str) -> str:
    return device.replace(" ", "-")


def _at_ns(second: int) -> int:
    return _START_NS + second * SECOND


def _track(device: str, way: Sequence[tuple[int, float, float]]) -> FusedTrack:
    at_ns, x, y = way[-1]
    covariance = ((_CAMERA_M2, 0.0, 0.0), (0.0, _CAMERA_M2, 0.0), (0.0, 0.0, 0.1))
    sources = (FusedSource(SourceKind.CAMERA, device, "camera", at_ns, 1.0),)
    still = (0.0, 0.0, 0.0)
    return FusedTrack(f"ft {device}", 1, FusedStatus.CONFIRMED, (x, y, 0.0), covariance, still, way[0][0], at_ns, sources, trail=tuple(way))

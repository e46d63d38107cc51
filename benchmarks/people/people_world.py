"""The world of the people bench: our room with three people, four cameras, six nodes and a phone each, as what the engine takes in.

The radio is the room's true chain: waves, nodes, CSI. What goes wrong is drawn with the seed: cameras that hang otherwise than believed and
fail for a while, detectors that miss and see ghosts, phones that two people exchange or that one leaves behind.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from benchmarks.people.people_cameras import SIZE, BenchCamera, four_cameras
from engine.model.cameras.detection import Detections
from engine.model.geometry import Box
from engine.model.observation import DetectionsMade, FrameSeen, Motion
from engine.model.people.person import Person
from engine.model.people.settings import PeopleSettings
from engine.model.radio.radio import BleSighting, BleSightings, CsiBatch, NodeChanged, NodeState
from engine.model.settings import CameraSettings, Settings
from engine.model.site import BleDeviceSettings, Floor
from engine.model.time import SECOND
from engine.sources.simulated.nodes.phones import REPORT_S, PhoneWaves
from engine.sources.simulated.pictures.bodies import Body
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.plan import PhonePlan
from engine.sources.simulated.waves.batches import ROOM_EPOCH_NS, STEPS_S, room_batches, room_positions
from engine.sources.simulated.waves.room import Room, Space

SPACE, PEOPLE, NODES, RATE_HZ = "8x6x2.6", 3, 6, 20.0
USUAL_S, LONG_S = 150.0, 330.0  # a phone counts as left behind after three minutes
EVENT_S = 45.0  # when phones change hands, or one is put down
DARK_S = (90.0, 98.0)  # all cameras fail
_DROPS_PER_MIN, _DROP_S = 0.6, (4.0, 20.0)
_NAMES, _COLORS = ("Anna", "Ben", "Carla"), ("#E69F00", "#56B4E9", "#CC79A7")


class Mishap(StrEnum):
    """What happens to the phones of a seed."""

    NONE = "none"
    SWAP = "swap"  # the first two people exchange theirs
    LEFT = "left"  # the first puts theirs down


@dataclass(frozen=True, slots=True, eq=False)
class WorldTick:
    """A tenth of a second. `truth` (P, 2): where everybody is at its end; `shown`: true boxes by camera and walker, `bodies` then."""

    now_ns: int
    t_s: float
    batch: CsiBatch
    heard: tuple[BleSightings, ...]
    frames: tuple[FrameSeen, ...]
    found: tuple[DetectionsMade, ...]
    truth: np.ndarray[Any, np.dtype[np.float64]]
    shown: dict[str, dict[str, Box]]
    bodies: tuple[Body, ...]

    @property
    def dark(self) -> bool:
        return DARK_S[0] + 1 <= self.t_s < DARK_S[1]


class PeopleWorld:
    """A pure function of the seed."""

    def __init__(self, seed: int, duration_s: float | None = None) -> None:
        self.seed = seed
        self.space = Space.parse(SPACE)
        self.cameras = four_cameras(self.space, seed)
        self.mishap = tuple(Mishap)[seed % len(Mishap)]
        self.duration_s = duration_s or (LONG_S if self.mishap is Mishap.LEFT else USUAL_S)
        self._chance = np.random.default_rng((seed, 73))
        self.outages = {camera.plan.id: self._outages() for camera in self.cameras}
        self._room = Room(self.space, PEOPLE, seed)
        self._places = room_positions(SPACE, NODES)
        around = Surroundings.of_room(self.space.width_m, self.space.depth_m, self.space.height_m, seed)
        plans = (_phones(Mishap.NONE, (0.0, 0.0)), _phones(self.mishap, self._table()))
        self._waves = [PhoneWaves(list(self._places.values()), around, self._room, each, seed) for each in plans]

    @property
    def nodes(self) -> tuple[NodeChanged, ...]:
        return tuple(NodeChanged(ROOM_EPOCH_NS, mac, NodeState.ONLINE, place, 6, simulated=True) for mac, place in self._places.items())

    @property
    def persons(self) -> tuple[Person, ...]:
        return tuple(Person(f"p{index}", name, _COLORS[index]) for index, name in enumerate(_NAMES))

    @property
    def settings(self) -> Settings:
        plans = [camera.plan for camera in self.cameras]
        phones = tuple(BleDeviceSettings(_address(index), f"phone {index}", "person", f"p{index}") for index in range(PEOPLE))
        return Settings(
            cameras=tuple(CameraSettings(plan.id, plan.name, f"simulated:{plan.id}") for plan in plans),
            floor=Floor((0.0, 0.0, self.space.width_m, self.space.depth_m), self.space.height_m, camera_poses=self.poses),
            ble_devices=phones,
            recognition=PeopleSettings(biometrics=True, purpose="figures of a simulated world"),
        )

    @property
    def poses(self) -> tuple[Any, ...]:
        """As the site believes them."""
        return tuple(camera.believed for camera in self.cameras)

    @property
    def params(self) -> dict[str, Any]:
        errors = {f"camera_{name}": round(value, 3) for name, value in asdict(self.cameras[0].errors).items()}
        return {"seed": self.seed, "mishap": self.mishap.value, "seconds": self.duration_s, **errors}

    def ticks(self) -> Iterator[WorldTick]:
        steps = room_batches(self.seed, NODES, PEOPLE, self.duration_s, RATE_HZ, SPACE)
        waiting: tuple[DetectionsMade, ...] = ()  # a detector answers one tick later
        for number, step in enumerate(steps, start=1):
            t_s = number * STEPS_S
            bodies = self._room.at(t_s)
            alive = [camera for camera in self.cameras if not self._fails(camera, t_s)]
            shown = {camera.plan.id: camera.shows(bodies) for camera in alive}
            frames = tuple(FrameSeen(camera.plan.id, step.now_ns, number, *SIZE, Motion.none()) for camera in alive)
            found = tuple(self._found(camera, shown[camera.plan.id], step.now_ns, t_s, number) for camera in alive)
            truth = np.array([body.mass_m[:2] for body in bodies])
            yield WorldTick(step.now_ns, t_s, step.batch, self._heard(number, step.now_ns), frames, waiting, truth, shown, bodies)
            waiting = found

    def _fails(self, camera: BenchCamera, t_s: float) -> bool:
        return any(start <= t_s < end for start, end in (DARK_S, *self.outages[camera.plan.id]))

    def _outages(self) -> list[tuple[float, float]]:
        count = int(self._chance.poisson(_DROPS_PER_MIN * self.duration_s / 60))
        starts, lengths = self._chance.uniform(10, self.duration_s, count), self._chance.uniform(*_DROP_S, count)
        return [(float(start), float(start + length)) for start, length in zip(starts, lengths, strict=True)]

    def _found(self, camera: BenchCamera, shown: dict[str, Box], now_ns: int, t_s: float, number: int) -> DetectionsMade:
        boxes = camera.detects(shown, t_s, STEPS_S)
        confidences = camera.chance.uniform(0.5, 0.9, len(boxes))
        return DetectionsMade(camera.plan.id, now_ns, number, *SIZE, Detections.people(boxes, confidences), "geometry")

    def _heard(self, number: int, now_ns: int) -> tuple[BleSightings, ...]:
        """Each node reports every five seconds, one after the other."""
        every, found = round(REPORT_S / STEPS_S), list[BleSightings]()
        for scanner, mac in enumerate(self._places):
            report, rest = divmod(number - 4 * scanner, every)
            if rest == 0 and report > 0:
                waves = self._waves[int(report * REPORT_S > EVENT_S)]
                entries = tuple(BleSighting(each.address, each.rssi_dbm, each.name) for each in waves.phones_heard_by(scanner, report))
                found.append(BleSightings(now_ns, mac, entries, simulated=True))
        return tuple(found)

    def _table(self) -> tuple[float, float]:
        """Where a phone is put down."""
        x, y = self._chance.uniform((0.6, 0.6), (self.space.width_m - 0.6, self.space.depth_m - 0.6))
        return float(x), float(y)


def seconds(now_ns: int) -> float:
    return (now_ns - ROOM_EPOCH_NS) / SECOND


def _phones(mishap: Mishap, table: tuple[float, float]) -> tuple[PhonePlan, ...]:
    carriers = {Mishap.SWAP: (1, 0, 2)}.get(mishap, (0, 1, 2))
    plans = [PhonePlan(f"phone {index}", -58.0, _address(index), f"walker-{carriers[index]}") for index in range(PEOPLE)]
    if mishap is Mishap.LEFT:
        plans[0] = PhonePlan("phone 0", -58.0, _address(0), at=(*table, 0.75))
    return tuple(plans)


def _address(index: int) -> str:
    return f"02:57:50:00:00:{index + 1:02X}"

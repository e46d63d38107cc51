"""Runs of the room world as numbered observations, as an engine would take them in: settings, nodes, frames, phones, ticks."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.model.observation import EngineStarted, Numbered, Observation, RosterLoaded, SettingsChanged, Tick
from engine.model.people.person import Person, Roster
from engine.model.radio.radio import BleSighting, BleSightings, NodeChanged, NodeState
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, Floor, Portal, Position, Zone
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.sources.simulated import room_batches, room_positions
from engine.sources.simulated.nodes.phones import REPORT_S, PhoneWaves
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.plan import PhonePlan
from engine.sources.simulated.waves.batches import ROOM_EPOCH_NS, RoomStep, room_nodes
from engine.sources.simulated.waves.room import Room, Scenario, Space
from engine.vision.tracking import Tracker

SPACE = "6x5x2.5"
ZONES = (Zone("west", "West", 0.0, 0.0, 3.0, 5.0), Zone("east", "East", 3.0, 0.0, 6.0, 5.0))
MIDDLE = Portal("middle", "Middle", (3.0, 0.0), (3.0, 5.0))
ANNA, BEN = Person("pe-anna", "Anna", "#ff8800"), Person("pe-ben", "Ben", "#00aaff")
PHONES = ("02:0A:00:00:00:01", "02:0A:00:00:00:02")
SETTINGS = Settings(
    site_name="Room",
    floor=Floor((0.0, 0.0, 6.0, 5.0), 2.5, zones=ZONES, portals=(MIDDLE,)),
    ble_devices=(BleDeviceSettings(PHONES[0], "Anna's phone", "person", ANNA.id), BleDeviceSettings(PHONES[1], "Ben's", "person", BEN.id)),
)


def new_pipeline() -> Pipeline:
    return Pipeline(lambda _: Tracker())


def came(positions: dict[str, Position], at_ns: int = ROOM_EPOCH_NS, state: NodeState = NodeState.ONLINE) -> Iterator[NodeChanged]:
    for mac, place in positions.items():
        yield NodeChanged(at_ns, mac, state, place, 6, "" if state is NodeState.ONLINE else "It left.", True)


def phone_reports(seed: int, nodes: int, walkers: int, seconds: float, space: str = SPACE) -> Iterator[BleSightings]:
    """What the nodes hear of one phone per walker, by time."""
    size = Space.parse(space)
    placed = room_nodes(size, nodes)
    around = Surroundings.of_room(size.width_m, size.depth_m, size.height_m, seed)
    plans = [PhonePlan("phone", -59.0, address, f"walker-{index}") for index, address in enumerate(PHONES[:walkers])]
    waves = PhoneWaves([node.position for node in placed], around, Room(size, walkers, seed, Scenario.WALK), plans, seed)
    for report in range(1, int(seconds / REPORT_S) + 1):
        for scanner, node in enumerate(placed):
            heard = tuple(BleSighting(each.address, each.rssi_dbm) for each in waves.phones_heard_by(scanner, report))
            at_ns = ROOM_EPOCH_NS + round((report * REPORT_S + 0.3 * scanner) * SECOND)
            yield BleSightings(at_ns, node.mac, heard, True)


def ticked(steps: Iterable[RoomStep], reports: Iterable[BleSightings] = ()) -> Iterator[Observation]:
    """Before each tick what was heard since the one before."""
    waiting = list(reports)
    for step in steps:
        due = [report for report in waiting if report.occurred_ns <= step.now_ns]
        waiting = waiting[len(due) :]
        yield from due
        yield step.batch
        yield Tick(step.now_ns)


def room_run(
    seed: int, seconds: float, walkers: int = 2, nodes: int = 4, settings: Settings = SETTINGS, scenario: str = "walk", space: str = SPACE
) -> list[Observation]:
    """A whole run from the engine's start on: its nodes come, people walk with their phones in their pockets."""
    phones = phone_reports(seed, nodes, walkers, seconds, space) if scenario == "walk" else ()
    steps = room_batches(seed, nodes, walkers, seconds, space=space, scenario=scenario)
    known = RosterLoaded(ROOM_EPOCH_NS, Roster((ANNA, BEN)))
    beginning = (EngineStarted(ROOM_EPOCH_NS, "test", engine_id="dfa9c0de"), SettingsChanged(ROOM_EPOCH_NS, settings, "start"), known)
    return [*beginning, *came(room_positions(space, nodes)), *ticked(steps, phones)]


def in_order(observations: Iterable[Observation], first: int = 1_000) -> list[Numbered]:
    return [Numbered(first + place, each.occurred_ns, each) for place, each in enumerate(observations)]


def played(pipeline: Pipeline, observations: Iterable[Numbered]) -> list[StepResult]:
    return [pipeline.step(numbered) for numbered in observations]


def later(observations: Iterable[Observation], by_ns: int) -> list[Observation]:
    """The same at another time."""
    return [_later(each, by_ns) for each in observations]


def _later(observation: Observation, by_ns: int) -> Observation:
    moved = replace(observation, occurred_ns=observation.occurred_ns + by_ns)
    return replace(moved, arrival_ns=moved.arrival_ns + by_ns) if hasattr(moved, "arrival_ns") else moved  # type: ignore[attr-defined]


def digest(results: Iterable[StepResult]) -> str:
    """Of everything that was said, bit for bit."""
    import hashlib
    import json

    from engine.model import wire

    told = hashlib.sha256()
    for result in results:
        told.update(json.dumps(wire.to_plain(result), sort_keys=True).encode())
    return told.hexdigest()


if __name__ == "__main__":
    print(digest(played(new_pipeline(), in_order(room_run(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))))))

"""The room world as the engine's own batches of CSI, for benches and tests that need no socket."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import CsiBatch
from engine.model.site import Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.waves.radio import CELL_S, Airwaves, Packets, RadioNode
from engine.sources.simulated.waves.room import FOR_EVER_S, Room, Scenario, Space, Truth

STEPS_S = 0.1  # of the batches: ten a second, as the engine ticks
ROOM_EPOCH_NS = 1_767_225_600 * SECOND
ROOM_HEIGHTS_M = (2.0, 1.1)  # nodes hang high and low in turn: heights that are all the same tell nothing about heights
_CELLS = round(STEPS_S / CELL_S)


@dataclass(frozen=True, slots=True, eq=False)
class RoomStep:
    """One tick: `batch` holds what arrived in the tenth of a second before `now_ns`; `truth` is of `now_ns`."""

    now_ns: int
    batch: CsiBatch
    truth: tuple[Truth, ...]


def room_nodes(space: Space, count: int, heights_m: Sequence[float] = ROOM_HEIGHTS_M) -> tuple[RadioNode, ...]:
    """Nodes evenly on the room's perimeter, from the origin anticlockwise."""
    places = space.perimeter(count, heights_m)
    return tuple(RadioNode(f"02:57:52:00:00:{index:02X}", place) for index, place in enumerate(places))


def room_positions(space: str = "5x5x2.5", nodes: int = 4) -> dict[str, Position]:
    """Where the nodes of `room_batches` are, by MAC, metres."""
    return {node.mac: node.position for node in room_nodes(Space.parse(space), nodes)}


def room_batches(
    seed: int,
    nodes: int = 4,
    walkers: int = 1,
    duration_s: float = 60.0,
    rate_hz: float = 20.0,
    space: str = "5x5x2.5",
    scenario: str = "walk",
    event_at_s: float = 10.0,
    lies_s: float = FOR_EVER_S,
) -> Iterator[RoomStep]:
    """A run of the room world, ten steps a second; a pure function of its arguments. 4 nodes at 20 Hz cost about 12 ms a second.

    Args:
        scenario: `walk`, `fall`, `bag` or `empty`; `event_at_s` is when somebody falls or drops the bag.
    Raises:
        InputError: a room, number or scenario that cannot be.
    """
    size = Space.parse(space)
    placed = room_nodes(size, nodes)
    room = Room(size, walkers, seed, Scenario(scenario), event_at_s, lies_s)
    air = Airwaves(placed, Surroundings.of_room(size.width_m, size.depth_m, size.height_m, seed), room, seed)
    ends = [(reader, sender) for reader in range(nodes) for sender in range(nodes) if reader != sender]
    links = tuple((placed[reader].mac, placed[sender].mac) for reader, sender in ends)
    number = np.zeros((nodes, nodes), np.uint16)
    number[tuple(np.array(ends, np.intp).reshape(-1, 2).T)] = np.arange(len(ends))
    chance = np.random.default_rng((seed, 41))
    for step in range(round(duration_s / STEPS_S)):
        packets = [air.cell(step * _CELLS + cell, [rate_hz] * nodes) for cell in range(_CELLS)]
        now_s = (step + 1) * STEPS_S
        yield RoomStep(_nanoseconds(now_s), _batch(packets, links, number, now_s, air.channel, chance), room.truth(now_s))


def _batch(
    cells: Sequence[Packets],
    links: tuple[tuple[str, str], ...],
    number: npt.NDArray[np.uint16],
    now_s: float,
    channel: int,
    chance: np.random.Generator,
) -> CsiBatch:
    """Packets as they arrive: each a little later than it was sent, at the latest now. `number[reader, sender]` is the link's."""
    sent_s = np.concatenate([packets.sent_s for packets in cells])
    arrival_s = np.minimum(sent_s + 0.0015 + chance.exponential(0.001, len(sent_s)), now_s - 1e-5)
    order = np.argsort(arrival_s, kind="stable")
    reader, sender = (np.concatenate([getattr(packets, name) for packets in cells])[order] for name in ("reader", "sender"))
    return CsiBatch(
        occurred_ns=_nanoseconds(now_s),
        links=links,
        link=number[reader, sender],
        arrival_ns=ROOM_EPOCH_NS + np.rint(arrival_s[order] * SECOND).astype(np.int64),
        rssi_dbm=np.concatenate([packets.rssi_dbm for packets in cells])[order],
        noise_dbm=np.concatenate([packets.noise_dbm for packets in cells])[order],
        channel=np.full(len(order), channel, np.uint8),
        n_sub=np.full(len(order), 64, np.uint8),
        iq=np.concatenate([packets.iq for packets in cells])[order],
        simulated=True,
    )


def _nanoseconds(t_s: float) -> int:
    return ROOM_EPOCH_NS + round(t_s * SECOND)

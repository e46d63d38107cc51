"""Simulated nodes as clients of a node socket, in the room world: what `watchroom nodes simulate` runs."""

import asyncio
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path

import numpy as np

from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import MILLISECOND, Clock
from engine.model.value_class import dataclass
from engine.sources.simulated.nodes.fleet_node import FleetNode, FleetServer, Outcome
from engine.sources.simulated.nodes.fleet_update import UpdateBehaviour
from engine.sources.simulated.nodes.node import HEALTH_S, NodeVoice, Wire
from engine.sources.simulated.nodes.phones import REPORT_S, PhoneWaves
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.plan import PhonePlan
from engine.sources.simulated.truth_file import TruthFile
from engine.sources.simulated.waves.batches import room_nodes
from engine.sources.simulated.waves.radio import CELL_S, Airwaves, Packets, RadioNode
from engine.sources.simulated.waves.room import FOR_EVER_S, Room, Scenario, Space

FIRST_ORDER_S = 10.0  # to wait for a node's first order before the next node connects
MOST_NODES = 64
_MAC = "02:57:53:00:00:{:02X}"
_ACCESS_POINT = "02:57:53:00:AA:01"
_PHONE = "AA:BB:CC:DD:EE:{:02X}"
_MOST_BEHIND_S = 0.5


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """What to simulate, and against which server.

    Attributes:
        url: of the node socket, ws:// or wss://. duration_s: 0 for until told to stop. rate_hz: packets per second of every node.
        event_at_s: when walker 0 falls or drops the bag; lies_s: for how long the faller lies.
        boot_s: how long a restart takes. patience_s: how long to try when the server is not there at first.
        obey_rate: follow the rates that the server orders; otherwise `rate_hz` stays.
        token: sent by every node; empty: each asks the server to be provisioned, unless `provision` is off.
    """

    url: str
    nodes: int = 4
    walkers: int = 1
    rate_hz: float = 20.0
    duration_s: float = 60.0
    seed: int = 42
    space: Space = field(default_factory=lambda: Space(6.0, 5.0, 2.5))
    scenario: Scenario = Scenario.WALK
    event_at_s: float = 10.0
    down_s: float = 0.8
    lies_s: float = FOR_EVER_S
    ble: bool = False
    stale_reports: bool = False
    obey_rate: bool = False
    token: str = field(default="", repr=False)
    provision: bool = True
    firmware: str = "sim-1.0.0"
    update: UpdateBehaviour = field(default_factory=UpdateBehaviour)
    truth: Path | None = None
    boot_s: float = 2.0
    patience_s: float = 5.0

    def __post_init__(self) -> None:
        if not 1 <= self.nodes <= MOST_NODES:
            raise InputError("nodes", f"{self.nodes} is outside 1–{MOST_NODES}")
        if not 0.1 <= self.rate_hz <= 100:
            raise InputError("rate", f"{self.rate_hz} is outside 0.1–100 Hz")
        if not 0 <= self.duration_s < 1e9:
            raise InputError("duration", f"{self.duration_s} is no number of seconds")
        if not 0 <= self.event_at_s < 1e9:
            raise InputError("event_at", f"{self.event_at_s} is no number of seconds")
        if not 0 < self.down_s <= 60:
            raise InputError("fall_duration", f"{self.down_s} is outside 0–60 seconds")
        if self.seed < 0:
            raise InputError("seed", f"{self.seed} is below 0")


@dataclass(frozen=True, slots=True)
class FleetSummary:
    """What happened. `started_ms`: Unix time of second 0 of the world and of the truth file; `skipped_s`: left out, being too slow."""

    seconds: float
    started_ms: int
    frames_sent: int
    frames_dropped: int
    skipped_s: float
    reconnects: int
    rejects: tuple[str, ...]
    updates: tuple[Outcome, ...]


async def simulate_fleet(plan: FleetPlan, clock: Clock, stopping: asyncio.Event) -> FleetSummary:
    """Connect all nodes one after the other, send for the duration or until `stopping`, close with code 1000.

    Raises:
        EnvironmentFault: the server cannot be reached (`unreachable`), or the truth cannot be written (`truth`).
        InputError: a URL that is none (field `url`).
    """
    fleet = _Fleet(plan, clock)
    with TruthFile(plan.truth) as truth:
        return await fleet.run(stopping, truth)


class _Fleet:
    def __init__(self, plan: FleetPlan, clock: Clock) -> None:
        self._plan, self._clock = plan, clock
        self._over = asyncio.Event()
        space = plan.space
        places = room_nodes(space, plan.nodes)
        senders = (*places, *_access_point(plan))
        self._room = Room(space, plan.walkers, plan.seed, plan.scenario, plan.event_at_s, plan.lies_s, plan.down_s)
        around = Surroundings.of_room(space.width_m, space.depth_m, space.height_m, plan.seed)
        self._air = Airwaves(senders, around, self._room, plan.seed)
        self._phones = PhoneWaves([place.position for place in places], around, self._room, _phones(plan), plan.seed)
        macs = [_MAC.format(number) for number in range(plan.nodes)]
        access_point = _ACCESS_POINT if len(senders) > len(places) else ""
        self._wire = Wire([*macs, _ACCESS_POINT], self._air.channel)
        server = FleetServer(plan.url)
        self._nodes = [
            FleetNode(
                server,
                NodeVoice(mac, place.position, plan.firmware, plan.token, plan.stale_reports),
                self._air.channel,
                plan.provision and not plan.token,
                plan.update,
                self._over,
                plan.boot_s,
                plan.patience_s,
                access_point,
            )
            for mac, place in zip(macs, places, strict=True)
        ]

    async def run(self, stopping: asyncio.Event, truth: TruthFile) -> FleetSummary:
        tasks: list[asyncio.Task[None]] = []
        stop = asyncio.create_task(self._stop_with(stopping))
        started_ns = self._clock.now_ns()
        skipped_s = 0.0
        try:
            await self._connect_all(tasks)
            started_ns = self._clock.now_ns()
            skipped_s = await self._send_all(truth)
        finally:
            self._over.set()
            await asyncio.gather(*tasks, return_exceptions=True)
            stop.cancel()
            await asyncio.gather(stop, return_exceptions=True)
        return self._summary(started_ns, skipped_s)

    async def _stop_with(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._over.set()

    async def _connect_all(self, tasks: list[asyncio.Task[None]]) -> None:
        for node in self._nodes:
            if self._over.is_set():
                return
            task = asyncio.create_task(node.run())
            tasks.append(task)
            ordered = asyncio.create_task(node.ordered.wait())
            await asyncio.wait({task, ordered}, timeout=FIRST_ORDER_S, return_when=asyncio.FIRST_COMPLETED)
            ordered.cancel()
            if task.done() and task.exception() is not None:
                await task
            if not node.connected and not self._over.is_set():
                raise EnvironmentFault(
                    "unreachable", f"{self._plan.url} gave no answer within {FIRST_ORDER_S:.0f} s. Is the engine running there?"
                )

    async def _send_all(self, truth: TruthFile) -> float:
        """Cell after cell, each packet at its time. Gives the seconds that were left out because this machine was too slow."""
        loop = asyncio.get_running_loop()
        start_s, skipped_s = loop.time(), 0.0
        cells = round(self._plan.duration_s / CELL_S) if self._plan.duration_s else 1 << 62
        number = 0
        while number < cells and not self._over.is_set():
            behind = int((loop.time() - start_s - _MOST_BEHIND_S) / CELL_S) - number
            if behind > 0:
                skipped_s += behind * CELL_S
                number += behind
            packets = self._air.cell(number, self._rates())
            await self._send(packets, start_s)
            now_s = (number + 1) * CELL_S
            await self._until(start_s + now_s)
            truth.add(now_s, self._room.truth(now_s))
            self._speak(now_s)
            number += 1
        return skipped_s

    async def _send(self, packets: Packets, start_s: float) -> None:
        booted = np.array([node.booted_s for node in self._nodes] + [start_s]) - start_s
        uptime = np.maximum((packets.sent_s - booted[packets.reader]) * 1e6, 0).astype(np.uint64)
        due_s = -1.0
        for reader, sent_s, frame in zip(packets.reader, packets.sent_s, self._wire.frames(packets, uptime), strict=True):
            if sent_s != due_s:
                due_s = float(sent_s)
                await self._until(start_s + due_s)
            if reader < len(self._nodes):
                self._nodes[int(reader)].frame(frame)

    async def _until(self, at_s: float) -> None:
        left_s = at_s - asyncio.get_running_loop().time()
        if left_s > 0.0005:
            await asyncio.sleep(left_s)

    def _rates(self) -> Sequence[float]:
        obey = self._plan.obey_rate
        rates = [(node.voice.rate_hz if obey else self._plan.rate_hz) if node.sending else 0.0 for node in self._nodes]
        return [*rates, self._plan.rate_hz] if len(rates) < len(self._air.nodes) else rates

    def _speak(self, now_s: float) -> None:
        """Health every 10 s, phones every 5 s; each node a little after the one before."""
        for number, node in enumerate(self._nodes):
            cell = round(now_s / CELL_S) - 3 * number
            if cell > 0 and cell % round(HEALTH_S / CELL_S) == 0:
                node.tell_health(HEALTH_S, len(self._air.nodes) - 1)
            if self._plan.ble and cell > 0 and cell % round(REPORT_S / CELL_S) == 0:
                node.tell_phones(self._phones.phones_heard_by(number, int(now_s // REPORT_S)))

    def _summary(self, started_ns: int, skipped_s: float) -> FleetSummary:
        nodes = self._nodes
        return FleetSummary(
            seconds=round((self._clock.now_ns() - started_ns) / 1e9, 2),
            started_ms=started_ns // MILLISECOND,
            frames_sent=sum(node.frames_sent for node in nodes),
            frames_dropped=sum(node.frames_dropped for node in nodes),
            skipped_s=round(skipped_s, 2),
            reconnects=sum(max(node.connections - 1, 0) for node in nodes),
            rejects=tuple(f"{node.voice.mac}: {node.rejected}" for node in nodes if node.rejected is not None),
            updates=tuple(outcome for node in nodes for outcome in node.updates),
        )


def _access_point(plan: FleetPlan) -> list[RadioNode]:
    """A node on its own measures its Wi-Fi access point, or it would measure nothing; nodes among others measure each other."""
    space = plan.space
    return [RadioNode(_ACCESS_POINT, (0.8 * space.width_m, 0.9 * space.depth_m, 0.8 * space.height_m))] if plan.nodes == 1 else []


def _phones(plan: FleetPlan) -> list[PhonePlan]:
    count = plan.walkers if plan.ble else 0
    return [PhonePlan(f"sim-person-{w}", -59.0, _PHONE.format(w), f"walker-{w}", name=f"sim-person-{w}") for w in range(count)]

"""What the demo's nodes hear of each other and of the phones that its people carry."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from engine.sources.simulated.falls import Fall
from engine.sources.simulated.nodes.node import Wire
from engine.sources.simulated.nodes.phones import PhoneWaves, SimulatedAdvert
from engine.sources.simulated.pictures.bodies import WalkersOf
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.plan import DEMO, FloorPlan
from engine.sources.simulated.waves.radio import Airwaves, RadioNode
from engine.sources.simulated.world import World, nobody_falls

CHANNEL = 6


class Air(Protocol):
    """A pure function of time and falls; one thread. Nodes are told by their number in the plan."""

    def frames(self, cell: int, rates_hz: Sequence[float], booted_s: Sequence[float]) -> list[tuple[int, bytes]]:
        """Whatever is heard in [cell · 50 ms, (cell + 1) · 50 ms): the node that heard it, and the binary frame that it sends of it.

        Args:
            rates_hz: packets a second of each node, 0 for a silent one. booted_s: world time at which each began.
        Raises:
            EnvironmentFault: it cannot be worked out just now.
        """
        ...

    def phones_heard_by(self, node: int, report: int) -> tuple[SimulatedAdvert, ...]:
        """The phones that a node took down in the 5 s that end at world time `report` · 5 s. Raises EnvironmentFault as `frames`."""
        ...


class SimulatedAir:
    """`Air`, worked out by whoever asks. About 6 % of a core for eight nodes at 20 Hz."""

    def __init__(self, plan: FloorPlan = DEMO, falls: Callable[[], Sequence[Fall]] = nobody_falls, seed: int = 7) -> None:
        bodies, around = WalkersOf(World(plan, falls=falls)), Surroundings.of_plan(plan)
        self._waves = Airwaves([RadioNode(node.mac, node.at) for node in plan.nodes], around, bodies, seed, CHANNEL)
        self._phones = PhoneWaves([node.at for node in plan.nodes], around, bodies, plan.phones, seed)
        self._wire = Wire([node.mac for node in plan.nodes], CHANNEL)

    def frames(self, cell: int, rates_hz: Sequence[float], booted_s: Sequence[float]) -> list[tuple[int, bytes]]:
        packets = self._waves.cell(cell, rates_hz)
        uptime_s = packets.sent_s - np.asarray(booted_s, np.float64)[packets.reader]
        frames = self._wire.frames(packets, np.maximum(uptime_s * 1e6, 0).astype(np.uint64))
        return list(zip(packets.reader.tolist(), frames, strict=True))

    def phones_heard_by(self, node: int, report: int) -> tuple[SimulatedAdvert, ...]:
        return self._phones.phones_heard_by(node, report)

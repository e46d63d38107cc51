"""The node lane: which nodes are there, where they stand, and the events of those that stay away."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.alerts.gates import LONGEST_S, passed, silence_gates
from engine.model import wire
from engine.model.alerts.decision import CandidateKind
from engine.model.event import EventKind, Severity
from engine.model.radio.radio import NodeChanged, NodeState
from engine.model.settings import Settings
from engine.model.site import Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import Spans, decide, raised

SILENT_S = 15.0  # nodes reconnect within seconds, and reboot for an update


@dataclass(frozen=True, slots=True)
class KnownNode:
    mac: str
    online: bool
    since_ns: int
    announced: Position | None
    simulated: bool
    paired: bool = True


class NodeLane:
    """Sans-IO; the engine thread only."""

    def __init__(self) -> None:
        self._nodes: dict[str, KnownNode] = {}
        self._lost = Spans()
        self._reasons: dict[str, str] = {}

    @property
    def simulated(self) -> bool:
        return any(node.simulated for node in self._nodes.values() if node.online)

    @property
    def known(self) -> tuple[KnownNode, ...]:
        return tuple(self._nodes.values())

    def reason(self, mac: str) -> str:
        """Why it is away, as a sentence; empty where nobody knows."""
        return self._reasons.get(mac, "")

    @property
    def anybody(self) -> bool:
        return bool(self._nodes)

    def changed(self, change: NodeChanged, out: StepOutput) -> None:
        if change.removed:
            self.forget((change.mac,), change.occurred_ns, out)
            return
        before = self._nodes.get(change.mac)
        online = change.state is not NodeState.OFFLINE
        announced = change.announced if change.announced is not None or before is None else before.announced
        simulated = change.simulated or (not online and before is not None and before.simulated)
        since_ns = before.since_ns if before is not None and before.online is online else change.occurred_ns
        paired = change.state is NodeState.ONLINE or (before is not None and before.paired)
        self._nodes[change.mac] = KnownNode(change.mac, online, since_ns, announced, simulated, paired)
        self._reasons[change.mac] = change.reason
        if online:
            self._back(change.mac, before, change.occurred_ns, out)

    def tick(self, now_ns: int, settings: Settings, out: StepOutput) -> None:
        for mac, node in tuple(self._nodes.items()):
            configured = settings.node(mac)
            if configured is not None and not configured.enabled:
                self._not_missed(node, now_ns, out)
            elif not node.online and configured is None and not node.paired:
                self._forget_stranger(node, now_ns)
            elif not node.online:
                self._maybe_lost(node, configured.name if configured is not None else "", now_ns, out)

    def _forget_stranger(self, node: KnownNode, now_ns: int) -> None:
        """Nobody misses a node that came without a token and was never given a name or place."""
        if now_ns - node.since_ns >= SILENT_S * SECOND:
            del self._nodes[node.mac]
            self._reasons.pop(node.mac, None)

    def positions(self, settings: Settings) -> Mapping[str, Position]:
        """By MAC: the operator's position, otherwise the announced one. Nodes that are switched off have none."""
        placed = {mac: node.announced for mac, node in self._nodes.items() if node.announced is not None}
        for node in settings.nodes:
            if not node.enabled:
                placed.pop(node.mac, None)
            elif node.position is not None:
                placed[node.mac] = node.position
        return dict(sorted(placed.items()))

    def forget(self, macs: Iterable[str], now_ns: int, out: StepOutput) -> None:
        """Nodes that the operator removed."""
        for mac in macs:
            self._nodes.pop(mac, None)
            self._reasons.pop(mac, None)
            self._lost.end(mac, now_ns, out)

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        """The engine ran until `at_ns` and starts again at `now_ns`: nodes have a while from now on to come back."""
        self._lost.end_all(at_ns, out)
        self._reasons.clear()
        self._nodes = {mac: replace(node, online=False, since_ns=now_ns) for mac, node in self._nodes.items()}

    def open_event_ids(self) -> frozenset[str]:
        return self._lost.ids()

    def state(self) -> dict[str, Any]:
        return {"nodes": [wire.to_plain(node) for node in self._nodes.values()], "lost": self._lost.state(), "reasons": self._reasons}

    def restore(self, state: dict[str, Any]) -> None:
        nodes = [wire.read_record(KnownNode, node, "nodes") for node in state["nodes"]]
        self._nodes = {node.mac: node for node in nodes}
        self._lost.restore(state["lost"])
        self._reasons = dict(state["reasons"])

    def _not_missed(self, node: KnownNode, now_ns: int, out: StepOutput) -> None:
        """It is switched off. When it is switched on again, it has a while from then on to come back."""
        self._lost.end(node.mac, now_ns, out)
        if not node.online:
            self._nodes[node.mac] = replace(node, since_ns=now_ns)

    def _maybe_lost(self, node: KnownNode, name: str, now_ns: int, out: StepOutput) -> None:
        gates = silence_gates(max(now_ns - node.since_ns, 0) / SECOND, SILENT_S)
        if node.mac in self._lost or not passed(gates):
            return
        reason = self._reasons.get(node.mac) or f"{name or node.mac} has not been heard since."
        event = raised(
            EventKind.NODE_LOST,
            CandidateKind.SENSOR_FAULT,
            node.mac,
            gates,
            node.since_ns,
            now_ns,
            out,
            severity=Severity.MODERATE,
            reason=reason,
            simulated=node.simulated,
            position=node.announced,
        )
        self._lost.begin(node.mac, event, out)

    def _back(self, mac: str, before: KnownNode | None, at_ns: int, out: StepOutput) -> None:
        if mac in self._lost:
            self._lost.end(mac, at_ns, out)
        elif before is not None and not before.online:
            silent_s = min(max(at_ns - before.since_ns, 0) / SECOND, LONGEST_S)
            decide(CandidateKind.SENSOR_FAULT, mac, silence_gates(silent_s, SILENT_S), None, at_ns, out)


class NodeKeeper:
    """Whoever follows the nodes of a site."""

    nodes: NodeLane

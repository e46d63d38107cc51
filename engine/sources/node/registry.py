"""What is known of each node: who is connected, what it said last, and how it is shown. Not thread-safe: the hub's lock holds it."""

from collections import deque
from dataclasses import field, replace

from engine.model.radio.radio import NodeChanged, NodeState, NodeView
from engine.model.settings import Settings
from engine.model.site import NodeSettings, Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.sources.node.messages import Health, Hello
from engine.sources.node.session import NodeSession

MOST_KNOWN = 256
STRANGER_NS = 60 * SECOND  # how long one that never had a token is remembered after it has left, where room is needed
NEVER_SEEN = "It has not connected since the engine started."
RATE_SECONDS = 4
SIMULATOR = "sim-"  # so begins the firmware version of every simulator, the public ones and ours; what they show is marked


@dataclass(slots=True, eq=False)
class KnownNode:
    """One node. `session` is the connection of now, and only that one may end it: an older one that ends later changes nothing."""

    mac: str
    state: NodeState = NodeState.OFFLINE
    reason: str = NEVER_SEEN
    since_ns: int = 0
    last_seen_ns: int = 0
    session: NodeSession | None = None
    hello: Hello | None = None
    health: Health | None = None
    health_ns: int | None = None
    address: str = ""
    role: str = ""
    simulated: bool = False
    paired: bool = False  # has shown its token
    told_hz: int = 0
    frames: int = 0  # of connections that have ended
    malformed: int = 0
    rate_hz: float = 0.0
    counts: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=RATE_SECONDS))

    @property
    def channel(self) -> int:
        said = self.health.channel if self.health is not None else 0
        return said or (self.hello.ap_channel if self.hello is not None else 0)

    @property
    def firmware(self) -> str:
        return self.hello.firmware if self.hello is not None else ""

    @property
    def announced(self) -> Position | None:
        return self.hello.position if self.hello is not None else None

    def connected(self, session: NodeSession, hello: Hello, state: NodeState, role: str, now_ns: int) -> None:
        self._keep_counts()
        if self.state is not state:
            self.since_ns = now_ns
        self.session, self.hello, self.state, self.role, self.reason = session, hello, state, role, ""
        self.health, self.health_ns = None, None
        self.paired = self.paired or state is NodeState.ONLINE
        self.address, self.last_seen_ns = session.address, now_ns
        self.simulated = session.simulated or hello.firmware.startswith(SIMULATOR)
        self.counts.clear()
        self.rate_hz = 0.0

    def disconnected(self, reason: str, now_ns: int) -> None:
        self._keep_counts()
        self.session, self.state, self.reason, self.since_ns = None, NodeState.OFFLINE, reason, now_ns
        self.rate_hz = 0.0
        self.counts.clear()

    def measure(self, now_s: float) -> None:
        """Once a second: the rate over the last few."""
        if self.session is None:
            return
        self.counts.append((now_s, self.session.frames))
        (from_s, before), (to_s, after) = self.counts[0], self.counts[-1]
        self.rate_hz = (after - before) / (to_s - from_s) if to_s > from_s else 0.0

    def change(self, now_ns: int) -> NodeChanged:
        return NodeChanged(now_ns, self.mac, self.state, self.announced, self.channel, self.reason, self.simulated)

    def view(self, settings: NodeSettings | None) -> NodeView:
        session, hello, health = self.session, self.hello, self.health
        view = NodeView(
            mac=self.mac,
            name=settings.name if settings is not None else "",
            state=self.state,
            reason=self.reason,
            address=self.address,
            since_ns=self.since_ns,
            last_seen_ns=session.last_seen_ns if session is not None else self.last_seen_ns,
            role=self.role,
            channel=self.channel,
            rate_hz=self.rate_hz,
            configured_hz=self.told_hz,
            frames=self.frames + (session.frames if session is not None else 0),
            malformed=self.malformed + (session.malformed if session is not None else 0),
            simulated=self.simulated,
        )
        return _with_position(_in_health(_greeted(view, hello), health, self.health_ns), settings, self.announced)

    def _keep_counts(self) -> None:
        if self.session is not None:
            self.frames += self.session.frames
            self.malformed += self.session.malformed
            self.last_seen_ns = self.session.last_seen_ns


def _greeted(view: NodeView, hello: Hello | None) -> NodeView:
    if hello is None:
        return view
    return replace(view, firmware=hello.firmware, chip=hello.chip, capabilities=hello.capabilities, uptime_ms=hello.uptime_ms)


def _in_health(view: NodeView, health: Health | None, health_ns: int | None) -> NodeView:
    if health is None:
        return view
    return replace(
        view,
        rssi_dbm=health.rssi_dbm,
        temperature_c=health.temperature_c,
        free_heap_bytes=health.free_heap_bytes,
        uptime_ms=health.uptime_ms if health.uptime_ms is not None else view.uptime_ms,
        reported_hz=health.rate_hz,
        last_health_ns=health_ns,
    )


def _with_position(view: NodeView, settings: NodeSettings | None, announced: Position | None) -> NodeView:
    """The operator's position goes before the announced one."""
    if settings is not None and settings.position is not None:
        return replace(view, position=settings.position, position_source="plan")
    return view if announced is None else replace(view, position=announced, position_source="announced")


class Registry:
    """Nodes by MAC, in order of first appearance."""

    def __init__(self) -> None:
        self._nodes: dict[str, KnownNode] = {}

    def get(self, mac: str) -> KnownNode | None:
        return self._nodes.get(mac)

    def all(self) -> tuple[KnownNode, ...]:
        return tuple(self._nodes.values())

    def online(self) -> tuple[KnownNode, ...]:
        return tuple(node for node in self._nodes.values() if node.session is not None)

    def enter(self, mac: str, now_ns: int, trusted: bool = True) -> KnownNode | None:
        """The node of this MAC, made where it is new; None when there is room for no more.

        Where it is full, who left longest ago is forgotten: anybody for a node that has a token, for others only one that never had one,
        and not at once, so that a flood of new names churns slowly.
        """
        node = self._nodes.get(mac)
        if node is None and (len(self._nodes) < MOST_KNOWN or self._forget_one(now_ns, trusted)):
            node = self._nodes[mac] = KnownNode(mac)
        return node

    def unpaired(self, but: str) -> int:
        """How many are connected without a token, `but` not counted."""
        return sum(node.state is NodeState.UNPAIRED for node in self.online() if node.mac != but)

    def forget(self, mac: str) -> KnownNode | None:
        return self._nodes.pop(mac, None)

    def views(self, settings: Settings) -> tuple[NodeView, ...]:
        """All that are known or configured, by MAC."""
        known = {node.mac: node for node in settings.nodes}
        absent = (KnownNode(mac).view(node) for mac, node in known.items() if mac not in self._nodes)
        present = (node.view(known.get(mac)) for mac, node in self._nodes.items())
        return tuple(sorted((*present, *absent), key=lambda view: view.mac))

    def _forget_one(self, now_ns: int, trusted: bool) -> bool:
        """Strangers first."""
        gone = [node for node in self._nodes.values() if node.session is None]
        strangers = [node for node in gone if not node.paired and (trusted or now_ns - node.since_ns > STRANGER_NS)]
        if not (gone if trusted else strangers):
            return False
        del self._nodes[min(strangers or gone, key=lambda node: node.since_ns).mac]
        return True

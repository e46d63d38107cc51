"""All nodes of a site: the one object that the runtime holds. What they say is gathered here until the engine thread takes it."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from engine.model.errors import EnvironmentFault, NotFound
from engine.model.observation import Observation
from engine.model.radio.radio import BleSighting, BleSightings, Firmware, NodeChanged, NodeState, NodeView
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.sources.node import orders
from engine.sources.node.admission import Admission, role_of
from engine.sources.node.collector import CAPACITY, FrameCollector
from engine.sources.node.messages import BleAdvert, BleReport, Health, Hello, Message, MotionHint, OtaStatus
from engine.sources.node.pairing import PairingDoor
from engine.sources.node.rates import MOTION_VARIANCE, RateGovernor, RatePolicy
from engine.sources.node.registry import KnownNode, Registry
from engine.sources.node.rollout import GAP_S, NodeUpdate, Rollout, RolloutProgress, Step
from engine.sources.node.session import NORMAL, Close, NodeSession, Send, Stage
from engine.sources.node.tokens import NodeTokens

log = logging.getLogger(__name__)

CONFIG_S = 40.0  # simulators hang up after 60 s without a text
TICK_S = 1.0
MOST_CONNECTIONS = 128
MOST_UNPAIRED = 64  # of them: so many without a token at once, while pairing is open; the other places are kept for paired nodes
MOST_REJECTED = 256  # remembered, so that each is told once
CROWD_S = 60.0  # between two lines in the log when there are more
MOST_REPORTS = 512  # of BLE, between two drains
REMOVED = "It was removed; provision it anew to let it in."
DISABLED = "It is switched off in the settings."
REPLACED = "It connected again."
STOPPING = "The engine stops."


class AdvertNaming(Protocol):
    """Which devices a node heard: registered address or pseudonym for each advert. Called on the thread that drains."""

    def __call__(self, scanner: str, adverts: Sequence[BleAdvert], now_ns: int) -> tuple[BleSighting, ...]: ...


def nobody(scanner: str, adverts: Sequence[BleAdvert], now_ns: int) -> tuple[BleSighting, ...]:
    return ()


class NodeHub:
    """Thread-safe. Connections come in by `connect` from any transport: sockets, or simulated nodes in this process.

    `drain` and the calls of sessions take microseconds and never wait for a network. Nothing is sent while the lock is held.
    """

    def __init__(
        self,
        clock: Clock,
        tokens: NodeTokens,
        pairing: PairingDoor,
        naming: AdvertNaming = nobody,
        rates: RatePolicy | None = None,
        steady_s: Callable[[], float] = time.monotonic,
        update_gap_s: float = GAP_S,
        capacity: int = CAPACITY,
    ) -> None:
        self.tokens, self.pairing = tokens, pairing
        self._admission = Admission(tokens, pairing)
        self._rollout = Rollout(update_gap_s)
        self._clock, self._naming, self._steady_s = clock, naming, steady_s
        self._lock = threading.RLock()
        self._registry = Registry()
        self._sessions: set[NodeSession] = set()
        self._settings = Settings()
        self._rates = RateGovernor(rates or RatePolicy(), steady_s())
        self._real, self._simulated = FrameCollector(capacity), FrameCollector(capacity, simulated=True)
        self._changes: list[NodeChanged] = []
        self._reports: deque[tuple[int, BleReport, NodeSession]] = deque(maxlen=MOST_REPORTS)
        self._ticked_s = self._drained_s = steady_s()
        self._rejected: dict[str, str] = {}
        self._crowd_told_s: float | None = None
        self._stopped = False
        self.shed_level = 0

    # --- connections

    @property
    def accepting(self) -> bool:
        """False once it shuts down: the transport answers 503."""
        return not self._stopped

    def connect(
        self, address: str, send: Send, close: Close, token: str | None = None, simulated: bool = False, reached_at: str = ""
    ) -> NodeSession:
        """A connection was made; see `NodeSession`. Where there are too many, who has waited longest without a hello gives way: nodes say
        theirs at once.

        Raises EnvironmentFault when it shuts down, or when too many nodes are connected.
        """
        session = NodeSession(self, self._clock, address, send, close, token, simulated, reached_at, self._steady_s)
        with self._lock:
            if self._stopped:
                raise EnvironmentFault("shutting_down", "The engine stops; nodes are not let in any more.")
            silent = self._most_silent() if len(self._sessions) >= MOST_CONNECTIONS else None
            if silent is None and len(self._sessions) >= MOST_CONNECTIONS:
                raise EnvironmentFault("busy", f"{MOST_CONNECTIONS} nodes are connected already.")
            self._sessions.add(session)
        if silent is not None:
            silent.hang_up("Others needed its place before it said hello.")
        return session

    def has_token(self, mac: str) -> bool:
        """Whether this node has shown its token since the engine started."""
        with self._lock:
            node = self._registry.get(mac)
            return node is not None and node.paired

    def greet(self, session: NodeSession, hello: Hello) -> None:
        """Let a node in by its hello, or reject it."""
        now_ns = self._clock.now_ns()
        with self._lock:
            known, configured = self._registry.get(hello.mac), self._settings.node(hello.mac)
            verdict = self._admission.judge(session, hello, configured, known)
            full = verdict.state is NodeState.UNPAIRED and self._registry.unpaired(but=hello.mac) >= MOST_UNPAIRED
            node = None if verdict.refusal or full else self._registry.enter(hello.mac, now_ns, verdict.state is NodeState.ONLINE)
            old = node.session if node is not None else None
            if node is not None:
                session.admit(hello.mac)
                self._rejected.pop(hello.mac, None)
                node.connected(session, hello, verdict.state, role_of(hello), now_ns)
                self._changes.append(node.change(now_ns))
                self._rollout.greeted(hello.mac, hello.firmware, self._steady_s())
        if node is None:
            self._reject(session, hello.mac, verdict.refusal or orders.TOO_MANY_NODES)
            return
        if old is not None:
            old.hang_up(REPLACED)
        log.info("node %s at %s is %s, firmware %s", hello.mac, session.address, verdict.state, hello.firmware or "unknown")
        session.order(orders.role(node.role))
        self._tell_rate(node, session)

    def on_message(self, session: NodeSession, message: Message) -> None:
        now_ns = self._clock.now_ns()
        with self._lock:
            node = self._registry.get(session.mac)
            if node is None or node.session is not session:
                return
            match message:
                case Health():
                    self._healthy(node, message, now_ns)
                case Hello():
                    node.hello = message
                    self._changes.append(node.change(now_ns))
                case BleReport():
                    self._reports.append((now_ns, message, session))
                case MotionHint():
                    self._rates.note_motion(self._steady_s())
                case OtaStatus():
                    self._rollout.reported(node.mac, message, self._steady_s())
                case _:
                    pass

    def frame(self, session: NodeSession, frame: bytes, arrival_ns: int) -> None:
        (self._simulated if session.simulated else self._real).add(frame, arrival_ns)

    def left(self, session: NodeSession, reason: str) -> None:
        now_ns = self._clock.now_ns()
        with self._lock:
            self._sessions.discard(session)
            node = self._registry.get(session.mac)
            if node is None or node.session is not session:  # it was replaced, or never let in
                return
            node.disconnected(reason, now_ns)
            self._changes.append(node.change(now_ns))
        log.info("node %s is gone: %s", session.mac, reason)

    # --- the engine's side

    def drain(self, now_ns: int) -> tuple[Observation, ...]:
        """What came since the last time: changes of nodes, then BLE, then frames. On the engine thread."""
        now_s = self._steady_s()
        if now_s - self._ticked_s >= TICK_S:
            self.tick()
        since_s, self._drained_s = now_s - self._drained_s, now_s
        with self._lock:
            changes, self._changes = self._changes, []
            reports, self._reports = self._reports, deque(maxlen=MOST_REPORTS)
        for collector in (self._real, self._simulated):
            collector.pace(since_s)
        batches = [collector.drain(now_ns) for collector in (self._real, self._simulated)]
        self.shed_level = max(level for _, level in batches)
        sightings = [self._sightings_of_report(*report) for report in reports]
        return (*changes, *(s for s in sightings if s.sightings), *(batch for batch, _ in batches if batch is not None))

    def tick(self) -> None:
        """About once a second, by whoever comes first: deadlines, rates, and a config now and then so that nobody thinks us dead."""
        now_s = self._steady_s()
        with self._lock:
            self._ticked_s = now_s
            sessions = tuple(self._sessions)
            online = self._registry.online()
            for node in online:
                node.measure(now_s)
            unpaired = [] if self.pairing.is_open else [node.session for node in online if node.state is NodeState.UNPAIRED]
        for session in sessions:
            session.tick()
        for session in unpaired:
            if session is not None:
                session.reject(orders.INVALID_TOKEN, "Pairing was closed; it has no token.")
        self._keep_told(online, now_s)
        self._roll_out(online, now_s)

    def set_motion(self, active: bool) -> None:
        """Whether anything moves, for the rate that nodes are told."""
        if active:
            self._rates.note_motion(self._steady_s())

    def views(self) -> tuple[NodeView, ...]:
        """All known and configured nodes, by MAC. `health` and what comes of links is left for those who know it."""
        with self._lock:
            views = self._registry.views(self._settings)
            updates = {view.mac: self._rollout.update(view.mac) for view in views}
        return tuple(_with_update(view, updates[view.mac]) for view in views)

    @property
    def online(self) -> int:
        """How many nodes are connected and let in."""
        with self._lock:
            return len(self._registry.online())

    @property
    def frames_hz(self) -> float:
        with self._lock:
            return sum(node.rate_hz for node in self._registry.online())

    # --- the operator's side

    def configure(self, settings: Settings) -> None:
        """Names and positions as the operator has them; who is switched off is sent away."""
        with self._lock:
            self._settings = settings
            off = {node.mac for node in settings.nodes if not node.enabled}
            unwanted = [node.session for node in self._registry.online() if node.mac in off]
        for session in unwanted:
            if session is not None:
                session.reject(orders.NODE_DISABLED, DISABLED)

    def identify(self, mac: str, seconds: float = 5.0) -> None:
        """Raises NotFound, EnvironmentFault (`node_offline`); so do the next ones."""
        self.session_of(mac).order(orders.identify(seconds))

    def reboot(self, mac: str) -> None:
        self.session_of(mac).order(orders.reboot())

    def remove(self, mac: str) -> None:
        """Forget a node and its token. Raises EnvironmentFault when the token cannot be revoked; then nothing has changed."""
        self.tokens.revoke(mac)
        now_ns = self._clock.now_ns()
        with self._lock:
            node = self._registry.forget(mac)
            self._rollout.forget(mac)
            if node is not None:
                self._changes.append(NodeChanged(now_ns, mac, NodeState.OFFLINE, reason=REMOVED, simulated=node.simulated, removed=True))
        if node is not None and node.session is not None:
            node.session.reject(orders.INVALID_TOKEN, REMOVED)

    def update(self, firmware: Firmware, macs: Sequence[str] = ()) -> None:
        """Install a firmware on these nodes, one after the other; none given: on all that are connected and run another.

        Raises NotFound, EnvironmentFault (`update_running`; `node_offline` when none of them is connected).
        """
        now_s = self._steady_s()
        with self._lock:
            online = {node.mac: node for node in self._registry.online()}
            wanted = list(macs) or [mac for mac, node in online.items() if node.firmware != firmware.version]
            unknown = [mac for mac in wanted if self._registry.get(mac) is None and self._settings.node(mac) is None]
            if unknown:
                raise NotFound(f"There is no node {unknown[0][:40]}.")
            if macs and not any(mac in online for mac in wanted):
                raise EnvironmentFault("node_offline", "None of these nodes is connected. Check their power and Wi-Fi.")
            self._rollout.start(firmware, wanted, online, now_s)
        self.tick()

    def update_progress(self) -> RolloutProgress:
        with self._lock:
            return self._rollout.progress()

    def shutdown(self) -> None:
        """Tell all that we go, and close. New connections are refused from now on."""
        with self._lock:
            self._stopped = True
            sessions = tuple(self._sessions)
        for session in sessions:
            session.order(orders.shutdown())
            session.end(NORMAL, "", STOPPING)

    def session_of(self, mac: str) -> NodeSession:
        """The connection of a node. Raises NotFound, EnvironmentFault (`node_offline`)."""
        with self._lock:
            node = self._registry.get(mac)
            if node is None and self._settings.node(mac) is None:
                raise NotFound(f"There is no node {mac}.")
            if node is None or node.session is None:
                raise EnvironmentFault("node_offline", f"Node {mac} is not connected. Check its power and its Wi-Fi.")
            return node.session

    # --- inside

    def _most_silent(self) -> NodeSession | None:
        """Who has waited longest for its own hello."""
        waiting = (session for session in self._sessions if session.stage is Stage.WAITING)
        return min(waiting, key=lambda session: session.opened_s, default=None)

    def _reject(self, session: NodeSession, mac: str, reason: str) -> None:
        """Told to the log once, as nodes try again every few seconds; and not of everybody who makes up MACs."""
        with self._lock:
            known = self._rejected.pop(mac, "") == reason
            self._rejected[mac] = reason
            crowded = len(self._rejected) > MOST_REJECTED
            if crowded:
                del self._rejected[next(iter(self._rejected))]
            told_s, now_s = self._crowd_told_s, self._steady_s()
            if crowded and (told_s is None or now_s - told_s > CROWD_S):
                self._crowd_told_s = now_s
                log.warning("more than %d nodes were rejected, now %s at %s: %s", MOST_REJECTED, mac, session.address, reason)
        if not known and not crowded:
            log.warning("node %s at %s was rejected: %s", mac, session.address, reason)
        session.reject(reason)

    def _healthy(self, node: KnownNode, health: Health, now_ns: int) -> None:
        channel = node.channel
        node.health, node.health_ns = health, now_ns
        if node.channel != channel:
            self._changes.append(node.change(now_ns))

    def _sightings_of_report(self, now_ns: int, report: BleReport, session: NodeSession) -> BleSightings:
        return BleSightings(now_ns, session.mac, self._naming(session.mac, report.adverts, now_ns), session.simulated)

    def _roll_out(self, online: Sequence[KnownNode], now_s: float) -> None:
        by_mac = {node.mac: node for node in online}
        with self._lock:
            measuring = {mac for mac, node in by_mac.items() if node.session is not None and node.session.frames}
            self._rollout.tick(now_s, by_mac, lambda mac: by_mac[mac].firmware, measuring)
            steps, firmware = self._rollout.take_steps(), self._rollout.firmware
        for mac, step in steps:
            session = by_mac[mac].session if mac in by_mac else None
            if session is None or firmware is None:
                continue
            url = f"{session.reached_at}/firmware/{firmware.file}"
            session.order(orders.ota(url, firmware) if step is Step.UPDATE else orders.reboot())

    def _keep_told(self, online: Sequence[KnownNode], now_s: float) -> None:
        rate_hz = self._rates.rate_hz(now_s)
        for node in online:
            session = node.session
            if session is None or session.told_s is None:  # its role has to come first
                continue
            if node.told_hz != rate_hz or now_s - session.told_s >= CONFIG_S:
                self._tell_rate(node, session)

    def _tell_rate(self, node: KnownNode, session: NodeSession) -> None:
        now_s = self._steady_s()
        node.told_hz = self._rates.rate_hz(now_s)
        session.told_s = now_s
        session.order(orders.config(node.told_hz, MOTION_VARIANCE))


def _with_update(view: NodeView, update: NodeUpdate) -> NodeView:
    return replace(view, update=update.state, update_percent=update.percent, update_message=update.message)

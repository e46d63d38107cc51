"""The demo's radio nodes: they enter by the same door as real ones, marked as simulated."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field
from threading import Event
from typing import Protocol

from engine.model.errors import EnvironmentFault
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.sources.simulated.nodes.node import (
    HEALTH_S,
    IdentifyOrder,
    NodeVoice,
    RateOrder,
    RebootOrder,
    Rejected,
    RoleOrder,
    UpdateOrder,
    read_order,
)
from engine.sources.simulated.nodes.phones import REPORT_S
from engine.sources.simulated.plan import DEMO, FloorPlan
from engine.sources.simulated.source import world_time_s
from engine.sources.simulated.waves.air import CHANNEL, Air, SimulatedAir
from engine.sources.simulated.waves.radio import CELL_S

FIRMWARE = "sim-1.0.0"
BOOT_S = 2.0
UPDATE_S = 6.0  # for downloading, before it reboots
AGAIN_S = 5.0  # after a rejection or a broken connection, as the firmware
_STEPS = 10
_MOST_BEHIND = 10  # cells; what is older than half a second is left out


class DoorSession(Protocol):
    """One connection, as the node's side sees it. Never raises; all calls come from one thread."""

    def text(self, text: str) -> None: ...

    def binary(self, data: bytes) -> None: ...

    def closed(self) -> None: ...


class NodeDoor(Protocol):
    """Where nodes connect: `engine.sources.node.hub.NodeHub`."""

    def connect(
        self,
        address: str,
        send: Callable[[str], None],
        close: Callable[[int, str], None],
        token: str | None = None,
        simulated: bool = False,
    ) -> DoorSession:
        """`send` and `close` may be called on any thread. Raises EnvironmentFault when nobody is let in."""
        ...


@dataclass(slots=True, eq=False)
class _Post:
    """One node as it runs. Times are world time, seconds."""

    voice: NodeVoice
    booted_s: float
    due_s: float
    session: DoorSession | None = None
    told: deque[str] = field(default_factory=lambda: deque[str](maxlen=200))
    hung_up: Event = field(default_factory=Event)
    health_s: float = 0.0
    ble: int = 0
    frames: int = 0
    reboot_s: float | None = None
    blinks_until_s: float = 0.0
    update: UpdateOrder | None = None
    update_s: float = 0.0
    update_step: int = 0


class SimulatedNodes:
    """All nodes of the demo in one thread: `run`."""

    def __init__(self, clock: Clock, door: NodeDoor, air: Air | None = None, plan: FloorPlan = DEMO) -> None:
        """`air`: of the stage that the cameras of the site share."""
        self._clock, self._door = clock, door
        self._air = air or SimulatedAir(plan)
        now_s = self._now_s()
        self._posts = [_Post(NodeVoice(node.mac, node.at, FIRMWARE), now_s, now_s) for node in plan.nodes]

    def run(self, stopping: Event) -> None:
        """Until `stopping` is set; then every connection is closed. The body of a thread of its own."""
        cell = self._cell()
        try:
            while not stopping.wait(max(0.0, min((cell + 1) * CELL_S - self._now_s(), CELL_S))):
                now = self._cell()
                with suppress(EnvironmentFault):  # what is on the air while that is worked out by nobody is lost
                    for number in range(max(cell, now - _MOST_BEHIND), now):
                        self._pass(number)
                    self._attend(self._now_s())
                cell = max(now, cell)
        finally:
            for post in self._posts:
                self._leave(post)

    def blinking(self) -> tuple[str, ...]:
        """MACs of the nodes whose lamp blinks."""
        return tuple(post.voice.mac for post in self._posts if post.blinks_until_s > self._now_s())

    def _now_s(self) -> float:
        return world_time_s(self._clock.now_ns())

    def _cell(self) -> int:
        return int(self._now_s() // CELL_S)

    def _rates(self) -> list[float]:
        return [float(post.voice.rate_hz) if post.session is not None and post.voice.sends else 0.0 for post in self._posts]

    def _pass(self, cell: int) -> None:
        for reader, frame in self._air.frames(cell, self._rates(), [post.booted_s for post in self._posts]):
            post = self._posts[reader]
            if post.session is not None and post.voice.reports:
                post.session.binary(frame)
                post.frames += 1

    def _attend(self, now_s: float) -> None:
        """Everything but frames."""
        for number, post in enumerate(self._posts):
            while post.told:
                self._obey(post, post.told.popleft(), now_s)
            if post.hung_up.is_set():
                post.hung_up.clear()
                self._leave(post)
                post.due_s = max(post.due_s, now_s + AGAIN_S)
            if post.session is None:
                if now_s >= post.due_s:
                    self._connect(post, number, now_s)
            else:
                self._send_health(post, number, now_s)

    def _connect(self, post: _Post, number: int, now_s: float) -> None:
        post.hung_up.clear()
        post.told.clear()
        try:
            post.session = self._door.connect(
                f"simulated/{number + 1}", post.told.append, lambda code, words: post.hung_up.set(), None, True
            )
        except EnvironmentFault:
            post.due_s = now_s + AGAIN_S
            return
        post.health_s, post.frames, post.ble = now_s + HEALTH_S, 0, int(now_s // REPORT_S)
        post.session.text(post.voice.hello(now_s - post.booted_s, CHANNEL))

    def _send_health(self, post: _Post, number: int, now_s: float) -> None:
        """Health, phones, and what comes next of an update or a reboot."""
        session, voice = post.session, post.voice
        if session is None:
            return
        if now_s >= post.health_s:
            hz = post.frames / HEALTH_S / max(len(self._posts) - 1, 1)
            session.text(voice.health(now_s - post.booted_s, hz, CHANNEL))
            post.health_s, post.frames = now_s + HEALTH_S, 0
        report = int((now_s - 0.4 * number) // REPORT_S)
        if report > post.ble:
            post.ble = report
            session.text(voice.ble(now_s - post.booted_s, self._air.phones_heard_by(number, report)))
        if post.update is not None:
            self._install(post, session, post.update, now_s)
        elif post.reboot_s is not None and now_s >= post.reboot_s:
            self._reboot(post, now_s)

    def _obey(self, post: _Post, text: str, now_s: float) -> None:
        match read_order(text):
            case RoleOrder(role):
                post.voice.role = role
            case RateOrder(rate_hz):
                post.voice.rate_hz = rate_hz
            case UpdateOrder() as update if post.update is None:
                post.update, post.update_s, post.update_step = update, now_s, 0
            case RebootOrder(delay_s):
                post.reboot_s = now_s + delay_s
            case IdentifyOrder(duration_s):
                post.blinks_until_s = now_s + duration_s
            case Rejected():
                post.due_s = now_s + 6 * AGAIN_S
            case _:
                pass

    def _install(self, post: _Post, session: DoorSession, update: UpdateOrder, now_s: float) -> None:
        """There is no flash memory to write: only the states that a real update goes through are told."""
        step = min(int((now_s - post.update_s) / UPDATE_S * _STEPS), _STEPS)
        if step > post.update_step:
            post.update_step = step
            session.text(post.voice.ota_status("downloading", 100 * step // _STEPS))
        if step == _STEPS:
            for state in ("verifying", "writing", "rebooting"):
                session.text(post.voice.ota_status(state))
            post.voice.firmware = update.version
            self._reboot(post, now_s)

    def _reboot(self, post: _Post, now_s: float) -> None:
        self._leave(post)
        post.voice.restart()
        post.update = post.reboot_s = None
        post.due_s = post.booted_s = now_s + BOOT_S

    def _leave(self, post: _Post) -> None:
        session, post.session = post.session, None
        if session is not None:
            session.closed()

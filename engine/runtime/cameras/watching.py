"""Keeps how well each sensor watches, so that the record can tell later whether nothing happened or nobody looked."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from engine.model.health import CLOCK_TOLERANCE_S, CameraHealth, CameraState
from engine.model.history.timeline import MICROPHONE, SCANNER, SpanState, Watched
from engine.model.people.settings import MicrophoneSettings
from engine.model.people.view import MicrophoneView
from engine.model.radio.radio import LOCAL_SCANNER, NodeState, NodeView
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.ports import RecordWriter

LOOK_S = 1.0
BLE = "ble"  # what a node that listens for devices says it can
KEEP_EVERY = 10  # looks between two writings of what goes on unchanged: so much is not known after a crash
UNLOOKED_NS = 10 * SECOND  # an idle camera is looked at every few seconds
POOR_HEALTH = 0.5  # of a node's links, 0–1
PAUSED, CONNECTING, ENDED = (
    "The camera is switched off.",
    "The camera was not connected yet.",
    "The recording that plays as this camera is over.",
)
MASKED = "Parts of the picture are masked."
UNLOOKED = "No detector looked at its pictures in time: motion was seen, but not what moved."
AWAY = "It was away from its home position: zones and lines were not evaluated."
LATE = "Its pictures came late, or its clock is behind."
SET_BACK = "The machine's clock was set back, so times are not exact."
SILENT = "The microphone is switched off."
NO_LINKS, POOR_LINKS = "The node had no link to another one.", "Its links were poor."
BEHIND = "The machine had too much to do, so that radio sensing was behind."


@dataclass(frozen=True, slots=True)
class Seeing:
    """How well a sensor watches now. `reason` says what is not seen, a sentence."""

    sensor_id: str
    state: SpanState
    reason: str = ""


def camera_sees(camera: CameraSettings, health: CameraHealth, looked_ns: int | None, away: bool = False, behind: bool = False) -> Seeing:
    """`looked_ns`: of the frame that a detector looked at last, None where there was none. away: a PTZ camera that is not at home.
    behind: the detector does not keep up with what moves there."""
    blind = {CameraState.PAUSED: PAUSED, CameraState.CONNECTING: CONNECTING, CameraState.ENDED: ENDED, CameraState.LOST: health.reason}
    if health.state is not CameraState.LIVE:
        return Seeing(camera.id, SpanState.BLIND, blind[health.state])
    unlooked = behind or looked_ns is None or (health.last_picture_ns or 0) - looked_ns > UNLOOKED_NS
    reasons = [
        UNLOOKED if unlooked else "",
        MASKED if camera.masks or camera.privacy else "",
        AWAY if away else "",
        LATE if (health.clock_ahead_s or 0.0) < -CLOCK_TOLERANCE_S else "",
    ]
    reason = " ".join(filter(None, reasons))
    return Seeing(camera.id, SpanState.UNLOOKED if unlooked else SpanState.PARTLY if reason else SpanState.OBSERVED, reason)


def node_hears(node: NodeView, behind: bool = False) -> Seeing:
    """`behind`: radio sensing does not keep up with what nodes send."""
    if node.state is not NodeState.ONLINE:
        return Seeing(node.mac, SpanState.BLIND, node.reason or f"The node was {node.state.value}.")
    links = NO_LINKS if node.health is None else POOR_LINKS if node.health < POOR_HEALTH else ""
    reason = " ".join(filter(None, (links, BEHIND if behind else "")))
    return Seeing(node.mac, SpanState.PARTLY if reason else SpanState.OBSERVED, reason)


def microphone_hears(settings: MicrophoneSettings, view: MicrophoneView) -> Seeing:
    """`microphone:<id>`, as a camera may be called the same."""
    sensor_id = f"{MICROPHONE}{settings.id}"
    if not settings.enabled:
        return Seeing(sensor_id, SpanState.BLIND, SILENT)
    return Seeing(sensor_id, SpanState.BLIND if view.trouble else SpanState.OBSERVED, view.trouble)


def adapter_hears(trouble: str) -> Seeing:
    """The machine's own Bluetooth adapter, where it is to listen."""
    return Seeing(f"{SCANNER}{LOCAL_SCANNER}", SpanState.BLIND if trouble else SpanState.OBSERVED, trouble)


def scanners_hear(nodes: Iterable[NodeView]) -> Iterator[Seeing]:
    """Nodes that also listen for Bluetooth devices."""
    for node in nodes:
        if BLE in node.capabilities:
            deaf = node.state is not NodeState.ONLINE
            yield Seeing(f"{SCANNER}{node.mac}", SpanState.BLIND if deaf else SpanState.OBSERVED, node_hears(node).reason if deaf else "")


class WatchedTable(Protocol):
    """Of the record."""

    def put(self, spans: tuple[Watched, ...]) -> None:
        """Raises EnvironmentFault."""
        ...


class Watching:
    """Thread `watching` looks; what it finds is written by the writer's thread.

    Args:
        look: every sensor of now. clock_wrong: whether times are not exact.
    """

    def __init__(
        self, clock: Clock, look: Callable[[], Iterable[Seeing]], clock_wrong: Callable[[], bool], table: WatchedTable, writer: RecordWriter
    ) -> None:
        self._clock = clock
        self._look = look
        self._clock_wrong = clock_wrong
        self._table = table
        self._writer = writer
        self._open: dict[str, Watched] = {}
        self._lock = threading.Lock()
        self._unkept: dict[tuple[str, int], Watched] = {}

    def run(self, stopping: threading.Event) -> None:
        looks = 0
        while not stopping.wait(LOOK_S):
            self.look(whole=looks % KEEP_EVERY == 0)
            looks += 1
        self.look(whole=True)

    def look(self, whole: bool) -> None:
        """One look. `whole`: keep also what goes on unchanged."""
        now_ns, late = self._clock.now_ns(), self._clock_wrong()
        seen = {each.sensor_id: _late(each) if late else each for each in self._look()}
        changed = [sensor for sensor in {*self._open, *seen} if self._goes_on(sensor, seen.get(sensor), now_ns)]
        with self._lock:
            waiting = bool(self._unkept)
            if whole:
                self._unkept.update({(span.sensor_id, span.since_ns): span for span in self._open.values()})
        if (whole or changed or waiting) and not self._writer.troubled:
            self._writer.run_in_order(self._write_spans)

    def _goes_on(self, sensor_id: str, seeing: Seeing | None, now_ns: int) -> bool:
        """Carry a sensor's stretch on to now, or end it there and begin another. Whether one ended or began."""
        known = self._open.pop(sensor_id, None)
        if known is not None:
            known = replace(known, until_ns=max(now_ns, known.since_ns + 1))
            if seeing is not None and _same(known, seeing):
                self._open[sensor_id] = known
                return False
        begun = None if seeing is None else Watched(sensor_id, now_ns, now_ns + 1, seeing.state, seeing.reason)
        if begun is not None:
            self._open[sensor_id] = begun
        with self._lock:
            self._unkept.update({(span.sensor_id, span.since_ns): span for span in (known, begun) if span is not None})
        return True

    def _write_spans(self) -> None:
        """What cannot be written now stays for the next time. The writer's thread."""
        with self._lock:
            spans = dict(self._unkept)
        self._table.put(tuple(spans.values()))
        with self._lock:
            for key, span in spans.items():
                if self._unkept.get(key) == span:
                    del self._unkept[key]


def _late(seeing: Seeing) -> Seeing:
    if seeing.state is SpanState.BLIND:
        return seeing
    state = SpanState.UNLOOKED if seeing.state is SpanState.UNLOOKED else SpanState.PARTLY
    return Seeing(seeing.sensor_id, state, " ".join(filter(None, (seeing.reason, SET_BACK))))


def _same(known: Watched, now: Seeing) -> bool:
    """A camera that stays lost is told by the first reason: later ones only count the seconds."""
    return known.state is now.state and (known.state is SpanState.BLIND or known.reason == now.reason)

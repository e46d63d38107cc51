"""The fault lane of one camera: a camera that stays silent becomes an event until it is back."""

from dataclasses import replace
from typing import Any

from engine.alerts.gates import LONGEST_S, outcome, passed, silence_gates, smallest_flip
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, GateReading, Outcome
from engine.model.event import Event, EventKind, Severity
from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged
from engine.model.settings import CameraSettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.output import StepOutput

SILENT_S = 2.0  # a shorter break is not worth an operator


@dataclass(frozen=True, slots=True)
class Break:
    """A break in the pictures. `silent_since_ns` None: there never was one since the engine started."""

    silent_since_ns: int | None
    noticed_ns: int
    reason: str
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class FaultState:
    last_frame_ns: int | None = None
    broken: Break | None = None
    watched_ns: int = 0


class FaultLane:
    """One camera's silence. Sans-IO; the engine thread only.

    Attributes:
        broken: the break that goes on; None while there are pictures.
    """

    def __init__(self, camera: CameraSettings) -> None:
        self.camera = camera
        self._last_frame_ns: int | None = None
        self.broken: Break | None = None
        self._watched_ns = 0

    def frame(self, at_ns: int) -> None:
        self._last_frame_ns = max(self._last_frame_ns or at_ns, at_ns)

    def changed(self, change: CameraStateChanged, out: StepOutput) -> None:
        if change.state is CameraState.LOST:
            self.broken = self.broken or Break(self._last_frame_ns, change.occurred_ns, change.reason)
            self.tick(change.occurred_ns, out)
        elif change.state is not CameraState.CONNECTING:
            self.end(change.occurred_ns, out)

    def tick(self, now_ns: int, out: StepOutput) -> None:
        self._watched_ns = now_ns
        if self.broken is None or self.broken.event is not None:
            return
        gates = self._silence_gates(self.broken, now_ns)
        if passed(gates):
            self.broken = self._raise(self.broken, gates, now_ns, out)

    def end(self, at_ns: int, out: StepOutput) -> None:
        """The camera is back, paused or gone for good: close what is open."""
        broken, self.broken = self.broken, None
        if broken is None:
            return
        if broken.event is not None:
            out.event(replace(broken.event, ended_ns=max(at_ns, broken.event.started_ns)))
            return
        gates = self._silence_gates(broken, at_ns)
        self._decide(gates, outcome(gates), None, at_ns, out)

    def interrupt(self, out: StepOutput) -> None:
        """Watching broke off; nobody knows when the camera came back, only that it was silent until now."""
        if self.broken is not None:
            self.end(max(self.broken.noticed_ns, self._watched_ns), out)

    def open_event_ids(self) -> frozenset[str]:
        event = self.broken.event if self.broken is not None else None
        return frozenset() if event is None else frozenset({event.id})

    def state(self) -> dict[str, Any]:
        return wire.to_plain(FaultState(self._last_frame_ns, self.broken, self._watched_ns))

    def restore(self, state: dict[str, Any]) -> None:
        values = wire.read_record(FaultState, state, "fault")
        self._last_frame_ns, self.broken, self._watched_ns = values.last_frame_ns, values.broken, values.watched_ns

    def _silence_gates(self, broken: Break, now_ns: int) -> tuple[GateReading, ...]:
        since_ns = broken.silent_since_ns
        return silence_gates(LONGEST_S if since_ns is None else max(now_ns - since_ns, 0) / SECOND, SILENT_S)

    def _raise(self, broken: Break, gates: tuple[GateReading, ...], now_ns: int, out: StepOutput) -> Break:
        event_id = out.new_id("ev")
        decision_id = self._decide(gates, Outcome.RAISED, event_id, now_ns, out)
        event = Event(
            id=event_id,
            kind=EventKind.CAMERA_LOST,
            camera_id=self.camera.id,
            subject_id=self.camera.id,
            severity=Severity.MODERATE,
            started_ns=broken.silent_since_ns or broken.noticed_ns,
            ended_ns=None,
            received_ns=out.received_ns,
            confidence=1.0,
            decision_id=decision_id,
            reason=broken.reason,
            simulated=self.camera.simulated,
        )
        out.event(event)
        return replace(broken, event=event)

    def _decide(self, gates: tuple[GateReading, ...], what: Outcome, event_id: str | None, at_ns: int, out: StepOutput) -> str:
        flip = smallest_flip(gates)
        camera_id = self.camera.id
        return out.decide(CandidateKind.SENSOR_FAULT, camera_id, camera_id, what, gates, flip, event_id, at_ns).id

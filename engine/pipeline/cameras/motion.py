"""The motion lane of one camera: what moved for a while without a person to explain it becomes an event, until one is found."""

from dataclasses import replace
from typing import Any

from engine.alerts.gates import EXPLAINED_S, motion_gates, outcome, passed, smallest_flip
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, GateReading, Outcome
from engine.model.event import Event, EventKind, Severity
from engine.model.geometry import Box
from engine.model.observation import FrameSeen
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, seconds_to_ns
from engine.model.value_class import dataclass
from engine.pipeline.output import StepOutput

EXPLAINED_NS = seconds_to_ns(EXPLAINED_S)
STILL_NS = 3 * SECOND  # this long without motion ends a stretch of it


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of motion; `event` once it was raised. `started_ns` is when it began to be without a person to explain it.

    `elsewhere`: the largest share of it outside known still objects; None while it touches none.
    """

    started_ns: int
    last_ns: int
    subject_id: str
    event: Event | None = None
    elsewhere: float | None = None

    def beside(self, share: float) -> "Stretch":
        """With a frame of which that share moves outside known still objects."""
        touched = self.elsewhere is not None or share < 1
        return replace(self, elsewhere=max(share, self.elsewhere or 0.0)) if touched else self


@dataclass(frozen=True, slots=True)
class MotionState:
    stretch: Stretch | None = None


class MotionLane:
    """One camera's unexplained motion. Sans-IO; the engine thread only."""

    def __init__(self, camera: CameraSettings) -> None:
        self.camera = camera
        self._stretch: Stretch | None = None

    def frame(self, seen: FrameSeen, last_person_ns: int | None, out: StepOutput, elsewhere: float = 1.0) -> None:
        """`elsewhere`: the share of the motion that no known still object explains."""
        if len(seen.motion.regions_xyxy) == 0:
            return
        at_ns = seen.occurred_ns
        explained = last_person_ns is not None and at_ns - last_person_ns < EXPLAINED_NS
        if explained and self._stretch is not None and self._stretch.event is not None:
            self.end(last_person_ns, out)
        started = self._stretch or Stretch(at_ns, at_ns, out.new_id("mo"))
        self._stretch = replace(started, last_ns=max(started.last_ns, at_ns)).beside(elsewhere)
        if self._stretch.event is not None:
            return
        if explained:
            self._stretch = replace(self._stretch, started_ns=at_ns)
        gates = self._motion_gates(self._stretch, last_person_ns)
        if passed(gates):
            self._stretch = self._raise(self._stretch, gates, _hull(seen), out)

    def tick(self, now_ns: int, last_person_ns: int | None, out: StepOutput) -> None:
        if self._stretch is not None and now_ns - self._stretch.last_ns >= STILL_NS:
            self.end(last_person_ns, out)

    def end(self, last_person_ns: int | None, out: StepOutput) -> None:
        """Close the current stretch, if any, at the time something last moved."""
        stretch, self._stretch = self._stretch, None
        if stretch is None:
            return
        if stretch.event is not None:
            out.event(replace(stretch.event, ended_ns=stretch.last_ns))
            return
        gates = self._motion_gates(stretch, last_person_ns)
        self._decide(stretch, gates, outcome(gates), None, out)

    def open_event_ids(self) -> frozenset[str]:
        event = self._stretch.event if self._stretch is not None else None
        return frozenset() if event is None else frozenset({event.id})

    def state(self) -> dict[str, Any]:
        return wire.to_plain(MotionState(self._stretch))

    def restore(self, state: dict[str, Any]) -> None:
        self._stretch = wire.read_record(MotionState, state, "motion").stretch

    def _motion_gates(self, stretch: Stretch, last_person_ns: int | None) -> tuple[GateReading, ...]:
        since_person_s = None if last_person_ns is None else max(stretch.last_ns - last_person_ns, 0) / SECOND
        return motion_gates((stretch.last_ns - stretch.started_ns) / SECOND, since_person_s, stretch.elsewhere)

    def _raise(self, stretch: Stretch, gates: tuple[GateReading, ...], box: Box, out: StepOutput) -> Stretch:
        event_id = out.new_id("ev")
        decision_id = self._decide(stretch, gates, Outcome.RAISED, event_id, out)
        event = Event(
            id=event_id,
            kind=EventKind.MOTION,
            camera_id=self.camera.id,
            subject_id=stretch.subject_id,
            severity=Severity.MINIMAL,
            started_ns=stretch.started_ns,
            ended_ns=None,
            received_ns=out.received_ns,
            confidence=1.0,
            decision_id=decision_id,
            box_xyxy=box,
            simulated=self.camera.simulated,
        )
        out.event(event)
        return replace(stretch, event=event)

    def _decide(self, stretch: Stretch, gates: tuple[GateReading, ...], what: Outcome, event_id: str | None, out: StepOutput) -> str:
        flip = smallest_flip(gates)
        camera_id = self.camera.id
        return out.decide(CandidateKind.MOTION, stretch.subject_id, camera_id, what, gates, flip, event_id, stretch.last_ns).id


def _hull(seen: FrameSeen) -> Box:
    regions = seen.motion.regions_xyxy
    low, high = regions[:, :2].min(axis=0), regions[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])

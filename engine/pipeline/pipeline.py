"""`Pipeline.step`: the lanes in their order, as one plain synchronous method.

No threads, no clock, no database, no chance: the same numbered observations give the same results, bit for bit.
"""

from collections.abc import Mapping, Set
from typing import Any, TypeVar

from engine.model import wire
from engine.model.capability import Capability
from engine.model.observation import (
    CameraMoved,
    CameraStateChanged,
    DetectionsMade,
    EngineStarted,
    FacesSeen,
    FrameSeen,
    LooksSeen,
    Numbered,
    Observation,
    PosesSeen,
    SettingsChanged,
    Tick,
)
from engine.model.people.person import Person
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.pipeline.alerts.alerts import AlertLane
from engine.pipeline.cameras.cameras import MakeTracker
from engine.pipeline.identities.identities import IdentityLane
from engine.pipeline.isolation import Isolation, OnBug, log_bug
from engine.pipeline.lane import Lane
from engine.pipeline.lanes import LaneMaker
from engine.pipeline.output import StepOutput

STATE_VERSION = 5
OF_CAMERAS = (FrameSeen, DetectionsMade, CameraStateChanged, CameraMoved, FacesSeen, LooksSeen, PosesSeen)
ALL: Set[Capability] = frozenset()  # nothing is left out

Found = TypeVar("Found")


class Pipeline:
    """Observations in, results out. One thread at a time; a step takes well under a millisecond.

    Args:
        make_tracker: a fresh tracker for the camera of this id.
        on_bug: told who of the lanes failed, and how; the others go on.
        pictured: whether anybody looks at voxels. Without, results hold none and are otherwise the same.
        left_out: capabilities until the engine's first start says what it does without.
    """

    def __init__(self, make_tracker: MakeTracker, on_bug: OnBug = log_bug, pictured: bool = True, left_out: Set[Capability] = ALL) -> None:
        self._isolation = Isolation(on_bug)
        self._maker = LaneMaker(make_tracker, self._isolation, pictured)
        self.settings = Settings()
        self.number = -1
        self._engine_id = ""
        self._now_ns = 0
        self._use(left_out)

    @property
    def alerts(self) -> AlertLane:
        return self.lane(AlertLane)

    @property
    def persons(self) -> Mapping[str, Person]:
        """Everybody known, by id."""
        return self.lane(IdentityLane).roster.persons

    def lane(self, kind: type[Found]) -> Found:
        """Raises LookupError where it is left out."""
        found = self.find(kind)
        if found is None:
            raise LookupError(f"there is no {kind.__name__} here")
        return found

    def find(self, kind: type[Found]) -> Found | None:
        """The lane of this class; None where it is left out."""
        return next((lane for lane in self._lanes if isinstance(lane, kind)), None)

    def open_event_ids(self) -> frozenset[str]:
        return frozenset[str]().union(*(lane.open_event_ids() for lane in self._lanes))

    def step(self, numbered: Numbered) -> StepResult:
        """Take in one observation. Observations about a camera that is not configured (any more) change nothing."""
        self.number = numbered.number
        out = StepOutput(numbered.number, numbered.received_ns, self._engine_id)
        self._take_observation(numbered.observation, out)
        if out.erased is not None:
            for lane in self._lanes:
                self._isolation.run(lane.name, lane.erase, out.erased, out)
        for lane in self._concluding:
            self._isolation.run(lane.name, lane.conclude, numbered.observation, out)
        return out.result()

    def pass_over(self, tick: Tick) -> None:
        """Time passed, and no lane is told: for whoever wants to know a part of what one says."""
        self._now_ns = tick.occurred_ns

    def state(self) -> dict[str, Any]:
        """Everything that a later step depends on, as plain JSON data."""
        return {
            "version": STATE_VERSION,
            "number": self.number,
            "engine_id": self._engine_id,
            "settings": wire.to_plain(self.settings),
            **{lane.name: lane.state() for lane in self._lanes},
            "left_out": sorted(self._left_out),
            "now_ns": self._now_ns,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from `state()` of an earlier pipeline.

        Raises:
            ValueError: written by another version; start from an earlier checkpoint or from the journal's beginning.
        """
        if state.get("version") != STATE_VERSION:
            raise ValueError(f"checkpoint version {state.get('version')!r}, this build reads {STATE_VERSION}")
        self.number = int(state["number"])
        self._engine_id = str(state.get("engine_id", ""))
        self.settings = wire.read_record(Settings, state["settings"], "settings")
        self._use(frozenset(map(Capability, state.get("left_out", ()))))
        self._restore_lanes(state)
        self._now_ns = int(state["now_ns"])

    def _take_observation(self, seen: Observation, out: StepOutput) -> None:
        match seen:
            case Tick(now_ns):
                self._now_ns = now_ns
                for lane in self._ticking:
                    self._isolation.run(lane.name, lane.tick, now_ns, out)
            case SettingsChanged():
                self.settings = seen.settings
                for lane in self._lanes:
                    self._isolation.run(lane.name, lane.configure, seen.settings, seen.occurred_ns, out)
            case EngineStarted():
                self._begin_anew(seen, out)
            case _ if isinstance(seen, OF_CAMERAS) and self.settings.camera(seen.camera_id) is None:
                pass
            case _:
                for lane in self._takers.get(type(seen), ()):
                    self._isolation.run(lane.name, lane.take, seen, out)

    def _begin_anew(self, started: EngineStarted, out: StepOutput) -> None:
        """Nothing that was followed before is carried on; also the time may be an earlier one, when the clock was set back meanwhile."""
        self._engine_id = out.engine_id = started.engine_id
        for lane in self._lanes:
            self._isolation.run(lane.name, lane.begin_anew, self._now_ns, started.occurred_ns, out)
        left_out = frozenset(started.left_out)
        if left_out == self._left_out:
            return
        state, before = self.state(), self._lanes
        self._use(left_out)
        staying = {lane.name for lane in self._lanes}
        for lane in before:
            if lane.name not in staying:
                self._isolation.run(lane.name, lane.leave, self._now_ns, out)
        self._restore_lanes(state)

    def _use(self, left_out: Set[Capability]) -> None:
        self._left_out = left_out
        self._lanes = self._maker.make(left_out)
        kinds = {kind for lane in self._lanes for kind in lane.subjects}
        self._ticking = tuple(lane for lane in self._lanes if type(lane).tick is not Lane.tick)
        self._concluding = tuple(lane for lane in self._lanes if type(lane).conclude is not Lane.conclude)
        self._takers = {kind: tuple(lane for lane in self._lanes if kind in lane.subjects) for kind in kinds}

    def _restore_lanes(self, state: Mapping[str, Any]) -> None:
        for lane in self._lanes:
            if lane.name in state:
                lane.restore(state[lane.name], self.settings)
            else:
                lane.configure(self.settings, self._now_ns, StepOutput(0, 0, self._engine_id))

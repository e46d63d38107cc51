"""The lanes of cameras: people, things, motion and faults of each, and what each of them shows at a step."""

from collections.abc import Callable, Mapping, Set
from typing import Any, TypeAlias

from engine.model.observation import CameraMoved, CameraStateChanged, DetectionsMade, FrameSeen, Observation
from engine.model.people.traces import Traces
from engine.model.radio.fused import FusedIdentity
from engine.model.settings import CameraSettings, GateSettings, Settings
from engine.pipeline.cameras.fault import FaultLane
from engine.pipeline.cameras.motion import MotionLane
from engine.pipeline.cameras.move_hold import MoveHold
from engine.pipeline.cameras.people import PeopleLane, Tracker
from engine.pipeline.cameras.things import ThingsLane
from engine.pipeline.isolation import Isolation
from engine.pipeline.lane import Lane
from engine.pipeline.output import CameraView, StepOutput
from engine.vision.known_still import KnownStill

MakeTracker: TypeAlias = Callable[[str], Tracker]  # a fresh one for the camera of this id


class CameraLane:
    """Everything the pipeline keeps about one camera."""

    def __init__(self, camera: CameraSettings, gates: GateSettings, make_tracker: MakeTracker) -> None:
        self.camera = camera
        self.still = KnownStill()
        self.things = ThingsLane(make_tracker(camera.id))
        self.people = PeopleLane(camera, gates, make_tracker(camera.id), self.still)
        self.motion = MotionLane(camera)
        self.fault = FaultLane(camera)
        self.hold = MoveHold()

    def configure(self, camera: CameraSettings, gates: GateSettings) -> None:
        self.camera = self.people.camera = self.motion.camera = self.fault.camera = camera
        self.people.gates = gates

    def frame(self, seen: FrameSeen, out: StepOutput) -> None:
        self.fault.frame(min(seen.occurred_ns, out.received_ns))  # a file that is not paced runs ahead of time
        self.people.frame(seen.occurred_ns, out)
        if self.hold.holds_motion(seen.occurred_ns):
            return  # everything moves
        elsewhere = self.still.outside(seen.motion.regions_xyxy, (max(seen.width, 1), max(seen.height, 1)))
        self.motion.frame(seen, self.people.last_person_ns, out, elsewhere)

    def detections(self, seen: DetectionsMade, out: StepOutput) -> CameraView:
        """People first; then what else is in the picture, and what stands still in it."""
        self.people.detections(seen, out)
        self.things.detections(seen, self.camera, out)
        view = self.view(seen.occurred_ns)
        if not self.hold.away:
            self.still.see(seen.occurred_ns, (max(seen.width, 1), max(seen.height, 1)), seen.detections, view.tracks)
        return view

    def take_movement(self, seen: CameraMoved, out: StepOutput) -> None:
        """What stood still in the picture of before is not where it was."""
        if seen.moving and not self.hold.away:
            self.motion.end(self.people.last_person_ns, out)
            self.still.restore(KnownStill().state())
        self.hold.take(seen)

    def view(self, at_ns: int) -> CameraView:
        return CameraView(self.people.tracks(at_ns), self.things.tracks(at_ns), self.still, self.hold.away)

    def tick(self, now_ns: int, out: StepOutput) -> None:
        self.people.tick(now_ns, out)
        self.things.tick(now_ns)
        self.motion.tick(now_ns, self.people.last_person_ns, out)
        self.fault.tick(now_ns, out)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self.people.erase(traces, out)

    def interrupt(self, out: StepOutput) -> None:
        self.people.interrupt(out)
        self.motion.end(self.people.last_person_ns, out)
        self.fault.interrupt(out)

    def follow(self, before: "CameraLane") -> None:
        """Know what stood still before watching broke off."""
        self.still.restore(before.still.state())
        self.still.begin_anew()

    def open_event_ids(self) -> frozenset[str]:
        return self.people.open_event_ids() | self.motion.open_event_ids() | self.fault.open_event_ids()

    def state(self) -> dict[str, Any]:
        things = {"things": self.things.state(), "still": self.still.state(), "moves": self.hold.state()}
        return {"people": self.people.state(), "motion": self.motion.state(), "fault": self.fault.state(), **things}

    def restore(self, state: dict[str, Any]) -> None:
        self.people.restore(state["people"])
        self.motion.restore(state["motion"])
        self.fault.restore(state["fault"])
        if "still" in state:  # older checkpoints know of neither
            self.things.restore(state["things"])
            self.still.restore(state["still"])
        if "moves" in state:
            self.hold.restore(state["moves"])


class CameraLanes(Lane):
    """Of all cameras. A bug with one of them must not blind the others: its lane is made anew."""

    name = "lanes"
    subjects = (FrameSeen, DetectionsMade, CameraStateChanged, CameraMoved)

    def __init__(self, make_tracker: MakeTracker, isolation: Isolation) -> None:
        self.lanes: dict[str, CameraLane] = {}
        self._make_tracker = make_tracker
        self._isolation = isolation
        self._settings = Settings()

    def take(self, seen: Observation, out: StepOutput) -> None:
        match seen:
            case FrameSeen():
                self.lanes[seen.camera_id].frame(seen, out)
            case DetectionsMade():
                out.views[seen.camera_id] = self.lanes[seen.camera_id].detections(seen, out)
            case CameraMoved():
                self.lanes[seen.camera_id].take_movement(seen, out)
            case CameraStateChanged():
                self.lanes[seen.camera_id].fault.changed(seen, out)
            case _:
                pass

    def tick(self, now_ns: int, out: StepOutput) -> None:
        for camera_id, lane in tuple(self.lanes.items()):
            who = f"camera {lane.camera.name}"
            if not self._isolation.run(who, lane.tick, now_ns, out):
                self.lanes[camera_id] = self._instead_of(lane, who, out)
        out.views = {camera_id: lane.view(now_ns) for camera_id, lane in self.lanes.items()}

    def set_identities(self, now_ns: int, names: Mapping[str, FusedIdentity], person_ids: Set[str], out: StepOutput) -> None:
        """Who the tracks are, by their id."""
        for lane in self.lanes.values():
            lane.people.set_identities(names, person_ids, out)

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        """A camera that is gone, or shows something else from now on, closes what it has open."""
        self._settings = settings
        before, self.lanes = self.lanes, {}
        for camera_id, lane in before.items():
            camera = settings.camera(camera_id)
            if camera is None or not camera.reads_like(lane.camera):
                lane.interrupt(out)
        for camera in settings.cameras:
            lane = before.get(camera.id)
            kept = lane if lane is not None and camera.reads_like(lane.camera) else self._lane(camera)
            kept.configure(camera, settings.gates)
            self.lanes[camera.id] = kept

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        for lane in self.lanes.values():
            lane.interrupt(out)
        before, self.lanes = self.lanes, {camera.id: self._lane(camera) for camera in self._settings.cameras}
        for camera_id, lane in before.items():
            self.lanes[camera_id].follow(lane)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        for lane in self.lanes.values():
            lane.erase(traces, out)

    def open_event_ids(self) -> frozenset[str]:
        return frozenset[str]().union(*(lane.open_event_ids() for lane in self.lanes.values()))

    def state(self) -> Mapping[str, Any]:
        return {camera_id: lane.state() for camera_id, lane in self.lanes.items()}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self._settings = settings
        self.lanes = {camera.id: self._lane(camera) for camera in settings.cameras if camera.id in state}
        for camera_id, lane in self.lanes.items():
            lane.restore(state[camera_id])

    def _lane(self, camera: CameraSettings) -> CameraLane:
        return CameraLane(camera, self._settings.gates, self._make_tracker)

    def _instead_of(self, lane: CameraLane, who: str, out: StepOutput) -> CameraLane:
        """A tick depends on nothing but what the lane holds: it would fail again at the next one."""
        self._isolation.run(who, lane.interrupt, out)
        fresh = self._lane(lane.camera)
        fresh.follow(lane)
        return fresh

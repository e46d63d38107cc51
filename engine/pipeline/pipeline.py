"""`Pipeline.step`: the rooms in their order, as one plain synchronous method.

No threads, no clock, no database, no chance: the same numbered observations give the same results, bit for bit. The one place that knows
which room follows which.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.model import wire
from engine.model.decision import EvidencePart
from engine.model.event import Event
from engine.model.observation import (
    AlertsEdited,
    AlertsLoaded,
    AreaRiskKnown,
    CameraStateChanged,
    DetectionsMade,
    EngineStarted,
    FacesSeen,
    FireRiskKnown,
    ForecastTried,
    FrameSeen,
    GesturesChanged,
    IncidentChanged,
    LooksSeen,
    Numbered,
    Observation,
    PlumeChanged,
    PosesSeen,
    RosterEdited,
    RosterLoaded,
    SettingsChanged,
    Tick,
    UtteranceHeard,
)
from engine.model.person import Person, PersonErased
from engine.model.radio import BleSightings, CsiBatch, NodeChanged
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, GateSettings, Settings
from engine.model.traces import Traces
from engine.model.track import Track
from engine.pipeline.activities import ActivityLane
from engine.pipeline.alerts import AlertLane
from engine.pipeline.fault import FaultLane
from engine.pipeline.forecast_events import ForecastLane
from engine.pipeline.gestures import GestureLane
from engine.pipeline.identities import IdentityLane
from engine.pipeline.incident_events import IncidentLane
from engine.pipeline.motion import MotionLane
from engine.pipeline.nodes import NodeLane
from engine.pipeline.output import StepOutput
from engine.pipeline.people import PeopleLane, Tracker
from engine.pipeline.picture_zones import PictureZoneLane
from engine.pipeline.plume_events import PlumeLane
from engine.pipeline.radio import RadioLane
from engine.pipeline.roster import generated_name
from engine.pipeline.things import ThingsLane
from engine.vision.known_still import KnownStill

log = logging.getLogger(__name__)

InView: TypeAlias = dict[str, tuple[Track, ...]]
OfCamera: TypeAlias = FrameSeen | DetectionsMade | CameraStateChanged | FacesSeen | LooksSeen | PosesSeen

STATE_VERSION = 5


def _write_down(who: str, error: Exception) -> None:
    log.error("bug in %s", who, exc_info=error)


class CameraLane:
    """Everything the pipeline keeps about one camera."""

    def __init__(self, camera: CameraSettings, gates: GateSettings, make_tracker: Callable[[str], Tracker]) -> None:
        self.camera = camera
        self.still = KnownStill()
        self.things = ThingsLane(make_tracker(camera.id))
        self.people = PeopleLane(camera, gates, make_tracker(camera.id), self.still)
        self.motion = MotionLane(camera)
        self.fault = FaultLane(camera)

    def configure(self, camera: CameraSettings, gates: GateSettings) -> None:
        self.camera = self.people.camera = self.motion.camera = self.fault.camera = camera
        self.people.gates = gates

    def frame(self, seen: FrameSeen, out: StepOutput) -> None:
        self.fault.frame(min(seen.occurred_ns, out.received_ns))  # a file that is not paced runs ahead of time
        self.people.frame(seen.occurred_ns, out)
        elsewhere = self.still.outside(seen.motion.regions_xyxy, (max(seen.width, 1), max(seen.height, 1)))
        self.motion.frame(seen, self.people.last_person_ns, out, elsewhere)

    def notice(self, seen: DetectionsMade, people: tuple[Track, ...], out: StepOutput) -> tuple[Track, ...]:
        """After people: what else is in the picture, and what stands still in it. Gives all tracks."""
        self.things.detections(seen, self.camera, out.number)
        tracks = (*people, *self.things.tracks(seen.occurred_ns))
        self.still.see(seen.occurred_ns, (max(seen.width, 1), max(seen.height, 1)), seen.detections, tracks)
        return tracks

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
        things = {"things": self.things.state(), "still": self.still.state()}
        return {"people": self.people.state(), "motion": self.motion.state(), "fault": self.fault.state(), **things}

    def restore(self, state: dict[str, Any]) -> None:
        self.people.restore(state["people"])
        self.motion.restore(state["motion"])
        self.fault.restore(state["fault"])
        if "still" in state:  # older checkpoints know of neither
            self.things.restore(state["things"])
            self.still.restore(state["still"])


class Pipeline:
    """Observations in, results out. One thread at a time; a step takes well under a millisecond.

    Args:
        make_tracker: a fresh tracker for the camera of this id.
        on_bug: told who of them failed at a tick, and how; the others go on.
        pictured: whether anybody looks at voxels. Without, results hold none and are otherwise the same.
    """

    def __init__(
        self, make_tracker: Callable[[str], Tracker], on_bug: Callable[[str, Exception], None] = _write_down, pictured: bool = True
    ) -> None:
        self._make_tracker = make_tracker
        self._on_bug = on_bug
        self._settings = Settings()
        self._lanes: dict[str, CameraLane] = {}
        self._radio = RadioLane(pictured)
        self._identities = IdentityLane()
        self._gestures = GestureLane()
        self._activities = ActivityLane(self._radio.falls)
        self._zones = PictureZoneLane()
        self._incidents = IncidentLane()
        self._plumes = PlumeLane()
        self._forecast = ForecastLane()
        self._alerts = AlertLane(self._evidence, self._plumes.confidences, self._zones.zones_of, self._plumes.directions)
        self._known = -1  # the roster's revision that the radio lane knows
        self._now_ns = 0
        self.number = -1

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def alerts(self) -> AlertLane:
        return self._alerts

    @property
    def nodes(self) -> NodeLane:
        return self._radio.nodes

    @property
    def persons(self) -> Mapping[str, Person]:
        """Everybody known, by id."""
        return self._identities.roster.persons

    @property
    def forecast_failed(self) -> Event | None:
        """That the forecast of incidents could not be learnt, while it is so."""
        return self._forecast.open_failure

    def open_event_ids(self) -> frozenset[str]:
        apart = (self._incidents, self._plumes, self._forecast)
        lanes = (self._radio, self._identities, self._activities, self._zones, *apart, *self._lanes.values())
        return frozenset[str]().union(*(lane.open_event_ids() for lane in lanes))

    def step(self, numbered: Numbered) -> StepResult:
        """Take in one observation. Observations about a camera that is not configured (any more) change nothing."""
        self.number = numbered.number
        out = StepOutput(numbered.number, numbered.received_ns)
        self._take(numbered.observation, out)
        self._apart("alerts", lambda: self._alert(numbered.observation, out))
        return out.result()

    def _take(self, seen: Observation, out: StepOutput) -> None:
        match seen:
            case FrameSeen() | DetectionsMade() | CameraStateChanged() | FacesSeen() | LooksSeen() | PosesSeen():
                lane = self._lanes.get(seen.camera_id)
                if lane is not None:
                    self._take_of_camera(seen, lane, out)
            case CsiBatch():
                self._radio.csi(seen)
            case BleSightings():
                self._radio.sightings(seen)
            case NodeChanged():
                self._radio.node(seen, out)
            case UtteranceHeard() | GesturesChanged() | RosterLoaded() | RosterEdited():
                self._take_of_people(seen, out)
            case Tick(now_ns):
                self._tick(now_ns, out)
            case SettingsChanged():
                self._take_settings(seen, out)
            case EngineStarted(now_ns):
                self._begin_anew(now_ns, out)
            case _:
                self._take_of_alerts(seen, out)

    def _take_of_camera(self, seen: OfCamera, lane: CameraLane, out: StepOutput) -> None:
        match seen:
            case FrameSeen():
                self._identities.floor.sized(seen.camera_id, (seen.width, seen.height))
                lane.frame(seen, out)
            case DetectionsMade():
                self._detected(seen, lane, out)
            case CameraStateChanged():
                lane.fault.changed(seen, out)
            case FacesSeen():
                self._identities.face(seen, out)
            case LooksSeen():
                self._identities.looks(seen)
            case PosesSeen():
                self._gestures.poses(seen, lane.camera, out)
                self._activities.poses(seen)

    def _take_of_people(self, told: UtteranceHeard | GesturesChanged | RosterLoaded | RosterEdited, out: StepOutput) -> None:
        match told:
            case UtteranceHeard():
                self._identities.heard(told)
            case GesturesChanged():
                self._gestures.changed(told)
            case RosterLoaded():
                self._identities.loaded(told)
            case RosterEdited():
                self._edit(told, out)

    def _take_of_alerts(self, told: Observation, out: StepOutput) -> None:
        match told:
            case IncidentChanged():
                self._incidents.changed(told, out)
            case PlumeChanged():
                for declined in self._plumes.changed(told, out):
                    self._alerts.declined(declined, out)
            case ForecastTried():
                self._forecast.tried(told, out)
            case AlertsEdited():
                self._edit_alerts(told, out)
            case AlertsLoaded():
                self._alerts.loaded(told, out)
            case AreaRiskKnown():
                self._alerts.area_risk(told)
            case FireRiskKnown():
                self._alerts.fire_risk(told, told.occurred_ns)
            case _:
                pass

    def _take_settings(self, change: SettingsChanged, out: StepOutput) -> None:
        self._configure(change.settings, out)
        self._radio.configure(change.settings, change.occurred_ns, out)
        self._identities.configure(change.settings)
        self._activities.configure(change.settings, change.occurred_ns, out)
        self._zones.configure(change.settings, change.occurred_ns, out)
        self._incidents.configure(change.settings)
        self._plumes.configure(change.settings)
        self._alerts.configure(change.settings, change.occurred_ns)

    def state(self) -> dict[str, Any]:
        """Everything that a later step depends on, as plain JSON data."""
        return {
            "version": STATE_VERSION,
            "number": self.number,
            "settings": wire.to_plain(self._settings),
            "lanes": {camera_id: lane.state() for camera_id, lane in self._lanes.items()},
            "radio": self._radio.state(),
            "identities": self._identities.state(),
            "gestures": self._gestures.state(),
            "activities": self._activities.state(),
            "zones": self._zones.state(),
            "incidents": self._incidents.state(),
            "plumes": self._plumes.state(),
            "forecast": self._forecast.state(),
            "alerts": self._alerts.state(),
            "now_ns": self._now_ns,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from `state()` of an earlier pipeline.

        Raises:
            ValueError: written by another version; start from an earlier checkpoint or from the journal's beginning.
        """
        if state.get("version") != STATE_VERSION:
            raise ValueError(f"checkpoint version {state.get('version')!r}, this build reads {STATE_VERSION}")
        self.number = int(state["number"])
        self._settings = wire.read_record(Settings, state["settings"], "settings")
        self._lanes = {camera.id: self._lane(camera) for camera in self._settings.cameras if camera.id in state["lanes"]}
        for camera_id, lane in self._lanes.items():
            lane.restore(state["lanes"][camera_id])
        self._radio.restore(state["radio"], self._settings)
        self._identities.restore(state["identities"], self._settings)
        self._tell_radio()
        self._gestures.restore(state["gestures"])
        self._activities.restore(state["activities"], self._settings)
        self._zones.restore(state.get("zones", {}), self._settings)  # older checkpoints know of none
        self._incidents.restore(state["incidents"], self._settings)
        self._plumes.restore(state["plumes"], self._settings)
        self._forecast.restore(state["forecast"])
        self._alerts.restore(state["alerts"], self._settings)
        self._now_ns = int(state["now_ns"])

    def _detected(self, seen: DetectionsMade, lane: CameraLane, out: StepOutput) -> None:
        lane.people.detections(seen, out)
        tracks = lane.people.tracks(seen.occurred_ns)
        self._apart("activities", lambda: self._activities.detections(seen, tracks, lane.camera, out))
        self._apart("zones", lambda: self._zones.detections(seen, lane.notice(seen, tracks, out), lane.still, lane.camera, out))

    def _tick(self, now_ns: int, out: StepOutput) -> None:
        self._now_ns = now_ns
        for camera_id, lane in tuple(self._lanes.items()):
            who = f"camera {lane.camera.name}"
            if not self._apart(who, lambda lane=lane: lane.tick(now_ns, out)):
                self._lanes[camera_id] = self._instead_of(lane, who, out)
        self._plumes.tick(now_ns, out)
        self._tell_radio()
        self._radio.falls.told_by_cameras(self._activities.falls_by_blob(), self._activities.falls())
        self._apart("radio", lambda: self._radio.tick(now_ns, self._identities.floor.followed(now_ns), out))
        in_view = self._in_view(now_ns)
        self._apart("people", lambda: self._identify(now_ns, in_view, out))
        self._apart("voices", lambda: self._identities.listen(now_ns, in_view, dict(out.names), out))
        self._apart("gestures", lambda: self._watch_gestures(now_ns, in_view, out))
        self._apart("activities", lambda: self._activities.tick(now_ns, dict(out.names), out.fused, out.radio, out))
        self._apart("zones", lambda: self._tick_zones(now_ns, in_view, out))

    def _tick_zones(self, now_ns: int, in_view: InView, out: StepOutput) -> None:
        names = dict(out.names)
        for camera_id in self._zones.camera_ids:
            lane = self._lanes[camera_id]
            tracks = (*in_view[camera_id], *lane.things.tracks(now_ns))
            self._zones.tick(now_ns, camera_id, tracks, lane.still, names, out)
        out.zones = self._zones.counts(now_ns)

    def _alert(self, observation: Observation, out: StepOutput) -> None:
        """Last in every step: what the lanes said may deserve an operator."""
        self._alerts.gather(out)
        if isinstance(observation, Tick):
            self._alerts.tick(observation.occurred_ns, bool(self._identities.roster.persons), self._living, out)

    def _living(self, camera_id: str, track_id: str) -> Track | None:
        lane = self._lanes.get(camera_id)
        return next((track for track in lane.people.tracks(self._now_ns) if track.id == track_id), None) if lane is not None else None

    def _evidence(self, subject_id: str) -> tuple[EvidencePart, ...]:
        """Of an incident or a plume."""
        return self._incidents.evidence(subject_id) or self._plumes.evidence(subject_id)

    def _edit_alerts(self, edited: AlertsEdited, out: StepOutput) -> None:
        """Closing the alert of a fall ends the fall: somebody has dealt with it."""
        for fall in self._alerts.edited(edited, out):
            self._radio.falls.close(fall, edited.occurred_ns, out)
            self._activities.close(fall, edited.occurred_ns, out)

    def _in_view(self, now_ns: int) -> InView:
        """Living tracks by camera."""
        return {camera_id: lane.people.tracks(now_ns) for camera_id, lane in self._lanes.items()}

    def _tell_radio(self) -> None:
        """Whose phones are heard follows from who is known."""
        roster = self._identities.roster
        if roster.revision != self._known:
            self._known = roster.revision
            self._radio.know(roster.persons)

    def _edit(self, edited: RosterEdited, out: StepOutput) -> None:
        before = self._identities.roster.persons.get(getattr(edited.edit, "person_id", ""))
        self._identities.edited(edited, out)
        if isinstance(edited.edit, PersonErased) and before is not None and before.id not in self._identities.roster.persons:
            self._erase(Traces(before.id, (before.name, generated_name(before.id)), edited.edit.pseudonym), out)

    def _erase(self, traces: Traces, out: StepOutput) -> None:
        """Nothing that goes on may tell of somebody who was erased."""
        self._tell_radio()
        common = (self._radio, self._identities, self._activities, self._zones, self._incidents, self._alerts)
        for lane in (*common, *self._lanes.values()):
            lane.erase(traces, out)
        self._gestures.erase(traces)

    def _identify(self, now_ns: int, in_view: InView, out: StepOutput) -> None:
        names = self._identities.tick(now_ns, in_view, out.radio, self._radio.carried, out)
        self._radio.set_floor_identities(out.fused)
        self._radio.teach(now_ns, self._identities.floor.sure_places())
        out.names = tuple(names.items())
        for lane in self._lanes.values():
            lane.people.set_identities(names, out)

    def _watch_gestures(self, now_ns: int, in_view: InView, out: StepOutput) -> None:
        cameras = {camera_id: lane.camera for camera_id, lane in self._lanes.items()}
        self._gestures.tick(now_ns, in_view, dict(out.names), cameras, out)

    def _apart(self, who: str, work: Callable[[], None]) -> bool:
        """False when it raised. A bug with one camera must not blind the others; a replay meets it again, at the same place."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the border between lanes
            self._on_bug(who, error)
            return False
        return True

    def _instead_of(self, lane: CameraLane, who: str, out: StepOutput) -> CameraLane:
        """A tick depends on nothing but what the lane holds: it would fail again at the next one."""
        self._apart(who, lambda: lane.interrupt(out))
        fresh = self._lane(lane.camera)
        fresh.follow(lane)
        return fresh

    def _lane(self, camera: CameraSettings) -> CameraLane:
        return CameraLane(camera, self._settings.gates, self._make_tracker)

    def _begin_anew(self, now_ns: int, out: StepOutput) -> None:
        """Nothing that was followed before is carried on; also the time may be an earlier one, when the clock was set back meanwhile."""
        for lane in self._lanes.values():
            lane.interrupt(out)
        before, self._lanes = self._lanes, {camera.id: self._lane(camera) for camera in self._settings.cameras}
        for camera_id, lane in before.items():
            self._lanes[camera_id].follow(lane)
        self._radio.begin_anew(self._now_ns, now_ns, out)
        self._identities.interrupt(self._now_ns, out)
        self._activities.begin_anew(self._now_ns, now_ns, out)
        self._zones.begin_anew(self._now_ns, out)
        self._gestures.interrupt()

    def _configure(self, settings: Settings, out: StepOutput) -> None:
        """A camera that is gone, or shows something else from now on, closes what it has open."""
        self._settings = settings
        before, self._lanes = self._lanes, {}
        for camera_id, lane in before.items():
            camera = settings.camera(camera_id)
            if camera is None or not camera.reads_like(lane.camera):
                lane.interrupt(out)
        for camera in settings.cameras:
            lane = before.get(camera.id)
            kept = lane if lane is not None and camera.reads_like(lane.camera) else self._lane(camera)
            kept.configure(camera, settings.gates)
            self._lanes[camera.id] = kept

"""What was on screen at a moment of the record, made of what a replay's steps say, as the engine makes it of the live ones."""

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from engine.history.replay.run import Stepped
from engine.model.cameras.picture_zone import ZoneCount
from engine.model.cameras.track import Track
from engine.model.event import Event
from engine.model.health import CameraHealth, CameraState
from engine.model.observation import CameraStateChanged, DetectionsMade, FacesSeen, FrameSeen, Observation, PosesSeen, Tick
from engine.model.people.view import PeopleView, TrackFace, TrackPose
from engine.model.radio.blob import RadioPicture
from engine.model.radio.fused import FusedIdentity, FusedPicture
from engine.model.radio.radio import NodeState, NodeView
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import AlertView, CameraView, RadioView, Snapshot
from engine.model.time import SECOND
from engine.pipeline.cameras.cameras import CameraLanes
from engine.pipeline.pipeline import Pipeline
from engine.pipeline.radio.nodes import KnownNode, NodeKeeper

NEWEST = 200  # events
SHOWN_NS = 2 * SECOND  # faces and poses older than this are not where anybody was


class ReplayScene:
    """One thread.

    Args:
        before: events of the record that began before the first step.
    """

    def __init__(self, before: Iterable[Event] = ()) -> None:
        self._events = {event.id: event for event in before}
        self._tracks: dict[str, tuple[tuple[Track, ...], int]] = {}
        self._health: dict[str, CameraHealth] = {}
        self._radio: RadioPicture | None = None
        self._fused: FusedPicture | None = None
        self._names: tuple[tuple[str, FusedIdentity], ...] = ()
        self._zones: tuple[ZoneCount, ...] = ()
        self._faces: dict[str, TrackFace] = {}
        self._poses: dict[str, TrackPose] = {}
        self.at_ns = 0

    def know_lost_cameras(self, pipeline: Pipeline) -> None:
        """Before the first step: those that a checkpoint says were lost, of which nothing else may come for long."""
        lanes = pipeline.find(CameraLanes)
        for camera_id, lane in lanes.lanes.items() if lanes is not None else ():
            broken = lane.fault.broken
            if broken is not None:
                self._health[camera_id] = CameraHealth(CameraState.LOST, broken.reason, since_ns=broken.noticed_ns)

    def take_step(self, step: Stepped) -> None:
        result, seen = step.result, step.numbered.observation
        self.at_ns = step.numbered.received_ns
        for event in result.events:
            if not event.shadow:
                self._events[event.id] = event
        if len(self._events) > 2 * NEWEST:
            self._events = {event.id: event for event in self._newest()}
        for camera_id, tracks in result.tracks:
            self._tracks[camera_id] = tracks, max(_seen_ns(seen), self._tracks.get(camera_id, ((), 0))[1])
        self._radio = result.radio if result.radio is not None or isinstance(seen, Tick) else self._radio
        if isinstance(seen, Tick):
            self._fused, self._names, self._zones = result.fused, result.names, result.zones or ()
        self._update_health(seen)

    def copy(self) -> "ReplayScene":
        """Another that goes on from here."""
        other = ReplayScene()
        other._events, other._tracks, other._health = dict(self._events), dict(self._tracks), dict(self._health)
        other._faces, other._poses = dict(self._faces), dict(self._poses)
        other._radio, other._fused, other._names, other.at_ns = self._radio, self._fused, self._names, self.at_ns
        other._zones = self._zones
        return other

    def picture(self, pipeline: Pipeline) -> Snapshot:
        """With what the pipeline knows after the same steps. Of what is no part of the record (jobs, models, users) there is nothing."""
        settings, alerts = pipeline.settings, pipeline.alerts
        return Snapshot(
            number=max(pipeline.number, 0),
            at_ns=self.at_ns,
            settings=settings,
            cameras=tuple(self._camera(camera) for camera in settings.cameras),
            events=tuple(self._as_of_then(event) for event in self._newest()),
            radio=RadioView(picture=self._shown_radio(), nodes=node_views(pipeline)),
            people=self._people_view(pipeline),
            alerts=AlertView(tuple(reversed(alerts.alerts)), tuple(reversed(alerts.held_decisions)), alerts.load, settings.alerts.mode),
            zones=self._zones,
        )

    def _update_health(self, seen: Observation) -> None:
        match seen:
            case FrameSeen():
                known = self._health.get(seen.camera_id)
                if known is not None and known.state is CameraState.LIVE:
                    since_ns, pictures = known.since_ns, known.pictures + 1
                else:
                    since_ns, pictures = seen.occurred_ns, 1
                self._health[seen.camera_id] = CameraHealth(
                    CameraState.LIVE,
                    since_ns=since_ns,
                    last_picture_ns=seen.occurred_ns,
                    pictures=pictures,
                    width=seen.width,
                    height=seen.height,
                )
            case CameraStateChanged():
                known = self._health.get(seen.camera_id, CameraHealth())
                self._health[seen.camera_id] = replace(known, state=seen.state, reason=seen.reason, since_ns=seen.occurred_ns)
            case FacesSeen():
                boxes = [tuple(float(value) for value in box) for box in seen.faces.boxes_xyxy]
                for track_id, (x0, y0, x1, y1) in zip(seen.track_ids, boxes, strict=True):
                    self._faces[track_id] = TrackFace(seen.camera_id, track_id, seen.occurred_ns, (x0, y0, x1, y1))
            case PosesSeen(poses=poses):
                for index, track_id in enumerate(poses.track_ids):
                    pose = TrackPose(seen.camera_id, track_id, seen.occurred_ns, poses.landmarks[index], poses.visibility[index])
                    self._poses[track_id] = pose
            case Tick():
                self._faces = {key: face for key, face in self._faces.items() if seen.occurred_ns - face.at_ns < SHOWN_NS}
                self._poses = {key: pose for key, pose in self._poses.items() if seen.occurred_ns - pose.at_ns < SHOWN_NS}
            case _:
                pass

    def _camera(self, camera: CameraSettings) -> CameraView:
        tracks, tracks_ns = self._tracks.get(camera.id, ((), 0))
        return CameraView(camera, self._health.get(camera.id, CameraHealth()), tracks, tracks_ns)

    def _people_view(self, pipeline: Pipeline) -> PeopleView:
        return PeopleView(
            persons=tuple(pipeline.persons.values()),
            fused=self._fused,
            names=self._names,
            faces=tuple(self._faces.values()),
            poses=tuple(self._poses.values()),
        )

    def _shown_radio(self) -> RadioPicture | None:
        """Without its evidence, as live ones are shown."""
        return None if self._radio is None else replace(self._radio, evidence=())

    def _as_of_then(self, event: Event) -> Event:
        """An event that ended later was going on."""
        return replace(event, ended_ns=None) if event.ended_ns is not None and event.ended_ns > self.at_ns else event

    def _newest(self) -> list[Event]:
        return sorted(self._events.values(), key=attrgetter("started_ns", "id"), reverse=True)[:NEWEST]


def node_views(pipeline: Pipeline) -> tuple[NodeView, ...]:
    """What the pipeline knows of nodes: whether they were there, and where they stood."""
    keeper = pipeline.find(NodeKeeper)
    if keeper is None:
        return ()
    return tuple(_node_view(node, keeper.nodes.reason(node.mac), pipeline.settings) for node in keeper.nodes.known)


def _node_view(node: KnownNode, reason: str, settings: Settings) -> NodeView:
    placed = settings.node(node.mac)
    planned = None if placed is None else placed.position
    here = NodeState.ONLINE if node.paired else NodeState.UNPAIRED
    return NodeView(
        mac=node.mac,
        name="" if placed is None else placed.name,
        state=here if node.online else NodeState.OFFLINE,
        reason=reason,
        since_ns=node.since_ns,
        position=planned if planned is not None else node.announced,
        position_source="plan" if planned is not None else "announced" if node.announced is not None else "",
        simulated=node.simulated,
    )


def _seen_ns(seen: Observation) -> int:
    """The time that tracks of an observation's result refer to."""
    return seen.occurred_ns if isinstance(seen, (FrameSeen, DetectionsMade)) else 0

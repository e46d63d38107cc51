"""The people side of the engine: who is known, closer looks at who is in view, and what is shown of both."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from engine.model.capability import Capability
from engine.model.errors import LeftOut
from engine.model.observation import FacesSeen, Observation, PosesSeen, RosterEdited, RosterLoaded, Tick
from engine.model.people.person import FaceGone, FaceSample, Person, PersonGone, Roster
from engine.model.people.view import PeopleView, TrackFace, TrackPose
from engine.model.radio.fused import FusedIdentity, FusedPicture
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, Clock
from engine.runtime.closer.closer import POSE_HZ, CloserLooks, Lookers
from engine.runtime.closer.lookers import load_lookers
from engine.runtime.people.face_photos import FacePhotos
from engine.runtime.people.roster_desk import RosterDesk
from engine.runtime.ports import Inbox, WriterQueue
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.vision.models import ModelStore

if TYPE_CHECKING:
    from engine.runtime.gestures.gestures_side import GesturesSide

SHOWN_NS = 2 * SECOND  # faces and poses older than this are not where anybody is now


class PeopleRecord(Protocol):
    """What the record keeps of people (engine.store)."""

    def roster(self) -> Roster: ...


class GesturesMaker(Protocol):
    def __call__(self, on_wanted: Callable[[], None]) -> "GesturesSide":
        """`on_wanted`: called when poses begin or cease to be wanted."""
        ...


class PeopleSide(Side):
    """`on_step` on the engine thread, all else on any. What is shown is replaced as a whole, so readers need no lock.

    Args:
        writer: runs an action on the thread that writes. gestures: None where they are left out.
    """

    def __init__(
        self,
        folder: Path,
        record: PeopleRecord,
        models: ModelStore,
        settings: Settings,
        inbox: Inbox,
        writer: WriterQueue,
        clock: Clock,
        gestures: GesturesMaker | None = None,
    ) -> None:
        self._record, self._clock = record, clock
        self._models = models
        self._settings = settings
        self._inbox = inbox
        self.photos = FacePhotos(folder, writer)
        self.desk = RosterDesk(inbox)
        self.closer = CloserLooks(self._load, inbox)
        self.closer.keep_face = self.photos.note
        self.persons: Mapping[str, Person] = {}
        self.faces: Mapping[str, FaceSample] = {}
        self._gestures = None if gestures is None else gestures(self.closer.reload)
        if self._gestures is not None:
            self.closer.focus = self._gestures.focus
        self._fused: FusedPicture | None = None
        self._names: tuple[tuple[str, FusedIdentity], ...] = ()
        self._track_faces: Mapping[str, TrackFace] = {}
        self._poses: Mapping[str, TrackPose] = {}

    @property
    def taught(self) -> "GesturesSide":
        """Raises LeftOut."""
        if self._gestures is None:
            raise LeftOut(Capability.GESTURES)
        return self._gestures

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        """Before any other observation about people."""
        roster = self._record.roster()
        self.persons = {person.id: person for person in roster.persons}
        self.faces = {face.id: face for face in roster.faces}
        self._inbox.post(RosterLoaded(now_ns, roster))
        if self._gestures is not None:
            self._gestures.start(now_ns)

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("closer", self.closer.work)

    def on_models_changed(self) -> None:
        self.closer.reload()

    def show(self, shown: Snapshot) -> Snapshot:
        return replace(shown, people=self.view(shown.at_ns))

    def on_settings(self, settings: Settings) -> None:
        before, self._settings = self._settings, settings
        if before.recognition.biometrics != settings.recognition.biometrics or len(before.cameras) != len(settings.cameras):
            self.closer.reload()
        for camera_id in {camera.id for camera in before.cameras} - {camera.id for camera in settings.cameras}:
            self.closer.remove_camera(camera_id)

    def on_step(self, result: StepResult, observation: Observation) -> None:
        now_ns = self._clock.now_ns()
        if self._gestures is not None:
            self._gestures.take(result, observation, now_ns, self.closer.lookers.pose_trouble)
        if result.people:
            self._take_people(result)
        if isinstance(observation, Tick):
            self._fused, self._names = result.fused, result.names
            self.closer.set_known_tracks(frozenset(track_id for track_id, _ in result.names))
        for camera_id, tracks in result.tracks:
            self.closer.tracks(camera_id, tracks, max((track.last_seen_ns for track in tracks), default=now_ns))
        match observation:
            case FacesSeen() as seen:
                self._take_faces(seen)
            case PosesSeen() as seen:
                self._take_poses(seen)
            case RosterEdited() as edited:
                self.desk.confirm_edit(edited)
            case _:
                pass

    def track_faces(self) -> Mapping[str, TrackFace]:
        """Where the face of each track was seen last, by its id; some of it may be old."""
        return self._track_faces

    def view(self, now_ns: int) -> PeopleView:
        lookers = self.closer.lookers
        return PeopleView(
            persons=tuple(self.persons.values()),
            photos=self._photos(),
            fused=self._fused,
            names=self._names,
            faces=tuple(face for face in self._track_faces.values() if now_ns - face.at_ns < SHOWN_NS),
            poses=tuple(pose for pose in self._poses.values() if now_ns - pose.at_ns < SHOWN_NS),
            gestures=() if self._gestures is None else self._gestures.views(),
            takes=() if self._gestures is None else self._gestures.takes(),
            everyday_s=0.0 if self._gestures is None else self._gestures.everyday.seconds,
            face_trouble=lookers.face_trouble,
            pose_trouble=lookers.pose_trouble,
            looks_trouble=lookers.look_trouble,
            faces_hz=self.closer.faces_rate.per_second(),
            poses_hz=self.closer.poses_rate.per_second(),
            poses_wanted_hz=POSE_HZ * self.closer.posing_cameras() if lookers.poses is not None else 0.0,
        )

    def _load(self) -> Lookers:
        settings = self._settings
        biometrics = settings.recognition.biometrics
        looks = biometrics or len(settings.cameras) > 1  # kept for finding who looks alike, or for knowing them in the next camera
        return load_lookers(self._models, faces=biometrics, poses=self._gestures is not None and self._gestures.wants_poses, looks=looks)

    def _photos(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Faces of each person, the best first; the negative ones are of somebody else."""
        own: dict[str, list[FaceSample]] = {}
        for face in self.faces.values():
            if not face.negative:
                own.setdefault(face.person_id, []).append(face)
        return tuple((person_id, tuple(f.id for f in sorted(faces, key=lambda f: -f.quality))) for person_id, faces in own.items())

    def _take_people(self, result: StepResult) -> None:
        persons, faces = dict(self.persons), dict(self.faces)
        for value in result.people:
            match value:
                case Person():
                    persons[value.id] = value
                case PersonGone(person_id):
                    persons.pop(person_id, None)
                case FaceSample():
                    faces[value.id] = value
                case FaceGone(face_id):
                    faces.pop(face_id, None)
        self.persons, self.faces = persons, faces
        self.photos.take(result.people)

    def _take_faces(self, seen: FacesSeen) -> None:
        boxes = [tuple(float(value) for value in box) for box in seen.faces.boxes_xyxy]
        found = {
            track_id: TrackFace(seen.camera_id, track_id, seen.occurred_ns, (box[0], box[1], box[2], box[3]))
            for track_id, box in zip(seen.track_ids, boxes, strict=True)
        }
        kept = {key: face for key, face in self._track_faces.items() if seen.occurred_ns - face.at_ns < SHOWN_NS}
        self._track_faces = kept | found

    def _take_poses(self, seen: PosesSeen) -> None:
        found = {
            track_id: TrackPose(seen.camera_id, track_id, seen.occurred_ns, seen.poses.landmarks[index], seen.poses.visibility[index])
            for index, track_id in enumerate(seen.poses.track_ids)
        }
        kept = {key: pose for key, pose in self._poses.items() if seen.occurred_ns - pose.at_ns < SHOWN_NS}
        self._poses = kept | found

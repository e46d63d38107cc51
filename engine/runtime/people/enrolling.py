"""Learning a person's face from a picture or a clip that somebody chose."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np

from engine.model.cameras.face import Faces
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.people.person import Consent, FaceAdded, FaceSample, NameSource, Person
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.recording.footage.playback import ClipReader
from engine.runtime.cameras.camera_access import CameraAccess
from engine.runtime.cameras.masking import Masking
from engine.runtime.given_picture import read_picture
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.runtime.people.face_photos import face_crop
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.recorder.record import Record
from engine.vision.faces.reader import LoadedFaces, load_faces
from engine.vision.models import ModelStore

GOOD_QUALITY = 0.35  # as strangers are learned from
LOOK_EVERY_NS = SECOND // 3
MOST_LOOKS = 90
TAUGHT = 4  # faces of a clip
SURELY = 0.1  # above the threshold: that face is taken for the same
CLEARLY = 2.0  # how much more often than anybody else the person has to be seen
NONE_IN_PICTURE = "There is no face in the picture. Choose one from the front, with the face at least 60 pixels wide."
SEVERAL_IN_PICTURE = "There are {count} faces in the picture. Choose one that shows only them, or cut it."
POOR_PICTURE = "The face is too small, too blurred or too much from the side. Choose a clearer picture."
NONE_IN_CLIP = "There is no face in this clip. Choose one in which they look towards the camera."
POOR_CLIP = (
    "Faces in this clip are too small, too blurred or turned away. Choose one in which they come nearer and look towards the camera."
)
SEVERAL_IN_CLIP = "There are several people in this clip, seen about equally often. Choose one in which only they are seen."
ANOTHER = "This looks like {name}. If they are the same person, merge the two instead; if not, choose another picture or clip."
MET = " The cameras had met them before, without a name: both are one person now."


class EnrollingHost(Protocol):
    """What this needs of the engine."""

    @property
    def record(self) -> Record: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def masking(self) -> Masking: ...

    @property
    def models(self) -> ModelStore: ...

    @property
    def people(self) -> PeopleSide: ...

    @property
    def sight(self) -> CameraAccess: ...


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """One face of a picture: (D,) float32 of unit length."""

    embedding: Floats
    quality: float
    crop_bgr: Bytes2D


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Whose face is to be learned, and who wants it. `merge(kept id, gone id)`: they are one person."""

    engine: EnrollingHost
    person: Person
    by: str
    merge: Callable[[str, str], object]


def enrol_picture(enrolment: Enrolment, picture: str) -> str:
    """The job's id. Raises InputError for what is no picture."""
    _check_allowed(enrolment)
    engine = enrolment.engine
    pixels = read_picture(picture)

    def body(_: str, progress: Progress) -> str:
        loaded = load_faces(engine.models)
        progress.at(1, 2, "Looking for a face")
        seen = only_face(pixels, loaded.reader.look_everywhere(pixels))
        met = _learn_faces(enrolment, loaded, [seen], "")
        return f"Their face is learned.{met}"

    return engine.jobs.start("enrol_face", "Learn a face", body)


def enrol_clip(enrolment: Enrolment, clip_id: str) -> str:
    """The job's id. Raises NotFound for the clip."""
    _check_allowed(enrolment)
    engine = enrolment.engine
    path, clip = engine.sight.clips.file(clip_id), engine.sight.clips.get(clip_id)
    cover = engine.masking.cover_of_clip(clip)

    def body(_: str, progress: Progress) -> str:
        loaded = load_faces(engine.models)
        with ClipReader(path, cover) as reader:
            seen, any_face = _look_through(reader, loaded, progress)
        chosen = best_of_one(seen, loaded.threshold, any_face)
        met = _learn_faces(enrolment, loaded, chosen, clip.camera_id)
        return f"Their face is learned from {len(chosen)} pictures of the clip.{met}"

    return engine.jobs.start("enrol_face", "Learn a face from a clip", body)


def _check_allowed(enrolment: Enrolment) -> None:
    person = enrolment.person
    if not enrolment.engine.settings.recognition.biometrics:
        raise InputError("person_id", "faces are not recognised on this site. An admin has to switch that on first, and say what for")
    if person.consent is Consent.REFUSED:
        raise InputError("person_id", f"{person.name} has refused to be recognised, so their face is not learned")


def only_face(picture_bgr: Bytes2D, faces: Faces) -> SeenFace:
    """Raises InputError, as a sentence that says what is wrong with the picture."""
    found, count = _faces(picture_bgr, faces), len(faces.scores)
    if count != 1:
        raise InputError("", SEVERAL_IN_PICTURE.format(count=count) if count else NONE_IN_PICTURE)
    if not found or found[0].quality < GOOD_QUALITY:
        raise InputError("", POOR_PICTURE)
    return found[0]


def _pictures(reader: ClipReader, progress: Progress) -> Iterator[Bytes2D]:
    every_ns = max(LOOK_EVERY_NS, reader.duration_ns // MOST_LOOKS)
    next_ns = 0
    for picture in reader.pictures():
        if picture.at_ns >= next_ns:
            progress.at(min(picture.at_ns // every_ns, MOST_LOOKS), MOST_LOOKS, "Looking for faces")
            next_ns = picture.at_ns + every_ns
            yield picture.bgr()


def _look_through(reader: ClipReader, loaded: LoadedFaces, progress: Progress) -> tuple[list[SeenFace], bool]:
    """Faces that can be compared, and whether there were any at all."""
    seen: list[SeenFace] = []
    any_face = False
    for picture in _pictures(reader, progress):
        faces = loaded.reader.look_everywhere(picture)
        seen += _faces(picture, faces)
        any_face = any_face or len(faces.scores) > 0
    return seen, any_face


def _faces(picture_bgr: Bytes2D, faces: Faces) -> list[SeenFace]:
    rows = [index for index in range(len(faces.scores)) if faces.embedded(index)]
    return [SeenFace(faces.embeddings[row], float(faces.quality[row]), face_crop(picture_bgr, faces.boxes_xyxy[row])) for row in rows]


def best_of_one(seen: Sequence[SeenFace], threshold: float, any_face: bool = False) -> list[SeenFace]:
    """The best faces of the one who is seen most. Raises InputError where nobody is, or nobody clearly most.

    `any_face`: there were faces, though perhaps too small for an embedding.

    Faces are put together around the best ones, greedily: a face belongs to the first whose best one it matches.
    """
    groups: list[list[SeenFace]] = []
    for face in sorted(seen, key=lambda each: -each.quality):
        group = next((group for group in groups if float(group[0].embedding @ face.embedding) >= threshold), None)
        if group is not None:
            group.append(face)
        elif face.quality >= GOOD_QUALITY:
            groups.append([face])
    groups.sort(key=len, reverse=True)
    if not groups:
        raise InputError("", POOR_CLIP if any_face or seen else NONE_IN_CLIP)
    if len(groups) > 1 and len(groups[0]) < CLEARLY * len(groups[1]):
        raise InputError("", SEVERAL_IN_CLIP)
    return [face for face in groups[0][:TAUGHT] if face.quality >= GOOD_QUALITY]


def _learn_faces(enrolment: Enrolment, loaded: LoadedFaces, faces: Sequence[SeenFace], camera_id: str) -> str:
    """What became of it. Raises InputError where they are somebody else's, or were erased meanwhile."""
    engine, person_id, now_ns = enrolment.engine, enrolment.person.id, enrolment.engine.clock.now_ns()
    strangers = _strangers_taught(enrolment, loaded, faces)
    for face in faces:
        sample = FaceSample(engine.record.new_id("fa"), person_id, face.embedding, loaded.model, face.quality, now_ns, camera_id)
        engine.people.photos.expect(sample, face.crop_bgr)
        engine.people.desk.enter(FaceAdded(sample), enrolment.by, now_ns)
    if person_id not in engine.people.persons:
        raise InputError("", "They were erased meanwhile.")
    for stranger in strangers:
        enrolment.merge(person_id, stranger.id)
    return MET if strangers else ""


def _strangers_taught(enrolment: Enrolment, loaded: LoadedFaces, faces: Sequence[SeenFace]) -> tuple[Person, ...]:
    """Whom the cameras met and nobody named, and who is now said to be this person.

    A face taught to two persons would make both of them uncertain. Raises InputError where it is that of somebody with a name.
    """
    others = tuple(_alike(enrolment, loaded, faces))
    for other in others:
        if other.name_source is not NameSource.GENERATED or other.locked or enrolment.person.name_source is NameSource.GENERATED:
            raise InputError("", ANOTHER.format(name=other.name))
    return others


def _alike(enrolment: Enrolment, loaded: LoadedFaces, faces: Sequence[SeenFace]) -> Iterator[Person]:
    taught, people = np.stack([face.embedding for face in faces]), enrolment.engine.people
    found: set[str] = set()
    for known in people.faces.values():
        if known.person_id in (enrolment.person.id, *found) or known.negative or known.model != loaded.model:
            continue
        other = people.persons.get(known.person_id)
        if other is not None and float((taught @ known.embedding).max()) >= loaded.threshold + SURELY:
            found.add(other.id)
            yield other

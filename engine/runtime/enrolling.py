"""Learning a person's face from a picture or a clip that somebody chose."""

import base64
import binascii
import secrets
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.model.errors import InputError
from engine.model.face import Faces
from engine.model.frame import Bytes2D
from engine.model.geometry import Floats
from engine.model.people_command import LARGEST_PICTURE
from engine.model.person import Consent, FaceAdded, FaceSample, Person
from engine.model.time import SECOND
from engine.recording.jpeg import decode_picture
from engine.recording.playback import ClipReader
from engine.runtime.engine import Engine
from engine.runtime.face_photos import face_crop
from engine.runtime.jobs import Progress
from engine.vision.faces.reader import LoadedFaces, load_faces

LARGEST_PIXELS = 50_000_000
GOOD_QUALITY = 0.35  # as strangers are learned from
LOOK_EVERY_NS = SECOND // 3
MOST_LOOKS = 90
TAUGHT = 4  # faces of a clip
CLEARLY = 2.0  # how much more often than anybody else the person has to be seen
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """One face of a picture: (D,) float32 of unit length."""

    embedding: Floats
    quality: float
    crop_bgr: Bytes2D


def enrol_picture(engine: Engine, person: Person, picture: str, by: str) -> str:
    """The job's id. Raises InputError for what is no picture."""
    _check_allowed(engine, person)
    pixels = read_picture(picture)

    def body(_: str, progress: Progress) -> str:
        loaded = load_faces(engine.models)
        progress.at(1, 2, "Looking for a face")
        seen = only_face(pixels, loaded.reader.look_everywhere(pixels))
        _learn(engine, person.id, loaded, [seen], "", by)
        return "Their face is learned."

    return engine.jobs.start("enrol_face", "Learn a face", body)


def enrol_clip(engine: Engine, person: Person, clip_id: str, by: str) -> str:
    """The job's id. Raises NotFound for the clip."""
    _check_allowed(engine, person)
    path = engine.clip_file(clip_id)
    clip = engine.record.store.clip(clip_id)

    def body(_: str, progress: Progress) -> str:
        loaded = load_faces(engine.models)
        with ClipReader(path) as reader:
            seen = [face for picture in _pictures(reader, progress) for face in _faces(picture, loaded.reader.look_everywhere(picture))]
        chosen = best_of_one(seen, loaded.threshold)
        _learn(engine, person.id, loaded, chosen, "" if clip is None else clip.camera_id, by)
        return f"Their face is learned from {len(chosen)} pictures."

    return engine.jobs.start("enrol_face", "Learn a face from a clip", body)


def _check_allowed(engine: Engine, person: Person) -> None:
    if not engine.settings.recognition.biometrics:
        raise InputError("person_id", "faces are not recognised on this site. An admin has to switch that on first, and say what for")
    if person.consent is Consent.REFUSED:
        raise InputError("person_id", f"{person.name} has refused to be recognised, so their face is not learned")


def read_picture(text: str) -> Bytes2D:
    """(H, W, 3) BGR of a JPEG or PNG file given as base64. Raises InputError; its size is looked at before it is unpacked."""
    if len(text) > LARGEST_PICTURE * 4 // 3 + 4:
        raise InputError("picture", f"is larger than {LARGEST_PICTURE >> 20} MB. Choose a smaller one")
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise InputError("picture", "is not base64") from None
    width, height = _size(data)
    if not 0 < width * height <= LARGEST_PIXELS:
        raise InputError("picture", f"has {width} × {height} pixels. Choose one of at most {LARGEST_PIXELS // 1_000_000} megapixels")
    return decode_picture(data)


def _size(data: bytes) -> tuple[int, int]:
    """Width and height as the head of a JPEG or PNG file says. Raises InputError."""
    try:
        if data.startswith(_PNG):
            width, height = struct.unpack_from(">II", data, 16)
            return width, height
        if data.startswith(_JPEG):
            return _jpeg_size(data)
    except (struct.error, IndexError):
        pass
    raise InputError("picture", "is neither a JPEG nor a PNG file")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """From the frame header (ITU-T T.81, B.2.2), past the segments before it."""
    at = 2
    while True:
        marker, length = struct.unpack_from(">xBH", data, at)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 + length


def only_face(picture_bgr: Bytes2D, faces: Faces) -> SeenFace:
    """Raises InputError, as a sentence that says what is wrong with the picture."""
    found = _faces(picture_bgr, faces)
    if len(faces.scores) == 0:
        raise InputError("picture", "shows no face that can be seen well. Choose one from the front, with the face at least 60 pixels wide")
    if len(faces.scores) > 1:
        raise InputError("picture", f"shows {len(faces.scores)} faces. Choose one that shows only them, or cut it")
    if not found or found[0].quality < GOOD_QUALITY:
        raise InputError("picture", "shows the face too small, too blurred or too much from the side. Choose a clearer one")
    return found[0]


def _pictures(reader: ClipReader, progress: Progress) -> Iterator[Bytes2D]:
    every_ns = max(LOOK_EVERY_NS, reader.duration_ns // MOST_LOOKS)
    next_ns = 0
    for picture in reader.pictures():
        if picture.at_ns >= next_ns:
            progress.at(min(picture.at_ns // every_ns, MOST_LOOKS), MOST_LOOKS, "Looking for faces")
            next_ns = picture.at_ns + every_ns
            yield picture.bgr()


def _faces(picture_bgr: Bytes2D, faces: Faces) -> list[SeenFace]:
    rows = [index for index in range(len(faces.scores)) if faces.embedded(index)]
    return [SeenFace(faces.embeddings[row], float(faces.quality[row]), face_crop(picture_bgr, faces.boxes_xyxy[row])) for row in rows]


def best_of_one(seen: Sequence[SeenFace], threshold: float) -> list[SeenFace]:
    """The best faces of the one who is seen most. Raises InputError where nobody is, or nobody clearly most.

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
        raise InputError("clip_id", "shows no face well enough. Choose a clip in which they look towards the camera")
    if len(groups) > 1 and len(groups[0]) < CLEARLY * len(groups[1]):
        raise InputError("clip_id", "shows several people about equally often, so it is not clear whose face to learn. Choose another")
    return [face for face in groups[0][:TAUGHT] if face.quality >= GOOD_QUALITY]


def _learn(engine: Engine, person_id: str, loaded: LoadedFaces, faces: Sequence[SeenFace], camera_id: str, by: str) -> None:
    """Raises InputError where they are somebody else's, or were erased meanwhile."""
    now_ns = engine.clock.now_ns()
    for face in faces:
        _check_not_another(engine, person_id, loaded, face.embedding)
        sample = FaceSample(f"fa-{secrets.token_hex(6)}", person_id, face.embedding, loaded.model, face.quality, now_ns, camera_id)
        engine.people.photos.expect(sample, face.crop_bgr)
        engine.people.desk.enter(FaceAdded(sample), by, now_ns)
    if person_id not in engine.people.persons:
        raise InputError("person_id", "they were erased meanwhile")


def _check_not_another(engine: Engine, person_id: str, loaded: LoadedFaces, embedding: Floats) -> None:
    """A face taught to two persons would make both of them uncertain."""
    for known in engine.people.faces.values():
        if known.person_id == person_id or known.negative or known.model != loaded.model:
            continue
        if float(np.dot(known.embedding, embedding)) >= loaded.threshold + 0.1:
            other = engine.people.persons.get(known.person_id)
            name = other.name if other is not None else "somebody else"
            raise InputError("picture", f"looks like {name}. If they are the same person, merge the two instead")

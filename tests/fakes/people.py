"""Who a pretended engine knows: persons with drawn faces, where they stand on the floor, and what the people commands do there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.fusion.floor_zones import with_zones, zone_counts
from engine.model.errors import InputError, NotFound
from engine.model.people.commands import (
    DenyFace,
    EnrolFace,
    EnrolFromClip,
    ErasePerson,
    MergePersons,
    NameTrack,
    PrepareClip,
    PutPerson,
    RenamePerson,
    SplitPerson,
    UndoSpokenName,
    UnmaskFaces,
)
from engine.model.people.person import NameSource, Person
from engine.model.people.purposes import SetPersonPurpose, SitePurpose
from engine.model.people.settings import PeopleSettings
from engine.model.people.view import TrackPose
from engine.model.radio.blob import BlobStatus, RadioPicture
from engine.model.radio.fused import Assertion, AssertionKind, FusedIdentity, FusedPicture, FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.site import Zone
from engine.model.time import SECOND
from tests.fakes.media import jpeg

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine

DAY = 86_400 * SECOND
ON = PeopleSettings(biometrics=True, purpose="Knowing who works alone in the laboratory at night.")
_COLORS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7", "#D55E00")
Pixels = npt.NDArray[np.uint8]


def face_picture(number: int, size: int = 160) -> Pixels:
    """A drawn head and shoulders (size, size, 4) BGRA; every number looks different."""
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size
    pixels = np.zeros((size, size, 4), np.uint8)
    pixels[:] = (60 + 37 * number % 70, 58 + 23 * number % 60, 52 + 11 * number % 60, 255)
    hair = (40 + 29 * number % 60, 30 + 53 * number % 80, 40 + 71 * number % 120, 255)
    skin = (110 + 13 * number % 60, 140 + 17 * number % 50, 180 + 19 * number % 60, 255)
    for (x, y, w, h), tint in (
        ((0.5, 1.02, 0.42, 0.30), (150 - 20 * (number % 5), 90 + 30 * (number % 4), 60 + 40 * (number % 5), 255)),
        ((0.5, 0.40, 0.27, 0.31), hair),
        ((0.5, 0.46, 0.21, 0.26), skin),
        ((0.42, 0.42, 0.028, 0.022), (30, 25, 20, 255)),
        ((0.58, 0.42, 0.028, 0.022), (30, 25, 20, 255)),
        ((0.5, 0.59, 0.07, 0.014 + 0.006 * (number % 4)), (70, 70, 150, 255)),
    ):
        pixels[((columns - x) / w) ** 2 + ((rows - y) / h) ** 2 <= 1] = tint
    return pixels


def add_person(engine: FakeEngine, person: Person, faces: int = 1) -> None:
    """A person with so many faces, whose ids are `<person id>-f0` …"""
    with engine.lock:
        ids = tuple(f"{person.id}-f{n}" for n in range(faces))
        base = sum(person.id.encode())
        engine.face_photos |= {face_id: jpeg(face_picture(base + n)) for n, face_id in enumerate(ids)}
        view = engine.people
        engine.people = replace(view, persons=(*view.persons, person), photos=(*view.photos, (person.id, ids)))
        engine.publish()


def add_people(engine: FakeEngine, count: int) -> None:
    for number in range(count):
        seen_ns = engine.now_ns - (number * 3607 + 40) * SECOND
        made = Person(
            f"p{number:04d}",
            f"Person_{0xA11CE + 7919 * number:08X}" if number % 3 else f"Visitor {number} of the day",
            _COLORS[number % len(_COLORS)],
            NameSource.GENERATED if number % 3 else NameSource.OPERATOR,
            seen_ns - 9 * DAY,
            seen_ns - 9 * DAY,
            seen_ns,
            "gate" if number % 2 else "yard",
            1 + number % 17,
        )
        add_person(engine, made, 1 + number % 3 if number % 5 else 0)


def recognising(engine: FakeEngine) -> None:
    """Recognition is switched on."""
    engine.settings = replace(engine.settings, recognition=ON)
    engine.publish()


def assertion(kind: AssertionKind, person_id: str, log_odds: float, at_ns: int, sensor: str = "", detail: str = "") -> Assertion:
    return Assertion(kind, person_id, log_odds, at_ns, sensor, detail)


def identity(person: Person, at_ns: int, sensor: str = "yard", conflict: str = "") -> FusedIdentity:
    """Seen by face and heard by phone."""
    found = (
        assertion(AssertionKind.FACE, person.id, 4.6, at_ns - 4 * SECOND, sensor, "similarity 0.61"),
        assertion(AssertionKind.BLE, person.id, 2.4, at_ns - SECOND, "aa:bb:cc:00:00:04", "phone"),
    )
    counted = (4.2, 2.3)
    odds = sum(counted) - 3.0
    return FusedIdentity(person.id, person.name, person.color, odds, 1 / (1 + np.exp(-odds).item()), found, counted, conflict)


def fused_from(picture: RadioPicture, persons: tuple[Person, ...], at_ns: int, zones: tuple[Zone, ...] = ()) -> FusedPicture:
    """Radio's people as fused tracks; the first of them are the persons, and cameras see every other one."""
    tracks: list[FusedTrack] = []
    for number, blob in enumerate(blob for blob in picture.blobs if blob.status is not BlobStatus.TENTATIVE):
        sources = [FusedSource(SourceKind.RADIO, blob.id, "radio", at_ns, 0.6)]
        if number % 2 == 0:
            sources.insert(0, FusedSource(SourceKind.CAMERA, f"yard-tr-{number}", "yard", at_ns, 0.25))
        tracks.append(
            FusedTrack(
                f"fu-{number}",
                number + 1,
                FusedStatus.COASTING if blob.status is BlobStatus.COASTING else FusedStatus.CONFIRMED,
                blob.position,
                blob.covariance,
                blob.velocity,
                blob.since_ns,
                at_ns,
                tuple(sources),
                identity(persons[number], at_ns) if number < len(persons) else None,
                trail=blob.trail,
                simulated=blob.simulated,
            )
        )
    placed = with_zones(tracks, zones)
    counts = zone_counts(placed, zones, {zone.zone_id: zone.known for zone in picture.zones}, lambda xy: False)
    return FusedPicture(at_ns, placed, zones=counts)


def standing_pose(box: tuple[float, float, float, float], camera_id: str, track_id: str, at_ns: int) -> TrackPose:
    """Somebody upright who fills a box, with the arms a little away; nothing of the feet is seen."""
    shares = {0: (0.5, 0.1), 11: (0.75, 0.24), 12: (0.25, 0.24), 13: (0.9, 0.4), 14: (0.1, 0.4), 15: (0.95, 0.55), 16: (0.05, 0.55)}
    shares |= {23: (0.65, 0.55), 24: (0.35, 0.55), 25: (0.65, 0.77), 26: (0.35, 0.77), 27: (0.65, 0.98), 28: (0.35, 0.98)}
    left, top, right, bottom = box
    landmarks, visibility = np.zeros((33, 3), np.float32), np.zeros(33, np.float32)
    for number, (x, y) in shares.items():
        landmarks[number, :2] = left + x * (right - left), top + y * (bottom - top)
        visibility[number] = 0.95
    return TrackPose(camera_id, track_id, at_ns, landmarks, visibility)


def in_view(engine: FakeEngine, persons: tuple[Person, ...], conflict: str = "") -> None:
    """Who is on the cameras' pictures now: the first tracks are these persons; every track has a pose and a fused track of its own."""
    tracks = [track for view in engine.snapshot.cameras for track in view.tracks]
    now_ns = engine.now_ns
    who = {track.id: identity(person, now_ns, track.camera_id) for track, person in zip(tracks, persons, strict=False)}
    if conflict and tracks:
        who[tracks[0].id] = identity(persons[0], now_ns, tracks[0].camera_id, conflict)
    poses = tuple(standing_pose(track.box_xyxy, track.camera_id, track.id, now_ns) for track in tracks)
    fused = tuple(
        FusedTrack(
            f"fu-{track.id}",
            number,
            FusedStatus.CONFIRMED,
            (1.0, 1.0, 0.0),
            ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.1)),
            (0.0, 0.0, 0.0),
            now_ns,
            now_ns,
            (FusedSource(SourceKind.CAMERA, track.id, track.camera_id, now_ns, 0.3),),
            who.get(track.id),
        )
        for number, track in enumerate(tracks)
    )
    engine.people = replace(engine.people, names=tuple(who.items()), poses=poses, fused=FusedPicture(now_ns, fused))
    engine.publish()


def execute_people(engine: FakeEngine, command: object) -> str | None:
    """What the engine does on a people command; None for any other command."""
    match command:
        case PutPerson():
            return _put(engine, command)
        case RenamePerson(person_id, name):
            _change(engine, replace(_person(engine, person_id), name=name, name_source=NameSource.OPERATOR))
            return person_id
        case UndoSpokenName(person_id):
            _change(engine, replace(_person(engine, person_id), name="Person_0000BEEF", name_source=NameSource.GENERATED))
            return person_id
        case ErasePerson(person_id, reason):
            return _erase(engine, person_id, reason)
        case MergePersons(kept_id, gone_id):
            _give_faces(engine, _faces(engine, gone_id), kept_id)
            _remove(engine, gone_id)
            return kept_id
        case SplitPerson(face_ids, name):
            person = Person(f"person-{len(engine.people.persons) + 1}", name, created_ns=engine.now_ns)
            engine.people = replace(engine.people, persons=(*engine.people.persons, person))
            _give_faces(engine, face_ids, person.id)
            return person.id
        case DenyFace(face_id):
            _give_faces(engine, (face_id,), "")
            return face_id
        case EnrolFace() | EnrolFromClip():
            return engine.start_job("enrol_face", "Learning a face", 4, message=command.person_id)
        case UnmaskFaces(_, minutes):
            engine.people = replace(engine.people, unmasked_until_ns=engine.now_ns + round(60 * minutes * SECOND))
            return ""
        case PrepareClip(_, wanted):
            return engine.start_job("mask_clip", "Hide faces in a clip", 100, "Hiding faces") if wanted and engine.hides_slowly else ""
        case NameTrack():
            return command.fused_id
        case SetPersonPurpose():
            return _set_purpose(engine, command)
        case _:
            return None


def _set_purpose(engine: FakeEngine, command: SetPersonPurpose) -> str:
    def changed(each: SitePurpose) -> SitePurpose:
        if each.purpose.id != command.purpose_id:
            return each
        others = tuple(person_id for person_id in each.person_ids if person_id != command.person_id)
        return replace(each, person_ids=(*others, command.person_id) if command.wanted else others)

    engine.purposes = tuple(changed(each) for each in engine.purposes)
    return command.person_id


def enrolled(engine: FakeEngine, person_id: str) -> None:
    """The job has learned one more face."""
    face_id = f"{person_id}-e{len(engine.face_photos)}"
    engine.face_photos[face_id] = jpeg(face_picture(sum(face_id.encode())))
    _give_faces(engine, (face_id,), person_id)


def _person(engine: FakeEngine, person_id: str) -> Person:
    person = engine.people.person(person_id)
    if person is None:
        raise NotFound(f"There is no person {person_id!r}.")
    return person


def _faces(engine: FakeEngine, person_id: str) -> tuple[str, ...]:
    return dict(engine.people.photos).get(person_id, ())


def _change(engine: FakeEngine, person: Person) -> None:
    engine.people = replace(engine.people, persons=tuple(person if one.id == person.id else one for one in engine.people.persons))


def _put(engine: FakeEngine, command: PutPerson) -> str:
    values = {"name": command.name, "color": command.color, "consent": command.consent, "note": command.note, "locked": command.locked}
    if command.person_id:
        _change(engine, replace(_person(engine, command.person_id), **values))
        return command.person_id
    made = Person(f"person-{len(engine.people.persons) + 1}", created_ns=engine.now_ns, **values)
    engine.people = replace(engine.people, persons=(*engine.people.persons, made))
    return made.id


def _erase(engine: FakeEngine, person_id: str, reason: str) -> str:
    if _person(engine, person_id).locked:
        raise InputError("person_id", "is locked; unlock them first")
    if not reason.strip():
        raise InputError("reason", "is empty")
    _remove(engine, person_id)
    freed = tuple(replace(one, person_id="") if one.person_id == person_id else one for one in engine.settings.ble_devices)
    engine.settings = replace(engine.settings, ble_devices=freed)
    return engine.start_job("erase_person", "Erasing a person", 2, message="")


def _remove(engine: FakeEngine, person_id: str) -> None:
    view = engine.people
    engine.people = replace(
        view,
        persons=tuple(one for one in view.persons if one.id != person_id),
        photos=tuple(each for each in view.photos if each[0] != person_id),
    )


def _give_faces(engine: FakeEngine, face_ids: tuple[str, ...], person_id: str) -> None:
    photos = {owner: tuple(face for face in faces if face not in face_ids) for owner, faces in engine.people.photos}
    if person_id:
        photos[person_id] = (*photos.get(person_id, ()), *face_ids)
    engine.people = replace(engine.people, photos=tuple(photos.items()))

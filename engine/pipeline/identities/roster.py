"""Who is known: persons and their faces, and the edits that change them."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.model import wire
from engine.model.errors import InputError, NotFound
from engine.model.geometry import Floats
from engine.model.people.person import (
    GENERATED_PREFIX,
    Consent,
    FaceAdded,
    FaceDenied,
    FaceGone,
    FaceSample,
    FacesMoved,
    NameSource,
    Person,
    PersonErased,
    PersonGone,
    PersonPut,
    PersonsMerged,
    Roster,
    RosterEdit,
    VoiceNameUndone,
)
from engine.model.people.settings import PeopleSettings
from engine.model.time import SECOND
from engine.pipeline.output import StepOutput
from engine.vision.faces.decision import Decision, GalleryRules, Unknown
from engine.vision.faces.gallery import FaceGallery

VISIT_GAP_NS = 600 * SECOND  # who was not seen for so long comes anew
SAVE_EVERY_NS = 30 * SECOND
_COLORS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")


class RosterBook:
    """Sans-IO, deterministic; the engine thread only. What changes is told to the step's output, for the record."""

    def __init__(self) -> None:
        self._settings = PeopleSettings()
        self._persons: dict[str, Person] = {}
        self._faces: dict[str, FaceSample] = {}
        self._galleries: dict[str, FaceGallery] = {}
        self._thresholds: dict[str, float] = {}
        self._saved_ns: dict[str, int] = {}
        self.revision = 0  # rises when anybody comes, goes, or is called or shown otherwise
        self._unspoken: set[str] = set()  # whose name is not learned from voice again

    @property
    def persons(self) -> Mapping[str, Person]:
        return self._persons

    def configure(self, settings: PeopleSettings) -> None:
        self._settings = settings
        for model, gallery in self._galleries.items():
            gallery.rules = self._rules(self._thresholds.get(model))

    def load(self, roster: Roster) -> None:
        """Everybody anew, as the record has them."""
        self.revision += 1
        self._persons = {person.id: person for person in roster.persons}
        self._faces, self._galleries, self._saved_ns = {}, {}, {}
        for sample in roster.faces:
            if sample.person_id in self._persons:
                self._learn(sample)

    def match(self, model: str, threshold: float, embedding: Floats) -> Decision:
        """Whose face it is, among those that the same model has seen."""
        self._thresholds[model] = threshold
        gallery = self._galleries.get(model)
        if gallery is None:
            return Unknown()
        gallery.rules = self._rules(threshold)
        return gallery.match(embedding)

    def stranger(self, at_ns: int, out: StepOutput) -> Person:
        """Somebody new, whose name nobody knows."""
        person_id = out.new_id("pe")
        color = _COLORS[zlib.crc32(person_id.encode()) % len(_COLORS)]
        person = Person(person_id, generated_name(person_id), color, NameSource.GENERATED, created_ns=at_ns)
        self._put(person, out)
        return person

    def learn(self, sample: FaceSample, out: StepOutput) -> None:
        """Another face of somebody; what is no longer needed for it goes. One that teaches nothing is left."""
        for gone in self._learn(sample):
            self._drop_face(gone, out)
        if sample.id in self._faces:
            out.person(sample)

    def faces_of(self, person_id: str) -> int:
        return sum(face.person_id == person_id and not face.negative for face in self._faces.values())

    def note_visit(self, person_id: str, camera_id: str, at_ns: int, out: StepOutput) -> None:
        """They are there. A visit is counted when they come, not in every frame."""
        person = self._persons[person_id]
        comes = person.last_seen_ns is None or at_ns - person.last_seen_ns > VISIT_GAP_NS
        first_ns = at_ns if person.first_seen_ns is None else person.first_seen_ns
        person = replace(
            person,
            first_seen_ns=first_ns,
            last_seen_ns=max(at_ns, person.last_seen_ns or 0),
            last_camera_id=camera_id,
            visits=person.visits + comes,
            archived_ns=None,
        )
        self._persons[person_id] = person
        if comes or at_ns - self._saved_ns.get(person_id, 0) >= SAVE_EVERY_NS:
            self._saved_ns[person_id] = at_ns
            out.person(person)

    def adopt_spoken_name(self, person_id: str, name: str, out: StepOutput) -> bool:
        """They said their name. An operator's word, or an earlier name, is not overruled."""
        person = self._persons.get(person_id)
        if person is None or person.name_source is not NameSource.GENERATED or person_id in self._unspoken:
            return False
        self._put(replace(person, name=name, name_source=NameSource.VOICE), out)
        return True

    def edit(self, edit: RosterEdit, out: StepOutput) -> None:
        """Edits about people and faces that are not there (any more) change nothing."""
        match edit:
            case PersonPut(person):
                self._edited(person, out)
            case PersonErased(person_id):
                self._erase(person_id, out)
            case PersonsMerged(kept_id, gone_id):
                self._merge(kept_id, gone_id, out)
            case FacesMoved(face_ids, person):
                self._move(face_ids, person, out)
            case FaceAdded(sample) if sample.person_id in self._persons:
                self.learn(sample, out)
            case FaceDenied(face_id) if face_id in self._faces:
                self._deny(self._faces[face_id], out)
            case VoiceNameUndone(person_id) if person_id in self._persons:
                self._unspoken.add(person_id)
                self._put(replace(self._persons[person_id], name=generated_name(person_id), name_source=NameSource.GENERATED), out)
            case _:
                pass

    def state(self) -> dict[str, Any]:
        return {
            "persons": [wire.to_plain(person) for person in self._persons.values()],
            "faces": [wire.to_plain(face) for face in self._faces.values()],
            "thresholds": dict(self._thresholds),
            "saved_ns": dict(self._saved_ns),
            "unspoken": sorted(self._unspoken),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._thresholds = dict(state["thresholds"])
        faces = tuple(wire.read_record(FaceSample, face) for face in state["faces"])
        self.load(Roster(tuple(wire.read_record(Person, person) for person in state["persons"]), faces))
        self._saved_ns = dict(state["saved_ns"])
        self._unspoken = set(state["unspoken"])

    def _rules(self, threshold: float | None) -> GalleryRules:
        calibrated = self._settings.face_threshold if self._settings.face_threshold is not None else threshold
        return GalleryRules(1.0 if calibrated is None else calibrated, self._settings.face_margin)

    def _gallery(self, sample: FaceSample) -> FaceGallery:
        made = FaceGallery(sample.model, len(sample.embedding), self._rules(self._thresholds.get(sample.model)))
        return self._galleries.setdefault(sample.model, made)

    def _learn(self, sample: FaceSample) -> tuple[str, ...]:
        """Ids of the samples that went for it, its own among them where it was not worth keeping."""
        gallery = self._gallery(sample)
        try:
            if sample.negative:
                gone = gallery.deny(sample.person_id, sample.id, sample.embedding)
            else:
                gone = gallery.add(sample.person_id, sample.id, sample.embedding, sample.quality)
        except InputError:
            return ()
        self._faces[sample.id] = sample
        for face_id in gone:
            if face_id == sample.id:
                del self._faces[face_id]
        return tuple(face_id for face_id in gone if face_id != sample.id)

    def _drop_face(self, face_id: str, out: StepOutput) -> None:
        if self._faces.pop(face_id, None) is not None:
            out.person(FaceGone(face_id))

    def _forget_faces(self, person_id: str, out: StepOutput) -> None:
        for gallery in self._galleries.values():
            gallery.remove(person_id)
        for face_id in [face.id for face in self._faces.values() if face.person_id == person_id]:
            self._drop_face(face_id, out)

    def _put(self, person: Person, out: StepOutput) -> None:
        self.revision += 1
        self._persons[person.id] = person
        out.person(person)

    def _edited(self, person: Person, out: StepOutput) -> None:
        """What was counted stays; who refuses is forgotten by face."""
        before = self._persons.get(person.id)
        if before is not None:
            counted = {name: getattr(before, name) for name in ("created_ns", "first_seen_ns", "last_seen_ns", "last_camera_id", "visits")}
            person = replace(person, **counted)
        if person.consent is Consent.REFUSED:
            self._forget_faces(person.id, out)
        self._put(person, out)

    def _erase(self, person_id: str, out: StepOutput) -> None:
        person = self._persons.get(person_id)
        if person is None or person.locked:
            return
        self._forget_faces(person_id, out)
        del self._persons[person_id]
        self.revision += 1
        self._saved_ns.pop(person_id, None)
        self._unspoken.discard(person_id)
        out.person(PersonGone(person_id))

    def _merge(self, kept_id: str, gone_id: str, out: StepOutput) -> None:
        kept, gone = self._persons.get(kept_id), self._persons.get(gone_id)
        if kept is None or gone is None or kept_id == gone_id or gone.locked:
            return
        for gallery in self._galleries.values():
            if gone_id in gallery.persons():
                for face_id in gallery.merge(kept_id, gone_id):
                    self._drop_face(face_id, out)
        for face in [face for face in self._faces.values() if face.person_id == gone_id]:
            self._hand_over(face, kept_id, out)
        del self._persons[gone_id]
        self._put(_merge_persons(kept, gone), out)
        out.person(PersonGone(gone_id))

    def _move(self, face_ids: Sequence[str], person: Person, out: StepOutput) -> None:
        if person.id not in self._persons:
            self._put(person, out)
        for face in [self._faces[face_id] for face_id in face_ids if face_id in self._faces]:
            gallery = self._gallery(face)
            try:
                gallery.remove_sample(face.id)
            except NotFound:
                continue
            moved = replace(face, person_id=person.id, negative=False)
            del self._faces[face.id]
            self.learn(moved, out)
            if face.id not in self._faces:
                out.person(FaceGone(face.id))

    def _deny(self, face: FaceSample, out: StepOutput) -> None:
        self._gallery(face).remove_sample(face.id)
        self._faces.pop(face.id)
        self.learn(replace(face, negative=True), out)

    def _hand_over(self, face: FaceSample, person_id: str, out: StepOutput) -> None:
        self._faces[face.id] = replace(face, person_id=person_id)
        out.person(self._faces[face.id])


def generated_name(person_id: str) -> str:
    """What somebody is called whose name nobody knows."""
    return f"{GENERATED_PREFIX}{zlib.crc32(person_id.encode()):08X}"


def _merge_persons(kept: Person, gone: Person) -> Person:
    seen = [each.last_seen_ns for each in (kept, gone) if each.last_seen_ns is not None]
    first = [each.first_seen_ns for each in (kept, gone) if each.first_seen_ns is not None]
    later = max((kept, gone), key=lambda each: each.last_seen_ns or 0)
    return replace(
        kept,
        first_seen_ns=min(first, default=None),
        last_seen_ns=max(seen, default=None),
        last_camera_id=later.last_camera_id,
        visits=kept.visits + gone.visits,
        created_ns=min(kept.created_ns, gone.created_ns),
    )

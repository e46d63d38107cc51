"""Persons of other sites, recognised here for purposes that have a gallery: said in an event, and nothing else is made of it.

They are no persons of this site: nothing is learned of them, no rule takes them for known, and they are forgotten when the hub names them
no longer, when their time is over, or when the site leaves the hub. The comparison stands outside the pipeline, so that no face in numbers
of another site gets into the log of observations.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Several

import numpy as np

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.geometry import Floats
from engine.model.observation import FacesSeen, Observation, RosterEdited
from engine.model.people.gallery import MOST_ENTRIES, GalleryOffer, GalleryReport, OwnDescription, OwnEntry
from engine.model.people.person import FaceSample, NameSource, Person, TrackKnownElsewhere
from engine.model.people.purposes import KnownElsewhere, SitePurpose
from engine.model.people.traces import Traces
from engine.model.result import StepResult
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.runtime.people.comparing import KnownFaces, PersonComparisons
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.ports import AuditLog, Inbox, SettingsSource
from engine.runtime.recorder.record import Record
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.store.people.purposes import DAY_NS
from engine.vision.faces.decision import GalleryRules, Match
from engine.vision.faces.gallery import FaceGallery

LOOKS = 2
"""Faces of one track that have to agree before anything is said."""
MOST_TRACKS = 1_000
FORGOTTEN = "Known at another site, forgotten"
_DIGEST_LETTERS = 24


@dataclass(slots=True)
class _TrackLooks:
    known_id: str
    count: int = 0


class ElsewhereGallery:
    """Faces in numbers of other sites' persons, by model, compared as a site compares its own. One thread at a time."""

    def __init__(self, known: Several[KnownElsewhere]) -> None:
        self._galleries: dict[str, FaceGallery] = {}
        for each in known:
            vectors = np.array(each.description.vectors, np.float32)
            model = each.description.model
            gallery = self._galleries.setdefault(model, FaceGallery(model, vectors.shape[1], GalleryRules(1.0)))
            for number, vector in enumerate(vectors):
                try:
                    gallery.add(each.id, f"{each.id}-{number}", vector, 1.0)
                except InputError:  # of another length than the first ones of its model
                    break

    def match(self, model: str, embedding: Floats, rules: GalleryRules) -> Match | None:
        """Whose face it is, where exactly one fits."""
        gallery = self._galleries.get(model)
        if gallery is None:
            return None
        gallery.rules = rules
        found = gallery.match(embedding)
        return found if isinstance(found, Match) else None


class ElsewhereSide(Side):
    """`on_step` on the engine thread; what the hub is told and says, on any one other."""

    def __init__(
        self,
        record: Record,
        people: PeopleSide,
        comparisons: PersonComparisons,
        settings: SettingsSource,
        clock: Clock,
        inbox: Inbox,
        audit: AuditLog,
    ) -> None:
        self._record, self._people, self._comparisons, self._settings = record, people, comparisons, settings
        self._clock, self._inbox, self._audit = clock, inbox, audit
        self.pseudonym: Callable[[str], str] = str  # of a person, in the audit; set before the start
        self._lock = threading.Lock()  # held by who changes the two that follow; each is replaced as a whole
        self._known: Mapping[str, KnownElsewhere] = {}
        self._gallery = ElsewhereGallery(())
        self._tracks: dict[str, _TrackLooks] = {}

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        there = {each.id: each for each in self._record.store.known_elsewhere.all()}
        self._change(lambda _: there)

    def on_tidy(self, now_ns: int) -> None:
        """Also where a hub is not heard any more, or the site has left it."""
        wanted = self._agreed()
        self._forget([each for each in self._known.values() if each.until_ns <= now_ns or each.purpose_id not in wanted])

    def on_step(self, result: StepResult, observation: Observation) -> None:
        if isinstance(observation, FacesSeen) and self._known and self._settings.now().recognition.biometrics:
            for index, track_id in enumerate(observation.track_ids):
                if observation.faces.embedded(index):
                    self._look(observation, index, track_id)

    def _look(self, seen: FacesSeen, index: int, track_id: str) -> None:
        recognition = self._settings.now().recognition
        threshold = recognition.face_threshold if recognition.face_threshold is not None else seen.threshold
        embedding = seen.faces.embeddings[index]
        found = self._gallery.match(seen.model, embedding, GalleryRules(threshold, recognition.face_margin))
        known = self._known.get(found.person_id) if found is not None else None
        if found is None or known is None:
            return
        people = self._people
        if _fits_better(people.persons, people.faces.values(), seen, index, found.best.score):
            return
        looks = self._tracks.get(track_id)
        if looks is None or looks.known_id != known.id:
            looks = _TrackLooks(known.id)
            self._tracks.pop(track_id, None)
            self._tracks[track_id] = looks
            while len(self._tracks) > MOST_TRACKS:
                self._tracks.pop(next(iter(self._tracks)))
        looks.count += 1
        if looks.count == LOOKS:
            x0, y0, x1, y1 = (float(value) for value in seen.faces.boxes_xyxy[index])
            told = TrackKnownElsewhere(track_id, seen.camera_id, (x0, y0, x1, y1), known.words, found.best.score, threshold)
            self._inbox.post(RosterEdited(seen.occurred_ns, told, ""))

    # What the hub is told, and says

    def report(self) -> GalleryReport:
        own: list[OwnEntry] = []
        for purpose_id, purpose in self._agreed().items():
            own += [self._entry(purpose_id, each) for each in purpose.person_ids if self._has_face(each)]
        return GalleryReport(tuple(own[:MOST_ENTRIES]), {each.id: each.digest for each in self._known.values()})

    def describe(self, entry: OwnEntry) -> OwnDescription | None:
        now_ns, person = self._clock.now_ns(), self._people.persons.get(entry.person_id)
        purpose = self._agreed().get(entry.purpose_id)
        if person is None or purpose is None or person.id not in purpose.person_ids:
            return None
        try:
            described = self._comparisons.describe(KnownFaces(self._people.persons, tuple(self._people.faces.values())), person.id)
        except (NotFound, EnvironmentFault):
            return None
        detail = f"for {entry.purpose_id}, to the gallery of the hub"
        self._audit.keep(AuditRow(now_ns, "", AuditVerb.DESCRIBE_PERSON, self.pseudonym(person.id), detail))
        until_ns = now_ns + purpose.purpose.keep_days * DAY_NS
        return OwnDescription(self._entry(entry.purpose_id, person.id), person.name, described, until_ns)

    def keep_only(self, offer: GalleryOffer) -> tuple[str, ...]:
        self._forget([each for each in self._known.values() if each.id not in offer.entries])
        return tuple(entry_id for entry_id, digest in offer.entries.items() if self._digest(entry_id) != digest)

    def keep(self, known: KnownElsewhere) -> None:
        """Only for a purpose with a gallery that this site agrees to."""
        if known.purpose_id not in self._agreed() or (len(self._known) >= MOST_ENTRIES and known.id not in self._known):
            return
        before = self._known.get(known.id)
        if before is not None and before.words != known.words:
            self._forget([before])
        self._record.store.known_elsewhere.put(known)
        self._change(lambda held: {**held, known.id: known})

    def _agreed(self) -> Mapping[str, SitePurpose]:
        """Purposes with a gallery that this site agrees to."""
        found = self._record.store.purposes.all(self._clock.now_ns())
        return {each.purpose.id: each for each in found if each.agreed_ns is not None and each.purpose.gallery}

    def _digest(self, entry_id: str) -> str:
        known = self._known.get(entry_id)
        return "" if known is None else known.digest

    def _entry(self, purpose_id: str, person_id: str) -> OwnEntry:
        person = self._people.persons[person_id]
        faces = sorted(face.id for face in self._people.faces.values() if face.person_id == person_id and not face.negative)
        told = "\n".join((purpose_id, person_id, person.name, *faces))
        return OwnEntry(purpose_id, person_id, hashlib.sha256(told.encode()).hexdigest()[:_DIGEST_LETTERS])

    def _has_face(self, person_id: str) -> bool:
        return person_id in self._people.persons and any(
            face.person_id == person_id and not face.negative for face in self._people.faces.values()
        )

    def _forget(self, gone: Several[KnownElsewhere]) -> None:
        """What was said of them says only that somebody was known elsewhere."""
        if not gone:
            return
        ids = {each.id for each in gone}
        self._record.store.known_elsewhere.remove(tuple(ids))
        self._change(lambda held: {key: each for key, each in held.items() if key not in ids})
        for each in gone:
            traces = Traces(each.id, (each.words,), each.id, FORGOTTEN)
            self._record.writer.run_in_order(lambda traces=traces: self._record.store.pseudonymise(traces))
            self._record.board.rewrite(traces.event)
            self._record.board.rewrite_reviews(traces)

    def _change(self, changed: Callable[[Mapping[str, KnownElsewhere]], Mapping[str, KnownElsewhere]]) -> None:
        with self._lock:
            known = changed(self._known)
            self._gallery, self._known = ElsewhereGallery(tuple(known.values())), known


def _fits_better(persons: Mapping[str, Person], faces: Iterable[FaceSample], seen: FacesSeen, index: int, score: float) -> bool:
    """Whether somebody whom this site has named fits at least as well: then they are whom the site says."""
    own = [face.embedding for face in faces if face.model == seen.model and not face.negative and _is_named(persons.get(face.person_id))]
    return bool(own) and float((np.stack(own) @ seen.faces.embeddings[index]).max()) >= score


def _is_named(person: Person | None) -> bool:
    return person is not None and person.name_source is not NameSource.GENERATED

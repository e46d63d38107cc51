"""Persons compared over sites: somebody's faces as numbers, and who here is like those of another site. Nothing of it is kept."""

import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping

import numpy as np

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.geometry import Floats
from engine.model.people.person import FaceSample, Person
from engine.model.people.purposes import MOST_MATCHES, MOST_VECTORS, ComparePerson, PersonDescription, PersonMatch, PersonMatches
from engine.model.people.settings import PeopleSettings
from engine.model.time import SECOND, Clock
from engine.runtime.ports import SettingsSource
from engine.vision.manifest import FACE_RECOGNITION, Manifest

MOST_AN_HOUR = 120
"""Descriptions that this site gives, and as many that it compares: a hub that lies gets no more."""
BELOW_THRESHOLD = 0.1
"""So much below the threshold somebody is still proposed: a person decides."""
_UNKNOWN_THRESHOLD = 0.5  # of a model that the manifest does not know
_DIGITS = 6  # of each number of a description: likeness is told with four
_HOUR_NS = 3_600 * SECOND
OFF = "People are not recognised at this site: biometrics are off."
NO_PICTURES = "There is no picture of their face, so they cannot be described to other sites."
NO_FACES = "No faces are on file at this site."
OTHER_MODEL = "cannot be compared: this site uses the model {own}, and the person was described by {given}. Install one at both sites."
TOO_MANY = "{count} persons were compared over sites within an hour, which is as many as this site allows. Try again later."


class HourlyLimit:
    """So many within an hour. Any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()  # guards what follows
        self._taken: deque[int] = deque()

    def take(self, now_ns: int) -> None:
        """Raises EnvironmentFault (`too_many`)."""
        with self._lock:
            while self._taken and now_ns - self._taken[0] >= _HOUR_NS:
                self._taken.popleft()
            if len(self._taken) >= self._most:
                raise EnvironmentFault("too_many", TOO_MANY.format(count=self._most))
            self._taken.append(now_ns)


class KnownFaces:
    """Who is known at this site, as of one moment."""

    def __init__(self, persons: Mapping[str, Person], faces: Iterable[FaceSample]) -> None:
        self._persons = persons
        self._of: dict[str, list[FaceSample]] = {}
        for face in faces:
            if face.person_id in persons:
                self._of.setdefault(face.person_id, []).append(face)

    def describe(self, person_id: str) -> PersonDescription:
        """By the best pictures of the model that most of them were made by. Raises NotFound: there is none."""
        shown = [face for face in self._of.get(person_id, ()) if not face.negative]
        if not shown:
            raise NotFound(NO_PICTURES)
        counts = Counter(face.model for face in shown)
        model = max(counts, key=lambda each: (counts[each], each))
        best = sorted((face for face in shown if face.model == model), key=lambda face: (-face.quality, face.id))[:MOST_VECTORS]
        return PersonDescription(model, tuple(map(_rounded, best)), counts[model])

    def alike(self, given: PersonDescription, least: float, margin: float) -> PersonMatches:
        """From `least` on. Not whom a face that was said not to be them comes as near as their own. Raises EnvironmentFault
        (`other_model`)."""
        sought = np.array(given.vectors, np.float32)
        found = {
            person_id: match for person_id, faces in self._of.items() if (match := _match(sought, given.model, faces, margin)) is not None
        }
        if not found:
            self._check_model(given.model)
        matches = [PersonMatch(person_id, round(likeness, 4), pictures) for person_id, (likeness, pictures) in found.items()]
        near = sorted((each for each in matches if each.likeness >= least), key=lambda each: (-each.likeness, each.person_id))
        return PersonMatches(tuple(near[:MOST_MATCHES]), len(matches))

    def _check_model(self, model: str) -> None:
        own = Counter(face.model for faces in self._of.values() for face in faces if not face.negative)
        if own and model not in own:
            raise EnvironmentFault("other_model", OTHER_MODEL.format(own=max(own, key=lambda each: (own[each], each)), given=model))


class PersonComparisons:
    """Any thread. `persons`, `faces`: as of now."""

    def __init__(self, settings: SettingsSource, manifest: Manifest, clock: Clock) -> None:
        self._settings, self._manifest, self._clock = settings, manifest, clock
        self._described, self._compared = HourlyLimit(MOST_AN_HOUR), HourlyLimit(MOST_AN_HOUR)

    def describe(self, known: KnownFaces, person_id: str) -> PersonDescription:
        """Raises NotFound, EnvironmentFault (`biometrics_off`, `too_many`)."""
        self._check_on()
        self._described.take(self._clock.now_ns())
        return known.describe(person_id)

    def compare(self, known: KnownFaces, question: ComparePerson) -> PersonMatches:
        """Raises EnvironmentFault (`biometrics_off`, `other_model`, `too_many`), InputError."""
        settings = self._check_on()
        self._compared.take(self._clock.now_ns())
        least = self._threshold(question.description.model, settings) - BELOW_THRESHOLD
        return known.alike(question.description, least, settings.face_margin)

    def _check_on(self) -> PeopleSettings:
        settings = self._settings.now().recognition
        if not settings.biometrics:
            raise EnvironmentFault("biometrics_off", OFF)
        return settings

    def _threshold(self, model: str, settings: PeopleSettings) -> float:
        if settings.face_threshold is not None:
            return settings.face_threshold
        files = (file for spec in self._manifest.models if spec.role == FACE_RECOGNITION for file in spec.files)
        return next((file.match_threshold for file in files if file.embeddings_name == model), _UNKNOWN_THRESHOLD)


def _rounded(face: FaceSample) -> tuple[float, ...]:
    vector = face.embedding.astype(np.float64)
    return tuple(np.round(vector / np.linalg.norm(vector), _DIGITS).tolist())


def _match(sought: Floats, model: str, faces: Iterable[FaceSample], margin: float) -> tuple[float, int] | None:
    """The likeness of the nearest of a person's faces, and how many there are. None: none of this model, or they are refused."""
    comparable = [face for face in faces if face.model == model]
    own = [face.embedding for face in comparable if not face.negative]
    if not own:
        return None
    if len(own[0]) != sought.shape[1]:
        raise InputError("description.vectors", f"have {sought.shape[1]} numbers; those of their model have {len(own[0])}")
    likeness = _nearest(sought, own)
    refused = [face.embedding for face in comparable if face.negative]
    if refused and _nearest(sought, refused) > likeness - margin:
        return None
    return likeness, len(own)


def _nearest(sought: Floats, embeddings: list[Floats]) -> float:
    return min(1.0, float((sought @ np.stack(embeddings).T).max()))

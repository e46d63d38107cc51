"""What people look like, kept stay by stay while biometrics are on, and looked through for who looks alike.

A look is of clothes more than of a person: it holds for a visit. Two people dressed alike look alike.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import field

import numpy as np

from engine.model.cameras.detection import Category
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.look import FoundLook, StayLook
from engine.model.cameras.track import Track, TrackStatus
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.geometry import Box, Floats
from engine.model.history.timeline import DescribeLook, HitKind, LookDescription, LookHits, SearchAlike, SearchHit
from engine.model.observation import LooksSeen, Observation, SettingsChanged, Tick
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.time import EVER_NS, SECOND
from engine.model.value_class import dataclass
from engine.runtime.given_picture import read_picture
from engine.runtime.ports import SettingsSource, WriterQueue
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.store.search.looks import LookTable
from engine.store.search.looks_scan import Sought
from engine.vision.detector import load_detector
from engine.vision.looks import DIMENSIONS, LookReader, model_digest, model_name
from engine.vision.manifest import REID
from engine.vision.models import InstalledModel, ModelStore
from engine.vision.still import StillFrame

BEST = 5  # looks that a stay's is the mean of: those at which they were largest
KEEP_NS = 20 * SECOND  # a stay that goes on is written so often
LEAST_SURE = 0.35  # below this a detector's finding is none
_DIGITS = 6  # of each number of a description: likeness is told with four
SMALLEST_PERSON = 0.1  # of a picture's height
OFF = "are not kept on this site: biometrics are off. An admin has to switch them on first, and say what for"
OTHER_MODEL = "People are described by another model here, so their looks cannot be compared. Install the same model at both sites."
OFF_HERE = "No looks are stored, as biometrics are off."
NO_MODEL = f"Looks are compared by the model {REID}, which is not installed. Install it on the System page."
NOBODY = "shows nobody that could be found. Draw a box around the person"
NOT_SEEN = "The person in it is too small, or too much of them is hidden, to be compared."


@dataclass(slots=True)
class _Stay:
    """`looks`: the best, each with how tall they were, pixels."""

    track: Track
    model: str
    looks: list[tuple[float, Floats]] = field(default_factory=list[tuple[float, Floats]])
    best_ns: int = 0
    best_box: Box = (0.0, 0.0, 0.0, 0.0)
    person_id: str = ""
    changed: bool = False

    def add(self, look: Floats, track: Track, at_ns: int) -> None:
        height = track.box_xyxy[3] - track.box_xyxy[1]
        if not self.looks or height > max(each for each, _ in self.looks):
            self.best_ns, self.best_box = at_ns, track.box_xyxy
        self.looks = sorted([*self.looks, (height, look)], key=lambda each: -each[0])[:BEST]
        self.changed = True

    def to_stay_look(self, simulated: bool, closed: bool) -> StayLook:
        mean = np.mean([look for _, look in self.looks], axis=0)
        vector = np.asarray(mean / np.linalg.norm(mean), np.float32)
        track = self.track
        times = (track.first_seen_ns, max(track.last_seen_ns, track.first_seen_ns + 1), self.best_ns)
        return StayLook(
            track.id, track.camera_id, *times, self.best_box, len(self.looks), self.model, vector, self.person_id, simulated, closed
        )


class StayLooks:
    """Gathers looks by track; `take` on the engine thread, after every step. `keep` gets what is to be written."""

    def __init__(self, keep: Callable[[Sequence[StayLook]], None]) -> None:
        self._keep = keep
        self._tracks: dict[str, dict[str, Track]] = {}  # people in view, by camera
        self._stays: dict[str, _Stay] = {}
        self._simulated: frozenset[str] = frozenset()
        self._on = False
        self._kept_ns = 0

    def configure(self, settings: Settings) -> None:
        self._on = settings.recognition.biometrics
        self._simulated = frozenset(camera.id for camera in settings.cameras if camera.simulated)
        if not self._on:
            self._stays.clear()

    def take(self, result: StepResult, observation: Observation) -> None:
        if isinstance(observation, SettingsChanged):
            self.configure(observation.settings)
        if not self._on:
            return
        for camera_id, tracks in result.tracks:
            self._follow_people(camera_id, tracks)
        if isinstance(observation, LooksSeen):
            self._add_looks(observation)
        if isinstance(observation, Tick):
            self._name_stays(result)
            if observation.occurred_ns - self._kept_ns >= KEEP_NS:
                self._kept_ns = observation.occurred_ns
                self._write_stays([stay for stay in self._stays.values() if stay.changed], closed=False)

    def finish(self) -> None:
        """The engine ends: what is open is closed."""
        self._write_stays(list(self._stays.values()), closed=True)
        self._stays.clear()

    def _follow_people(self, camera_id: str, tracks: Sequence[Track]) -> None:
        people = {each.id: each for each in tracks if each.category is Category.PERSON and each.status is not TrackStatus.LOST}
        before = self._tracks.get(camera_id, {})
        self._tracks[camera_id] = people
        for track_id, track in people.items():
            if track_id in self._stays and track.status is TrackStatus.CONFIRMED:
                self._stays[track_id].track = track
        gone = [self._stays.pop(track_id) for track_id in before if track_id not in people and track_id in self._stays]
        self._write_stays(gone, closed=True)

    def _add_looks(self, seen: LooksSeen) -> None:
        for track_id, look in zip(seen.track_ids, seen.embeddings, strict=True):
            track = self._tracks.get(seen.camera_id, {}).get(track_id)
            if track is not None:
                self._stays.setdefault(track_id, _Stay(track, seen.model)).add(look, track, seen.occurred_ns)

    def _name_stays(self, result: StepResult) -> None:
        for track_id, identity in result.names:
            stay = self._stays.get(track_id)
            if stay is not None and stay.person_id != identity.person_id:
                stay.person_id, stay.changed = identity.person_id, True

    def _write_stays(self, stays: Sequence[_Stay], closed: bool) -> None:
        if stays:
            self._keep([stay.to_stay_look(stay.track.camera_id in self._simulated, closed) for stay in stays])
        for stay in stays:
            stay.changed = False


class LooksSide(Side):
    """Keeps looks of stays, and answers `SearchAlike` and `DescribeLook`. `ask` and `describe` on any thread; they take up to some seconds
    the first time.

    Args:
        settings: of now. writer: runs an action on the thread that writes.
    """

    def __init__(self, table: LookTable, models: ModelStore, settings: SettingsSource, writer: WriterQueue) -> None:
        self._table = table
        self._models = models
        self._settings = settings
        self._writer = writer
        self._looking = threading.Lock()  # guards the reader, which is for one thread at a time
        self._reader: tuple[LookReader, str] | None = None  # and what its looks are kept under
        self.stays = StayLooks(lambda looks: writer.run_in_order(lambda: self._put_looks(looks)))

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        self._writer.run_in_order(self._table.close_open)
        self._forget_where_off()

    def on_step(self, result: StepResult, observation: Observation) -> None:
        self.stays.take(result, observation)
        if isinstance(observation, SettingsChanged):
            self._forget_where_off()

    def on_finish(self) -> None:
        self.stays.finish()

    def on_models_changed(self) -> None:
        with self._looking:
            self._reader = None

    def _forget_where_off(self) -> None:
        if not self._settings.now().recognition.biometrics:
            self._writer.run_in_order(self._clear)

    def _clear(self) -> None:
        if self._table.count_and_oldest()[0]:
            self._table.clear()

    def _put_looks(self, looks: Sequence[StayLook]) -> None:
        """Biometrics may have been switched off while it waited. The writer's thread."""
        if self._settings.now().recognition.biometrics:
            self._table.put(looks)

    def ask(self, question: SearchAlike, camera_ids: tuple[str, ...] | None = None) -> LookHits:
        """`camera_ids`: those that the asker may see; None: all. Raises InputError, NotFound, EnvironmentFault."""
        if question.look is None:
            model, vector, note = self._embedding(question, camera_ids)
        else:
            model, vector, note = *self._embedding_of_look(question.look), ""
        cameras = _cameras_within(question.camera_ids, camera_ids)
        if cameras is None:
            return LookHits(banner=note)
        since_ns = -EVER_NS if question.since_ns is None else question.since_ns
        until_ns = EVER_NS if question.until_ns is None else question.until_ns
        found, compared = self._table.alike(Sought(vector, model, since_ns, until_ns, cameras, question.limit))
        return LookHits(tuple(map(_hit, found)), compared, note)

    def describe(self, question: DescribeLook) -> LookDescription:
        """For who may see all cameras. Raises InputError, NotFound, EnvironmentFault."""
        model, vector, note = self._embedding(question, None)
        unit = vector.astype(np.float64) / np.linalg.norm(vector)
        return LookDescription(model_digest(model), tuple(np.round(unit, _DIGITS).tolist()), note)

    def _embedding(self, question: SearchAlike | DescribeLook, camera_ids: tuple[str, ...] | None) -> tuple[str, Floats, str]:
        if not self._settings.now().recognition.biometrics:
            raise InputError("jpeg", OFF)
        return self._embedding_of_stay(question, camera_ids) if question.like_id else self._embedding_of_picture(question)

    def _embedding_of_look(self, look: LookDescription) -> tuple[str, Floats]:
        """Only what the model that is installed here could have made."""
        if not self._settings.now().recognition.biometrics:
            raise EnvironmentFault("biometrics_off", OFF_HERE)
        if look.model != self._installed().file.sha256:
            raise EnvironmentFault("other_model", OTHER_MODEL)
        if len(look.vector) != DIMENSIONS:
            raise InputError("look.vector", f"has {len(look.vector)} numbers; those of its model have {DIMENSIONS}")
        vector = np.array(look.vector, np.float64)
        return model_name(look.model), np.asarray(vector / np.linalg.norm(vector), np.float32)

    def _embedding_of_stay(self, question: SearchAlike | DescribeLook, camera_ids: tuple[str, ...] | None) -> tuple[str, Floats, str]:
        found = self._table.look_of(question.like_id)
        if found is None or (camera_ids is not None and found.camera_id not in camera_ids):
            raise NotFound("No look of them is kept: they were not seen well enough, or biometrics were off then. Draw a box around them.")
        return found.model, found.vector, ""

    def _embedding_of_picture(self, question: SearchAlike | DescribeLook) -> tuple[str, Floats, str]:
        picture = read_picture(question.jpeg)
        height, width = picture.shape[:2]
        with self._looking:
            if question.box is not None:
                box, note = np.array(question.box, np.float32) * np.array((width, height, width, height), np.float32), ""
            else:
                box, note = self._person(picture)
            reader, model = self._look_reader()
            look = reader.look(picture, box)
        if look is None:
            raise InputError("jpeg", NOT_SEEN)
        return model, look, note

    def _look_reader(self) -> tuple[LookReader, str]:
        if self._reader is None:
            installed = self._installed()
            self._reader = LookReader(installed.path, self._models.door), model_name(installed.file.sha256)
        return self._reader

    def _installed(self) -> InstalledModel:
        try:
            return self._models.best(REID)
        except NotFound:
            raise NotFound(NO_MODEL) from None

    def _person(self, picture: Bytes2D) -> tuple[Floats, str]:
        """The largest in the picture, and what has to be known about that."""
        detector = load_detector(self._models, self._settings.now().detection, SMALLEST_PERSON)
        found = detector.detect(StillFrame(picture))
        people = found.boxes_xyxy[(found.confidences >= LEAST_SURE) & (found.categories == Category.PERSON)]
        if not len(people):
            raise InputError("jpeg", NOBODY)
        largest = people[np.argmax(people[:, 3] - people[:, 1])]
        return largest, f"{len(people)} people are in the picture. The tallest was compared." if len(people) > 1 else ""


def _cameras_within(wanted: tuple[str, ...], allowed: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Cameras to look through, empty: all; None: there is none."""
    if allowed is None:
        return wanted
    return tuple(each for each in wanted or allowed if each in allowed) or None


def _hit(found: FoundLook) -> SearchHit:
    """At the moment at which they were seen best."""
    return SearchHit(
        HitKind.LOOKS,
        found.event_id or found.id,
        found.since_ns,
        "Similar person",
        found.until_ns,
        found.camera_id,
        found.person_id,
        likeness=round(found.likeness, 4),
        simulated=found.simulated,
        event_id=found.event_id,
    )

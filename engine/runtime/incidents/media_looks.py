"""What somebody sent, looked at by Atlas; where that does not answer, by what this machine has itself: its detector and its ear for speech.

Those tell what is to be seen or heard and not what it means: then there is no category and no severity, rather than made-up ones.
"""

from collections import Counter
from typing import Protocol

import numpy as np

from engine.incidents.atlas.fault import AtlasFault
from engine.incidents.atlas.media import Media, checked
from engine.model.cameras.detection import Category
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.incidents.atlas_call import MediaAnalysis
from engine.model.settings import Settings
from engine.model.value_class import dataclass
from engine.recording.clips.photos import unpacked
from engine.recording.uploads import SOUND_HZ, Samples, first_pictures, first_sound
from engine.runtime.atlas.atlas_side import AtlasSide
from engine.runtime.cameras.masking import SMALLEST_PERSON
from engine.speech.voice import VOICE, WINDOW, VoiceActivity
from engine.vision.detector import LoadedDetector, load_detector
from engine.vision.models import ModelStore
from engine.vision.still import StillFrame

PICTURES, LONGEST_S = 10, 60.0  # of a video, and of a sound
LEAST_SURE = 0.35  # below this a detector's finding is none
SPEECH = 0.5
_QUIETEST_DBFS = -120.0


class MediaLooksHost(Protocol):
    """What this needs of the engine."""

    @property
    def atlas(self) -> AtlasSide: ...

    @property
    def models(self) -> ModelStore: ...

    @property
    def settings(self) -> Settings: ...


@dataclass(frozen=True, slots=True)
class SeenHere:
    """What this machine finds in a `photo`, `video` or `audio`.

    Attributes:
        found: what, and how sure at most (0–1). most_at_once: of each, in one picture. looked_at: pictures.
        heard_s: seconds of sound. speech_share: of them with speech in it, None where no model tells. loudest_dbfs: its loudest 32 ms
            (root mean square; 0 is full scale), None where there is no sound.
        degraded_reason: why it is not Atlas that looked, and what is amiss here.
    """

    kind: str
    degraded_reason: str
    found: tuple[tuple[str, float], ...] = ()
    most_at_once: tuple[tuple[str, int], ...] = ()
    models: tuple[str, ...] = ()
    looked_at: int = 0
    heard_s: float = 0.0
    speech_share: float | None = None
    loudest_dbfs: float | None = None


def analyse(engine: MediaLooksHost, kind: str, data: bytes) -> MediaAnalysis | SeenHere:
    """Takes as long as Atlas does, or some seconds. Raises MediaRefused, InputError: it is not what it should be."""
    try:
        return engine.atlas.analyse(kind, data)
    except AtlasFault as fault:
        return _here(engine, checked(kind, data), str(fault))


def _here(engine: MediaLooksHost, media: Media, why: str) -> SeenHere:
    if media.kind == "audio":
        return _detected_in_sound(engine, first_sound(media.data, media.content_type, LONGEST_S), why)
    detector = load_detector(engine.models, engine.settings.detection, SMALLEST_PERSON)
    return _detected_in_pictures(media.kind, detector, _pictures(media), why)


def _pictures(media: Media) -> list[Bytes2D]:
    if media.kind == "video":
        return first_pictures(media.data, media.content_type, PICTURES)
    try:
        return [unpacked(media.data)]
    except InputError as error:
        raise InputError("file", error.message) from None


def _detected_in_pictures(kind: str, detector: LoadedDetector, pictures: list[Bytes2D], why: str) -> SeenHere:
    surest: dict[str, float] = {}
    most = Counter[str]()
    for picture in pictures:
        found = _detections(detector, picture)
        most |= Counter(label for label, _ in found)
        for label, sure in found:
            surest[label] = max(sure, surest.get(label, 0.0))
    own = f"What is seen was found by {detector.name} on this machine, which does not tell what it means."
    reasons = " ".join(filter(None, (why, own, detector.degraded_reason)))
    ranked = sorted(surest.items(), key=lambda item: -item[1])
    return SeenHere(kind, reasons, tuple(ranked), tuple(most.items()), (detector.name,), len(pictures))


def _detections(detector: LoadedDetector, picture: Bytes2D) -> list[tuple[str, float]]:
    found = detector.detect(StillFrame(picture))
    sure = zip(found.categories, found.confidences, strict=True)
    return [(Category(int(kind)).name.lower(), float(confidence)) for kind, confidence in sure if confidence >= LEAST_SURE]


def _detected_in_sound(engine: MediaLooksHost, samples: Samples, why: str) -> SeenHere:
    windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
    heard_s, loudest = len(samples) / SOUND_HZ, _loudest(windows)
    try:
        ear = VoiceActivity(engine.models.path(VOICE))
    except (NotFound, EnvironmentFault) as trouble:
        reasons = f"{why} This machine measures how loud it is; it cannot tell speech from noise: {trouble}"
        return SeenHere("audio", reasons, heard_s=heard_s, loudest_dbfs=loudest)
    sure = [ear.probability(window) for window in windows]
    share = sum(each >= SPEECH for each in sure) / len(sure) if sure else None
    found = (("speech", max(sure)),) if share else ()
    reasons = f"{why} This machine tells how loud it is and where somebody speaks, but not what it means."
    return SeenHere("audio", reasons, found, models=(VOICE,), heard_s=heard_s, speech_share=share, loudest_dbfs=loudest)


def _loudest(windows: Samples) -> float | None:
    if not len(windows):
        return None
    power = float(np.mean(np.square(windows, dtype=np.float64), axis=1).max())
    return max(10.0 * float(np.log10(power)), _QUIETEST_DBFS) if power > 0 else _QUIETEST_DBFS

"""The role of a detector, and which one runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from engine.inference.runner import Door
from engine.model.cameras.detection import Detections
from engine.model.cameras.frame import DecodedFrame
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.geometry import Floats
from engine.model.settings import DetectionSettings
from engine.model.value_class import dataclass
from engine.vision.hog import HogDetector, least_person_share
from engine.vision.manifest import DETECTOR
from engine.vision.models import ModelStore
from engine.vision.nanodet import NanoDetDetector
from engine.vision.yolox import YoloxDetector

AUTO = "auto"


class Detector(Protocol):
    """Finds people and, where it can, vehicles and animals in one picture. Any one thread at a time."""

    @property
    def name(self) -> str:
        """Id in the manifest, or `hog`."""
        ...

    @property
    def basic(self) -> bool:
        """True for the built-in one: shown as "basic detection". It depends on the camera's geometry, the others serve every camera."""
        ...

    @property
    def provider_label(self) -> str:
        """What runs it now, a proper name: `CPU`, `OpenVINO CPU`, …; OpenCV where there is no model."""
        ...

    def detect(self, frame: DecodedFrame, regions_xyxy: Floats | None = None) -> Detections:
        """What is in the frame, boxes in its pixels, down to low confidence.

        `regions_xyxy` (N, 4), pixels of the frame: something moves only there. A detector may use it to save time.
        """
        ...


class ModelDetector(Detector, Protocol):
    """A detector that runs a model file."""

    @property
    def provider(self) -> str:
        """What runs it: an execution provider of onnxruntime."""
        ...


@dataclass(frozen=True, slots=True)
class LoadedDetector:
    """A detector ready to run, with what the screen says about it. Is a `Detector` itself.

    Attributes:
        stand_in: the model's file is not the official one.
        trouble: why it is not the one that was wanted, and meanwhile: what that means, in sentences; empty when it is.
        file, digest: name and SHA-256 of the model's file; empty where there is none.
        provider: what runs it: an execution provider of onnxruntime, OpenVINO or OpenCV.
    """

    detector: Detector
    stand_in: bool = False
    trouble: str = ""
    meanwhile: str = ""
    file: str = ""
    digest: str = ""
    provider: str = "OpenCV"

    @property
    def degraded_reason(self) -> str:
        return f"{self.trouble} {self.meanwhile}".strip()

    @property
    def name(self) -> str:
        return self.detector.name

    @property
    def basic(self) -> bool:
        return self.detector.basic

    @property
    def provider_label(self) -> str:
        return self.detector.provider_label

    def detect(self, frame: DecodedFrame, regions_xyxy: Floats | None = None) -> Detections:
        """As the detector; a frame without pixels holds nothing."""
        return self.detector.detect(frame, regions_xyxy) if frame.width > 0 and frame.height > 0 else Detections.empty()


# A closed table: which code can run which file. Nothing is loaded by a name from data.
_ADAPTERS: dict[str, Callable[[str, Path, Door], ModelDetector]] = {
    "yolox": lambda name, path, door: YoloxDetector(name, path, door=door),
    "nanodet": lambda name, path, door: NanoDetDetector(name, path, door=door),
}


def load_detector(models: ModelStore, settings: DetectionSettings, min_person_share: float) -> LoadedDetector:
    """The wanted detector, or the best that works; in the end the built-in one, which always does. Takes up to half a second.

    Raises:
        InputError: `settings.detector` names neither a detector of the manifest nor `auto` nor `hog` (field `detector`).
    """
    check_choice(models, settings)
    basic = HogDetector(min_person_share)
    if settings.detector == basic.name:
        return LoadedDetector(basic)
    troubles: list[str] = []
    for model_id in _order(models, settings.detector):
        try:
            return _load(models, model_id, " ".join(troubles))
        except NotFound as missing:
            if model_id == settings.detector:
                troubles.append(str(missing))
        except EnvironmentFault as fault:
            troubles.append(str(fault))
    percent = round(100 * least_person_share(min_person_share))
    meanwhile = f"Basic detection finds upright people from {percent} % of the picture's height; smaller ones need a model."
    return LoadedDetector(basic, trouble=" ".join(troubles) or "No detection model is installed.", meanwhile=meanwhile)


def check_choice(models: ModelStore, settings: DetectionSettings) -> None:
    """
    Raises:
        InputError: `settings.detector` names neither a detector of the manifest nor `auto` nor `hog` (field `detector`).
    """
    known = [AUTO, HogDetector.name, *(spec.id for spec in models.of_role(DETECTOR))]
    if settings.detector not in known:
        raise InputError("detector", f"{settings.detector!r} is none of {', '.join(known)}")


def _order(models: ModelStore, wanted: str) -> list[str]:
    """Ids to try: the wanted one, then the others in the manifest's order."""
    return sorted((spec.id for spec in models.of_role(DETECTOR)), key=lambda model_id: model_id != wanted)


def _load(models: ModelStore, model_id: str, trouble: str) -> LoadedDetector:
    found = models.checked(model_id)
    detector = _ADAPTERS[found.file.adapter](model_id, found.path, models.door)
    meanwhile = f"In its place {model_id} is used." if trouble else ""
    return LoadedDetector(detector, found.stand_in, trouble, meanwhile, found.path.name, found.file.sha256, detector.provider)

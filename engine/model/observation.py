"""Everything that can change the pipeline's mind. Each is numbered as it enters and appended to the journal."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from engine.model.detection import Detections
from engine.model.geometry import Floats
from engine.model.health import CameraState
from engine.model.radio import BleSightings, CsiBatch, NodeChanged
from engine.model.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What moved between frames: `share` of the picture's pixels (0–1), `regions_xyxy` (N, 4) float32 in pixels of the full frame."""

    share: float
    regions_xyxy: Floats

    @classmethod
    def none(cls) -> "Motion":
        return cls(0.0, np.zeros((0, 4), np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class FrameSeen:
    """One frame arrived and was looked at for motion. `index` counts the camera's frames since it was opened."""

    camera_id: str
    occurred_ns: int
    index: int
    width: int
    height: int
    motion: Motion


@dataclass(frozen=True, slots=True, eq=False)
class DetectionsMade:
    """A detector ran on the frame of `occurred_ns`. May arrive after later `FrameSeen`, but in frame order per camera."""

    camera_id: str
    occurred_ns: int
    index: int
    width: int
    height: int
    detections: Detections
    detector: str


@dataclass(frozen=True, slots=True)
class CameraStateChanged:
    camera_id: str
    occurred_ns: int
    state: CameraState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """New settings take effect; always the second observation of a run, so that a journal can be replayed alone."""

    occurred_ns: int
    settings: Settings
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class EngineStarted:
    """The engine (re)started: what was open before has not been watched since. Always the first observation of a run."""

    occurred_ns: int
    version: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed. Ten a second while the engine runs; everything that ends by time-out ends on one."""

    occurred_ns: int


Observation: TypeAlias = (
    FrameSeen | DetectionsMade | CameraStateChanged | CsiBatch | BleSightings | NodeChanged | SettingsChanged | EngineStarted | Tick
)


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """An observation with its place in the journal: `number` rises by one, `received_ns` never falls within a run."""

    number: int
    received_ns: int
    observation: Observation

"""How the parts are doing. Expected troubles are states with a reason, not exceptions."""

from enum import StrEnum

from engine.model.value_class import dataclass

CLOCK_TOLERANCE_S = 3.0  # more than pictures are under way for; times shown in pictures and in a camera's own recordings mislead from there


class CameraState(StrEnum):
    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"
    PAUSED = "paused"  # switched off by a person
    ENDED = "ended"  # a file that was to play once


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """Attributes:
    reason: why it is not live, as a sentence; empty when live.
    fps: pictures decoded per second; detector_hz: detector runs per second.
    dropped: pictures that were replaced by a newer one before anybody looked; latency_ms: read → picture ready.
    clock_ahead_s: the camera's own clock against the engine's, None where it does not say what time it is. Times of pictures never rest
        on it. Negative: behind, or its pictures come late.
    recorded_bytes_s: how much a second of its video takes when it is recorded, measured lately; 0 where that is not known.
    fault: the word for `reason` of a camera that is lost (`errors.fault_word`), for what is decided by it; empty while it is well.
    decoder: `software` or the device that decodes its pictures; empty for raw ones. decoder_reason: why it is not what was set.
    """

    state: CameraState = CameraState.CONNECTING
    reason: str = ""
    since_ns: int = 0
    last_picture_ns: int | None = None
    fps: float = 0.0
    detector_hz: float = 0.0
    latency_ms: float = 0.0
    pictures: int = 0
    dropped: int = 0
    reconnects: int = 0
    width: int = 0
    height: int = 0
    codec: str = ""
    clock_ahead_s: float | None = None
    recorded_bytes_s: float = 0.0
    fault: str = ""
    decoder: str = ""
    decoder_reason: str = ""

    @property
    def clock_wrong(self) -> bool:
        return self.clock_ahead_s is not None and abs(self.clock_ahead_s) > CLOCK_TOLERANCE_S


@dataclass(frozen=True, slots=True)
class DetectorHealth:
    """`basic`: no model is installed and the built-in people detector runs; `degraded_reason` says so in a sentence."""

    name: str = ""
    basic: bool = False
    stand_in: bool = False
    degraded_reason: str = ""
    inference_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class TriedProvider:
    """As it was measured once with a model. `refusal`: why it is not used, as a sentence."""

    provider: str
    ms: float
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class ModelRun:
    """A model that is loaded. `provider`: what runs it, a proper name; `ms`: of a run lately, 0 before the first one.

    `reason`: why it is not the provider that was set, as a sentence; empty where it is.
    """

    model: str
    provider: str
    ms: float = 0.0
    reason: str = ""
    tried: tuple[TriedProvider, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorNote:
    """A caught bug or environment failure, for the System page."""

    at_ns: int
    component: str
    message: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """CPU in percent of one core, memory and sizes in bytes, backlog in values waiting for the store writer."""

    started_ns: int = 0
    cpu_percent: float = 0.0
    memory_bytes: int = 0
    threads: int = 0
    database_bytes: int = 0
    recordings_bytes: int = 0
    disk_free_bytes: int = 0
    writer_backlog: int = 0
    clock_skew_ms: float = 0.0
    detector: DetectorHealth = DetectorHealth()
    errors: tuple[ErrorNote, ...] = ()
    troubles: tuple[str, ...] = ()  # sentences, worst first; empty means all is well
    models: tuple[ModelRun, ...] = ()
    segments_bytes: int = 0  # of the recordings: what is kept because everything is recorded
    radio_kernels: str = ""  # "compiled", or "numpy" where they were not
    providers: tuple[str, ...] = ()  # that are there besides the CPU: names as in the settings

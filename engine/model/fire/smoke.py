"""Watching for smoke: what a detector saw in a frame, sequences of it, and plumes that several cameras see.

Boxes are (xmin, ymin, xmax, ymax) in shares of the picture, 0–1. Bearings are degrees clockwise from north, 0–360.
"""

from collections.abc import Callable
from dataclasses import field
from enum import StrEnum
from typing import Annotated, TypeAlias

from engine.model.errors import InputError
from engine.model.fire.fire import FireRiskPolicy
from engine.model.geometry import Box, Polygon
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

SCORE_ABOVE = 0.45  # what the second scorer gives smoke that holds over several pictures


@dataclass(frozen=True, slots=True)
class SmokeBox:
    """`confidence` 0–1."""

    box: Box
    confidence: float

    def __post_init__(self) -> None:
        x0, y0, x1, y1 = self.box
        if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
            raise InputError("boxes", f"{self.box} is no box inside the picture (shares, 0–1)")
        if not 0 <= self.confidence <= 1:
            raise InputError("boxes", f"the confidence {self.confidence} is outside 0–1")


MOST_BOXES = 5


@dataclass(frozen=True, slots=True)
class SmokeFrame:
    """What a detector saw in one picture of one view of a camera. Without boxes: it looked, and saw no smoke."""

    camera_id: str
    view_id: str
    captured_ns: int
    boxes: tuple[SmokeBox, ...] = ()
    detector: str = ""
    experimental: bool = False
    simulated: bool = False

    def __post_init__(self) -> None:
        if len(self.boxes) > MOST_BOXES:
            raise InputError("boxes", f"are {len(self.boxes)}; a picture has at most {MOST_BOXES}")


@dataclass(frozen=True, slots=True)
class LookoutView:
    """One way a camera looks: `azimuth_deg` of the middle of its picture; `masks`: polygons in shares of it, where smoke is no news."""

    id: Annotated[str, Setting("Id")] = "0"
    azimuth_deg: Annotated[float, Setting("Direction", unit="°", ge=0, lt=360)] = 0.0
    masks: Annotated[tuple[Polygon, ...], Setting("Masks")] = ()

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True)
class Lookout:
    """A camera that watches for smoke: where on Earth it stands (WGS-84), and which ways it looks."""

    camera_id: Annotated[str, Setting("Camera")]
    latitude: Annotated[float, Setting("Latitude", unit="°", ge=-90, le=90)]
    longitude: Annotated[float, Setting("Longitude", unit="°", ge=-180, le=180)]
    angle_of_view_deg: Annotated[float, Setting("Angle of view", unit="°", gt=0, le=360)] = 60.0
    views: Annotated[tuple[LookoutView, ...], Setting("Views")] = (LookoutView(),)
    name: Annotated[str, Setting("Name")] = ""  # of one that is no camera of the site

    def __post_init__(self) -> None:
        check_limits(self)
        if not self.views or len({view.id for view in self.views}) < len(self.views):
            raise InputError("views", "needs one view at least, each with an id of its own")

    def view(self, view_id: str) -> LookoutView | None:
        return next((view for view in self.views if view.id == view_id), None)


class SmokeLabel(StrEnum):
    """What an operator says it is."""

    WILDFIRE_SMOKE = "wildfire_smoke"
    OTHER_SMOKE = "other_smoke"
    OTHER = "other"


class ValidationState(StrEnum):
    WAITING = "waiting"  # for enough frames, or for the scorer
    VALIDATED = "validated"
    DECLINED = "declined"  # scored, and not enough; more frames may come
    EXHAUSTED = "exhausted"  # declined with all its frames: final
    UNAVAILABLE = "unavailable"  # the scorer did not answer: shown all the same, and said so
    FAILED = "failed"  # five errors: an operator has to look

    @property
    def is_shown(self) -> bool:
        return self in (ValidationState.VALIDATED, ValidationState.UNAVAILABLE, ValidationState.FAILED)


@dataclass(frozen=True, slots=True)
class SmokeSequence:
    """The stored life of smoke on one camera's picture.

    Attributes:
        max_conf: highest confidence of the primary box so far; never lowered. None: unknown (from before it was kept).
        azimuth_deg, cone_deg: bearing of the smoke and the angle it fills, of the frame with the highest confidence.
        frames: with smoke in them. detector: what saw it; `experimental`: not measured well enough to be relied upon.
        label: an operator's; plume_id: the plume it is part of.
    """

    id: str
    camera_id: str
    view_id: str
    started_ns: int
    last_seen_ns: int
    max_conf: float | None
    frames: int
    best_box: Box
    azimuth_deg: float | None = None
    cone_deg: float | None = None
    detector: str = ""
    experimental: bool = False
    validation: ValidationState = ValidationState.WAITING
    score: float | None = None
    attempts: int = 0
    label: SmokeLabel | None = None
    labelled_by: str = ""
    plume_id: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where bearings cross, with the 95 % ellipse of it.

    Attributes:
        latitude, longitude: WGS-84 degrees. angle_deg: at which they cross, 0–90; small angles say little about how far away.
        major_m, minor_m: half axes of the ellipse; turn_deg: of the major one, clockwise from north. cep_m: half of all lie within.
        accurate: False where the ellipse is too long to send somebody on it alone.
    """

    latitude: float
    longitude: float
    angle_deg: float
    major_m: float
    minor_m: float
    turn_deg: float
    cep_m: float
    accurate: bool


@dataclass(frozen=True, slots=True)
class Plume:
    """One column of smoke, as one or several cameras see it. `place` None: no two bearings cross.

    `sequence_ids`: oldest first. partial: its place rests on sequences that are not shown. incident_id: the incident it corroborates.
    """

    id: str
    sequence_ids: tuple[str, ...]
    started_ns: int
    last_seen_ns: int
    place: Crossing | None = None
    partial: bool = False
    incident_id: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class ListedPlume:
    """A plume as a list shows it: `sequences` are those of it that are shown, oldest first; `hidden` how many are not.

    The place of `plume` is recomputed from what is shown, or marked `partial`.
    """

    plume: Plume
    sequences: tuple[SmokeSequence, ...]
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is one plume now: plumes that are new or changed, those that are no more, and sequences whose `plume_id` is another one now (the
    first, of several).

    `absorbed`: of those that are no more, (its id, the plume that most of its sequences are in now).
    """

    changed: tuple[Plume, ...] = ()
    gone_ids: tuple[str, ...] = ()
    moved: tuple[SmokeSequence, ...] = ()
    absorbed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SmokePage:
    """A page of sequences or plumes, newest first; full wherever there is enough that passes.

    Attributes:
        since_ns, until_ns: when it started (`until_ns` exclusive). Of plumes that are unlabelled: when it was last seen.
        unlabelled: only those that no operator has labelled; of plumes those with such a sequence that passes and was seen since then.
        policy: which of them fire weather leaves out. before_id: what comes after it; offset: further ones that are skipped.
    """

    since_ns: int | None = None
    until_ns: int | None = None
    unlabelled: bool = False
    limit: int = 15
    before_id: str | None = None
    offset: int = 0
    policy: FireRiskPolicy = field(default_factory=FireRiskPolicy)

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 1_000:
            raise InputError("limit", f"{self.limit} is outside 1–1000")
        if not 0 <= self.offset <= 1_000_000:
            raise InputError("offset", f"{self.offset} is outside 0–1000000")


@dataclass(frozen=True, slots=True)
class SmokeWatchState:
    """The detector of a lookout. `heard_ns`: its last picture, 0: never; `silent_since_ns`: None while it is heard; `own`: runs here."""

    camera_id: str
    detector: str = ""
    heard_ns: int = 0
    silent_since_ns: int | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class SmokeView:
    """The smoke of now.

    Attributes:
        plumes: the newest that began within a day and that are shown today, newest first, at most a hundred.
        left_out: plumes of the same day that fire weather leaves out.
        watches: of every lookout. dropped: pictures that were refused since the start, as too many waited.
        trouble: why smoke is not watched or kept, a sentence; empty when all is well.
    """

    plumes: tuple[ListedPlume, ...] = ()
    left_out: int = 0
    watches: tuple[SmokeWatchState, ...] = ()
    dropped: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class PlumeWords:
    """What operators said of pairs of sequences (their ids, the lower one first): that they are not one plume, or that they are."""

    apart: frozenset[tuple[str, str]] = frozenset()
    together: frozenset[tuple[str, str]] = frozenset()


ArrangePlumes: TypeAlias = Callable[[tuple[SmokeSequence, ...], tuple[Plume, ...], PlumeWords], Arrangement]
"""Pure. Given sequences, all plumes that any of them is in, and what operators said of them."""
ShowPlume: TypeAlias = Callable[[Plume, tuple[SmokeSequence, ...], frozenset[str]], ListedPlume]
"""Pure. Given a plume, all its sequences, and the ids of those that are shown."""
Unmatch: TypeAlias = Callable[[Plume, str], tuple[Plume, frozenset[tuple[str, str]]]]
"""Pure. The plume without a sequence, and the pairs that are kept apart from then on. Raises InputError, NotFound."""
MergePlumes: TypeAlias = Callable[[Plume, Plume], frozenset[tuple[str, str]]]
"""Pure. The pairs that are together from then on. Raises InputError."""

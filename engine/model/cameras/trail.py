"""Where something went in one camera's picture."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.geometry import Box, Floats
from engine.model.question_type import Question
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """A track, or motion that nobody named (empty `track_id`), for a minute or so.

    Attributes:
        times_ns: (N,) rising. boxes: (N, 4) float32, left, top, right, bottom in shares of the picture at these times.
        category: what it is, `motion` where nobody knows. Between two times the thing is taken to be at both places.
    """

    camera_id: str
    track_id: str
    category: str
    times_ns: npt.NDArray[np.int64]
    boxes: Floats


@dataclass(frozen=True, slots=True)
class TrackTrail:
    """Detections of one track without an interruption, for an overlay. A later one of the same track continues it.

    Attributes:
        times_ns: rising. boxes: left, top, right, bottom in shares of the picture at these times; all are detections, none a prediction.
    """

    track_id: str
    category: str
    times_ns: tuple[int, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class EventTrails:
    """Where the subjects of an event were in its camera's picture, oldest trail first.

    `by_subject`: trails of the track that the event is about, none where it is not known any more; otherwise of everybody in view while it
    went on, as for a crowd.
    """

    camera_id: str = ""
    trails: tuple[TrackTrail, ...] = ()
    by_subject: bool = True


@dataclass(frozen=True, slots=True)
class GetEventTrails(Question[EventTrails]):
    """Boxes over time of what an event is about, up to now. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    event_id: str


@dataclass(frozen=True, slots=True)
class ListTrails(Question[tuple[TrackTrail, ...]]):
    """Trails of all tracks of a camera that reach into a span, oldest first, at most 400 from the record; those of tracks still in view up
    to now. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    camera_id: str
    since_ns: int
    until_ns: int

    def __post_init__(self) -> None:
        if self.until_ns <= self.since_ns:
            raise InputError("until", "is not later than since")

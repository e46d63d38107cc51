"""Somebody or something that is followed through a picture, across the moments in which its track was lost."""

from collections.abc import Iterable
from dataclasses import field
from math import dist
from typing import NamedTuple

from engine.model.geometry import Box, Point
from engine.model.time import SECOND
from engine.model.value_class import dataclass

GONE_S = 2.0  # since it was seen last, a new track that begins near by is taken for the same for so long
BELIEVED_S = 1.5  # a new track is confirmed only after some pictures: so much longer somebody who is lost is waited for
SLACK, PACE = 0.5, 1.0  # heights, and heights a second, that it may have gone meanwhile: people walk about 0.8
SAME_BOX = 0.4  # IoU of the boxes of a still object, before and after


class Body(NamedTuple):
    """One track that the detector sees, since `first_ns`. `still`: IoU with a known still object of its class; 0: none is there."""

    track_id: str
    category: int
    box_xyxy: Box
    max_conf: float
    first_ns: int
    still: float = 0.0


@dataclass(slots=True)
class Visit:
    """Since when somebody is clearly in a zone.

    Attributes:
        clear_ns: when they were clearly in it last, as long as something of it is still to be told.
        inside: for long enough to count. told: as an event. held: as a decision that it is none.
        turning_ns: since when they are clearly outside, None: they are not. loitering: told too.
    """

    since_ns: int
    clear_ns: int
    inside: bool = False
    told: bool = False
    held: bool = False
    loitering: bool = False
    turning_ns: int | None = None


@dataclass(slots=True)
class Walker:
    """`id`: of the first track, `track_id`: of the newest. Places are shares of the picture: its size may change.

    Attributes:
        crossing_from: the foot where lines last looked at it. resting: was a known still object when it was seen last.
        lost: its track has ended. sides: by line, on which it was clearly last. odd: lines crossed since, an odd number of times.
        settled: where it was to all zones when nothing was open about it any more; it need not be looked at again while it is there.
    """

    id: str
    track_id: str
    category: int
    box: Box
    conf: float
    seen_ns: int
    frame_box: Box
    crossing_from: Point | None = None
    resting: bool = False
    lost: bool = False
    visits: dict[str, Visit] = field(default_factory=dict[str, Visit])
    sides: dict[str, int] = field(default_factory=dict[str, int])
    odd: dict[str, bool] = field(default_factory=dict[str, bool])
    settled: list[int] | None = None

    def take(self, body: Body, size: tuple[int, int], at_ns: int) -> None:
        self.track_id, self.lost, self.resting = body.track_id, False, body.still >= SAME_BOX
        self.conf = max(self.conf, body.max_conf)
        self.frame_box, self.box, self.seen_ns = body.box_xyxy, shares(body.box_xyxy, size), at_ns


@dataclass(frozen=True, slots=True)
class KeptWalker:
    """A walker as it is kept in a state; the fields are a walker's."""

    id: str
    track_id: str
    category: int
    box: Box
    conf: float
    seen_ns: int
    frame_box: Box
    crossing_from: Point | None
    resting: bool
    lost: bool
    visits: tuple[tuple[str, Visit], ...]
    sides: tuple[tuple[str, int], ...]
    odd: tuple[tuple[str, bool], ...]

    @classmethod
    def of(cls, walker: Walker) -> "KeptWalker":
        return cls(
            walker.id,
            walker.track_id,
            walker.category,
            walker.box,
            walker.conf,
            walker.seen_ns,
            walker.frame_box,
            walker.crossing_from,
            walker.resting,
            walker.lost,
            tuple(walker.visits.items()),
            tuple(walker.sides.items()),
            tuple(walker.odd.items()),
        )

    def walker(self) -> Walker:
        return Walker(
            self.id,
            self.track_id,
            self.category,
            self.box,
            self.conf,
            self.seen_ns,
            self.frame_box,
            self.crossing_from,
            self.resting,
            self.lost,
            dict(self.visits),
            dict(self.sides),
            dict(self.odd),
        )


def new_walker(body: Body, size: tuple[int, int], at_ns: int) -> Walker:
    box = shares(body.box_xyxy, size)
    return Walker(body.track_id, body.track_id, body.category, box, body.max_conf, at_ns, body.box_xyxy, resting=body.still >= SAME_BOX)


def continued(body: Body, size: tuple[int, int], at_ns: int, lost: Iterable[Walker]) -> Walker | None:
    """The walker that was lost a moment ago so near that this is most likely it; or one that was still just here, however long ago."""
    box = shares(body.box_xyxy, size)
    found: list[tuple[float, Walker]] = []
    for walker in lost:
        if walker.category != body.category:
            continue
        gap_s, meanwhile_s = (max(now_ns - walker.seen_ns, 0) / SECOND for now_ns in (body.first_ns, at_ns))
        away = _away(walker.box, box, size)
        if (gap_s < GONE_S and away <= SLACK + PACE * meanwhile_s) or (walker.resting and overlap(walker.box, box) >= SAME_BOX):
            found.append((away, walker))
    return min(found, key=lambda each: each[0])[1] if found else None


def shares(box: Box, size: tuple[int, int]) -> Box:
    width, height = size
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    shared = wide * tall
    return shared / ((one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared)


def _away(one: Box, other: Box, size: tuple[int, int]) -> float:
    """Between the feet, in heights of the taller box."""
    tall = max(one[3] - one[1], other[3] - other[1]) * size[1]
    feet = [((box[0] + box[2]) / 2 * size[0], box[3] * size[1]) for box in (one, other)]
    return dist(*feet) / max(tall, 1.0)

"""What stands still in a camera's picture for long: parked cars, statues, coats, and whoever sits there all day.

A place is kept by its box and class, not by a track: a detector that loses a parked car in the rain, or at night until a headlight
sweeps over it, gives it a new track each time. Time counts only while the picture is searched; a restart or a lost camera changes nothing.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model import wire
from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.track import Track, TrackStatus
from engine.model.geometry import Box, iou_matrix
from engine.model.time import SECOND
from engine.model.value_class import dataclass

STILL_S = 60.0  # a thing that has been seen in one place for so long is known
PERSON_S = 180.0  # people stand and wait; who does not move for so long sits, lies or is no person
SAME = 0.4  # IoU: what a headlight or a shower does to a box leaves more
MOVED, MOVED_S = 0.2, 2.0  # IoU below which its track, for so long, has left: it was the thing itself that moved
SLOW = 0.2  # heights a second: what is faster only passes by
EMPTY_S = 900.0  # searched for so long without being seen: it is gone
UNSURE_S = 5.0  # a place that is not known yet is forgotten after so long beyond the time in which it was seen
LEARNT_LOOKS = 20  # over which the box of a new place is the mean
LONGEST_STEP_S = 5.0  # of time between two looks: what is longer was not watched
MOST_PLACES = 64
COVERED = 0.1  # of a box's size, by which motion of a still thing reaches beyond it


@dataclass(slots=True)
class StillPlace:
    """`box`: shares of the picture. still_s: seen there. empty_s: searched since without being seen. track_id: that was seen there last.

    away_s: for how long that track has been elsewhere.
    """

    category: int
    box: Box
    looks: int = 1
    still_s: float = 0.0
    empty_s: float = 0.0
    away_s: float = 0.0
    track_id: str = ""

    @property
    def is_established(self) -> bool:
        return self.still_s >= (PERSON_S if self.category == Category.PERSON else STILL_S)


@dataclass(frozen=True, slots=True)
class StillState:
    places: tuple[StillPlace, ...] = ()
    last_ns: int | None = None


class KnownStill:
    """Of one camera. Sans-IO; the engine thread only. A look with ten things takes about 0.1 ms."""

    def __init__(self) -> None:
        self._places: list[StillPlace] = []
        self._last_ns: int | None = None
        self._known_boxes: dict[int, npt.NDArray[np.float64]] = {}

    @property
    def places(self) -> tuple[StillPlace, ...]:
        """Those that are known."""
        return tuple(place for place in self._places if place.is_established)

    def see(self, at_ns: int, size: tuple[int, int], found: Detections, tracks: Sequence[Track]) -> None:
        """A detector searched the whole picture; `tracks` are those of all classes after it. `size`: of the frame, pixels."""
        passed_s = 0.0 if self._last_ns is None else min(max(at_ns - self._last_ns, 0) / SECOND, LONGEST_STEP_S)
        self._last_ns = at_ns
        seen = [track for track in tracks if track.status is TrackStatus.CONFIRMED and track.last_seen_ns == at_ns]
        scale = np.array([*size, *size], np.float64)
        boxes = found.boxes_xyxy.astype(np.float64) / scale
        bodies = np.array([track.box_xyxy for track in seen], np.float64).reshape(-1, 4) / scale
        self._support(boxes, found.categories, passed_s)
        self._follow_bodies(bodies, seen, passed_s)
        self._forget()
        self._know()

    def likeness(self, category: int, box_xyxy: Box, size: tuple[int, int]) -> float:
        """IoU with the known still object of this class that it is most like; 0 where there is none."""
        if not self._known_boxes:
            return 0.0
        known = self._known_boxes.get(category)
        if known is None:
            return 0.0
        width, height = size
        box = np.array([[box_xyxy[0] / width, box_xyxy[1] / height, box_xyxy[2] / width, box_xyxy[3] / height]])
        return float(iou_matrix(box, known).max())

    def stays(self, category: int, box: Box) -> bool:
        """Whether an object of this class is known here, seen at the moment or not. `box`: shares of the picture."""
        return self.likeness(category, box, (1, 1)) >= SAME

    def outside(self, regions_xyxy: npt.NDArray[np.floating], size: tuple[int, int]) -> float:
        """The share of these regions (N, 4), pixels, that no known still object explains. 1 where none is known."""
        known = [_grown(place.box) for place in self._places if place.is_established]
        if not known or not len(regions_xyxy):
            return 1.0
        scale = np.array([*size, *size], np.float64)
        regions, boxes = regions_xyxy.astype(np.float64) / scale, np.array(known)
        low, high = np.maximum(regions[:, None, :2], boxes[None, :, :2]), np.minimum(regions[:, None, 2:], boxes[None, :, 2:])
        shared = np.prod(np.maximum(high - low, 0), axis=2).max(axis=1)
        whole = np.prod(np.maximum(regions[:, 2:] - regions[:, :2], 0), axis=1)
        return float(1 - shared.sum() / max(whole.sum(), 1e-12))

    def begin_anew(self) -> None:
        """Watching broke off: tracks are others from now on, and the time between does not count."""
        self._last_ns = None
        for place in self._places:
            place.track_id, place.away_s = "", 0.0

    def state(self) -> dict[str, Any]:
        return wire.to_plain(StillState(tuple(self._places), self._last_ns))

    def restore(self, state: Mapping[str, Any]) -> None:
        values = wire.read_as(StillState, state, "still")
        self._places, self._last_ns = list(values.places), values.last_ns
        self._know()

    def _support(self, boxes: npt.NDArray[np.float64], categories: npt.NDArray[np.int8], passed_s: float) -> None:
        """Any detection of its class keeps a place, however unsure it is and whether it has a track or not."""
        if not self._places:
            return
        alike = self._likeness(boxes, categories)
        for row, place in enumerate(self._places):
            best = int(alike[row].argmax()) if len(boxes) else -1
            if best >= 0 and alike[row, best] >= SAME:
                place.still_s, place.empty_s = place.still_s + passed_s, 0.0
                if place.looks < LEARNT_LOOKS:
                    place.looks += 1
                    place.box = _mixed(place.box, boxes[best].tolist(), 1 / place.looks)
            else:
                place.empty_s += passed_s

    def _follow_bodies(self, bodies: npt.NDArray[np.float64], seen: Sequence[Track], passed_s: float) -> None:
        """Each track is at a place or makes a new one; a place whose track is elsewhere for long has been left."""
        if not seen:
            return
        alike = self._likeness(bodies, np.array([int(track.category) for track in seen], np.int8))
        columns = {track.id: column for column, track in enumerate(seen)}
        for row, place in enumerate(self._places):
            if place.track_id in columns:
                elsewhere = alike[row, columns[place.track_id]] < MOVED and place.empty_s > 0
                place.away_s = place.away_s + passed_s if elsewhere else 0.0
        for column, track in enumerate(seen):
            at = alike[:, column]
            if len(at) and at.max() >= SAME:
                if _slow(track):
                    self._places[int(at.argmax())].track_id = track.id
            else:
                self._places.append(StillPlace(int(track.category), _box(bodies[column].tolist()), track_id=track.id))

    def _know(self) -> None:
        categories = {place.category for place in self._places if place.is_established}
        self._known_boxes = {each: np.array([place.box for place in self.places if place.category == each]) for each in sorted(categories)}

    def _likeness(self, boxes: npt.NDArray[np.float64], categories: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
        """(places, boxes): IoU; 0 between classes."""
        places = np.array([place.box for place in self._places], np.float64).reshape(-1, 4)
        classes = np.array([place.category for place in self._places], np.int8)
        return np.where(classes[:, None] == categories[None, :], iou_matrix(places, boxes), 0.0)

    def _forget(self) -> None:
        kept = [place for place in self._places if place.away_s < MOVED_S and place.empty_s < _patience_s(place)]
        if len(kept) > MOST_PLACES:
            kept = sorted(kept, key=lambda place: -place.still_s)[:MOST_PLACES]
        self._places = kept


def _slow(track: Track) -> bool:
    return math.hypot(*track.velocity_xy) < SLOW * max(track.box_xyxy[3] - track.box_xyxy[1], 1.0)


def _patience_s(place: StillPlace) -> float:
    return EMPTY_S if place.is_established else place.still_s + UNSURE_S


def _mixed(known: Box, seen: Sequence[float], share: float) -> Box:
    return _box([old + share * (new - old) for old, new in zip(known, seen, strict=True)])


def _box(values: Sequence[float]) -> Box:
    x0, y0, x1, y1 = values
    return x0, y0, x1, y1


def _grown(box: Box) -> Box:
    wide, tall = COVERED * (box[2] - box[0]), COVERED * (box[3] - box[1])
    return box[0] - wide, box[1] - tall, box[2] + wide, box[3] + tall

"""Everybody on one camera, and who carries on whom."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.model.cameras.pose import Poses
from engine.model.geometry import Box
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.vision.activities.body import Body, centre, continued, facts_of, new_body, posed, sample_of, seen_again
from engine.vision.activities.descent import stature
from engine.vision.activities.loose import Loose, loosened

LOST_NS = 2 * SECOND  # so long after it was lost, a track may be carried on by another
REACH = 1.0  # body heights
LOW = 0.62


@dataclass(frozen=True, slots=True)
class SeenTrack:
    """A confirmed track that the detector found on this very frame."""

    id: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class _CameraBodies:
    bodies: tuple[Body, ...] = ()
    loose: tuple[Loose, ...] = ()


class Bodies:
    """Sans-IO, one thread."""

    def __init__(self) -> None:
        self._bodies: dict[str, Body] = {}
        self._loose: tuple[Loose, ...] = ()

    def get(self, track_id: str) -> Body | None:
        return self._bodies.get(track_id)

    def fresh(self, at_ns: int, within_ns: int = SECOND // 5) -> Mapping[str, Body]:
        """Those who were measured just now."""
        return {body.id: body for body in self._bodies.values() if at_ns - body.last.at_ns <= within_ns}

    def take(self, seen: Sequence[SeenTrack], size: tuple[int, int], at_ns: int, boxes: Sequence[Box] = ()) -> None:
        """One run of the detector on a picture of `size`; `at_ns` rises. `boxes`: every person box, unsure ones too."""
        self._bodies = {key: body for key, body in self._bodies.items() if at_ns - body.last.at_ns <= LOST_NS}
        ids = {track.id for track in seen}
        for track in seen:
            sample = sample_of(track.box, size, at_ns)
            known = self._bodies.get(track.id)
            if known is None:
                self._bodies[track.id] = self._carried(new_body(track.id, sample, track.confidence), ids)
            else:
                self._bodies[track.id] = seen_again(known, sample, track.confidence)
        self._loose = loosened(self._loose, boxes, [track.box for track in seen], at_ns)
        self._recover(ids, size, at_ns)

    def pose(self, poses: Poses, at_ns: int) -> None:
        for index, track_id in enumerate(poses.track_ids):
            body = self._bodies.get(track_id)
            facts = facts_of(poses.landmarks[index], poses.visibility[index], at_ns)
            if body is not None and facts is not None:
                self._bodies[track_id] = posed(body, facts)

    def state(self) -> Any:
        return to_plain(_CameraBodies(tuple(self._bodies.values()), self._loose))

    def restore(self, state: Any) -> None:
        known = read_as(_CameraBodies, state, "bodies")
        self._bodies, self._loose = {body.id: body for body in known.bodies}, known.loose

    def _recover(self, present: Iterable[str], size: tuple[int, int], at_ns: int) -> None:
        """Who stood or sat and was lost may be the one who lies there now, too badly found for a track."""
        free = [loose for loose in self._loose if loose.last_ns == at_ns and _lies(loose.box)]
        for body in [body for body in self._bodies.values() if body.id not in present]:
            scale = stature(body)
            near = [(_away(body, loose.box, scale), loose) for loose in free if loose.first_ns > _whole_ns(body)] if scale > 0 else []
            distance, nearest = min(near, key=lambda found: found[0], default=(math.inf, None))
            if nearest is not None and distance <= REACH and _low(scale, nearest.box):
                free.remove(nearest)
                self._bodies[body.id] = seen_again(body, sample_of(nearest.box, size, at_ns), body.confidence)

    def _carried(self, body: Body, present: Iterable[str]) -> Body:
        here = body.last
        lost = [other for other in self._bodies.values() if other.id not in present and other.last.at_ns < here.at_ns]
        near = [(math.dist(here.centre, centre(other.last.box)) / other.scale, other) for other in lost]
        distance, nearest = min(near, key=lambda found: found[0], default=(math.inf, None))
        if nearest is None or distance > REACH:
            return body
        del self._bodies[nearest.id]
        return continued(body, nearest)


def _lies(box: Box) -> bool:
    return box[2] - box[0] >= box[3] - box[1]


def _whole_ns(body: Body) -> int:
    """When they were last surely somewhere else than where they may lie now."""
    return body.stood_ns if body.upright is not None else body.last.at_ns - SECOND // 2


def _low(scale: float, box: Box) -> bool:
    return box[3] - box[1] <= LOW * scale


def _away(body: Body, box: Box, scale: float) -> float:
    return math.dist(body.last.centre, centre(box)) / scale

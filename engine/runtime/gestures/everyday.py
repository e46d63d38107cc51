"""Everyday movement seen lately: what a gesture that is taught has to differ from. In memory only."""

from collections import deque
from collections.abc import Iterator
from dataclasses import field

import numpy as np

from engine.model.geometry import Floats
from engine.model.observation import PosesSeen
from engine.model.people.gesture import Take
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.vision.gestures.takes import FEWEST_FRAMES

KEPT_S = 180.0
LONGEST_S = 10.0  # of one stretch
SHORTEST_S = 1.5
_GAP_NS = 350_000_000
_STEP_NS = 60_000_000  # about 15 bodies a second say all there is to say about limbs
_MOST_TRACKS = 16
_AROUND_NS = SECOND // 2  # a gesture: it is not everyday movement


@dataclass(slots=True)
class _Stretch:
    track_id: str
    times_ns: list[int] = field(default_factory=list[int])
    bodies: list[Floats] = field(default_factory=list[Floats])

    @property
    def lasts_s(self) -> float:
        return (self.times_ns[-1] - self.times_ns[0]) / SECOND if self.times_ns else 0.0

    def continues(self, at_ns: int) -> bool:
        return not self.times_ns or (at_ns - self.times_ns[-1] <= _GAP_NS and self.lasts_s < LONGEST_S)

    def as_take(self) -> Take:
        at_s = (np.array(self.times_ns, np.int64) - self.times_ns[0]) / SECOND
        return Take(at_s.astype(np.float32), np.stack(self.bodies))


class EverydayMovement:
    """The last three minutes of bodies, stretch by stretch. `see` and `forget` on the engine thread; `stretches` on any."""

    def __init__(self) -> None:
        self._now: dict[str, _Stretch] = {}
        self._kept: tuple[_Stretch, ...] = ()

    def see(self, seen: PosesSeen) -> None:
        for track_id, body in zip(seen.poses.track_ids, seen.poses.landmarks, strict=True):
            if np.isfinite(body).all():
                self._add_body(track_id, seen.occurred_ns, body)
        while len(self._now) > _MOST_TRACKS:
            self._close_stretch(next(iter(self._now)))

    def pause(self) -> None:
        """What is done from now on is not everyday: somebody is teaching."""
        for track_id in tuple(self._now):
            self._close_stretch(track_id)

    def forget(self, track_id: str, start_ns: int, end_ns: int) -> None:
        """This was a gesture."""
        start_ns, end_ns = start_ns - _AROUND_NS, end_ns + _AROUND_NS
        self._now.pop(track_id, None)
        self._kept = tuple(each for each in self._kept if each.track_id != track_id or not _overlaps(each, start_ns, end_ns))

    @property
    def seconds(self) -> float:
        return sum(stretch.lasts_s for stretch in self._kept)

    def stretches(self) -> tuple[Take, ...]:
        return tuple(stretch.as_take() for stretch in self._kept)

    def _add_body(self, track_id: str, at_ns: int, body: Floats) -> None:
        stretch = self._now.setdefault(track_id, _Stretch(track_id))
        if not stretch.continues(at_ns):
            self._close_stretch(track_id)
            stretch = self._now.setdefault(track_id, _Stretch(track_id))
        if not stretch.times_ns or at_ns - stretch.times_ns[-1] >= _STEP_NS:
            stretch.times_ns.append(at_ns)
            stretch.bodies.append(np.array(body, np.float32))

    def _close_stretch(self, track_id: str) -> None:
        stretch = self._now.pop(track_id)
        if stretch.lasts_s >= SHORTEST_S and len(stretch.bodies) >= FEWEST_FRAMES:
            self._kept = tuple(_newest(deque((*self._kept, stretch))))


def _newest(stretches: deque[_Stretch]) -> Iterator[_Stretch]:
    total_s = sum(stretch.lasts_s for stretch in stretches)
    for stretch in stretches:
        if total_s <= KEPT_S:
            yield stretch
        else:
            total_s -= stretch.lasts_s


def _overlaps(stretch: _Stretch, start_ns: int, end_ns: int) -> bool:
    return stretch.times_ns[0] <= end_ns and start_ns <= stretch.times_ns[-1]

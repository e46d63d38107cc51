"""When somebody performs a gesture: one event per performance, whatever the frame rate."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from math import ceil, log
from typing import Any

import numpy as np

from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.gestures.library import GestureLibrary, Likeness
from engine.vision.gestures.recent import RecentPoses
from engine.vision.gestures.skeleton import POSE
from engine.vision.gestures.takes import LONGEST_S, SHORTEST_S

_LOOK_EVERY_NS = 100_000_000
_SETTLES_NS = 250_000_000  # a better match may still come; a performance is announced this long after its best
_OVER_NS = 500_000_000  # without a match for so long, the performance is over and the same gesture may be performed again
_APART = 0.7  # of a window that must lie behind the performance announced before
_PACE = 1.35  # how much slower or faster than its takes a gesture may be performed
_GRID = 1.2  # between one length of window and the next
_VISIBLE = 0.5  # of the shoulders: without them there is no telling where the limbs are
_NS = 1e9


@dataclass(frozen=True, slots=True)
class GestureHit:
    """A performance of `gesture_id` from `start_ns` to `end_ns`; `confidence` is in 0.70–1."""

    gesture_id: str
    confidence: float
    distance: float
    start_ns: int
    end_ns: int


class GestureWatch:
    """Follows one track. Any one thread at a time; about a millisecond ten times a second with thirty takes."""

    def __init__(self, library: GestureLibrary) -> None:
        self._recent = RecentPoses()
        self._look_ns = 0
        self._pending: GestureHit | None = None
        self._announced_end_ns = 0
        self._last_match_ns: dict[str, int] = {}
        self.use(library)

    def use(self, library: GestureLibrary) -> None:
        """Other gestures from now on; what was seen so far stays."""
        self._library = library
        self._lengths_s = _lengths(library)
        known = set(library.ids)
        self._last_match_ns = {gesture: at_ns for gesture, at_ns in self._last_match_ns.items() if gesture in known}
        if self._pending is not None and self._pending.gesture_id not in known:
            self._pending = None

    def take(self, now_ns: int, landmarks: Floats, visibility: Floats) -> tuple[GestureHit, ...]:
        """One frame's body: landmarks (33, 3) and visibility (33,). The performances that are known to be over by now, at most one.

        A frame that is no body (hidden shoulders, values that are none) is passed over.
        """
        bodily = bool(np.isfinite(landmarks).all()) and bool((visibility[list(POSE.shoulders)] >= _VISIBLE).all())
        if bodily and self._recent.add(now_ns, landmarks) and now_ns >= self._look_ns:
            self._look_ns = now_ns + _LOOK_EVERY_NS
            self._best_match(now_ns)
        return self._settled(now_ns)

    def _best_match(self, now_ns: int) -> None:
        best = min(self._matches(now_ns), key=lambda hit: hit.distance, default=None)
        if best is None:
            return
        going_on = now_ns - self._last_match_ns.get(best.gesture_id, -_OVER_NS) < _OVER_NS
        self._last_match_ns[best.gesture_id] = now_ns
        if self._pending is not None:
            if best.distance < self._pending.distance:
                self._pending = best
        elif not going_on and best.start_ns + (1 - _APART) * (best.end_ns - best.start_ns) >= self._announced_end_ns:
            self._pending = best

    def _matches(self, now_ns: int) -> Iterator[GestureHit]:
        """What the windows that end now are accepted as, at the paces at which each gesture may be performed."""
        stretches = list(self._recent.endings(self._lengths_s))
        for (length_s, _), like in zip(stretches, self._library.accepted(stretches, _PACE), strict=True):
            if like is not None:
                yield _hit(like, now_ns, length_s)

    def _settled(self, now_ns: int) -> tuple[GestureHit, ...]:
        pending = self._pending
        if pending is None or now_ns - pending.end_ns < _SETTLES_NS:
            return ()
        self._pending, self._announced_end_ns = None, pending.end_ns
        return (pending,)

    def state(self) -> dict[str, Any]:
        """Plain JSON; with the same library, a restored watch answers as this one would."""
        return {
            "recent": self._recent.state(),
            "look_ns": self._look_ns,
            "pending": None if self._pending is None else asdict(self._pending),
            "announced_end_ns": self._announced_end_ns,
            "last_match_ns": dict(self._last_match_ns),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """
        Raises:
            InputError: the state is not one.
        """
        self._recent.restore(state.get("recent", {}))
        try:
            pending = state["pending"]
            self._pending = None if pending is None else GestureHit(**pending)
            self._look_ns, self._announced_end_ns = int(state["look_ns"]), int(state["announced_end_ns"])
            self._last_match_ns = {str(gesture): int(at_ns) for gesture, at_ns in state["last_match_ns"].items()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError("state", f"is no state of a gesture watch: {error}") from error
        self.use(self._library)


def _hit(like: Likeness, now_ns: int, length_s: float) -> GestureHit:
    return GestureHit(like.gesture_id, like.confidence, like.distance, now_ns - int(length_s * _NS), now_ns)


def _lengths(library: GestureLibrary) -> tuple[float, ...]:
    """A geometric row of window lengths, of which every gesture has some within its paces."""
    count = ceil(log(LONGEST_S * _PACE**2 / SHORTEST_S) / log(_GRID))
    lengths = [SHORTEST_S / _PACE * _GRID**step for step in range(count)]
    return tuple(length for length in lengths if any(1 / _PACE <= length / lasts_s <= _PACE for lasts_s in library.lasts_s.tolist()))

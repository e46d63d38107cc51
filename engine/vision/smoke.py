"""Smoke by its life in the picture: a veil over a stable scene that grows, rises from one place and stays.

One picture cannot tell smoke from a cloud or a white wall; a minute of pictures can. A region of veiled blocks (`smoke_veil`) is followed
over time, and its confidence is the geometric mean of shares: how thick the veil is, how much it has grown and still grows, how far its top
has risen, how little its foot has moved, and how much of where it began it still covers; times the share of pictures in which it was
there. Fog comes over the whole picture or in from its side, clouds drift, shadows are no veil, people and cars come and go at once, steam
soon stops growing: each of them fails one or more of these.

Experimental: it is measured on real scenes with drawn smoke, and on real scenes without any; there were no films of real smoke to measure
it on. What it finds is marked so (`SmokeFrame.experimental`).
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.frame import DecodedFrame
from engine.model.fire.smoke import MOST_BOXES, SmokeBox, SmokeFrame
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.vision.smoke_veil import Flags, Veil, VeilFinder

NAME = "veil-1"
LEAST_CONFIDENCE = 0.2  # what is less is not told
WINDOW_S = 60.0
_LEAST_S, _LEAST_SEEN = 20.0, 5
_LEAST_BLOCKS = 5
_MOST_SHARE, _MOST_WIDTH = 0.35, 0.7  # of the picture: more than that is weather
_FLATTEST = 4.0  # width by height
_HOLDS = 0.8  # of its best, while it stays there: a column that no longer grows is still one
_LOST_S = 30.0
_MOST_REGIONS, _MOST_SEEN = 24, 400


@dataclass(frozen=True, slots=True)
class _VeiledRegion:
    """A region in one picture; lengths as shares of the picture, `top` and `foot` from above. `kept`: share of where it began that is still
    veiled."""

    at_ns: int
    area: float
    left: float
    top: float
    right: float
    foot: float
    foot_x: float
    strength: float
    kept: float = 1.0


@dataclass(slots=True)
class _Region:
    """`history`: of the last minute; `since_ns`: when it was first seen, and `origin` which blocks it was then."""

    history: list[_VeiledRegion]
    since_ns: int
    origin: Flags
    best: float = 0.0


class SmokeDetector:
    """One per view of a camera; one thread. Pictures at any rate from ten a second to one in ten seconds, in order."""

    def __init__(self) -> None:
        self._veils = VeilFinder()
        self._regions: list[_Region] = []
        self._times: list[int] = []  # of the pictures of the last minute

    def look(self, frame: DecodedFrame) -> tuple[SmokeBox, ...]:
        """At most five, the surest first."""
        veil = self._veils.look(frame)
        if veil is None:
            self._regions.clear()
            return ()
        self._follow(_regions(veil, frame.captured_ns), frame.captured_ns)
        rated = [(self._rated(region), region.history[-1]) for region in self._regions if region.history[-1].at_ns == frame.captured_ns]
        told = sorted(((sure, seen) for sure, seen in rated if sure >= LEAST_CONFIDENCE), key=lambda each: -each[0])
        return tuple(SmokeBox((seen.left, seen.top, seen.right, seen.foot), round(sure, 3)) for sure, seen in told[:MOST_BOXES])

    def frame(self, camera_id: str, view_id: str, frame: DecodedFrame) -> SmokeFrame:
        """What it sees in the next picture, as the smoke watch takes it: marked as experimental."""
        return SmokeFrame(camera_id, view_id, frame.captured_ns, self.look(frame), NAME, experimental=True)

    def _follow(self, found: list[tuple[_VeiledRegion, Flags]], now_ns: int) -> None:
        self._times = [each for each in [*self._times, now_ns] if now_ns - each <= WINDOW_S * SECOND][-_MOST_SEEN:]
        for seen, blocks in found:
            own = [region for region in self._regions if _overlap(region.history[-1], seen)]
            if own:
                _continue(max(own, key=lambda region: len(region.history)), seen, blocks)
            elif seen.left > 0 and seen.right < 1:  # what comes in from a side began elsewhere
                self._regions.append(_Region([seen], now_ns, blocks))
        kept = [region for region in self._regions if now_ns - region.history[-1].at_ns <= _LOST_S * SECOND]
        self._regions = sorted(kept, key=lambda region: -len(region.history))[:_MOST_REGIONS]

    def _rated(self, region: _Region) -> float:
        history = region.history
        if len(history) < _LEAST_SEEN or history[-1].at_ns - region.since_ns < _LEAST_S * SECOND:
            return 0.0
        present = len(history) / sum(each >= history[0].at_ns for each in self._times)
        now = _rating(history) * min(1.0, present)
        region.best = max(now, region.best * _HOLDS if _stays(history) else now)
        return region.best


def _continue(region: _Region, seen: _VeiledRegion, blocks: Flags) -> None:
    """Two parts of one region in one picture: the larger one is it."""
    seen = replace(seen, kept=float(np.count_nonzero(blocks & region.origin) / np.count_nonzero(region.origin)))
    if region.history[-1].at_ns == seen.at_ns:
        if seen.area > region.history[-1].area:
            region.history[-1] = seen
        return
    within = [each for each in region.history if seen.at_ns - each.at_ns <= WINDOW_S * SECOND]
    region.history = [*within, seen][-_MOST_SEEN:]


def _rating(history: list[_VeiledRegion]) -> float:
    """The geometric mean of its shares."""
    third = max(1, len(history) // 3)
    first, middle, last = history[:third], history[third:-third], history[-third:]
    tall = max(_typical(last, "foot") - _typical(last, "top"), 1e-3)
    if (_typical(last, "right") - _typical(last, "left")) / tall > _FLATTEST:
        return 0.0
    areas = [max(_typical(each, "area"), 1e-6) for each in (first, middle, last)]
    moved = abs(_typical(last, "foot") - _typical(first, "foot")) + abs(_typical(last, "foot_x") - _typical(first, "foot_x"))
    shares = (
        _typical(last, "strength") / 0.35,
        (areas[2] / areas[0] - 1.1) / 0.9,
        (areas[2] / areas[1] - 1.03) / 0.2,
        (_typical(first, "top") - _typical(last, "top")) / (0.3 * tall),
        1.5 - moved / (0.3 * tall),
        (_typical(last, "kept") - 0.3) / 0.5,
    )
    return float(np.prod([min(1.0, max(0.0, share)) for share in shares]) ** (1 / len(shares)))


def _stays(history: list[_VeiledRegion]) -> bool:
    """Its foot is where it was, and it is no smaller than half of what it was."""
    first, last = history[0], history[-1]
    tall = max(last.foot - last.top, 1e-3)
    return abs(last.foot - first.foot) + abs(last.foot_x - first.foot_x) < 0.5 * tall and last.area > 0.5 * first.area and last.kept > 0.5


def _typical(seen: list[_VeiledRegion], name: str) -> float:
    return float(np.median([getattr(each, name) for each in seen]))


def _regions(veil: Veil, now_ns: int) -> list[tuple[_VeiledRegion, Flags]]:
    """Connected blocks that are veiled, with those of the sky beside them; none where the whole picture is."""
    joined = (veil.strong | veil.weak).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    if np.mean(veil.strong) > _MOST_SHARE:
        return []
    each = (
        (_region(veil, blocks, stats[label], now_ns), blocks) for label in range(1, count) if (blocks := np.asarray(labels == label)).any()
    )
    return [(seen, blocks) for seen, blocks in each if seen is not None]


def _region(veil: Veil, blocks: Flags, stats: npt.NDArray[np.int32], now_ns: int) -> _VeiledRegion | None:
    """None: too small, as wide as the picture, or nothing of it is sure."""
    rows, columns = blocks.shape
    left, top, width, height, area = (int(each) for each in stats)
    strong = blocks & veil.strong
    if np.count_nonzero(strong) < _LEAST_BLOCKS or width > _MOST_WIDTH * columns or area > _MOST_SHARE * blocks.size:
        return None
    low = np.flatnonzero(strong.any(axis=1))[-1]
    foot_x = float(np.mean(np.flatnonzero(strong[max(0, low - 1) : low + 1].any(axis=0)))) + 0.5
    strength = float(np.mean(veil.strength[strong]))
    edges = left / columns, top / rows, (left + width) / columns, (top + height) / rows
    return _VeiledRegion(now_ns, area / blocks.size, *edges, foot_x / columns, strength)


def _overlap(one: _VeiledRegion, other: _VeiledRegion) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.foot and other.top < one.foot

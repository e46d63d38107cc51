"""Heights and places of one person over time, as a tracker reports them: a story, and noise that repeats itself as a tracker's does."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from engine.model.radio.blob import Blob, BlobStatus
from engine.model.radio.radio import LinkFeatures
from engine.model.time import SECOND
from engine.radio.falls.falls import FallChange, FallStage, FallWatch
from tests.engine.radio.made_blobs import START_NS, TICK_NS, blob

Point: TypeAlias = tuple[float, float, float, float]  # seconds, x, y, z

STANDING_M, SITTING_M, LYING_M = 1.2, 0.75, 0.25
FALL: tuple[Point, ...] = ((0, 1, 1, STANDING_M), (10, 4, 3, STANDING_M), (10.8, 4.2, 3.2, LYING_M), (40, 4.2, 3.2, LYING_M))
STORIES_WITHOUT_FALL: dict[str, tuple[Point, ...]] = {
    "walks": ((0, 0, 0, 1.2), (10, 6, 0, 1.2), (20, 6, 6, 1.2), (30, 0, 6, 1.2), (40, 0, 0, 1.2)),
    "stands": ((0, 2, 2, 1.2), (40, 2, 2, 1.2)),
    "sits down": ((0, 1, 1, 1.2), (8, 4, 3, 1.2), (9.5, 4, 3, SITTING_M), (40, 4, 3, SITTING_M)),
    "drops onto a chair": ((0, 1, 1, 1.2), (8, 4, 3, 1.2), (8.6, 4, 3, SITTING_M), (40, 4, 3, SITTING_M)),
    "lies down slowly": ((0, 1, 1, 1.2), (8, 4, 3, 1.2), (12, 4, 3, LYING_M), (40, 4, 3, LYING_M)),
    "bends down": ((0, 1, 1, 1.2), (8, 4, 3, 1.2), (8.8, 4, 3, 0.4), (10.5, 4, 3, 0.4), (11.3, 4, 3, 1.2), (40, 4, 3, 1.2)),
    "falls and is up at once": ((0, 1, 1, 1.2), (8, 4, 3, 1.2), (8.8, 4, 3, 0.25), (11, 4, 3, 0.25), (12, 4, 3, 1.2), (40, 1, 1, 1.2)),
}


def story(points: Sequence[Point], at_s: float) -> tuple[float, float, float]:
    for start, end in pairwise(points):
        if at_s <= end[0]:
            share = (at_s - start[0]) / (end[0] - start[0])
            x, y, z = (a + share * (b - a) for a, b in zip(start[1:], end[1:], strict=True))
            return x, y, z
    return points[-1][1:]


@dataclass
class Noise:
    """Gaussian, first-order autoregressive, with a time constant; `sigma_m` horizontal, `sigma_z_m` vertical."""

    seed: int
    sigma_m: float = 0.2
    sigma_z_m: float = 0.3
    constant_s: float = 0.3
    now: np.ndarray = field(default_factory=lambda: np.zeros(3))  # type: ignore[type-arg]

    def __post_init__(self) -> None:
        self.chance = np.random.default_rng(self.seed)

    def next(self) -> Sequence[float]:
        kept = math.exp(-0.1 / self.constant_s) if self.constant_s else 0.0
        scale = np.array([self.sigma_m, self.sigma_m, self.sigma_z_m])
        self.now = kept * self.now + math.sqrt(1 - kept**2) * scale * self.chance.normal(size=3)
        return [float(value) for value in self.now]


def measured(points: Sequence[Point], noise: Noise, seconds: float, *, smoothed_s: float = 0.3) -> Iterable[tuple[float, Blob]]:
    """A blob each tick, lagging by `smoothed_s` as a tracker's does."""
    kept = math.exp(-0.1 / smoothed_s)
    x, y, z = points[0][1:]
    for tick in range(1, round(seconds * 10) + 1):
        truth = story(points, tick / 10)
        before = x, y
        x, y, z = (kept * old + (1 - kept) * new for old, new in zip((x, y, z), truth, strict=True))
        dx, dy, dz = noise.next()
        velocity = ((x - before[0]) * 10, (y - before[1]) * 10, 0.0)
        yield tick / 10, blob((x + dx, y + dy, z + dz), sigma_m=noise.sigma_m, sigma_z_m=noise.sigma_z_m, velocity=velocity)


def links(moving: float = 0.0, count: int = 6, age_s: float = 0.05) -> LinkFeatures:
    """Features of `count` links of which a share moves."""
    zeros, ones = np.zeros(count), np.ones(count)
    motion = np.arange(count) < moving * count
    names = tuple(f"link-{i}" for i in range(count))
    return LinkFeatures(names, motion * 5.0, zeros, zeros, motion, zeros, ones, 20 * ones, age_s * ones, 0.12 * ones)


@dataclass
class Watched:
    """A `FallWatch` and all that it said."""

    watch: FallWatch = field(default_factory=FallWatch)
    changes: list[FallChange] = field(default_factory=list)

    def see(self, at_s: float, blobs: Sequence[Blob], features: LinkFeatures | None = None) -> None:
        self.changes += self.watch.step(START_NS + round(at_s * SECOND), blobs, links() if features is None else features)

    def play(self, points: Sequence[Point], noise: Noise, change: Callable[[float, Blob], Blob | None] | None = None) -> "Watched":
        """The whole story; `change` may alter or take away (None) the blob at each tick."""
        for at_s, found in measured(points, noise, points[-1][0]):
            kept = found if change is None else change(at_s, found)
            self.see(at_s, () if kept is None else (kept,))
        return self

    def stages(self) -> list[FallStage]:
        return [change.stage for change in self.changes]

    def raised(self) -> list[FallChange]:
        return [change for change in self.changes if change.stage is FallStage.RAISED]


def coasting(found: Blob) -> Blob:
    return blob(found.position, blob_id=found.id, status=BlobStatus.COASTING)


def seconds(change: FallChange) -> float:
    return (change.at_ns - START_NS) / SECOND


__all__ = ["TICK_NS", "Noise", "Watched", "coasting", "links", "measured", "seconds", "story"]

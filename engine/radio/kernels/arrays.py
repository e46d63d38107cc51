"""What both kinds of kernels take, and the tables they share."""

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Bins = npt.NDArray[np.intp]
Depths = npt.NDArray[np.uint8]
Chosen = npt.NDArray[np.bool_]
Pair = tuple[Array, Array]

DEPTHS = 64
DEPTH_DB = 0.4
LEVELS = 96
LEAST = 1e-12

_PARTS = 5  # bits of a number behind its exponent: a step of a 32nd, a third of a bin
KEY_SHIFT, KEY_OFFSET = 52 - _PARTS, 1023 << _PARTS
EDGES: Array = np.array([*(10.0 ** (bin_ * DEPTH_DB / 10) for bin_ in range(DEPTHS)), np.nan])
"""(DEPTHS + 1,) of 1 + excess / (λ/2), where the bins begin; nothing lies above the last."""
_KEYS = np.arange(((int(np.log2(EDGES[-2])) + 1) << _PARTS) + 1, dtype=np.int64)
_STARTS = ((_KEYS + KEY_OFFSET) << KEY_SHIFT).view(np.float64)
FIRST: Depths = (np.searchsorted(EDGES[:-1], _STARTS, side="right") - 1).astype(np.uint8)
"""By the exponent of such a number and the bits behind it, the bin in which it lies at least."""


@dataclass(frozen=True, eq=False)  # without slots, so that where its arrays lie is kept beside it
class Lines:
    """L links between n nodes: `nodes` (n, 3) metres; `one`, `other` (L,) which of them are its two; `length_m`, `half_wave_m` (L,)."""

    nodes: Array
    one: Bins
    other: Bins
    length_m: Array
    half_wave_m: Array

    def __post_init__(self) -> None:
        """ValueError where they do not fit together."""
        links, nodes = len(self.one), self.nodes
        if any(column.shape != (links,) for column in (self.one, self.other, self.length_m, self.half_wave_m)):
            raise ValueError("links of different numbers")
        ends = np.concatenate([self.one, self.other])
        if nodes.shape != (len(nodes), 3) or not bool(((ends >= 0) & (ends < len(nodes))).all()):
            raise ValueError("links of nodes that are not there")


@dataclass(frozen=True, eq=False)  # without slots, so that where its arrays lie is kept beside it
class Squares:
    """Squares of a floor: `depths` (L, heights, squares) of people there, `standing` (squares, L) of one in the middle, half way up."""

    depths: Depths
    standing: Depths


@dataclass(frozen=True, slots=True, eq=False)
class TickLevels:
    """What L links show at a tick, and what is known without whoever is looked for.

    Attributes:
        level: (L,) bins that they show. stray: (L,) distribution functions of stray levels above and below these.
        weight: (L,) how much a link counts.
    """

    level: Bins
    stray: Pair
    weight: Array


@dataclass(frozen=True, slots=True, eq=False)
class FollowedPerson:
    """Somebody who is followed: `shade` (L,) is what they make of the links, `depths` (L, V) and `share` (V,) their cloud."""

    shade: Pair
    depths: Depths
    share: Array


@dataclass(frozen=True, slots=True)
class People:
    """Those who may explain a tick: heights at which they reflect (m), and log-likelihood that each further one costs."""

    middle_m: float
    lowest_m: float
    highest_m: float
    one_more: float


@dataclass(frozen=True, slots=True)
class WalkStep:
    """A step of people who walk, or keep still: what becomes of the drawn chance.

    Attributes:
        keep: share of its velocity that a walker keeps. turns, starts: spread of each component of what is new in it, of who starts. m/s.
        stop, start: chance of either. walked_s: seconds. shuffle, settle: times the drawn chance, metres along the floor and up.
        jump: chance that the height is another, between `lowest` and `highest`. west, south, east, north: where the floor ends, metres.
    """

    keep: float
    turns: float
    starts: float
    stop: float
    start: float
    walked_s: float
    shuffle: float
    settle: float
    jump: float
    lowest: float
    highest: float
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, eq=False)  # without slots, so that where its arrays lie is kept beside it
class Field:
    """Voxels in columns over a floor: `depths` (columns, heights, L) in links, `spots` (columns, 2), `levels` (heights,) metres."""

    depths: Depths
    spots: Floats
    levels: Floats

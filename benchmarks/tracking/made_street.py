"""Made-up streets: people who pass a camera at the height of a first floor, and what a small detector would find of them.

In the manner of the public street scenes TUD-Campus and TUD-Stadtmitte (640 × 480, 25 pictures a second, people 100 to 300 pixels tall who
cross before each other), which are not at hand. Scores (spread, how long they stay low, what hiding costs), edges and misses are set after
YOLOX-nano on the first half of the shared street clip, held against its truth; how many poles, flashes and doubles there are is set by eye.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from console.mot_files import MotSequence, Rows
from engine.model.geometry import Floats, iou_matrix

TUNING_SEEDS = range(20)
"""What thresholds may be chosen on."""
HELD_OUT_SEEDS = range(100, 120)
"""Figures are from these; nothing was chosen on them."""

FRAMES = 200
_SIZE, _FPS = (640, 480), 25.0
_FOCAL, _CAMERA_M, _PERSON_M, _HORIZON = 1000.0, 2.2, 1.72, 110.0  # pixels, metres, metres, pixels from the top
_NEAR_M, _FAR_M = 6.5, 16.0
_PEOPLE = (10, 18)  # who pass in a scene; some eight of them at a time
_IN_PAIRS = 0.3  # share that walks beside somebody
_LEAST_SHOWN = 0.1  # share of a person that is to be seen, below which the truth leaves them out
_SCORE, _SCORE_OF_PERSON, _SCORE_SD, _SCORE_MEMORY_S = 1.35, 0.33, 0.55, 0.68  # logits
_HIDDEN_COST = 1.8  # logits, all hidden
_MISSED, _MISSED_HIDDEN, _MISSED_MEMORY_S = 0.04, 0.8, 0.3
_EDGE_SD, _EDGE_MEMORY_S = (0.055, 0.05, 0.055, 0.036), 0.25  # heights: left, top, right, bottom
_POLES, _POLE_SCORE_SD = 3, 0.7  # things that are taken for people all the time, at most; their mean score, logits
_FLASHES = 1.2  # a picture
_DOUBLES = 0.03  # a person and picture
_FLOOR, _OVERLAP = 0.1, 0.45  # of the detector
_Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Walker:
    """One who passes: where they are at the first picture and how they go, metres and metres a second."""

    x: float
    z: float
    speed: float
    drift: float
    height: float
    gait: float
    bias: float


def made_street(seed: int) -> MotSequence:
    """The same scene for the same seed: its truth, and what was found."""
    chance = np.random.default_rng(seed)
    walkers = _walkers(chance)
    boxes = np.stack([_boxes(walkers, frame / _FPS) for frame in range(FRAMES)])
    detector = MadeDetector(chance, np.array([one.bias for one in walkers]))
    truth: list[Rows] = [np.zeros((0, 7))]
    found: list[Rows] = [np.zeros((0, 7))]
    for frame, now in enumerate(boxes, start=1):
        inside, cut = _cut(now)
        there = inside & (_shown(cut) >= _LEAST_SHOWN)
        truth.append(_rows(frame, np.flatnonzero(there).astype(np.float64) + 1, cut[there], np.ones(there.sum())))
        found.append(detector.detect(frame, cut, inside))
    return MotSequence(f"street {seed}", _FPS, FRAMES, _SIZE, np.vstack(found), np.vstack(truth))


class MadeDetector:
    """What would be found of people. `bias`: by how much each scores better or worse than others, logits."""

    def __init__(self, chance: np.random.Generator, bias: _Reals) -> None:
        self._chance = chance
        self._bias = bias
        self._noise = _Noise(chance, len(bias))
        self._poles = _poles(chance)

    def detect(self, frame: int, boxes: _Reals, inside: npt.NDArray[np.bool_]) -> Rows:
        """Rows of one picture, of all frames in their order. `boxes`: (N, 4) xyxy of the people, of whom those `inside` are in it."""
        chance, wrong, shown = self._chance, self._noise.step(), _shown(boxes)
        height = (boxes[:, 3] - boxes[:, 1])[:, None]
        logits = _SCORE + self._bias + _SCORE_SD * wrong[:, 0] - _HIDDEN_COST * (1 - shown)
        hidden = _MISSED + _MISSED_HIDDEN * np.maximum(1 - shown, 0) ** 1.5
        seen = inside & (_share_below(wrong[:, 1]) > hidden)
        people = (boxes + wrong[:, 2:] * np.array(_EDGE_SD) * height)[seen]
        doubles = _lower_halves(boxes[seen & (chance.random(len(boxes)) < _DOUBLES)])
        double_scores = chance.normal(-0.8, 0.7, len(doubles))
        poles = self._poles[:, :4] + chance.normal(0, 2, (len(self._poles), 4))
        pole_scores = self._poles[:, 4] + chance.normal(0, 0.4, len(poles))
        flashes = np.array(list(_flashes(chance)), np.float64).reshape(-1, 4)
        scores = np.concatenate([logits[seen], double_scores, pole_scores, chance.normal(-1.7, 0.7, len(flashes))])
        return _suppressed(frame, np.vstack([people, doubles, poles, flashes]), 1 / (1 + np.exp(-scores)))


def _lower_halves(boxes: _Reals) -> _Reals:
    return np.hstack([boxes[:, :2] + [0, 0.45] * (boxes[:, 2:] - boxes[:, :2]), boxes[:, 2:]])


class _Noise:
    """What stays wrong for a while: of each person's score, edges and being missed (first-order autoregressions)."""

    def __init__(self, chance: np.random.Generator, people: int) -> None:
        self._chance = chance
        memory = np.array([_SCORE_MEMORY_S, _MISSED_MEMORY_S, *[_EDGE_MEMORY_S] * 4])
        self._keep = np.exp(-1 / (_FPS * memory))
        self._now = chance.normal(size=(people, 6))

    def step(self) -> _Reals:
        """(people, 6) of standard normals: score, missed, four edges."""
        fresh = self._chance.normal(size=self._now.shape)
        self._now = self._keep * self._now + np.sqrt(1 - self._keep**2) * fresh
        return self._now


def _walkers(chance: np.random.Generator) -> list[_Walker]:
    walkers: list[_Walker] = []
    for _ in range(chance.integers(*_PEOPLE)):
        one = _walker(chance)
        walkers.append(one)
        if chance.random() < _IN_PAIRS:
            walkers.append(_companion(chance, one))
    return walkers


def _walker(chance: np.random.Generator) -> _Walker:
    z = chance.uniform(_NEAR_M, _FAR_M)
    reach = z * _SIZE[0] / _FOCAL / 2
    speed = chance.choice([-1, 1]) * chance.uniform(0.5, 1.6) if chance.random() < 0.9 else 0.0
    middle = chance.uniform(-0.8 * reach, 0.8 * reach)  # where they are at some time of the scene
    x = middle - speed * chance.uniform(0, FRAMES / _FPS)
    return _Walker(x, z, speed, chance.normal(0, 0.1), *_body(chance))


def _companion(chance: np.random.Generator, one: _Walker) -> _Walker:
    z = one.z + chance.uniform(0.3, 0.7)
    return _Walker(one.x + chance.normal(0, 0.25), z, one.speed, one.drift, *_body(chance))


def _body(chance: np.random.Generator) -> tuple[float, float, float]:
    """Height, gait and bias."""
    return chance.normal(_PERSON_M, 0.08), chance.uniform(0, 2 * np.pi), chance.normal(0, _SCORE_OF_PERSON)


def _boxes(walkers: list[_Walker], at_s: float) -> _Reals:
    """(N, 4) xyxy of whole people, in the picture or not."""
    rows: list[tuple[float, float, float, float]] = []
    for one in walkers:
        z = max(one.z + one.drift * at_s, 4.0)
        scale = _FOCAL / z
        x, bottom = _SIZE[0] / 2 + scale * (one.x + one.speed * at_s), _HORIZON + scale * _CAMERA_M
        height = scale * one.height
        stride = abs(np.sin(one.gait + 5.0 * at_s)) if one.speed else 0.3
        half = height * (0.15 + 0.08 * stride)
        rows.append((x - half, bottom - height, x + half, bottom))
    return np.array(rows)


def _cut(boxes: _Reals) -> tuple[npt.NDArray[np.bool_], _Reals]:
    """Whose half and more is in the picture, and what of them is."""
    cut = np.clip(boxes, 0, np.array(_SIZE * 2, np.float64))
    size, whole = cut[:, 2:] - cut[:, :2], boxes[:, 2:] - boxes[:, :2]
    return size.prod(axis=1) >= 0.5 * whole.prod(axis=1), cut


def _shown(boxes: _Reals) -> _Reals:
    """Share of each box (N, 4) that no nearer one covers; nearer is who stands lower in the picture. On a grid of 8 × 16 points."""
    across, down = (np.arange(8) + 0.5) / 8, (np.arange(16) + 0.5) / 16
    low, size = boxes[:, :2], boxes[:, 2:] - boxes[:, :2]
    x = (low[:, 0:1] + across * size[:, 0:1])[:, None, :, None]
    y = (low[:, 1:2] + down * size[:, 1:2])[:, None, None, :]
    nearer = boxes[None, :, 3] > boxes[:, None, 3]
    left, top, right, bottom = (boxes[None, :, edge, None, None] for edge in range(4))
    covered = (x >= left) & (x <= right) & (y >= top) & (y <= bottom) & nearer[:, :, None, None]
    return 1 - covered.any(axis=1).mean(axis=(1, 2))


def _poles(chance: np.random.Generator) -> _Reals:
    """(N, 5): box and mean score (logits) of what is no person."""
    count = chance.integers(0, _POLES + 1)
    height = chance.uniform(60, 200, count)
    x, bottom = chance.uniform(30, _SIZE[0] - 30, count), chance.uniform(250, 460, count)
    return np.stack([x - 0.17 * height, bottom - height, x + 0.17 * height, bottom, chance.normal(-0.4, _POLE_SCORE_SD, count)], axis=1)


def _flashes(chance: np.random.Generator) -> Iterator[tuple[float, float, float, float]]:
    for _ in range(chance.poisson(_FLASHES)):
        height = chance.uniform(40, 220)
        x, y = chance.uniform(0, _SIZE[0]), chance.uniform(0, _SIZE[1] - height)
        yield x - 0.2 * height, y, x + 0.2 * height, y + height


def _share_below(normal: _Reals) -> _Reals:
    """The share of standard normals below each, by the logistic that is near it."""
    return 1 / (1 + np.exp(-1.702 * normal))


def _suppressed(frame: int, boxes: _Reals, scores: _Reals) -> Rows:
    """Rows of the boxes that no better one overlaps, as a detector gives them."""
    order = [index for index in np.argsort(-scores, kind="stable") if scores[index] >= _FLOOR]
    overlap: Floats = iou_matrix(boxes, boxes)
    kept: list[int] = []
    for index in order:
        if not any(overlap[index, better] > _OVERLAP for better in kept):
            kept.append(int(index))
    return _rows(frame, np.full(len(kept), -1.0), boxes[kept], scores[kept])


def _rows(frame: int, ids: _Reals, boxes: _Reals, scores: _Reals) -> Rows:
    return np.hstack([np.full((len(ids), 1), float(frame)), ids[:, None], boxes[:, :2], boxes[:, 2:] - boxes[:, :2], scores[:, None]])

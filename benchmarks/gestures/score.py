"""Recognising recorded performances: the product's matching, and plain 1-NN DTW of a public library."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.gestures.files import Performance
from engine.model.errors import EnvironmentFault
from engine.vision.gestures.learning import threshold_of
from engine.vision.gestures.matching import distances, ranks, stacked
from engine.vision.gestures.skeleton import skeleton_of

Array = npt.NDArray[np.float64]
_PLAIN_FRAMES = 30


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The nearest template of each query.

    Attributes:
        truth, labels: of the query, and of its nearest template.
        ratios: (N,) distance over what counts as near: at most 1 is accepted. Of the peer, which learns no threshold, the distance.
        seconds_per_query: making the query's features and matching it against all templates.
    """

    truth: tuple[str, ...]
    labels: tuple[str, ...]
    ratios: Array
    seconds_per_query: float

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        return np.array(self.truth) == np.array(self.labels)

    def accuracy(self) -> float:
        return float(self.right.mean())


def thresholds(templates: Sequence[Performance]) -> dict[str, float]:
    """Of each label: learned from its takes and all others, as the product does; recordings have no everyday movement."""
    learned: dict[str, float] = {}
    for label in dict.fromkeys(one.label for one in templates):
        own = [one.movement for one in templates if one.label == label]
        learned[label] = threshold_of(own, [one.movement for one in templates if one.label != label])[0]
    return learned


def recognise(templates: Sequence[Performance], queries: Sequence[Performance]) -> Found:
    limits, laid_out = thresholds(templates), stacked([one.movement for one in templates])
    owners = np.array([one.label for one in templates])
    labels: list[str] = []
    ratios: list[float] = []
    began = perf_counter()
    for query in queries:
        found = distances(query.movement, laid_out)
        labels.append(templates[int(ranks(query.movement, laid_out, found).argmin())].label)
        ratios.append(float(found[owners == labels[-1]].min()) / limits[labels[-1]])
    return Found(tuple(query.label for query in queries), tuple(labels), np.array(ratios), (perf_counter() - began) / max(len(queries), 1))


def recognise_plainly(templates: Sequence[Performance], queries: Sequence[Performance]) -> Found:
    """Joints around the hips, 30 frames, no window, no threshold: dtaidistance in C.

    Raises:
        EnvironmentFault: `missing_package`.
    """
    warp = peer()
    kept = [_plain(one) for one in templates]
    labels: list[str] = []
    nearest_distances: list[float] = []
    began = perf_counter()
    for query in queries:
        sequence = _plain(query)
        found = [warp(sequence, template) for template in kept]
        nearest = int(np.argmin(found))
        labels.append(templates[nearest].label)
        nearest_distances.append(found[nearest])
    took_s = (perf_counter() - began) / max(len(queries), 1)
    return Found(tuple(query.label for query in queries), tuple(labels), np.array(nearest_distances), took_s)


def peer() -> Any:
    """The distance of the public library, in C. Raises EnvironmentFault (`missing_package`)."""
    try:
        from dtaidistance import dtw_ndim
    except ImportError:
        raise EnvironmentFault(
            "missing_package", "The peer needs the library dtaidistance, which is not installed. Run: pip install 'watchroom[bench]'."
        ) from None
    return dtw_ndim.distance_fast


def _plain(one: Performance) -> Array:
    landmarks = one.take.landmarks.astype(np.float64)
    hips = landmarks[:, skeleton_of(landmarks.shape[1]).hips].mean(axis=1, keepdims=True)
    flat = (landmarks - hips).reshape(len(landmarks), -1)
    wanted = np.linspace(0, len(flat) - 1, _PLAIN_FRAMES)
    before = np.minimum(wanted.astype(np.intp), len(flat) - 2)
    share = (wanted - before)[:, None]
    return flat[before] * (1 - share) + flat[before + 1] * share

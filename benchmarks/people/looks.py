"""Figures of looks of scenes: pictures of the same occurrence told from others, beside the usual ways; and the measuring of their scale.

Same: a picture with each of its alterations, and pictures of one place at different times. Different: any two of different scenes, altered
or not. The scale comes with the program; it was measured on one set of scenes (`--fit`), and is judged here by another.
"""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.people.faces import auc, far_threshold
from benchmarks.people.look_peers import PointMatcher, colours, dhash
from benchmarks.people.look_scenes import ALTERATIONS, ANOTHER_TIME, AS_IT_WAS, Shown, fitting_set, judged_set
from benchmarks.report import Case, above, at_least, at_most, case
from engine.incidents.likeness import ALIKE
from engine.model.geometry import Floats
from engine.model.time import SystemClock, to_iso
from engine.runtime.atomic_file import write_atomically
from engine.vision.models import ModelStore
from engine.vision.scene_looks import CHANNELS, MODEL, SceneFeatures, SceneScale, built_in_scale

_PASSING = 0.005  # of pairs of different scenes, of the set that the scale is measured on
_EACH_DIFFERENT = 20  # points are compared for one of so many different pairs: each takes milliseconds

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def run(data: Path, model: Path | None, fit: Path | None) -> dict[str, Any]:
    """
    Args:
        data: the shared folder's. model: the detector's file; None: the installed one. fit: measure the scale, write it there and judge it.

    Raises:
        InputError: pictures are missing. NotFound: the model is not installed. EnvironmentFault: `fit` cannot be written.
    """
    features = SceneFeatures(model or ModelStore().path(MODEL))
    scale = built_in_scale() if fit is None else _measured(features, fitting_set(data), fit)
    shown = judged_set(data)
    began_s = time.process_time()
    looks = np.array([scale.embedding(each) for each in _features(features, shown)], np.float64)
    ms = (time.process_time() - began_s) / len(shown) * 1e3
    same, different = _pairs(shown)
    alike = looks @ looks.T
    ours = _figures(alike[same], alike[different], ALIKE) | {"ms_per_picture": ms}
    peers = [*_signatures(shown, same, different, ours["fpr"]), _points(shown, same, different, ours["fpr"])]
    params = {"pictures": len(shown), "scenes": len({each.scene for each in shown}), "scale": scale.name}
    return {
        "bench": "looks",
        "cases": [case("looks of scenes", params, ours), *_by_kind(shown, alike, same)],
        "peers": peers,
        "targets": _targets(ours, peers),
    }


def _targets(ours: dict[str, Any], peers: Sequence[Case]) -> list[dict[str, Any]]:
    best = max(peer["metrics"]["auc"] for peer in peers)
    return [
        above("AUC, beside the best peer's", best, ours["auc"]),
        at_least("same scene, share at 0.70 and above", 0.9, ours["tpr"]),
        at_most("different scenes, share at 0.70 and above", 0.02, ours["fpr"]),
    ]


def _features(features: SceneFeatures, shown: Sequence[Shown]) -> list[Floats]:
    """What shows nothing (none of these pictures) would have no look; here it is as good as the mean."""
    found = [features.features(each.picture) for each in shown]
    return [np.zeros(CHANNELS, np.float32) if each is None else each for each in found]


def _measured(features: SceneFeatures, shown: Sequence[Shown], out: Path) -> SceneScale:
    """Mean and deviation of every channel, and the cosine that so few pairs of different scenes reach."""
    found = np.array(_features(features, shown), np.float64)
    mean, deviation = found.mean(axis=0), found.std(axis=0)
    even = (found - mean) / deviation
    even /= np.linalg.norm(even, axis=1, keepdims=True)
    _, different = _pairs(shown)
    limit = float(np.quantile((even @ even.T)[different], 1 - _PASSING))
    known = {
        "name": to_iso(SystemClock().now_ns())[:10],
        "measured_on": f"{len(shown)} pictures of {len({each.scene for each in shown})} scenes by `python -m benchmarks looks --fit`",
        "alike": round(limit, 4),
        "similarity": ALIKE,
        "mean": [round(float(value), 5) for value in mean],
        "deviation": [round(float(value), 5) for value in deviation],
    }
    write_atomically(out, (json.dumps(known, indent=1) + "\n").encode())
    return SceneScale(mean.astype(np.float32), deviation.astype(np.float32), known["alike"], ALIKE, known["name"])


def _pairs(shown: Sequence[Shown]) -> tuple[Mask, Mask]:
    """(n, n) each, above the diagonal: pairs of the same scene, at least one of them as it was; and pairs of different ones."""
    scenes, events = np.array([each.scene for each in shown]), np.array([each.event for each in shown])
    first = np.array([each.kind == AS_IT_WAS for each in shown])
    taken = np.array([each.kind in (AS_IT_WAS, ANOTHER_TIME) for each in shown])
    once = np.triu(np.ones((len(shown), len(shown)), bool), 1)
    told = first[:, None] | first[None] | (taken[:, None] & taken[None])
    return once & told & (scenes[:, None] == scenes[None]), once & (events[:, None] != events[None]) & (scenes[:, None] != scenes[None])


def _figures(same: Matrix, different: Matrix, limit: float) -> dict[str, Any]:
    strict = far_threshold(different)
    return {
        "auc": auc(same, different),
        "tpr": float((same >= limit).mean()),
        "fpr": float((different >= limit).mean()),
        "tpr_at_fpr_0_001": None if strict is None else float((same >= strict).mean()),
        "same": len(same),
        "different": len(different),
    }


def _by_kind(shown: Sequence[Shown], alike: Matrix, same: Mask) -> list[Case]:
    kinds = np.array([each.kind for each in shown])
    cases: list[Case] = []
    for kind in (*ALTERATIONS, ANOTHER_TIME):
        of_kind = alike[same & ((kinds[:, None] == kind) | (kinds[None] == kind))]
        figures = {"tpr": float((of_kind >= ALIKE).mean()), "lowest": float(of_kind.min()), "median": float(np.median(of_kind))}
        cases.append(case(kind, {"pairs": len(of_kind)}, figures))
    return cases


def _signatures(shown: Sequence[Shown], same: Mask, different: Mask, fpr: float) -> list[Case]:
    peers: list[Case] = []
    ways: dict[str, Callable[[Any], npt.NDArray[np.float64]]] = {"dHash": dhash, "colour histogram": colours}
    for name, way in ways.items():
        began_s = time.process_time()
        found = np.array([way(each.picture) for each in shown])
        ms = (time.process_time() - began_s) / len(shown) * 1e3
        alike = found @ found.T
        peers.append(_peer(name, alike[same], alike[different], fpr, {"ms_per_picture": ms}))
    return peers


def _points(shown: Sequence[Shown], same: Mask, different: Mask, fpr: float) -> Case:
    matcher = PointMatcher()
    began_s = time.process_time()
    found = [matcher.points(each.picture) for each in shown]
    ms = (time.process_time() - began_s) / len(shown) * 1e3
    pairs = [np.argwhere(same), np.argwhere(different)[::_EACH_DIFFERENT]]
    began_s = time.process_time()
    alike, unlike = (np.array([matcher.inliers(found[one], found[other]) for one, other in chosen], np.float64) for chosen in pairs)
    pair_ms = (time.process_time() - began_s) / sum(map(len, pairs)) * 1e3
    return _peer("ORB and RANSAC", alike, unlike, fpr, {"ms_per_picture": ms, "ms_per_pair": pair_ms})


def _peer(name: str, same: Matrix, different: Matrix, fpr: float, more: dict[str, float]) -> Case:
    """A peer has no threshold of its own: it is given the one at which it lets pass as many different pairs as ours, or fewer."""
    ranked = np.sort(different)[::-1]
    limit = float(np.nextafter(ranked[min(int(fpr * len(ranked)), len(ranked) - 1)], np.inf))
    return case(name, {"threshold": limit}, _figures(same, different, limit) | more)

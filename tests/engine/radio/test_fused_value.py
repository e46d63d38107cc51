"""Fused values against arithmetic of the test's own: from the raw features of a tick to each link's part in each blob.

Documented formula: Σ over links of w · [ln(F(y|d)·A − F(y−|d)·B) − ln(A − B)], where y is the link's level in bins of 2 dB, d the
depth of the blob in bins of 0.4 dB of 1 + excess/(λ/2), F one person's distribution function of levels, A and B the products over stray
levels and everybody else, at y and just below it. F and the stray levels are what fusion has learned, taken from its state; everything
else is computed here, link by link, without any of the engine's code.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

import numpy as np
import pytest

from engine.model.radio.radio import LinkFeatures, link_ends
from engine.model.site import Floor, RadioSettings
from engine.radio.explain import explain
from engine.radio.location.fusion import BlobFusion, FusionResult
from engine.radio.location.law import ScatterLaw, StrayLevels
from tests.fakes.link_scenes import CORNERS, TICK_NS, features, power_law, stroll


def level_bin(scatter_db: float) -> int:
    return min(max(math.ceil((scatter_db + 150) / 2), 0), 95)


def depth_bin(link: str, spot: Sequence[float], wavelength_m: float) -> int:
    one, other = (CORNERS[mac] for mac in link_ends(link))
    excess = max(math.dist(one, spot) + math.dist(other, spot) - math.dist(one, other), 0.0)
    return min(int(10 * math.log10(1 + excess / (wavelength_m / 2)) / 0.4), 63)


def everybody_else(row: int, seen: LinkFeatures, tracks: Sequence[Mapping[str, Any]], steps: np.ndarray) -> tuple[float, float]:
    """Products over other people of their distribution functions at and just below the level, averaged over where they may be."""
    above = below = 1.0
    level = level_bin(float(seen.scatter_db[row]))
    for track in tracks:
        spots, shares = track["cloud"]["spots"][::8], track["cloud"]["share"][::8]
        depths = [depth_bin(seen.links[row], spot, float(seen.wavelength_m[row])) for spot in spots]
        above *= sum(share * steps[level + 1, depth] for share, depth in zip(shares, depths, strict=True)) / sum(shares)
        below *= sum(share * steps[level, depth] for share, depth in zip(shares, depths, strict=True)) / sum(shares)
    return above, below


def part(row: int, spot: Sequence[float], seen: LinkFeatures, stray: StrayLevels, steps: np.ndarray, others: tuple[float, float]) -> float:
    levels = np.array([level_bin(float(value)) for value in seen.scatter_db])
    level, depth = int(levels[row]), depth_bin(seen.links[row], spot, float(seen.wavelength_m[row]))
    quiet = stray.around(levels)[0]
    above, below = float(quiet[0][row]) * others[0], float(quiet[1][row]) * others[1]
    joined = max(steps[level + 1, depth] * above - steps[level, depth] * below, 1e-12)
    return math.log(joined) - math.log(max(above - below, 1e-12))


@cache
def steps_of_law(law: str) -> np.ndarray:
    learned = ScatterLaw()
    learned.restore(json.loads(law))
    return learned.steps()


def settled(before: Mapping[str, Any], after: Mapping[str, Any], result: FusionResult) -> bool:
    """Whether nothing was learned and nobody was found in the middle of the tick, so that the state tells all that went into it."""
    same_law = all(before["law"][name] == after["law"][name] for name in ("top_db", "settled"))
    known = {track["id"] for track in (before["tracker"] or {"tracks": []})["tracks"]}
    return same_law and bool(result.blobs) and {blob.id for blob in result.blobs} <= known


def recomputed(seen: LinkFeatures, before: Mapping[str, Any], after: Mapping[str, Any], blob: Any) -> list[float]:
    stray = StrayLevels()
    stray.restore(before["stray"])
    steps = steps_of_law(json.dumps(after["law"] | {"tops": [], "evidence": [], "turns": 0}))
    others = [track for track in after["tracker"]["tracks"] if track["id"] != blob.id]
    return [part(row, blob.position, seen, stray, steps, everybody_else(row, seen, others, steps)) for row in range(len(seen.links))]


def test_contributions_are_what_the_raw_features_give_on_a_thousand_blobs():
    blobs = 0
    for seed in range(4):
        fusion, chance = BlobFusion(), np.random.default_rng(seed)
        fusion.place(CORNERS, Floor(), RadioSettings())
        names = map("{}".format, count())
        for number, spots in enumerate(zip(stroll(32, seed=10 + seed), stroll(32, seed=50 + seed), strict=True)):
            seen = features(spots[: 1 + seed % 2], law=power_law, noise_db=chance.normal(0, 2, 6))
            before = fusion.state()
            result = fusion.step((number + 1) * TICK_NS, seen, lambda _, names=names: next(names))
            after = fusion.state()
            if not settled(before, after, result):
                continue
            for blob, evidence in zip(result.blobs, result.evidence, strict=True):
                parts = recomputed(seen, before, after, blob)
                assert blob.fused_value == pytest.approx(sum(parts), rel=1e-6, abs=1e-9)
                assert evidence.contribution.tolist() == pytest.approx(parts, rel=1e-6, abs=1e-9)
                if blobs % 100 == 0:
                    told = [link.contribution for link in explain(evidence).links]
                    assert math.fsum(told) == pytest.approx(blob.fused_value, rel=1e-6, abs=1e-9)
                blobs += 1
    assert blobs >= 1000

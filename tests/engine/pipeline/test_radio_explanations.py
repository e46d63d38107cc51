"""Every blob's fused value is the sum of what its links add, and that sum follows from the links' features by the documented formula."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from engine.model.errors import NotFound
from engine.model.observation import Numbered
from engine.model.radio.blob import Blob, BlobEvidence
from engine.model.radio.radio import LIGHT_M_S, LinkFeatures, link_ends
from engine.model.site import Position
from engine.pipeline.radio.radio import RadioLane
from engine.radio.explain import explain
from engine.radio.location.fusion import BlobFusion, FusionResult
from engine.runtime.radio.explanations import Explanations
from engine.sources.simulated import room_positions
from tests.fakes.radio_runs import SPACE, in_order, new_pipeline, room_run

RUNS = ((1, 6, 1, 40.0), (4, 8, 2, 25.0), (3, 4, 1, 40.0), (7, 5, 2, 25.0))  # seed, nodes, walkers, seconds
WAVE_M = LIGHT_M_S / 2.437e9  # of channel 6


@dataclass(frozen=True, slots=True)
class Moment:
    """One tick: what fusion was given, what it had learned before and after, and what came out."""

    features: LinkFeatures
    stray: Mapping[str, Sequence[float]]
    steps: np.ndarray
    others: Mapping[str, Sequence[tuple[np.ndarray, np.ndarray]]]
    learned: Mapping[str, float]
    evidence: tuple[BlobEvidence, ...]
    blobs: tuple[Blob, ...]


class Watched(BlobFusion):
    """Takes down what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[LinkFeatures, Mapping[str, Sequence[float]], Mapping[str, float], FusionResult]] = []

    def step(self, now_ns, features, new_id):  # type: ignore[no-untyped-def]
        known = self._stray.state()
        stray = dict(zip(known["links"], known["counts"], strict=True))
        result = super().step(now_ns, features, new_id)
        learned = dict(zip(features.links, self._weights.of(features.links).tolist(), strict=True))  # phones teach after this
        self.taken.append((features, stray, learned, result))
        return result


def moments(observed: list[Numbered]) -> list[Moment]:
    pipeline, fusion = new_pipeline(), Watched()
    pipeline.lane(RadioLane)._fusion = fusion
    found: list[Moment] = []
    for numbered in observed:
        if not fusion.taken and pipeline.lane(RadioLane)._fusion is not fusion:  # a start of the engine makes a new one
            pipeline.lane(RadioLane)._fusion = fusion
            pipeline.lane(RadioLane)._place(anew=True)
        picture = pipeline.step(numbered).radio
        if picture is not None and picture.evidence:
            features, stray, learned, result = fusion.taken[-1]
            tracks = fusion._scene.tracker.tracks  # type: ignore[union-attr]
            others = {track.id: [(one.above, one.below) for one in tracks if one is not track] for track in tracks}
            assert [each.blob_id for each in result.evidence] == [each.blob_id for each in picture.evidence]
            found.append(Moment(features, stray, fusion._law.steps(), others, learned, picture.evidence, picture.blobs))
    return found


@pytest.fixture(scope="module", params=RUNS, ids=["one walker", "two walkers", "four nodes", "five nodes, two walkers"])
def run(request: pytest.FixtureRequest) -> tuple[int, list[Moment]]:
    seed, nodes, walkers, seconds = request.param
    return nodes, moments(in_order(room_run(seed, seconds, walkers, nodes)))


def stray_chances(counts: Sequence[float], level: int) -> tuple[float, float]:
    """What a link shows at most with nobody there: counted levels, and a belief worth 40 ticks that it shows nothing."""
    total, belief, seen = sum(counts) + 40.0, 40.0, 0.03

    def up_to(highest: int) -> float:
        return (sum(counts[: highest + 1]) + belief * (1 - seen + seen * highest / 95)) / total

    return up_to(level), up_to(level - 1) if level > 0 else 0.0


def added(row: int, link: str, moment: Moment, each: BlobEvidence, places: Mapping[str, Position]) -> float:
    """What one link adds for one blob, worked out from scratch: log odds of its level with the person there and without."""
    index = moment.features.links.index(link)
    one, other = (places[mac] for mac in link_ends(link))
    excess_m = max(math.dist(one, each.position) + math.dist(each.position, other) - math.dist(one, other), 0.0)
    depth = min(int(10 * math.log10(1 + excess_m / (WAVE_M / 2)) / 0.4), 63)
    level = min(max(math.ceil((float(moment.features.scatter_db[index]) + 150.0) / 2.0), 0), 95)
    above, below = stray_chances(moment.stray.get(link, [0.0] * 96), level)
    for shade_above, shade_below in moment.others[each.blob_id]:
        above, below = above * float(shade_above[row]), below * float(shade_below[row])
    alone = max(above - below, 1e-12)
    joined = max(above * float(moment.steps[level + 1, depth]) - below * float(moment.steps[level, depth]), 1e-12)
    weight = moment.learned[link] if moment.features.age_s[index] < 2.0 else 0.0
    return weight * math.log(joined / alone)


def test_there_are_blobs_enough(run: tuple[int, list[Moment]]) -> None:
    """A thousand over the runs together."""
    assert sum(len(moment.evidence) for moment in run[1]) >= 250


def test_contributions_add_up_to_the_fused_value(run: tuple[int, list[Moment]]) -> None:
    for moment in run[1]:
        for each, blob in zip(moment.evidence, moment.blobs, strict=True):
            assert (each.blob_id, each.number, each.position, each.fused_value) == (blob.id, blob.number, blob.position, blob.fused_value)
            assert math.fsum(each.contribution.tolist()) == pytest.approx(each.fused_value, rel=1e-6, abs=1e-9)
            assert np.isfinite(each.contribution).all() and np.isfinite(each.without).all()


def test_the_fused_value_follows_from_the_features(run: tuple[int, list[Moment]]) -> None:
    nodes, found = run
    places = room_positions(SPACE, nodes)
    for moment in found:
        for each in moment.evidence:
            parts = [added(row, link, moment, each, places) for row, link in enumerate(each.table.links)]
            assert each.contribution.tolist() == pytest.approx(parts, rel=1e-6, abs=1e-9)
            assert math.fsum(parts) == pytest.approx(each.fused_value, rel=1e-6, abs=1e-9)


def test_identity_position_and_links_are_those_of_the_blob(run: tuple[int, list[Moment]]) -> None:
    nodes, found = run
    places = room_positions(SPACE, nodes)
    for moment in found:
        for each, blob in zip(moment.evidence, moment.blobs, strict=True):
            assert each.identity == blob.identity
            assert len(each.table.links) == nodes * (nodes - 1) // 2
    ends = found[-1].evidence[-1].table
    for link, a, b in zip(ends.links, ends.a_m.tolist(), ends.b_m.tolist(), strict=True):
        assert (tuple(a), tuple(b)) == (places[link[:17]], places[link[18:]])


def test_people_are_told_the_same(run: tuple[int, list[Moment]]) -> None:
    """An explanation is the evidence in words: same numbers, zones that hold the blob on their border's inside, shares of one."""
    for moment in run[1][::60]:
        for each in moment.evidence:
            told = explain(each)
            assert [link.contribution for link in told.links] == each.contribution.tolist()
            assert math.fsum(link.contribution for link in told.links) == pytest.approx(told.fused_value, rel=1e-6, abs=1e-9)
            assert math.fsum(link.share for link in told.links) == pytest.approx(1.0) or not any(link.contributing for link in told.links)
            assert told.identity == each.identity and told.position == each.position
            for zone in told.zones:
                outside, distance = math.dist(zone.tx, each.position) + math.dist(each.position, zone.rx), math.dist(zone.tx, zone.rx)
                across, _, along = zone.semi_axes
                assert outside <= 2 * along + 1e-9  # within n zones, and not within n − 1
                assert zone.zone == 1 or outside > distance + (zone.zone - 1) * zone.wavelength_m / 2 - 1e-9
                assert along == pytest.approx((distance + zone.zone * zone.wavelength_m / 2) / 2)
                assert across == pytest.approx(math.sqrt(along**2 - distance**2 / 4))


def test_what_is_kept_gives_back_every_blob_and_no_other(run: tuple[int, list[Moment]]) -> None:
    kept = Explanations(explain)
    for moment in run[1]:
        kept.take(moment.evidence[0].at_ns, moment.evidence)
    newest = {each.blob_id: each for moment in run[1] for each in moment.evidence}
    for blob_id, each in newest.items():
        for name in (blob_id, str(each.number)):
            told = kept.find(name, None)
            assert (told.blob_id, told.at_ns, told.fused_value) == (blob_id, each.at_ns, each.fused_value)
    for stranger in ("blob-nobody", "0", str(max(each.number for each in newest.values()) + 1)):
        with pytest.raises(NotFound):
            kept.find(stranger, None)

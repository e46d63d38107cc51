"""Fusion as a whole: found, followed, given up, explained and carried on exactly."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.model.radio.blob import BlobStatus
from engine.model.radio.radio import LinkFeatures
from engine.model.site import Floor, RadioSettings
from engine.radio.location.fusion import NO_PLACES, BlobFusion, FusionResult
from tests.fakes.link_scenes import CORNERS, TICK_NS, Law, features, power_law, steep, stroll


class Ids:
    def __init__(self) -> None:
        self.given = 0

    def __call__(self, kind: str) -> str:
        self.given += 1
        return f"{kind}-{self.given}"


def placed(floor: Floor | None = None, **settings: object) -> BlobFusion:
    fusion = BlobFusion()
    fusion.place(CORNERS, floor or Floor(), RadioSettings(**settings))  # pyright: ignore[reportArgumentType]
    return fusion


def run(fusion: BlobFusion, seen: Iterable[LinkFeatures], ids: Ids, first: int = 1) -> list[FusionResult]:
    return [fusion.step((first + number) * TICK_NS, each, ids) for number, each in enumerate(seen)]


def scene(people: Sequence[Sequence[np.ndarray]], law: Law = power_law, noise_db: float = 2.0) -> list[LinkFeatures]:
    chance = np.random.default_rng(3)
    return [features(spots, law=law, noise_db=chance.normal(0, noise_db, 6)) for spots in zip(*people, strict=True)]


def nobody(ticks: int) -> list[LinkFeatures]:
    return [features([]) for _ in range(ticks)]


@pytest.mark.parametrize("law", [power_law, steep])
def test_one_walker_is_one_blob_close_by(law: Law):
    walk = list(stroll(30, seed=2))
    results = run(placed(), scene([walk], law), Ids())
    settled = list(zip(results, walk, strict=True))[30:]
    counts = [len(result.blobs) for result, _ in settled]
    assert min(counts) == 1 and max(counts) <= 2
    assert len({result.blobs[0].id for result, _ in settled}) == 1
    assert float(np.mean(np.array(counts) == 1)) > (0.9 if law is power_law else 0.5)
    errors = [float(np.hypot(*(np.array(result.blobs[0].position) - there)[:2])) for result, there in settled]
    assert float(np.median(errors)) < 0.6


def test_two_walkers_far_apart_are_two_blobs():
    walks = [[np.array([x, y, 1.3]) for x, y in zip(xs, ys, strict=True)] for xs, ys in _lanes(250)]
    results = run(placed(), scene(walks), Ids())
    counts = [len(result.blobs) for result in results[80:]]
    assert float(np.mean(np.array(counts) == 2)) > 0.7
    assert max(counts) <= 3


def _lanes(ticks: int) -> list[tuple[np.ndarray, np.ndarray]]:
    way = 2.5 + 1.8 * np.sin(np.arange(ticks) * 0.045)
    return [(way, np.full(ticks, 0.7)), (5 - way, np.full(ticks, 4.3))]


def test_an_empty_room_has_no_blob():
    results = run(placed(), nobody(300), Ids())
    assert all(result.blobs == () and len(result.voxels) == 0 for result in results)


def test_found_within_three_seconds_and_gone_within_five_of_leaving():
    leaving = [np.array([min(0.05 * n, 2.4), 2.5, 1.3]) for n in range(60)] + [
        np.array([max(2.4 - 0.09 * n, 0.05), 2.5, 1.3]) for n in range(27)
    ]
    results = run(placed(), [*nobody(20), *scene([leaving]), *nobody(60)], Ids())
    assert any(result.blobs for result in results[20:51])
    assert results[-1].blobs == ()
    assert not any(result.blobs for result in results[20 + len(leaving) + 50 :])
    assert sum(len(result.ended) for result in results) >= 1


def test_who_stops_in_the_middle_is_not_gone_at_once():
    walk = [np.array([2.5 + 1.2 * np.sin(n * 0.06), 2.6 + 0.8 * np.cos(n * 0.05), 1.3]) for n in range(120)]
    results = run(placed(), [*scene([walk]), *nobody(40)], Ids())
    assert results[-1].blobs


def test_evidence_is_of_the_blobs_and_finite():
    """That its parts are right is held against arithmetic of its own in test_fused_value."""
    for result in run(placed(), scene([list(stroll(15, seed=10)), list(stroll(15, seed=50))]), Ids()):
        for blob, evidence in zip(result.blobs, result.evidence, strict=True):
            assert (evidence.blob_id, evidence.position) == (blob.id, blob.position)
            assert float(evidence.contribution.sum()) == pytest.approx(evidence.fused_value, rel=1e-6, abs=1e-9)
            assert np.isfinite(evidence.without).all()


def test_a_carried_on_fusion_says_the_same_bit_for_bit():
    seen, ids = scene([list(stroll(20, seed=4))]), Ids()
    first = placed()
    run(first, seen[:100], ids)
    second, again = placed(), Ids()
    again.given = ids.given
    second.restore(json.loads(json.dumps(first.state())))
    ours, theirs = run(first, seen[100:], ids, 101), run(second, seen[100:], again, 101)
    assert [result.blobs for result in ours] == [result.blobs for result in theirs]
    assert first.state() == second.state()


def test_a_state_of_another_version_is_refused():
    with pytest.raises(ValueError, match="version"):
        placed().restore({"version": 99})


def test_without_places_it_says_what_to_do():
    fusion = BlobFusion()
    fusion.place({}, Floor(), RadioSettings())
    result = fusion.step(TICK_NS, features([[2.0, 2.0, 1.3]]), Ids())
    assert result.trouble == NO_PLACES
    assert result.blobs == ()


def test_blobs_end_by_name_when_the_places_are_taken_away():
    fusion, ids = placed(), Ids()
    shown = run(fusion, scene([list(stroll(8, seed=2))]), ids)[-1].blobs
    assert shown
    fusion.place({}, Floor(), RadioSettings())
    result = fusion.step(200 * TICK_NS, features([[2.0, 2.0, 1.3]]), ids)
    assert set(result.ended) == {blob.id for blob in shown}


def test_links_that_fell_silent_hold_nobody():
    fusion, ids = placed(), Ids()
    run(fusion, scene([list(stroll(10, seed=2))]), ids)
    quiet = features([])
    stale = LinkFeatures(**{**{name: getattr(quiet, name) for name in quiet.__slots__}, "age_s": np.full(6, 30.0)})
    results = run(fusion, [stale] * 60, ids, 101)
    assert results[-1].blobs == ()
    assert results[-1].trouble


def test_teaching_changes_what_a_link_counts_and_only_when_it_is_wanted():
    lying = {0: 40.0}
    for wanted in (True, False):
        fusion, ids = placed(learn_weights=wanted), Ids()
        walk = list(stroll(40, seed=6))
        for number, spot in enumerate(walk):
            seen = features([spot], noise_db=np.array([lying.get(row, 0.0) for row in range(6)]))
            result = fusion.step((number + 1) * TICK_NS, seen, ids)
            fusion.teach((number + 1) * TICK_NS, (float(spot[0]), float(spot[1]), float(spot[2])))
        weights = [state.weight for state in result.links]
        if wanted:
            assert weights[0] < min(weights[1:])
            assert all(0.4 <= weight <= 1.6 for weight in weights)
            assert result.evidence[0].weight.tolist() == pytest.approx(weights, rel=0.01)
        else:
            assert weights == [1.0] * 6


def test_voxels_that_stand_out_are_around_the_walker():
    spot = np.array([3.1, 1.9, 1.3])
    walk = [*stroll(15, seed=8), *[spot + np.array([0.0, 0.02 * n, 0.0]) for n in range(20)]]
    voxels = run(placed(), scene([walk]), Ids())[-1].voxels
    assert 0 < len(voxels) <= 4000
    assert (np.diff(voxels[:, 3]) <= 0).all()
    assert float(np.hypot(*(voxels[:20, :2].mean(axis=0) - walk[-1][:2]))) < 0.8


def test_two_nodes_do_not_know_which_side_of_the_link():
    places = {"02:00:00:00:00:00": (0.0, 0.0, 2.0), "02:00:00:00:00:02": (5.0, 0.0, 2.0)}
    fusion, ids = BlobFusion(), Ids()
    fusion.place(places, Floor((0.0, -3.0, 5.0, 3.0)), RadioSettings())
    walk = [np.array([2.5, 0.1 + 0.012 * n, 1.3]) for n in range(150)]
    result = [fusion.step((n + 1) * TICK_NS, features([spot], places), ids) for n, spot in enumerate(walk)][-1]
    spread = np.array(result.blobs[0].covariance)
    assert np.sqrt(spread[0, 0] + spread[1, 1]) > 0.6
    assert (np.linalg.eigvalsh(spread) >= -1e-9).all()


def _deaf(seen: LinkFeatures, rows: Sequence[int], age_s: float) -> LinkFeatures:
    """The same where these links have been silent for so long."""
    age = seen.age_s.copy()
    age[list(rows)] = age_s
    return replace(seen, age_s=age)


def test_nobody_outlives_the_last_frame_by_five_seconds():
    fusion, ids = placed(), Ids()
    assert run(fusion, scene([list(stroll(10, seed=2))]), ids)[-1].blobs
    silent = [_deaf(features([]), range(6), 0.1 * (n + 1)) for n in range(60)]
    results = run(fusion, silent, ids, 101)
    assert results[10].blobs
    assert not any(result.blobs for result in results[49:])


def test_breath_of_links_that_are_gone_holds_nobody():
    fusion, ids = placed(), Ids()
    run(fusion, scene([list(stroll(10, seed=2))]), ids)
    frozen = [replace(_deaf(features([]), range(6), 0.1 * (n + 1)), still=np.ones(6)) for n in range(60)]
    assert not any(result.blobs for result in run(fusion, frozen, ids, 101)[49:])


def test_who_breathes_is_kept_and_who_falls_silent_is_less_and_less_sure():
    walk = [np.array([2.5 + 0.8 * np.sin(n * 0.06), 2.5 + 0.8 * np.cos(n * 0.05), 1.3]) for n in range(120)]
    fusion, ids = placed(), Ids()
    run(fusion, scene([walk]), ids)
    breathing = [replace(each, still=np.ones(6)) for each in nobody(300)]
    held = run(fusion, breathing, ids, 121)
    assert all(len(result.blobs) == 1 for result in held)
    silent = run(fusion, nobody(600), ids, 421)
    shown = [result.blobs[0] for result in silent if result.blobs]
    assert all(blob.status is BlobStatus.COASTING for blob in shown)
    assert all(later.confidence <= earlier.confidence for earlier, later in pairwise(shown))
    assert silent[-1].blobs == ()


def test_a_state_that_waits_for_places_is_not_lost():
    first = placed()
    run(first, scene([list(stroll(10, seed=4))]), Ids())
    waiting = BlobFusion()
    waiting.restore(first.state())
    assert waiting.state()["tracker"] == first.state()["tracker"]
    waiting.place({}, Floor(), RadioSettings())
    waiting.step(200 * TICK_NS, features([]), Ids())
    assert waiting.state()["tracker"] == first.state()["tracker"]

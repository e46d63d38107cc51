"""The made-up rooms of the radio bench: held against the recordings in whose manner they are, and their two halves of seeds."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.radio.captures import recording, reflected
from benchmarks.radio.reflection_world import ReflectionCase, perimeter, received, reflection_run, reflections
from benchmarks.radio.seeded import HELD_OUT_SEEDS, TUNING_SEEDS, differences, over_seeds, rows_of, seeds_of
from engine.model.errors import InputError

ONE = ReflectionCase("one", 4, 1, duration_s=3.0)


@pytest.mark.parametrize(("name", "nodes", "space_m"), [("walk2_4n_30hz", 4, (5.0, 5.0)), ("walk1_6n_20hz", 6, (8.0, 6.0))])
def test_frames_along_the_recorded_walk_are_those_of_the_recording(shared: Path, name: str, nodes: int, space_m: tuple[float, float]):
    """Tick by tick the newest frame of every link, made of the true places, against what was recorded."""
    places, chance = perimeter(nodes, space_m), np.random.default_rng(0)
    off: list[float] = []
    for tick in recording(shared / "data/csi/nodesim", name, True).ticks:
        batch = tick.batch
        if batch is None:
            continue
        ways = np.array(tick.truth)[:, None, :]
        for number, (one, other) in enumerate(batch.links):
            newest = int(np.flatnonzero(batch.link == number)[-1])
            amplitude, phase = reflections(places[one], places[other], ways)
            _, rssi = received(amplitude, phase, np.zeros(1), chance)
            off.append(abs(float(rssi[0]) - float(batch.rssi_dbm[newest])))
    assert np.mean(np.array(off) <= 2.0) > 0.9


def test_a_run_is_the_same_for_the_same_seed_and_another_for_another():
    one, same, other = (reflection_run(ONE, seed).frames for seed in (1, 1, 2))
    assert one == same and one != other


def test_nobody_reflects_nothing():
    run = reflection_run(ReflectionCase("empty", 4, 0, duration_s=1.0), 1)
    assert not any(any(frame[24:]) for _, frame in run.frames) and not run.truth


def test_a_made_up_run_reaches_the_engine_as_a_recording_does():
    ticks = list(reflected(ONE, 3, False).ticks)
    batches = [tick.batch for tick in ticks if tick.batch is not None]
    assert len(ticks) > 25 and all(len(tick.truth) == 1 for tick in ticks)
    assert {int(value) for batch in batches for value in batch.rssi_dbm} == {-50} and len(batches[0].links) == 12


def test_the_halves_of_seeds_share_none():
    assert not set(TUNING_SEEDS) & set(HELD_OUT_SEEDS)
    assert set(seeds_of(True, 20)) <= set(HELD_OUT_SEEDS) and len(seeds_of(False, 20)) == 20


def test_seeds_begin_where_told():
    assert seeds_of(True, 3, 2001) == range(2001, 2004)


def test_rows_are_found_by_how_their_names_begin():
    assert [row.name for row in rows_of("our room, one")] == ["our room, one person"]
    assert len(rows_of(None)) == len(rows_of("")) == 7
    with pytest.raises(InputError, match="our room, one person"):
        rows_of("nothing")


def test_an_interval_is_around_the_mean_and_leaves_out_what_was_not_measured():
    metrics = over_seeds("x", {}, seeds_measured(0.1, 0.2, 0.9, None))["metrics"]
    assert metrics["median_m"] == pytest.approx(0.4) and metrics["median_m_low"] < 0.4 < metrics["median_m_high"]


def test_differences_are_of_each_seed_so_that_what_seeds_share_drops_out():
    before, now = (over_seeds("x", {"first_seed": 1}, seeds_measured(*values)) for values in ((0.1, 0.9, 0.5), (0.2, 1.0, None)))
    metrics = differences(before, now)["metrics"]
    assert (metrics["median_m"], metrics["median_m_low"], metrics["median_m_high"]) == pytest.approx((0.1, 0.1, 0.1))


def test_other_seeds_are_not_compared():
    before, now = (over_seeds("x", {"first_seed": first}, seeds_measured(0.1)) for first in (1, 2))
    with pytest.raises(InputError, match="against"):
        differences(before, now)


def seeds_measured(*values: float | None) -> list[dict[str, float | None]]:
    names: tuple[str, ...] = (
        "presence",
        "recall",
        "count_error",
        "count_bias",
        "too_many",
        "median_m",
        "p90_m",
        "in_sigma",
        "switches_per_min",
        "swaps_per_min",
    )
    return [dict.fromkeys(names, value) for value in values]

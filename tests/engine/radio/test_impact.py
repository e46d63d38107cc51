"""A stop is told by how it ends: at once and fast is an impact, slowing down is none, and neither is anything else that people do."""

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.model.radio.radio import CsiBatch
from engine.model.time import SECOND
from engine.radio.falls.impact import AFTER, BEFORE, Impact, best_impact, stirring
from engine.radio.falls.impact_gate import SLOTS as WATCHED
from engine.radio.falls.impact_gate import impact_of
from engine.radio.falls.jolts import SLOT_NS, SLOTS, Jolts, Shakes
from engine.sources.simulated.waves.batches import ROOM_EPOCH_NS, room_batches

PATHS = 12
SILENT_S = 0.4


def made(course: np.ndarray, likeness: float, seed: int = 1) -> Shakes:
    """Paths that see a movement of this course (amplitude over noise), with the speckle and noise of real ones."""
    chance = np.random.default_rng(seed)
    power = np.square(course) * chance.gamma(4, 1 / 4, (PATHS, len(course)))
    energy = power + chance.gamma(8, 1 / 8, (PATHS, len(course)))
    return Shakes(1000, energy, likeness * power - 0.5 * (energy - power))


def stop(duration_s: float, strength: float = 4.0) -> np.ndarray:
    """Moves for 0.8 s and comes to a stand within that time."""
    at_s = (np.arange(BEFORE + AFTER) - BEFORE + 0.5) * SLOT_NS / SECOND
    return strength * np.clip(-at_s / duration_s, 0, 1)


def found(shakes: Shakes) -> Impact:
    impact = best_impact(shakes, 1)
    assert impact is not None
    return impact


@pytest.mark.parametrize("seed", range(5))
def test_stopping_at_once_is_an_impact_and_slowing_down_is_none(seed: int) -> None:
    sudden, slow = found(made(stop(0.05), -0.4, seed)), found(made(stop(0.6), 0.5, seed))
    assert sudden.evidence > 8 and sudden.sudden > 0 and sudden.fast > 0
    assert slow.evidence < 0 and slow.fast < 0
    assert sudden.at_ns == (1000 + 1 - AFTER) * SLOT_NS


@pytest.mark.parametrize("seed", range(5))
def test_going_on_and_keeping_still_are_no_impacts(seed: int) -> None:
    assert impact_of(made(np.full(BEFORE + AFTER + 6, 4.0), -0.4, seed)) is None
    assert impact_of(made(np.zeros(BEFORE + AFTER + 6), -0.5, seed)) is None


def test_a_thing_that_drops_moves_too_briefly() -> None:
    course = stop(0.05)
    course[: BEFORE - 6] = 0
    assert found(made(course, -0.4)).lasted < 0.3 < found(made(stop(0.05), -0.4)).lasted


def test_where_no_path_tells_there_is_nothing() -> None:
    nobody = Shakes(1000, np.zeros((0, BEFORE + AFTER)), np.zeros((0, BEFORE + AFTER)))
    assert best_impact(nobody, 1) is None and impact_of(nobody) is None and stirring(nobody, 6) == 0


def test_one_link_alone_is_not_enough() -> None:
    course = np.concatenate([np.full(6, 4.0), stop(0.05)])
    many = made(course, -0.4)
    assert impact_of(many) is not None
    assert impact_of(Shakes(many.last, many.energy[:2], many.alike[:2])) is None


def heard(scenario: str, seed: int, seconds: float, rate_hz: float = 20.0) -> list[tuple[float, Jolts, Shakes]]:
    jolts, told = Jolts(), []
    for step in room_batches(seed, nodes=4, duration_s=seconds, rate_hz=rate_hz, scenario=scenario, event_at_s=5.0):
        jolts.take(step.batch)
        told.append(((step.now_ns - ROOM_EPOCH_NS) / SECOND, jolts, jolts.shakes(step.now_ns, WATCHED)))
    return told


@pytest.mark.parametrize(("seed", "rate_hz"), [(911, 20.0), (912, 40.0)])
def test_links_fall_silent_when_a_simulated_body_hits_the_floor(seed: int, rate_hz: float) -> None:
    told = heard("fall", seed, 7.5, rate_hz)
    evidence = {round(at_s, 1): impact for at_s, _, shakes in told if (impact := impact_of(shakes)) is not None and at_s > 6}
    assert max(impact.evidence for impact in evidence.values()) > 6
    best = max(evidence.values(), key=lambda impact: impact.evidence)
    assert (best.at_ns - ROOM_EPOCH_NS) / SECOND == pytest.approx(5.85, abs=0.2)
    assert stirring(told[-1][2], 6) < SILENT_S < stirring(next(shakes for at_s, _, shakes in told if at_s > 5.7), 6)


def test_slow_nodes_tell_nothing_rather_than_something_else() -> None:
    _, _, shakes = heard("walk", 901, 3.0, rate_hz=8.0)[-1]
    assert len(shakes.energy) == 0


def one_by_one(batch: CsiBatch) -> Iterator[CsiBatch]:
    for frame in range(len(batch)):
        at = slice(frame, frame + 1)
        told = {name: getattr(batch, name)[at] for name in ("link", "arrival_ns", "rssi_dbm", "noise_dbm", "channel", "n_sub", "iq")}
        yield replace(batch, **told)


def test_frames_that_come_one_by_one_say_the_same_also_where_all_of_a_batch_are_passed_over() -> None:
    together, apart = Jolts(), Jolts()
    steps = list(room_batches(904, nodes=3, duration_s=3.0, rate_hz=80.0))
    for step in steps:
        together.take(step.batch)
        for batch in one_by_one(step.batch):
            apart.take(batch)
    one, other = (jolts.shakes(steps[-1].now_ns, SLOTS // 2) for jolts in (together, apart))
    assert len(one.energy) == 6
    np.testing.assert_allclose(one.energy, other.energy, rtol=1e-3)


def test_continued_from_its_state_it_says_the_same() -> None:
    steps = list(room_batches(903, nodes=3, duration_s=3.0))
    whole, halved = Jolts(), Jolts()
    for number, step in enumerate(steps):
        whole.take(step.batch)
        halved.take(step.batch)
        if number == 14:
            state = json.loads(json.dumps(halved.state()))
            halved = Jolts()
            halved.restore(state)
    one, other = (jolts.shakes(steps[-1].now_ns, SLOTS // 2) for jolts in (whole, halved))
    assert one.last == other.last
    np.testing.assert_array_equal(one.energy, other.energy)
    np.testing.assert_array_equal(one.alike, other.alike)

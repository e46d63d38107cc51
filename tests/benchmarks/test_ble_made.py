"""`python -m benchmarks ble --made`: the made-up floors, the peers, and which seeds are held out."""

import json
import math

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.ble import made_runs
from benchmarks.ble.made_floor import CAMERAS_SEE_M, DEPTH_M, WIDTH_M, MadeFloor
from benchmarks.ble.made_runs import (
    FEW_STOPS,
    FREE,
    GIVEN,
    HELD_OUT_FROM,
    LEARNED,
    STOPS,
    SURVEY,
    TUNING,
    learned_losses,
    least_squares_place,
    neighbours_place,
    run_made,
)
from engine.model.errors import InputError
from engine.model.site import ScannerCalibration
from engine.radio.ble.fingerprints import Fingerprints


@pytest.fixture
def short_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_runs, "_WALK_S", 12)
    monkeypatch.setattr(made_runs, "_LEARNING_S", 30)


def test_a_floor_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    first, again, other = (MadeFloor(seed) for seed in (3, 3, 4))
    place = np.array([5.0, 5.0])
    assert first.anchors == again.anchors != other.anchors
    assert first.hear(place, 0.0, 0.0) == again.hear(place, 0.0, 0.0)
    assert len(first.anchors) == 12


def test_walks_stay_on_the_floor_and_located_people_where_cameras_see() -> None:
    floor = MadeFloor(1)
    places, _ = floor.walk(300)
    assert (places >= 0).all() and (places <= [WIDTH_M, DEPTH_M]).all()
    assert np.linalg.norm(np.diff(places, axis=0), axis=1).max() < 1.2
    assert max(each.place[0] for each in floor.located(1, 100)) < CAMERAS_SEE_M + 1.0


def test_packets_are_lost_and_a_body_shadows() -> None:
    floor = MadeFloor(2)
    place = np.array([WIDTH_M / 2, DEPTH_M / 2])
    heard = [floor.hear(place, 0.0, 0.0) for _ in range(200)]
    assert 0.5 < np.mean([len(each) for each in heard]) / 12 < 0.8
    east = [name for name, spot in floor.anchors.items() if spot[0] > WIDTH_M / 2 + 5]
    facing, turned = ([floor.hear(place, heading, 0.0) for _ in range(200)] for heading in (0.0, np.pi))
    means = [np.mean([each[name] for each in rounds for name in east if name in each]) for rounds in (facing, turned)]
    assert means[0] - means[1] > 3.0


def test_least_squares_finds_a_place_whatever_the_gain() -> None:
    anchors = np.array([(1.0, 1.0, 2.6), (23.0, 1.0, 2.6), (23.0, 14.0, 2.6), (1.0, 14.0, 2.6), (12.0, 7.0, 2.6)])
    losses = [ScannerCalibration("", -60.0 + 2 * row, 2.0 + 0.1 * row, 4.0) for row in range(5)]
    true = np.array([7.0, 5.0])
    away = np.sqrt(((anchors[:, :2] - true) ** 2).sum(axis=1) + 1.4**2)
    rssi = np.array([loss.power_dbm - 10 * loss.exponent * np.log10(far) for loss, far in zip(losses, away, strict=True)]) - 6.0
    assert np.linalg.norm(least_squares_place(anchors, losses, False)(rssi) - true) < 0.5
    rssi[2] = np.nan
    assert np.linalg.norm(least_squares_place(anchors, losses, False)(rssi) - true) < 0.5


def test_neighbours_are_those_that_sound_alike() -> None:
    spots = np.array([(x, y) for x in (1.0, 9.0) for y in np.arange(1.0, 5.0, 0.5)])
    prints = {"a": Fingerprints(spots, -50.0 - 4 * spots[:, 0]), "b": Fingerprints(spots, -90.0 + 4 * spots[:, 0])}
    place = neighbours_place(["a", "b"], prints)
    assert place(np.array([-54.0, -86.0])) == pytest.approx([1.0, 2.75])
    assert place(np.array([np.nan, -56.0]))[0] == 9.0


def test_learned_losses_are_bounded_and_near_the_truth() -> None:
    floor = MadeFloor(5)
    losses = learned_losses(floor, floor.located(3, 200))
    assert set(losses) <= set(floor.anchors) and len(losses) > 8
    assert all(1.0 <= each.exponent <= 6.0 and -110.0 <= each.power_dbm <= 10.0 for each in losses.values())
    assert learned_losses(floor, []) == {}


def test_somebody_who_stops_turns_around_and_says_where_they_are() -> None:
    places = MadeFloor(6).stops(4, 3)
    assert len(places) == 12
    assert all(len(each.rssi_dbm) <= 8 for place in places for each in place.readings)
    assert math.dist((places[0].x, places[0].y), (WIDTH_M / 8, DEPTH_M / 6)) < 1.5
    assert max(place.x for place in places) > 0.8 * WIDTH_M and max(place.y for place in places) > 0.7 * DEPTH_M


@pytest.mark.usefixtures("short_walks")
def test_the_command_scores_held_out_seeds(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []

    class Seen(MadeFloor):
        def __init__(self, seed: int) -> None:
            seeds.append(seed)
            super().__init__(seed)

    monkeypatch.setattr(made_runs, "MadeFloor", Seen)
    assert main(["ble", "--made", "2", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert seeds == [HELD_OUT_FROM, HELD_OUT_FROM + 1]
    assert [row["name"] for row in report["cases"]] == [FREE, LEARNED, SURVEY, STOPS]
    assert {GIVEN, FEW_STOPS} <= {row["name"] for row in report["peers"]}
    assert len(report["peers"]) == 7 and len(report["targets"]) == 8
    assert all(0 < row["metrics"]["median_m"] <= row["metrics"]["p90_m"] < WIDTH_M for row in report["cases"] + report["peers"])


@pytest.mark.parametrize(("seeds", "held_out"), [(0, True), (-1, False), (TUNING + 1, False)])
def test_seeds_that_are_none_or_held_out_are_refused(seeds: int, held_out: bool) -> None:
    with pytest.raises(InputError):
        run_made(seeds, held_out)

"""`python -m benchmarks people`: its scores on made-up people, its contract on a short run."""

import json

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.people.people_cameras import SIZE, four_cameras
from benchmarks.people.people_peers import Placed
from benchmarks.people.people_score import Duel, NameScore, PlaceScore
from benchmarks.people.people_world import PEOPLE, Mishap, PeopleWorld
from engine.sources.simulated.waves.room import Room, Space

OK, BAD_INPUT = 0, 2
TRUTH = np.array([[1.0, 1.0], [4.0, 4.0]])


def placed(name: str, x: float, y: float, spread: float | None = None) -> Placed:
    return Placed(name, np.array([x, y]), None if spread is None else spread * np.eye(2))


def test_an_exchange_is_two_switches_and_who_stays_near_keeps_the_name():
    score = PlaceScore()
    for names in ("ab", "ab", "ba", "ba"):
        score.tick([placed(names[0], 1.1, 1.0), placed(names[1], 4.0, 4.0)], TRUTH)
    assert score.switches == 2
    score.tick([placed("b", 1.9, 1.0), placed("c", 1.0, 1.0), placed("a", 4.0, 4.0)], TRUTH)
    assert score.switches == 2  # b is near still, though c is nearer


def test_somebody_too_many_counts_and_somebody_missing_is_not_found():
    score = PlaceScore()
    score.tick([placed("a", 1, 1), placed("ghost", 9, 9), placed("ghost too", 9, 8)], TRUTH)
    assert (score.metrics()["count_error"], score.metrics()["recall"]) == (1.0, 0.5)


def test_a_told_spread_is_held_against_the_error():
    score = PlaceScore()
    score.tick([placed("a", 1.5, 1.0, 1.0), placed("b", 4.5, 4.0, 0.01)], TRUTH)
    assert score.metrics()["in_sigma"] == 0.5


def test_a_duel_compares_the_same_people_at_the_same_instants_only():
    duel = Duel()
    assert duel.won is None
    duel.tick({0: 0.1, 1: 9.0}, {0: 0.2, 2: 0.0})
    assert duel.won is True and duel.metrics()["instants"] == 1


def test_names_are_timed_and_wrong_ones_counted_once_each():
    score = NameScore()
    for t_s, names in ((1.0, {0: ""}), (2.0, {0: "p1"}), (3.0, {0: "p1"}), (4.0, {0: "p0"})):
        score.tick(t_s, names, 1)
    assert score.metrics() == {"named": 0.25, "misnamed": 0.5, "false_names": 1, "name_s": 4.0}


def test_boxes_stand_on_the_people_they_show_and_seeds_hang_cameras_otherwise():
    space = Space.parse("8x6x2.6")
    cameras, bodies = four_cameras(space, 3), Room(space, PEOPLE, 3).at(10.0)
    shown = [camera.shows(bodies) for camera in cameras]
    assert any(shown) and all(0 <= box[0] < box[2] <= SIZE[0] for boxes in shown for box in boxes.values())
    for camera, boxes in zip(cameras, shown, strict=True):
        for body in bodies:
            if body.id in boxes:
                (x, y), _ = camera.lens.project(body.mass_m)
                assert boxes[body.id][0] <= np.clip(x, 0, SIZE[0]) <= boxes[body.id][2] and y > boxes[body.id][1]
    assert cameras[0].believed != four_cameras(space, 4)[0].believed


def test_each_third_seed_exchanges_phones_or_leaves_one():
    assert [PeopleWorld(seed).mishap for seed in (1, 2, 3)] == [Mishap.SWAP, Mishap.LEFT, Mishap.NONE]


def test_a_short_run_keeps_the_contract(capsys: pytest.CaptureFixture[str]):
    assert main(["people", "--seeds", "1", "--seconds", "12", "--json"]) == OK
    report = json.loads(capsys.readouterr().out)
    seed, overall = report["cases"]
    assert seed["metrics"]["median_m"] < 0.5 and seed["metrics"]["recall"] > 0.8 and overall["params"]["seeds"] == 1
    assert {peer["params"].get("sensor", "") for peer in report["peers"]} == {"c0", "c1", "c2", "c3", "radio", ""}
    assert all(set(target) == {"metric", "target", "measured", "met"} for target in report["targets"])


def test_no_seeds_are_refused(capsys: pytest.CaptureFixture[str]):
    assert main(["people", "--seeds", "0"]) == BAD_INPUT

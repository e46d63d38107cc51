import json

import numpy as np
import pytest

from engine.fusion.alignment import Alignment, Glance

PER_PIXEL = 0.02 * np.array([[1.0, 0.2], [0.0, 2.0]])
NOISE = 16.0 * np.eye(2)


def glance(camera_id: str, shown_off: tuple[float, float], aligned: Alignment, chance: np.random.Generator, prior: float = 8.0) -> Glance:
    """Somebody at the origin, by a camera that shows everything `shown_off` pixels beside."""
    left = np.array(shown_off) - aligned.off(camera_id) + chance.normal(0, 4, 2)
    return Glance(camera_id, PER_PIXEL @ left, PER_PIXEL, NOISE, prior)


def learned(offs: dict[str, tuple[float, float]], priors: dict[str, float], ticks: int = 1500) -> Alignment:
    aligned, chance = Alignment(), np.random.default_rng(4)
    for _ in range(ticks):
        first, *others = [glance(name, off, aligned, chance, priors.get(name, 8.0)) for name, off in offs.items()]
        for other in others:
            aligned.agree(first, other, 0.1)
    return aligned


def test_a_camera_that_hangs_a_little_wrong_gives_way_to_those_that_are_trusted_more():
    aligned = learned({"sure": (0.0, 0.0), "wrong": (10.0, -6.0)}, {"sure": 1.0})
    assert aligned.off("wrong") == pytest.approx((10.0, -6.0), abs=1.0)
    assert np.hypot(*aligned.off("sure")) < 0.5
    assert aligned.doubt("wrong") < 0.5 < aligned.doubt("sure")


def test_of_two_that_are_trusted_alike_each_gives_way_half_and_the_doubt_stays():
    aligned = learned({"one": (0.0, 0.0), "other": (10.0, 0.0)}, {})
    assert aligned.off("other")[0] - aligned.off("one")[0] == pytest.approx(10.0, abs=1.0)
    assert aligned.off("one")[0] == pytest.approx(-5.0, abs=1.0)
    assert aligned.doubt("one") > 0.6


def test_who_hangs_elsewhere_now_begins_anew_and_the_others_stay():
    aligned = learned({"sure": (0.0, 0.0), "wrong": (10.0, -6.0)}, {"sure": 1.0}, 300)
    before = aligned.off("wrong")
    aligned.reset_cameras(["sure"])
    assert (aligned.off("sure"), aligned.doubt("sure"), aligned.off("wrong")) == ((0.0, 0.0), 1.0, before)


def test_a_continued_state_learns_on_alike():
    one = learned({"a": (3.0, 1.0), "b": (0.0, 0.0)}, {}, 50)
    other = Alignment()
    other.restore(json.loads(json.dumps(one.state())))
    for aligned in (one, other):
        chance = np.random.default_rng(9)
        aligned.agree(glance("a", (3.0, 1.0), aligned, chance), glance("c", (0.0, 0.0), aligned, chance), 0.1)
    assert one.state() == other.state()

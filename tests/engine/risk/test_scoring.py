"""Hit rate, PAI and PEI* by hand, ties by their part, intervals that say when two maps are the same."""

import numpy as np
import pytest

from engine.risk.scoring import LEAST_DAYS, Tally, best_possible, caught, map_score

TEN = np.array([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], np.float32)


def at(*places: int) -> np.ndarray:
    return np.array(places, np.int64)


def test_incidents_in_the_riskiest_part_are_caught() -> None:
    assert caught(TEN, at(0, 1, 2, 9), np.array([0.2])).tolist() == [[1.0, 1.0, 0.0, 0.0]]
    assert caught(TEN, at(2), np.array([0.1, 0.3, 1.0])).ravel().tolist() == [0.0, 1.0, 1.0]


def test_ties_that_the_border_cuts_through_count_by_their_part() -> None:
    even = np.ones(10, np.float32)
    assert caught(even, at(3, 7), np.array([0.05, 0.5])).tolist() == pytest.approx(np.array([[0.05, 0.05], [0.5, 0.5]]))
    some = np.array([5, 1, 1, 1, 1, 0, 0, 0, 0, 0], np.float32)
    assert caught(some, at(0, 1, 5), np.array([0.3])).ravel() == pytest.approx([1.0, 0.5, 0.0])  # two more of four


def test_a_share_of_less_than_a_cell_is_part_of_it() -> None:
    assert caught(TEN, at(0), np.array([0.05])).item() == pytest.approx(0.5)


def test_incidents_outside_of_the_cells_are_missed() -> None:
    assert caught(TEN, at(-1), np.array([1.0])).item() == 0.0


def test_the_best_possible_takes_the_fullest_cells() -> None:
    places = at(4, 4, 4, 2, 2, 9)
    assert best_possible(places, 10, 0.1) == 3
    assert best_possible(places, 10, 0.25) == pytest.approx(5.5)
    assert best_possible(places, 10, 1.0) == 6
    assert best_possible(at(-1, 3), 10, 0.5) == 1


def tally(days: int, good: float, seed: int = 3) -> Tally:
    """Days of ten incidents on a hundred cells, with so much of them where the map says."""
    draw = np.random.default_rng(seed)
    found = Tally((0.1,))
    risks = np.arange(100, 0, -1).astype(np.float32)
    for _ in range(days):
        places = np.where(draw.random(10) < good, draw.integers(0, 10, 10), draw.integers(0, 100, 10))
        found.add_day({"map": risks, "same": risks.copy(), "even": np.ones(100, np.float32)}, places)
    return found


def test_known_answers() -> None:
    found = Tally((0.2,))
    for _ in range(LEAST_DAYS):
        found.add_day({"map": TEN, "even": np.ones(10, np.float32)}, at(0, 0, 1, 9))
    own = found.measured("map", 0.2, found.drawn_days())
    assert (own.hit, own.pai, own.pei) == pytest.approx((0.75, 3.75, 1.0))  # two cells could have had three of four
    assert (own.low, own.high) == pytest.approx((0.75, 0.75))  # every day was the same
    even = found.compared("map", "even", 0.2, found.drawn_days())
    assert even.measured.hit == pytest.approx(0.2)
    assert (even.measured.pai, even.ahead) == pytest.approx((1.0, 0.55))


def test_it_beats_only_what_it_is_surely_better_than() -> None:
    score = map_score(tally(40, 0.6), "map", 0.1)
    assert score is not None
    assert not score.beats  # one peer is the same map
    assert {peer.name: round(peer.pai, 6) for peer in score.peers} == {"same": round(score.pai, 6), "even": 1.0}
    assert score.low < score.hit < score.high


def test_few_days_say_nothing() -> None:
    assert map_score(tally(LEAST_DAYS - 1, 0.9), "map", 0.1) is None
    assert map_score(tally(LEAST_DAYS, 0.9), "map", 0.1) is not None


def test_the_interval_holds_the_rate_as_often_as_it_says() -> None:
    """Nominal 95 % over days; 80 runs of 60 days."""
    truth = 0.4 + 0.6 * 0.1
    held = 0
    for seed in range(80):
        found = tally(60, 0.4, seed)
        own = found.measured("map", 0.1, found.drawn_days())
        held += own.low <= truth <= own.high and own.high - own.low < 0.12
    assert 70 <= held <= 80

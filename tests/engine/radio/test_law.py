"""Which law of scattering a site has: several people must not pass for one person under another law."""

import json
from itertools import combinations, pairwise

import numpy as np
import pytest

from engine.model.radio.radio import link_id
from engine.radio import kernels
from engine.radio.geometry import LinkGeometry
from engine.radio.kernels import DEPTHS, LEVELS, TickLevels
from engine.radio.location.fit import best_fit
from engine.radio.location.law import FAMILY, ScatterLaw, StrayLevels, fall_db, one_for_two, scatter_law
from engine.radio.location.likelihood import level_bins, steps_of
from engine.radio.location.search import FloorLattice

ROOM = {
    f"AA:00:00:00:00:0{n}": (x, y, 2.0) for n, (x, y) in enumerate([(0.0, 0.0), (4.0, 0.0), (8.0, 0.0), (8.0, 6.0), (4.0, 6.0), (0.0, 6.0)])
}
LINKS = tuple(link_id(one, other) for one, other in combinations(ROOM, 2))


def seen_of(levels: list[int]) -> TickLevels:
    ones = np.ones(len(levels))
    return TickLevels(np.array(levels, np.intp), (ones, 0.5 * ones), ones)


def test_two_people_who_scatter_alike_are_as_one_who_stands_nearer():
    falls = fall_db("power", 4.0)
    both = one_for_two(falls)
    assert np.array_equal(both, both.T)
    for depth in (20, 40, 60):
        assert falls[both[depth, depth]] == pytest.approx(falls[depth] - 10 * np.log10(2), abs=1.0)
        assert abs(int(both[depth, DEPTHS - 1]) - depth) <= 1  # who is far away adds nothing


def test_a_round_weighs_every_law_once_by_the_same_levels():
    law, weighed = ScatterLaw(), []
    for tick in range(2 * len(FAMILY)):
        seen, which = law.due(("one",), seen_of([tick % LEVELS]))
        weighed.append((int(seen.level[0]), which))
    rounds = [weighed[begin : begin + len(FAMILY)] for begin in range(0, len(weighed), len(FAMILY))]
    assert [each for _, each in rounds[0]] == list(range(len(FAMILY)))
    assert len({level for level, _ in rounds[0]}) == 1
    assert rounds[1][0][0] != rounds[0][0][0]


def test_later_one_law_is_weighed_now_and_then():
    law = ScatterLaw()
    asked = [law.due(("one",), seen_of([3]))[1] for _ in range(700)]
    assert None not in asked[:300] and 90 <= sum(each is not None for each in asked[300:]) <= 110


def test_other_links_begin_another_round():
    law = ScatterLaw()
    law.due(("one",), seen_of([3]))
    seen, which = law.due(("another",), seen_of([5]))
    assert which == 0 and int(seen.level[0]) == 5


def test_a_law_goes_on_in_the_middle_of_a_round_where_it_was_kept():
    law, seen = ScatterLaw(), seen_of([3, 7])
    law.see(np.array([-40.0, -60.0]))
    for _ in range(3):
        which = law.due(("a", "b"), seen)[1]
        assert which is not None
        law.weigh(which, 0.1 * which, 0.1)
    kept = ScatterLaw()
    kept.restore(json.loads(json.dumps(law.state())))
    ours, theirs = law.due(("a", "b"), seen_of([1, 1])), kept.due(("a", "b"), seen_of([1, 1]))
    assert ours[1] == theirs[1]
    assert all(np.array_equal(one, other) for one, other in pairwise([ours[0].level, theirs[0].level, seen.level]))
    assert law.state() == kept.state()


def test_what_was_learned_of_another_family_is_begun_anew():
    law = ScatterLaw()
    law.restore({"top_db": -40.0, "tops": [-40.0], "evidence": [9.0] * 24, "settled": [9.0] * 24, "turns": 7})
    assert law.state()["settled"] == [0.0] * len(FAMILY) and law.top_db == -40.0


@pytest.mark.parametrize("people", [1, 2, 3])
def test_the_law_by_which_levels_were_made_explains_them_best_however_many_there_are(people: int):
    geometry = LinkGeometry.of(LINKS, np.full(len(LINKS), 0.123), ROOM)
    lattice, chance = FloorLattice((0.0, 0.0, 0.0, 8.0, 6.0, 2.4), geometry), np.random.default_rng(people)
    laws = {name: (steps_of(scatter_law(-30.0, *name)), one_for_two(fall_db(*name[:2]))) for name in FAMILY if name[2:] == (60.0, 5.0)}
    told, stray = dict.fromkeys(laws, 0.0), StrayLevels()
    stray.follow(LINKS)
    for _ in range(25):
        spots = np.column_stack([chance.uniform(0.5, 7.5, people), chance.uniform(0.5, 5.5, people), np.full(people, 1.4)])
        excess_m = geometry.excess(spots)
        power = (10 ** (-2.5 - 4.0 * np.log10(1 + excess_m / 0.0615))).sum(axis=0)
        level = level_bins(10 * np.log10(power))
        seen = TickLevels(level, stray.around(level)[0], np.ones(len(LINKS)))
        for name, (steps, two) in laws.items():
            table = kernels.ratios(steps, seen.level, seen.stray, seen.weight)
            told[name] += best_fit(table, two, lattice, geometry)
    assert max(told, key=told.__getitem__)[:2] == ("power", 4.0)

"""Somebody more, found by the Doppler shifts that those who are followed leave over; and who is nobody."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from engine.radio.geometry import LinkGeometry
from engine.radio.links.doppler import claimed, gain, left_over, ratios, shifts
from engine.radio.links.ripples import RATES_HZ
from engine.radio.location.hunt import Hunt, Residue
from tests.fakes.link_scenes import CORNERS, links_of

LIMITS = (0.0, 0.0, 5.0, 5.0)
NOBODY = np.empty((0, 2))


@pytest.fixture
def geometry() -> LinkGeometry:
    places = {**CORNERS, "02:00:00:00:00:04": (2.5, 0.0, 1.6), "02:00:00:00:00:05": (2.5, 5.0, 1.6)}
    links, a, _ = links_of(places)
    return LinkGeometry.of(links, np.full(len(a), 0.123), places)


def walk(seconds: float, turn: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Place and velocity, ten a second, of who goes round on a circle around the middle of the room."""
    angle = turn + 0.55 * np.arange(0, seconds, 0.1)
    return [
        (np.array([2.5 + 1.7 * np.cos(at), 2.5 + 1.7 * np.sin(at), 1.2]), 0.935 * np.array([-np.sin(at), np.cos(at), 0.0])) for at in angle
    ]


def spectra(geometry: LinkGeometry, people: Sequence[tuple[np.ndarray, np.ndarray]], chance: np.random.Generator) -> np.ndarray:
    """Power around the shift of each person over noise, 1 on the average."""
    power = 0.1 * chance.gamma(8, 1 / 8, (len(geometry), len(RATES_HZ)))
    for spot, speed in people:
        power += np.exp(-np.square(RATES_HZ - shifts(geometry, spot[None], speed[None])[0][:, None]) / 3)
    return power / power.mean(axis=1, keepdims=True)


def hunted(
    geometry: LinkGeometry, seen: Sequence[np.ndarray], taken: Sequence[np.ndarray] | None = None, seed: int = 5
) -> list[Hunt | None]:
    """Tick by tick: the hunt where it has found somebody."""
    hunt, chance, found = Hunt(LIMITS), np.random.default_rng(seed), list[Hunt | None]()
    for number, each in enumerate(seen):
        spots = NOBODY if taken is None else taken[number][None, :2]
        hunt.step(0.1, Residue(each, np.ones(len(geometry)), spots), geometry, chance)
        found.append(hunt if hunt.is_certain(spots) else None)
    return found


def test_one_who_walks_is_found_near_where_they_are(geometry: LinkGeometry) -> None:
    chance, way = np.random.default_rng(1), walk(6, 0.0)
    hunt = hunted(geometry, [spectra(geometry, [each], chance) for each in way])[-1]
    assert hunt is not None and hunt.cloud is not None
    assert np.hypot(*(hunt.cloud.median() - way[-1][0])[:2]) < 0.8


def test_noise_is_nobody(geometry: LinkGeometry) -> None:
    chance = np.random.default_rng(2)
    assert not any(hunted(geometry, [spectra(geometry, [], chance) for _ in range(100)]))


def test_power_that_follows_no_walk_is_nobody(geometry: LinkGeometry) -> None:
    chance, way = np.random.default_rng(3), walk(10, 0.0)
    shuffled = [chance.permuted(spectra(geometry, [one], chance), axis=1) for one in way]
    assert not any(hunted(geometry, shuffled))


def test_beside_one_who_is_followed_only_the_second_is_found(geometry: LinkGeometry) -> None:
    chance, first, second = np.random.default_rng(4), walk(6, 0.0), walk(6, np.pi)
    claims = [claimed(geometry, spot[None], speed[None], np.ones(1)) for spot, speed in first]
    alone = [left_over(spectra(geometry, [one], chance), [claim]) for one, claim in zip(first, claims, strict=True)]
    both = [left_over(spectra(geometry, [*pair], chance), [claim]) for *pair, claim in zip(first, second, claims, strict=True)]
    taken = [spot for spot, _ in first]
    assert not any(hunted(geometry, alone, taken))
    hunt = hunted(geometry, both, taken)[-1]
    assert hunt is not None and hunt.cloud is not None
    assert np.hypot(*(hunt.cloud.median() - second[-1][0])[:2]) < 0.8


def test_a_cloud_claims_its_shift_where_it_is_sure_and_hardly_anything_where_it_is_not(geometry: LinkGeometry) -> None:
    spot, speed = np.array([[2.0, 3.0, 1.2]]), np.array([[0.9, 0.3, 0.0]])
    sure = claimed(geometry, spot, speed, np.ones(1))
    column = np.rint(shifts(geometry, spot, speed)[0] - RATES_HZ[0]).astype(int)
    each = np.arange(len(geometry))
    assert (sure[each, column] == 1).all() and (sure[each, column + 1] == 1).all() and (sure[each, column - 3] == 0).all()
    chance = np.random.default_rng(5)
    spots = np.column_stack([chance.uniform(0.2, 4.8, (400, 2)), np.full(400, 1.2)])
    speeds = np.column_stack([chance.normal(0, 0.9, (400, 2)), np.zeros(400)])
    vague = claimed(geometry, spots, speeds, np.full(400, 1 / 400))
    assert np.median(vague.max(axis=1)) < 0.5
    left = ratios(left_over(np.full(sure.shape, 5.0), [sure]), np.ones(len(each)))
    assert gain(geometry, left, spot, speed)[0] == pytest.approx(0, abs=1e-9)


def test_a_hunt_carried_on_says_the_same(geometry: LinkGeometry) -> None:
    chance, way = np.random.default_rng(6), walk(3, 0.0)
    first, second, ours, theirs = Hunt(LIMITS), Hunt(LIMITS), np.random.default_rng(7), np.random.default_rng(8)
    seen = [Residue(spectra(geometry, [each], chance), np.ones(len(geometry)), NOBODY) for each in way]
    for each in seen[:15]:
        first.step(0.1, each, geometry, ours)
    second.restore(json.loads(json.dumps(first.state())))
    theirs.bit_generator.state = ours.bit_generator.state
    for each in seen[15:]:
        first.step(0.1, each, geometry, ours)
        second.step(0.1, each, geometry, theirs)
    assert first.state() == second.state()
    second.restore(None)
    assert second.cloud is None and not second.is_certain(NOBODY)

"""Features of links in a made-up room: people whose scattered power falls with the excess, by a law of the test's choice."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.model.radio.radio import LinkFeatures, link_id, wavelength_m
from engine.model.site import Position
from engine.radio.fresnel import excess_m

CORNERS: dict[str, Position] = {
    "02:00:00:00:00:00": (0.0, 0.0, 2.0),
    "02:00:00:00:00:01": (5.0, 0.0, 1.2),
    "02:00:00:00:00:02": (5.0, 5.0, 2.0),
    "02:00:00:00:00:03": (0.0, 5.0, 1.2),
}
Law = Callable[[np.ndarray], np.ndarray]
TICK_NS = 100_000_000


def steep(excess: np.ndarray) -> np.ndarray:
    """dB: exponential decay of the perturbation, as Wilson and Patwari have it."""
    return -30 - 60 * (1 - np.exp(-excess / 0.8))


def power_law(excess: np.ndarray) -> np.ndarray:
    return -40 - 35 * np.log10(1 + excess / 0.06)


def links_of(places: dict[str, Position]) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    macs = sorted(places)
    pairs = [(one, other) for index, one in enumerate(macs) for other in macs[index + 1 :]]
    ends = [np.array([places[pair[side]] for pair in pairs]) for side in (0, 1)]
    return tuple(link_id(*pair) for pair in pairs), ends[0], ends[1]


def features(
    people: Sequence[Sequence[float]], places: dict[str, Position] = CORNERS, law: Law = power_law, noise_db: np.ndarray | float = 0.0
) -> LinkFeatures:
    links, a, b = links_of(places)
    power = np.zeros(len(links))
    for spot in people:
        power += 10 ** (law(excess_m(np.array([spot], float), a, b)[0]) / 10)
    scatter = 10 * np.log10(np.maximum(power, 1e-12)) + noise_db
    seen, ones = scatter > -85, np.ones(len(links))
    return LinkFeatures(
        links=links,
        activity=np.where(seen, 10.0, 0.0),
        change=np.where(seen, 0.3, 0.0),
        strength=np.where(seen, 0.5, 0.0),
        motion=seen,
        still=0 * ones,
        health=ones,
        rate_hz=40 * ones,
        age_s=0.02 * ones,
        wavelength_m=wavelength_m(6) * ones,
        scatter_db=np.where(seen, scatter, -200.0),
    )


def stroll(seconds: float, seed: int = 1, size: float = 5.0, speed: float = 0.9, height: float = 1.3) -> Iterator[np.ndarray]:
    """Positions, ten a second, of somebody who walks from place to place."""
    chance = np.random.default_rng(seed)
    here, goal = chance.uniform(0.6, size - 0.6, 2), chance.uniform(0.6, size - 0.6, 2)
    for _ in range(round(seconds * 10)):
        way = goal - here
        far = float(np.hypot(*way))
        if far < 0.1:
            goal = chance.uniform(0.6, size - 0.6, 2)
        else:
            here = here + way / far * min(far, speed * 0.1)
        yield np.append(here, height)

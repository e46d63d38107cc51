"""Clouds of guesses of where somebody is, in numpy. clouds.c comes to the same bits."""

import numpy as np

from engine.radio.kernels.arrays import Array, Bins, Depths, Lines, Pair
from engine.radio.kernels.plain import depths, excess, exp, log, looked_up, over_links, ratios, shade, totals

SOLID, BODY_M = 5.0, 0.45  # two bodies are not at one place
_BODY = -1.0 / (2.0 * (BODY_M * BODY_M))
_LEAST = 1e-300
Box = tuple[float, float, float, float]
Shades = tuple[Array, Array, Array]


def weigh(gain: Array, share: Array, scale: float, temper: float, haste: float) -> tuple[Array, float, float]:
    """Bayes' rule with log-likelihood ratios `gain` (N,) times `scale`, tempered by `haste`.

    Returns:
        Shares (N,) to come, the log of the mean likelihood ratio, tempered by `temper`, and the sum of the squares of these shares.
    """
    scaled = gain * scale
    top = np.maximum.reduce(scaled)
    below = scaled - top
    joint = share * exp(haste * below)
    total = np.add.reduce(joint)
    mean = total if temper == haste else np.add.reduce(share * exp(temper * below))
    evidence = log(np.maximum(mean, _LEAST).reshape(1))[0] + temper * top
    weighed = joint / total
    return weighed, float(evidence), float(np.add.reduce(weighed * weighed))


def resampled(spots: Array, speeds: Array, share: Array, draw: float) -> Pair:
    """Guesses (N, 3) and their speeds as often as their shares say, from evenly spaced marks, the first `draw` (0–1) of a step up."""
    count = len(share)
    marks = (np.arange(count) + draw) / count
    chosen = np.minimum(np.searchsorted(np.cumsum(share), marks), count - 1)
    return spots[chosen], speeds[chosen]


def beside_bodies(gain: Array, spots: Array, taken: Array) -> Array:
    """Gain (N,) of spots (N, 2 or 3), less what bodies (n, 2) that stand there already leave no room for."""
    for spot in taken:
        off = spots[:, :2] - spot
        gain = gain - SOLID * exp((off[:, 0] * off[:, 0] + off[:, 1] * off[:, 1]) * _BODY)
    return gain


def _flowed(share: Array, part: float) -> Array:
    """Rows (x, …) with that part of their differences evened out between neighbours."""
    flow = part * (share[1:] - share[:-1])
    even = share.copy()
    even[:-1] += flow
    even[1:] -= flow
    return even


def search(gain: Array, share: Array, shape: tuple[int, int], part: float, stays: float, comes: float) -> tuple[Array, float, float]:
    """A step of the search for somebody more over squares of a floor, whose numbers along and across are `shape`.

    Args:
        gain, share: (squares,) log-likelihood ratios, and where somebody is. part: of the differences between neighbours is evened out.
        stays, comes: chance that somebody is there still, or has come, anywhere.

    Returns:
        Shares that add up to the last number, the greatest gain, and that sum.
    """
    spread = _flowed(_flowed(share.reshape(shape), part).T, part).T.ravel()
    top = np.maximum.reduce(gain)
    joint = (stays * spread + comes / len(gain)) / (stays + comes) * exp(gain - top)
    return joint, float(top), float(np.add.reduce(joint))


def moments(spots: Array, speeds: Array, share: Array, box: Box) -> Array:
    """(16,) of a cloud: mean place and speed, the place's covariance (3, 3), and the share inside a box: west, south, east, north."""
    both = np.concatenate([spots.T, speeds.T])
    means = np.add.accumulate(share * both, axis=1)[:, -1]
    off = both[:3] - means[:3, None]
    spread = np.add.accumulate((off * share)[:, None] * off, axis=2)[..., -1]
    west, south, east, north = box
    x, y = both[0], both[1]
    inside = np.add.reduce(np.where((x > west) & (y > south) & (x < east) & (y < north), share, 0.0))
    return np.concatenate([means, spread.ravel(), [inside]])


def shade_cloud(lines: Lines, law: Array, level: Bins, spots: Array, share: Array, every: int) -> tuple[Depths, Array, Shades]:
    """Every so manieth guess of a cloud (N, 3): what others need to know of it.

    Returns:
        Their depths (L, n), shares (n,), and what they make of each link, all (L,): distribution functions above and below the level that
        it shows, and of nothing seen.
    """
    parts = share[::every]
    parts = parts / max(float(np.add.reduce(parts)), _LEAST)
    deep = depths(lines, np.ascontiguousarray(spots[::every]))
    above, below = shade(law, level, deep, parts)
    return deep, parts, (above, below, shade(law, np.zeros_like(level), deep, parts)[0])


def place_gain(lines: Lines, law: Array, level: Bins, others: Pair, weight: Array, spots: Array, speeds: Array, delay_s: float) -> Array:
    """(N,) what the levels of links say of somebody who was at each of these guesses (N, 3) `delay_s` ago; the rest as of `ratios`."""
    return totals(ratios(law, level, others, weight), depths(lines, spots - delay_s * speeds))


def explain(lines: Lines, law: Array, level: Bins, others: Pair, weight: Array, place: Array, clouds: Depths) -> tuple[float, Shades]:
    """What somebody at a place (3,) explains.

    Returns:
        What all links add, and of each, all (L,): what it adds, what all others add at the place or guess (depths (L, n)) that is then the
        best, and metres by which the way over the place is longer than the link.
    """
    point = place[None]
    parts = looked_up(ratios(law, level, others, weight), np.concatenate([depths(lines, point), clouds], axis=1))
    values = over_links(parts)
    told = np.ascontiguousarray(parts[:, 0]), np.maximum.reduce(values - parts, axis=1), excess(lines, point)[:, 0]
    return float(values[0]), told

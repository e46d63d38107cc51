"""The kernels in numpy: what they mean, and what runs where they were not compiled. kernels.c comes to the same bits.

So logarithm and exponential are no functions of a library, whose last bit differs between machines, and sums name the order in which
they are added up.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from engine.radio.kernels.arrays import (
    DEPTHS,
    EDGES,
    FIRST,
    KEY_OFFSET,
    KEY_SHIFT,
    LEAST,
    Array,
    Bins,
    Chosen,
    Depths,
    Field,
    Floats,
    FollowedPerson,
    Lines,
    Pair,
    Squares,
    TickLevels,
    WalkStep,
)

AT_NODE_M = 0.1


def constants(*values: float) -> tuple[Array, ...]:
    """Each as an array without axes: numpy takes longer to look at a number than to multiply a dozen."""
    return tuple(np.array(value, np.float64) for value in values)


_LN2_HIGH, _LN2_LOW, _HALF, _UNIT, _DOUBLE = constants(6.93147180369123816490e-01, 1.90821492927058770002e-10, 0.5, 1.0, 2.0)
_LOG2, _SHIFT, _FIRST_POWER, _LAST_POWER = constants(1.44269504088896338700e00, 6755399441055744.0, -700.0, 700.0)
_POWERS = constants(
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_EVEN = constants(3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)
_ODD = constants(6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01)
_ONE, _OVER_HALF, _TO_POWER, _NO_POWER = (
    np.array(value) for value in (0x3FF0000000000000, 0x3FE6A09E00000000 - 0x3FF0000000000000, 52, 1023)
)
(_LEAST,) = constants(LEAST)
_EIGHT = 8  # links: numpy adds up a row of fewer in turn, and of more in pairs


def log(values: Array) -> Array:
    """Natural logarithm of normal numbers above 0, as in FreeBSD's e_log.c: below one unit in the last place."""
    bits = np.array(values, np.float64, order="C").view(np.int64)
    power = bits - _OVER_HALF
    power >>= _TO_POWER
    bits -= power << _TO_POWER
    bits += _ONE
    power -= _NO_POWER
    f, k = bits.view(np.float64), power.astype(np.float64)
    f -= _UNIT
    s = f + _DOUBLE
    np.divide(f, s, out=s)
    z = s * s
    w = z * z
    even, odd = w * _EVEN[2], w * _ODD[3]
    for series, factor in ((even, _EVEN[1]), (odd, _ODD[2]), (odd, _ODD[1])):
        series += factor
        series *= w
    even += _EVEN[0]
    even *= w
    odd += _ODD[0]
    odd *= z
    odd += even
    half = np.multiply(f, _HALF, out=w)
    half *= f
    odd += half
    s *= odd
    s += np.multiply(k, _LN2_LOW, out=z)
    half -= s
    half -= f
    k *= _LN2_HIGH
    k -= half
    return k


def exp(values: Array) -> Array:
    """e to each of these (of one axis at least), as in FreeBSD's e_exp.c: below one unit in the last place from e⁻⁷⁰⁰ to e⁷⁰⁰, where it
    ends."""
    inside: Array = np.fmin(np.fmax(values, _FIRST_POWER), _LAST_POWER)
    shifted = inside * _LOG2
    shifted += _SHIFT
    k = shifted - _SHIFT
    inside -= k * _LN2_HIGH
    k *= _LN2_LOW
    x = inside - k
    t = x * x
    c = t * _POWERS[-1]
    for factor in _POWERS[-2::-1]:
        c += factor
        c *= t
    np.subtract(x, c, out=c)
    x *= c
    x /= np.subtract(_DOUBLE, c, out=c)
    k -= x
    k -= inside
    found = np.subtract(_UNIT, k, out=k).view(np.int64)
    power = shifted.view(np.int64)
    power <<= _TO_POWER
    found += power
    return k


@lru_cache(maxsize=8)
def _fours_in_turn(fours: int, whole: int) -> Bins:
    order = [4 * block + part for block in range(whole) for part in (3, 2, 1, 0)]
    return np.array([*order, *range(4 * whole, fours)], np.intp)


def squares(off: Floats, chosen: Chosen) -> Array:
    """(n,) sums of the squares of `off` (n, S) where `chosen` (n, S), S ≤ 64: four sums in single precision, of sixteen numbers at a
    time the last four first."""
    many, width = off.shape
    fours = -(-width // 4)
    turns = np.zeros((many, 4 * fours), np.float32)
    kept = np.multiply(off, chosen, out=turns[:, :width])
    kept *= kept
    turns = turns.reshape(many, fours, 4).take(_fours_in_turn(fours, width // 16), axis=1)
    sums = np.add.reduce(turns, axis=1)
    found: Array = ((sums[:, 0] + sums[:, 1]) + (sums[:, 2] + sums[:, 3])).astype(np.float64)
    return found


def ratios(law: Array, level: Bins, others: Pair, weight: Array) -> Array:
    """(L, DEPTHS) what each link adds for a person at each depth, beyond what the others make of it.

    Args:
        law: (LEVELS + 1, DEPTHS) distribution functions of one person, so that bin y lies between y and y + 1.
        level: (L,) bins that the links show. others: (L,) distribution functions of everything else above and below these.
        weight: (L,) how much a link counts.
    """
    above, below = others
    both = np.empty((len(level), DEPTHS + 1))
    joined, beforehand = both[:, :DEPTHS], both[:, DEPTHS:]
    np.multiply(law.take(level + 1, axis=0), above[:, None], out=joined)
    joined -= law.take(level, axis=0) * below[:, None]
    np.subtract(above, below, out=beforehand[:, 0])
    told = log(np.maximum(both, _LEAST, out=both))
    return (told[:, :DEPTHS] - told[:, DEPTHS:]) * weight[:, None]


@lru_cache(maxsize=64)
def _begins(rows: int, axes: int) -> Bins:
    """Where rows of tables of depths begin, (rows, 1, …)."""
    return (np.arange(rows) * DEPTHS).reshape(-1, *(1,) * (axes - 1))


def looked_up(table: Array, depths: Depths) -> Array:
    """(L, …) a table (L, DEPTHS) at depths (L, …)."""
    return table.ravel().take(depths + _begins(len(table), depths.ndim))


def best(table: Array, depths: Depths) -> Array:
    """(squares,) what links add up to, one after the other, at the better height of each square: `depths` (L, heights, squares)."""
    values = looked_up(table, depths)
    if values[0:1].size == 1:  # a single column would be added up in pairs
        return np.add.accumulate(values, axis=0)[-1, 0]
    return np.maximum.reduce(np.add.reduce(values, axis=0), axis=0)


def over_links(values: Array) -> Array:
    """(V,) sums of values (L, V), to the last bit what numpy makes of the rows of (V, L): records of before run again as they were."""
    if len(values) < _EIGHT:
        return np.add.reduce(values, axis=0)
    return np.add.reduce(np.ascontiguousarray(values.T), axis=1)


def totals(table: Array, depths: Depths) -> Array:
    """(V,) a table (L, DEPTHS) at depths (L, V), added up over links."""
    return over_links(looked_up(table, depths))


def shade(law: Array, level: Bins, depths: Depths, share: Array) -> Pair:
    """What a cloud of spots at depths (L, V), shares (V,), makes of the links: distribution functions (L,) above and below their level."""
    above, below = (np.add.reduce(looked_up(law[bins], depths) * share, axis=1) for bins in (level + 1, level))
    return above, below


def together(stray: Pair, shades: Iterable[Pair]) -> Pair:
    """Distribution functions of the greatest of all."""
    above, below = stray
    for one, other in shades:
        above, below = above * one, below * other
    return above, below


def _point(law: Array, seen: TickLevels, floor: Squares, square: int) -> Pair:
    """What somebody makes of the links who stands in the middle of a square."""
    depths = floor.standing[square]
    return law[seen.level + 1, depths], law[seen.level, depths]


def newcomer(
    law: Array, seen: TickLevels, floor: Squares, people: Sequence[FollowedPerson], worth_it: float, misfit: float
) -> tuple[Array, tuple[int, ...]]:
    """Gain (squares,) of one more person, where those followed may step aside, and the square where each stands then, -1 where they are.

    One track between two people may explain both so well that nothing is left over for a second. So the best newcomer is tried with each
    track at the place that is best beside the newcomer, if both together explain more than before by `worth_it`. And what a track would
    explain by itself, were it only elsewhere, is no evidence of a newcomer: the part `misfit` of it is taken off.
    """

    def table(shades: Iterable[Pair]) -> Array:
        return ratios(law, seen.level, together(seen.stray, shades), seen.weight)

    shades, aside, lost = [each.shade for each in people], [-1] * len(people), 0.0
    gain = best(table(shades), floor.depths)
    for index, person in enumerate(people):
        rest = [shade for number, shade in enumerate(shades) if number != index]
        square = int(best(table([*rest, _point(law, seen, floor, int(gain.argmax()))]), floor.depths).argmax())
        alone = table(rest)
        gains = best(alone, floor.depths)
        worth = float(np.add.reduce(totals(alone, person.depths) * person.share))  # what the track adds where it is
        lost += max(float(np.maximum.reduce(gains)) - worth, 0.0)
        moved = _point(law, seen, floor, square)
        other = best(table([*rest, moved]), floor.depths) + min(float(gains[square]) - worth, 0.0)
        if float(np.maximum.reduce(other)) > float(np.maximum.reduce(gain)) + worth_it:
            gain, shades[index], aside[index] = other, moved, square
    return gain - misfit * lost, tuple(aside)


def ways(lines: Lines, points: Array) -> tuple[Array, Array]:
    """From each node to each point: along each axis (3, n, V), and how long (n, V)."""
    apart = np.subtract(points.T[:, None, :], lines.nodes.T[:, :, None], order="C")
    square = np.add.reduce(apart * apart, axis=0)
    return apart, np.sqrt(square, out=square)


def over_both(lines: Lines, of_nodes: Array) -> Array:
    """(L, V) sums of what is so for a link's two nodes (n, V)."""
    both = of_nodes.take(lines.one, axis=0)
    both += of_nodes.take(lines.other, axis=0)
    return both


def growth(lines: Lines, points: Array, speeds: Array) -> Array:
    """(L, V) m/s by which the ways over points (V, 3) that move with `speeds` (V, 3) grow."""
    apart, away = ways(lines, points)
    apart *= speeds.T[:, None, :]
    along = np.add.reduce(apart, axis=0)
    along /= np.maximum(away, AT_NODE_M, out=away)
    return over_both(lines, along)


def _shift_places(lines: Lines, points: Array, speeds: Array, shifts: int, lowest_hz: float) -> Bins:
    """(L, V) where in flat (L, shifts) each person shows on each link."""
    place = growth(lines, points, speeds)
    place /= (-2 * lines.half_wave_m)[:, None]
    place -= lowest_hz
    np.rint(place, out=place)
    np.minimum(np.maximum(place, 0, out=place), shifts - 1, out=place)
    return place.astype(np.intp) + shifts * np.arange(len(place))[:, None]


def shift_gain(lines: Lines, points: Array, speeds: Array, ratios: Array, lowest_hz: float) -> Array:
    """(V,) what `ratios` (L, F) say of persons at points (V, 3) with speeds (V, 3), added up over links; shifts are a hertz apart."""
    return over_links(ratios.ravel().take(_shift_places(lines, points, speeds, ratios.shape[1], lowest_hz)))


def shift_claims(lines: Lines, points: Array, speeds: Array, share: Array, shifts: int, lowest_hz: float) -> Array:
    """(L, shifts) chance that a cloud of such persons, shares (V,), shows within a hertz of each shift."""
    places, links = _shift_places(lines, points, speeds, shifts, lowest_hz), len(lines.one)
    weight = np.broadcast_to(share, places.shape).ravel()
    exact: Array = np.bincount(places.ravel(), weight, links * shifts).astype(np.float64).reshape(links, shifts)
    near = exact.copy()
    near[:, 1:] += exact[:, :-1]
    near[:, :-1] += exact[:, 1:]
    return np.minimum(near, 1.0, out=near)


def walk(spots: Array, speeds: Array, push: Array, stops: Array | None, jumps: Array, step: WalkStep) -> None:
    """Spots (V, 3) and speeds (V, 3) after a step, in place, by the chance that was drawn: `push` (V, 3) normal, `jumps` (V,) and, where
    people also stop and start at once, `stops` (V,) from 0 to 1. Who stands has a speed of exactly 0."""
    spread: Array | float = step.turns
    if stops is not None:
        stands = (speeds[:, 0] == 0) & (speeds[:, 1] == 0)
        halts = ~stands & (stops < step.stop)
        spread = np.where(stands, step.starts * (stops < step.start), np.where(halts, 0.0, step.turns))
        speeds[halts, :2] = 0.0
    for axis in (0, 1):  # one column after the other: numpy is slow over rows of two
        speed = speeds[:, axis]
        speed *= step.keep
        speed += spread * push[:, axis]
        spots[:, axis] += speed * step.walked_s + step.shuffle * push[:, 1 - axis]
    spots[:, 2] += step.settle * push[:, 2]
    jump = jumps < step.jump
    spots[jump, 2] = step.lowest + (step.highest - step.lowest) * jumps[jump] / step.jump
    keep_inside(spots, speeds, step)


def keep_inside(spots: Array, speeds: Array, step: WalkStep) -> None:
    """Who would leave the floor turns around; in place."""
    for axis, low, high in ((0, step.west, step.east), (1, step.south, step.north)):
        flat = spots[:, axis]
        out = (flat < low) | (flat > high)
        if np.count_nonzero(out):
            speeds[out, axis] *= -0.5
            np.minimum(np.maximum(flat, low, out=flat), high, out=flat)
    height = spots[:, 2]
    np.minimum(np.maximum(height, step.lowest, out=height), step.highest, out=height)


def excess(lines: Lines, points: Array) -> Array:
    """(L, V) metres by which the way over points (V, 3) is longer than the link."""
    longer = over_both(lines, ways(lines, points)[1])
    longer -= lines.length_m[:, None]
    return np.maximum(longer, 0.0, out=longer)


def depths(lines: Lines, points: Array) -> Depths:
    """(L, V) bins of depth for points (V, 3): of 10·log10(1 + excess / (λ/2))."""
    times = excess(lines, points)
    times /= lines.half_wave_m[:, None]
    times += 1.0
    key: Bins = times.view(np.int64) >> KEY_SHIFT
    key -= KEY_OFFSET
    first: Depths = FIRST.take(key, mode="clip")
    above: Array = EDGES.take(first + 1)
    first += times >= above
    return first


def _falling(values: Array) -> Bins:
    """The order of values by how large they are as single precision tells, equal ones as they are."""
    return np.argsort(-values.astype(np.float32), kind="stable")


def standing_out(values: Array, which: Bins, least: float, most: int) -> Bins:
    """Where `values[which]` exceed `least`; the strongest `most` of them where there are more, strongest first."""
    chosen = values[which]
    found = np.flatnonzero(chosen > least)
    return found[_falling(chosen[found])[:most]] if len(found) > most else found


def voxels(table: Array, field: Field, columns: Bins, least: float, most: int) -> Floats:
    """(K, 4) x, y, z, value of those over these columns whose sum over links exceeds `least`, strongest first."""
    heights, links = int(field.depths.shape[1]), int(field.depths.shape[2])
    rows: Bins = np.add.outer(columns * heights, np.arange(heights)).ravel()
    entries: Bins = field.depths.reshape(-1, links).take(rows, axis=0) + _begins(links, 1)
    values = np.add.reduce(table.ravel().take(entries), axis=1)
    chosen = np.flatnonzero(values > least)
    chosen = chosen[_falling(values[chosen])[:most]]
    column, height = np.divmod(rows[chosen], heights)
    return np.concatenate([field.spots[column], field.levels[height, None], values[chosen, None].astype(np.float32)], axis=1)

"""One number per frame: how much moves in a link, on one scale for every radio, from amplitudes alone.

What is measured is the variance over about a second of the *shape* of the frames (amplitudes relative to their mean, so that gain
control and transmit power drop out), less what is noise. The mean leaves out the extremes; a median would follow the noise of the few
subcarriers in its middle, and hand that on to all of them. Neighbours are taken together, which leaves what is smooth and averages
noise. Noise is known without any quiet recording: a channel changes smoothly over neighbouring subcarriers, noise does not, so a sixth
of the variance of second differences over subcarriers is noise (von Neumann's difference estimator, applied to deviations, whereby the
static frequency response drops out as well). Where frames come fast enough that bodies hardly move between two of them,
differences of successive frames are mostly noise too (cf. the autocorrelation statistic of
F. Zhang et al., "WiDetect", IMWUT 3(3), 2019). What is left, relative to the noise and to a least jitter of radios, is the score.
"""

import math

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.radio.links.amplitude import FIRST_WORD, PLAIN

Rows = npt.NDArray[np.intp]
Array = npt.NDArray[np.float64]

WINDOW_S = 1.2
FEWEST = 5  # frames in a window, when they come slowly
HOLD_S, HOLD_FRAMES = 2.0, 40  # over which scores are averaged: the shorter of both
GROWTH = 3  # the first scores, of windows that are not full, count the less the earlier they are
FAINT = 0.25  # of the mean amplitude: below, a subcarrier is guard or direct current
NOISE_LEFT = 0.1  # share of the noise that may be left over after it is taken off
JITTER = 0.02  # relative, of shapes that nothing moves
GROUP = 4  # neighbouring subcarriers that are taken together
TRIM = 0.15  # share of the liveliest groups that do not count: pilots, edges, interference
SLOW_HZ, FAST_HZ = 40.0, 120.0  # between these, successive frames begin to show noise only
FAST_SHARE = 0.8  # of what they show is taken for noise at most
LONE = 4.0  # a frame this many times farther from both neighbours than they are from each other is damaged
LONE_LEAST = 0.02  # relative: frames differ by so much anyway
MOST = 4.0  # times the mean: more is no wave
EXTREMES = 0.1  # share of the weakest and of the strongest subcarriers that the mean leaves out
BLOCK = 8192


def motion_scores(t_s: Array, amplitude: npt.NDArray[np.floating]) -> Array:
    """Score of each frame, from it and those before only.

    Args:
        t_s: (N,) rising seconds. amplitude: (N, S) of one transmitter's frames, all of one kind.
    Returns:
        (N,) ≥ 0, finite: the RMS change of shape in units of what noise could feign. No threshold holds for every radio: of a hundred
        simulated quiet recordings two had scores above 1, of a hundred walks forty-seven had none, and recorded quiet ones exceed it.
    """
    scores = np.zeros(len(t_s))
    first = np.maximum(np.minimum(np.searchsorted(t_s, t_s - WINDOW_S), np.arange(len(t_s)) - FEWEST + 1), 0)
    for begin in range(0, len(t_s), BLOCK):
        end = min(begin + BLOCK, len(t_s))
        lead = int(max(first[begin] - 1, 0))
        shapes = _Shapes.of(np.asarray(amplitude[lead : end + 1], np.float64))
        scores[begin:end] = _scores(shapes, t_s[lead:end], first[begin:end] - lead, np.arange(begin, end) - lead)
    return _averaged(t_s, scores)


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """Frames relative to their mean amplitude (N, S); `whole` (N,) those that arrived undamaged."""

    values: Array
    whole: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, amplitude: Array) -> "_Shapes":
        """From amplitudes in counts. Whether a frame is damaged is seen in the one after it."""
        amplitude = amplitude.copy()
        if amplitude.shape[1] >= PLAIN:
            amplitude[:, :FIRST_WORD] = 0.0
        typical = _mean_of_most(amplitude)
        values = np.minimum(amplitude / np.maximum(typical, 1e-9)[:, None], MOST)
        return cls(values * (typical > 0)[:, None], (typical > 0) & ~_lone(values))


def _mean_of_most(amplitude: Array) -> Array:
    """(N,) mean of the positive amplitudes of each frame without the `EXTREMES`."""
    ordered = np.sort(amplitude, axis=1)
    empty = (ordered <= 0).sum(axis=1)
    cut = ((ordered.shape[1] - empty) * EXTREMES).astype(np.intp)
    first, end = empty + cut, ordered.shape[1] - cut
    sums = np.concatenate([np.zeros((len(ordered), 1)), np.cumsum(ordered, axis=1)], axis=1)
    at = np.arange(len(ordered))
    return (sums[at, end] - sums[at, first]) / np.maximum(end - first, 1)


def _lone(values: Array) -> npt.NDArray[np.bool_]:
    """(N,) frames that differ from both neighbours although these agree with each other; never the last one, which has but one."""
    lone = np.zeros(len(values), np.bool_)
    if len(values) > 2:
        step = np.abs(np.diff(values, axis=0)).mean(axis=1)
        across = LONE * np.abs(values[2:] - values[:-2]).mean(axis=1) + LONE_LEAST
        lone[1:-1] = (step[:-1] > across) & (step[1:] > across)
    return lone


def _scores(shapes: _Shapes, t_s: Array, first: Rows, last: Rows) -> Array:
    """The score before averaging of the windows from frame `first` to frame `last` (M,), both included."""
    window = _Window(shapes, first, last)
    usable = window.mean(shapes.values) > FAINT
    groups, members = _by_groups(shapes.values), np.maximum(_by_groups(usable), 1.0)
    varying = window.variance(groups) / np.square(members)
    flicker = window.mean_square_step(groups) / 2.0 / np.square(members)
    kept = _liveliest_left_out(varying, _by_groups(usable) >= GROUP / 2)
    rough = window.variance(_bend(shapes.values)) / 6.0
    smooth = usable[:, 2:] & usable[:, 1:-1] & usable[:, :-2]
    noise = _mean_where(_mean_where(rough, _liveliest_left_out(rough, smooth))[:, None] / members, kept)
    rate = (window.count - 1) / np.maximum(t_s[last] - t_s[first], 1e-3)
    fast = FAST_SHARE * np.clip((rate - SLOW_HZ) / (FAST_HZ - SLOW_HZ), 0.0, 1.0)
    noise = noise + fast * np.maximum(_mean_where(flicker, kept) - noise, 0.0)
    moved = np.maximum(_mean_where(varying, kept) - noise, 0.0)
    enough = (window.count >= 3) & (usable.sum(axis=1) >= 3)
    return np.where(enough, np.sqrt(moved / (NOISE_LEFT * noise + JITTER**2)), 0.0)


def _by_groups(values: npt.NDArray[np.generic]) -> Array:
    """(N, S) as sums (N, G) of `GROUP` neighbours."""
    wide = np.zeros((len(values), -(-values.shape[1] // GROUP) * GROUP))
    wide[:, : values.shape[1]] = values
    return wide.reshape(len(values), -1, GROUP).sum(axis=2)


class _Window:
    """Means and variances over windows of frames, from running sums; a damaged frame counts only while it is the newest."""

    def __init__(self, shapes: _Shapes, first: Rows, last: Rows) -> None:
        self._first, self._last, self._weight = first, last, shapes.whole.astype(np.float64)
        self._late = (1.0 - self._weight[last]) * (shapes.values[last].sum(axis=1) > 0)
        self.count = self._sum(np.ones((len(self._weight), 1)))[:, 0]

    def mean(self, values: Array) -> Array:
        return self._sum(values) / np.maximum(self.count, 1.0)[:, None]

    def variance(self, values: Array) -> Array:
        """Unbiased; values are centred first, or the difference of large sums would drown it."""
        centred = values - values[0]
        spread = self.mean(np.square(centred)) - np.square(self.mean(centred))
        return np.maximum(spread, 0.0) * (self.count / np.maximum(self.count - 1.0, 1.0))[:, None]

    def mean_square_step(self, values: Array) -> Array:
        """Mean squared difference of successive undamaged frames."""
        at, whole = np.arange(len(self._weight)), self._weight > 0
        newest: Rows = np.maximum.accumulate(np.where(whole, at, -1))
        before = np.concatenate([[-1], newest[:-1]])
        counts = whole & (before >= 0)
        square = np.square(values - values[np.maximum(before, 0)]) * counts[:, None]
        begin, end = np.minimum(self._first + 1, self._last), self._last - 1  # whether the newest is damaged shows only later
        pairs = _between(counts.astype(np.float64)[:, None], begin, end)
        return _between(square, begin, end) / np.maximum(pairs, 1.0)

    def _sum(self, values: Array) -> Array:
        total = _between(values * self._weight[:, None], self._first, self._last)
        return total + self._late[:, None] * values[self._last]


def _between(values: Array, first: Rows, last: Rows) -> Array:
    """Sums of rows from `first` to `last`, both included."""
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    return sums[last + 1] - sums[first]


def _bend(values: Array) -> Array:
    return values[:, 2:] - 2.0 * values[:, 1:-1] + values[:, :-2]


def _liveliest_left_out(variance: Array, usable: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The usable places of each row without the `TRIM` share that varies most."""
    order: Rows = np.argsort(np.where(usable, variance, np.inf), axis=1, kind="stable")
    rank: Rows = np.argsort(order, axis=1, kind="stable")
    usables: Array = usable.sum(axis=1, dtype=np.float64)
    many = np.maximum(np.rint(usables * (1.0 - TRIM)), 1.0)
    return usable & (rank < many[:, None])


def _mean_where(values: Array, which: npt.NDArray[np.bool_]) -> Array:
    return (values * which).sum(axis=1) / np.maximum(which.sum(axis=1), 1)


def _averaged(t_s: Array, scores: Array) -> Array:
    """Exponential mean, begun as a mean in which later scores count for more, so that the first ones are no smaller than they should be."""
    averaged = np.zeros_like(scores)
    mean, seen = 0.0, 0
    for place, (score, dt_s) in enumerate(zip(scores.tolist(), np.diff(t_s, prepend=t_s[:1]).tolist(), strict=True)):
        seen += score > 0 or seen > 0
        part = max(1.0 - math.exp(-max(dt_s, 0.0) / HOLD_S), 1.0 / HOLD_FRAMES, GROWTH / (max(seen, 1) + GROWTH - 1))
        mean += part * (score - mean)
        averaged[place] = mean
    return averaged

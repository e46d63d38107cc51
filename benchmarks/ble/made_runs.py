"""The phone locator on made-up floors with twelve scanners, beside the strongest simple methods; each seed is a floor of its own.

Seeds below `TUNING` are for tuning; those from `HELD_OUT_FROM` on nobody looked at while something was chosen (the twenty from 100 on were
looked at before the engine learned path losses). What each method knows:

- without calibration: places of the scanners and the usual path loss. Peer: least squares in decibels, robust, with the power and the
  exponent fitted to each window, bounded;
- path loss learned from people whom cameras locate in 14 of 24 metres of the floor. Peer: the same least squares with a bounded path loss
  for each scanner, fitted to the same readings. Ours: the phone lane as it runs (`live`), which hears the reports, follows the people and
  learns by itself; whose phone is whose it has to find out as well. `GIVEN` is the grid filter with the peer's path losses as settings;
- path loss from a survey of six or twelve places, as the console does it (`engine.radio.ble.scanner_survey`). Peer: the same least squares
  with a bounded path loss for each scanner, fitted alone to the same readings;
- survey: every second metre, eight seconds each. Peer: nearest neighbours of fingerprints.

Peers see the mean of the last five seconds. Intervals are by bootstrap over seeds.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from benchmarks.ble.files import Moment
from benchmarks.ble.live import LiveFloor
from benchmarks.ble.made_floor import DEPTH_M, WIDTH_M, LocatedReading, MadeFloor
from benchmarks.ble.peers import averaged
from benchmarks.report import Case, case
from console.progress import step
from engine.model.errors import InputError
from engine.model.site import ScannerCalibration
from engine.model.time import seconds_to_ns
from engine.radio.ble.belief import Belief
from engine.radio.ble.cells import FloorCells, distances
from engine.radio.ble.fingerprints import Fingerprints, fingerprint_map
from engine.radio.ble.path_loss import FEWEST, USUAL, fit_calibration
from engine.radio.ble.scanner_survey import SurveyMean, path_losses, survey_means
from engine.radio.ble.signal_map import SignalMap, path_loss_map

Array = npt.NDArray[np.float64]
Place = Callable[[Array], Array]
Errors = dict[str, Array]
"""Metres by method, of one seed."""

TUNING, HELD_OUT_FROM = 100, 200
GIVEN = "grid filter, path loss fitted beforehand"
FREE, LEARNED, SURVEY = "no calibration", "path loss from located people", "survey"
STOPS, FEW_STOPS = "path loss from a survey of 12 places", "path loss from a survey of 6 places"
_PEERS = {
    FREE: "least squares, path loss fitted",
    LEARNED: "least squares, path loss learned",
    SURVEY: "8-NN fingerprints",
    STOPS: "least squares, path loss of 12 places",
}
_WALK_S, _LEARNING_S, _BETWEEN_S, _PEOPLE = 200, 240, 5, 2
_WINDOW_S, _EVERY = 5.0, 4  # a least squares takes long: every fourth position
_NEIGHBOURS, _NOT_HEARD_DBM = 8, -100.0  # eight did no worse than four on tuning seeds
_SOFT_DB, _GAIN_SPREAD_DB, _GAIN_LIMIT_DB, _EXPONENT_SPREAD, _EXPONENTS = 3.0, 8.0, 25.0, 0.5, (1.2, 3.8)
_DRAWS, _PERCENTILES = 1000, (2.5, 97.5)


def run_made(seeds: int, held_out: bool) -> dict[str, Any]:
    """Figures of so many floors.

    Raises:
        InputError: `seeds`.
    """
    if seeds < 1 or (not held_out and seeds > TUNING):
        raise InputError("seeds", f"has to be at least 1, for tuning at most {TUNING}")
    found: list[Errors] = []
    for number in range(seeds):
        step("made-up floors", number + 1, seeds)
        found.append(_errors_of(MadeFloor(number + (HELD_OUT_FROM if held_out else 0))))
    params = {"seeds": seeds, "half": "held-out" if held_out else "tuning", "scanners": 12}
    rows = {name: case(name, params, _figures([errors[name] for errors in found])) for name in found[0]}
    return {
        "bench": "ble",
        "cases": [rows[name] for name in _PEERS],
        "peers": [row for name, row in rows.items() if name not in _PEERS],
        "targets": [target for name, peer in _PEERS.items() for target in _targets(rows[name], rows[peer])],
    }


def _errors_of(floor: MadeFloor) -> Errors:
    gain = floor.gain()
    places, headings = floor.walk(_WALK_S)
    moments = floor.moments("phone", places, headings, gain)
    true = np.array([places[int(moment.seconds)] for moment in moments])
    located = floor.located(_PEOPLE, _LEARNING_S)
    losses = learned_losses(floor, located)
    live = LiveFloor(floor.anchors, ["phone", *sorted({each.device for each in located})])
    unseen_from = live.learn(located) + _BETWEEN_S
    prints = floor.survey()
    stops, few_stops = (survey_means(floor.stops(columns, rows), floor.anchors) for columns, rows in ((4, 3), (3, 2)))
    cells = FloorCells.over((0.0, 0.0, WIDTH_M, DEPTH_M))
    maps = {
        FREE: path_loss_map(cells, floor.anchors, {}),
        GIVEN: path_loss_map(cells, floor.anchors, losses),
        SURVEY: fingerprint_map(cells, floor.anchors, prints),
        STOPS: path_loss_map(cells, floor.anchors, {each.scanner: each for each in path_losses(stops)}),
        FEW_STOPS: path_loss_map(cells, floor.anchors, {each.scanner: each for each in path_losses(few_stops)}),
    }
    anchors = np.array(list(floor.anchors.values()))
    places_of: dict[str, Place] = {
        "nearest scanner": lambda rssi: anchors[int(np.nanargmax(rssi)), :2],
        _PEERS[FREE]: least_squares_place(anchors, [USUAL] * len(anchors), True),
        _PEERS[LEARNED]: least_squares_place(anchors, [losses.get(anchor, USUAL) for anchor in floor.anchors], False),
        _PEERS[SURVEY]: neighbours_place(list(floor.anchors), prints),
        _PEERS[STOPS]: least_squares_place(anchors, [_own_loss(stops, anchor) for anchor in floor.anchors], False),
    }
    rssi = averaged(moments, list(floor.anchors), _WINDOW_S)
    found = {name: np.linalg.norm(_locate(signals, moments) - true, axis=1) for name, signals in maps.items()}
    found[LEARNED] = np.linalg.norm(live.locate(moments, unseen_from) - true, axis=1)
    scored = range(0, len(moments), _EVERY)
    for name, place in places_of.items():
        found[name] = np.linalg.norm(np.array([place(rssi[row]) for row in scored]) - true[scored], axis=1)
    return found


def _locate(signals: SignalMap, moments: Sequence[Moment]) -> Array:
    """(N, 2) causal places of one phone, as the engine finds them."""
    rows = {scanner: row for row, scanner in enumerate(signals.scanners)}
    belief = Belief(signals, 0)
    places = np.empty((len(moments), 2))
    for index, moment in enumerate(moments):
        now_ns = seconds_to_ns(moment.seconds)
        belief.step(now_ns, {rows[anchor]: rssi for anchor, rssi in moment.readings.items()})
        found = belief.estimate(now_ns)
        places[index] = found.x, found.y
    return places


def learned_losses(floor: MadeFloor, located: Sequence[LocatedReading]) -> dict[str, ScannerCalibration]:
    """The bounded path loss of each scanner that heard people whom cameras located often enough."""
    found: dict[str, ScannerCalibration] = {}
    for anchor, position in floor.anchors.items():
        rows = [each for each in located if each.anchor == anchor]
        if len(rows) >= FEWEST:
            away = distances(np.array([each.place for each in rows]), position)
            found[anchor] = fit_calibration(away.tolist(), [each.rssi for each in rows], anchor)
    return found


def _own_loss(means: Sequence[SurveyMean], anchor: str) -> ScannerCalibration:
    """Fitted to this scanner's readings alone."""
    own = [mean for mean in means if mean.scanner == anchor for _ in range(round(mean.count))]
    return fit_calibration([10 ** (mean.decades / 10) for mean in own], [mean.rssi for mean in own]) if len(own) >= FEWEST else USUAL


def least_squares_place(anchors: Array, losses: Sequence[ScannerCalibration], fitted: bool) -> Place:
    """Robust, in decibels; the phone's gain is always fitted, bounded and drawn to 0. `fitted`: one exponent of all is, too."""
    power, exponent = np.array([each.power_dbm for each in losses]), np.array([each.exponent for each in losses])
    low, high = _EXPONENTS[0] - USUAL.exponent, _EXPONENTS[1] - USUAL.exponent
    floor = np.array([WIDTH_M, DEPTH_M])

    def place(rssi: Array) -> Array:
        heard = np.isfinite(rssi)
        spots, measured = anchors[heard], rssi[heard]

        def errors(fit: Array) -> Array:
            away = np.maximum(np.sqrt(((spots[:, :2] - fit[:2]) ** 2).sum(axis=1) + (spots[:, 2] - 1.2) ** 2), 0.5)
            steeper = fit[3] if fitted else 0.0
            expected = power[heard] + fit[2] - 10 * (exponent[heard] + steeper) * np.log10(away)
            return np.append(measured - expected, _SOFT_DB * np.array([fit[2] / _GAIN_SPREAD_DB, fit[3] / _EXPONENT_SPREAD]))

        bounds = (0.0, 0.0, -_GAIN_LIMIT_DB, low), (*floor, _GAIN_LIMIT_DB, high)
        starts = spots[np.argsort(-measured)[:3], :2].mean(axis=0), anchors[:, :2].mean(axis=0)
        fits = [least_squares(errors, [*start, 0, 0], bounds=bounds, loss="soft_l1", f_scale=_SOFT_DB) for start in starts]
        return min(fits, key=lambda fit: fit.cost).x[:2]

    return place


def neighbours_place(anchors: Sequence[str], prints: Mapping[str, Fingerprints]) -> Place:
    """Mean of the nearest places of the survey, each with its mean strengths; a scanner that was not heard counts as −100 dBm."""
    heard: dict[tuple[float, float], list[list[float]]] = {}
    for column, anchor in enumerate(anchors):
        if anchor in prints:
            for (x, y), rssi in zip(prints[anchor].xy, prints[anchor].rssi, strict=True):
                heard.setdefault((x, y), [[] for _ in anchors])[column].append(rssi)
    places = np.array(list(heard))
    means = np.array([[float(np.mean(each)) if each else _NOT_HEARD_DBM for each in rows] for rows in heard.values()])

    def place(rssi: Array) -> Array:
        unlike = ((means - np.where(np.isnan(rssi), _NOT_HEARD_DBM, rssi)) ** 2).sum(axis=1)
        return places[np.argsort(unlike, kind="stable")[:_NEIGHBOURS]].mean(axis=0)

    return place


def _figures(errors: Sequence[Array]) -> dict[str, Any]:
    together = np.concatenate(errors)
    draw = np.random.default_rng(1)
    drawn = [np.concatenate([errors[index] for index in draw.integers(0, len(errors), len(errors))]) for _ in range(_DRAWS)]
    table = np.array([(np.median(each), np.percentile(each, 90)) for each in drawn])
    low, high = np.percentile(table, _PERCENTILES, axis=0)
    return {
        "positions": len(together),
        "median_m": round(float(np.median(together)), 3),
        "median_95": f"{low[0]:.2f}–{high[0]:.2f}",
        "p90_m": round(float(np.percentile(together, 90)), 3),
        "p90_95": f"{low[1]:.2f}–{high[1]:.2f}",
    }


def _targets(ours: Case, peer: Case) -> list[dict[str, Any]]:
    theirs = peer["metrics"]
    return [
        {
            "metric": f"{metric}, {ours['name']}, below {peer['name']}",
            "target": theirs[metric],
            "measured": ours["metrics"][metric],
            "met": ours["metrics"][metric] < theirs[metric],
        }
        for metric in ("median_m", "p90_m")
    ]

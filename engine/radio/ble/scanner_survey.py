"""Path losses of scanners from a survey, and what they are worth: each place is located by path losses that the other places gave."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.radio.path_loss import LearnedPathLoss
from engine.model.radio.scanner_survey import LEAST_ACROSS_M, LEAST_APART_M, LEAST_PLACES, MOST_PLACES, SurveyFit, SurveyPlace
from engine.model.settings import Settings
from engine.model.site import Position, ScannerCalibration
from engine.model.value_class import dataclass
from engine.radio.ble.belief import Belief
from engine.radio.ble.cells import distances
from engine.radio.ble.path_loss import NEAREST_M
from engine.radio.ble.path_loss_fit import LEAST_EXPONENT, PathLossRows, fit_path_losses, reading_spread
from engine.radio.ble.signal_map import SignalMap
from engine.radio.ble.survey import Survey

Array = npt.NDArray[np.float64]

LEAST_SCANNERS, LEAST_HEARD = 2, 3  # so many scanners have to hear the phone at so many places


@dataclass(frozen=True, slots=True)
class SurveyMean:
    """What one scanner heard at one place, by its number: mean in dBm of `count` readings, `squares` the sum of their squared deviations.

    `decades`: 10·log10 of the distance in metres.
    """

    scanner: str
    place: int
    decades: float
    rssi: float
    count: float
    squares: float


def fit_survey(
    places: Sequence[SurveyPlace], settings: Settings, nodes: Mapping[str, Position], learned: Mapping[str, LearnedPathLoss]
) -> SurveyFit:
    """Takes about a tenth of a second for each place, on a floor with a dozen scanners.

    Args:
        settings, learned: what is in force now.
        nodes: where the nodes stand, metres; the engine's own adapter stands where the settings say.

    Raises:
        InputError: `places` are too few, too many, too close together, or hardly heard.
    """
    _check_places(places)
    now = _map_of(settings, nodes, learned)
    means = survey_means(places, now.scanners)
    _check_heard(means, len(places))
    losses = path_losses(means)
    if float(np.median([each.exponent for each in losses])) <= LEAST_EXPONENT:
        raise InputError(
            "places", "the signal does not get weaker with distance. Check that scanners and places are where the plan shows them"
        )
    before: list[float] = []
    after: list[float] = []
    for number, place in enumerate(places):
        here = [mean for mean in means if mean.place == number]
        rest = path_losses([mean for mean in means if mean.place != number])
        before.append(_error_m(now.signals, here, place))
        after.append(_error_m(_map_of(_calibrated(settings, rest), nodes, learned).signals, here, place))
    unheard = now.scanners.keys() - {each.scanner for each in losses}
    return SurveyFit(losses, tuple(before), tuple(after), tuple(sorted(unheard)))


def survey_means(places: Sequence[SurveyPlace], scanners: Mapping[str, Position]) -> list[SurveyMean]:
    """Of the `scanners`, which have a place in metres; what others heard is left out."""
    return [
        SurveyMean(
            heard.scanner,
            number,
            decades=_decades(scanners[heard.scanner], place),
            rssi=float(np.mean(heard.rssi_dbm)),
            count=float(len(heard.rssi_dbm)),
            squares=float(np.var(heard.rssi_dbm)) * len(heard.rssi_dbm),
        )
        for number, place in enumerate(places)
        for heard in place.readings
        if heard.scanner in scanners and heard.rssi_dbm
    ]


def path_losses(means: Sequence[SurveyMean]) -> tuple[ScannerCalibration, ...]:
    """Of the scanners that heard the phone, all fitted together; by name. What one place alone says is drawn to what all say."""
    scanners = sorted({mean.scanner for mean in means})
    rows = PathLossRows(
        scanner=np.array([scanners.index(mean.scanner) for mean in means], np.int64),
        device=np.zeros(len(means), np.int64),
        decades=np.array([mean.decades for mean in means]),
        rssi=np.array([mean.rssi for mean in means]),
        count=np.array([mean.count for mean in means]),
    )
    fit = fit_path_losses(rows, len(scanners), 1)
    rest, squares = fit.residuals(rows), np.array([mean.squares for mean in means])
    found: list[ScannerCalibration] = []
    for row, scanner in enumerate(scanners):
        own = rows.scanner == row
        _, sigma_db = reading_spread(rest[own], rows.count[own], float(squares[own].sum()))
        power_dbm, exponent = float(fit.power_dbm[row]), float(fit.exponent[row])
        found.append(ScannerCalibration(scanner, round(power_dbm, 2), round(exponent, 3), round(sigma_db, 2)))
    return tuple(found)


def _check_places(places: Sequence[SurveyPlace]) -> None:
    """Raises InputError."""
    if not LEAST_PLACES <= len(places) <= MOST_PLACES:
        raise InputError("places", f"a survey needs {LEAST_PLACES} to {MOST_PLACES} places, got {len(places)}")
    spots = [(place.x, place.y) for place in places]
    for number, spot in enumerate(spots):
        for other, before in enumerate(spots[:number]):
            if math.dist(spot, before) < LEAST_APART_M:
                raise InputError(
                    "places", f"places {other + 1} and {number + 1} are less than {LEAST_APART_M:g} m apart. Remove one of them"
                )
    across_m = max(math.dist(one, other) for one in spots for other in spots)
    if across_m < LEAST_ACROSS_M:
        raise InputError("places", f"all places lie within {across_m:.1f} m. Stand at places that are at least {LEAST_ACROSS_M:g} m apart")


def _check_heard(means: Sequence[SurveyMean], places: int) -> None:
    """Raises InputError."""
    silent = set(range(places)) - {mean.place for mean in means}
    if silent:
        raise InputError(
            "places", f"no scanner with a position received the phone at place {min(silent) + 1}. Remove it, or stand there again"
        )
    often = [scanner for scanner, count in Counter(mean.scanner for mean in means).items() if count >= LEAST_HEARD]
    if len(often) < LEAST_SCANNERS:
        text = f"fewer than {LEAST_SCANNERS} scanners received the phone at {LEAST_HEARD} places. Stand nearer to them"
        raise InputError("places", text)


def _map_of(settings: Settings, nodes: Mapping[str, Position], learned: Mapping[str, LearnedPathLoss]) -> Survey:
    survey = Survey()
    survey.learn(learned, ())
    survey.configure(settings)
    survey.place(nodes)
    return survey


def _calibrated(settings: Settings, losses: tuple[ScannerCalibration, ...]) -> Settings:
    return replace(settings, radio=replace(settings.radio, calibrations=losses))


def _error_m(signals: SignalMap | None, here: Iterable[SurveyMean], place: SurveyPlace) -> float:
    """How far off the phone is located there by one look, with nothing known beforehand."""
    assert signals is not None
    belief = Belief(signals, 0)
    belief.step(0, {signals.scanners.index(mean.scanner): mean.rssi for mean in here})
    found = belief.estimate(0)
    return round(math.hypot(found.x - place.x, found.y - place.y), 3)


def _decades(scanner: Position, place: SurveyPlace) -> float:
    away = float(distances(np.array([(place.x, place.y)]), scanner)[0])
    return 10 * math.log10(max(away, NEAREST_M))

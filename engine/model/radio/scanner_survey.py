"""A survey of scanners: somebody stands with a phone at known places, and path losses are fitted to what scanners heard there."""

from typing import ClassVar

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.question_type import Question
from engine.model.site import ScannerCalibration, check_finite
from engine.model.value_class import dataclass

LEAST_PLACES, MOST_PLACES = 5, 100
LEAST_APART_M = 1.0  # of two places: closer together they repeat the same shadowing
LEAST_ACROSS_M = 4.0  # of all places together


@dataclass(frozen=True, slots=True)
class SurveyReadings:
    """What one scanner heard of the phone at one place: dBm, each reading as it came. Raises InputError (`rssi_dbm`)."""

    scanner: str
    rssi_dbm: tuple[int, ...]

    def __post_init__(self) -> None:
        if any(abs(rssi) > 130 for rssi in self.rssi_dbm):
            raise InputError("rssi_dbm", "each has to be between −130 and 130 dBm")


@dataclass(frozen=True, slots=True)
class SurveyPlace:
    """Where somebody stood, metres of the floor. Raises InputError (`places`)."""

    x: float
    y: float
    readings: tuple[SurveyReadings, ...]

    def __post_init__(self) -> None:
        check_finite("places", (self.x, self.y, 0.0))


@dataclass(frozen=True, slots=True)
class SurveyFit:
    """What came of a survey.

    Attributes:
        calibrations: of each scanner with a place on the floor that heard the phone, by name.
        before_m, after_m: by place in the order of the question, how far off the phone is located with what is in force now, and with path
            losses that were fitted to all other places.
        unheard: scanners with a place on the floor that never heard it.
    """

    calibrations: tuple[ScannerCalibration, ...]
    before_m: tuple[float, ...]
    after_m: tuple[float, ...]
    unheard: tuple[str, ...] = ()

    @property
    def mean_before_m(self) -> float:
        return sum(self.before_m) / len(self.before_m)

    @property
    def mean_after_m(self) -> float:
        return sum(self.after_m) / len(self.after_m)

    @property
    def is_better(self) -> bool:
        """Whether phones are located better with it than without, on average over places that the fit had not seen."""
        return self.mean_after_m < self.mean_before_m


@dataclass(frozen=True, slots=True)
class FitSurvey(Question[SurveyFit]):
    """Fit path losses to a survey; nothing is changed. Takes about a tenth of a second for each place.

    Raises InputError (`places`) where they are too few, too close together, or not heard.
    """

    verb: ClassVar[Verb] = Verb.ADMINISTER
    places: tuple[SurveyPlace, ...]

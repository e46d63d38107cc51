"""A survey of scanners on made-up floors: what is fitted, what it is worth, and what is refused with what to do."""

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.ble.made_floor import DEPTH_M, WIDTH_M, MadeFloor
from engine.model.errors import InputError
from engine.model.radio.path_loss import LearnedPathLoss, PooledReadings
from engine.model.radio.scanner_survey import LEAST_PLACES, SurveyFit, SurveyPlace, SurveyReadings
from engine.model.settings import Settings
from engine.model.site import Floor, Position, ScannerCalibration
from engine.radio.ble.path_loss import expected_dbm
from engine.radio.ble.scanner_survey import fit_survey

SPOTS = [(4.0, 3.0), (12.0, 3.5), (20.0, 3.0), (4.5, 11.0), (12.0, 12.0), (20.0, 11.5), (8.0, 7.0), (16.0, 7.5)]
SITE = Settings(floor=Floor((0.0, 0.0, WIDTH_M, DEPTH_M)))
CORNERS: dict[str, Position] = {"a": (1.0, 1.0, 2.5), "b": (23.0, 1.0, 2.5), "c": (23.0, 14.0, 2.5), "d": (1.0, 14.0, 2.5)}
TRUE = {"a": (-50.0, 2.0), "b": (-58.0, 2.6), "c": (-66.0, 3.0), "d": (-54.0, 3.4)}  # power and exponent


def exact(spots: list[tuple[float, float]], true: dict[str, tuple[float, float]] = TRUE) -> list[SurveyPlace]:
    """Without noise."""
    places: list[SurveyPlace] = []
    for x, y in spots:
        readings: list[SurveyReadings] = []
        for scanner, (power, exponent) in true.items():
            away = math.dist((x, y, 1.2), CORNERS[scanner])
            readings.append(SurveyReadings(scanner, (round(float(expected_dbm(power, exponent, np.array(away)))),) * 6))
        places.append(SurveyPlace(x, y, tuple(readings)))
    return places


def fit(places: list[SurveyPlace], settings: Settings = SITE, learned: dict[str, LearnedPathLoss] | None = None) -> SurveyFit:
    return fit_survey(places, settings, CORNERS, learned or {})


def learned_from(true: dict[str, tuple[float, float]]) -> dict[str, LearnedPathLoss]:
    nothing = PooledReadings(np.zeros((0, 2)), np.zeros(0), np.zeros(0), 20.0)
    return {each: LearnedPathLoss(ScannerCalibration(each, power, exponent, 3.0), 500, nothing) for each, (power, exponent) in true.items()}


def test_path_losses_come_out_as_they_are() -> None:
    found = {each.scanner: each for each in fit(exact(SPOTS)).calibrations}
    assert set(found) == set(TRUE)
    for scanner, (power, exponent) in TRUE.items():
        level = expected_dbm(found[scanner].power_dbm, found[scanner].exponent, np.array([5.0, 12.0]))
        offset = found["a"].power_dbm - TRUE["a"][0]  # the phone's own gain is no scanner's
        assert level - offset == pytest.approx(expected_dbm(power, exponent, np.array([5.0, 12.0])), abs=4.0)
        assert 3.0 <= found[scanner].sigma_db <= 12.0


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_phones_are_located_better_than_without_a_survey(seed: int) -> None:
    floor = MadeFloor(seed)
    places = floor.stops(4, 2)
    found = fit_survey(places, SITE, floor.anchors, {})
    assert found.is_better and found.mean_after_m < found.mean_before_m
    assert len(found.before_m) == len(found.after_m) == 8
    assert found == fit_survey(places, SITE, floor.anchors, {})


def test_a_place_does_not_say_how_well_it_is_located_itself() -> None:
    """Wrong readings at one place do not look right because they were fitted."""
    places = exact(SPOTS)
    turned = {"a": "c", "c": "a", "b": "d", "d": "b"}
    odd = replace(places[0], readings=tuple(replace(each, scanner=turned[each.scanner]) for each in places[0].readings))
    found = fit([odd, *places[1:]])
    assert found.after_m[0] > 5.0 > max(found.after_m[1:])


def test_what_is_calibrated_well_is_not_bettered() -> None:
    rows = tuple(ScannerCalibration(scanner, power, exponent, 3.0) for scanner, (power, exponent) in TRUE.items())
    calibrated = replace(SITE, radio=replace(SITE.radio, calibrations=rows))
    assert not fit(exact(SPOTS[:LEAST_PLACES]), calibrated).is_better
    assert fit(exact(SPOTS[:LEAST_PLACES])).is_better


def test_what_was_learned_counts_as_what_is_there_now() -> None:
    assert not fit(exact(SPOTS[:LEAST_PLACES]), learned=learned_from(TRUE)).is_better


def test_a_scanner_that_hears_nothing_is_named_and_stays_as_it_is() -> None:
    deaf = [replace(each, readings=tuple(heard for heard in each.readings if heard.scanner != "d")) for each in exact(SPOTS)]
    found = fit(deaf)
    assert found.unheard == ("d",) and [each.scanner for each in found.calibrations] == ["a", "b", "c"]


def test_a_scanner_without_a_place_is_left_out() -> None:
    strange = [replace(each, readings=(*each.readings, SurveyReadings("nowhere", (-50, -51)))) for each in exact(SPOTS)]
    assert fit(strange) == fit(exact(SPOTS))


def test_places_and_readings_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(InputError) as refused:
        SurveyPlace(math.nan, 1.0, ())
    assert refused.value.field == "places"
    with pytest.raises(InputError) as refused:
        SurveyReadings("a", (-60, 500))
    assert refused.value.field == "rssi_dbm"


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (exact(SPOTS[:4]), "a survey needs 5 to 100 places, got 4"),
        ([*exact(SPOTS), *exact([(4.2, 3.1)])], "places 1 and 9 are less than 1 m apart. Remove one of them"),
        (exact([(4.0 + 1.1 * (n % 3), 3.0 + 1.1 * (n // 3)) for n in range(6)]), "all places lie within 2.5 m"),
        ([*exact(SPOTS), SurveyPlace(10.0, 1.0, ())], "no scanner with a position received the phone at place 9"),
        (
            [SurveyPlace(x, y, (SurveyReadings(f"{n % 4}", (-80,)),)) for n, (x, y) in enumerate(SPOTS)],
            "received the phone at place 1. Remove it",
        ),
        ([SurveyPlace(x, y, (SurveyReadings("a", (-80,)),)) for x, y in SPOTS], "fewer than 2 scanners received the phone at 3 places"),
        (exact(SPOTS, {each: (-70.0, 0.0) for each in TRUE}), "does not get weaker with distance"),
    ],
)
def test_a_survey_that_says_nothing_is_refused_with_what_to_do(places: list[SurveyPlace], words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        fit(places)
    assert refused.value.field == "places"

"""The Fire Weather Index against the published table, against xclim, and at the bounds of its equations."""

import importlib.util
from dataclasses import astuple

import numpy as np
import pytest

from engine.fire.fwi import LIMITS, Codes, FireDays, Noon, fire_days
from tests.engine.fire.oracle import NAMES, Array, Season, asked, drawn_days, drawn_season, kept

GOLDEN = np.array(
    [  # T, RH, wind, rain, FFMC, DMC, DC, ISI, BUI, FWI: April at 46° N, from 85, 6, 15
        [17, 42, 25, 0, 87.69, 8.55, 19.01, 10.85, 8.49, 10.10],
        [20, 21, 25, 2.4, 86.25, 10.41, 23.57, 8.84, 10.36, 9.28],
        [8.5, 40, 17, 0, 86.97, 11.81, 26.05, 6.54, 11.75, 7.58],
        [6.5, 25, 6, 0, 88.83, 13.19, 28.18, 4.90, 13.11, 6.16],
        [13, 34, 24, 0, 89.10, 15.45, 31.47, 12.63, 15.35, 14.85],
        [6, 40, 22, 0.4, 88.66, 16.48, 33.50, 10.71, 16.38, 13.47],
        [5.5, 52, 6, 0, 87.35, 17.25, 35.45, 3.97, 17.15, 5.86],
        [8.5, 46, 16, 0, 87.40, 18.50, 37.93, 6.62, 18.40, 9.66],
        [9.5, 54, 20, 0, 86.81, 19.69, 40.60, 7.44, 19.59, 10.99],
        [7, 93, 14, 9.0, 29.86, 10.17, 29.52, 0.01, 10.93, 0.00],
    ]
)
START = (85.0, 6.0, 15.0)


def noon(*values: float | list[float]) -> Noon:
    return Noon(*(np.atleast_1d(np.array(value, np.float64)) for value in values))


def one(*weather: float, start: tuple[float, float, float] = START, month: int = 4, latitude: float = 46.0) -> list[float]:
    """FFMC, DMC, DC, ISI, BUI, FWI, DSR."""
    day = fire_days(Codes.all_alike(start, 1), noon(*weather), month, latitude)
    return [float(values[0]) for values in astuple(day)]


def computed(season: Season) -> dict[str, Array]:
    codes, days = Codes(*season.start), list[FireDays]()
    for place, month in enumerate(season.months):
        days.append(fire_days(codes, Noon(*season.weather[:, :, place]), int(month), season.latitude))
        codes = days[-1].codes
    return {name: np.stack([getattr(day, name) for day in days], axis=1) for name in NAMES}


def check_alike(season: Season, theirs: dict[str, Array]) -> None:
    ours = computed(season)
    for name in NAMES:
        assert np.isfinite(theirs[name]).all()
        error = np.abs(ours[name] - theirs[name])
        assert np.quantile(error, 0.99) <= 0.001, name
        assert error.max() <= 0.01, name


def test_p29_the_golden_table() -> None:
    codes = START
    for row in GOLDEN:
        *found, _ = one(*row[:4], start=codes)
        codes = (found[0], found[1], found[2])
        assert np.abs(np.array(found) - row[4:]).max() <= 0.05
        assert abs(found[5] - row[9]) <= 0.01


def test_p29_a_year_at_each_latitude_is_as_xclim_has_it() -> None:
    season, theirs = kept()[0]
    assert theirs["fwi"].size > 4_000
    check_alike(season, theirs)


def test_p29_single_days_after_any_codes_are_as_xclim_has_them() -> None:
    season, theirs = kept()[1]
    assert theirs["fwi"].size >= 4_000
    check_alike(season, theirs)


@pytest.mark.soak
def test_thousands_of_other_days_are_as_xclim_has_them_now() -> None:
    if importlib.util.find_spec("xclim") is None:
        pytest.skip("xclim, the extra `oracle`, is not installed; what it answered is compared in the other tests.")
    for seed in range(10, 15):
        for season in (drawn_season(seed), drawn_days(seed, 20_000)):
            check_alike(season, asked(season))


def test_an_error_of_the_kind_that_matters_would_show() -> None:
    """The comparison is no rubber stamp: the northern table in the south fails it."""
    season, theirs = kept()[0]
    with pytest.raises(AssertionError):
        check_alike(Season(season.weather, season.start, np.abs(season.latitude)), theirs)


@pytest.mark.parametrize(
    ("latitude", "month", "dmc", "dc"),
    [(-45, 1, 11.5, 6.4), (-20, 7, 7.9, -1.6), (0, 1, 9.0, 1.39), (20, 1, 7.9, -1.6), (60, 7, 12.4, 6.4)],
)
def test_days_are_as_long_as_at_their_latitude(latitude: float, month: int, dmc: float, dc: float) -> None:
    found = one(20.0, 50.0, 10.0, 0.0, month=month, latitude=latitude)
    assert found[1] == pytest.approx(6 + 100 * 1.894e-6 * 21.1 * 50 * dmc)
    assert found[2] == pytest.approx(15 + 0.5 * (0.36 * 22.8 + dc))


@pytest.mark.parametrize(("before", "after"), [(-30.01, -30.0), (-15.01, -15.0), (14.99, 15.0), (29.99, 30.0)])
def test_bands_of_latitude_begin_at_their_lower_bound(before: float, after: float) -> None:
    assert one(20, 50, 10, 0, month=1, latitude=before) != one(20, 50, 10, 0, month=1, latitude=after)
    assert one(20, 50, 10, 0, month=1, latitude=after) == one(20, 50, 10, 0, month=1, latitude=after + 0.01)


def test_nothing_dry_is_zero_and_no_division() -> None:
    found = one(-20, 100, 0, 0, start=(0, 0, 0), month=1)
    assert found[1:3] == [0, 0]
    assert found[4] == 0
    assert 0 <= found[5] < 0.001


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("beyond", [-1.0, 1.0, np.nan, np.inf, -np.inf])
def test_p30_what_cannot_be_measured_is_no_number_in_its_cell_only(name: str, beyond: float) -> None:
    usual = {"temperature": 20.0, "humidity": 40.0, "wind": 10.0, "rain": 0.0}
    low, high = LIMITS[name]
    wrong = beyond if not np.isfinite(beyond) else (high + 0.1 if beyond > 0 else low - 0.1)
    both = fire_days(Codes.all_alike(START, 2), noon(*([usual[each], wrong if each == name else usual[each]] for each in usual)), 4, 46.0)
    for values in astuple(both):
        assert np.isfinite(values[0])
        assert np.isnan(values[1])


@pytest.mark.parametrize("start", [(-0.1, 6, 15), (101.1, 6, 15), (85, -1, 15), (85, 6, -1), (np.nan, 6, 15)])
def test_codes_that_cannot_be_give_no_number(start: tuple[float, float, float]) -> None:
    assert np.isnan(one(20, 40, 10, 0, start=start)).all()


def test_every_sound_day_gives_codes_within_their_bounds() -> None:
    rng, cells = np.random.default_rng(5), 20_000
    weather = noon(*(rng.uniform(low, high, cells) for low, high in LIMITS.values()))
    codes = Codes(rng.uniform(0, 101, cells), rng.uniform(0, 1_000, cells), rng.uniform(0, 2_000, cells))
    day = fire_days(codes, weather, rng.integers(1, 13, cells), rng.uniform(-90, 90, cells))
    assert (day.ffmc.min(), day.ffmc.max()) >= (0, 0)
    assert day.ffmc.max() <= 101
    for values in astuple(day):
        assert np.isfinite(values).all()
        assert values.min() >= 0


def test_a_block_more_changes_nothing() -> None:
    """Cells are worked on in blocks; each has its own month and latitude."""
    rng, cells = np.random.default_rng(6), 8_192 + 7
    weather = [rng.uniform(0, 40, cells), rng.uniform(10, 90, cells), rng.uniform(0, 40, cells), rng.uniform(0, 5, cells)]
    months, latitudes = rng.integers(1, 13, cells), rng.uniform(-90, 90, cells)
    whole = fire_days(Codes.all_alike(START, cells), Noon(*weather), months, latitudes)
    for place in (0, 8_191, 8_192, cells - 1):
        alone = one(*(float(values[place]) for values in weather), month=int(months[place]), latitude=float(latitudes[place]))
        assert alone == [float(values[place]) for values in astuple(whole)]

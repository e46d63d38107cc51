"""The learnt forecast: it knows no future, beats what is plain to see where there is a pattern, and says where there is none."""

from dataclasses import replace

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.model.risk.risk import PastIncidents
from engine.risk.backtest import FORECAST, DatedIncidents, Rolling, backtest, grouped
from engine.risk.forecast import LASTS_NS, learn_forecast
from engine.risk.forecast_area import Area
from engine.risk.forecast_hours import HOUR_NS, learn_hours
from engine.risk.forecast_mixture import learn_weights
from engine.risk.grid import Grid
from tests.engine.risk.cities import DAY_NS, MIDDLE, START_NS, clustered, dated, near_repeats, recorded, without_pattern

GRID = Grid(250.0)
DAYS = 200


def maps_of(past: DatedIncidents, day: int, area: Area) -> dict[str, np.ndarray]:
    rolling = Rolling(area, past)
    for earlier in range(day):
        if len(rolling.places(earlier)):
            rolling.maps()
        rolling.learn_day(earlier)
    return rolling.maps()


def test_changing_the_future_does_not_change_a_forecast() -> None:
    past = dated(clustered(600, DAYS, 1), DAYS)
    other = dated(without_pattern(600, DAYS, 2), DAYS)
    area = Area.around_places(
        GRID, *(np.concatenate(pair) for pair in ((past.latitudes, other.latitudes), (past.longitudes, other.longitudes)))
    )
    later = past.day >= 120
    swapped = replace(
        past, latitudes=np.where(later, other.latitudes, past.latitudes), longitudes=np.where(later, MIDDLE[1], past.longitudes)
    )
    before, after = maps_of(past, 120, area), maps_of(swapped, 120, area)
    assert set(before) == {"forecast", "uniform", "last_week", "promap", "kde_500m", "same_cell", "kde_250m"}
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert not np.array_equal(maps_of(past, 140, area)[FORECAST], maps_of(swapped, 140, area)[FORECAST])


def test_the_forecast_is_a_density_of_the_day_to_come() -> None:
    past = dated(clustered(600, DAYS, 1), DAYS)
    area = Area.around_places(GRID, past.latitudes, past.longitudes)
    empty = Rolling(area, past).maps()[FORECAST]
    assert empty == pytest.approx(np.full(area.size, 1 / area.size))
    density = maps_of(past, 150, area)[FORECAST]
    assert density.min() > 0
    assert 0.9 < density.sum() <= 1.0001


def test_where_incidents_have_places_it_beats_uniform_and_last_week() -> None:
    found = backtest(GRID, dated(clustered(900, DAYS, 4), DAYS)).box
    assert found.peers["uniform"][0.05].ahead_low > 0.2
    assert found.peers["last_week"][0.05].ahead_low > 0.1
    assert found.shares[0.05].hit > found.peers["kde_500m"][0.05].measured.hit - 0.02


def test_where_incidents_draw_others_after_them_it_sees_that() -> None:
    """All history says nothing here; the last days do."""
    found = backtest(GRID, dated(near_repeats(1200, DAYS, 5), DAYS))
    assert found.box.peers["kde_250m"][0.05].ahead_low > 0.03
    assert found.box.peers["same_cell"][0.05].ahead_low > 0.03
    fading = sum(weight for kernel, weight in found.weights if kernel is not None and kernel.fades)
    assert fading > 0.3
    assert fading > 4 * sum(
        weight for kernel, weight in backtest(GRID, dated(clustered(900, DAYS, 4), DAYS)).weights if kernel is not None and kernel.fades
    )


def test_what_no_kernel_explains_is_not_beaten() -> None:
    found = backtest(GRID, dated(without_pattern(900, DAYS, 6), DAYS)).box
    assert abs(found.shares[0.05].hit - 0.05) < 0.03
    assert any(peer[0.05].ahead_low <= 0 for peer in found.peers.values())


def shuffled(past: PastIncidents, seed: int) -> PastIncidents:
    """Places and times that have nothing to do with one another or with the past."""
    at, metres = without_pattern(len(past), DAYS, seed)
    return recorded((at, metres))


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_on_shuffled_data_it_says_that_it_beats_nothing_and_the_map_fades(seed: int) -> None:
    real = recorded(clustered(900, DAYS, 4))
    score = learn_forecast(GRID, shuffled(real, seed), START_NS + DAYS * DAY_NS).score
    assert score is not None
    assert not score.beats


def test_where_there_is_a_pattern_it_says_that_it_beats_them() -> None:
    score = learn_forecast(GRID, recorded(near_repeats(1200, DAYS, 5)), START_NS + DAYS * DAY_NS).score
    assert score is not None
    assert score.days > 80
    assert score.beats
    assert score.low < score.hit < score.high


def test_the_learnt_forecast_is_risk_of_cells_by_hour_of_the_day() -> None:
    past, now_ns = recorded(clustered(900, DAYS, 4)), START_NS + DAYS * DAY_NS + 2 * HOUR_NS
    learnt = learn_forecast(GRID, past, now_ns)
    forecast = learnt.forecast
    assert forecast.risks.shape == (len(forecast.cells), 24)
    assert forecast.risks.dtype == np.float32
    assert forecast.cells.dtype == np.int64
    assert len(np.unique(forecast.cells)) == len(forecast.cells)
    assert float(forecast.risks.min()) >= 0
    assert float(forecast.risks.max()) == 1.0
    assert (forecast.computed_ns, forecast.expires_ns, forecast.cell_m) == (now_ns, now_ns + LASTS_NS, 250.0)
    assert learnt.expected.sum() == pytest.approx(900 / DAYS, rel=0.35)  # incidents a day
    own = np.isin(GRID.cells(past.latitudes, past.longitudes), forecast.cells)
    assert own.all()


def test_there_are_no_data_far_from_all_incidents() -> None:
    near, far = recorded(clustered(300, DAYS, 4)), recorded((np.array([5.0]), np.array([[20_000.0, 0.0]])))
    both = PastIncidents(
        (*near.ids, "far"),
        *(np.concatenate([a, b]) for a, b in ((near.latitudes, far.latitudes), (near.longitudes, far.longitudes))),
        *(np.concatenate([a, b]) for a, b in ((near.occurred_ns, far.occurred_ns), (near.categories, far.categories))),
        np.concatenate([near.severities, far.severities]),
    )
    learnt = learn_forecast(GRID, both, START_NS + DAYS * DAY_NS)
    between = GRID.cells(np.array([MIDDLE[0]]), np.array([MIDDLE[1] + 12_000 / 111_195 / np.cos(np.radians(MIDDLE[0]))]))
    assert not np.isin(between, learnt.forecast.cells).any()
    assert learnt.left_out == 0


def test_incidents_of_another_region_are_left_out_and_those_to_come_unknown() -> None:
    past = recorded(clustered(300, DAYS, 4))
    latitudes = past.latitudes.copy()
    latitudes[:3] += 2.0
    learnt = learn_forecast(GRID, replace(past, latitudes=latitudes), START_NS + DAYS * DAY_NS)
    assert (learnt.incidents, learnt.left_out) == (297, 3)
    half = learn_forecast(GRID, past, START_NS + 100 * DAY_NS)
    assert half.incidents == int((past.occurred_ns < START_NS + 100 * DAY_NS).sum())


def test_incidents_around_an_empty_middle_are_somebodys() -> None:
    far = recorded((np.array([1.0, 2.0]), np.array([[-60_000.0, 0.0], [60_000.0, 0.0]])))
    assert learn_forecast(GRID, far, START_NS + 5 * DAY_NS).incidents == 1


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(InputError, match="none to learn from"):
        learn_forecast(GRID, recorded((np.zeros(0), np.zeros((0, 2)))), START_NS)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_few_incidents_make_a_forecast_and_no_score(count: int) -> None:
    learnt = learn_forecast(GRID, recorded(clustered(count, 20, 9)), START_NS + 20 * DAY_NS)
    assert learnt.score is None
    assert np.isfinite(learnt.forecast.risks).all()
    assert np.isfinite(learnt.expected).all()


def test_hours_of_the_day_are_learnt_and_differ_by_place() -> None:
    """West at noon, east at midnight."""
    draw = np.random.default_rng(8)
    count = 400
    east = np.repeat([-3000.0, 3000.0], count) + draw.normal(size=2 * count) * 100
    hour = np.repeat([12, 0], count)
    at = np.tile(np.arange(count) * 0.5, 2).astype(np.int64).astype(np.float64) + hour / 24
    past = recorded((np.sort(at), np.stack([east, np.zeros(2 * count)], axis=1)[np.argsort(at, kind="stable")]))
    area = Area.around_places(GRID, past.latitudes, past.longitudes)
    places = area.find_positions(GRID.cells(past.latitudes, past.longitudes))
    profile = learn_hours(area, *area.metres(past.latitudes, past.longitudes), places, past.occurred_ns, START_NS + 200 * DAY_NS)
    west, there = area.metres(past.latitudes, past.longitudes)[0] < 0, places
    assert np.bincount(profile.shares[there[west]].argmax(axis=1)).argmax() == 12
    assert np.bincount(profile.shares[there[~west]].argmax(axis=1), minlength=24).argmax() == 0
    assert profile.shares.sum(axis=1) == pytest.approx(np.ones(area.size), rel=1e-4)
    assert profile.weights[3] > 0.5


def test_weights_go_to_the_part_that_knew() -> None:
    draw = np.random.default_rng(2)
    told = draw.uniform(0.5, 1.5, (800, 1, 3))
    told[:, 0, 1] *= 6
    weights, groups = learn_weights(told, np.full(3, 1 / 3), np.ones(1))
    assert weights[1] > 0.8
    assert weights.sum() == pytest.approx(1.0)
    assert groups.tolist() == [1.0]


def test_categories_that_say_nothing_of_what_comes_count_less() -> None:
    draw = np.random.default_rng(7)
    told = np.full((600, 2, 2), 0.02)
    told[:, 0, 0] = draw.uniform(0.5, 1.0, 600)
    _, groups = learn_weights(told, np.array([0.9, 0.1]), np.array([0.5, 0.5]))
    assert groups[0] > 0.8


def test_rare_categories_are_one_group() -> None:
    assert grouped(np.array([7, 7, 7, 1, 1, 3, 3, 3, 3, 9, 8])).tolist() == [1, 1, 1, 2, 2, 0, 0, 0, 0, 3, 3]
    assert grouped(np.zeros(0, np.int64)).tolist() == []


def test_several_categories_are_forecast_together() -> None:
    city = clustered(600, DAYS, 1)
    kinds = np.random.default_rng(1).integers(0, 6, 600)
    mixed = backtest(GRID, dated(city, DAYS, kinds)).box.shares[0.05].hit
    assert mixed == pytest.approx(backtest(GRID, dated(city, DAYS)).box.shares[0.05].hit, abs=0.03)

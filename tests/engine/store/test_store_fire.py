"""Fire weather in the record, and its policy as SQL: the same rows that Python keeps."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Double, MetaData, Table, Text, create_engine, insert, select

from engine.fire.season import Season, SeasonState
from engine.model.fire.fire import FireClass, FireDay, FireDayStatus, FireRisk, FireRiskPolicy, FireSource, NoonWeather
from engine.model.time import ManualClock
from engine.store import open_store
from engine.store.fire.fire_policy import kept_by
from engine.store.store import Store

DAY = date(2026, 7, 14)
ROWS = Table("rows", MetaData(), Column("camera_id", Text), Column("max_conf", Double))
BOUNDARIES = (0.0, 0.1, 0.449, 0.45, 0.451, 0.599, 0.6, 0.601, 0.7, 1.0, math.nextafter(0.45, 0), math.nextafter(0.6, 0))
CAMERAS = ("a", "b", "c", "d'; DROP TABLE rows")


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = open_store(path, ManualClock(0))
    yield store
    store.close()


def risk(camera: str, day: date = DAY, known: FireClass | None = FireClass.LOW, fetched_ns: int = 5) -> FireRisk:
    return FireRisk(camera, day, known, None if known is None else 7.5, FireSource.SERVICE, fetched_ns, "" if known else "It is unknown.")


def kept(policy: FireRiskPolicy, rows: list[tuple[str, float | None]]) -> list[tuple[str, float | None]]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        ROWS.create(connection)
        if rows:
            connection.execute(insert(ROWS), [{"camera_id": camera, "max_conf": value} for camera, value in rows])
        found = [
            (row.camera_id, row.max_conf)
            for row in connection.execute(select(ROWS).where(kept_by(policy, ROWS.c.camera_id, ROWS.c.max_conf)))
        ]
    engine.dispose()
    return found


def everything(policy: FireRiskPolicy) -> list[tuple[str, float | None]]:
    rows: list[tuple[str, float | None]] = [(camera, value) for camera in CAMERAS for value in (None, *BOUNDARIES)]
    found = kept(policy, rows)
    assert found == [row for row in rows if policy.keeps(*row)]
    return found


@pytest.mark.parametrize(("known", "hidden", "shown"), [(FireClass.LOW, 0.449, 0.45), (FireClass.VERY_LOW, 0.599, 0.60)])
def test_p1_the_boundary_is_kept(known: FireClass, hidden: float, shown: float) -> None:
    policy = FireRiskPolicy((("a", known),))
    assert kept(policy, [("a", hidden), ("a", shown)]) == [("a", shown)]
    assert (policy.keeps("a", hidden), policy.keeps("a", shown)) == (False, True)


@pytest.mark.parametrize("known", [FireClass.MODERATE, FireClass.HIGH, FireClass.VERY_HIGH, FireClass.EXTREME])
def test_p2_from_moderate_on_everything_is_kept(known: FireClass) -> None:
    policy = FireRiskPolicy((("a", known),))
    assert kept(policy, [("a", 0.10), ("a", 0.0)]) == [("a", 0.10), ("a", 0.0)]
    assert policy.keeps("a", 0.10)


def test_p3_what_has_no_confidence_is_kept() -> None:
    policy = FireRiskPolicy((("a", FireClass.VERY_LOW),))
    assert kept(policy, [("a", None)]) == [("a", None)]
    assert policy.keeps("a", None)


def test_p4_a_camera_that_nobody_knows_is_kept() -> None:
    assert kept(FireRiskPolicy((("a", FireClass.VERY_LOW),)), [("b", 0.1)]) == [("b", 0.1)]


def test_p7_an_override_is_for_all_cameras_and_moderate_shows_everything() -> None:
    classes = (("a", FireClass.VERY_LOW),)
    assert len(everything(FireRiskPolicy(classes, override=FireClass.MODERATE))) == 4 * 13
    assert ("b", 0.449) not in everything(FireRiskPolicy(classes, override=FireClass.LOW))


def test_the_first_of_two_classes_of_a_camera_counts_in_both() -> None:
    everything(FireRiskPolicy((("a", FireClass.HIGH), ("a", FireClass.VERY_LOW))))


CLASSES = st.lists(st.tuples(st.sampled_from(CAMERAS), st.sampled_from(FireClass)), max_size=5)
CONFIDENCES = st.sampled_from((0.0, 0.3, 0.45, 0.6, 0.95, 1.0)) | st.floats(0, 1)
THRESHOLDS = st.lists(st.tuples(st.sampled_from(FireClass), CONFIDENCES), max_size=6)


@given(
    CLASSES,
    THRESHOLDS,
    st.none() | st.sampled_from(FireClass),
    st.lists(st.tuples(st.sampled_from(CAMERAS), st.none() | CONFIDENCES), max_size=20),
)
def test_sql_and_python_keep_the_same(
    classes: list[tuple[str, FireClass]],
    thresholds: list[tuple[FireClass, float]],
    override: FireClass | None,
    rows: list[tuple[str, float | None]],
) -> None:
    policy = FireRiskPolicy(tuple(classes), tuple(thresholds), override)
    assert kept(policy, rows) == [row for row in rows if policy.keeps(*row)]


def test_classes_of_a_day_are_those_of_that_day(store: Store) -> None:
    yesterday = DAY - timedelta(days=1)
    store.fire.keep_risks([risk("a", yesterday, FireClass.HIGH), risk("a"), risk("b", known=None)])
    store.fire.keep_risks([risk("a", known=FireClass.EXTREME, fetched_ns=9)])
    assert set(store.fire.risks(DAY)) == {risk("a", known=FireClass.EXTREME, fetched_ns=9), risk("b", known=None)}
    assert store.fire.risks(yesterday) == (risk("a", yesterday, FireClass.HIGH),)
    assert store.fire.risks(DAY + timedelta(days=1)) == ()


def test_the_newest_classes_are_those_learnt_last(store: Store) -> None:
    old = DAY - timedelta(days=1)
    store.fire.keep_risks(
        [risk("a", old, fetched_ns=10), risk("a", DAY, fetched_ns=30), risk("b", old, fetched_ns=12), risk("c", old, fetched_ns=1)]
    )
    assert set(store.fire.newest_risks(10)) == {risk("a", DAY, fetched_ns=30), risk("b", old, fetched_ns=12)}


def season(days: int) -> list[tuple[NoonWeather, FireDay]]:
    state, found = SeasonState(), list[tuple[NoonWeather, FireDay]]()
    for place in range(days):
        noon = NoonWeather(DAY + timedelta(days=place), 20.0, math.nan if place == 3 else 40.0, 10.0, 0.1)
        state, day = Season(46.0).next(state, noon)
        found.append((noon, day))
    return found


def test_a_season_comes_back_as_it_was_and_to_the_bit(store: Store) -> None:
    days = season(6)
    store.fire.keep_weather("site", days)
    store.fire.keep_weather("other", days[:1])
    found = store.fire.weather("site", DAY)
    assert [day for _, day in found] == [day for _, day in days]
    assert [repr(noon) for noon, _ in found] == [repr(noon) for noon, _ in days]  # NaN is not equal to itself
    assert found[3][1].status is FireDayStatus.REJECTED
    assert [day for _, day in store.fire.weather("site", DAY + timedelta(days=4))] == [day for _, day in days[4:]]


def test_the_season_goes_on_from_the_last_day_that_was_computed_and_no_forecast(store: Store) -> None:
    days = season(5)
    coming = FireDay(DAY + timedelta(days=5), FireDayStatus.OK, 80.0, 5.0, 10.0, 1.0, 1.0, 1.0, 1.0, forecast=True)
    store.fire.keep_weather("site", [*days, (NoonWeather(coming.day, 20.0, 40.0, 10.0, 0.0), coming)])
    assert store.fire.last_computed("site") == days[4][1]
    assert store.fire.last_computed("site", days[4][1].day) == days[2][1]  # the fourth was rejected
    assert store.fire.last_computed("elsewhere") is None


def test_what_is_old_is_forgotten(store: Store) -> None:
    store.fire.keep_risks([risk("a", DAY - timedelta(days=1)), risk("a")])
    store.fire.keep_weather("site", season(3))
    store.fire.forget(DAY + timedelta(days=1))
    assert store.fire.risks(DAY) == store.fire.risks(DAY - timedelta(days=1)) == ()
    assert len(store.fire.weather("site", DAY)) == 2

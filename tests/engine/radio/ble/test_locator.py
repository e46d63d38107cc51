import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as run_settings
from hypothesis import strategies as st

from engine.model.radio.radio import LOCAL_SCANNER, BleDeviceView, BleSighting, BleSightings
from engine.model.settings import Settings
from engine.model.site import Floor, Position, RadioSettings
from engine.radio.ble import PhoneLocator
from engine.radio.ble.locator import MOST_BELIEFS, MOST_PHONES
from tests.engine.radio.ble.made_phones import CORNERS, TWO, MadePhone, address, around, at, blob, persons, reports, settings

ONE = dict(list(CORNERS.items())[:1])


def _locator(scanners: dict[str, Position] = CORNERS, configured: Settings | None = None) -> PhoneLocator:
    locator = PhoneLocator()
    locator.configure(configured or settings())
    locator.know(persons())
    locator.place(scanners)
    return locator


def _run(
    locator: PhoneLocator, phone: MadePhone, start: float, end: float, scanners: dict[str, Position] = CORNERS, still: bool = False
) -> list[tuple[BleDeviceView, tuple[float, float]]]:
    """A phone that walks in a circle, reported every five seconds; what is said of it at every tick."""
    found: list[tuple[BleDeviceView, tuple[float, float]]] = []
    for tick in range(round(start * 10), round(end * 10)):
        seconds = tick / 10
        place = (3.0, 2.0) if still else around(seconds, (4, 3), 2.0, 0.5)
        if tick % 50 == 20:
            for report in reports([(phone, place)], seconds, scanners):
                locator.take(report)
        found += [(view, place) for view in locator.locate(at(seconds)) if view.device == phone.device]
    return found


def test_a_phone_reported_every_five_seconds_has_a_useful_position():
    runs = [_run(_locator(), MadePhone(address(0), gain_db, seed=seed), 0, 90) for seed, gain_db in enumerate((-6.0, 0.0, 6.0))]
    found = [each for run in runs for each in run if each[0].last_seen_ns > at(10)]
    errors = [math.dist(view.position[:2], place) for view, place in found if view.position is not None]
    nearest = [math.dist(CORNERS[view.best_scanner][:2], place) for view, place in found]
    assert len(errors) == len(found)
    assert np.median(errors) < 0.8 * np.median(nearest)
    assert np.percentile(errors, 90) < 0.9 * np.percentile(nearest, 90)
    assert {view.method for view, _ in found} == {"grid_filter"}
    view = runs[0][-1][0]
    assert (view.label, view.person_id, view.color, view.scanners) == ("phone 0", "p0", "#000000", 4)


def test_it_is_placed_within_a_tick_of_its_first_report():
    locator = _locator()
    for report in reports([(MadePhone(address(0)), (2, 2))], 1.0):
        locator.take(report)
    (view,) = locator.locate(at(1.1))
    assert view.position is not None and view.sigma_m is not None and 0.3 < view.sigma_m < 3


def test_one_scanner_places_it_nearby_with_a_big_sigma():
    found = _run(_locator(ONE), MadePhone(address(0)), 0, 30, ONE)
    view = found[-1][0]
    assert (view.method, view.scanners) == ("nearest", 1)
    assert view.position is not None and view.position[:2] == (0.0, 0.0)
    assert view.sigma_m is not None and view.sigma_m >= 1.0


def test_two_scanners_are_named():
    view = _run(_locator(TWO), MadePhone(address(0)), 0, 30, TWO)[-1][0]
    assert (view.method, view.scanners) == ("two_scanners", 2)
    assert view.position is not None


def test_nodes_that_repeat_a_phone_that_left_do_not_keep_it():
    """The firmware's list of devices is never cleared: it reports the same strength for ever."""
    locator, stale = _locator(), reports([(MadePhone(address(0)), (2, 2))], 0.0)
    for seconds in range(0, 120, 5):
        for report in stale:
            locator.take(replace(report, occurred_ns=at(seconds)))
        views = locator.locate(at(seconds + 0.1))
        if seconds <= 20:
            assert views[0].position is not None
    assert (views[0].position, views[0].scanners, views[0].heard) == (None, 0, ())
    assert views[0].last_seen_ns == at(0)


def test_the_own_adapter_repeats_nothing_and_is_believed():
    configured = replace(settings(), radio=RadioSettings(scan_ble=True, scanner_position=(4, 3, 1)))
    locator = _locator({}, configured)
    for second in range(60):
        locator.take(BleSightings(at(second), LOCAL_SCANNER, (BleSighting(address(0), -60),)))
        (view,) = locator.locate(at(second + 0.1))
    assert (view.method, view.best_scanner) == ("nearest", LOCAL_SCANNER)
    assert view.position is not None and view.position[:2] == (4, 3)


def test_unregistered_devices_are_placed_too():
    locator = _locator(configured=settings(0))
    view = _run(locator, MadePhone("anon-0123456789abcdef"), 0, 30)[-1][0]
    assert view.position is not None
    assert (view.address, view.label, view.person_id) == ("", "", "")


def test_positions_keep_to_the_floor_plan():
    configured = replace(settings(), floor=Floor(extent=(2, 2, 6, 5)))
    found = _run(_locator(configured=configured), MadePhone(address(0)), 0, 60)
    places = [view.position for view, _ in found if view.position is not None]
    assert places and all(2 <= x <= 6 and 2 <= y <= 5 for x, y, _ in places)


def test_a_phone_is_forgotten_after_a_quarter_of_an_hour():
    locator = _locator()
    _run(locator, MadePhone(address(0)), 0, 10)
    assert len(locator.locate(at(800))) == 1
    assert locator.locate(at(1000)) == ()


def test_a_crowd_is_bounded_and_registered_phones_stay():
    locator = _locator()
    everybody = [address(0), *(f"anon-{index:016x}" for index in range(MOST_PHONES + 200))]
    for scanner in CORNERS:
        for start in range(0, len(everybody), 100):
            sightings = tuple(BleSighting(device, -60 - index % 30) for index, device in enumerate(everybody[start : start + 100]))
            locator.take(BleSightings(at(start / 1000), scanner, sightings))
    for tick in range(200):
        views = locator.locate(at(1 + tick / 10))
    assert len(views) == MOST_PHONES
    assert address(0) in {view.device for view in views}
    beliefs = [phone for phone in locator.state()["phones"] if phone["belief"] is not None]
    assert len(beliefs) == MOST_BELIEFS and address(0) in {phone["device"] for phone in beliefs}


def test_a_phone_that_nobody_is_with_was_left_behind_and_a_moved_one_was_not():
    locator, lying, carried = _locator(), MadePhone(address(0), noise_db=1.0), MadePhone(address(1), seed=1)
    for tick in range(4000):
        seconds, place = tick / 10, around(tick / 10, (6, 4.5), 1.2, 0.5)
        if tick % 50 == 0:
            for report in reports([(lying, (1.0, 1.0)), (carried, place)], seconds):
                locator.take(report)
        views = {view.device: view for view in locator.locate(at(seconds))}
        locator.witness(at(seconds), [blob("b", place, seconds)])
        assert not views[address(1)].left_behind
        assert seconds > 100 or not views[address(0)].left_behind
    assert views[address(0)].left_behind


def test_without_radio_sensing_nothing_is_left_behind():
    found = _run(_locator(), MadePhone(address(0), noise_db=0.5), 0, 300, still=True)
    assert not any(view.left_behind for view, _ in found)


@pytest.mark.parametrize("configure_first", [True, False])
def test_continues_bit_for_bit_from_its_state(configure_first: bool):
    whole, phone, twin = _locator(), MadePhone(address(0)), MadePhone(address(0))
    _run(whole, phone, 0, 33)
    _run(_locator(), twin, 0, 33)
    half = PhoneLocator()
    saved = json.loads(json.dumps(whole.state()))
    if configure_first:
        half.configure(settings())
        half.know(persons())
        half.restore(saved)
    else:
        half.restore(saved)
        half.configure(settings())
        half.know(persons())
    half.place(CORNERS)
    assert _run(half, twin, 33, 80) == _run(whole, phone, 33, 80)
    assert half.state() == whole.state()


def test_a_state_over_another_floor_begins_anew():
    whole = _locator()
    _run(whole, MadePhone(address(0)), 0, 30)
    other = PhoneLocator()
    other.restore(json.loads(json.dumps(whole.state())))
    other.configure(replace(settings(), floor=Floor(extent=(0, 0, 30, 20))))
    (view,) = other.locate(at(30.2))
    assert view.position is not None and view.sigma_m is not None


def test_a_moved_scanner_begins_anew_with_what_is_known():
    locator = _locator()
    _run(locator, MadePhone(address(0)), 0, 20)
    locator.place({**CORNERS, "AA:00:00:00:00:01": (1.0, 1.0, 2.0)})
    (view,) = locator.locate(at(20.2))
    assert view.position is not None


def test_nothing_placed_is_nothing_located():
    (view,) = _run(_locator({}), MadePhone(address(0)), 0, 5)[-1][:1]
    assert (view.position, view.method) == (None, "")
    assert view.rssi_dbm is not None


_SIGHTING = st.builds(BleSighting, st.sampled_from([address(0), "anon-1", "anon-2"]), st.integers(-200, 200))
_REPORT = st.tuples(st.integers(-3, 40), st.sampled_from([*CORNERS, LOCAL_SCANNER, "unknown"]), st.lists(_SIGHTING, max_size=4))


@run_settings(max_examples=40, deadline=None)
@given(st.lists(_REPORT, max_size=15))
def test_whatever_is_reported_positions_are_finite_and_on_the_floor(found: list[tuple[int, str, list[BleSighting]]]):
    locator, now = _locator(configured=replace(settings(), floor=Floor(extent=(-1, -1, 9, 7)))), 0
    for passed, scanner, sightings in found:
        now += passed
        locator.take(BleSightings(at(now), scanner, tuple(sightings)))
        for view in locator.locate(at(now)):
            if view.position is not None:
                x, y, _ = view.position
                assert -1 <= x <= 9 and -1 <= y <= 7
                assert view.sigma_m is not None and 0 < view.sigma_m < 10
    json.dumps(locator.state(), allow_nan=False)


def test_who_passes_a_phone_that_fits_nobody_is_no_company_and_who_stays_with_it_is():
    passing, staying = (lambda seconds: around(seconds, (1.6, 1.6), 3.0, 0.9)), (lambda _: (1.2, 1.2))
    for place, fits, left in ((passing, False, True), (passing, True, False), (staying, False, False)):
        locator, lying = _locator(), MadePhone(address(0), noise_db=1.0)
        for tick in range(4000):
            seconds = tick / 10
            if tick % 50 == 0:
                for report in reports([(lying, (1.0, 1.0))], seconds):
                    locator.take(report)
            (view,) = locator.locate(at(seconds))
            if tick % 10 == 0:
                trail = tuple((at(seconds - ago), *place(seconds - ago)) for ago in range(30, -1, -1))
                locator.witness(at(seconds), [replace(blob("b", place(seconds), seconds), trail=trail)], lambda _, fits=fits: fits)
        assert view.left_behind is left

"""How well each sense does, counted from sightings through the tracker's live door."""

import json
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from engine.fusion.floor import FloorInput, PeopleFloor
from engine.fusion.senses import ScannerMoment, SensesNow, SenseWatch
from engine.fusion.sighting import Sighting
from engine.model.geometry import Point
from engine.model.radio.fused import SourceKind
from engine.model.sense_quality import LEAST_MOMENTS, SenseKind, SenseQuality
from engine.model.time import MILLISECOND, SECOND

START_NS = 1_790_000_000 * SECOND
SENSORS = {"yard": (SenseKind.CAMERA, True), "radio": (SenseKind.RADIO, True)}


def sighting(sensor: str, x: float, y: float, sigma_m: float = 0.3, own: str = "1") -> Sighting:
    kind = SourceKind.RADIO if sensor == "radio" else SourceKind.CAMERA
    return Sighting(kind, f"{sensor}-{own}", sensor, 0, np.array([x, y]), np.eye(2) * sigma_m**2)


class Site:
    """People walk through the tracker, ten ticks a second; `yard` looks at x < 10, radio covers everything."""

    def __init__(self) -> None:
        self.floor, self.watch = PeopleFloor(), SenseWatch()
        self.now_ns, self.made = START_NS, 0
        self.sensors = dict(SENSORS)
        self.is_exit: Callable[[Point], bool] = lambda at: False
        self.heard: Sequence[ScannerMoment] = ()

    def run(self, seconds: float, see: Callable[[float], Sequence[Sighting]]) -> None:
        """`see`: what is measured so many seconds after now."""
        for tick in range(round(10 * seconds)):
            self.now_ns += 100 * MILLISECOND
            seen = [self._now(each) for each in see(tick / 10)]
            step = self.floor.step(self.now_ns, FloorInput(seen), self._new_id)
            if self.watch.is_due(self.now_ns):
                now = SensesNow(seen, step.picture.tracks, self.sensors, self._views, self.is_exit, self.heard)
                self.watch.step(self.now_ns, now)

    def quality(self, sensor: str) -> SenseQuality:
        return next(each for each in self.watch.quality(self.now_ns) if each.sensor_id == sensor)

    def _now(self, each: Sighting) -> Sighting:
        return Sighting(each.kind, each.id, each.sensor_id, self.now_ns, each.xy, each.covariance)

    def _views(self, at: Point) -> list[str]:
        return [name for name, (kind, works) in self.sensors.items() if works and (kind is SenseKind.RADIO or at[0] < 10)]

    def _new_id(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}-{self.made}"


@pytest.fixture
def site() -> Site:
    return Site()


def test_who_is_seen_by_both_is_a_moment_of_both_with_the_distance(site: Site) -> None:
    site.run(122, lambda s: [sighting("yard", 2.0, 3.0, 0.1), sighting("radio", 2.5, 3.0, 0.4)])
    yard, radio = site.quality("yard"), site.quality("radio")
    assert 55 <= yard.recent.moments == yard.recent.seen <= 61 and yard.recent.share == 1.0
    assert (yard.recent.by, radio.recent.by) == ((SenseKind.RADIO,), (SenseKind.CAMERA,))
    assert yard.recent.apart_m == pytest.approx(0.5, abs=0.1) and yard.recent == yard.day
    assert (yard.kind, radio.kind, yard.recent.lost, radio.recent.alone) == (SenseKind.CAMERA, SenseKind.RADIO, 0, 0)


def test_too_few_moments_are_no_share(site: Site) -> None:
    site.run(20, lambda s: [sighting("yard", 2.0, 3.0, 0.1), sighting("radio", 2.5, 3.0, 0.4)])
    figures = site.quality("yard").recent
    assert 0 < figures.moments < LEAST_MOMENTS and figures.share is None and not figures.is_long


def test_a_sensor_with_rough_places_judges_none(site: Site) -> None:
    """Whom radio locates two metres beside where the cameras see them may as well stand in another room."""
    site.sensors |= {"gate": (SenseKind.CAMERA, True)}
    site.run(82, lambda s: [sighting("yard", 2.0, 3.0, 0.1), sighting("gate", 2.0, 3.1, 0.1), sighting("radio", 4.0, 3.0, 1.0)])
    assert site.quality("radio").recent.apart_m == pytest.approx(2.0, abs=0.3)
    before = site.quality("yard").recent
    site.run(62, lambda s: [sighting("radio", 6.0, 6.0, 1.0, own="2")])
    after = site.quality("yard").recent
    assert after.moments - before.moments <= 2 and after.share is not None and after.share > 0.9


def test_whom_a_camera_does_not_see_in_its_view_is_a_chance_missed_and_alone_for_radio(site: Site) -> None:
    site.run(120, lambda s: [sighting("radio", 2.5, 3.0, 0.4)])
    assert site.quality("yard").recent.moments > LEAST_MOMENTS and site.quality("yard").recent.seen == 0
    assert site.quality("radio").recent.alone == 1, "one person, told once"
    assert site.quality("radio").recent.moments == 0, "nobody else located anybody"


def test_a_camera_that_looks_once_in_two_seconds_sees_them_all_the_same(site: Site) -> None:
    camera = sighting("yard", 2.0, 3.0, 0.1)
    site.run(120, lambda s: [*([camera] if s % 1.6 < 0.55 else []), sighting("radio", 2.3, 3.0, 0.4)])
    figures = site.quality("yard").recent
    assert figures.share is not None and figures.share > 0.95 and site.quality("radio").recent.alone == 0


def test_beyond_its_view_a_camera_has_no_chance(site: Site) -> None:
    site.run(120, lambda s: [sighting("radio", 15.0, 3.0, 0.4)])
    assert site.quality("yard").recent.moments == 0 and site.quality("radio").recent.alone == 0


def test_who_sees_somebody_without_a_place_is_no_judge(site: Site) -> None:
    site.run(120, lambda s: [sighting("radio", 2.5, 3.0, 1.6)])
    assert site.quality("yard").recent.moments == 0 and site.quality("radio").recent.alone == 0


def vanishes(x: float, y: float = 3.0, others: Sequence[Sighting] = ()) -> Callable[[float], list[Sighting]]:
    """Seen by the yard for five seconds, then no more."""
    return lambda s: [*others, *([sighting("yard", x, y, 0.1)] if s < 5 else [])]


def test_who_vanishes_in_the_middle_of_the_view_is_lost_there(site: Site) -> None:
    site.run(15, vanishes(2.0))
    assert site.quality("yard").recent.lost == 1 and site.quality("yard").losses == (pytest.approx((2.0, 3.0)),)


def test_who_leaves_by_a_door_or_the_edge_of_the_view_is_not_lost(site: Site) -> None:
    site.run(15, lambda s: [sighting("yard", 4.0 + 1.4 * s, 3.0, 0.1)] if s < 4 else [])  # ends at 9.6 m of 10, walking
    assert site.quality("yard").recent.lost == 0
    site.is_exit = lambda at: at[1] > 6
    site.run(15, vanishes(2.0, 7.0))
    assert site.quality("yard").recent.lost == 0


def test_who_is_followed_on_as_another_track_is_not_lost(site: Site) -> None:
    site.run(20, lambda s: [sighting("yard", 2.0, 3.0, 0.1, "1" if s < 5 else "2")])
    assert site.quality("yard").recent.lost == 0


def test_a_sensor_that_does_not_work_loses_nobody_and_its_time_does_not_count(site: Site) -> None:
    site.run(5, lambda s: [sighting("yard", 2.0, 3.0, 0.1)])
    site.sensors["yard"] = SenseKind.CAMERA, False
    site.run(15, lambda s: [])
    figures = site.quality("yard").recent
    assert figures.lost == 0 and figures.worked_s < figures.looked_s == pytest.approx(20, abs=2.1)


def test_what_scanners_heard_is_counted(site: Site) -> None:
    site.sensors["mac"] = SenseKind.SCANNER, True
    site.heard = (ScannerMoment("mac", True, SenseKind.CAMERA, 1.5), ScannerMoment("mac", False, SenseKind.CAMERA))
    site.run(60, lambda s: [])
    figures = site.quality("mac").recent
    assert figures.share == 0.5 and figures.apart_m == pytest.approx(1.5, abs=0.11)


def test_a_day_is_kept_and_the_hours_of_before_are_not_recent(site: Site) -> None:
    site.run(100, vanishes(2.0, others=[sighting("radio", 2.0, 3.0)]))
    site.watch.interrupt(site.now_ns)
    site.now_ns += 3 * 3600 * SECOND
    site.run(20, lambda s: [])
    yard = site.quality("yard")
    assert yard.recent.moments == 0 and yard.day.moments >= LEAST_MOMENTS and len(yard.losses) == yard.day.lost == 1
    site.now_ns += 24 * 3600 * SECOND
    site.run(20, lambda s: [])
    assert site.quality("yard").day.moments == 0 and site.quality("yard").losses == ()


def test_a_sensor_that_is_gone_for_a_day_is_not_told_of(site: Site) -> None:
    site.run(20, lambda s: [])
    del site.sensors["yard"]
    site.now_ns += 25 * 3600 * SECOND
    site.run(20, lambda s: [])
    assert [each.sensor_id for each in site.watch.quality(site.now_ns)] == ["radio"]


def test_what_is_placed_anew_begins_anew(site: Site) -> None:
    both = [sighting("yard", 2.0, 3.0, 0.1), sighting("radio", 2.5, 3.0, 0.4)]
    site.run(100, lambda s: both)
    site.watch.forget(["yard"])
    moved_ns = site.now_ns
    site.run(10, lambda s: both)
    assert site.quality("yard").day.moments <= 6 and site.quality("yard").day.since_ns >= moved_ns
    assert site.quality("radio").day.moments >= LEAST_MOMENTS


def test_it_goes_on_in_another_process(site: Site) -> None:
    site.run(33, vanishes(2.0, others=[sighting("radio", 2.5, 3.0)]))
    plain = json.loads(json.dumps(site.watch.state()))
    again = SenseWatch()
    again.restore(plain)
    assert again.state() == site.watch.state()
    first = site.watch
    other = Site()
    other.floor.restore(site.floor.state())
    other.watch, other.now_ns, other.made = again, site.now_ns, site.made
    for each in (site, other):
        each.run(30, vanishes(4.0, others=[sighting("radio", 2.5, 3.0)]))
    assert again.quality(site.now_ns) == first.quality(site.now_ns) and again.state() == first.state()


def test_a_clock_that_was_set_back_keeps_no_hours_of_the_future(site: Site) -> None:
    site.run(20, lambda s: [sighting("yard", 2.0, 3.0, 0.1), sighting("radio", 2.5, 3.0, 0.4)])
    site.now_ns -= 5 * 3600 * SECOND
    site.watch.interrupt(site.now_ns)
    site.run(20, lambda s: [])
    assert site.quality("yard").day.moments == 0 and site.quality("yard").day.since_ns <= site.now_ns

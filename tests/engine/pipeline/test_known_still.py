"""What stands still for long raises nothing again: not after a headlight, a shower, a restart. What moves, or comes new, does."""

import json
from dataclasses import replace

import numpy as np

from engine.model import wire
from engine.model.alerts.decision import CandidateKind, Outcome, Stage
from engine.model.cameras.detection import Category
from engine.model.cameras.picture_zone import PictureZone
from engine.model.event import EventKind
from engine.model.observation import EngineStarted, Numbered, SettingsChanged
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker
from tests.fakes.moving import Thing, along, between, film
from tests.fakes.observations import START_NS, camera

YARD = PictureZone("yard", "Yard", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), ("person", "vehicle"))
SITE = Settings(cameras=(camera(zones=(YARD,)),))
CAR = (300.0, 220.0, 420.0, 300.0)
COAT = (100.0, 150.0, 140.0, 270.0)
SLOW, FAST = 1.0, 4.0  # detector runs a second: where nothing moves, and where somebody walks
KINDS = (EventKind.PERSON, EventKind.ZONE_VISIT, EventKind.MOTION)


class Film:
    """A pipeline that is shown one stretch after the other."""

    def __init__(self, settings=SITE):
        self.pipeline, self.number, self.at_s, self.results = Pipeline(Tracker, _raise), 1000, 0.0, []
        self._step(START_NS, SettingsChanged(START_NS, settings))

    def show(self, seconds, *things, hz=SLOW, **options):
        """The events that open in this stretch."""
        begin = len(self.results)
        for seen in film(things, seconds, hz, begin_s=self.at_s, **options):
            self._step(seen.occurred_ns, seen)
        self.at_s += seconds
        return self.opened(self.results[begin:])

    def restart(self, away_s):
        self.at_s += away_s
        at_ns = START_NS + round(self.at_s * SECOND)
        self._step(at_ns, EngineStarted(at_ns, "test"))

    def held(self):
        """Decisions that only “still” stopped."""
        made = [d for r in self.results for d in r.decisions if d.stage is Stage.EVENT and d.outcome is Outcome.HELD]
        return [d for d in made if [gate.gate for gate in d.gates if not gate.passed] == ["still"]]

    def opened(self, results):
        first, found = set(), []
        for event in (event for result in self.results for event in result.events):
            fresh = event.id not in first
            first.add(event.id)
            if fresh and event.kind in KINDS and any(event.id == e.id for r in results for e in r.events):
                found.append(event)
        return [e for e in found if not any(e.id == x.id for r in self.results if r not in results for x in r.events)]

    def _step(self, at_ns, observation):
        self.results.append(self.pipeline.step(Numbered(self.number, at_ns, observation)))
        self.number += 1


def _raise(who, error):
    raise error


def kinds(opened):
    return sorted(event.kind.value for event in opened)


def parked(box=CAR, jitter=1.0, seed=3, sure=0.8, category=Category.VEHICLE):
    """Found in every picture, its box shaking by `jitter` pixels."""
    rng = np.random.default_rng(seed)
    return Thing(lambda _: tuple(float(v) for v in np.array(box) + rng.normal(0, jitter, 4)), category, lambda _: sure)


def headlight(box=CAR, seed=4):
    """Half a minute with sweeps: the box shakes by a sixth of its height, is lost for seconds, and hardly believed at times."""
    rng = np.random.default_rng(seed)

    def at(t_s):
        lost = (t_s % 7.0) > 5.0
        return None if lost else tuple(float(v) for v in np.array(box) + rng.normal(0, 0.08 * (box[3] - box[1]), 4))

    return Thing(at, Category.VEHICLE, lambda t_s: 0.45 + 0.45 * abs(np.sin(t_s)))


def rain(seed=5, per_s=0.8):
    """Random boxes of random size, each in one picture only."""
    rng = np.random.default_rng(seed)

    def at(_):
        if rng.random() > per_s / SLOW:
            return None
        x, y, high = rng.uniform(0, 560), rng.uniform(0, 240), rng.uniform(30, 120)
        return float(x), float(y), float(x + 0.4 * high), float(y + high)

    return [Thing(at, category, lambda _: float(rng.uniform(0.3, 0.9))) for category in (Category.PERSON, Category.VEHICLE)]


def test_a_car_that_parks_is_told_once_and_not_again_after_headlights():
    night = Film()
    arrives = along([(1, 20, 300), (9, 360, 300)], 80, Category.VEHICLE)
    assert kinds(night.show(10, arrives, hz=FAST)) == ["zone_visit"]
    assert night.show(120, parked()) == []
    assert night.show(240) == [], "dark: nothing is found"
    for _ in range(4):
        assert night.show(30, headlight()) == []
        assert night.show(200) == []
    assert all(zone.count == 1 for zone in night.results[-1].zones), "it is known to stand there all the time"


def test_a_car_that_was_lost_before_a_visit_of_it_was_told_is_held_by_still_and_says_so():
    night = Film(Settings(cameras=(camera(),)))
    assert night.show(120, parked()) == []
    at_ns = START_NS + 120 * SECOND
    night._step(at_ns, SettingsChanged(at_ns, SITE))
    assert night.show(20) == [] and night.show(20, headlight()) == []
    held = night.held()
    assert len(held) == 1 and (held[0].zone_id, held[0].candidate) == ("yard", CandidateKind.ZONE) and "more movement (" in held[0].flip


def test_a_coat_taken_for_a_person_raises_nothing_after_a_shower():
    shop = Film()
    assert kinds(shop.show(10, parked(COAT, category=Category.PERSON))) == ["person", "zone_visit"]
    assert shop.show(240, parked(COAT, category=Category.PERSON)) == []
    for seed in range(5):
        assert shop.show(30, *rain(seed)) == []
        assert shop.show(15, parked(COAT, 4.0, seed, category=Category.PERSON), *rain(9 + seed)) == []
    held = [d for d in shop.held() if d.candidate is CandidateKind.SEQUENCE]
    assert held and len(held) <= 5 and all(d.event_id is None for d in held)


def test_a_restart_tells_nothing_again_that_was_still_and_everything_that_was_not():
    both = Film()
    walker = along([(1, 500, 330), (400, 520, 330)], 90)
    assert kinds(both.show(250, parked(), parked(COAT, seed=8, category=Category.PERSON))) == ["person", "zone_visit", "zone_visit"]
    for away_s in (5, 3600):
        both.restart(away_s)
        assert both.show(30, parked(seed=11), parked(COAT, seed=12, category=Category.PERSON)) == []
    both.restart(10)
    here = Thing(lambda t_s: walker.at(1 + (t_s % 30)))
    assert kinds(both.show(30, parked(seed=13), parked(COAT, seed=14, category=Category.PERSON), here)) == ["person", "zone_visit"]


def test_it_survives_a_checkpoint_bit_for_bit():
    first = Film()
    first.show(200, parked(), parked(COAT, seed=8, category=Category.PERSON))
    again = Film()
    again.pipeline.restore(json.loads(json.dumps(first.pipeline.state())))
    again.number, again.at_s = first.number, first.at_s
    first.show(60, headlight())
    again.show(60, headlight())
    pairs = zip(first.results[-100:], again.results[-100:], strict=True)
    assert all(wire.to_plain(a) == wire.to_plain(b) for a, b in pairs)
    assert first.pipeline.state() == again.pipeline.state()


def test_who_gets_up_is_told_when_they_come_back():
    office = Film()
    sits = parked(COAT, category=Category.PERSON)
    assert kinds(office.show(240, sits)) == ["person", "zone_visit"]
    leaves = along([(240, 120, 270), (250, 600, 270)], 120)
    assert office.show(11, leaves, hz=FAST) == []
    assert office.show(120) == []
    begin = office.at_s
    back = along([(begin + 1, 120, 270), (begin + 60, 120, 270)], 120)
    assert kinds(office.show(30, back, hz=FAST)) == ["person", "zone_visit"], "their place was left, and nobody is known there any more"


def test_a_car_that_drives_off_leaves_its_place_free():
    lot = Film()
    lot.show(100, parked())
    off = along([(100, 360, 300), (108, 620, 300)], 80, Category.VEHICLE)
    lot.show(9, off, hz=FAST)
    lot.show(60)
    begin = lot.at_s
    other = along([(begin + 1, 20, 300), (begin + 9, 360, 300), (begin + 30, 360, 300)], 80, Category.VEHICLE)
    assert kinds(lot.show(30, other, hz=FAST)) == ["zone_visit"]


def test_a_place_that_was_empty_for_long_is_forgotten():
    lot = Film()
    lot.show(100, parked())
    assert lot.show(1000) == []
    assert not lot.results[-1].zones[0].count
    assert kinds(lot.show(20, parked(seed=6))) == ["zone_visit"]


def test_somebody_who_passes_a_parked_car_or_a_coat_is_told():
    lot = Film()
    lot.show(240, parked(), parked(COAT, seed=8, category=Category.PERSON))
    begin = lot.at_s
    walker = along([(begin + 1, 20, 272), (begin + 13, 620, 320)], 118)
    assert kinds(lot.show(16, parked(seed=6), parked(COAT, seed=9, category=Category.PERSON), walker, hz=FAST)) == ["person", "zone_visit"]
    assert lot.show(60, parked(seed=7)) == [] and lot.show(20, parked(COAT, seed=10, category=Category.PERSON)) == [], "it is still known"


def test_motion_on_a_parked_car_is_held_and_motion_beside_it_is_not():
    lot = Film()
    lot.show(100, parked())
    lot.show(60)
    assert lot.show(10, headlight(), motion=True) == [] and lot.show(5) == []
    held = [d for d in lot.held() if d.candidate is CandidateKind.MOTION]
    assert held and "more movement (" in held[0].flip
    fox = Thing(lambda t_s: (50 + 10 * (t_s % 20), 300.0, 90 + 10 * (t_s % 20), 330.0), Category.OBJECT)
    assert kinds(lot.show(10, fox, motion=True)) == ["motion"]


def test_another_picture_knows_nothing_of_the_one_before():
    lot = Film()
    lot.show(100, parked())
    at_ns = START_NS + round(lot.at_s * SECOND)
    elsewhere = replace(SITE, cameras=(replace(SITE.cameras[0], url="rtsp://192.0.2.9/other"),))
    lot._step(at_ns, SettingsChanged(at_ns, elsewhere))
    assert kinds(lot.show(20, parked(seed=6))) == ["zone_visit"]


def test_a_gap_while_a_walk_goes_on_is_nothing_still():
    street = Film()
    walk = along([(1, 20, 300), (20, 620, 300)])
    opened = street.show(25, between({0: 8.0, 9.5: 30}, walk), hz=FAST)
    assert kinds(opened) == ["person", "zone_visit"] and not street.held()

"""Zones and lines in a camera's picture, from detections to events, by paths whose truth is known."""

import json
from dataclasses import replace

import numpy as np

from engine.model import wire
from engine.model.alerts.decision import CandidateKind, Outcome, Stage
from engine.model.alerts.settings import AlertSettings, Rule, SiteMode
from engine.model.cameras.detection import Category
from engine.model.cameras.picture_zone import LineDirection, PictureLine, PictureZone
from engine.model.event import EventKind
from engine.model.observation import EngineStarted, Numbered, SettingsChanged
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.vision.activities.change import Stage as Changed
from engine.vision.tracking import Tracker
from engine.vision.zones.change import PlaceChange
from engine.vision.zones.occupancy import Occupancy
from engine.vision.zones.walker import Visit, Walker
from tests.fakes.moving import Thing, along, between, film
from tests.fakes.observations import START_NS, camera, numbered

LEFT = PictureZone("left", "Left half", ((0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (0.0, 1.0)))  # x below 320, y from 180 to the lower edge
MIDDLE = PictureLine("gate", "Gate", (0.5, 0.0), (0.5, 1.0))  # downwards at x = 320


def site(zones=(), lines=(), **changes):
    return Settings(cameras=(camera(zones=tuple(zones), lines=tuple(lines)),), **changes)


def run(things, seconds, settings, pipeline=None, **options):
    pipeline = pipeline or Pipeline(Tracker, _raise)
    return [pipeline.step(item) for item in numbered(film(things, seconds, **options), settings)]


def _raise(who, error):
    raise error


def events(results, kind):
    found = {event.id: event for result in results for event in result.events if event.kind is kind}
    return sorted(found.values(), key=lambda event: (event.started_ns, event.id))


def decisions(results, zone_id):
    return [d for result in results for d in result.decisions if d.zone_id == zone_id and d.stage is Stage.EVENT]


def seconds(time_ns):
    return (time_ns - START_NS) / SECOND


def test_a_visit_lasts_from_entering_to_leaving():
    results = run([along([(1, 620, 300), (11, 20, 300), (16, 20, 300), (26, 620, 300)])], 30, site([LEFT]))
    (visit,) = events(results, EventKind.ZONE_VISIT)
    assert (visit.zone_id, visit.camera_id, visit.ended_ns is not None) == ("left", "door", True)
    assert abs(seconds(visit.started_ns) - 6) < 0.6 and abs(seconds(visit.ended_ns) - 21) < 0.6
    (raised,) = decisions(results, "left")
    assert (raised.id, raised.outcome, raised.candidate) == (visit.decision_id, Outcome.RAISED, CandidateKind.ZONE)
    assert raised.event_id == visit.id and {gate.gate for gate in raised.gates} == {"confidence", "inside"} and raised.flip


def test_a_foot_on_the_border_does_not_chatter():
    rng = np.random.default_rng(1)
    shaky = [(t / 5, 320 + rng.normal(0, 3), 300 + rng.normal(0, 3)) for t in range(5, 300)]
    results = run([along(shaky)], 62, site([LEFT], [MIDDLE]))
    assert not events(results, EventKind.ZONE_VISIT) and not events(results, EventKind.CROSSING)
    inside = [(0.0, 200.0, 300.0), (1.0, 200.0, 300.0), *((t + 2, x, y) for t, x, y in shaky), (64.0, 500.0, 300.0), (66.0, 500.0, 300.0)]
    results = run([along(inside)], 70, site([LEFT], [MIDDLE]))
    (visit,), (crossing,) = events(results, EventKind.ZONE_VISIT), events(results, EventKind.CROSSING)
    assert seconds(visit.ended_ns) > 61 and seconds(crossing.started_ns) > 61 and crossing.label == LineDirection.TO_LEFT


def test_whoever_is_cut_off_by_the_edge_of_the_picture_stands_beyond_it():
    low = Thing(lambda t: (100.0, 250.0, 160.0, 360.0) if 1 <= t < 6 else None)
    results = run([low], 12, site([LEFT]))
    (visit,) = events(results, EventKind.ZONE_VISIT)
    assert 1 <= seconds(visit.started_ns) < 2 and 5 < seconds(visit.ended_ns) <= 6.1


def test_who_only_passes_a_corner_leaves_a_decision_and_no_event():
    tiny = PictureZone("tiny", "Tiny", ((0.42, 0.6), (0.495, 0.6), (0.495, 0.95), (0.42, 0.95)))
    results = run([along([(1, 20, 300), (9, 620, 300)])], 13, site([tiny]))
    assert not events(results, EventKind.ZONE_VISIT)
    (decision,) = decisions(results, "tiny")
    assert decision.outcome in (Outcome.REJECTED, Outcome.HELD) and [g.gate for g in decision.gates if not g.passed] == ["inside"]


def test_a_track_lost_for_a_moment_goes_on_with_its_visit_and_its_way():
    walk = along([(1, 20, 300), (11, 620, 300)])
    gap = between({0: 5.0, 6.5: 20}, walk)  # out of sight from x = 260 to 350, across the line and the border
    results = run([gap], 15, site([LEFT], [MIDDLE]))
    people = {d.subject_id for r in results for d in r.decisions if d.candidate is CandidateKind.SEQUENCE}
    assert len(people) == 2, "the gap is to be long enough for a new track"
    (crossing,) = events(results, EventKind.CROSSING)
    (visit,) = events(results, EventKind.ZONE_VISIT)
    assert crossing.label == LineDirection.TO_LEFT and visit.ended_ns is not None


def test_crossings_tell_their_direction_and_only_what_was_asked():
    there_and_back = along([(1, 20, 300), (7, 620, 300), (9, 620, 300), (15, 20, 300)])
    results = run([there_and_back], 18, site((), [MIDDLE]))
    assert [event.label for event in events(results, EventKind.CROSSING)] == ["to_left", "to_right"]
    assert all(event.ended_ns is not None and event.zone_id == "gate" for event in events(results, EventKind.CROSSING))
    one_way = replace(MIDDLE, direction=LineDirection.TO_RIGHT)
    results = run([there_and_back], 18, site((), [one_way]))
    assert [event.label for event in events(results, EventKind.CROSSING)] == ["to_right"]
    refused, _ = decisions(results, "gate")
    assert [gate.gate for gate in refused.gates if not gate.passed] == ["direction"]


def test_round_the_end_of_a_line_is_no_crossing():
    short = PictureLine("short", "Short", (0.5, 0.0), (0.5, 0.6))  # down to y = 216
    results = run([along([(1, 200, 200), (4, 200, 300), (8, 450, 300), (11, 450, 200)])], 14, site((), [short]))
    assert not events(results, EventKind.CROSSING)
    back = along([(1, 200, 200), (4, 200, 300), (8, 450, 300), (11, 450, 200), (15, 200, 200)])
    (crossing,) = events(run([back], 18, site((), [short])), EventKind.CROSSING)
    assert crossing.label == "to_right"


def test_many_cross_at_once_and_each_is_counted():
    walks = [along([(1 + 0.7 * i, 20, 200 + 15 * i), (9 + 0.7 * i, 620, 200 + 15 * i)]) for i in range(8)]
    walks += [along([(2 + 0.7 * i, 620, 130 + 3 * i), (12 + 0.7 * i, 20, 130 + 3 * i)]) for i in range(1)]
    labels = [event.label for event in events(run(walks, 25, site((), [MIDDLE])), EventKind.CROSSING)]
    assert (labels.count("to_left"), labels.count("to_right")) == (8, 1)


def test_who_stays_loiters_until_they_leave():
    zone = replace(LEFT, loiter_s=10.0)
    results = run([along([(1, 600, 300), (8, 100, 300), (20, 100, 300), (27, 600, 300)])], 31, site([zone]))
    (loitering,), (visit,) = events(results, EventKind.LOITERING), events(results, EventKind.ZONE_VISIT)
    assert loitering.zone_id == "left" and (loitering.started_ns, loitering.ended_ns) == (visit.started_ns, visit.ended_ns)
    told = next(r for r in results if any(e.id == loitering.id for e in r.events))
    assert abs(seconds(told.decisions[0].decided_ns) - seconds(visit.started_ns) - 10) < 0.5
    results = run([along([(1, 600, 300), (8, 100, 300), (9, 100, 300), (16, 600, 300)])], 20, site([zone]))
    assert not events(results, EventKind.LOITERING)
    (near,) = [d for d in decisions(results, "left") if d.candidate is CandidateKind.ACTIVITY]
    assert [gate.gate for gate in near.gates] == ["stayed"] and near.outcome is not Outcome.RAISED


def test_more_than_the_zone_should_hold_is_a_crowd_until_they_are_fewer():
    zone = replace(LEFT, most=2)
    stays = [(2, 20), (4, 14), (6, 12)]
    crowd = [along([(begin, 60 + 90 * i, 300), (end, 60 + 90 * i, 300)]) for i, (begin, end) in enumerate(stays)]
    results = run(crowd, 25, site([zone]))
    (event,) = events(results, EventKind.CROWD)
    assert (event.zone_id, event.subject_id) == ("left", "left") and "3 at once" in event.reason
    assert abs(seconds(event.started_ns) - 6.5) < 1 and 12 <= seconds(event.ended_ns) < 16
    counts = [(r.number, zone.count) for r in results if r.zones for zone in r.zones]
    assert max(count for _, count in counts) == 3 and counts[-1][1] == 0


def test_a_zone_is_in_use_from_the_first_who_enters_until_it_is_empty():
    zone = replace(LEFT, occupied=True)
    stays = [(2, 10), (4, 20), (6, 12)]
    people = [along([(begin, 60 + 90 * i, 300), (end, 60 + 90 * i, 300)]) for i, (begin, end) in enumerate(stays)]
    results = run([*people, along([(30, 60, 300), (34, 60, 300)])], 40, site([zone]))
    first, later = events(results, EventKind.ZONE_OCCUPIED)
    visits = events(results, EventKind.ZONE_VISIT)
    assert (first.started_ns, first.ended_ns) == (visits[0].started_ns, visits[1].ended_ns) and seconds(first.ended_ns) > 19
    assert (later.started_ns, later.ended_ns) == (visits[3].started_ns, visits[3].ended_ns) and seconds(later.started_ns) > 29
    assert (first.zone_id, first.subject_id, first.camera_id) == ("left", "left", "door")
    assert (first.reason, later.reason) == ("At most 3 at once.", "At most 1 at once.")
    (raised,) = [d for d in decisions(results, "left") if d.event_id == first.id]
    assert (raised.id, raised.candidate, raised.outcome) == (first.decision_id, CandidateKind.ZONE, Outcome.RAISED)
    assert [(gate.gate, gate.passed) for gate in raised.gates] == [("count", True)]
    assert not events(run(people, 25, site([LEFT])), EventKind.ZONE_OCCUPIED), "only where it is asked for"


def test_who_only_passes_or_is_lost_for_a_moment_changes_nothing_about_its_use():
    tiny = PictureZone("tiny", "Tiny", ((0.42, 0.6), (0.495, 0.6), (0.495, 0.95), (0.42, 0.95)), occupied=True)
    assert not events(run([along([(1, 20, 300), (9, 620, 300)])], 13, site([tiny])), EventKind.ZONE_OCCUPIED)
    gap = between({0: 5.0, 6.5: 20}, along([(1, 100, 300), (12, 100, 300)]))
    (event,) = events(run([gap], 20, site([replace(LEFT, occupied=True)])), EventKind.ZONE_OCCUPIED)
    assert seconds(event.started_ns) < 3 and seconds(event.ended_ns) > 11


def test_use_of_a_simulated_picture_is_marked_as_such():
    simulated = replace(camera(zones=(replace(LEFT, occupied=True),)), url="simulated:yard")
    results = run([along([(1, 100, 300), (9, 100, 300)])], 14, Settings(cameras=(simulated,)))
    (event,) = events(results, EventKind.ZONE_OCCUPIED)
    assert event.simulated and event.ended_ns is not None


def test_what_is_known_as_still_is_counted_and_keeps_no_zone_in_use():
    def inside(name, told):
        box = (0.1, 0.5, 0.2, 0.9)
        return Walker(name, name, int(Category.VEHICLE), box, 0.8, 0, box, visits={"left": Visit(SECOND, SECOND, inside=True, told=told)})

    use, parked, comes = Occupancy(), inside("tr-1", told=False), inside("tr-2", told=True)
    assert list(use.look(LEFT, [parked], SECOND)) == []
    (begun,) = use.look(LEFT, [parked, comes], 2 * SECOND)
    assert (begun.started_ns, begun.reason) == (SECOND, "At most 2 at once.")
    use.note([PlaceChange(EventKind.ZONE_VISIT, Changed.ENDED, "", "left", "tr-2", 4 * SECOND, SECOND)])
    (over,) = use.look(LEFT, [parked], 5 * SECOND)
    assert (over.stage, over.at_ns) == (Changed.ENDED, 4 * SECOND) and use.occupied == {}


def test_use_is_told_and_told_no_more_as_soon_as_it_is_chosen():
    people, pipeline, asked = [along([(1, 60, 300), (60, 60, 300)])], Pipeline(Tracker, _raise), replace(LEFT, occupied=True)
    results = run(people, 10, site([LEFT]), pipeline)
    told = []
    for at_s, zones, open_now in ((10, [asked], 1), (15, [LEFT], 0), (20, [asked], 1), (25, [], 0)):
        at_ns, last = START_NS + at_s * SECOND, results[-1].number
        changed = pipeline.step(Numbered(last + 1, at_ns, SettingsChanged(at_ns, site(zones))))
        more = [pipeline.step(Numbered(last + 2 + i, o.occurred_ns, o)) for i, o in enumerate(film(people, 5, begin_s=at_s))]
        results = [*results, changed, *more]
        told = events(results, EventKind.ZONE_OCCUPIED)
        assert sum(event.ended_ns is None for event in told) == open_now, at_s
    assert [(round(seconds(event.started_ns)), round(seconds(event.ended_ns))) for event in told] == [(10, 15), (20, 25)]


def test_use_ends_with_a_restart_as_of_when_it_was_known():
    pipeline, people = Pipeline(Tracker, _raise), [along([(1, 100, 300), (90, 100, 300)])]
    before = run(people, 10, site([replace(LEFT, occupied=True)]), pipeline)
    again_ns, last = START_NS + 40 * SECOND, before[-1].number
    restart = pipeline.step(Numbered(last + 1, again_ns, EngineStarted(again_ns, "test")))
    (ended,) = [event for event in restart.events if event.kind is EventKind.ZONE_OCCUPIED]
    assert 9 < seconds(ended.ended_ns) <= 10
    after = [pipeline.step(Numbered(last + 2 + i, o.occurred_ns, o)) for i, o in enumerate(film(people, 5, begin_s=40))]
    (new,) = events(after, EventKind.ZONE_OCCUPIED)
    assert new.id != ended.id and new.ended_ns is None


def test_vehicles_count_where_they_are_asked_for_and_nowhere_else():
    car = along([(1, 20, 300), (9, 620, 300)], 60, Category.VEHICLE)
    both = site([replace(LEFT, classes=("person", "vehicle"))], [replace(MIDDLE, classes=("vehicle",))])
    results = run([car], 12, both)
    (visit,), (crossing,) = events(results, EventKind.ZONE_VISIT), events(results, EventKind.CROSSING)
    assert "vehicle" in visit.reason and "vehicle" in crossing.reason and not events(results, EventKind.PERSON)
    most = max((zone for r in results for zone in r.zones or ()), key=lambda zone: zone.count)
    assert most.of_class == (("person", 0), ("vehicle", 1))
    results = run([car], 12, site([LEFT], [MIDDLE]))
    assert not events(results, EventKind.ZONE_VISIT) and not events(results, EventKind.CROSSING)


def test_a_zone_that_is_removed_or_changed_ends_what_is_open_in_it():
    zone = replace(LEFT, loiter_s=3.0, most=1)
    people = [along([(1, 60 + 90 * i, 300), (60, 60 + 90 * i, 300)]) for i in range(2)]
    kinds = (EventKind.ZONE_VISIT, EventKind.LOITERING, EventKind.CROWD)
    for changed, over in (
        ((), kinds),
        ((replace(zone, classes=("vehicle",)),), kinds),
        ((replace(zone, loiter_s=0.0, most=0),), kinds[1:]),
        ((replace(zone, name="Elsewhere"),), ()),
    ):
        pipeline = Pipeline(Tracker, _raise)
        before = run(people, 10, site([zone]), pipeline)
        at_ns = START_NS + 10 * SECOND
        last = before[-1].number
        after = pipeline.step(Numbered(last + 1, at_ns, SettingsChanged(at_ns, site(changed))))
        more = [pipeline.step(Numbered(last + 2 + i, o.occurred_ns, o)) for i, o in enumerate(film(people, 5, begin_s=10))]
        ended = {event.kind for event in after.events if event.ended_ns is not None}
        assert ended & {*kinds} == {*over}, changed
        assert all(9.8 <= seconds(event.ended_ns) <= 10 for event in after.events if event.kind in over)
        still_open = {e.kind for e in {e.id: e for r in [*before, after, *more] for e in r.events}.values() if e.ended_ns is None}
        assert {*kinds} - still_open == {*over}, changed


def test_the_zone_that_is_drawn_smaller_is_left_by_who_stays_where_they_are():
    pipeline = Pipeline(Tracker, _raise)
    people = [along([(1, 250, 300), (60, 250, 300)])]
    before = run(people, 10, site([LEFT]), pipeline)
    smaller = replace(LEFT, area=((0.0, 0.5), (0.2, 0.5), (0.2, 1.0), (0.0, 1.0)))
    at_ns, last = START_NS + 10 * SECOND, before[-1].number
    pipeline.step(Numbered(last + 1, at_ns, SettingsChanged(at_ns, site([smaller]))))
    after = [pipeline.step(Numbered(last + 2 + i, o.occurred_ns, o)) for i, o in enumerate(film(people, 5, begin_s=10))]
    (visit,) = events([*before, *after], EventKind.ZONE_VISIT)
    assert visit.ended_ns is not None and 10 <= seconds(visit.ended_ns) < 11


def test_a_restart_ends_visits_at_the_time_they_were_known_and_begins_new_ones():
    pipeline = Pipeline(Tracker, _raise)
    people = [along([(1, 100, 300), (90, 100, 300)])]
    before = run(people, 10, site([LEFT]), pipeline)
    again_ns, last = START_NS + 40 * SECOND, before[-1].number
    restart = pipeline.step(Numbered(last + 1, again_ns, EngineStarted(again_ns, "test")))
    (ended,) = [event for event in restart.events if event.kind is EventKind.ZONE_VISIT]
    assert seconds(ended.ended_ns) <= 10
    after = [pipeline.step(Numbered(last + 2 + i, o.occurred_ns, o)) for i, o in enumerate(film(people, 5, begin_s=40))]
    (new,) = events(after, EventKind.ZONE_VISIT)
    assert new.id != ended.id and new.ended_ns is None


def test_it_continues_bit_for_bit_from_any_checkpoint():
    zone = replace(LEFT, loiter_s=4.0, most=1, classes=("person", "vehicle"), occupied=True)
    things = [
        along([(1, 20, 300), (12, 620, 300)]),
        along([(2, 620, 280), (14, 20, 280)]),
        along([(3, 300, 320), (9, 320, 320)], 60, Category.VEHICLE),
    ]
    items = numbered(film(things, 16), site([zone], [MIDDLE]))
    whole = Pipeline(Tracker, _raise)
    expected = [whole.step(item) for item in items]
    assert all(events(expected, kind) for kind in (EventKind.CROSSING, EventKind.CROWD, EventKind.ZONE_OCCUPIED))
    for cut in range(1, len(items), 29):
        first, second = Pipeline(Tracker, _raise), Pipeline(Tracker, _raise)
        for item in items[:cut]:
            first.step(item)
        second.restore(json.loads(json.dumps(first.state())))
        rest = [second.step(item) for item in items[cut:]]
        assert [wire.to_plain(a) for a in rest] == [wire.to_plain(b) for b in expected[cut:]], cut
        assert second.state() == whole.state()


def test_a_checkpoint_of_before_there_were_zones_is_read():
    pipeline = Pipeline(Tracker, _raise)
    run([along([(1, 100, 300), (9, 100, 300)])], 5, site(), pipeline)
    state = pipeline.state()
    del state["zones"]
    for lane in state["lanes"].values():
        del lane["things"], lane["still"]
    again = Pipeline(Tracker, _raise)
    again.restore(json.loads(json.dumps(state)))
    assert again.state().keys() == pipeline.state().keys()


def test_a_checkpoint_of_before_use_was_told_is_read():
    pipeline, people = Pipeline(Tracker, _raise), [along([(1, 100, 300), (30, 100, 300)])]
    results = run(people, 5, site([LEFT]), pipeline)
    state = json.loads(json.dumps(pipeline.state()))
    del state["settings"]["cameras"][0]["zones"][0]["occupied"]
    for watch in state["zones"]["watches"].values():
        del watch["occupied"]
    again, last = Pipeline(Tracker, _raise), results[-1].number
    again.restore(state)
    more = [Numbered(last + 1 + i, o.occurred_ns, o) for i, o in enumerate(film(people, 5, begin_s=5))]
    assert [wire.to_plain(again.step(each)) for each in more] == [wire.to_plain(pipeline.step(each)) for each in more]
    assert again.state() == pipeline.state()


def test_rules_and_armed_zones_take_zones_and_lines_of_pictures():
    rule = Rule("r", "In the yard", zone_ids=("left",), kinds=(EventKind.ZONE_VISIT,), min_log_odds=-5.0)
    lined = Rule("l", "Over the line", zone_ids=("gate",), kinds=(EventKind.CROSSING,), min_log_odds=-5.0)
    armed = Rule("a", "Armed", kinds=(EventKind.ZONE_VISIT,), armed_only=True, min_log_odds=-5.0)
    for rules, mode, expected in (
        ((rule,), SiteMode.HOME, {"r"}),
        ((lined,), SiteMode.HOME, {"l"}),
        ((armed,), SiteMode.HOME, set()),
        ((armed,), SiteMode.AWAY, {"a"}),
        ((replace(rule, zone_ids=("other",)),), SiteMode.HOME, set()),
    ):
        alerts = AlertSettings(rules=rules, mode=mode, armed_zones=((SiteMode.AWAY, ("left",)),))
        settings = site([LEFT, replace(LEFT, id="other", area=((0.9, 0.0), (1.0, 0.0), (1.0, 0.1)))], [MIDDLE], alerts=alerts)
        begin_s = 65 if mode is SiteMode.AWAY else 0  # who is inside when it is armed may leave
        results = run([along([(begin_s + 1, 20, 300), (begin_s + 11, 620, 300)])], begin_s + 16, settings)
        raised = {alert.rule_id: alert for result in results for alert in result.alerts}
        assert {*raised} == expected, rules[0].id
        assert all(alert.zone_id in ("left", "gate") for alert in raised.values())


def test_use_of_a_zone_is_an_alert_where_a_rule_wants_it():
    rule = Rule("u", "The yard is in use", zone_ids=("left",), kinds=(EventKind.ZONE_OCCUPIED,), min_log_odds=-5.0)
    settings = site([replace(LEFT, occupied=True)], alerts=AlertSettings(rules=(rule,)))
    results = run([along([(1, 100, 300), (9, 100, 300)])], 14, settings)
    (alert,) = {alert.id: alert for result in results for alert in result.alerts}.values()
    (event,) = events(results, EventKind.ZONE_OCCUPIED)
    assert (alert.rule_id, alert.zone_id, alert.event_id, alert.camera_id) == ("u", "left", event.id, "door")


def test_a_person_in_an_armed_zone_is_in_it_for_rules_about_persons_too():
    rule = Rule("p", "Persons in the yard", zone_ids=("left",), kinds=(EventKind.PERSON,), min_log_odds=-5.0)
    inside, outside = [along([(1, 100, 300), (9, 100, 300)])], [along([(1, 500, 300), (9, 500, 300)])]
    settings = site([LEFT], alerts=AlertSettings(rules=(rule,)))
    assert [a.zone_id for r in run(inside, 12, settings) for a in r.alerts][:1] == ["left"]
    assert not [a for r in run(outside, 12, settings) for a in r.alerts]


def test_counts_are_known_only_while_the_picture_is_searched():
    pipeline = Pipeline(Tracker, _raise)
    results = run([along([(1, 100, 300), (60, 100, 300)])], 10, site([LEFT]), pipeline)
    (now,) = results[-1].zones
    assert (now.zone_id, now.camera_id, now.count, now.known) == ("left", "door", 1, True) and len(now.track_ids) == 1
    last = results[-1].number
    ticks = (item for item in film([], 20, begin_s=10) if type(item).__name__ == "Tick")
    after = [pipeline.step(Numbered(last + 1 + i, o.occurred_ns, o)) for i, o in enumerate(ticks)]
    (later,) = after[-1].zones
    assert not later.known and later.count == 0
    (visit,) = events([*results, *after], EventKind.ZONE_VISIT)
    assert visit.ended_ns is not None and seconds(visit.ended_ns) <= 10


def test_masks_hide_from_zones_too():
    masked = Settings(cameras=(camera(zones=(LEFT,), masks=(LEFT.area,)),))
    assert not events(run([along([(1, 100, 300), (9, 100, 300)])], 12, masked), EventKind.ZONE_VISIT)


def test_overlapping_zones_each_have_their_visit():
    other = replace(LEFT, id="all", area=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    results = run([along([(1, 20, 300), (11, 620, 300)])], 16, site([LEFT, other]))
    assert sorted(event.zone_id for event in events(results, EventKind.ZONE_VISIT)) == ["all", "left"]

"""An eighth set about the generated week: 100 questions, half of them in English (here), half in German (`chat_eighth_forms`), as an
operator on shift, an investigator and a manager type them; 75 in ordinary words and 25 that are harder. Written without looking at the
planner, and frozen: `frozen_sets` keeps its digest. What is true is counted from the week's plain values and nothing else. Form and
verdicts are those of the fourth set. A question back is right only where the record has no answer.
"""

from collections import Counter

from engine.model.people.person import Person
from tests.engine.history.chat_fourth import COUNTS, DAYS, UNKNOWN, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, LAB, OFFICE
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, minutes
from tests.engine.history.chat_seventh import CAMERA, began, ended, gone, name, number, usual
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, NOW, ZOE, day, ns

ALL_UP = f"4|four|vier|all|every|alle|yes|ja|{COUNTS[0]}"
AT_ONCE = "1 min|1.0 min|1,0 min|60 s|60.0 s|60 sec|60 seconds|1 minute|one minute|a minute|1:00|eine Minute|60 Sekunden|1 Minute"
BENIGN = "benign|no threat|harmless|genuine|unbedenklich|harmlos|keine Gefahr|keine Bedrohung|no danger"
NOT_RECORDED = f"{UNKNOWN}|not recorded|nothing recorded|nothing is recorded|nothing was recorded|nicht aufgezeichnet|nicht erfasst"


def closed(t: Scene) -> frozenset[str]:
    return frozenset(each.id for each in t.week.alerts if each.state.value == "closed")


def hours(whole: int) -> str:
    """A length in minutes, also in tenths of hours."""
    tenths = f"{whole / 60:.1f}"
    units = ("h", "hours", "Stunden", "Std.")
    values = (tenths, tenths.replace(".", ","))
    return "|".join((long(whole), *(f"{value} {unit}" for value in values for unit in units)))


def names(*people: Person) -> Told:
    return Told(tuple(name(each) for each in people))


def hurt(t: Scene) -> tuple[Told, ...]:
    return cited([t.ana_fell, t.john_fell]), raised(t.fall, t.john_fall)


def yesterday_afternoon(t: Scene) -> tuple[Told, ...]:
    sighting, *visits = [each for each in t.events(day(6, 12), day(6, 18)) if each.kind is not K.MOTION]
    assert sighting.person_id == JOHN.id and [each.person_id for each in visits] == [JOHN.id, MARY.id]
    return cited([sighting]), cited(visits), names(JOHN, MARY)


def operator(t: Scene) -> list[Fourth]:
    sat_alert = next(each for each in t.week.alerts if each.id == t.sat)
    assert t.on(7) == [t.john_hall, t.john_lab] and t.alerts_on(5, 6) == [t.sat, t.sun] and sat_alert.assignee == "anna"
    assert t.events(day(4, 15), NOW, K.PERSON, camera="gate")[-1] == t.sun_gate and t.last(ANA) == t.ana_dock
    return [
        q("Any alerts since Friday evening?", raised(t.sat, t.sun, only=True)),
        q("which alerts haven't been dealt with yet", Told((), frozenset({t.sun}), bars=closed(t))),
        q("Who is in the lab right now?", Told((name(JOHN),), never=(name(MARY), name(ZOE)))),
        q("is anyone in the server room at the moment?", Told(denies=True)),
        q("Was anybody at the front gate after 11 pm yesterday?", cited([t.sun_gate])),
        q("How many people have come in this morning?", Told((number(1),), denies=False), cited([t.john_hall], name(JOHN))),
        q("is Mary in yet", Told(denies=True)),
        q("When did we last see Ana Lima?", cited([t.ana_dock], gone(t.ana_dock)), cited([t.ana_fell], gone(t.ana_fell))),
        q("Are all the cameras working?", Told((ALL_UP, CAMERA), bars=ids([t.dock_lost, t.yard_lost]) | {t.dock})),
        q("show me the clip from last night", clips(t.sun_gate)),
        q("Who is handling the alert from Saturday?", Told(("anna|you",))),
        q("Anything going on in the yard yesterday afternoon?", *yesterday_afternoon(t)),
        q("Did anyone get hurt last week?", *hurt(t)),
    ]


def investigator(t: Scene) -> list[Fourth]:
    lab, office = t.stay(3, "z-lab"), t.stay(1, "z-office")
    at_fall = {each.person_id for each in t.during(day(2, 10, 42), day(2, 10, 43), *SEEN)}
    both = minutes(t.tue_yard) + minutes(t.again)
    saturday = [each for each in t.events(day(5, 18), day(6, 6), camera="gate") if each.kind is not K.MOTION]
    assert t.on(4, K.PERSON, camera="dock") == [t.fri_dock] and at_fall == {MARY.id, ZOE.id, ANA.id} and both == 8
    assert saturday == [t.fight] and not t.events(day(0), NOW, who=JURGEN, zone="z-lab") and t.days_of(JURGEN) == [1, 3]
    assert office in t.during(day(1, 10), day(1, 10, 1)) and lab.started_ns > t.first(JOHN, 3).started_ns
    return [
        q("did we have any visitors at the loading dock on Friday?", cited([t.fri_dock])),
        q("Where did John go after he came in on Thursday?", cited([lab], LAB), Told((LAB,), never=("Office", "Server room"))),
        q("where was Mary at 10 on Tuesday morning", cited([office], OFFICE)),
        q("What happened at the gate on Saturday night?", cited([t.fight])),
        q("Who else was in the building when Ana fell?", Told((name(MARY), name(ZOE)), never=(name(JOHN), name(JURGEN)))),
        q(
            "How long did that person stay in the yard on Tuesday night?",
            Told((long(minutes(t.tue_yard)),)),
            Told((f"{long(both)}|{long(both + 2)}",)),
            cited([t.tue_yard, t.again], began(t.tue_yard), ended(t.again)),
        ),
        q("What did Anna decide about John's fall?", Told((BENIGN,))),
        q("when did the camera in the yard go down?", cited([t.yard_lost], began(t.yard_lost))),
        q("Was Jürgen ever in the lab?", Told(denies=True)),
        q("On which days was Jürgen here?", Told((DAYS[1], DAYS[3])), cited([t.jurgen_tue, t.jurgen_thu])),
        q("Do we have footage of Ana falling?", clips(t.ana_fell)),
        q("Did somebody report a stolen bike?", Told(("bicycle|bike|theft",), denies=False)),
    ]


def manager(t: Scene) -> list[Fourth]:
    motion = Counter(each.camera_id for each in t.all_of(K.MOTION))
    rooms = {zone: [each for each in t.all_of(K.ZONE_VISIT) if each.zone_id == zone] for zone in ("z-office", "z-lab", "z-server")}
    stays = {zone: (len(found), sum(minutes(each) for each in found)) for zone, found in rooms.items()}
    known = {each.person_id for each in t.all_week if each.person_id}
    closers = Counter(each.assignee for each in t.week.alerts if each.id in closed(t))
    raised_ns = {each.id: each.raised_ns for each in t.week.alerts}
    wednesday = {each.person_id for each in t.on(2, *SEEN) if each.person_id}
    assert motion.most_common(1)[0][0] == "yard" and len(t.week.alerts) == 7 and t.judged("false") == 1 and len(known) == 6
    assert max(stays, key=lambda zone: stays[zone][0]) == max(stays, key=lambda zone: stays[zone][1]) == "z-office"
    assert closers == {"anna": 3, "bertil": 2} and {each.at_ns - raised_ns[each.subject] for each in t.week.acts} == {60 * 10**9}
    assert wednesday == {MARY.id, ZOE.id, ANA.id, IGNORE.id} and len(t.strangers()) == 9 and len(t.all_of(K.CAMERA_LOST)) == 2
    assert [number_ for number_ in range(7) if len(t.alerts_on(number_)) > 1] == [2, 4]
    arrived = [t.arrivals(JOHN, *days) for days in ((0, 1, 3, 4), (0, 1, 3, 4, 6), (0, 1, 3, 4, 7), (0, 1, 3, 4, 6, 7))]
    share = "1 of 7|1 out of 7|one of 7|one of seven|one out of seven|14 %|14%|14.3 %|14.3%|14 percent|14.3 percent|1 in 7|1/7"
    of_closed = "1 of 5|1 out of 5|one of five|20 %|20%|20.0 %|20 percent|1 in 5|1/5"
    return [
        q("total number of alerts last week?", Told((number(len(t.week.alerts)),))),
        q("What's our false alarm rate?", Told((f"{share}|{of_closed}",)), Told((number(1), number(7)))),
        q("Which camera picks up the most movement?", Told(("Yard",), leads=("Yard", "Loading dock", "Front gate", "Hall"))),
        q(
            "Which days last week had more than one alert?",
            Told((DAYS[2], DAYS[4]), never=("Tue", "Tuesday", "Sat", "Saturday", "Sun", "Sunday")),
            raised(*t.alerts_on(2, 4), only=True),
        ),
        q("How much time did John spend in the lab last week?", Told((hours(sum(t.visits(JOHN, "z-lab"))),))),
        q("how early is John normally at work", *(each for seconds in arrived for each in usual(seconds))),
        q("How many different people did we recognise last week?", Told((number(len(known)),))),
        q("Did we have camera outages last week, and how many?", Told((number(2),)), cited([t.dock_lost, t.yard_lost])),
        q("How long do we take on average to respond to an alert?", Told((AT_ONCE,))),
        q("Who closed the most alerts?", Told(("anna",), leads=("anna", "bertil"))),
        q("headcount for Wednesday?", Told((number(4),)), Told((number(5),)), names(MARY, ZOE, ANA, IGNORE)),
        q("which room saw the most use last week", Told((OFFICE,), leads=("Office", "Lab", "Server room"))),
    ]


def negations(t: Scene) -> list[Fourth]:
    by_anna = frozenset(each.id for each in t.week.alerts if each.id in closed(t) and each.assignee == "anna")
    assert by_anna == {t.tue, t.john_fall, t.dock} and closed(t) - by_anna == {t.fri, t.fall}
    assert {each.person_id for each in t.on(2, *SEEN)}.isdisjoint({JOHN.id, JURGEN.id})
    return [
        q("Which of the alerts weren't closed by Anna?", Told((), closed(t) - by_anna, bars=by_anna)),
        q("Who was missing on Wednesday?", Told((name(JOHN),), never=(name(MARY), name(ZOE), name(ANA)))),
    ]


def comparisons(t: Scene) -> list[Fourth]:
    mary, john = t.last(MARY, 1), t.last(JOHN, 1)
    dock, gate = (sum(t.per_day(K.MOTION, camera=camera)) for camera in ("dock", "gate"))
    assert (mary.ended_ns or 0) < (john.ended_ns or 0) and (dock, gate) == (28, 14)
    return [
        q(
            "Who went home earlier on Tuesday, John or Mary?",
            Told((name(MARY),), leads=(name(MARY), name(JOHN))),
            Told((gone(mary), gone(john))),
        ),
        q(
            "Was there more movement at the gate or at the dock last week?",
            Told((DOCK,), leads=("Loading dock", "Front gate")),
            Told((number(dock), number(gate))),
        ),
    ]


def follow_ups(t: Scene) -> list[Fourth]:
    zoe = t.last(ZOE, 2)
    return [
        q("Is there video of it?", clips(t.sat_yard), before=("What was the alert on Saturday night about?",)),
        q("what time did she go home then?", cited([zoe], gone(zoe)), before=("When did Zoë come in on Wednesday?",)),
        q(
            "Which of those were at night?",
            Told((), frozenset({t.tue, t.fri, t.sat, t.sun}), bars=frozenset({t.fall, t.john_fall})),
            before=("How many alerts were there last week?",),
        ),
    ]


def each_and_every(t: Scene) -> list[Fourth]:
    first = [t.first(who, 4) for who in (JOHN, MARY)]
    assert {each.person_id for each in t.on(4, *SEEN) if each.person_id} == {JOHN.id, MARY.id}
    return [q("What time did everybody come in on Friday?", Told(tuple(began(each) for each in first)))]


def before_and_after(t: Scene) -> list[Fourth]:
    earlier = [each for each in t.events(day(5), day(6)) if each.started_ns < t.fight.started_ns]
    later = [each for each in t.on(2, K.PERSON) if each.started_ns >= (t.dock_lost.ended_ns or 0)]
    assert max(earlier, key=lambda each: each.started_ns) == t.loiter_yard and later[0].person_id == ZOE.id
    return [
        q("What happened right before the fight on Saturday?", cited([t.loiter_yard])),
        q("After the dock camera came back on Wednesday, who turned up first?", Told((name(ZOE),), leads=(name(ZOE), name(MARY)))),
    ]


def typos(t: Scene) -> list[Fourth]:
    zoe = t.last(ZOE, 3)
    return [
        q("whos been creeping around the yard at nite", cited([t.tue_yard, t.sat_yard]), raised(t.tue, t.sat)),
        q("what time did zoe go hoem on thurdsay", cited([zoe], gone(zoe))),
    ]


def not_known(t: Scene) -> list[Fourth]:
    assert t.week.events[0].started_ns > ns(day(0))
    return [q("Was last week quieter than the week before?", Told((NOT_RECORDED,)), Back())]


def english(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "operator": operator(t),
        "investigator": investigator(t),
        "manager": manager(t),
        "negations": negations(t),
        "comparisons": comparisons(t),
        "follow-ups": follow_ups(t),
        "each and every": each_and_every(t),
        "before and after": before_and_after(t),
        "typos and slang": typos(t),
        "not to be known": not_known(t),
    }

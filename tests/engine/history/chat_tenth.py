"""A tenth set about the generated week: 120 questions, half of them in English (here), half in German (`chat_tenth_forms`), as they are
typed by a shift leader at hand-over, a police officer, a receptionist, a works council, an electrician and a boss with five minutes; 90 in
ordinary words and 30 that are harder. Written without looking at the planner, and frozen: `frozen_sets` keeps its digest. What is true
is counted from the week's plain values and nothing else. Form and verdicts are those of the fourth set. A question back is right only
where the record has no answer.
"""

from collections import Counter

from engine.model.event import Event
from tests.engine.history.chat_eighth import closed, hours, hurt, names
from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, LAB
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, minutes
from tests.engine.history.chat_seventh import YARD, YES, began, ended, gone, hour, name, number, usual
from tests.engine.history.chat_verdict import Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, NOW, PEOPLE, ZOE, day, ns

QUIET = Told(denies=True), Told(("quiet|ruhig|still",))
NOBODY_YET = "new|unassigned|nobody|no one|not|no|open|neu|niemand|nicht|noch nicht|kein|nein|offen"
BY_PHONE = "BLE|Bluetooth|phone|phones|telephone|badge|tag|beacon|radio|Telefon|Handy|Funk"


def weekday(index: int) -> str:
    """Of the week that is asked about: by its name or its date."""
    at = day(index)
    dates = (f"{at.day} Nov", f"{at.day} November", f"{at.day}. Nov", f"{at.day}. November", f"{at.day}.11", f"{at:%Y-%m-%d}")
    return "|".join((DAYS[index], *dates, f"Nov {at.day}", f"November {at.day}"))


def other_days(*told: int) -> tuple[str, ...]:
    """Names of all the other days, in full: a short one may be a word of its own."""
    return tuple(each for index in range(7) if index not in told for each in DAYS[index].split("|") if len(each) > 3)


def at_night(t: Scene) -> list[Event]:
    """Nobody knows who they were."""
    found = [each for each in t.strangers() if int(_hour_of(each)) >= 22 or int(_hour_of(each)) < 6]
    assert found == [t.tue_yard, t.again, t.fri_dock, t.sat_yard, t.sun_gate]
    return found


def in_short(t: Scene) -> tuple[Told, ...]:
    """Last week, to whoever wants to hear what mattered: all alerts or how many there were, who fell, or the worst of them."""
    everything = tuple(each.id for each in t.week.alerts)
    worst = tuple(each.id for each in t.week.alerts if each.severity.value == 5)
    assert len(everything) == 7 and set(worst) == {t.sun, t.fall, t.john_fall}
    return (
        raised(*everything),
        Told((number(len(everything)),)),
        cited([t.ana_fell, t.john_fell]),
        raised(t.fall, t.john_fall),
        raised(*worst),
    )


def in_now(t: Scene) -> tuple[Told, ...]:
    alone = Told((name(JOHN),), never=(name(MARY), name(ZOE)))
    return alone, Told((name(JOHN),), ids([t.john_lab]), denies=False, leads=(name(JOHN), name(MARY)))


def every_clip(t: Scene) -> frozenset[str]:
    return frozenset(each.id for each in t.week.clips)


def _hour_of(event: Event) -> str:
    return began(event).split("|")[0][:2]


def shift_leader(t: Scene) -> list[Fourth]:
    (last,) = [each for each in t.events(day(6, 20, 45), NOW, camera="yard")]
    friday = next(each for each in t.week.alerts if each.id == t.fri)
    new = [each.id for each in t.week.alerts if each.state.value == "new"]
    assert new == [t.sun] and t.alerts_on(5, 6, 7) == [t.sat, t.sun] and not t.events(day(7, 2), day(7, 6)) and friday.assignee == "bertil"
    assert t.on(7) == [t.john_hall, t.john_lab] and last.kind is K.MOTION
    return [
        q("anything I need to know before I take over?", raised(t.sun), cited([t.sun_gate]), raised(t.sat, t.sun)),
        q("Did the night shift leave anything open?", raised(t.sun), cited([t.sun_gate])),
        q("how many alerts did the weekend give us", Told((number(2),)), raised(t.sat, t.sun, only=True)),
        q("has anybody picked up the sunday night one yet", Told(denies=True), raised(t.sun, says=(NOBODY_YET,))),
        q("gate around midnight, who was that?", cited([t.sun_gate])),
        q("did anything happen between 2 and 6 this morning", *QUIET),
        q("Who dealt with the 3 am alert on Friday?", Told(("bertil",), never=("anna",))),
        q(
            "last thing that happened in the yard before my shift?",
            cited([last]),
            cited([t.on(6, K.PERSON, camera="yard")[0]]),
            cited(t.on(6, K.ZONE_VISIT, zone="z-yard")[-1:]),
        ),
    ]


def police(t: Scene) -> list[Fourth]:
    friday, mary = t.last(JOHN, 4), t.events(day(0), NOW, K.PERSON, who=MARY)[-1]
    in_gate = [each for each in t.events(day(0), NOW, who=JURGEN) if each.camera_id == "gate"]
    assert not in_gate and t.events(day(2, 10, 51), NOW, who=ANA) == [] and friday.camera_id == "gate" and mary.camera_id == "gate"
    assert t.ana_fell.id in {each.event_id for each in t.week.clips} and not any(each.event_id == t.fight.id for each in t.week.clips)
    return [
        q("I need to know everywhere Jürgen was last week.", cited([t.jurgen_tue, t.jurgen_thu])),
        q("When exactly did Mr Smith leave the premises on Friday?", cited([friday], gone(friday))),
        q("do you have Mary-Ann O'Brien on video anywhere", Told(denies=True, bars=every_clip(t)), cited([mary])),
        q("Has Ms Lima been back since her accident?", Told(denies=True), cited([t.ana_dock], gone(t.ana_dock))),
        q("somebody got into a fight here on saturday, what have you got on that", cited([t.fight])),
        q("Somebody let himself in on Saturday around half nine in the evening. What did you record?", cited([t.in_sat])),
        q("can I get the footage of whoever was in the yard Tuesday night", clips(t.tue_yard)),
        q("This Jürgen, has he been anywhere near the front gate?", Told(denies=True), cited([t.jurgen_tue, t.jurgen_thu], DOCK)),
    ]


def reception(t: Scene) -> list[Fourth]:
    (odd,) = t.on(2, who=IGNORE)
    mary = t.last(MARY, 4)
    waves = [each for each in t.all_week if each.kind is K.GESTURE]
    noon = [each for each in t.during(day(3, 11, 30), day(3, 12, 30), camera="dock") if each.kind is not K.MOTION]
    here = {each.person_id for each in t.on(3, K.PERSON, camera="hall")}
    assert noon == [t.jurgen_thu] and here == {JOHN.id, MARY.id, ZOE.id} and {each.person_id for each in waves} == {JOHN.id}
    assert mary.started_ns > ns(day(4, 16)) and not t.on(7, who=MARY) and odd.camera_id == "hall"
    hall = t.on(3, K.PERSON, camera="hall")
    return [
        q("someone on the phone for John, is he in?", Told((name(JOHN),), ids([t.john_lab]), denies=False), Told((name(JOHN), LAB))),
        q("visitor for Mary. has she arrived", Told(denies=True)),
        q("had Mary already gone by four on Friday?", Told(denies=True), cited([mary], gone(mary)), Told((gone(mary),))),
        q("what time does Zoe usually get here", *usual(t.arrivals(ZOE))),
        q("Was anybody waiting at the dock around noon Thursday", cited([t.jurgen_thu])),
        q("Who came in after lunch on Wednesday?", cited([odd]), Told((name(IGNORE),))),
        q("how many people passed the hall camera thursday", Told((number(len(here)),)), names(JOHN, MARY, ZOE), cited(hall)),
        q("who keeps waving at the hall camera?", Told((name(JOHN),)), cited(waves)),
    ]


def works_council(t: Scene) -> list[Fourth]:
    of_mary = [each for each in t.all_week if each.person_id == MARY.id]
    seen = [each for each in of_mary if each.kind in SEEN]
    filmed = [each for each in t.week.events if each.person_id and each.id in {clip.event_id for clip in t.week.clips}]
    kinds = ((K.PERSON,), (K.PERSON, K.ZONE_VISIT))
    counts = {len(of_mary), len(seen), *(sum(each.kind in some for each in of_mary) for some in kinds)}
    sunday = {each.person_id for each in t.on(6) if each.person_id}
    rooms = t.events(day(0), day(7), K.ZONE_VISIT, zone="z-server")
    office = t.stay(2, "z-office")
    assert counts == {18, 17, 16, 10} and sunday == {JOHN.id, MARY.id} and filmed == [t.ana_fell] and minutes(office) == 185
    assert {each.person_id for each in t.all_week if each.person_id} == {each.id for each in PEOPLE}
    assert {each.person_id for each in rooms} == {ZOE.id} and len(rooms) == 4 and office.person_id == MARY.id
    return [
        q("Whose names did the system record last week?", names(*PEOPLE)),
        q("how many times was Mary recorded last week", Told(("|".join(str(each) for each in sorted(counts)),)), cited(seen)),
        q("What is on record about Zoë for Tuesday?", cited(t.on(1, who=ZOE))),
        q("what do you have about Mary's phone", cited([t.phone]), Told((began(t.phone),))),
        q("Which of our colleagues were recorded on Sunday?", names(JOHN, MARY)),
        q("are any of our colleagues on a saved clip", Told((name(ANA),), denies=False), clips(t.ana_fell)),
        q("who has been tracked in the server room?", Told((name(ZOE),), never=(name(JOHN), name(MARY))), cited(rooms)),
    ]


def electrician(t: Scene) -> list[Fourth]:
    lost = [t.dock_lost, t.yard_lost]
    total = sum(minutes(each) for each in lost)
    assert [each for each in t.week.events if each.kind in (K.CAMERA_LOST, K.NODE_LOST)] == [*lost, t.node] and total == 110
    assert {each.camera_id for each in lost} == {"dock", "yard"} and minutes(t.node) == 45 and t.yard_lost.reason == "No picture for 2 s"
    return [
        q("which camera dropped out most recently", Told((YARD,), leads=("Yard", "Loading dock")), cited([t.yard_lost])),
        q("any node offline at the moment?", Told(denies=True)),
        q("South node: when did it go and when did it come back", cited([t.node], began(t.node), ended(t.node))),
        q("how long without picture last week, all cams added up?", Told((hours(total),)), Told((long(90), long(20)))),
        q("any trouble with the hall camera lately", Told(denies=True)),
        q("reason for the yard cam failure?", cited([t.yard_lost]), Told(("No picture|kein Bild",))),
        q(
            "Which bits of kit failed last week, cameras, nodes, whatever?",
            cited([*lost, t.node]),
            Told(("Loading dock", "Yard", "South node")),
        ),
    ]


def boss(t: Scene) -> list[Fourth]:
    strangers = raised(t.tue, t.fri, t.sat, t.sun)
    places = Counter(each.camera_id or each.zone_id for each in t.week.alerts)
    true = frozenset(each.id for each in t.week.alerts if each.disposition is not None and each.disposition.value == "true")
    worst = (t.fall, t.john_fall, t.sun)
    assert places == {"dock": 3, "yard": 2, "gate": 1, "z-lab": 1} and len(true) == 3
    return [
        q("give me last week in a nutshell", *in_short(t)),
        q("how many break-ins did we have", Told(denies=True), Told((number(0),)), strangers, Told((number(4),))),
        q("any accidents at work last week?", *hurt(t)),
        q(
            "What's the worst thing that happened last week?",
            *(raised(each) for each in worst),
            *(cited([each]) for each in (t.ana_fell, t.john_fell, t.sun_gate)),
        ),
        q("How many of the alerts turned out to be real?", Told((number(len(true)),)), Told((), true, only=True)),
        q("which spot gives us the most trouble, going by alerts", Told((DOCK,), leads=("Loading dock", "Yard", "Front gate"))),
        q("is everything taken care of?", raised(t.sun), Told(("open|offen|new|neu|acknowledged",), denies=True)),
    ]


def negations(t: Scene) -> list[Fourth]:
    free = [index for index in range(7) if not t.alerts_on(index)]
    assert free == [0, 3] and {each.person_id for each in t.on(4, *SEEN)}.isdisjoint({ZOE.id})
    return [
        q("On which days did no alert go off at all last week?", Told((weekday(0), weekday(3)), never=other_days(0, 3))),
        q("Which of John, Mary and Zoë did not show up on Friday?", Told((name(ZOE),), leads=(name(ZOE), name(JOHN), name(MARY)))),
    ]


def comparisons(t: Scene) -> list[Fourth]:
    handlers = Counter(each.assignee for each in t.week.alerts if each.assignee)
    finished = Counter(each.assignee for each in t.week.alerts if each.id in closed(t))
    tuesday, thursday = t.stay(1, "z-lab"), t.stay(3, "z-lab")
    assert handlers == {"anna": 4, "bertil": 2} and finished == {"anna": 3, "bertil": 2}
    assert (minutes(tuesday), minutes(thursday)) == (207, 205)
    return [
        q(
            "Who had more alerts to deal with, Anna or Bertil?",
            Told(("anna",), leads=("anna", "bertil")),
            *(Told((number(each["anna"]), number(each["bertil"]))) for each in (handlers, finished)),
        ),
        q(
            "Was John longer in the lab on Tuesday than on Thursday?",
            Told((YES,), denies=False),
            Told((hours(207), hours(205))),
            Told((weekday(1),), never=("Thu", "Thursday")),
            Told((long(2),)),
        ),
    ]


def follow_ups(t: Scene) -> list[Fourth]:
    office = t.stay(1, "z-office")
    wednesday = sorted((each for each in t.week.alerts if each.id in t.alerts_on(2)), key=lambda each: each.raised_ns)
    assert [each.assignee for each in wednesday] == ["anna", "bertil"] and office.person_id == MARY.id and minutes(office) == 183
    return [
        q("and how long did she stay in there?", Told((hours(183),)), before=("Who used the office on Tuesday?",)),
        q(
            "which of them was gone longer",
            Told((DOCK,), leads=("Loading dock", "Yard")),
            cited([t.dock_lost], bars=[t.yard_lost]),
            Told((long(90), long(20))),
            before=("Which cameras failed last week?",),
        ),
        q("who handled the first one?", Told(("anna",), leads=("anna", "bertil")), before=("Were there any alerts on Wednesday?",)),
    ]


def each_and_every(t: Scene) -> list[Fourth]:
    taken = frozenset(each.id for each in t.week.alerts if each.assignee)
    assert len(taken) == 6
    return [q("For every alert last week, who took it?", Told(("anna", "bertil"), taken))]


def before_and_after(t: Scene) -> list[Fourth]:
    fell_ns = next(each.raised_ns for each in t.week.alerts if each.id == t.john_fall)
    following = min((each for each in t.week.alerts if each.raised_ns > fell_ns), key=lambda each: each.raised_ns)
    assert following.id == t.sat
    return [q("after John's fall, when did the next alert come in", raised(t.sat), Told((hour(t.alert(t.sat)),)))]


def why(t: Scene) -> list[Fourth]:
    (office,) = t.on(3, K.ZONE_VISIT, who=MARY)
    assert office.named_by is not None and office.named_by.value == "ble" and t.again.id in {each.event_id for each in t.week.decisions}
    again = Told((), frozenset({t.held[0]}))
    repeated = Told(("duplicate|duplicates|repeat|repeated|same|already|Duplikat",))
    return [
        q("how did the system know it was Mary in the office on Thursday?", Told((BY_PHONE,)), cited([office], BY_PHONE)),
        q("How come the one in the yard at 23:22 on Tuesday didn't set off an alert?", again, repeated),
    ]


def how_long(t: Scene) -> list[Fourth]:
    stays = t.visits(ZOE, "z-server")
    assert sum(stays) / len(stays) == 192.25 and sorted(stays) == [186, 186, 191, 206]
    middles = "|".join(hours(each) for each in (192, 193, 188, 189))
    return [q("how long is Zoë in the server room on a typical day?", Told((middles,)), Told((hours(186), hours(206))))]


def first_and_last(t: Scene) -> list[Fourth]:
    first = min(t.on(2, *SEEN), key=lambda each: each.started_ns)
    assert first.person_id == ZOE.id
    return [q("who was in first on Wednesday and when?", Told((name(ZOE), began(first)), leads=(name(ZOE), name(MARY), name(ANA))))]


def not_observed(t: Scene) -> list[Fourth]:
    return [
        q(
            "Could someone have crossed the yard on Thursday around noon without the camera seeing it?",
            cited([t.yard_lost]),
            Told((began(t.yard_lost), ended(t.yard_lost))),
        )
    ]


def two_conditions(t: Scene) -> list[Fourth]:
    night = {t.fri, t.dock}
    others = frozenset({t.tue, t.sat, t.sun, t.fall, t.john_fall})
    assert t.alert(t.dock) == "02:00" and t.alert(t.fri) == "03:14" and hour(t.alert(t.fall)).startswith("10")
    return [q("Which alerts came at night and turned out to be true?", Told((), frozenset(night), bars=others))]


def english(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "shift leader": shift_leader(t),
        "police": police(t),
        "reception": reception(t),
        "works council": works_council(t),
        "electrician": electrician(t),
        "boss": boss(t),
        "negations": negations(t),
        "comparisons": comparisons(t),
        "follow-ups": follow_ups(t),
        "each and every": each_and_every(t),
        "before and after": before_and_after(t),
        "why": why(t),
        "how long": how_long(t),
        "first and last": first_and_last(t),
        "not observed": not_observed(t),
        "two conditions": two_conditions(t),
    }

"""A seventh set about the generated week: 120 ordinary questions, half of them in English (here), half in German (`chat_seventh_forms`);
84 in ordinary words and 36 that are harder. Written without looking at the planner, and frozen: `frozen_sets` keeps its digest.
What is true is counted from the week's plain values and nothing else. Form and verdicts are those of the fourth set. A question back is
right only where the record has no answer.
"""

from collections import Counter
from statistics import mean, median

from engine.model.event import Event
from engine.model.people.person import Person
from tests.engine.history.chat_fourth import COUNTS, DAYS, UNKNOWN, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, OFFICE
from tests.engine.history.chat_questions import ids
from tests.engine.history.chat_second import K, minutes, of_day
from tests.engine.history.chat_sixth import UNNAMED
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, NOW, PEOPLE, SETTINGS, ZOE, day, ns

NAMELESS = f"{UNNAMED}|unbekannten|unbekanntes|stranger|somebody|someone|jemand|Fremder|fremde"
YARD = "Yard|Hof"
WORDS = {
    5: "five|fünf|fünfmal",
    6: "six|sechs|sechsmal",
    7: "seven|sieben|siebenmal",
    8: "eight|acht|achtmal",
    9: "nine|neun|neunmal",
    12: "twelve|zwölf|zwölfmal",
}
YES = "yes|ja"
CAMERA = "camera|cameras|picture|pictures|watched|watching|observed|lost|outage|outages"
NO_DATA = Told((f"{UNKNOWN}|not recorded|nothing recorded|nothing is recorded|was not recording",)), Back()
UNRECORDED = Told(("not recorded|not in the record|does not record|nicht aufgezeichnet|nicht erfasst|steht nicht in der Aufzeichnung",))


def number(whole: int) -> str:
    """As a figure or as a word, in either language."""
    return COUNTS[whole] if whole in COUNTS else "|".join((str(whole), *WORDS.get(whole, "").split("|"))).rstrip("|")


def hour(at: str) -> str:
    """A time of the day, `HH:MM`, as people write it."""
    hours, minute = int(at[:2]), at[3:]
    half = f"{hours % 12 or 12}:{minute} {'am' if hours < 12 else 'pm'}"
    return "|".join(dict.fromkeys((at, f"{hours}:{minute}", half, f"{hours:02d}.{minute} Uhr", f"{hours}.{minute} Uhr")))


def began(event: Event) -> str:
    return hour(_clock(event.started_ns))


def ended(event: Event) -> str:
    return hour(_clock(event.ended_ns or 0))


def gone(event: Event) -> str:
    """Both when somebody was last come upon, and when they were gone from there."""
    return f"{ended(event)}|{began(event)}"


def name(who: Person) -> str:
    return who.name if who is IGNORE else who.name.split()[0]


def usual(seconds: list[int]) -> tuple[Told, ...]:
    """When somebody comes as a rule: the middle, the mean, or from the earliest to the latest."""
    middles = {int(each) // 60 * 60 + more for each in (mean(seconds), median(seconds)) for more in (0, 60)}
    earliest, latest = hour(of_day(min(seconds))), hour(of_day(max(seconds)))
    return Told(("|".join(hour(of_day(each)) for each in sorted(middles)),)), Told((earliest, latest))


def last_night(t: Scene) -> tuple[Told, ...]:
    """What was more than motion in the night to Monday."""
    assert [each for each in t.events(day(6, 18), day(7, 6)) if each.kind is not K.MOTION] == [t.sun_gate]
    return cited([t.sun_gate]), raised(t.sun)


def why_raised(t: Scene, alert: str, event: Event) -> tuple[Told, ...]:
    return raised(alert), Told((), frozenset({t.why[alert]})), cited([event])


def fell_in_lab(t: Scene) -> str:
    """The alert of it."""
    return next(each.id for each in t.week.alerts if each.event_id == t.john_fell.id)


def _clock(at_ns: int) -> str:
    return of_day((at_ns - ns(day(0))) // 10**9 % (24 * 3600))


def night_guard(t: Scene) -> list[Fourth]:
    (late,) = t.events(day(6, 21), day(7), K.MOTION, camera="dock")
    weekend = t.events(day(5), day(7), camera="dock")
    assert {each.kind for each in weekend} == {K.MOTION} and len(weekend) == 8
    assert [each for each in t.week.events if each.ended_ns is None] == [t.john_lab]
    return [
        q("Anything happen last night?", *last_night(t)),
        q(
            "did the cameras all stay up last night",
            Told(("yes|all|every|each|no|none|not|0|never", CAMERA), bars=ids([t.dock_lost, t.yard_lost]) | {t.dock}),
        ),
        q("how long did that person hang around the gate last night?", cited([t.sun_gate], long(minutes(t.sun_gate)))),
        q("is anyone still on site?", Told((name(JOHN),), ids([t.john_lab]), never=(name(MARY), name(ZOE)))),
        q("which alerts are still open from the weekend", raised(t.sat, t.sun, only=True)),
        q("what time did John show up today", cited([t.john_hall], began(t.john_hall))),
        q("was there any movement at the loading dock after 9 pm yesterday?", cited([late], began(late))),
        q("what set off the alert at the gate last night", *why_raised(t, t.sun, t.sun_gate)),
        q(
            "anything dodgy at the dock over the weekend?",
            Told(denies=True, bars=ids([t.fri_dock, t.dock_lost]) | {t.fri, t.dock}),
            Told((number(len(weekend)),)),
            cited(weekend),
        ),
        q("did anyone use the front door over the weekend", cited([t.in_sat])),
    ]


def manager(t: Scene) -> list[Fourth]:
    on_camera = Counter(each.camera_id for each in t.week.alerts)
    handlers = Counter(each.assignee for each in t.week.alerts if each.assignee)
    yard = t.per_day(camera="yard")
    server = sum(t.visits(ZOE, "z-server"))
    outages = [minutes(each) for each in t.all_of(K.CAMERA_LOST)]
    answered = [each.at_ns for each in t.week.acts if each.subject == t.fall]
    raised_ns = next(each.raised_ns for each in t.week.alerts if each.id == t.fall)
    assert on_camera.most_common(1) == [("dock", 3)] and handlers == {"anna": 4, "bertil": 2} and answered == [raised_ns + 60 * 10**9]
    assert yard.index(max(yard)) == 5 and yard.count(max(yard)) == 1 and t.judged("false") == 1
    return [
        q("How many alerts came in last week, all told?", Told((number(len(t.week.alerts)),))),
        q(
            "What time does Mary-Ann usually get in?",
            *usual(t.arrivals(MARY, 0, 1, 2, 3, 4)),
            Told((hour(of_day(median(t.arrivals(MARY)))),)),
        ),
        q("Where do most of our alerts come from?", Told((DOCK,), leads=("Loading dock", "Yard", "Front gate"))),
        q("How many of last week's alerts were false alarms?", Told((number(t.judged("false")),))),
        q("Is Anna or Bertil dealing with more of the alerts?", Told(("anna",), leads=("anna", "bertil"))),
        q(
            "What's Zoë's total time in the server room for last week?",
            Told((f"{long(server)}|{server / 60:.1f}|{round(server / 60)} hours",)),
        ),
        q("How long were we without a camera picture last week?", Told((long(sum(outages)),)), Told(tuple(long(each) for each in outages))),
        q(
            "How quickly was the alert about Ana's fall handled?",
            Told(("1 min|1 minute|one minute|a minute|60 s|60 seconds|1 min 0 s|00:01:00",)),
            raised(t.fall, says=(hour(_clock(answered[0])),)),
        ),
        q("Which day was busiest in the yard last week?", Told((DAYS[5],), leads=("Sat", "Tue", "Wed", "Thu"))),
    ]


def investigator(t: Scene) -> list[Fourth]:
    office = t.stay(3, "z-office")
    yard, known = t.strangers("yard"), t.on(6, K.PERSON, camera="yard")
    evening = [each for each in t.events(day(5, 22, 30), day(5, 23, 30)) if each.kind is not K.MOTION]
    hall = t.events(day(1, 6), day(1, 12), K.PERSON, camera="hall")
    noon = t.on(3, K.PERSON, camera="gate")[0]
    held = next(each for each in t.week.decisions if each.id == t.held[1])
    assert office in t.during(day(3, 10), day(3, 10, 1)) and evening == [t.sat_yard, t.loiter_yard, t.fight]
    assert len(yard) == 4 and len(known) == 1 and not t.on(2, who=JOHN)
    assert next(each.number for each in SETTINGS.cameras if each.id == "hall") == 2 and len(hall) == 3
    assert held.event_id == noon.id and _clock(noon.started_ns) == "12:30"
    return [
        q("Where was Mary-Ann on Thursday at 10 in the morning?", cited([office], OFFICE)),
        q("Show me every unknown person in the yard last week", cited(yard, bars=known)),
        q("What happened on 14 November between 22:30 and 23:30?", cited(evening)),
        q("Was John Smith on site at any time on Wednesday?", Told(denies=True)),
        q("Is there footage of the person at the loading dock early on Friday?", clips(t.fri_dock)),
        q("When did we last see Jürgen?", cited([t.jurgen_thu], gone(t.jurgen_thu))),
        q("Who was on camera 2 on Tuesday morning?", cited(hall, name(JOHN), name(MARY), name(ZOE))),
        q(
            "Why was there no alert for the person at the gate on Thursday at half past twelve?",
            Told((), frozenset({held.id})),
            Told(("schedule|Zeitplan|schedule gate",)),
        ),
        q("Did Mary-Ann go through the front door on Tuesday?", cited([t.in_tue], began(t.in_tue)), Told((YES,), ids([t.in_tue]))),
    ]


def newcomer(t: Scene) -> list[Fourth]:
    worst = [each.id for each in t.week.alerts if each.severity == max(other.severity for other in t.week.alerts)]
    in_lab = {each.person_id for each in t.events(day(0), NOW, K.ZONE_VISIT, zone="z-lab")}
    assert in_lab == {JOHN.id} and set(worst) == {t.sun, t.fall, fell_in_lab(t)} and len(t.on(2, who=ANA)) == 2
    return [
        q("What can I ask you?", Back()),
        q("who spends their time in the lab?", Told((name(JOHN),), never=(name(MARY), name(ZOE)))),
        q("Who is Ana Lima and where was she seen?", cited([t.ana_dock], DOCK), cited([t.ana_fell], DOCK)),
        q("Has anyone fallen here lately?", cited([t.ana_fell, t.john_fell])),
        q("What were the most serious alerts last week?", Told((), frozenset(worst), bars=frozenset({t.dock}))),
        q("Was anyone running about last week?", cited([t.ran])),
        q("Which people do the cameras know by name?", Told(tuple(name(each) for each in PEOPLE))),
    ]


def foreign(t: Scene) -> list[Fourth]:
    came = t.first(ZOE, 2)
    gate = t.on(1, K.PERSON, camera="gate")
    yard = {each.person_id for each in t.on(6, K.PERSON, K.ZONE_VISIT) if "yard" in each.camera_id + each.zone_id}
    assert max(gate, key=lambda each: each.started_ns).person_id == JOHN.id and yard == {JOHN.id, MARY.id}
    assert [each.person_id for each in t.on(4, K.ZONE_VISIT, zone="z-office")] == [MARY.id]
    return [
        q("At which hour Zoë came on Wednesday?", cited([came], began(came))),
        q("Please, who has left as the last through the gate on Tuesday?", Told((name(JOHN),), leads=(name(JOHN), name(MARY), name(ZOE)))),
        q("Since when is John in the laboratory today?", cited([t.john_lab], began(t.john_lab))),
        q("How much people have been in the yard on Sunday?", Told((number(len(yard)),)), Told((name(JOHN), name(MARY)))),
        q("Had the camera of the yard a problem last week?", cited([t.yard_lost], began(t.yard_lost))),
        q("Where I can find the video from the yard on Saturday?", clips(t.sat_yard)),
        q("Who did open the office in the morning of Friday?", cited([t.stay(4, "z-office")], name(MARY))),
    ]


def hurried(t: Scene) -> list[Fourth]:
    left = t.last(JOHN, 4)
    hall = {each.person_id for each in t.on(2, K.PERSON, camera="hall")}
    assert hall == {ZOE.id, MARY.id, IGNORE.id} and t.alerts_on(6) == [t.sun] and left.camera_id == "gate"
    return [
        q("when did jhon leave on firday", cited([left], gone(left))),
        q("alerts yestreday", raised(t.sun, only=True)),
        q("how mny people in the hall on wed", Told((number(len(hall)),)), Told((name(ZOE), name(MARY), name(IGNORE)))),
        q("hwo long was jurgen at the dock thursday", cited([t.jurgen_thu], long(minutes(t.jurgen_thu)))),
    ]


def follow_ups(t: Scene) -> list[Fourth]:
    real = frozenset(each.id for each in t.week.alerts if each.disposition is not None and each.disposition.value == "true")
    server = t.stay(2, "z-server")
    assert t.came(3)[0] == {JOHN.name, MARY.name, ZOE.name, JURGEN.name} and real == {t.fri, t.fall, t.dock}
    return [
        q("What about Thursday?", Told((name(JOHN), name(MARY), name(ZOE)), never=(name(ANA),)), before=("Who came in on Friday?",)),
        q("which of those were real?", Told((), real, bars=frozenset({t.tue})), before=("Show me the alerts from last week",)),
        q("how long for?", cited([server], long(minutes(server))), before=("Was Zoë in the server room on Wednesday?",)),
        q("got a clip of that?", clips(t.sun_gate), before=("Was anyone at the gate last night?",)),
    ]


def negations(t: Scene) -> list[Fourth]:
    untaken = [each.id for each in t.week.alerts if not each.assignee]
    assert t.days_of(ZOE) == [0, 1, 2, 3] and untaken == [t.sun]
    return [
        q("Which days last week was Zoë not in?", Told((DAYS[4],), leads=("Fri", "Tue", "Wed", "Thu"))),
        q("Which alerts has nobody taken yet?", raised(t.sun, only=True)),
    ]


def comparisons(t: Scene) -> list[Fourth]:
    zoe, john = t.last(ZOE, 1), t.last(JOHN, 1)
    every = [len(t.on(number_, camera="yard")) for number_ in (5, 4)]
    motion = [len(t.on(number_, K.MOTION, camera="yard")) for number_ in (5, 4)]
    apart = ((john.ended_ns or 0) - (zoe.ended_ns or 0)) // (60 * 10**9)
    assert every == [12, 6] and motion == [9, 6] and apart == 6
    return [
        q(
            "Did Zoë and John leave at the same time on Tuesday?",
            Told(denies=True),
            Told((gone(zoe), gone(john))),
            Told((f"{long(apart)}|six minutes",)),
        ),
        q(
            "Was it busier in the yard on Saturday than on Friday?",
            Told((f"{YES}|busier|more",), denies=False),
            Told((number(every[0]), number(every[1]))),
            Told((number(motion[0]), number(motion[1]))),
        ),
    ]


def each_and_every(t: Scene) -> list[Fourth]:
    left = [t.last(who, 3) for who in (MARY, ZOE, JOHN)]
    assert all(each.camera_id == "gate" for each in left) and JOHN.name not in t.came(2)[0]
    return [
        q("What time did everyone go home on Thursday?", Told(tuple(gone(each) for each in left))),
        q("Was everyone in on Wednesday?", Told(denies=True), Told((name(JOHN), "missing|absent|away|without|except"))),
    ]


def before_and_after(t: Scene) -> list[Fourth]:
    first = {who.name: t.first(who, 1).started_ns for who in (JOHN, MARY, ZOE, JURGEN)}
    before = [each for each in first if first[each] < first[MARY.name]]
    until_she_fell = (t.ana_fell.started_ns - t.ana_dock.started_ns) // (60 * 10**9)
    assert before == [JOHN.name, ZOE.name] and until_she_fell == 12
    return [
        q("How long had Ana been at the loading dock when she fell?", Told((f"{long(until_she_fell)}|twelve minutes",))),
        q("Who was in before Mary-Ann on Tuesday?", Told((name(JOHN), name(ZOE)), never=(name(JURGEN),))),
    ]


def not_known(t: Scene) -> list[Fourth]:
    assert t.week.events[0].started_ns > ns(day(0))
    return [
        q("What was the number plate of the van at the dock on Friday?", Back(("number|plate|van|vehicle",)), UNRECORDED),
        q("Who was here on 1 November?", *NO_DATA),
    ]


def english(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "night guard": night_guard(t),
        "manager": manager(t),
        "investigator": investigator(t),
        "newcomer": newcomer(t),
        "other first language": foreign(t),
        "hurried typing": hurried(t),
        "follow-ups": follow_ups(t),
        "negations": negations(t),
        "comparisons": comparisons(t),
        "each and every": each_and_every(t),
        "before and after": before_and_after(t),
        "not to be known": not_known(t),
    }

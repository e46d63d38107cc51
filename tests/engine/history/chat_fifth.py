"""A fifth set about the generated week: 120 questions in ten ways of speaking, half of them in English (here), half in German
(`chat_fifth_forms`). Written without looking at the planner, and frozen: `frozen_sets` keeps its digest. What is true is counted from
the week's plain values and nothing else. Form and verdicts are those of the fourth set.
"""

from statistics import median

from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, at, cited, clips, count, left, long, q, raised, until
from tests.engine.history.chat_questions import SEEN
from tests.engine.history.chat_second import K, into, minutes, of_day
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, JOHN, MARY, NOW, ZOE, day, ns

STRANGER = "unknown|not known|no known|nobody known|unbekannt|unbekannte"
WATCHED = Told(
    ("yes|all|observed|watched|watching|ja|beobachtet|überwacht",),
    never=("not observed", "not watched", "not watching", "nicht beobachtet"),
    denies=False,
)


def night_guard(t: Scene) -> list[Fourth]:
    dock = t.on(6, K.MOTION, camera="dock")[-1]
    nights = [number for number in range(7) if any(each in t.strangers("yard") for each in t.events(day(number, 18), day(number + 1, 6)))]
    this_morning = [each for each in t.week.alerts if each.raised_ns >= ns(day(7))]
    hall = [each for each in t.events(day(0), day(7), camera="hall") if into(each.started_ns) >= 18 * 3600]
    assert not this_morning and not hall
    return [
        q("any alarm between midnight and six this morning?", Told(denies=True)),
        q("2247 sat, which camera caught that", cited([t.sat_yard], "Yard"), raised(t.sat, says=("Yard",))),
        q("last thing that moved at the dock sun", cited([dock], at(dock))),
        q("dock cam on wed: blind from when to when", cited([t.dock_lost], at(t.dock_lost), until(t.dock_lost))),
        q("who let that one in, sat 2130", Back(("let",))),
        q("hall cam see a soul after 6pm, any day last week?", Told(denies=True)),
        q(
            "did sat's alarm get closed or is it still hanging",
            raised(t.sat, says=("acknowledged|open|quittiert|bestätigt|offen",)),
            Told((), frozenset({t.sat}), denies=True),
        ),
        q("thurs 0750 someone ran thru the yard - one of ours?", cited([t.ran], STRANGER), Told(denies=True), Back(("ours",))),
        q("on how many nights last week was there a stranger in the yard", Told((count(len(nights)),))),
    ]


def manager(t: Scene) -> list[Fourth]:
    falls, alerts = len(t.all_of(K.FALL)), t.week.alerts
    lost = len(t.all_of(K.CAMERA_LOST)), len(t.all_of(K.CAMERA_LOST, K.NODE_LOST))
    closed = {name: sum(each.assignee == name and each.state.value == "closed" for each in alerts) for name in ("anna", "bertil")}
    dock = sum(each.camera_id == "dock" for each in alerts)
    percent = 100 * dock / len(alerts)
    share = f"{count(dock)}|{percent:.0f}|{percent:.1f}|{f'{percent:.1f}'.replace('.', ',')}"
    people = {number: {each.person_id or each.id for each in t.on(number, K.PERSON, K.ZONE_VISIT)} for number in (0, 3)}
    known = {number: {each for each in found if each.startswith("p-")} for number, found in people.items()}
    rooms = sum(t.visits(JOHN, "z-lab")), sum(t.visits(MARY, "z-office"))
    fri = next(each for each in t.week.acts if each.subject == t.fri)
    waited = (fri.at_ns - next(each.raised_ns for each in alerts if each.id == t.fri)) // (60 * 10**9)
    mornings = [len(t.events(day(0, since), day(0, *end))) for since in (0, 6) for end in ((9, 30), (12, 0))]
    assert closed["anna"] > closed["bertil"] and rooms[1] > rooms[0] and len(known[3]) > len(known[0])
    assert all(each < 9 * 3600 for each in t.arrivals(MARY, 0, 1, 2, 3, 4))
    return [
        q(
            "Bottom line for last week, in numbers: alarms, falls, outages.",
            Told((count(len(alerts)), count(falls), "|".join(count(each) for each in lost))),
            Back(("bottom|outage",)),
        ),
        q("Who closed more alarms last week, Anna or Bertil?", Told(("anna", count(closed["anna"])), leads=("anna", "bertil"))),
        q("What share of last week's alarms came from the dock?", Told((share,))),
        q("Is Mary usually in before nine?", Told((of_day(median(t.arrivals(MARY, 0, 1, 2, 3, 4))),)), Told(("yes|ja",), denies=False)),
        q(
            "More people on site last Monday or last Thursday?",
            Told((DAYS[3], f"{count(len(known[3]))}|{len(people[3])}", f"{count(len(known[0]))}|{len(people[0])}")),
        ),
        q(
            "How quickly was the 3:14 alarm on Friday dealt with?",
            Told((f"{long(waited)}|one minute|1 minute|60 s|03:15",), frozenset({t.fri})),
            Back(("quick",)),
        ),
        q("Did any of our people come in on the weekend just gone?", Told((JOHN.name, MARY.name), denies=False)),
        q("Who logged more room time last week: John in the lab, or Mary in the office?", Told((MARY.name,), leads=(MARY.name, JOHN.name))),
        q(
            "Events this morning against the morning of Monday a week ago?",
            Told((count(len(t.events(day(7), NOW))), "|".join(dict.fromkeys(str(each) for each in mornings)))),
        ),
    ]


def investigator(t: Scene) -> list[Fourth]:
    friday = t.first(JOHN, 4), t.last(JOHN, 4)
    before_fight = t.during(day(5, 22, 55), day(5, 23, 5), camera="gate")
    earlier = [each for each in t.week.alerts if each.raised_ns < t.ana_fell.started_ns]
    last = max(earlier, key=lambda each: each.raised_ns)
    after = next(each for each in t.week.events if each.started_ns > t.in_sat.started_ns)
    assert not before_fight and last.id == t.dock
    return [
        q(
            "Reconstruct John Smith's movements on Friday 13 November, from the first sighting to the last.",
            cited([*friday, t.stay(4, "z-lab"), t.john_fell], at(friday[0]), at(friday[1])),
        ),
        q("Was anybody in view of the front gate camera during the ten minutes leading up to the fight?", Told(denies=True)),
        q(
            "State every interval last week in which a camera delivered no picture.",
            cited([t.dock_lost, t.yard_lost], *(each(lost) for lost in (t.dock_lost, t.yard_lost) for each in (at, until))),
        ),
        q(
            "Can the face from Sunday, shortly before midnight, be matched to anybody on file?",
            Back(("match|face|file",)),
            cited([t.sun_gate], STRANGER),
        ),
        q("Which alert immediately preceded Ana Lima's fall?", raised(last.id, says=(t.alert(last.id),), only=True)),
        q("What is the first thing on record after the front door was crossed on Saturday evening?", cited([after], at(after))),
    ]


def newcomer(t: Scene) -> list[Fourth]:
    saturday = len(t.on(5, K.MOTION, camera="yard"))
    held = frozenset(t.held)
    dates = "9 Nov|9 November|Nov 9|November 9|9. Nov|9. November|2026-11-09|9.11|9.11.2026|09.11.2026|9/11/2026"
    assert t.on(0)[0] == t.week.events[0]
    return [
        q("which one is camera two, and has it seen anybody today", cited([t.john_hall], "Hall", JOHN.name)),
        q("is it normal to have that much movement in the yard on a saturday", Told((count(saturday),)), Back()),
        q(
            "somebody told me a person fell down at the loading place, is that true and who was it",
            cited([t.ana_fell], ANA.name),
            Back(("place",)),
        ),
        q("were any alarms swallowed, and by what", Told(("duplicate|Duplikat", "schedule|Zeitplan"), held), Back(("swallow",))),
        q("how far back can I look?", Told((dates,)), Back()),
        q("the girl from the server room, does she come on fridays as well?", Back(("girl",)), Told(denies=True)),
    ]


def foreign(t: Scene) -> list[Fourth]:
    wave = t.on(3, K.GESTURE)[0]
    return [
        q("Yesterday it was somebody in the yard?", Told((JOHN.name, MARY.name), denies=False)),
        q("How long time has Jürgen been by the dock the tuesday?", cited([t.jurgen_tue], long(minutes(t.jurgen_tue)))),
        q("Who has made the wave with the hand on thursday and at which clock?", cited([wave], JOHN.name, at(wave)), Back(("hand|clock",))),
        q("The camera from the yard, she was dead how many minutes?", cited([t.yard_lost], long(minutes(t.yard_lost))), Back(("dead",))),
        q(
            "For which reason it came no alarm as the man was by the gate on thursday half past twelve?",
            Told(("schedule|Zeitplan",), frozenset({t.held[1]})),
            Back(("man",)),
        ),
        q("The man from sunday night, he was drunk?", Back(("drunk",))),
    ]


def keyboard(t: Scene) -> list[Fourth]:
    hall = {each.person_id for each in t.on(1, K.PERSON, camera="hall")}
    first = min(t.on(2, *SEEN), key=lambda each: each.started_ns)
    assert first.person_id == ZOE.id and not t.events(day(0), NOW, K.CAMERA_LOST, camera="gate")
    return [
        q("hw mny ppl wer in teh hall on tusday", Told((count(len(hall)),))),
        q("wa sthe gaet camera evr ofline", Told(denies=True)),
        q("frist persn in on wendesday mornign", cited([first], ZOE.name, at(first))),
        q("whne did jhon fal in th lab", cited([t.john_fell], at(t.john_fell))),
        q("wsa zoe happpy on mondya", Back(("happ",))),
        q("lsat tmie jurgn wsa hree", cited([t.jurgen_thu], left(t.jurgen_thu))),
    ]


def terse(t: Scene) -> list[Fourth]:
    mary = t.last(MARY, 4)
    total = sum(minutes(each) for each in (t.jurgen_tue, t.jurgen_thu))
    noon = t.on(3, K.PERSON, camera="gate")[0]
    assert not noon.person_id
    return [
        q("mary fri out", cited([mary], left(mary))),
        q("gate watched sun 2300-0100?", WATCHED),
        q("jurgen total", Told((f"{long(total)}|{count(2)}",)), Back()),
        q("unknowns thu", cited([noon], at(noon))),
        q("dock fri 0314", cited([t.fri_dock], at(t.fri_dock)), raised(t.fri, says=(t.alert(t.fri),))),
        q("open?", raised(t.sat, t.sun, only=True), Back()),
    ]


def chatty(t: Scene) -> list[Fourth]:
    without = [number for number in range(7) if not t.alerts_on(number)]
    latest = max((t.last(ZOE, number) for number in t.days_of(ZOE)), key=lambda each: into(each.ended_ns or 0))
    server = [each for each in t.events(day(0), day(7), zone="z-server") if into(each.ended_ns or 0) >= 14 * 3600]
    john = t.on(2, *SEEN, who=JOHN)
    assert without == [0, 3] and not john and not server and latest in t.on(2)
    return [
        q(
            "Hi there, hope you had a calm night! Listen, could you tell me whether somebody came through the front door over the weekend, "
            "and at what time that would have been?",
            cited([t.in_sat], at(t.in_sat)),
        ),
        q(
            "So my colleague swears that John was in on Wednesday, but I did not see him at all. Who of us is right?",
            Told(denies=True),
            Back(),
        ),
        q(
            "Sorry to bother you again, it is about that phone: for how many minutes had Mary left her mobile lying about on Thursday?",
            cited([t.phone], long(minutes(t.phone))),
        ),
        q(
            "I was just wondering, since the boss is going to ask me anyway, on which days last week we had no alarm at all.",
            Told(tuple(DAYS[each] for each in without)),
        ),
        q(
            "Okay, funny question maybe, but has anyone at all set foot in the server room after two in the afternoon last week?",
            Told(denies=True),
            Back(("foot",)),
        ),
        q(
            "Thanks, that helps! One more thing: what is the latest that Zoë left last week, and on which day was that?",
            Told((left(latest), DAYS[2])),
        ),
    ]


def follow_ups(t: Scene) -> list[Fourth]:
    week = len(t.events(day(0), day(7), K.MOTION, camera="dock"))
    wednesday = [each for each in t.week.alerts if each.id in t.alerts_on(2)]
    assert wednesday and all(each.state.value == "closed" for each in wednesday)
    return [
        q("and in the lab?", cited([t.stay(3, "z-lab")], JOHN.name), before=("Who was in the server room on Thursday?",)),
        q("which of them are still open?", Told(denies=True), before=("How many alarms were there on Wednesday?",)),
        q(
            "and where did she go from there?",
            cited([t.stay(4, "z-office")], "Office"),
            before=("When did Mary arrive on Thursday?", "and on Friday?"),
        ),
        q("show me", clips(t.sat_yard), cited([t.sat_yard], at(t.sat_yard)), before=("Was anyone in the yard on Saturday night?",)),
        q("make that the whole week", Told((count(week),)), before=("how many motion events at the dock on friday?",)),
        q("and the one before that?", raised(t.sat, says=(t.alert(t.sat),), only=True), before=("When was the last alarm?",)),
    ]


def english(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "night guard": night_guard(t),
        "manager": manager(t),
        "investigator": investigator(t),
        "newcomer": newcomer(t),
        "other first language": foreign(t),
        "bad keyboard": keyboard(t),
        "terse": terse(t),
        "chatty": chatty(t),
        "follow-ups": follow_ups(t),
    }

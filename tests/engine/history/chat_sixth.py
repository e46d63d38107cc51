"""A sixth set about the generated week: 120 questions in eleven ways of speaking, half of them in English (here), half in German
(`chat_sixth_forms`). Written without looking at the planner, and frozen: `frozen_sets` keeps its digest. What is true is counted from
the week's plain values and nothing else. Form and verdicts are those of the fourth set.
"""

from collections import Counter
from statistics import mean, median

from tests.engine.history.chat_fifth import STRANGER
from tests.engine.history.chat_fourth import DAYS, UNKNOWN, Fourth, Scene, at, cited, clips, count, left, long, q, raised, until
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, into, minutes
from tests.engine.history.chat_verdict import NO, Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, NOW, ZOE, day, ns

STAFF = (JOHN, MARY, ZOE, JURGEN, ANA, IGNORE)
TRUE = "true|genuine|real"
UNNAMED = f"{STRANGER}|unidentified|not identified|nicht identifiziert|unbekannter"
NOT_ON_RECORD = Told((UNKNOWN,)), Back()


def about(whole: float) -> str:
    """A mean length: either of the minutes beside it."""
    return "|".join(dict.fromkeys((*long(int(whole)).split("|"), *long(round(whole)).split("|"), *long(int(whole) + 1).split("|"))))


def tenth(value: float) -> str:
    """With one digit, as written in either language."""
    return f"{value:.1f}|{f'{value:.1f}'.replace('.', ',')}"


def night_guard(t: Scene) -> list[Fourth]:
    today = t.events(day(7), NOW)
    assert today == [t.john_hall, t.john_lab] and not t.in_sat.person_id
    return [
        q("how many bodies at the gate after ten last night?", cited([t.sun_gate], f"{count(1)}|{at(t.sun_gate)}"), Back(("bod",))),
        q("front door went at half nine on saturday night, did anyone we know come thru", cited([t.in_sat], UNNAMED), Told(denies=True)),
        q("is the yard clear right now", Told((f"{NO}|yes|clear|empty",), never=(JOHN.name, MARY.name))),
        q("sitrep since midnight", cited(today, JOHN.name), Back(("sitrep",))),
        q("when did it kick off at the gate sat, start and finish", cited([t.fight], at(t.fight), until(t.fight)), Back(("kick",))),
    ]


def manager(t: Scene) -> list[Fourth]:
    known = [len({each.person_id for each in t.on(number, *SEEN) if each.person_id}) for number in range(5)]
    strangers = [sum(not each.person_id for each in t.on(number, K.PERSON)) for number in range(5)]
    with_strangers = [each + more for each, more in zip(known, strangers, strict=True)]
    heads = [tuple(count(each) for each in sorted(set(counts))) for counts in (known, with_strangers)]
    closed = sum(each.disposition is not None for each in t.week.alerts)
    genuine = t.judged("true")
    percents = [100 * genuine / each for each in (len(t.week.alerts), closed)]
    share = "|".join(f"{percent:.0f}|{tenth(percent)}" for percent in percents)
    server = t.visits(ZOE, "z-server")
    arrivals = {(number, who.name): each for who in STAFF for number in range(7) for each in t.arrivals(who, number)}
    number, earliest = min(arrivals, key=lambda each: arrivals[each])
    assert (number, earliest) == (1, JOHN.name)
    return [
        q("Give me a headcount for each working day last week.", Told((*DAYS[:5], *heads[0])), Told((*DAYS[:5], *heads[1]))),
        q("What percentage of the alarms turned out to be genuine?", Told((f"{count(genuine)}|{share}",))),
        q("A typical stay of Zoë in the server room takes how long?", Told((f"{about(mean(server))}|{about(median(server))}",))),
        q("Did either operator leave something unfinished?", Told(("anna",), frozenset({t.sat})), Back(("unfinished|operator",))),
        q(
            "Earliest any of our people started last week: who, which day, what time?",
            Told((earliest, DAYS[number], at(t.first(JOHN, number)))),
        ),
    ]


def investigator(t: Scene) -> list[Fourth]:
    after = t.events(day(3, 12, 5), day(4), K.PERSON, camera="dock")
    inside = t.during(day(3, 11, 30), day(3, 11, 31), K.ZONE_VISIT)
    between = (t.fight.started_ns - (t.loiter_yard.ended_ns or 0)) // (60 * 10**9)
    anna = [each.id for each in t.week.alerts if each.assignee == "anna" and each.state.value == "closed"]
    assert not after and {each.person_id for each in inside} == {JOHN.id, ZOE.id} and len(anna) == 3
    return [
        q(
            "After Jürgen had left the dock on Thursday 12 November, was any person recorded there during the rest of that day?",
            Told(denies=True),
        ),
        q("State which persons were inside a room at 11:30 on Thursday 12 November.", cited(inside, JOHN.name, ZOE.name)),
        q("Is the person of Tuesday 23:14 identical with the one of 23:22?", Back(), cited([t.tue_yard, t.again], UNNAMED)),
        q(
            "How much time lies between the end of the loitering in the yard and the outbreak of the fight on 14 November?",
            Told((long(between),)),
        ),
        q(
            "List every alert which Anna closed and state her verdict on each.",
            raised(*anna, says=("false", TRUE, "benign|harmless"), only=True),
        ),
    ]


def newcomer(t: Scene) -> list[Fourth]:
    return [
        q("what do you call the rooms in here", Told(("Lab", "Office", "Server room")), Back()),
        q("so who is usually sitting in the server room", Told((ZOE.name,), never=(JOHN.name, MARY.name)), Back(("sitting",))),
        q("if nobody touches an alarm, what happens to it then", Back()),
        q(
            "i keep seeing anna on the alarms, is she a visitor or one of us",
            Back(("anna|visitor",)),
            Told(("anna",), frozenset({t.sat}), never=(ANA.name,)),
        ),
        q("did we have any of that loitering, when and where", cited([t.loiter_gate, t.loiter_yard], at(t.loiter_gate), at(t.loiter_yard))),
    ]


def foreign(t: Scene) -> list[Fourth]:
    came, gone = t.first(MARY, 2), t.last(MARY, 2)
    gate = t.on(2, K.PERSON, camera="gate")
    people = len(t.came(1)[0]), len(t.came(1)[0]) + sum(not each.person_id for each in t.on(1, K.PERSON))
    assert len(gate) == 3
    return [
        q("Mary the wednesday, at which time is she come and at which time is she gone?", Told((at(came), left(gone)))),
        q("Please say me which persons have been by the gate the wednesday", cited(gate, MARY.name, ZOE.name)),
        q("The alarm from friday in the night at three, was he right or was he false?", raised(t.fri, says=(TRUE,)), Back(("right",))),
        q("It gives a video from the lady who is fallen?", clips(t.ana_fell), Back(("lady",))),
        q("How much different peoples came tuesday in total?", Told(("|".join(count(each) for each in people),))),
    ]


def keyboard(t: Scene) -> list[Fourth]:
    assert not t.on(4, who=ZOE)
    return [
        q("whhen didd jurgenn arive tusday", cited([t.jurgen_tue], at(t.jurgen_tue))),
        q("is ther ayn alrm thats nto closd yett", raised(t.sat, t.sun, only=True)),
        q("zoes tiem in teh servr rom on fridya", Told((f"{NO}|0",))),
        q("how mnay tiems was teh forntdoor used lst wek", Told((count(len(t.all_of(K.CROSSING))),))),
        q("wich cammera saww teh figth", cited([t.fight], "Front gate")),
    ]


def follow_ups(t: Scene) -> list[Fourth]:
    yard = t.on(1, K.MOTION, camera="yard")
    bertil = [each.id for each in t.week.alerts if each.assignee == "bertil"]
    lab = t.stay(4, "z-lab")
    zoe = t.last(ZOE, 3)
    others = [each for each in t.on(3, *SEEN, camera="dock") if each.person_id != JURGEN.id]
    assert not others
    return [
        q(
            "and yesterday?",
            cited([t.sun_gate], f"{count(1)}|{at(t.sun_gate)}"),
            Told((count(1),)),
            before=("How many people were at the front gate on Thursday?",),
        ),
        q("same for the yard", Told((count(len(yard)),)), cited(yard), before=("Was there any motion at the gate on Tuesday?",)),
        q("was anyone else there?", Told(denies=True), before=("Did Jürgen come to the dock on Thursday?",)),
        q("when did he get in there?", cited([lab], at(lab)), before=("Who was in the lab on Friday?",)),
        q("just the ones Bertil handled", raised(*bertil, only=True), before=("Show me all alarms of last week.",)),
        q("how about Zoë?", cited([zoe], left(zoe)), before=("When did Mary leave on Wednesday?", "and on Thursday?")),
    ]


def comparisons(t: Scene) -> list[Fourth]:
    office, lab = mean(t.visits(MARY, "z-office")), mean(t.visits(JOHN, "z-lab"))
    in_by_now = [len({each.person_id for each in t.events(day(0), NOW.replace(day=9), *SEEN)}), len({t.john_hall.person_id})]
    mary, zoe = t.last(MARY, 1), t.last(ZOE, 1)
    apart = ((zoe.ended_ns or 0) - (mary.ended_ns or 0)) // (60 * 10**9)
    night = Counter(each.camera_id for each in t.strangers() if not 6 <= into(each.started_ns) // 3600 < 22)
    assert len(t.alerts_on(2)) == len(t.alerts_on(4)) and lab > office and apart > 0
    assert night["yard"] > night["dock"] and minutes(t.dock_lost) > minutes(t.node)
    return [
        q("more alarms on friday than on wednesday?", Told((count(len(t.alerts_on(4))),), never=("yes",))),
        q(
            "On average last week, did Mary stay longer in the office than John in the lab?",
            Told((about(office), about(lab))),
            Told((JOHN.name,), leads=(JOHN.name, MARY.name)),
        ),
        q(
            "have more people come in by now than had at this time last monday",
            Told((count(in_by_now[1]), count(in_by_now[0]))),
            Told(denies=True),
        ),
        q(
            "which was out for longer, the dock camera or the south node?",
            Told(("Loading dock",), leads=("Loading dock", "South node")),
            Told((long(minutes(t.dock_lost)), long(minutes(t.node)))),
        ),
        q(
            "who left earlier on tuesday, zoe or mary, and by how much?",
            Told((MARY.name, long(apart))),
            Told((MARY.name, left(mary), left(zoe)), leads=(MARY.name, ZOE.name)),
        ),
        q(
            "people at night last week: more of them at the dock or in the yard?",
            Told(("Yard",), leads=("Yard", "Loading dock")),
            Told((count(night["yard"]), count(night["dock"]))),
        ),
    ]


def not_known(t: Scene) -> list[Fourth]:
    assert t.week.events[0].started_ns > ns(day(0))
    return [
        q("what did the cellar camera see on friday?", Back(("cellar",))),
        q("was Mary annoyed about something on Thursday?", Back(("annoy",))),
        q("what did the guy at the gate want on sunday night?", Back(("want|guy",))),
        q("How many people were in the yard on the 3rd of November?", *NOT_ON_RECORD),
        q("has Olaf Bergman been on site since last monday?", Back(("olaf|bergman",))),
        q("what do John and Zoë talk about when they meet in the hall?", Back(("talk",))),
    ]


def near_misses(t: Scene) -> list[Fourth]:
    hall = {each.person_id for each in t.on(2, *SEEN, camera="hall")}
    absent, there = [each.name for each in STAFF if each.id not in hall], [each.name for each in STAFF if each.id in hall]
    thursday = t.came(3)[0] - {JOHN.name}
    gate = Counter(each.person for each in t.events(day(0), day(7), K.PERSON, camera="gate") if each.person_id)
    often = [name for name, times in gate.items() if times >= 5]
    first = {who.name: t.first(who, 3).started_ns for who in (JOHN, MARY, ZOE, JURGEN)}
    before = [name for name in first if first[name] < first[JOHN.name]]
    saw = {who.id: {each.camera_id for each in t.events(day(0), day(7), who=who) if each.camera_id} for who in (JOHN, ZOE)}
    by_day = [each for each in t.events(day(0), day(7), K.PERSON, camera="yard") if 6 <= into(each.started_ns) // 3600 < 18]
    assert absent == [JOHN.name, JURGEN.name, ANA.name] and often == [MARY.name] == before and saw[JOHN.id] - saw[ZOE.id] == {"yard"}
    return [
        q("Which of our people were NOT in the hall on Wednesday?", Told(tuple(absent), never=tuple(there))),
        q("everyone who was on site on thursday, other than John", Told(tuple(sorted(thursday)), bars=ids(t.on(3, who=JOHN)))),
        q("which cameras saw John but never Zoë last week", Told(("Yard",), never=("Hall", "Front gate", "Loading dock"))),
        q("who was seen at the gate at least five times last week?", Told(tuple(often), never=(JOHN.name, ZOE.name))),
        q("Which of our people came in before John did on Thursday?", Told(tuple(before), never=(ZOE.name, JURGEN.name))),
        q("only at night: who turned up in the yard last week", cited([t.tue_yard, t.again, t.sat_yard], bars=by_day)),
    ]


def relative_times(t: Scene) -> list[Fourth]:
    assert not t.during(day(7, 7, 55), day(7, 8, 5)) and not t.alerts_on(3)
    assert not t.during(day(4, 13, 45), day(4, 14, 5), *SEEN, zone="z-lab")
    return [
        q("was anyone in an hour and a half ago?", Told(denies=True)),
        q("how many alarms on the day after Ana fell?", Told((count(0),))),
        q("who was here on the Monday before last?", *NOT_ON_RECORD),
        q("two nights ago around quarter to eleven, anything in the yard", cited([t.sat_yard], at(t.sat_yard))),
        q("the morning of the 12th, someone was running, where and at what time", cited([t.ran], "Yard", at(t.ran))),
        q("did anyone enter the lab in the twenty minutes before the fall there?", Told(denies=True)),
    ]


def english(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "night guard": night_guard(t),
        "manager": manager(t),
        "investigator": investigator(t),
        "newcomer": newcomer(t),
        "other first language": foreign(t),
        "bad keyboard": keyboard(t),
        "follow-ups": follow_ups(t),
        "comparisons": comparisons(t),
        "not to be known": not_known(t),
        "near-misses": near_misses(t),
        "relative times": relative_times(t),
    }

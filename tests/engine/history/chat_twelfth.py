"""A twelfth set about the generated week: 120 questions, half of them in English (here), half in German (`chat_twelfth_forms`), as a guard
on a bad keyboard, the head of security, a fire-safety officer, a new colleague in HR, an auditor, a cleaner, an operator in a hurry and a
technician far away type them; 90 in ordinary words and 30 that are harder. Written without looking at the planner, and frozen:
`frozen_sets` keeps its digest. What is true is counted from the week's plain values and nothing else. Form and verdicts are those
of the fourth set. A question back is right only where the record has no answer.
"""

from statistics import mean

from engine.model.event import Event
from engine.model.people.person import Person
from tests.engine.history.chat_eighth import NOT_RECORDED, closed, names
from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, GATE, LAB
from tests.engine.history.chat_questions import SEEN
from tests.engine.history.chat_second import K, into, minutes
from tests.engine.history.chat_seventh import YARD, YES, began, ended, gone, hour, name, number, usual
from tests.engine.history.chat_sixth import TRUE, about
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, JOHN, JURGEN, MARY, NOW, ZOE, day, ns

FALSE = "false|not genuine|Fehlalarm|falsch|falscher"
UP = "online|up|working|works|running|observed|watched|watching|recording|back|beobachtet|zeichnet|läuft|in Betrieb"
FIRE = "Smoke|Rauch|bin at the station"


def no_days(*numbers: int) -> tuple[str, ...]:
    """Words for these days that are long enough to be nothing else."""
    return tuple(each for number_ in numbers for each in DAYS[number_].split("|") if len(each) > 2)


def at_work(t: Scene, who: Person, number_: int) -> tuple[Told, ...]:
    """How long somebody was here on a day: to when they were last come upon, or were gone; or when they came and went."""
    came, left = t.first(who, number_), t.last(who, number_)
    begin, last, end = into(came.started_ns), into(left.started_ns), into(left.ended_ns or 0)
    return Told((f"{long((end - begin) // 60)}|{long((last - begin) // 60)}",)), Told((began(came), gone(left)))


def now_here(t: Scene) -> tuple[Told, ...]:
    assert [each for each in t.week.events if each.ended_ns is None] == [t.john_lab]
    return (Told((name(JOHN),), never=(name(MARY), name(ZOE), name(ANA))),)


def why(t: Scene, alert: str, event: Event) -> tuple[Told, ...]:
    return raised(alert), Told((), frozenset({t.why[alert]})), cited([event])


def guard(t: Scene) -> list[Fourth]:
    length = minutes(t.sat_yard), minutes(t.loiter_yard), ((t.loiter_yard.ended_ns or 0) - t.sat_yard.started_ns) // (60 * 10**9)
    at_gate = [each.id for each in t.week.alerts if each.camera_id == "gate"]
    assert not t.events(day(7, 6), NOW, K.MOTION) and length == (5, 7, 10) and at_gate == [t.sun]
    assert [each for each in t.on(3, camera="dock") if each.kind is not K.MOTION] == [t.jurgen_thu]
    return [
        q("any moton outside since 6 this mornin", Told(denies=True)),
        q("hw long was he in teh yard sat nite", Told(("|".join(map(long, length)),)), cited([t.sat_yard], began(t.sat_yard))),
        q("whos inside rn", *now_here(t)),
        q("did sum1 fall ovr in the lab??", cited([t.john_fell]), raised(t.john_fall), Told((name(JOHN),), denies=False)),
        q("wat time did teh front gate alert go off", Told((hour(t.alert(t.sun)),)), raised(t.sun, says=(DAYS[6],))),
        q("send clip dock fri", clips(t.fri_dock)),
        q("any1 at loading dok thurs", cited([t.jurgen_thu]), Told((name(JURGEN),), denies=False)),
    ]


def head(t: Scene) -> list[Fourth]:
    severity = {each.id: int(each.severity) for each in t.week.alerts}
    most = frozenset(each for each, level in severity.items() if level == max(severity.values()))
    true = frozenset(each.id for each in t.week.alerts if each.disposition is not None and each.disposition.value == "true")
    anna = frozenset(each.id for each in t.week.alerts if each.assignee == "anna")
    assert most == {t.sun, t.fall, t.john_fall} and true == {t.fri, t.fall, t.dock} and (len(anna), len(severity)) == (4, 7)
    assert len(anna & closed(t)) == 3 and len(closed(t)) == 5
    weekend = [t.sat_yard, t.fight, t.sun_gate]
    nights = [t.tue_yard, t.fri_dock, t.sat_yard, t.sun_gate]
    share = "4 of 7|4 out of 7|four of seven|57 %|57%|57.1 %|57.1%|57 percent|4 of the 7|4/7|4 of 6|67 %|67%|66.7 %|66.7%|3 of 5|60 %|60%"
    return [
        q("Give me a quick rundown of the weekend please.", cited(weekend), raised(t.sat, t.sun)),
        q("Which alerts last week were the most serious?", Told((), most, bars=frozenset(severity) - most)),
        q("Were any alerts confirmed as genuine, and which ones?", Told((), true, bars=frozenset({t.tue, t.john_fall}))),
        q("What share of the alerts did Anna deal with?", Told((share,)), Told((number(4), number(7)))),
        q("On how many nights last week did we have an intruder?", Told((number(4),)), cited(nights), raised(t.tue, t.fri, t.sat, t.sun)),
        q("Was there a fight last week and whereabouts?", cited([t.fight]), Told((GATE,), denies=False)),
    ]


def fire_safety(t: Scene) -> list[Fourth]:
    server = t.stay(3, "z-server")
    half_past = {each.person_id for each in t.during(day(3, 11, 30), day(3, 11, 31), *SEEN)}
    assert t.events(day(0), NOW, K.ZONE_VISIT, zone="z-server")[-1] == server and half_past == {JOHN.id, ZOE.id}
    assert [each.category.value for each in t.week.reports].count("fire") == 1
    return [
        q("Has any fire been reported last week?", Told((FIRE,)), Told((number(1),), denies=False)),
        q("How many people would I have to evacuate right now?", Told((number(1),)), *now_here(t)),
        q("which rooms are occupied at this moment", Told((LAB,), leads=("Lab", "Office", "Server"))),
        q("When was the server room last in use?", cited([server]), Told((f"{began(server)}|{ended(server)}", DAYS[3]))),
        q("Who was inside at 11:30 on Thursday, in case we'd had to clear the building?", names(JOHN, ZOE)),
    ]


def hr(t: Scene) -> list[Fourth]:
    zoe = t.first(ZOE, 0)
    left = t.departures(ZOE, 0, 1, 2, 3)
    assert t.days_of(JOHN) == [0, 1, 3, 4, 6] and t.days_of(MARY) == [0, 1, 2, 3, 4, 6] and t.days_of(ZOE) == [0, 1, 2, 3]
    present = Told((DAYS[0], DAYS[1], DAYS[3], DAYS[4]), never=no_days(2))
    times = (left, [each - 120 for each in left])
    return [
        q("hi, what time did Zoë start on Monday last week?", cited([zoe], began(zoe)), Told((began(zoe),))),
        q("which days was John off last week", Told((DAYS[2],), never=no_days(0, 1, 3, 4)), present),
        q("How many days was Mary-Ann at work last week?", Told((number(6),)), Told((number(5),))),
        q("And when does Zoë usually leave?", *(each for seconds in times for each in usual(seconds))),
        q("is Ana on a permanent contract or is she from an agency?", Back(), Told((NOT_RECORDED,))),
        q("How long was John's working day on Tuesday?", *at_work(t, JOHN, 1)),
    ]


def auditor(t: Scene) -> list[Fourth]:
    acted = {each.subject: (each.by, each.at_ns) for each in t.week.acts}
    raised_ns = next(each.raised_ns for each in t.week.alerts if each.id == t.fall)
    assert acted[t.fall] == ("bertil", raised_ns + 60 * 10**9) and t.alert(t.fall) == "10:42" and acted[t.dock][0] == "anna"
    everything = frozenset(each.id for each in t.week.clips)
    open_still = frozenset(each.id for each in t.week.alerts) - closed(t)
    assert len(everything) == 5 and open_still == {t.sat, t.sun} and [e.id for e in t.week.alerts if not e.assignee] == [t.sun]
    return [
        q("Who closed the alert about the fall at the loading dock, and at what time?", Told(("bertil", hour("10:43")))),
        q("Are there any alerts that nobody has been assigned to?", raised(t.sun, only=True)),
        q("Please list all recordings kept from last week.", Told((), everything)),
        q("How many alerts are still not closed?", Told((number(2),)), raised(t.sat, t.sun, only=True)),
        q("By whom was the alert about the dock camera closed?", Told(("anna",), never=("bertil",))),
        q("What was the reason given for the alert on Tuesday night?", *why(t, t.tue, t.tue_yard), Told(("person at night",))),
    ]


def cleaner(t: Scene) -> list[Fourth]:
    dock = [each for each in t.events(day(0), NOW, camera="dock") if each.kind is not K.MOTION]
    lab = t.on(4, zone="z-lab")
    assert dock[-1] == t.fri_dock and {each.person_id for each in lab} == {JOHN.id}
    assert not t.events(day(5), NOW, zone="z-office") and not t.on(4, zone="z-server")
    return [
        q("I found a broken bottle by the front gate this morning. Was anyone there last night?", cited([t.sun_gate])),
        q("the dock door was open i think, who was the last person at the loading dock?", cited([t.fri_dock])),
        q("Somebody left a bag in the lab, who was in there on Friday?", cited(lab[:1]), Told((name(JOHN),), never=(name(MARY),))),
        q("was somebody in the office over the weekend", Told(denies=True)),
        q("hello, did anyone go in the server room on Friday?", Told(denies=True)),
    ]


def operator(t: Scene) -> list[Fourth]:
    assert not t.events(day(7), NOW, camera="gate") and max(t.week.alerts, key=lambda each: each.raised_ns).id == t.sun
    assert [each for each in t.strangers() if each.started_ns >= ns(day(5, 20))] == [t.sat_yard, t.sun_gate]
    return [
        q("gate now??", Told(denies=True), cited([t.sun_gate])),
        q("newest alert, where?", Told((GATE,)), raised(t.sun)),
        q("person in yard sat 2247 - footage?", clips(t.sat_yard)),
        q(
            "need all strangers since saturday 2000",
            cited([t.sat_yard, t.sun_gate], bars=[t.sat_noon]),
            Told((began(t.sat_yard), began(t.sun_gate))),
        ),
        q("the fall on friday: who, where", Told((name(JOHN), LAB), never=(name(ANA),))),
    ]


def technician(t: Scene) -> list[Fourth]:
    lost = [t.dock_lost, t.yard_lost, t.node]
    assert not t.all_of(K.CAMERA_LOST)[2:] and "hall" not in {each.camera_id for each in lost} and minutes(t.node) == 45
    return [
        q("Is the yard camera back online?", cited([t.yard_lost]), Told((f"{YES}|{UP}",), denies=False)),
        q("Which devices dropped out last week?", cited(lost), Told(("Yard", "Loading dock", "South node"))),
        q("how long was the south node unreachable", Told((long(45),)), cited([t.node], began(t.node), ended(t.node))),
        q("why did the loading dock camera go dark", Told(("no picture|kein Bild",)), cited([t.dock_lost])),
        q("Did the hall camera lose its picture at any point?", Told(denies=True)),
    ]


def negations(t: Scene) -> list[Fourth]:
    other = [each.id for each in t.week.alerts if each.kind is K.CAMERA_LOST]
    assert other == [t.dock] and {each.camera_id for each in t.all_of(K.CAMERA_LOST)} == {"dock", "yard"}
    return [
        q("Which of our cameras never went down last week?", Told(("Hall", "Front gate"), leads=("Hall", "Loading dock", "Yard"))),
        q("Was there any alert that had nothing to do with a person?", raised(t.dock, only=True)),
    ]


def comparisons(t: Scene) -> list[Fourth]:
    jurgen, ana = minutes(t.jurgen_tue) + minutes(t.jurgen_thu), minutes(t.ana_dock)
    yard, dock = len(t.strangers("yard")), len(t.strangers("dock"))
    assert (jurgen, ana, yard, dock) == (37, 20, 4, 1)
    return [
        q(
            "Who spent more time at the dock last week, Ana or Jürgen?",
            Told((name(JURGEN),), leads=(name(JURGEN), name(ANA))),
            Told((long(jurgen), long(ana))),
        ),
        q(
            "Do we get more strangers in the yard or at the dock?",
            Told((YARD,), leads=("Yard", "Loading dock")),
            Told((number(yard), number(dock))),
        ),
    ]


def follow_ups(t: Scene) -> list[Fourth]:
    return [
        q(
            "and was he there on any other day?",
            cited([t.jurgen_thu]),
            Told((DAYS[3],)),
            before=("Who was at the loading dock on Tuesday?",),
        ),
        q("how did he judge them", Told((TRUE,)), before=("Which alerts has Bertil closed?",)),
    ]


def each_and_every(t: Scene) -> list[Fourth]:
    counts = [len(t.strangers(camera)) for camera in ("gate", "yard", "dock")]
    assert counts == [4, 4, 1]
    return [q("Unknown people last week, for each camera?", Told((GATE, YARD, DOCK, number(4), number(1))))]


def before_and_after(t: Scene) -> list[Fourth]:
    later = [each for each in t.on(3) if each.started_ns >= (t.yard_lost.ended_ns or 0)]
    left = {who.id: t.last(who, 0).ended_ns or 0 for who in (JOHN, MARY, ZOE)}
    assert later[0].camera_id == "gate" and not later[0].person_id and max(left, key=lambda who: left[who]) == JOHN.id
    return [
        q("What was the first thing seen after the yard camera came back on Thursday?", cited(later[:1])),
        q("Who had already left when John went home on Monday last week?", names(MARY, ZOE)),
    ]


def why_and_why_not(t: Scene) -> list[Fourth]:
    assert len(t.held) == 2
    return [
        q("Why did the dock camera raise an alert on Wednesday?", *why(t, t.dock, t.dock_lost), Told(("no picture|kein Bild",))),
        q(
            "why didnt the person at the gate on thursday lunchtime trigger an alert",
            Told((), frozenset({t.held[1]})),
            Told(("schedule|scheduled|Zeitplan",)),
        ),
    ]


def how_long(t: Scene) -> list[Fourth]:
    middle = mean(t.visits(MARY, "z-office"))
    assert len(t.visits(MARY, "z-office")) == 5 and round(middle, 1) == 192.4
    return [q("On average, how long does Mary stay in the office?", Told((f"{about(middle)}|3.2 h|3.2 hours|3,2 h",)))]


def first_and_last(t: Scene) -> list[Fourth]:
    staff = (JOHN, MARY, ZOE)
    assert (
        min(staff, key=lambda who: t.first(who, 3).started_ns) is MARY and max(staff, key=lambda who: t.last(who, 3).ended_ns or 0) is JOHN
    )
    return [q("Who was first in and who was last out on Thursday?", Told((name(MARY), name(JOHN)), leads=(name(MARY), name(JOHN))))]


def not_observed(t: Scene) -> list[Fourth]:
    return [
        q(
            "Could we have missed somebody at the loading dock in the early hours of Wednesday?",
            cited([t.dock_lost]),
            Told((began(t.dock_lost), ended(t.dock_lost)), denies=False),
        )
    ]


def two_asks(t: Scene) -> list[Fourth]:
    wednesday = t.alerts_on(2)
    assert set(wednesday) == {t.fall, t.dock}
    return [
        q(
            "How many alerts did we have on Wednesday and who closed them?",
            Told((number(2), "bertil", "anna")),
            raised(*wednesday, says=("bertil", "anna")),
        )
    ]


def english(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "guard": guard(t),
        "head of security": head(t),
        "fire safety": fire_safety(t),
        "HR": hr(t),
        "auditor": auditor(t),
        "cleaner": cleaner(t),
        "operator": operator(t),
        "technician": technician(t),
        "negations": negations(t),
        "comparisons": comparisons(t),
        "follow-ups": follow_ups(t),
        "each and every": each_and_every(t),
        "before and after": before_and_after(t),
        "why and why not": why_and_why_not(t),
        "how long": how_long(t),
        "first and last": first_and_last(t),
        "not observed": not_observed(t),
        "two asks": two_asks(t),
    }

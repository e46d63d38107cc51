"""A fourth set about the generated week, in ten ways of speaking, twenty questions each; `chat_fourth_forms` has the other five. Written
without looking at the planner, and frozen: `test_chat_fourth` keeps its digest. What is true is counted from the week's plain values and
nothing else.

`before`: what was asked in the same conversation; only the last answer is looked at. `accepted`: any of these is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from engine.model.event import Event
from tests.engine.history.chat_questions import SEEN, clock, ids
from tests.engine.history.chat_second import K, into, minutes, of_day, span
from tests.engine.history.chat_third import More
from tests.engine.history.chat_verdict import NO, Back, Told
from tests.fakes.week import ANA, JOHN, JURGEN, MARY, NOW, ZOE, Week, day, ns

UNKNOWN = (
    "no record|the record began|the record begins|the record starts|before the record|cannot tell|can't tell|cannot know|not known"
    "|not observed|not watched|nobody knows|no picture|nicht bekannt|nicht beobachtet|keine Aufzeichnung|keine Aufzeichnungen"
    "|vor der Aufzeichnung|vor Beginn der Aufzeichnung|die Aufzeichnung beginnt|kein Bild"
)
AHEAD = Told(("not come|not yet|the future|noch nicht|Zukunft",))
DAYS = (
    "Mon|Monday|Mo|Montag|Montags",
    "Tue|Tuesday|Di|Dienstag|Dienstags",
    "Wed|Wednesday|Mi|Mittwoch|Mittwochs",
    "Thu|Thursday|Do|Donnerstag|Donnerstags",
    "Fri|Friday|Fr|Freitag|Freitags",
    "Sat|Saturday|Sa|Samstag|Samstags",
    "Sun|Sunday|So|Sonntag|Sonntags",
)
COUNTS = {
    0: f"0|zero|null|{NO}",
    1: "1|one|once|einmal|1-mal|genau eine|genau ein",
    2: "2|two|twice|zwei|zweimal|2-mal",
    3: "3|three|drei|dreimal|3-mal",
    4: "4|four|vier|viermal|4-mal",
}


@dataclass(frozen=True, slots=True)
class Fourth:
    way: str
    question: str
    accepted: tuple[Told | Back, ...]
    before: tuple[str, ...] = ()


class Scene(More):
    """What the questions are about."""

    def __init__(self, week: Week) -> None:
        super().__init__(week)
        self.tue_yard, self.again = self.on(1, K.PERSON, camera="yard")
        self.fri_dock = self.on(4, K.PERSON, camera="dock")[0]
        self.sat_noon, self.sat_yard = self.on(5, K.PERSON, camera="yard")
        self.sun_gate = self.on(6, K.PERSON, camera="gate")[0]
        self.loiter_gate, self.loiter_yard = self.all_of(K.LOITERING)
        self.fight = self.all_of(K.FIGHT)[0]
        self.ran = self.all_of(K.RUNNING)[0]
        self.in_tue, self.in_sat = self.all_of(K.CROSSING)
        self.dock_lost, self.yard_lost = self.all_of(K.CAMERA_LOST)
        self.node = self.all_of(K.NODE_LOST)[0]
        self.phone = self.all_of(K.PHONE_LEFT)[0]
        self.ana_fell, self.john_fell = self.all_of(K.FALL)
        self.ana_dock = self.on(2, K.PERSON, who=ANA)[0]
        self.jurgen_tue, self.jurgen_thu = self.events(day(0), day(7), who=JURGEN)
        self.john_hall, self.john_lab = self.on(7)

    def all_of(self, *kinds: K) -> list[Event]:
        return self.events(day(0), day(7), *kinds)

    def stay(self, number: int, zone: str) -> Event:
        """The one visit to a room on a day."""
        (found,) = self.on(number, K.ZONE_VISIT, zone=zone)
        return found

    def alert(self, id_: str) -> str:
        """When it was raised, by the clock."""
        return next(clock(each.raised_ns) for each in self.week.alerts if each.id == id_)

    def judged(self, verdict: str) -> int:
        return sum(each.disposition is not None and each.disposition.value == verdict for each in self.week.alerts)

    def alerts_on(self, *numbers: int) -> list[str]:
        spans = [(ns(day(number)), ns(day(number + 1))) for number in numbers]
        return [each.id for each in self.week.alerts if any(since <= each.raised_ns < until for since, until in spans)]


def q(question: str, *accepted: Told | Back, before: tuple[str, ...] = ()) -> Fourth:
    return Fourth("", question, accepted, before)


def cited(events: Sequence[Event], *says: str, only: bool = False, bars: Sequence[Event] = ()) -> Told:
    return Told(says, ids(list(events)), only, ids(list(bars)))


def raised(*alerts: str, says: tuple[str, ...] = (), only: bool = False) -> Told:
    return Told(says, frozenset(alerts), only)


def count(number: int) -> str:
    return COUNTS.get(number, str(number))


def long(whole: int) -> str:
    """A length in minutes, as people write it."""
    hours, rest = divmod(whole, 60)
    found = [*span(whole).split("|"), f"{whole} min", f"{whole} minutes", f"{whole} Minuten"]
    if hours:
        found += [f"{hours} hours {rest} minutes", f"{hours} hour {rest} minutes", f"{hours} hours and {rest} minutes"]
        found += [f"{hours} Stunden {rest} Minuten", f"{hours} Stunde {rest} Minuten", f"{hours} Stunden und {rest} Minuten"]
        found += [f"{hours} Std. {rest} Min.", f"{hours} h {rest:02d} min"]
    return "|".join(dict.fromkeys(found))


def at(event: Event) -> str:
    return clock(event.started_ns)


def until(event: Event) -> str:
    return clock(event.ended_ns or 0)


def left(event: Event) -> str:
    """Both when somebody was last come upon, and when they were gone from there."""
    return f"{until(event)}|{at(event)}"


def clips(*events: Event) -> Told:
    return Told((), frozenset("cl-" + each.id[3:] for each in events))


def guard(t: Scene) -> list[Fourth]:
    motion = t.events(day(4, 18), day(4, 22), K.MOTION)
    held = frozenset({t.held[0]})
    night = [each for each in t.week.alerts if ns(day(5, 18)) <= each.raised_ns < ns(day(6, 6))]
    return [
        q("anything at the front gate since 2200?", cited([t.sun_gate], at(t.sun_gate))),
        q("2355 gate - how long did he stick around", cited([t.sun_gate], long(minutes(t.sun_gate)))),
        q("nobody in the server room overnight, right?", Told((NO,), bars=ids(t.events(day(0), NOW, zone="z-server")))),
        q("fri 0314 dock - false alarm or real?", raised(t.fri, says=("true|genuine|real",))),
        q("john on his own in the yard yest?", Told((MARY.name,))),
        q("alarms on my shift, sun 2200 to mon 0600", raised(t.sun, says=(t.alert(t.sun),), only=True)),
        q("how many times did the alarm go in the night from sat to sun", Told((count(len(night)),)), raised(t.sat, only=True)),
        q("who got in thru the front door sat eve and when", cited([t.in_sat], at(t.in_sat))),
        q("any cam black between 0200 and 0400 on wed", Told(("Loading dock",), ids([t.dock_lost]), denies=False)),
        q("and thurs?", cited([t.yard_lost], "Yard", bars=[t.dock_lost]), before=("any cam black on wednesday?",)),
        q("someone hung about in the yard sat, how many minutes", cited([t.loiter_yard], long(minutes(t.loiter_yard)))),
        q("did anybody run through the yard last week, what time", cited([t.ran], at(t.ran))),
        q("was anyone else there?", Told(denies=True), before=("who was at the gate sunday night?", "how long?")),
        q("yard tues after 2300, one guy or two?", cited([t.tue_yard, t.again], at(t.tue_yard), at(t.again))),
        q("0200 wed alarm, what for", raised(t.dock)),
        q("did anna look at the sunday alarm", raised(t.sun, says=("new",)), Told(denies=True)),
        q("why no alarm when someone was back in the yard 2322 tues", Told(("duplicate|Duplikat",), held)),
        q("anyone with a torch in the yard last night", Back(("torch",))),
        q("temp in the server room now", Back(("temp",))),
        q("fri eve 1800-2200, all but motion", cited([t.node], "South node", bars=motion)),
    ]


def manager(t: Scene) -> list[Fourth]:
    per_day = t.per_day()
    busiest = per_day.index(max(per_day))
    assert per_day.count(max(per_day)) == 1
    mary = t.first(MARY, 1), t.last(MARY, 1)
    known = [str(len({each.person_id for each in t.on(number, *SEEN) if each.person_id})) for number in (0, 1)]
    lost = sum(minutes(each) for each in t.all_of(K.CAMERA_LOST))
    jurgen = [t.jurgen_tue, t.jurgen_thu]
    days = {who.name: into(t.last(who, 3).ended_ns or 0) - into(t.first(who, 3).started_ns) for who in (JOHN, MARY, ZOE, JURGEN)}
    per_camera = {name: [each.camera_id for each in t.week.alerts].count(name) for name in ("yard", "dock", "gate")}
    assert [name for name, alerts in per_camera.items() if alerts > 2] == ["dock"]
    dock_fri = len(t.on(4, camera="dock"))
    week = str(len(t.alerts_on(*range(7))))
    night = [t.tue_yard, t.again, t.dock_lost]
    return [
        q("Falls last week: how many and where?", cited([t.ana_fell, t.john_fell], count(2), "Loading dock", "Lab")),
        q("How many yesterday?", Back(), Told((str(per_day[6]),))),
        q("Alarms last week, real against false?", Told((count(t.judged("true")), count(t.judged("false"))))),
        q("Busiest day on record?", Told((DAYS[busiest], str(per_day[busiest])))),
        q("Mary on Tuesday: in at, out at?", Told((at(mary[0]), left(mary[1])))),
        q("Zoë's average arrival time, last week", Told((of_day(mean(t.arrivals(ZOE))),))),
        q("Known people, Monday last week against Tuesday?", Told((count(int(known[0])), count(int(known[1]))))),
        q("Total camera outage this month?", Told((long(lost),))),
        q("Jürgen last week: visits and total time?", Told((count(len(jurgen)), long(sum(minutes(each) for each in jurgen))))),
        q("Alarms on 11/13/2026?", raised(*t.alerts_on(4), only=True)),
        q("Any camera with more than 2 alarms last week?", Told(("Loading dock",), never=("Front gate", "Yard"), denies=False)),
        q("Was the weekend busier than Thursday and Friday together?", Told((str(per_day[5] + per_day[6]), str(per_day[3] + per_day[4])))),
        q("And Saturday?", Told((count(len(t.alerts_on(5))),)), raised(t.sat, only=True), before=("How many alarms on Friday?",)),
        q("Same for the dock.", Told((count(dock_fri),)), before=("How many events in the yard on Friday?",)),
        q("And the week before?", Told((UNKNOWN,)), before=("How many alarms last week?",)),
        q("Compare with last week.", Told((count(0), week)), before=("How many alarms this week?",)),
        q("What did the night from the 10th to the 11th bring?", cited(night)),
        q("What did last week's false alarm cost us?", Back(("cost",))),
        q("Will tonight be quiet?", AHEAD, Back(("tonight|will|quiet|time|future",))),
        q("Who put in the longest day on Thursday?", Told((max(days, key=lambda name: days[name]),))),
    ]


def investigator(t: Scene) -> list[Fourth]:
    nightly = [each for each in t.strangers() if not 6 <= into(each.started_ns) // 3600 < 22]
    first = t.on(3, K.MOTION, camera="gate")[0]
    second = f"{at(first)}:{into(first.started_ns) % 60:02d}|{at(first)}"
    mary = t.on(2, K.PERSON, who=MARY)
    before = [each for each in t.week.events if each.started_ns < t.john_fell.started_ns][-1]
    yard = t.on(6, K.PERSON, K.ZONE_VISIT)
    together = [each for each in yard if "yard" in each.camera_id + each.zone_id]
    most = t.most_together(together)
    when = next(each for each in together if len(t.at_once(together, each.started_ns)) == most)
    zones = {each.zone_id or each.camera_id for each in t.events(day(0), day(7), *SEEN, who=ZOE)}
    assert zones == {"hall", "z-server", "gate"}
    off = (t.last(JOHN, 3), t.last(ZOE, 3))
    assert off[0].started_ns > off[1].started_ns
    dock = frozenset({t.fri, t.dock})
    return [
        q(
            "Give the full sequence of events at the front gate on Saturday 14 November from 22:00 until midnight.",
            cited([t.fight], at(t.fight), only=True),
        ),
        q(
            "Establish whether any known person was at the loading dock on Wednesday 11 November before 12:00.",
            Told((ANA.name,), denies=False),
        ),
        q("Was Zoë Müller recorded at any place other than the hall, the server room and the front gate last week?", Told(denies=True)),
        q(
            "Identify every occasion last week on which a person not known to the system was recorded after 22:00 or before 06:00.",
            cited(nightly, bars=[each for each in t.strangers() if each not in nightly]),
        ),
        q("At what exact time, with seconds, did the first motion of Thursday occur at the front gate?", cited([first], second)),
        q(
            "Which cameras recorded Mary-Ann O'Brien on Wednesday 11 November, and at what times?",
            Told(("Hall", "Front gate", *(at(each) for each in mary))),
        ),
        q(
            "How many minutes elapsed between Ana Lima's arrival at the loading dock and her fall?",
            Told((long((t.ana_fell.started_ns - t.ana_dock.started_ns) // (60 * 10**9)),)),
        ),
        q("What was the last recorded event before the fall in the lab on Friday 13 November?", cited([before], at(before))),
        q(
            "Was the loading dock under observation at the time of Ana Lima's fall?",
            Told(("yes|observed|watched|watching",), never=("not observed", "not watched", "not watching"), denies=False),
        ),
        q(
            "In which period on Thursday 12 November could somebody have crossed the yard without being recorded?",
            Told((at(t.yard_lost), until(t.yard_lost))),
        ),
        q("By which rule and on what evidence was the alert of Saturday 14 November raised?", Told((), frozenset({t.sat, t.why[t.sat]}))),
        q(
            "Compare the number of unknown persons at the yard with that at the front gate, 9 to 15 November.",
            Told((count(len(t.strangers("yard"))), count(len(t.strangers("gate"))))),
        ),
        q("Did the same unknown person appear on more than one night last week?", Back(("same",))),
        q("Which of the persons at the gate on Wednesday carried a weapon?", Back(("weapon|carr",))),
        q(
            "List the alerts raised last week between 00:00 and 06:00, with the operator who closed each.",
            Told(("bertil", "anna"), dock, only=True),
        ),
        q(
            "Who other than Jürgen was recorded at the loading dock last week?",
            Told((ANA.name,), bars=ids([t.jurgen_tue, t.jurgen_thu]), denies=False),
        ),
        q(
            "What was the greatest number of persons in the yard at any one moment on Sunday 15 November, and when was it reached?",
            Told((count(most), at(when))),
        ),
        q(
            "And on the following day?",
            cited([t.stay(2, "z-office")], MARY.name),
            before=("Who was in the office on Tuesday 10 November?",),
        ),
        q(
            "Which of the two left first?",
            Told((ZOE.name,), leads=(ZOE.name, JOHN.name)),
            before=("When did John Smith leave on Thursday 12 November?", "And Zoë Müller?"),
        ),
        q("Was anybody recorded at the front gate on Sunday 1 November 2026?", Told((UNKNOWN,))),
    ]


def newcomer(t: Scene) -> list[Fourth]:
    yard = sum(t.per_day(camera="yard"))
    with_zone = yard + sum(t.per_day(zone="z-yard"))
    today = into(t.john_hall.started_ns)
    worked = t.arrivals(JOHN, 0, 1, 3, 4)
    arrivals = t.arrivals(JOHN), [*t.arrivals(JOHN), today], worked, [*worked, today]
    usual = "|".join(dict.fromkeys(of_day(median(each)) for each in arrivals))
    (mary,) = t.on(6, who=MARY)
    untaken = raised(t.sun, says=("new",)), Told((), frozenset({t.sun}), denies=True)
    others = (MARY.name, ZOE.name, JURGEN.name)
    return [
        q("which little videos do you have from saturday", clips(t.sat_yard)),
        q("did the thing that watches the loading area ever stop", Told((at(t.dock_lost),), ids([t.dock_lost]), denies=False)),
        q("how often was the front door used on tuesday", Told((count(len(t.on(1, K.CROSSING))),))),
        q("who is the woman in the office", Back(("woman",))),
        q("is somebody inside the building at this moment, and in which room", Told((JOHN.name, "Lab"), denies=False)),
        q(
            "which of the four cameras has the most to do",
            Told(("Yard", f"{yard}|{with_zone}"), leads=("Yard", "Hall", "Loading dock", "Front gate")),
        ),
        q("does anybody ever wave at the camera", Told((JOHN.name,), denies=False)),
        q("how do you know that it was mary in the yard on sunday", cited([mary], "phone|radio|BLE|Bluetooth")),
        q("did one of the little radio boxes go silent", cited([t.node], "South node")),
        q("there was trouble at the gate saturday night, what was it", cited([t.fight], at(t.fight))),
        q("who came in this morning and when", Told((JOHN.name, at(t.john_hall)), never=(MARY.name, ZOE.name))),
        q("the alarm on sunday, is anybody on it", *untaken),
        q("what colour was the coat of the person at the gate", Back(("colour|coat",))),
        q("did mary forget her phone somewhere, when", cited([t.phone], at(t.phone))),
        q("what time does john normally turn up", Told((usual,))),
        q("since when?", cited([t.john_lab], at(t.john_lab)), before=("is anyone in the lab?",)),
        q("and who of them is here now?", Told((JOHN.name,), never=others), before=("who was here on Thursday?",)),
        q("who was at the dock on wednesday at a quarter to three at night", Told((UNKNOWN,))),
        q("the guy at the gate around midnight, is there a picture of him", clips(t.sun_gate)),
        q("how long was it gone", Back()),
    ]


def foreign(t: Scene) -> list[Fourth]:
    mary, john = t.first(MARY, 4), t.last(JOHN, 0)
    open_for = (ns(NOW) - next(each.raised_ns for each in t.week.alerts if each.id == t.sat)) // (60 * 10**9)
    hours, rest = divmod(open_for, 60)
    waited = [f"{hours} h {each} min|1 d {hours - 24} h {each} min|1 day {hours - 24} h {each} min" for each in (rest, rest + 1)]
    gone = min((JOHN, MARY, ZOE, JURGEN), key=lambda who: t.last(who, 1).ended_ns or 0)
    hall = t.during(day(3, 8, 20), day(3, 8, 21), K.PERSON, camera="hall")
    rest_of_hall = [each for each in t.on(3, K.PERSON, camera="hall") if each not in hall]
    empty = 24 * 60 - minutes(t.stay(1, "z-lab"))
    weekend, work = len(t.alerts_on(5, 6)), len(t.alerts_on(0, 1, 2, 3, 4))
    after_lunch = t.events(day(3, 13), day(4), *SEEN, who=JOHN)
    return [
        q("Mary, in which hour she was come on friday?", Told((at(mary),), ids([mary]))),
        q("Since how long is the alarm of saturday not closed?", raised(t.sat, says=("|".join([*waited, t.alert(t.sat)]),))),
        q("How many movements it has given by the gate on sunday?", Told((count(len(t.on(6, K.MOTION, camera="gate"))),))),
        q("Who is gone home the first on tuesday?", Told((gone.name,))),
        q("Is it right that Zoë did not came the friday?", Told((NO,))),
        q("In the night from saturday to sunday, who was seen in the court?", cited([t.sat_yard], at(t.sat_yard)), Back(("court",))),
        q("Until when has John stayed on monday of the last week?", cited([john], left(john))),
        q("Which person was together with Mary on sunday?", Told((JOHN.name,))),
        q("Why has the camera of the dock made alarm in the night to wednesday?", raised(t.dock)),
        q("A person of name Ana, where was she the last time?", Told(("Loading dock", f"{left(t.ana_dock)}|{at(t.ana_fell)}"))),
        q("Have Mary and John made the pause together on thursday?", Back(("pause",))),
        q("How many hours nobody was in the lab on tuesday?", Told((f"{long(empty)}|{empty / 60:.1f}|{empty / 60:.2f}",))),
        q("There were more alarms on the weekend or on the working days last week?", Told((count(weekend), count(work)))),
        q("Who has opened the door of the office?", Back(("open",))),
        q("Thursday at 8 hours and 20 minutes, who was in the hall?", cited(hall, JOHN.name, bars=rest_of_hall)),
        q("The same for the server room, please", cited([t.stay(3, "z-server")], ZOE.name), before=("Who was in the lab on thursday?",)),
        q("And the day before?", Told((count(len(t.alerts_on(3))),)), before=("How many alarms did we have on friday?",)),
        q("On 12 november after the lunch, what did John?", cited(after_lunch), Back(("lunch",))),
        q("Who was with her?", Back()),
        q("In the last ten days, how many alarms it gave?", Told((count(len(t.week.alerts)),))),
    ]

"""A third set about the generated week, as five people would ask: a night guard, an investigator with an exact mind, who looks after the
site, a manager in a hurry, and somebody whose first language is another. `chat_third_forms` has what is harder to say. Both were written
without looking at the grammar; what is true is counted from the week's plain values and nothing else.

`before`: what was asked in the same conversation; only the last answer is looked at.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.model.event import Event
from tests.engine.history.chat_questions import SEEN, Wants, clock, ids, one
from tests.engine.history.chat_second import NO, Facts, K, into, minutes, number, span, told
from tests.fakes.week import ANA, JOHN, JURGEN, MARY, NOW, ZOE, Week, day, ns

NAMES = {"yard": "Yard", "hall": "Hall", "dock": "Loading dock", "gate": "Front gate"}


@dataclass(frozen=True, slots=True)
class Third:
    theme: str
    question: str
    wants: Wants
    before: tuple[str, ...] = ()


class More(Facts):
    """What the harder questions need."""

    def __init__(self, week: Week) -> None:
        super().__init__(week)
        self.tue, self.fri, self.sat, self.sun, self.fall, self.john_fall, self.dock = (each.id for each in week.alerts)
        self.why = {each.alert_id: each.id for each in week.decisions if each.alert_id}
        self.held = [each.id for each in week.decisions if each.outcome.value == "held"]
        self.all_week = self.events(day(0), day(7))

    def most_together(self, events: Sequence[Event]) -> int:
        """How many different people at once: each who is known once, each sighting of a stranger once."""
        return max((len(self.at_once(events, each.started_ns)) for each in events), default=0)

    @staticmethod
    def at_once(events: Sequence[Event], at_ns: int) -> set[str]:
        return {each.person_id or each.id for each in events if each.started_ns <= at_ns < (each.ended_ns or 1 << 62)}

    def without(self, since: datetime, until: datetime, *kinds: K) -> list[Event]:
        return [each for each in self.events(since, until) if each.kind not in kinds]

    def came(self, *numbers: int) -> list[set[str]]:
        """Names of who was here on each of these days."""
        return [{each.person for each in self.on(number, *SEEN) if each.person_id} for number in numbers]


def alerts(*wanted: str) -> Wants:
    return Wants((), frozenset(wanted), only=True)


def clip(event: Event) -> Wants:
    return one(event, "cl-" + event.id[3:])


def of(event: Event) -> tuple[str, str]:
    """Its begin and its end, by the clock."""
    return clock(event.started_ns), clock(event.ended_ns or 0)


def people(week: Week) -> dict[str, dict[str, Wants]]:
    t = More(week)
    return {"guard": _guard(t), "exact": _exact(t) | _exact_alerts(t), "admin": _admin(t), "manager": _manager(t), "foreign": _foreign(t)}


def _guard(t: More) -> dict[str, Wants]:
    stranger = t.on(6, K.PERSON, camera="gate")[0]
    yard_night = [each for each in t.on(5, K.PERSON, K.LOITERING, camera="yard") if into(each.started_ns) >= 22 * 3600]
    lab = t.on(7, K.ZONE_VISIT)[0]
    dock = t.on(2, K.CAMERA_LOST)[0]
    tuesday = t.on(1, K.PERSON, camera="yard")
    return {
        "movement at the dock overnight?": Wants((NO,), never=("Yes",)),
        "last nite anyone at gate": one(stranger, "23:55"),
        "who set off the alarm sat night": Wants(("22:47|22:47:05",)),
        "sat 14 nov yard after ten pm": told(yard_night),
        "any1 in the yard tue night": told(tuesday, "23:14"),
        "anything between 1 and 5 last night?": Wants((NO,), never=("Yes",)),
        "gate cam ok?": Wants(("Front gate",), never=("not observed",)),
        "any cams down right now": Wants((NO,), never=("Yes",)),
        "last event at the gate": one(stranger, "23:55"),
        "latest thing recorded": one(lab, "08:17"),
        "when did dock cam go down wed": one(dock, "02:00"),
        "how many times did the dock cam drop out": number(1),
        "sat fight, where": told(t.on(5, K.FIGHT), "Front gate"),
        "clip of the person at the gate sunday nite": clip(stranger),
        "open alarms?": alerts(t.sat, t.sun),
        "anything since 10 pm yesterday": told(t.events(day(6, 22), NOW)),
        "whos on site": one(lab, "John Smith"),
        "anyone still in the lab?": one(lab, "John Smith"),
        "what was that in the yard at 2247 on saturday": told(t.on(5, K.PERSON, camera="yard")[1:]),
        "alarm 23:55 why": Wants((), frozenset({t.sun, t.why[t.sun]})),
        "false alarms last wk": Wants((), frozenset({t.tue}), only=True),
        "was the 23:55 alarm dealt with": Wants(("new|not|no",), frozenset({t.sun})),
        "who was in yard yest": told(t.on(6, K.PERSON, camera="yard"), "John Smith", "Mary-Ann O'Brien"),
        "people at gate after dark saturday": Wants((NO,), never=("Yes",)),
        "motion yard sat how many": number(len(t.on(5, K.MOTION, camera="yard"))),
        "john in yet?": one(t.on(7, K.PERSON)[0], "John Smith"),
        "anybody hanging around the gate on wednesday": told(t.on(2, K.LOITERING), "17:07"),
        "loitering sat": told(t.on(5, K.LOITERING), "22:50"),
        "nothing in the hall on saturday?": Wants((NO,), never=("Yes",)),
        "when was the alarm on tuesday": Wants(("23:14",), frozenset({t.tue})),
        "who took the saturday alarm": Wants(("anna",), frozenset({t.sat})),
        "any alarms while the dock camera was out": Wants((), frozenset({t.dock})),
    }


def _exact(t: More) -> dict[str, Wants]:
    gate = t.events(day(2, 16), day(2, 17), K.PERSON, camera="gate")
    jurgen = t.events(day(0), day(7), who=JURGEN)
    mary_last = t.on(6, K.ZONE_VISIT, who=MARY)[0]
    first_tue = t.first(JOHN, 1)
    loiter_gate, loiter_yard = t.on(2, K.LOITERING)[0], t.on(5, K.LOITERING)[0]
    fight = t.on(5, K.FIGHT)[0]
    late = [each for each in t.strangers() if not 6 <= into(each.started_ns) // 3600 < 18]
    office = t.visits(MARY, "z-office")
    monday = ("Hall", "Front gate")
    return {
        "Between 14:20 and 14:30 on Sunday 15 November, who was in the yard?": told(
            [t.on(6, K.PERSON, camera="yard")[0], *t.on(6, K.ZONE_VISIT, who=MARY)], "John Smith", "Mary-Ann O'Brien"
        ),
        "List every event in which Ana Lima took part.": told(t.events(day(0), day(7), who=ANA), only=True),
        "State the time at which John Smith was first recorded on Tuesday 10 November 2026.": one(first_tue, clock(first_tue.started_ns)),
        "Which persons were recorded at the front gate between 16:00 and 17:00 on Wednesday?": told(gate, "Mary-Ann O'Brien", "Zoë Müller"),
        "At what time did the camera at the loading dock stop giving pictures on Wednesday, and when did it come back?": told(
            t.on(2, K.CAMERA_LOST), "02:00", "03:30"
        ),
        "How many minutes did Jürgen spend at the loading dock on Thursday?": Wants(("25 min|25 minutes",)),
        "In total, how long was Jürgen at the dock last week?": Wants(("37 min",), ids(jurgen)),
        "What was the total time Mary spent in the office last week?": Wants((span(sum(office)),)),
        "Who was the last person to be seen on Sunday?": told(t.on(6, K.PERSON, camera="gate"), "23:55"),
        "Who was the last known person to be seen on Sunday?": one(mary_last, "Mary-Ann O'Brien"),
        "Name everybody who was recorded on more than one day last week.": Wants(
            ("John Smith", "Mary-Ann O'Brien", "Zoë Müller", "Jürgen"), never=("Ana Lima",)
        ),
        "Which persons were present on Tuesday as well as on Thursday?": Wants(
            ("John Smith", "Mary-Ann O'Brien", "Zoë Müller", "Jürgen"), never=("Ana Lima",)
        ),
        "During which period on Wednesday was the loading dock not observed?": told(t.on(2, K.CAMERA_LOST), "02:00", "03:30"),
        "On which dates was Jürgen recorded?": Wants(("Tue", "Thu", "2")),
        "Was John Smith ever in the office last week?": Wants((NO,), never=("Yes",)),
        "What is the earliest event on record?": one(t.week.events[0], clock(t.week.events[0].started_ns)),
        "How many strangers were recorded between 18:00 and 06:00 last week?": number(len(late)),
        "How long before the fight did the loitering in the yard start?": told([loiter_yard, fight], "15 min"),
        "How long did the loitering at the gate last?": one(loiter_gate, "6 min"),
        "When did the fight begin and when did it end?": one(fight, *of(fight)),
        "How many events began between 22:00 on Saturday and 06:00 on Sunday?": number(len(t.events(day(5, 22), day(6, 6)))),
        "Who entered through the front door last week?": told(t.events(day(0), day(7), K.CROSSING), "Mary-Ann O'Brien"),
        "In which zones was John recorded last week?": Wants(("Lab", "Yard"), never=("Office", "Server room")),
        "Which cameras saw Mary on Monday last week?": Wants(monday, never=("Loading dock",)),
        "From when until when was Ana at the loading dock?": told(t.on(2, K.PERSON, who=ANA), "10:30", "10:50"),
        "How many persons were at the front gate on Thursday between 12:00 and 13:00?": number(1),
        "What happened at the loading dock within ten minutes of Ana's fall?": told(t.on(2, K.FALL)),
        "Which events at the loading dock on Friday lasted more than five minutes?": told(t.on(4, K.PERSON, camera="dock"), only=True),
        "Who was with Ana at the dock when she fell?": Wants((NO,), never=("Mary-Ann O'Brien was",)),
    }


def _exact_alerts(t: More) -> dict[str, Wants]:
    return {
        "What was the severity of the alert raised for the loading dock at 02:00 on Wednesday?": Wants(
            ("severity 3",), frozenset({t.dock})
        ),
        f"When was {t.fri} raised and who closed it?": Wants(("03:14", "bertil"), frozenset({t.fri})),
        f"On what evidence was {t.fri} raised?": Wants((), frozenset({t.fri, t.why[t.fri]})),
        "Who acknowledged the alert of Saturday?": Wants(("anna",), frozenset({t.sat})),
        "Which alerts are without a verdict?": alerts(t.sat, t.sun),
        "Which alerts were judged true?": alerts(t.fri, t.fall, t.dock),
        "Which alerts were judged benign?": alerts(t.john_fall),
        "How many alerts concerned a person at night?": number(4),
        "For how long has the alert of Sunday been open?": Wants(("9 h 34 min|9 h 35 min",), frozenset({t.sun})),
        "Which alerts on Wednesday were not about a fall?": alerts(t.dock),
        "How many decisions were held on Tuesday?": number(1),
        "Which gate held back the candidate of 23:22 on Tuesday?": Wants(("duplicate",), frozenset({t.held[0]})),
        "Did any alert of last week name Mary?": Wants((NO,), never=("Yes",)),
    }


def _admin(t: More) -> dict[str, Wants]:
    lost = t.events(day(0), day(7), K.CAMERA_LOST)
    node = t.on(4, K.NODE_LOST)
    by_camera = Counter(each.camera_id for each in t.on(3) if each.camera_id)
    people_by = Counter(each.camera_id for each in t.events(day(0), day(7), K.PERSON))
    hours = Counter(clock(each.started_ns)[:2] for each in t.on(3))
    top = [hour for hour, count in hours.items() if count == max(hours.values())]
    busiest = Counter(each.camera_id for each in t.on(1) if each.camera_id).most_common(2)
    assert busiest[0][1] > busiest[1][1]
    per_day = t.per_day()
    return {
        "which cameras had gaps last week": told(lost, "Loading dock", "Yard"),
        "which sensors failed last week": told([*lost, *node]),
        "which node went offline on friday and for how long": told(node, "South node", "45 min"),
        "longest outage last week?": one(lost[0], "1 h 30 min"),
        "total downtime of all cameras last week": Wants(("1 h 50 min",)),
        "number of outages per camera last week": Wants(("Loading dock", "Yard", "1")),
        "events by kind last week": Wants((str(sum(t.per_day(K.MOTION))), str(sum(t.per_day(K.PERSON))))),
        "events per camera on Thursday": Wants(tuple(str(count) for count in by_camera.values())),
        "event count by day, last week": Wants(tuple(str(count) for count in per_day)),
        "how many clips were recorded last week": number(5),
        "how often did the schedule gate hold something back": number(1),
        "alerts by severity last week": Wants(("3", "1")),
        "how many alerts did anna close last week": number(3),
        "busiest hour on thursday": Wants(("|".join(f"{each}:00" for each in top), str(max(hours.values())))),
        "Busiest camera on Tuesday": Wants((NAMES[busiest[0][0]], str(busiest[0][1]))),
        "which camera recorded the most people last week": Wants((NAMES[people_by.most_common(1)[0][0]], str(max(people_by.values())))),
        "cameras that were never lost last week": Wants(("Hall", "Front gate"), never=("Yard", "Loading dock")),
        "was the hall camera up all week last week": Wants((NO + "|yes",), never=("not observed",)),
        "how long was the yard camera down in total": Wants(("20 min",)),
        "was the yard watched on thursday at 12:10": told(lost[1:], "not|no"),
        "any outage longer than an hour last week": one(lost[0], "Loading dock"),
        "who handled most of the alerts last week": Wants(("anna", "4")),
        "motion at night vs by day last week": Wants(("0", str(sum(t.per_day(K.MOTION))))),
        "how many events do we have on record": number(len([each for each in t.week.events if each.started_ns < ns(NOW)])),
        "alerts per operator last week": Wants(("anna", "4", "bertil", "2")),
        "did all cameras work on friday": Wants((NO + "|yes|all",), never=("not observed",)),
        "which zones had no visits last week": Wants((NO,)),
        "when was the south node heard again on friday": told(node, "19:15"),
    }


def _manager(t: More) -> dict[str, Wants]:
    first_mon = min((t.first(who, 0) for who in (JOHN, MARY, ZOE)), key=lambda each: each.started_ns)
    fight = t.on(5, K.FIGHT)
    lab = max(t.events(day(0), day(7), K.ZONE_VISIT, zone="z-lab"), key=minutes)
    every = t.per_day()
    today = len(t.events(day(7), NOW))
    return {
        "quick summary of saturday": told(fight),
        "who didn't show up on friday": Wants(("Zoë Müller",), never=("Mary-Ann O'Brien", "John Smith")),
        "who was in first on monday last week": one(first_mon, first_mon.person, clock(first_mon.started_ns)),
        "was anyone still here after 6 pm on thursday": Wants((NO,), never=("Yes",)),
        "were john, mary and zoë all in on tuesday": Wants(("John Smith", "Mary-Ann O'Brien", "Zoë Müller")),
        "how many people came in on wednesday": Wants(("4",)),
        "what happened over the weekend": told(fight),
        "headcount monday last week": Wants(("3",)),
        "longest stay in the lab last week": one(lab, span(minutes(lab))),
        "compare monday and tuesday": Wants((str(every[0]), str(every[1]))),
        "is today quieter than last monday": Wants((str(today), str(every[0]))),
        "was tuesday or wednesday busier": Wants((str(every[1]), str(every[2]))),
        "any alarms the week before last": Wants(("no record|not observed|nobody knows|before",), never=("Yes",)),
        "did anyone come in on sunday": told(t.on(6, K.PERSON, camera="yard"), "John Smith", "Mary-Ann O'Brien"),
        "who was in over the weekend": Wants(("John Smith", "Mary-Ann O'Brien")),
        "alerts so far this week": Wants((NO,), never=("Yes",)),
        "when did we last have a fight": one(fight[0], "23:05"),
        "has anyone been hurt last week": Wants(declines=("hurt",)),
        "who's missing today": Wants(("Mary-Ann O'Brien", "Zoë Müller"), never=("John Smith",)),
        "first one in today": one(t.on(7, K.PERSON)[0], "John Smith", "08:12"),
        "did john and mary both come in every day last week": Wants((NO,), never=("Yes",)),
        "how busy was the front gate on saturday": Wants((str(len(t.on(5, camera="gate"))),)),
        "worst day for alerts last week": Wants(("Wed|Fri", "2")),
        "anything serious on friday": told([*t.on(4, K.PERSON, camera="dock"), *t.on(4, K.FALL)], only=True),
        "is the fall of ana sorted": Wants(("closed|yes",), frozenset({t.fall})),
        "how many false alarms did we get in november": number(1),
        "average alerts a day last week": Wants(("1|1.0",)),
        "trend in motion last week": Wants(tuple(str(count) for count in set(t.per_day(K.MOTION)))),
    }


def _foreign(t: More) -> dict[str, Wants]:
    lab = t.on(7, K.ZONE_VISIT)[0]
    server = t.on(3, K.ZONE_VISIT, zone="z-server")[0]
    fall = t.on(2, K.FALL)[0]
    office = t.on(0, K.ZONE_VISIT, zone="z-office")[0]
    last_wed = max(t.on(2, *SEEN), key=lambda each: each.ended_ns or 0)  # also who is not known
    motion = t.per_day(K.MOTION)
    jurgen = t.on(3, who=JURGEN)[0]
    return {
        "In the yard, which persons are seen yesterday?": told(t.on(6, K.PERSON, camera="yard"), "John Smith", "Mary-Ann O'Brien"),
        "How many times Jürgen has come last week": number(2),
        "At what hour arrived Mary on tuesday?": one(t.first(MARY, 1), clock(t.first(MARY, 1).started_ns)),
        "Since when is John in the lab?": one(lab, "08:17"),
        "Who have been the last in the server room?": one(server, "Zoë Müller"),
        "Is there somebody now in the office?": Wants((NO,), never=("Yes",)),
        "Please you can show me the video from the fall of Ana?": clip(fall),
        "Who did enter by the front door at saturday?": told(t.on(5, K.CROSSING), "21:30"),
        "What has happened friday at 3h14": told(t.on(4, K.PERSON, camera="dock")),
        "The camera of the dock was broken when?": one(t.on(2, K.CAMERA_LOST)[0], "02:00"),
        "I want to know if Zoë was here friday": Wants((NO,), never=("Yes",)),
        "The alarm from sunday, why it came?": Wants((), frozenset({t.sun, t.why[t.sun]})),
        "Mary, when has she left on thursday?": one(t.last(MARY, 3), clock(t.last(MARY, 3).ended_ns or 0)),
        "How long stayed Mary in the office on monday last week?": one(office, span(minutes(office))),
        "Which day was the most motion last week?": Wants((str(max(motion)),)),
        "was in the yard somebody on saturday at 15.30": told(t.on(5, K.PERSON, camera="yard")[:1]),
        "tell to me all alarms that are not closed": alerts(t.sat, t.sun),
        "who has left the last on wednesday": one(last_wed, clock(last_wed.ended_ns or 0)),
        "from when to when was jürgen at the dock on thursday": one(jurgen, "11:40", "12:05"),
        "Does anybody was at the dock friday at 3 o'clock in the morning?": Wants((NO, "03:00"), never=("Yes",)),
        "Give me the quantity of motion in the dock for tuesday": number(len(t.on(1, K.MOTION, camera="dock"))),
        "Which persons have been both in the hall and in the gate monday last week?": Wants(
            ("John Smith", "Mary-Ann O'Brien", "Zoë Müller")
        ),
        "Until what hour was Zoë here on thursday?": one(t.last(ZOE, 3), clock(t.last(ZOE, 3).ended_ns or 0)),
        "Person unknown in the dock, when?": one(t.on(4, K.PERSON, camera="dock")[0], "03:14"),
        "There was a fight the saturday?": told(t.on(5, K.FIGHT), "23:05"),
        "Whose telephone was forgotten on thursday": told(t.on(3, K.PHONE_LEFT), "Mary-Ann O'Brien"),
        "How much alarms we had the last week": number(7),
        "With who was John on the sunday in the yard?": Wants(("Mary-Ann O'Brien",)),
        "He is John still here?": one(lab, "John Smith"),
        "the day before yesterday in the evening, what has been": told(t.on(5, K.CROSSING), "21:30"),
    }

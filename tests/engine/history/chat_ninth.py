"""A ninth set about the generated week: 120 questions, half of them in English (here), half in German (`chat_ninth_forms`), as they are
typed by who watches at night, looks after the site, investigates, is new, has another first language or types too fast; 90 in ordinary
words and 30 that are harder. Written without looking at the planner, and frozen: `frozen_sets` keeps its digest. What is true is
counted from the week's plain values and nothing else. Form and verdicts are those of the fourth set. A question back is right only where
the record has no answer.
"""

from statistics import mean, median

from engine.model.people.person import Person
from tests.engine.history.chat_eighth import NOT_RECORDED, closed, hours, names
from tests.engine.history.chat_eighth_forms import SMOKE
from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import LAB, SERVER
from tests.engine.history.chat_questions import SEEN
from tests.engine.history.chat_second import K, minutes
from tests.engine.history.chat_seventh import YES, began, ended, gone, last_night, name, number, usual
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, CAMERAS, IGNORE, JOHN, JURGEN, MARY, NOW, ZOE, day

RUNS = f"{YES}|watching|watched|observed|working|works|running|online|up|läuft|beobachtet"
PHONE = "phone|mobile|Handy|Telefon|Mobiltelefon"
NO_PICTURE = "no picture|lost|outage|blind|not watching|not watched|not observed|kein Bild|ausgefallen|Ausfall|nicht beobachtet"


def night(t: Scene) -> frozenset[str]:
    """The alerts between 22 and 6 o'clock."""
    return frozenset({t.tue, t.dock, t.fri, t.sat, t.sun})


def lengths(*minutes_: float) -> str:
    """Any of these, and a minute more where one is cut."""
    return "|".join(hours(whole) for each in minutes_ for whole in dict.fromkeys((int(each), round(each), int(each) + 1)))


def working_day(t: Scene, who: Person, *numbers: int) -> str:
    """How long somebody is here on a day, as a rule: until they were last come upon, or gone from there."""
    until = [(left - came) / 60 for came, left in zip(t.arrivals(who, *numbers), t.departures(who, *numbers), strict=True)]
    found = [mean(until), median(until)]
    return lengths(*found, *(each - 2 for each in found))


def night_guard(t: Scene) -> list[Fourth]:
    motion = t.on(6, K.MOTION, camera="yard")
    last = max((t.last(who, 4) for who in (JOHN, MARY)), key=lambda each: each.ended_ns or 0)
    assert len(motion) == 6 and last.person_id == JOHN.id and not t.on(6, K.CROSSING) and not t.all_of(K.NODE_LOST)[1:]
    assert t.fight.id not in {each.event_id for each in t.week.clips} and t.events(day(6, 22), day(7)) == [t.sun_gate]
    return [
        q("quiet night?", *last_night(t)),
        q("was the guy at the gate still there after midnight", cited([t.sun_gate], ended(t.sun_gate)), Told((YES,), denies=False)),
        q("anyone working right now?", Told((name(JOHN),), never=(name(MARY), name(ZOE))), cited([t.john_lab])),
        q("What came in yesterday between 10 pm and midnight?", cited([t.sun_gate]), raised(t.sun)),
        q("How much movement was there in the yard on Sunday?", Told((number(len(motion)),)), cited(motion)),
        q("yard cam online?", Told((RUNS,), denies=False, never=("not observed", "not watched")), cited([t.yard_lost], ended(t.yard_lost))),
        q("anyone come in through the front door yesterday?", Told(denies=True)),
        q("when did the last person leave on friday?", cited([last], gone(last)), Told((name(JOHN), gone(last)))),
        q("Did we get the fight at the gate on video?", Told(denies=True)),
    ]


def manager(t: Scene) -> list[Fourth]:
    office = t.visits(MARY, "z-office")
    on_anna = [each.id for each in t.week.alerts if each.assignee == "anna" and each.id not in closed(t)]
    assert len(closed(t)) == 5 and len(t.strangers()) == 9 and len(t.week.reports) == 4 and on_anna == [t.sat] and len(office) == 5
    assert len(t.events(day(0, 9, 30), NOW, K.CAMERA_LOST)) == 2 and t.days_of(JURGEN) == [1, 3] and len(night(t)) == 5
    assert {each.person_id for each in t.on(0, *SEEN) if each.person_id} == {JOHN.id, MARY.id, ZOE.id}
    return [
        q("How many of last week's alerts have been closed?", Told((number(len(closed(t))),)), raised(*closed(t), only=True)),
        q("How many sightings of unknown people were there last week?", Told((number(len(t.strangers())),)), cited(t.strangers())),
        q("How long is Mary in the office on a normal day?", Told((lengths(mean(office), median(office)),))),
        q("number of camera failures in the past 7 days", Told((number(2),)), cited([t.dock_lost, t.yard_lost])),
        q("Did everyone turn up last Monday?", names(JOHN, MARY, ZOE), Told((name(JURGEN), name(ANA)), denies=True)),
        q(
            "Alerts at night last week, how many?",
            Told((number(len(night(t))),)),
            Told((), night(t), bars=frozenset({t.fall, t.john_fall})),
        ),
        q("When did the south node come back?", cited([t.node], ended(t.node)), Told((ended(t.node),))),
        q("how many alerts is Anna still sitting on", Told((number(len(on_anna)),)), raised(t.sat, only=True)),
        q("How many reports came in from the public last week?", Told((number(len(t.week.reports)),))),
    ]


def investigator(t: Scene) -> list[Fourth]:
    office, server = t.stay(2, "z-office"), t.stay(2, "z-server")
    noon = t.on(0, K.PERSON, camera="gate")[0]
    passed = t.events(day(4, 16), day(4, 17), camera="gate")
    at_dock = {each.person_id for each in t.all_of(K.PERSON) if each.camera_id == "dock" and each.person_id}
    assert server in t.during(day(2, 10, 42), day(2, 10, 43)) and office in t.during(day(2, 12), day(2, 12, 1)) and not noon.person_id
    assert [each.person_id for each in passed] == [MARY.id, JOHN.id] and at_dock == {JURGEN.id, ANA.id} and minutes(t.ana_fell) == 3
    assert t.loiter_gate.id not in {each.event_id for each in t.week.alerts} and len(t.on(1, who=JOHN)) == 3
    return [
        q("Give me John's Tuesday, start to finish", cited(t.on(1, who=JOHN)), cited([t.first(JOHN, 1), t.last(JOHN, 1)], LAB)),
        q("In which room was Zoë at the time of Ana's fall?", cited([server]), Told((SERVER,), never=("Office", "Lab"))),
        q("who was at the gate on Monday the 9th around noon", cited([noon])),
        q("was Mary still in the office at 12 on Wednesday?", cited([office]), Told((YES,), denies=False)),
        q("Give me the names of everybody the dock camera recorded last week", names(JURGEN, ANA)),
        q("Friday 13 November, 4 to 5 pm, front gate: who went past?", cited(passed), names(MARY, JOHN)),
        q("Did an alert go off for the loitering on Wednesday?", Told(denies=True)),
        q("how long was Ana on the ground", Told((long(3),)), cited([t.ana_fell], began(t.ana_fell), ended(t.ana_fell))),
    ]


def newcomer(t: Scene) -> list[Fourth]:
    (mary,) = t.on(6, who=MARY)
    (john,) = t.on(6, K.PERSON, who=JOHN)
    assert len(CAMERAS) == 4 and max(t.all_of(K.FALL), key=lambda each: each.started_ns) == t.john_fell
    assert {each.person_id for each in t.events(day(0), NOW, K.PERSON, camera="hall")} == {JOHN.id, MARY.id, ZOE.id, IGNORE.id}
    return [
        q("who works here?", names(JOHN, MARY, ZOE)),
        q("how many cameras have we got", Told((number(4),)), Told(("Yard", "Hall", "Loading dock", "Front gate"))),
        q("Do people ever come here at weekends?", names(JOHN, MARY), cited([john]), cited([mary]), Told((YES,), denies=False)),
        q("Who is this Bertil?", raised(t.fri, t.fall), Told(("operator|user|closed|handled|handles|deals|guard",), denies=False)),
        q("have we ever had a fire here?", Told((SMOKE,), denies=False), Told(denies=True)),
        q("when was the last time somebody fell", cited([t.john_fell], began(t.john_fell))),
        q("Who walks through the hall in the mornings?", names(JOHN, MARY, ZOE)),
    ]


def foreign(t: Scene) -> list[Fourth]:
    lab, zoe = t.visits(JOHN, "z-lab")[-1], t.stay(0, "z-server")
    left = t.departures(MARY, 0, 1, 2, 3, 4)
    assert lab == minutes(t.stay(4, "z-lab")) == 193 and t.days_of(ANA) == [2] and not t.events(day(5), day(7), camera="hall")
    return [
        q("In which day was Ana in our house?", Told((DAYS[2],)), cited([t.ana_dock])),
        q("How many time John was in the laboratory on Friday?", Told((long(lab),)), Told((number(1),)), cited([t.stay(4, "z-lab")])),
        q("Who has closed the alarm from Tuesday?", Told(("anna",), never=("bertil",))),
        q("It was somebody in the hall on the weekend?", Told(denies=True)),
        q("Zoë on the last Monday, where she was?", cited([zoe]), Told((SERVER,))),
        q(
            "Until which hour stays Mary normally?",
            *(each for times in (left, [at - 120 for at in left], t.departures(MARY)) for each in usual(times)),
        ),
    ]


def fast(t: Scene) -> list[Fourth]:
    dock = t.on(2, K.MOTION, camera="dock")
    stranger = t.on(2, K.PERSON, camera="gate")[-1]
    others = [each for each in t.events(day(2, 12), day(2, 18), K.PERSON, camera="gate") if each.person_id]
    assert len(dock) == 4 and not stranger.person_id and {each.person_id for each in others} == {MARY.id, ZOE.id}
    return [
        q("hs jon arived", cited([t.john_hall]), cited([t.john_lab]), Told((YES,), denies=False)),
        q("fri aftrnoon alrt whos on it", Told(("anna",), never=("bertil",))),
        q("motoin dock wed how many", Told((number(len(dock)),)), cited(dock)),
        q("clp tue nite yard", clips(t.tue_yard)),
        q("whn was yrad cam bak on thurs", cited([t.yard_lost], ended(t.yard_lost)), Told((ended(t.yard_lost),))),
        q("anythin at gate wendsday aftrenoon", cited([stranger, t.loiter_gate]), cited([t.loiter_gate]), cited([stranger, *others])),
    ]


def follow_ups(t: Scene) -> list[Fourth]:
    john, mary = t.first(JOHN, 4), t.first(MARY, 4)
    assert john.started_ns < mary.started_ns and minutes(t.jurgen_thu) == 25
    return [
        q(
            "and how long did he stay",
            Told((long(25),)),
            cited([t.jurgen_thu], began(t.jurgen_thu), ended(t.jurgen_thu)),
            before=("Who was at the dock on Thursday?",),
        ),
        q("was there an alert for it", raised(t.dock), before=("When did the dock camera fail?",)),
        q(
            "Who of them was first?",
            Told((name(JOHN),), leads=(name(JOHN), name(MARY))),
            before=("Did John come in on Friday?", "And Mary?"),
        ),
    ]


def negations(t: Scene) -> list[Fourth]:
    assert {each.camera_id for each in t.week.alerts} == {"yard", "dock", "gate", ""} and t.john_fell.zone_id == "z-lab"
    since = {each.person_id for each in t.events(day(4), NOW, *SEEN) if each.person_id}
    assert since == {JOHN.id, MARY.id}
    return [
        q(
            "which parts of the site had no alert at all last week?",
            Told(("Hall",), never=("Yard", "Loading dock", "Front gate")),
            Told(("Office", "Server room"), never=("Loading dock", "Front gate")),
        ),
        q("Who hasn't been seen since Thursday?", Told((name(ANA),), never=(name(JOHN), name(MARY)))),
    ]


def comparisons(t: Scene) -> list[Fourth]:
    monday, friday = (minutes(t.stay(number_, "z-office")) for number_ in (0, 4))
    assert (monday, friday) == (199, 204) and t.ana_fell.started_ns < t.john_fell.started_ns
    return [
        q(
            "Was Mary in the office longer on Monday or on Friday last week?",
            Told((DAYS[4], long(friday))),
            Told((DAYS[4],), never=("Mon", "Monday")),
            Told((long(monday), long(friday))),
        ),
        q(
            "who fell first, Ana or John?",
            Told((name(ANA),), leads=(name(ANA), name(JOHN))),
            cited([t.ana_fell, t.john_fell], began(t.ana_fell), began(t.john_fell)),
        ),
    ]


def each_and_every(t: Scene) -> list[Fourth]:
    per_day = [len({each.person_id for each in t.on(number_, K.PERSON, camera="hall")}) for number_ in range(5)]
    assert per_day == [3, 3, 3, 3, 2]
    return [q("How many people came through the hall on each day from Monday to Friday?", Told((*DAYS[:5], number(3), number(2))))]


def before_and_after(t: Scene) -> list[Fourth]:
    at_gate = [each for each in t.on(5, camera="gate") if each.started_ns < t.fight.started_ns]
    later = [each for each in t.on(2, camera="dock") if each.started_ns > (t.ana_fell.ended_ns or 0)]
    assert at_gate[-1].kind is K.MOTION and {each.kind for each in later} == {K.MOTION}
    return [
        q("What was the last thing at the gate before the fight on Saturday?", cited([at_gate[-1]])),
        q("Did anyone come to the dock after Ana's fall on Wednesday?", Told(denies=True)),
    ]


def reasons(t: Scene) -> list[Fourth]:
    assert t.dock_lost in t.during(day(2, 3), day(2, 3, 1))
    of_fall = raised(t.john_fall), cited([t.john_fell]), Told((), frozenset({t.why[t.john_fall]}))
    return [
        q("Why was there an alert on Friday afternoon?", *of_fall),
        q("Why did the dock camera see nobody at 3 am on Wednesday?", cited([t.dock_lost]), Told((NO_PICTURE,))),
    ]


def how_long(t: Scene) -> list[Fourth]:
    assert t.days_of(ZOE) == [0, 1, 2, 3]
    return [q("How long is Zoë here on average, from arriving to leaving?", Told((working_day(t, ZOE),)))]


def not_observed(t: Scene) -> list[Fourth]:
    times = Told((began(t.dock_lost), ended(t.dock_lost)))
    assert t.on(2, K.CAMERA_LOST, K.NODE_LOST) == [t.dock_lost]
    return [q("Were there any times on Wednesday when we couldn't see something?", cited([t.dock_lost]), times)]


def not_known(t: Scene) -> list[Fourth]:
    assert not t.fri_dock.person_id
    return [q("How old was the man at the dock on Friday at 3 am?", Back(), Told((NOT_RECORDED,)))]


def english(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "night guard": night_guard(t),
        "manager": manager(t),
        "investigator": investigator(t),
        "newcomer": newcomer(t),
        "other first language": foreign(t),
        "fast typing": fast(t),
        "follow-ups": follow_ups(t),
        "negations": negations(t),
        "comparisons": comparisons(t),
        "each and every": each_and_every(t),
        "before and after": before_and_after(t),
        "why": reasons(t),
        "how long": how_long(t),
        "not observed": not_observed(t),
        "not to be known": not_known(t),
    }

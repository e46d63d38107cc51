"""The other five ways of speaking of the fourth set: on a bad keyboard, German by the book, German at the gate, who looks after sensors,
and the reception. Written without looking at the planner; see `chat_fourth`.
"""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from statistics import median

from engine.model.event import Event
from tests.engine.history.chat_fourth import (
    AHEAD,
    DAYS,
    UNKNOWN,
    Fourth,
    Scene,
    at,
    cited,
    clips,
    count,
    foreign,
    guard,
    investigator,
    left,
    long,
    manager,
    newcomer,
    q,
    raised,
    until,
)
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, into, minutes, of_day
from tests.engine.history.chat_verdict import NO, Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, ZOE, Week, day

LAB, OFFICE, SERVER, DOCK, GATE = "Lab|Labor", "Office|Büro", "Server room|Serverraum", "Loading dock|Laderampe|Rampe", "Front gate|Tor"
TOMORROW = Back(("morgen|tomorrow|zeit|zukunft|time|future",))


def fourth(week: Week) -> list[Fourth]:
    t = Scene(week)
    ways: dict[str, Callable[[Scene], list[Fourth]]] = {
        "night guard": guard,
        "manager in a hurry": manager,
        "investigator": investigator,
        "newcomer": newcomer,
        "other first language": foreign,
        "bad keyboard": keyboard,
        "German by the book": formal,
        "German at the gate": colloquial,
        "looks after sensors": sensors,
        "reception": reception,
    }
    return [replace(each, way=way) for way, rows in ways.items() for each in rows(t)]


def digest(rows: list[Fourth]) -> str:
    """Of every question and of all that is expected of it, as text."""
    return sha256("\n".join(_text(each) for each in rows).encode()).hexdigest()


def _text(row: Fourth) -> str:
    expected = [
        ("back", each.names)
        if isinstance(each, Back)
        else ("told", each.says, sorted(each.cites), each.only, sorted(each.bars), each.never, each.denies, each.leads)
        for each in row.accepted
    ]
    return repr((row.way, row.before, row.question, expected))


def keyboard(t: Scene) -> list[Fourth]:
    zoe, mary = t.last(ZOE, 0), t.first(MARY, 1)
    yard = t.events(day(6, 14), day(6, 15), K.PERSON, K.ZONE_VISIT, camera="yard")
    both = (JOHN.name, MARY.name)
    return [
        q("whowas inthe yard lats sunday afternoon", Told(both)),
        q("howmany alrams onfriday", Told((count(len(t.alerts_on(4))),))),
        q("wen did zoe leav on mon last wek", cited([zoe], left(zoe))),
        q("mary offce wensday how lng", cited([t.stay(2, "z-office")], long(minutes(t.stay(2, "z-office"))))),
        q("any1 at teh loadng dok on thrusday", cited([t.jurgen_thu], JURGEN.name)),
        q("jhon lab todya since wen", cited([t.john_lab], at(t.john_lab))),
        q("fihgt satrday wat time", cited([t.fight], at(t.fight))),
        q("frnt gate strangr sundy nite how longg", cited([t.sun_gate], long(minutes(t.sun_gate)))),
        q("nmber of motoin evnts yrad tusday", Told((count(len(t.on(1, K.MOTION, camera="yard"))),))),
        q("whcih camra was lost lnogest", cited([t.dock_lost], "Loading dock")),
        q("didmary cme on satruday", Told(denies=True)),
        q("shw clp of fal of anna", clips(t.ana_fell), Back(("anna",))),
        q("jurgn thrsday 1140 til wen", cited([t.jurgen_thu], until(t.jurgen_thu))),
        q("whos phne was left behnd", cited([t.phone], MARY.name)),
        q("alets stil opn", raised(t.sat, t.sun, only=True)),
        q("yesterdya 2pm-3pm peopel yrad", cited(yard, *both)),
        q("adn thursdya?", Told((count(len(t.alerts_on(3))),)), before=("howmany alrams onwednesday",)),
        q("n marry?", cited([mary], at(mary)), before=("when didzoe come on tuesday",)),
        q("wsa ther a helicoptr ovr the yrad", Back(("helicopt",))),
        q("wat was teh wethr lik on friday", Back(("weth|weather",))),
    ]


def formal(t: Scene) -> list[Fourth]:
    mary = t.on(3, *SEEN, who=MARY)[-1]
    why = frozenset({t.fri, t.why[t.fri]})
    held = frozenset({t.held[1]})
    per_day = t.per_day()
    quietest = per_day[:7].index(min(per_day))
    assert per_day.count(min(per_day)) == 1
    came = t.came(3, 4)
    gone, stayed = sorted(came[0] - came[1]), tuple(sorted(came[0] & came[1]))
    assert gone == [JURGEN.name, ZOE.name]
    return [
        q("Wann wurde Frau O'Brien am Donnerstag zuletzt erfasst?", cited([mary], left(mary))),
        q("Welche Personen hielten sich am Dienstag, dem 10. November, im Labor auf?", cited([t.stay(1, "z-lab")], JOHN.name)),
        q("War die Kamera an der Laderampe am Mittwoch zwischen 2 und 3 Uhr in Betrieb?", Told((), ids([t.dock_lost]), denies=True)),
        q("Bitte nennen Sie mir alle noch offenen Alarme.", raised(t.sat, t.sun, only=True)),
        q("Aus welchem Grund wurde am Freitag um 3:14 Uhr Alarm ausgelöst?", Told((), why)),
        q("Weshalb wurde am Donnerstag um halb eins am Tor kein Alarm ausgelöst?", Told(("schedule|Zeitplan",), held)),
        q("Wie lange dauerte der Aufenthalt von Jürgen am Donnerstag?", cited([t.jurgen_thu], long(minutes(t.jurgen_thu)))),
        q("Wer war am vergangenen Wochenende auf dem Gelände?", Told((JOHN.name, MARY.name))),
        q(
            "Gab es in der Nacht von Samstag auf Sonntag besondere Vorkommnisse?",
            Told((f"{at(t.sat_yard)}|{at(t.fight)}",), denies=False),
            Back(("besonder",)),
        ),
        q("Welche Temperatur herrschte gestern im Serverraum?", Back(("temperatur",))),
        q(
            "Wie viele Personen stürzten in der letzten Woche, und an welchem Ort?",
            Told((count(2), LAB, DOCK), ids([t.ana_fell, t.john_fell])),
        ),
        q("Um wie viel Uhr trifft Zoë Müller üblicherweise ein?", Told((of_day(median(t.arrivals(ZOE))),))),
        q("Und am Tag darauf?", cited([t.stay(1, "z-office")], MARY.name), before=("Wer war am Montag der vergangenen Woche im Büro?",)),
        q(
            "Und am Sonntag an der Laderampe?",
            Told((count(len(t.on(6, K.MOTION, camera="dock"))),)),
            before=("Wie viele Bewegungen gab es am Samstag im Hof?",),
        ),
        q("War Herr Schmidt am Mittwoch im Hause?", Back(("schmidt",)), Told((JOHN.name,), denies=True)),
        q("Welcher Tag war in der vergangenen Woche der ruhigste?", Told((DAYS[quietest], str(per_day[quietest])))),
        q("Vergleichen Sie bitte die Anzahl der Ereignisse am Mittwoch und am Freitag.", Told((str(per_day[2]), str(per_day[4])))),
        q("Wurde vor dem 9. November etwas aufgezeichnet?", Told((UNKNOWN,)), Told(denies=True)),
        q("Wer betritt morgen das Gebäude?", AHEAD, TOMORROW),
        q("Wer war am Donnerstag anwesend, am Freitag jedoch nicht?", Told(tuple(gone), never=stayed)),
    ]


def colloquial(t: Scene) -> list[Fourth]:
    sunday = t.events(day(6, 18), day(7), camera="yard")
    john = t.first(JOHN, 6)
    zoe = [each for each in t.during(day(1, 8, 15), day(1, 8, 45), K.PERSON, camera="hall") if each.person_id]
    assert {each.person_id for each in zoe} == {ZOE.id}
    wednesday = t.came(2)[0]
    stranger = [each for each in t.on(2, K.PERSON, camera="gate") if not each.person_id]
    untaken = raised(t.sun, says=("new|neu",)), Told((), frozenset({t.sun}), denies=True)
    return [
        q("war heut nacht wer am tor?", cited([t.sun_gate], at(t.sun_gate))),
        q("gestern abend was los gewesen im hof?", cited(sunday)),
        q("wer hängt grad im labor rum", cited([t.john_lab], JOHN.name)),
        q("und am freitag?", Back()),
        q("seit freitag irgendwelche alarme?", raised(*t.alerts_on(4, 5, 6, 7), only=True)),
        q("kamera hof am do mittag ausgefallen, wie lang", cited([t.yard_lost], long(minutes(t.yard_lost)))),
        q("vorgestern nach 22 uhr jemand im hof?", cited([t.sat_yard], at(t.sat_yard))),
        q("ist die zoe heut schon da?", Told(denies=True)),
        q("wann is der john gestern gekommen", cited([john], at(john))),
        q("und wann wieder weg", Told((until(john),)), before=("wann ist der john gestern gekommen?",)),
        q("hat wer den alarm von sonntag schon angeschaut", *untaken),
        q("wer is dienstag um halb neun rum in der halle gewesen", cited(zoe, ZOE.name)),
        q("der typ an der rampe freitag früh um drei, gibts da ein video", clips(t.fri_dock)),
        q("hat's geregnet am samstag", Back(("geregnet|regen",))),
        q("war der hausmeister da", Back(("hausmeister",))),
        q("keiner im serverraum am freitag, stimmts?", Told((NO,))),
        q("wieviele leut warn am mittwoch da", Told((f"{count(len(wednesday))}|{len(wednesday) + len(stranger)}",))),
        q("schlägerei, wann und wo", cited([t.fight], at(t.fight), GATE)),
        q("warum hat's da gebimmelt", raised(t.tue), Back(("gebimmelt",)), before=("wer war am dienstag nacht im hof?",)),
        q("auch wer unbekanntes?", cited(stranger, at(stranger[0])), before=("war am donnerstag wer am tor?", "und am mittwoch?")),
    ]


def sensors(t: Scene) -> list[Fourth]:
    lost = t.all_of(K.CAMERA_LOST)
    last = max([*lost, t.node], key=lambda each: each.started_ns)
    down = minutes(t.dock_lost)
    up = 7 * 24 * 60 - down
    share = f"{100 * up / (7 * 24 * 60):.1f}"
    blind = f"{100 * minutes(t.yard_lost) / (24 * 60):.1f}"
    motion = [count(len(t.on(4, K.MOTION, camera=camera))) for camera in ("yard", "dock", "gate")]
    hall = t.per_day(camera="hall")[:5]
    held = frozenset(t.held)
    anna = sum(each.assignee == "anna" and each.state.value == "closed" for each in t.week.alerts)
    return [
        q("uptime of camera 3 last week", Told((f"{long(down)}|{long(up)}|6 d 22 h 30 min|{share}|{share.replace('.', ',')}",))),
        q("cam 1: gaps since monday last week", cited([t.yard_lost], at(t.yard_lost), bars=[t.dock_lost])),
        q("which camera has number 4", Told(("Front gate",))),
        q("which of the two nodes dropped out, when, and when was it back", cited([t.node], "South node", at(t.node), until(t.node))),
        q("any node but the south one lost", Told(bars=ids([t.node]), denies=True)),
        q("cameras lost for less than half an hour last week", cited([t.yard_lost], "Yard", only=True)),
        q("did the loss of the yard camera raise an alert", Told(denies=True)),
        q("motion per camera, 13 november", Told(tuple(motion))),
        q("which camera recorded no motion at all last week", Told(("Hall",), never=("Yard", "Loading dock", "Front gate"))),
        q("how many alarms did Ana close", Back(("ana",)), Told((count(anna), "anna")), Told(denies=True)),
        q("events with a confidence below 0.5 on friday", Back(("confidence|0.5",)), Told(denies=True)),
        q("firmware version of the north node", Back(("firmware|version",))),
        q("disk space left", Back(("disk|space",))),
        q(
            "was everything being watched on saturday, all cameras, all day",
            Told(("yes|all",), never=("not observed", "not watched"), denies=False),
        ),
        q(
            "how much of thursday was the yard camera blind, in percent",
            Told((f"{blind}|{blind.replace('.', ',')}|{long(minutes(t.yard_lost))}",)),
        ),
        q("last time any sensor dropped out", cited([last], at(last))),
        q("and the yard one?", cited([t.yard_lost], at(t.yard_lost)), before=("when did the dock camera drop out?",)),
        q(
            "on the hall camera?",
            Told((count(len(t.on(6, camera="hall"))),)),
            before=("how many events on the gate camera on Saturday?", "and on Sunday?"),
        ),
        q(
            "events from the hall camera by day, monday to friday last week",
            Told((*DAYS[:5], *(count(each) for each in sorted(set(hall))))),
        ),
        q("what did the gates hold back last week and which gate each time", Told(("duplicate", "schedule"), held)),
    ]


def reception(t: Scene) -> list[Fourth]:
    john: tuple[Event, Event] = t.first(JOHN, 4), t.last(JOHN, 4)
    day_of_john = (into(john[1].ended_ns or 0) - into(john[0].started_ns)) // 60
    week = t.came(0, 1, 2, 3, 4)
    always = tuple(sorted(set.intersection(*week)))
    some = tuple(sorted(set.union(*week) - set(always)))
    latest = max((MARY, ZOE, ANA, IGNORE), key=lambda who: t.last(who, 2).ended_ns or 0)
    earlier = [number for number in range(4) if t.first(MARY, number).started_ns < t.first(ZOE, number).started_ns]
    later = [number for number in range(4) if number not in earlier]
    home = t.last(JOHN, 3)
    both = set.intersection(*t.came(2, 3))
    only_one = tuple(sorted(set.union(*t.came(2, 3)) - both))
    (visitor,) = t.on(2, K.PERSON, who=IGNORE)
    hall = {each.person_id for each in t.on(2, K.PERSON, camera="hall")}
    usual = of_day(median(t.arrivals(ZOE)))
    assert always == (MARY.name,) and earlier and later
    return [
        q("Good morning! Has Mary arrived yet?", Told(denies=True)),
        q("A courier asks for Jürgen, which days did he come last week?", Told((DAYS[1], DAYS[3])), Back(("courier",))),
        q("Who was here on all five days, Monday to Friday last week?", Told(always, never=some)),
        q("Did Zoë call in sick on Friday?", Back(("sick|call",))),
        q("How many hours was John here on Friday, from arriving to leaving?", Told((long(day_of_john),))),
        q("Is Mr Smith free at the moment?", Back(("free",))),
        q("Did Mary use the front door around noon on Tuesday?", Told((at(t.in_tue),), ids([t.in_tue]), denies=False)),
        q("When can I expect Zoë tomorrow?", AHEAD, TOMORROW, Told((usual,)), Back(("expect",))),
        q("Somebody lost a wallet, was one reported?", Told(("11:00",), denies=False)),
        q("Who was in the hall on Wednesday at a quarter past one?", cited([visitor], IGNORE.name)),
        q("Did anybody hang around at the gate late on Wednesday afternoon?", cited([t.loiter_gate], at(t.loiter_gate))),
        q("Which of our people stayed latest on Wednesday?", Told((latest.name,))),
        q("Was Peter Miller here last week?", Back(("peter|miller",))),
        q(
            "On which mornings did Mary arrive before Zoë last week?",
            Told(tuple(DAYS[each] for each in earlier), never=tuple(DAYS[each].split("|")[0] for each in later)),
        ),
        q("I was off on Tuesday and Wednesday. Any falls on those days?", cited([t.ana_fell], ANA.name, bars=[t.john_fell])),
        q("What time did he go home?", cited([home], left(home)), before=("Was John in on Thursday?",)),
        q(
            "Was anyone there on both days?",
            Told(tuple(sorted(both)), never=only_one),
            before=("Who was here on Wednesday?", "And on Thursday?"),
        ),
        q("Was Anna here on Wednesday?", Back(("anna",)), Told((ANA.name,), denies=False)),
        q("How many different visitors did the hall have on Wednesday?", Told((count(len(hall)),))),
        q("Was Zoë here in October?", Told((UNKNOWN,))),
    ]

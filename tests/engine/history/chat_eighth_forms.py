"""The German half of the eighth set, and the whole of it. Written without looking at the planner; see `chat_eighth`."""

from collections import Counter
from dataclasses import replace

from engine.model.event import Event
from tests.engine.history.chat_eighth import ALL_UP, NOT_RECORDED, closed, english, hours, names
from tests.engine.history.chat_fifth_forms import IN_GERMAN
from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, LAB
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, minutes
from tests.engine.history.chat_seventh import CAMERA, NAMELESS, YES, began, ended, hour, last_night, name, number, usual
from tests.engine.history.chat_verdict import NO, Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, ZOE, Week, day

CAMERA_DE = f"{CAMERA}|Kamera|Kameras|Bild|Ausfall|beobachtet|beobachten"
OTHER_DAYS = tuple(each for number_ in (0, 1, 2, 3, 4, 6) for each in DAYS[number_].split("|") if len(each) > 3)
SMOKE = "Smoke|Rauch|fire|Feuer|Brand"
AGAIN = "duplicate|Duplikat|Dublette|doppelt|Wiederholung|repeat|repeated|same"
ALERT_A_DAY = "1 pro Tag|1 per day|1 a day|1 am Tag|1.0|1,0|einer pro Tag|einen pro Tag|ein Alarm pro Tag|one a day|one per day"


def eighth(week: Week) -> list[Fourth]:
    """The way of each says its language: what is not `IN_GERMAN` is in English."""
    t = Scene(week)
    ways = english(t) | {way + IN_GERMAN: rows for way, rows in german(t).items()}
    return [replace(each, way=way) for way, rows in ways.items() for each in rows]


def german(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "operator": _operator(t),
        "investigator": _investigator(t),
        "manager": _manager(t),
        "negations": _negations(t),
        "comparisons": _comparisons(t),
        "follow-ups": _follow_ups(t),
        "each and every": _each_and_every(t),
        "before and after": _before_and_after(t),
        "typos and slang": _typos(t),
        "not to be known": _not_known(t),
    }


def _in_the_yard(t: Scene) -> tuple[Told, ...]:
    """At the weekend."""
    people = [t.sat_noon, t.sat_yard, t.on(6, K.PERSON, camera="yard")[0]]
    assert people == [*t.on(5, K.PERSON, camera="yard"), *t.on(6, K.PERSON, camera="yard")] and people[-1].person_id == JOHN.id
    return cited(people), Told((name(JOHN), NAMELESS)), Told((number(len(people)),))


def _operator(t: Scene) -> list[Fourth]:
    last = max(t.week.alerts, key=lambda each: each.raised_ns)
    assert last.id == t.sun and not t.on(7, K.MOTION, camera="dock") and {each.person_id for each in t.on(7)} == {JOHN.id}
    return [
        q("War heute Nacht irgendwas?", *last_night(t)),
        q("Gibt es noch offene Alarme?", Told((), frozenset({t.sun}), bars=closed(t))),
        q("Wer war heute als Erster da?", Told((name(JOHN),)), cited([t.john_hall])),
        q("ist Zoë schon da", Told(denies=True)),
        q("Laufen alle Kameras?", Told((ALL_UP, CAMERA_DE), bars=ids([t.dock_lost, t.yard_lost]) | {t.dock})),
        q("Wie lange stand der Unbekannte gestern Nacht am Tor?", cited([t.sun_gate], long(minutes(t.sun_gate)))),
        q("Zeig mir das Video zum Alarm vom Samstag", clips(t.sat_yard)),
        q("Wann kam der letzte Alarm?", raised(t.sun, says=(hour(t.alert(t.sun)),))),
        q("Ist das Büro gerade leer?", Told((f"{YES}|leer|empty|{NO}",), never=(name(MARY), name(ZOE)))),
        q("War am Wochenende jemand im Hof?", *_in_the_yard(t)),
        q("Um wen ging es beim Alarm am Freitagnachmittag?", Told((name(JOHN),)), raised(t.john_fall)),
        q("Gab es heute schon Bewegung an der Laderampe?", Told(denies=True)),
        q("Wer hat sich um den Sturz von Ana gekümmert?", Told(("bertil",), never=("anna",))),
    ]


def _investigator(t: Scene) -> list[Fourth]:
    lab = t.stay(1, "z-lab")
    waves = [each for each in t.all_week if each.kind is K.GESTURE]
    at_gate = t.strangers("gate")
    noon = [each for each in t.events(day(3, 11), day(3, 14)) if each.camera_id == "gate"]
    night = [each for each in t.events(day(3, 22), day(4, 6)) if each.kind is not K.MOTION]
    in_yard = {each.person_id for each in t.on(6) if "yard" in each.camera_id + each.zone_id and each.person_id}
    filmed = {each.event_id for each in t.week.clips}
    assert lab in t.during(day(1, 9), day(1, 9, 1)) and night == [t.fri_dock] and in_yard == {JOHN.id, MARY.id}
    assert len(waves) == 3 and {each.person_id for each in waves} == {JOHN.id} and len(at_gate) == 4 and len(noon) == 1
    assert t.john_fell.id not in filmed and t.on(3, K.RUNNING) == [t.ran] and t.on(5, K.CROSSING) == [t.in_sat]
    return [
        q("Wo war John am Dienstag um 9 Uhr?", cited([lab], LAB)),
        q("Was ist in der Nacht auf Freitag passiert?", cited([t.fri_dock]), raised(t.fri)),
        q("War John am Sonntag allein im Hof?", Told((name(MARY),), never=(name(ZOE),))),
        q("Wann ist Jürgen am Donnerstag gekommen?", cited([t.jurgen_thu], began(t.jurgen_thu))),
        q("Wie oft war letzte Woche ein Unbekannter am Tor?", Told((number(len(at_gate)),)), cited(at_gate)),
        q("gibt es eine Aufnahme vom Sturz im Labor", Told(denies=True, bars=frozenset(each.id for each in t.week.clips))),
        q("Wer ist am Samstagabend durch die Vordertür gegangen?", cited([t.in_sat])),
        q("Wann hat Ana die Laderampe verlassen?", cited([t.ana_dock], ended(t.ana_dock))),
        q("Wann hat John gewinkt?", cited(waves), Told(tuple(began(each) for each in waves))),
        q("Was war am Donnerstagmittag am Tor los?", cited(noon)),
        q("wer ist am Donnerstag über den Hof gerannt?", cited([t.ran])),
        q("Was wurde am Samstag aus der Bevölkerung gemeldet?", Told((SMOKE,))),
        q("War die Kamera an der Laderampe am Mittwoch ausgefallen?", cited([t.dock_lost]), raised(t.dock)),
    ]


def _manager(t: Scene) -> list[Fourth]:
    handlers = Counter(each.assignee for each in t.week.alerts)
    days = [each for each in range(7) if t.alerts_on(each)]
    left = t.departures(MARY, 0, 1, 2, 3, 4)
    times = (left, [each - 120 for each in left], t.departures(MARY, 0, 1, 2, 3, 4, 6))
    friday = {each.person_id for each in t.on(4, *SEEN) if each.person_id}
    here = {who.name: len(t.days_of(who)) for who in (JOHN, MARY, ZOE, JURGEN, ANA, IGNORE)}
    longest = max(t.all_of(K.CAMERA_LOST), key=minutes)
    jurgen = [t.jurgen_tue, t.jurgen_thu]
    thefts = [each for each in t.week.reports if each.category.value == "theft"]
    assert handlers["bertil"] == 2 and days == [1, 2, 4, 5, 6] and [len(t.alerts_on(each)) for each in days] == [1, 2, 2, 1, 1]
    assert friday == {JOHN.id, MARY.id} and longest.camera_id == "dock" and len(t.week.clips) == 5 and len(thefts) == 2
    assert (here[MARY.name], here[JOHN.name], here[ZOE.name]) == (6, 5, 4) and sum(map(minutes, jurgen)) == 37
    assert t.per_day(K.MOTION) == [12, 12, 12, 12, 12, 15, 12]
    return [
        q("Was hat Bertil letzte Woche bearbeitet?", raised(t.fri, t.fall, only=True)),
        q("Wie viele Alarme hatten wir pro Tag?", Told((ALERT_A_DAY,)), Told((*(DAYS[each] for each in days), number(1), number(2)))),
        q("Wann geht Mary normalerweise nach Hause?", *(each for seconds in times for each in usual(seconds))),
        q("Wie lange war das Büro letzte Woche belegt?", Told((hours(sum(t.visits(MARY, "z-office"))),))),
        q("Welche Kamera war am längsten ausgefallen?", Told((DOCK,), leads=("Loading dock", "Yard"))),
        q("Wie viele Leute waren am Freitag da?", Told((number(2),)), Told((number(3),)), names(JOHN, MARY)),
        q("wie oft ist letzte woche jemand gestürzt", Told((number(2),)), cited([t.ana_fell, t.john_fell])),
        q("An welchem Tag gab es die meiste Bewegung?", Told((DAYS[5],), never=OTHER_DAYS), Told((DAYS[5], "15"))),
        q("Wie viele Clips wurden letzte Woche gespeichert?", Told((number(5),))),
        q("Wie lange war Jürgen letzte Woche insgesamt an der Laderampe?", Told((long(37),)), cited(jurgen, long(12), long(25))),
        q("Wer war letzte Woche an den meisten Tagen da?", Told((name(MARY),), leads=(name(MARY), name(JOHN), name(ZOE)))),
        q("Wie viele Diebstähle wurden gemeldet?", Told((number(len(thefts)),))),
    ]


def _negations(t: Scene) -> list[Fourth]:
    real = frozenset(each.id for each in t.week.alerts if each.disposition is not None and each.disposition.value == "true")
    assert real == {t.fri, t.fall, t.dock} and t.judged("false") == 1
    return [
        q("Warum gab es am Dienstagabend keinen zweiten Alarm?", Told((), frozenset({t.held[0]})), Told((AGAIN,))),
        q("Welche Alarme waren kein Fehlalarm?", Told((), real, bars=frozenset({t.tue}))),
    ]


def _comparisons(t: Scene) -> list[Fourth]:
    monday, wednesday = t.stay(0, "z-server"), t.stay(2, "z-server")
    john, mary = t.first(JOHN, 4), t.first(MARY, 4)
    assert (minutes(monday), minutes(wednesday)) == (191, 206) and mary.started_ns - john.started_ns == 5 * 60 * 10**9
    return [
        q(
            "War Zoë am Montag oder am Mittwoch länger im Serverraum?",
            Told((DAYS[2], long(206))),
            Told((DAYS[2],), never=("Mon", "Monday", "Mo", "Montag")),
            Told((long(191), long(206))),
        ),
        q("Kam Mary am Freitag später als John?", Told((YES,), denies=False), Told((began(john), began(mary))), Told((long(5),))),
    ]


def _follow_ups(t: Scene) -> list[Fourth]:
    assert set(t.alerts_on(4)) == {t.fri, t.john_fall}
    return [
        q("Was ist ihr dort passiert?", cited([t.ana_fell]), before=("Wann war Ana an der Laderampe?",)),
        q("Wer hat sich darum gekümmert?", Told(("bertil", "anna")), before=("Welche Alarme gab es am Freitag?",)),
    ]


def _each_and_every(t: Scene) -> list[Fourth]:
    came = [t.first(ZOE, number_) for number_ in t.days_of(ZOE)]
    assert len(came) == 4
    return [q("Wann kam Zoë letzte Woche an den einzelnen Tagen?", Told(tuple(began(each) for each in came)), cited(came))]


def _before_and_after(t: Scene) -> list[Fourth]:
    later = [each for each in t.on(2, *SEEN) if each.started_ns > t.ana_fell.started_ns]
    hall, gate = later[0], t.on(2, K.PERSON, camera="gate")[-1]
    left = {who: t.last(who, 3) for who in (JOHN, MARY, ZOE)}
    assert hall.person_id == IGNORE.id and not gate.person_id and _gone(left[MARY]) < _gone(left[ZOE]) < _gone(left[JOHN])
    return [
        q("Was ist am Mittwoch nach dem Sturz noch passiert?", cited([t.loiter_gate]), cited([hall, gate])),
        q("Wer ist am Donnerstag vor John gegangen?", names(MARY, ZOE)),
    ]


def _typos(t: Scene) -> list[Fourth]:
    return [
        q("wer wr am samstag abnd im hof", cited([t.sat_yard])),
        q("Hat sich am Wochenende irgendwer am Tor gekloppt?", cited([t.fight])),
    ]


def _not_known(t: Scene) -> list[Fourth]:
    return [q("Was hatte der Unbekannte am Tor an?", Back(), Told((NOT_RECORDED,)))]


def _gone(event: Event) -> int:
    return event.ended_ns or 0

"""The German half of the seventh set, and the whole of it. Written without looking at the planner; see `chat_seventh`."""

from collections import Counter
from dataclasses import replace

from tests.engine.history.chat_fifth_forms import IN_GERMAN
from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, GATE, SERVER
from tests.engine.history.chat_questions import SEEN
from tests.engine.history.chat_second import K, minutes
from tests.engine.history.chat_seventh import (
    NAMELESS,
    UNRECORDED,
    YARD,
    YES,
    began,
    ended,
    english,
    fell_in_lab,
    gone,
    last_night,
    name,
    number,
    usual,
    why_raised,
)
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, CAMERAS, JOHN, JURGEN, MARY, NOW, ZOE, Week, day, ns

ACKNOWLEDGED = "acknowledged|quittiert|bestätigt|angenommen|in Bearbeitung|offen|open"
HALL = "Hall|Halle|Eingangshalle|Flur|Diele"


def seventh(week: Week) -> list[Fourth]:
    """The way of each says its language: what is not `IN_GERMAN` is in English."""
    t = Scene(week)
    ways = english(t) | {way + IN_GERMAN: rows for way, rows in german(t).items()}
    return [replace(each, way=way) for way, rows in ways.items() for each in rows]


def german(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "night guard": _night_guard(t),
        "manager": _manager(t),
        "investigator": _investigator(t),
        "newcomer": _newcomer(t),
        "other first language": _foreign(t),
        "hurried typing": _hurried(t),
        "follow-ups": _follow_ups(t),
        "negations": _negations(t),
        "comparisons": _comparisons(t),
        "each and every": _each_and_every(t),
        "before and after": _before_and_after(t),
        "not to be known": _not_known(t),
    }


def _night_guard(t: Scene) -> list[Fourth]:
    saturday = next(each for each in t.week.alerts if each.id == t.sat)
    assert saturday.state.value == "acknowledged" and t.all_of(K.NODE_LOST) == [t.node] == t.on(4, K.NODE_LOST)
    return [
        q("Gab es heute Nacht was Besonderes?", *last_night(t)),
        q("Wer war gestern kurz vor Mitternacht am Tor?", cited([t.sun_gate], NAMELESS)),
        q("sind noch Alarme offen", raised(t.sat, t.sun, only=True)),
        q(
            "Läuft die Kamera an der Laderampe wieder?",
            cited([t.dock_lost], ended(t.dock_lost)),
            Told((f"{YES}|läuft|running|beobachtet|observed|watched|überwacht",), denies=False),
        ),
        q("Ist gerade jemand im Labor?", cited([t.john_lab], name(JOHN))),
        q("Wann war der Unbekannte heute Nacht wieder vom Tor weg?", cited([t.sun_gate], ended(t.sun_gate))),
        q("War am Samstag spät noch wer im Hof?", cited([t.sat_yard])),
        q("Was war am Samstag gegen elf Uhr abends am Tor los?", cited([t.fight])),
        q("Welcher Funkknoten war am Freitag weg?", cited([t.node], "South node|Süd|Südknoten|South")),
        q(
            "Hat Anna den Alarm vom Samstag schon zugemacht?",
            Told((), frozenset({t.sat}), denies=True),
            Told((ACKNOWLEDGED,), frozenset({t.sat}), never=("closed", "geschlossen", "abgeschlossen")),
        ),
    ]


def _manager(t: Scene) -> list[Fourth]:
    per_day = [len(t.alerts_on(each)) for each in range(7)]
    bertil = [each.id for each in t.week.alerts if each.assignee == "bertil"]
    thefts = [each for each in t.week.reports if each.category.value == "theft"]
    assert per_day == [0, 1, 2, 0, 2, 1, 1] and set(bertil) == {t.fri, t.fall} and len(thefts) == 2
    assert t.days_of(JOHN) == [0, 1, 3, 4, 6] and len(t.came(3)[0]) == 4
    return [
        q("Wie viele Alarme gab es am Wochenende?", Told((number(per_day[5] + per_day[6]),))),
        q("Wann kommt Frau Müller normalerweise?", *usual(t.arrivals(ZOE))),
        q("Wie lange hatten wir an der Laderampe kein Bild?", Told((f"{long(minutes(t.dock_lost))}|anderthalb Stunden|1,5 h",))),
        q("An welchem Tag hatten wir die meisten Alarme?", Told((DAYS[2], DAYS[4]))),
        q("Welche Alarme hat Bertil bearbeitet?", raised(*bertil, only=True)),
        q("Wer hat sich um den Alarm beim Sturz im Labor gekümmert?", Told(("anna",), never=("bertil",))),
        q("An wie vielen Tagen war Herr Smith letzte Woche da?", Told((number(len(t.days_of(JOHN))),))),
        q("Wie viele bekannte Personen waren am Donnerstag da?", Told((number(len(t.came(3)[0])),))),
        q("Wurde letzte Woche ein Diebstahl gemeldet?", Told((f"{YES}|{number(len(thefts))}|bicycle|Fahrrad",), denies=False)),
    ]


def _investigator(t: Scene) -> list[Fourth]:
    server = t.stay(2, "z-server")
    dock = t.during(day(3, 11), day(3, 12), *SEEN, camera="dock")
    gate = t.strangers("gate")
    both = minutes(t.tue_yard) + minutes(t.again)
    weekend = frozenset(each.id for each in t.week.clips if ns(day(5)) <= each.started_ns < ns(day(7)))
    held = next(each for each in t.week.decisions if each.id == t.held[0])
    evening = [each for each in t.during(day(4, 18), day(4, 20)) if each.kind is not K.MOTION]
    assert server in t.during(day(2, 10), day(2, 10, 1)) and dock == [t.jurgen_thu] and len(gate) == 4 and len(weekend) == 2
    assert held.event_id == t.again.id and evening == [t.node]
    return [
        q("Wo war Zoë am Mittwoch um 10 Uhr?", cited([server], SERVER)),
        q("Wer war am 12.11. zwischen 11 und 12 Uhr an der Laderampe?", cited(dock, name(JURGEN))),
        q("Gibt es ein Video von dem Sturz an der Laderampe?", clips(t.ana_fell)),
        q("Wann wurde Ana Lima zuletzt gesehen?", cited([t.ana_dock], gone(t.ana_dock)), cited([t.ana_fell], gone(t.ana_fell))),
        q(
            "Wie lange war der Unbekannte am Dienstagabend im Hof?",
            cited([t.tue_yard], long(minutes(t.tue_yard))),
            cited([t.tue_yard, t.again], long(both)),
        ),
        q("Welche unbekannten Personen waren letzte Woche am Tor?", cited(gate)),
        q(
            "Warum gab es am Dienstag um 23:22 im Hof keinen Alarm?",
            Told((), frozenset({held.id})),
            Told(("duplicate|Duplikat|doppelt|Dublette|Wiederholung",)),
        ),
        q("Was ist am Freitag zwischen 18 und 20 Uhr passiert?", cited([t.node])),
        q("Welche Videos gibt es vom Wochenende?", Told((), weekend, only=True)),
    ]


def _newcomer(t: Scene) -> list[Fourth]:
    in_office = {each.person_id for each in t.events(day(0), NOW, K.ZONE_VISIT, zone="z-office")}
    cameras = {"yard": YARD, "hall": HALL, "dock": DOCK, "gate": GATE}
    assert in_office == {MARY.id} and {each.id for each in CAMERAS} == set(cameras)
    return [
        q("Wer sitzt normalerweise im Büro?", Told((name(MARY),), never=(name(JOHN), name(ZOE)))),
        q("Wie heißen die Kameras hier?", Told(tuple(cameras.values()))),
        q("Wer ist Jürgen und wann war er da?", cited([t.jurgen_tue, t.jurgen_thu])),
        q("Gab es hier schon mal eine Schlägerei?", cited([t.fight])),
        q(
            "Was ist letzte Woche so alles passiert?",
            Told(("7 Alarme|7 alerts|sieben Alarme|seven alerts",)),
            raised(*(each.id for each in t.week.alerts)),
            cited([t.ana_fell, t.john_fell, t.fight]),
        ),
        q("Wer hat den letzten Alarm ausgelöst?", raised(t.sun), cited([t.sun_gate])),
        q("Wann ist das letzte Mal eine Kamera ausgefallen?", cited([t.yard_lost], began(t.yard_lost))),
    ]


def _foreign(t: Scene) -> list[Fourth]:
    john = t.on(6, who=JOHN)
    (hall, _) = t.on(4, K.PERSON, camera="hall")
    (mary,) = t.on(6, who=MARY)
    dock = [each.id for each in t.week.alerts if each.camera_id == "dock"]
    visits = len(t.visits(ZOE, "z-server"))
    assert hall.person_id == JOHN.id and len(dock) == 3 and visits == 4 and {each.person_id for each in t.all_of(K.GESTURE)} == {JOHN.id}
    assert not t.on(7, who=MARY) and {ended(each) for each in john} == {ended(john[0])}
    return [
        q("Um wieviel Uhr John ist gestern gegangen?", *(cited([each], gone(each)) for each in john)),
        q("Wer war am Freitag erste Person in Halle?", Told((name(JOHN),), leads=(name(JOHN), name(MARY)))),
        q("Wie viel Mal war Zoë in Serverraum letzte Woche?", Told((number(visits),))),
        q("Warum war Alarm am Mittwoch um zwei in die Nacht?", *why_raised(t, t.dock, t.dock_lost)),
        q("Bitte alle Alarm von Laderampe zeigen", raised(*dock, only=True)),
        q("Wo ist jetzt die Mary-Ann?", cited([mary], YARD), Told(denies=True)),
        q("Wer hat mit die Hand gewinkt?", Told((name(JOHN),), never=(name(MARY), name(ZOE)))),
    ]


def _hurried(t: Scene) -> list[Fourth]:
    zoe = t.last(ZOE, 2)
    gate = t.on(3, K.MOTION, camera="gate")
    assert t.alerts_on(5) == [t.sat] and len(gate) == 2
    return [
        q("wer war heut früh im laobr", cited([t.john_lab], name(JOHN))),
        q("alarme samstg", raised(t.sat, only=True)),
        q("wann is zoe am mitwoch gegangen", cited([zoe], gone(zoe))),
        q("wieviel bewegugnen am tor am do", Told((number(len(gate)),))),
    ]


def _follow_ups(t: Scene) -> list[Fourth]:
    mary = t.last(MARY, 1)
    outages = sum(minutes(each) for each in t.all_of(K.CAMERA_LOST))
    john = t.on(6, who=JOHN)
    (there,) = t.on(6, who=MARY)
    friday = {each.assignee for each in t.week.alerts if each.id in t.alerts_on(4)}
    assert friday == {"anna", "bertil"}
    return [
        q("Und wann ist sie wieder gegangen?", cited([mary], gone(mary)), before=("Wann kam Mary-Ann am Dienstag?",)),
        q("Und wie lange insgesamt?", Told((long(outages),)), before=("Welche Kameras sind letzte Woche ausgefallen?",)),
        q(
            "Wie lange waren die beiden da?",
            Told(("|".join(long(minutes(each)) for each in john), long(minutes(there)))),
            Told(("|".join(began(each) for each in john), ended(there))),
            before=("Wer war am Sonntag im Hof?",),
        ),
        q("Wer hat die bearbeitet?", Told(tuple(sorted(friday))), before=("Zeig mir die Alarme vom Freitag",)),
    ]


def _negations(t: Scene) -> list[Fourth]:
    filmed = {each.event_id for each in t.week.clips}
    unfilmed = [each.id for each in t.week.alerts if each.event_id not in filmed]
    assert [each for each in range(5) if each not in t.days_of(JOHN)] == [2] and unfilmed == [fell_in_lab(t), t.dock]
    return [
        q("An welchen Werktagen war John letzte Woche nicht da?", Told((DAYS[2],))),
        q("Von welchen Alarmen gibt es kein Video?", raised(*unfilmed, only=True)),
    ]


def _comparisons(t: Scene) -> list[Fourth]:
    handlers = Counter(each.assignee for each in t.week.alerts if each.assignee)
    mary, john = t.last(MARY, 4), t.last(JOHN, 4)
    assert handlers["anna"] == 4 and handlers["bertil"] == 2 and (mary.ended_ns or 0) < john.started_ns
    return [
        q(
            "Wer ist am Freitag früher gegangen, John oder Mary-Ann?",
            Told((name(MARY),), leads=(name(MARY), name(JOHN))),
            Told((gone(mary), gone(john))),
        ),
        q("Hat Bertil mehr Alarme bearbeitet als Anna?", Told(denies=True), Told((number(handlers["bertil"]), number(handlers["anna"])))),
    ]


def _each_and_every(t: Scene) -> list[Fourth]:
    came = [t.first(who, 3) for who in (MARY, JOHN, ZOE)]
    on_camera = Counter(each.camera_id for each in t.week.alerts if each.camera_id)
    assert on_camera == {"yard": 2, "dock": 3, "gate": 1}
    return [
        q("Wann ist am Donnerstag jeder gekommen?", Told(tuple(began(each) for each in came))),
        q("Wie viele Alarme gab es auf jeder Kamera?", Told(tuple(number(each) for each in on_camera.values()))),
    ]


def _before_and_after(t: Scene) -> list[Fourth]:
    first, second = t.on(4, K.PERSON, camera="hall")
    others = [each for each in t.on(2, *SEEN, camera="dock") if each.person_id != ANA.id]
    assert first.person_id == JOHN.id and second.person_id == MARY.id and not t.on(4, who=ZOE) and not others
    return [
        q("Wer kam am Freitag nach John?", Told((name(MARY),), never=(name(ZOE), name(JURGEN), name(ANA)))),
        q("War am Mittwoch vor dem Sturz noch jemand anderes an der Laderampe?", Told(denies=True)),
    ]


def _not_known(t: Scene) -> list[Fourth]:
    assert t.fight in t.on(5)
    return [q("Hatte am Samstag jemand ein Messer dabei?", Back(("messer|knife",)), UNRECORDED), q("War der schon wieder da?", Back())]

"""The German half of the ninth set, and the whole of it. Written without looking at the planner; see `chat_ninth`."""

from dataclasses import replace

from tests.engine.history.chat_eighth import ALL_UP, NOT_RECORDED, names
from tests.engine.history.chat_eighth_forms import CAMERA_DE
from tests.engine.history.chat_fifth_forms import IN_GERMAN
from tests.engine.history.chat_fourth import COUNTS, DAYS, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, SERVER
from tests.engine.history.chat_ninth import NO_PICTURE, PHONE, RUNS, english, working_day
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, minutes
from tests.engine.history.chat_seventh import NAMELESS, began, ended, gone, last_night, name, number, usual
from tests.engine.history.chat_verdict import NO, Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, NOW, ZOE, Week, day


def ninth(week: Week) -> list[Fourth]:
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
        "fast typing": _fast(t),
        "follow-ups": _follow_ups(t),
        "negations": _negations(t),
        "comparisons": _comparisons(t),
        "each and every": _each_and_every(t),
        "before and after": _before_and_after(t),
        "why": _reasons(t),
        "how long": _how_long(t),
        "not observed": _not_observed(t),
        "not to be known": _not_known(t),
    }


def _night_guard(t: Scene) -> list[Fourth]:
    (john,) = t.on(6, K.PERSON, camera="yard")
    moved = t.events(day(0), NOW, K.MOTION, camera="gate")[-1]
    assert {each.person_id for each in t.on(7)} == {JOHN.id} and not t.on(7, K.CAMERA_LOST) and not t.alerts_on(7)
    assert t.events(day(6, 14), day(6, 15), K.PERSON) == [john] and t.on(5, K.CROSSING) == [t.in_sat]
    return [
        q("War letzte Nacht jemand auf dem Gelände?", *last_night(t)),
        q("Ist außer John noch jemand da?", Told(denies=True, never=(name(MARY), name(ZOE)))),
        q("Gab es seit Mitternacht einen Alarm?", Told(denies=True)),
        q("Was war gestern zwischen 14 und 15 Uhr im Hof?", cited([john]), names(JOHN, MARY)),
        q("Wann ging am Samstag die Vordertür?", cited([t.in_sat], began(t.in_sat))),
        q("steht noch ein alarm von gestern offen", raised(t.sun, only=True)),
        q("War heute schon eine Kamera weg?", Told(denies=True), Told((ALL_UP, CAMERA_DE), bars=ids([t.dock_lost, t.yard_lost]))),
        q("letzte Bewegung am Tor", cited([moved], began(moved)), cited([t.sun_gate])),
        q("um wieviel uhr ist gestern der unbekannte gekommen", cited([t.sun_gate], began(t.sun_gate))),
    ]


def _manager(t: Scene) -> list[Fourth]:
    real = frozenset(each.id for each in t.week.alerts if each.disposition is not None and each.disposition.value == "true")
    left = t.departures(JOHN, 0, 1, 3, 4)
    times = left, [each - 120 for each in left], t.departures(JOHN)
    tuesday = {each.person_id for each in t.on(1, *SEEN) if each.person_id}
    assert real == {t.fri, t.fall, t.dock} and len(t.visits(ZOE, "z-server")) == 4 and len(t.all_of(K.MOTION)) == 87
    assert tuesday == {JOHN.id, MARY.id, ZOE.id, JURGEN.id} and minutes(t.jurgen_tue) == 12
    return [
        q("Wie viele Alarme hatten wir diese Woche schon?", Told((COUNTS[0],)), Told(denies=True)),
        q("Wann macht John normalerweise Feierabend?", *(each for seconds in times for each in usual(seconds))),
        q(
            "Wie oft war letzte Woche jemand im Serverraum?",
            Told((number(4),)),
            cited([t.stay(number_, "z-server") for number_ in range(4)]),
        ),
        q("Welche Alarme letzte Woche waren echt?", Told((), real, bars=frozenset({t.tue}))),
        q("Wie viele Leute waren am Dienstag im Haus?", Told((number(4),)), Told((number(6),)), names(JOHN, MARY, ZOE)),
        q(
            "Lief die Kamera am Tor letzte Woche durchgehend?",
            Told((f"{RUNS}|durchgehend|lückenlos|{NO}", CAMERA_DE), bars=ids([t.dock_lost, t.yard_lost])),
        ),
        q("Wer hat den Alarm wegen der ausgefallenen Kamera geschlossen?", Told(("anna",), never=("bertil",))),
        q("Wie lange war Jürgen am Dienstag da?", Told((long(12),)), cited([t.jurgen_tue], began(t.jurgen_tue), ended(t.jurgen_tue))),
        q("Wie viele Bewegungen gab es letzte Woche insgesamt?", Told((number(87),))),
    ]


def _investigator(t: Scene) -> list[Fourth]:
    at_gate = t.during(day(1, 16, 24), day(1, 16, 25), K.PERSON, camera="gate")
    evening = [each for each in t.events(day(5, 21), day(6)) if each.kind is not K.MOTION]
    assert [each.person_id for each in at_gate] == [ZOE.id] and evening == [t.in_sat, t.sat_yard, t.loiter_yard, t.fight]
    assert t.on(1, K.PERSON, camera="dock") == [t.jurgen_tue] and minutes(t.fight) == 2 and minutes(t.phone) == 30
    wednesday = [each for each in t.week.clips if each.event_id in ids(t.on(2))]
    assert [each.event_id for each in wednesday] == [t.ana_fell.id]
    return [
        q("Wer war am Dienstag um 16:24 am Tor?", cited(at_gate), Told((name(ZOE),), never=(name(JOHN), name(MARY)))),
        q("Welche Personen waren am 10. November an der Laderampe?", cited([t.jurgen_tue]), names(JURGEN)),
        q("Zeig mir alles vom Samstag zwischen 21 und 24 Uhr", cited(evening), cited([t.sat_yard, t.fight])),
        q("Hat das System die Person vom Freitagmorgen an der Rampe erkannt?", Told(denies=True), Told((NAMELESS,))),
        q("Wann genau ist Ana gestürzt?", cited([t.ana_fell], began(t.ana_fell))),
        q("wie lange dauerte die Schlägerei", Told((long(2),)), cited([t.fight], began(t.fight), ended(t.fight))),
        q("Gibt es Videos vom Mittwoch?", clips(t.ana_fell)),
        q("Was hat Mary am Donnerstag liegen lassen?", cited([t.phone], PHONE), Told((PHONE,), denies=False)),
    ]


def _newcomer(t: Scene) -> list[Fourth]:
    first = [min(t.on(number_, K.PERSON, camera="hall"), key=lambda each: each.started_ns).person_id for number_ in range(5)]
    weekend = [each for each in t.events(day(5), day(7)) if each.kind is not K.MOTION]
    rooms = {each.zone_id for each in t.all_of(K.ZONE_VISIT) if each.person_id == ZOE.id}
    assert first.count(JOHN.id) == 3 and rooms == {"z-server"} and {each.camera_id for each in (t.jurgen_tue, t.jurgen_thu)} == {"dock"}
    assert {each.assignee for each in t.week.alerts if each.assignee} == {"anna", "bertil"} and t.judged("false") == 1
    return [
        q("Wer kümmert sich hier um die Alarme?", Told(("anna", "bertil"))),
        q("Wo arbeitet Zoë?", Told((SERVER,), never=("Office", "Büro", "Lab", "Labor"))),
        q("Wer kommt morgens meistens als Erstes?", Told((name(JOHN),), leads=(name(JOHN), name(MARY), name(ZOE)))),
        q("Wo ist der Jürgen immer, wenn er kommt?", Told((DOCK,)), cited([t.jurgen_tue, t.jurgen_thu])),
        q(
            "Ist am Wochenende viel passiert?",
            raised(t.sat, t.sun),
            cited([t.fight]),
            cited(weekend),
            Told((number(len(t.events(day(5), day(7)))),)),
            Told((number(2), "Alarme|alerts|Alarm")),
        ),
        q("gabs schon mal nen fehlalarm?", raised(t.tue), Told((number(1),), denies=False)),
        q("Worum geht es bei dem Alarm von heute Nacht?", raised(t.sun), cited([t.sun_gate])),
    ]


def _foreign(t: Scene) -> list[Fourth]:
    mary = t.first(MARY, 2)
    in_yard = {each.person_id for each in t.on(6) if "yard" in each.camera_id + each.zone_id and each.person_id}
    assert in_yard == {JOHN.id, MARY.id} and not t.on(4, who=ZOE) and t.on(4, K.PERSON, camera="dock") == [t.fri_dock]
    assert minutes(t.dock_lost) == 90
    return [
        q("Mary wann kommen Mittwoch?", cited([mary], began(mary)), Told((began(mary),))),
        q("Wie lange Kamera von Rampe war kaputt?", Told((f"{long(90)}|1,5 Stunden|1.5 h|anderthalb",))),
        q("Gestern wer war in Hof mit John?", names(MARY)),
        q("Freitag früh um 3 wer war bei Rampe?", cited([t.fri_dock])),
        q("Ich suche Video von Mann in Hof Dienstag", clips(t.tue_yard)),
        q("Zoë hat gearbeitet am Freitag oder nicht?", Told(denies=True)),
    ]


def _fast(t: Scene) -> list[Fourth]:
    mary, server = t.last(MARY, 0), t.stay(3, "z-server")
    wave = t.on(4, K.GESTURE)
    yard = t.on(3, camera="yard")
    (john,) = t.on(6, K.PERSON, who=JOHN)
    assert [each.person_id for each in wave] == [JOHN.id] and {t.ran, t.yard_lost} <= set(yard) and not t.on(7, who=MARY)
    return [
        q("wieviel alarme seit mo", Told((number(7),)), raised(*(each.id for each in t.week.alerts))),
        q("john gstern?", cited([john])),
        q("kamrea hof donerstag", cited([t.yard_lost]), cited([t.ran]), Told((number(len(yard)),))),
        q("wer hatt am freitg gewunken", cited(wave), names(JOHN)),
        q("wan is mary letzen montag gegangn", cited([mary], gone(mary)), Told((gone(mary),))),
        q("wer wr do im serverruam", cited([server]), names(ZOE)),
    ]


def _follow_ups(t: Scene) -> list[Fourth]:
    lab = t.stay(4, "z-lab")
    assert [each for each in t.on(5, camera="gate") if each.kind is not K.MOTION] == [t.fight] and minutes(lab) == 193
    assert t.alerts_on(1) == [t.tue]
    return [
        q("Und am Tor?", cited([t.fight]), before=("Wer war am Samstag im Hof?",)),
        q(
            "Und wie lange war er dann im Labor?",
            Told((long(193),)),
            cited([lab], began(lab), ended(lab)),
            before=("Wann ist John am Freitag gekommen?",),
        ),
        q(
            "Wer hat ihn bearbeitet und was kam dabei raus?",
            Told(("anna", "false|false alarm|Fehlalarm|falsch|kein echter")),
            before=("Gab es am Dienstag einen Alarm?",),
        ),
    ]


def _negations(t: Scene) -> list[Fourth]:
    lost = {each.camera_id for each in t.all_of(K.CAMERA_LOST)}
    thursday = {each.person_id for each in t.on(3, *SEEN) if each.person_id}
    assert lost == {"dock", "yard"} and thursday == {JOHN.id, MARY.id, ZOE.id, JURGEN.id}
    here = tuple(map(name, (JOHN, MARY, ZOE, JURGEN)))
    return [
        q("Welche Kameras sind letzte Woche nicht ausgefallen?", Told(("Hall|Halle", "Front gate|Tor"), never=("Yard", "Loading dock"))),
        q("Wer war am Donnerstag nicht da?", Told((name(ANA),), never=here), Told((name(ANA), name(IGNORE)), never=here)),
    ]


def _comparisons(t: Scene) -> list[Fourth]:
    tuesday, wednesday = t.first(ZOE, 1), t.first(ZOE, 2)
    there = {who.name: t.departures(who, 0)[0] - t.arrivals(who, 0)[0] for who in (JOHN, MARY)}
    assert (began(tuesday)[:5], began(wednesday)[:5]) == ("08:31", "08:41") and there[JOHN.name] > there[MARY.name]
    return [
        q(
            "Kam Zoë am Dienstag oder am Mittwoch früher?",
            Told((DAYS[1],), never=("Wed", "Wednesday", "Mi", "Mittwoch")),
            Told((began(tuesday), began(wednesday))),
            Told((DAYS[1], began(tuesday))),
        ),
        q("Wer war am Montag letzter Woche länger da, John oder Mary?", Told((name(JOHN),), leads=(name(JOHN), name(MARY)))),
    ]


def _each_and_every(t: Scene) -> list[Fourth]:
    moved = [len(t.on(5, K.MOTION, camera=camera)) for camera in ("yard", "dock", "gate", "hall")]
    assert moved == [9, 4, 2, 0]
    return [q("Wie viele Bewegungen hatte jede Kamera am Samstag?", Told(tuple(number(each) for each in moved[:3])))]


def _before_and_after(t: Scene) -> list[Fourth]:
    after = [each for each in t.on(4) if each.started_ns > t.john_fell.started_ns]
    came = {who.name for who in (MARY, ANA, IGNORE) if t.first(who, 2).started_ns > t.first(ZOE, 2).started_ns}
    assert after[0].person_id == MARY.id and after[0].camera_id == "gate" and len(came) == 3
    return [
        q("Wer ist am Mittwoch erst nach Zoë gekommen?", names(MARY), names(MARY, ANA)),
        q("Was kam am Freitag direkt nach dem Sturz?", cited([after[0]])),
    ]


def _reasons(t: Scene) -> list[Fourth]:
    assert t.fight.id not in {each.event_id for each in (*t.week.alerts, *t.week.decisions)}
    return [
        q("Warum gab es bei der Schlägerei keinen Alarm?", Told(denies=True), cited([t.fight])),
        q("Warum ist die Kamera im Hof ausgefallen?", cited([t.yard_lost])),
    ]


def _how_long(t: Scene) -> list[Fourth]:
    assert t.days_of(MARY) == [0, 1, 2, 3, 4, 6]
    found = working_day(t, MARY, 0, 1, 2, 3, 4), working_day(t, MARY)
    return [q("Wie lange ist Mary im Schnitt am Tag da?", Told(("|".join(found),)))]


def _not_observed(t: Scene) -> list[Fourth]:
    assert t.yard_lost in t.during(day(3, 12, 10), day(3, 12, 11))
    blind = Told(denies=True), Told((NO_PICTURE,)), cited([t.yard_lost])
    return [q("Hätten wir am Donnerstag um 12:10 jemanden im Hof gesehen?", *blind)]


def _not_known(t: Scene) -> list[Fourth]:
    assert not t.sat_yard.person_id
    return [q("Welche Haarfarbe hatte die Person am Samstag im Hof?", Back(), Told((NOT_RECORDED,)))]

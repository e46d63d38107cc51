"""The German half of the eleventh set, and the whole of it. Written without looking at the planner; see `chat_eleventh`."""

from collections import Counter
from dataclasses import replace

from tests.engine.history.chat_eighth import AT_ONCE, NOT_RECORDED, hours, names
from tests.engine.history.chat_eighth_forms import OTHER_DAYS
from tests.engine.history.chat_eleventh import CLOSED, NOT_LOST, THEFT, UNWATCHED, VANDALISM, WATCHED, english, up, wave
from tests.engine.history.chat_fifth_forms import IN_GERMAN
from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, GATE
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, into, minutes
from tests.engine.history.chat_seventh import YARD, YES, began, ended, gone, hour, name, number, usual, why_raised
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, PEOPLE, ZOE, Week, day

BEGINNING = "|".join(
    (DAYS[0], "9 November", "9. November", "November 9", "Nov 9", "9 Nov", "2026-11-09", "09.11.2026", "9.11.2026", "09.11.")
)


def eleventh(week: Week) -> list[Fourth]:
    """The way of each says its language: what is not `IN_GERMAN` is in English."""
    t = Scene(week)
    ways = english(t) | {way + IN_GERMAN: rows for way, rows in german(t).items()}
    return [replace(each, way=way) for way, rows in ways.items() for each in rows]


def german(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "night operator": _night_operator(t),
        "day operator": _day_operator(t),
        "caretaker": _caretaker(t),
        "assessor": _assessor(t),
        "data protection": _data_protection(t),
        "project manager": _project_manager(t),
        "dictated": _dictated(t),
        "translated": _translated(t),
        "negations": _negations(t),
        "comparisons": _comparisons(t),
        "follow-ups": _follow_ups(t),
        "each and every": _each_and_every(t),
        "before and after": _before_and_after(t),
        "why": _why(t),
        "how long": _how_long(t),
        "first and last": _first_and_last(t),
        "not observed": _not_observed(t),
        "two asks": _two_asks(t),
    }


def _night_operator(t: Scene) -> list[Fourth]:
    dock = [*t.events(day(4, 22), day(5, 6), camera="dock"), *t.events(day(5, 22), day(6, 6), camera="dock")]
    dock += t.events(day(6, 22), day(7, 6), camera="dock")
    late = frozenset(each.id for each in t.week.alerts if into(each.raised_ns) >= 22 * 3600)
    assert not dock and late == {t.tue, t.sat, t.sun}
    return [
        q("war am we nachts jemand an der rampe", Told(denies=True, bars=ids([t.fri_dock, t.dock_lost]) | {t.fri, t.dock})),
        q("Steht grad noch wer am Tor?", Told(denies=True)),
        q(
            "Wie lange hat sich der Samstagnacht im Hof rumgedrückt?",
            cited([t.loiter_yard], long(minutes(t.loiter_yard))),
            cited([t.sat_yard], long(minutes(t.sat_yard))),
            Told((long(minutes(t.loiter_yard)),)),
            Told((long(minutes(t.sat_yard)),)),
        ),
        q("Alarm um 23:55, was war da?", raised(t.sun), cited([t.sun_gate])),
        q("Wie viele Alarme kamen letzte Woche nach 22 Uhr rein?", Told((number(3),)), Told((), late, only=True)),
    ]


def _day_operator(t: Scene) -> list[Fourth]:
    anna = frozenset(each.id for each in t.week.alerts if each.assignee == "anna")
    left = t.last(JOHN, 1)
    assert anna == {t.tue, t.sat, t.john_fall, t.dock} and (left.ended_ns or 0) > max(t.last(who, 1).ended_ns or 0 for who in (MARY, ZOE))
    return [
        q("Was muss die Tagschicht von Sonntagnacht wissen?", raised(t.sun), cited([t.sun_gate])),
        q("Welche Alarme liegen oder lagen bei Anna?", Told((), anna, only=True)),
        q("Ist der Alarm von Freitag früh um kurz nach drei schon erledigt?", raised(t.fri), Told((f"{CLOSED}|{YES}",), denies=False)),
        q("Wer von uns ist am Dienstag als Letzter raus?", Told((name(JOHN),), leads=(name(JOHN), name(MARY), name(ZOE))), cited([left])),
        q("Hat Bertil noch was offen?", Told(denies=True, bars=frozenset({t.sat, t.sun}))),
        q("Neue Alarme seit gestern 18 Uhr?", raised(t.sun, only=True)),
    ]


def _caretaker(t: Scene) -> list[Fourth]:
    lab = t.stay(0, "z-lab")
    doors = t.all_of(K.CROSSING)
    came = [into(each.started_ns) for each in (t.jurgen_tue, t.jurgen_thu)]
    assert len(doors) == 2 and t.on(5, K.CROSSING) == [t.in_sat] and not t.on(7, K.CAMERA_LOST)
    return [
        q("Ist am Samstag jemand ins Haus gegangen?", cited([t.in_sat]), Told((began(t.in_sat),), denies=False)),
        q("wann ist das Labor am Montag letzter Woche frei geworden", cited([lab], ended(lab)), Told((ended(lab),))),
        q("Hat die Kamera im Hof wieder ein Bild?", *up(YARD, t.yard_lost)),
        q("Hat einer gemeldet dass da wer an die Wand gesprüht hat?", Told((VANDALISM,), denies=False)),
        q("Wie oft ist letzte Woche einer durch die Eingangstür rein?", Told((number(len(doors)),)), cited(doors)),
        q("um wieviel uhr kommt der jürgen denn immer so", *usual(came), cited([t.jurgen_tue, t.jurgen_thu])),
    ]


def _assessor(t: Scene) -> list[Fourth]:
    at_fall = t.during(day(4, 14, 5), day(4, 14, 6), *SEEN)
    assert at_fall == [t.john_fell] and JURGEN.id not in {each.person_id for each in t.on(2)}
    assert {each.event_id for each in t.week.clips} & ids(t.on(5)) == {t.sat_yard.id}
    ran = Told((WATCHED,), never=UNWATCHED, denies=False), Told((NOT_LOST,))
    return [
        q("Wie schnell wurde auf den Sturz von Frau Lima reagiert?", Told((AT_ONCE,)), Told((hour("10:43"),))),
        q(
            "War beim Sturz von Herrn Smith noch jemand im Labor?",
            Told(denies=True),
            Told((name(JOHN), "allein|alone|nur|only"), never=(name(MARY), name(ZOE))),
        ),
        q("Welche Straftaten wurden in der Woche vom 9. bis 15. November gemeldet?", Told((f"{THEFT}|bicycle|Fahrrad", VANDALISM))),
        q("Lief am Freitag um 03:14 Uhr die Kamera an der Rampe?", *ran, clips(t.fri_dock)),
        q("Was ist vom 14. November auf Video?", clips(t.sat_yard)),
        q("War Jürgen am Tag von Frau Limas Unfall auf dem Gelände?", Told(denies=True, bars=ids([t.jurgen_tue, t.jurgen_thu]))),
    ]


def _data_protection(t: Scene) -> list[Fourth]:
    strangers = t.strangers()
    first = t.week.events[0]
    assert len(strangers) == 9 and first.started_ns >= t.on(0)[0].started_ns and t.first(ANA, 2) == t.ana_dock
    seen = Counter(each.person_id for each in t.all_week if each.person_id)
    assert [who for who, often in seen.items() if often == 1] == [IGNORE.id]
    others = tuple(name(each) for each in (JOHN, MARY, ZOE, JURGEN))
    return [
        q("Von welchen Personen gibt es namentliche Einträge aus der letzten Woche?", names(*PEOPLE)),
        q("Welche Person wurde letzte Woche nur ein einziges Mal erfasst?", Told((IGNORE.name,), never=others)),
        q("Wie viele Unbekannte wurden letzte Woche aufgenommen?", Told((number(len(strangers)),)), cited(strangers)),
        q("Ab welchem Tag gibt es Aufzeichnungen?", Told((BEGINNING,))),
        q("Wann wurde Ana Lima das erste Mal erfasst?", cited([t.ana_dock], began(t.ana_dock)), Told((began(t.ana_dock),))),
        q("Wer hat sich die Clips der letzten Woche angesehen?", Back(), Told((NOT_RECORDED,))),
    ]


def _project_manager(t: Scene) -> list[Fourth]:
    alarms = [each.id for each in t.week.alerts]
    days = [number_ for number_ in range(7) if t.alerts_on(number_)]
    worst = frozenset(each.id for each in t.week.alerts if each.severity == 5)
    known = [{each.person_id for each in t.on(number_) if each.person_id} for number_ in range(7)]
    assert len(days) == 5 and worst == {t.fall, t.john_fall, t.sun} and [each for each in range(7) if not known[each]] == [5]
    return [
        q(
            "Was war letzte Woche denn so los?",
            Told((number(len(t.all_week)),)),
            Told((number(len(alarms)),)),
            raised(*alarms),
            cited([t.ana_fell, t.john_fell, t.fight]),
        ),
        q("Welche Alarme waren am dringendsten?", *(Told((), each, only=True) for each in (worst, worst - {t.sun}, frozenset({t.sun})))),
        q("An wie vielen Tagen hat es letzte Woche Alarm gegeben?", Told((number(5),)), Told(tuple(DAYS[each] for each in days))),
        q(
            "Wie viele Kameras haben wir und wo hängen die?",
            Told((number(4), YARD, DOCK, GATE, "Hall|Halle|Flur")),
            Told((YARD, DOCK, GATE, "Hall|Halle|Flur")),
        ),
        q("An welchem Tag war keiner von unseren Leuten da?", Told((DAYS[5],), never=OTHER_DAYS)),
    ]


def _dictated(t: Scene) -> list[Fourth]:
    mary = t.last(MARY, 3)
    yard = t.on(5, K.MOTION, camera="yard")
    people = [t.on(6, K.PERSON, camera="yard")[0], t.on(6, K.ZONE_VISIT, who=MARY)[0]]
    assert people[0].person_id == JOHN.id and len(yard) == 9 and set(t.alerts_on(2)) == {t.fall, t.dock}
    return [
        q("sag mir mal bitte wann mary am donnerstag heimgegangen ist", cited([mary], gone(mary)), Told((gone(mary),))),
        q("wer war denn gestern nachmittag alles im hof", names(JOHN, MARY), cited(people)),
        q("gib mir alle alarme von mittwoch", raised(t.fall, t.dock, only=True)),
        q("ist am freitag jemand hingefallen und wenn ja wer", cited([t.john_fell], name(JOHN)), Told((name(JOHN), began(t.john_fell)))),
        q("wie viel bewegung gab es am samstag auf dem hof", Told((number(9),)), cited(yard)),
        q("hat letzte woche montag einer in die kamera gewunken", *wave(t, 0)),
    ]


def _translated(t: Scene) -> list[Fourth]:
    server = t.stay(1, "z-server")
    john = t.first(JOHN, 0)
    return [
        q("Wer ist gewesen in Serverraum am Dienstag?", cited([server]), Told((name(ZOE),), never=(name(JOHN), name(MARY)))),
        q("Um welche Uhr hat John gekommen am Montag von letzte Woche?", cited([john], began(john)), Told((began(john),))),
        q("Kamera von Hof war kaputt Donnerstag, wie viele Minuten?", Told((long(minutes(t.yard_lost)),))),
        q("Mann an Tor gestern Nacht, wann er ist weggegangen?", cited([t.sun_gate], ended(t.sun_gate)), Told((ended(t.sun_gate),))),
        q("Welche Kennzeichen hat Auto von Samstag?", Back(), Told((NOT_RECORDED,))),
    ]


def _negations(t: Scene) -> list[Fourth]:
    present = {each.person_id for number_ in (3, 4) for each in t.on(number_, *SEEN) if each.person_id}
    filmed = {each.event_id for each in t.week.clips}
    bare = frozenset(each.id for each in t.week.alerts if each.event_id not in filmed)
    assert {each.id for each in PEOPLE} - present == {ANA.id, IGNORE.id} and bare == {t.john_fall, t.dock}
    return [
        q("Wer war weder am Donnerstag noch am Freitag da?", Told((name(ANA), IGNORE.name), never=(name(JOHN), name(MARY), name(ZOE)))),
        q("Zu welchen Alarmen gibt es kein Video?", Told((), bare, only=True)),
    ]


def _comparisons(t: Scene) -> list[Fourth]:
    jurgen, ana = minutes(t.jurgen_tue) + minutes(t.jurgen_thu), minutes(t.ana_dock)
    saturday, sunday = (len(t.on(each, K.MOTION, camera="yard")) for each in (5, 6))
    assert (jurgen, ana, saturday, sunday) == (37, 20, 9, 6)
    return [
        q(
            "Wer hat letzte Woche mehr Zeit an der Rampe verbracht, Ana oder Jürgen?",
            Told((name(JURGEN),), leads=(name(JURGEN), name(ANA))),
            Told((long(jurgen), long(ana))),
        ),
        q("Hat sich am Samstag im Hof mehr bewegt als am Sonntag?", Told((YES,), denies=False), Told((number(saturday), number(sunday)))),
    ]


def _follow_ups(t: Scene) -> list[Fourth]:
    lost = t.yard_lost
    then = [each for each in t.events(day(3), day(4), K.PERSON, camera="dock") if (each.ended_ns or 0) > lost.started_ns]
    mary = t.on(6, K.ZONE_VISIT, who=MARY)[0]
    assert then == [t.jurgen_thu] and lost.started_ns < (t.jurgen_thu.ended_ns or 0) < (lost.ended_ns or 0) and minutes(mary) == 10
    return [
        q(
            "und war in der Zeit jemand an der Rampe?",
            cited([t.jurgen_thu]),
            Told((name(JURGEN),), denies=False),
            before=("Wann war am Donnerstag die Kamera im Hof weg?",),
        ),
        q("Wer von den beiden blieb länger?", Told((name(MARY),), leads=(name(MARY), name(JOHN))), before=("Wer war am Sonntag im Hof?",)),
        q(
            "Und welcher davon war zuerst?",
            Told((), frozenset({t.dock}), only=True),
            Told((hour(t.alert(t.dock)),), leads=("02:00", "10:42")),
            before=("Welche Alarme hatten wir am Mittwoch?",),
        ),
    ]


def _each_and_every(t: Scene) -> list[Fourth]:
    on_camera = [sum(each.camera_id == camera for each in t.week.alerts) for camera in ("yard", "dock", "gate")]
    assert on_camera == [2, 3, 1]
    return [q("Wie verteilen sich die Alarme auf die einzelnen Kameras?", Told((YARD, DOCK, GATE, *map(number, on_camera))))]


def _before_and_after(t: Scene) -> list[Fourth]:
    later = [each for each in t.on(5) if each.started_ns > t.in_sat.started_ns]
    came = t.first(MARY, 2)
    there = {each.person_id for each in t.on(2, *SEEN) if each.started_ns < came.started_ns and each.person_id}
    assert later == [t.sat_yard, t.loiter_yard, t.fight] and there == {ZOE.id}
    return [
        q("Am Samstagabend ging jemand durch die Tür rein. Was passierte als Nächstes?", cited([t.sat_yard]), raised(t.sat)),
        q("Wer war schon da, als Mary am Mittwoch kam?", Told((name(ZOE),), never=(name(JOHN),))),
    ]


def _why(t: Scene) -> list[Fourth]:
    return [q("Weshalb ging in der Nacht auf Freitag der Alarm los?", *why_raised(t, t.fri, t.fri_dock))]


def _how_long(t: Scene) -> list[Fourth]:
    each_day = [len({each.person_id for each in t.on(number_, *SEEN) if each.person_id}) for number_ in range(5)]
    assert each_day == [3, 4, 4, 4, 2]
    return [
        q(
            "Wie viele von unseren Leuten sind im Schnitt pro Werktag da?",
            Told(("3.4|3,4",)),
            Told((*(DAYS[each] for each in range(5)), number(3), number(4), number(2))),
        )
    ]


def _first_and_last(t: Scene) -> list[Fourth]:
    sunday = t.on(6)
    assert sunday[0].kind is K.MOTION and sunday[-1] == t.sun_gate
    return [q("Was war gestern das erste und was das letzte Ereignis?", cited([sunday[0], sunday[-1]]))]


def _not_observed(t: Scene) -> list[Fourth]:
    return [
        q(
            "Hatten wir in der Nacht auf Mittwoch alle Ecken im Blick?",
            cited([t.dock_lost]),
            raised(t.dock, says=(DOCK,)),
            Told((DOCK,), denies=True),
        )
    ]


def _two_asks(t: Scene) -> list[Fourth]:
    came, office = t.first(MARY, 0), t.stay(0, "z-office")
    return [
        q(
            "Wann kam Mary am Montag letzter Woche und wie lange saß sie dann im Büro?",
            Told((began(came), hours(minutes(office)))),
            cited([came, office], began(came), ended(office)),
        )
    ]

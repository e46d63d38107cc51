"""The German half of the twelfth set, and the whole of it. Written without looking at the planner; see `chat_twelfth`."""

from dataclasses import replace
from statistics import mean

from tests.engine.history.chat_eighth import BENIGN, NOT_RECORDED, closed, names
from tests.engine.history.chat_fifth_forms import IN_GERMAN
from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import GATE, LAB, OFFICE
from tests.engine.history.chat_questions import SEEN
from tests.engine.history.chat_second import K, into, minutes
from tests.engine.history.chat_seventh import NAMELESS, YES, began, ended, gone, hour, last_night, name, number, usual
from tests.engine.history.chat_sixth import about
from tests.engine.history.chat_twelfth import FALSE, UP, at_work, english, no_days, now_here, why
from tests.engine.history.chat_verdict import NO, Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, NOW, PEOPLE, ZOE, Week, day, ns

STOLEN = "bicycle|Fahrrad|bike|theft|thefts|Diebstahl|Diebstähle|wallet|stolen|gestohlen"
SPRAYED = "sprays|sprayed|spraying|sprüht|besprüht|Graffiti|vandalism|Vandalismus|Sachbeschädigung"


def twelfth(week: Week) -> list[Fourth]:
    """The way of each says its language: what is not `IN_GERMAN` is in English."""
    t = Scene(week)
    ways = english(t) | {way + IN_GERMAN: rows for way, rows in german(t).items()}
    return [replace(each, way=way) for way, rows in ways.items() for each in rows]


def german(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "guard": _guard(t),
        "head of security": _head(t),
        "fire safety": _fire_safety(t),
        "HR": _hr(t),
        "auditor": _auditor(t),
        "cleaner": _cleaner(t),
        "operator": _operator(t),
        "technician": _technician(t),
        "negations": _negations(t),
        "comparisons": _comparisons(t),
        "follow-ups": _follow_ups(t),
        "each and every": _each_and_every(t),
        "before and after": _before_and_after(t),
        "why and why not": _why_and_why_not(t),
        "how long": _how_long(t),
        "first and last": _first_and_last(t),
        "not observed": _not_observed(t),
        "two asks": _two_asks(t),
    }


def _guard(t: Scene) -> list[Fourth]:
    saturday = [each for each in t.events(day(5, 17), day(6), camera="yard") if each.kind is K.PERSON]
    assert saturday == [t.sat_yard] and not t.events(day(7, 1), NOW, camera="gate") and not t.events(day(7), NOW, K.CROSSING)
    assert {each.person_id for each in t.on(6, zone="z-yard")} == {JOHN.id, MARY.id}
    return [
        q("wer is grad alles im gebäude", *now_here(t)),
        q("wan war der typ freitag früh an der rampe", cited([t.fri_dock]), Told((began(t.fri_dock),))),
        q("hof sa abend wieviele leute", Told((number(1),)), cited([t.sat_yard])),
        q("alles ruig am tor seit 1 uhr?", Told((f"{YES}|ruhig|quiet|{NO}",))),
        q("mit wem war mary gestern im hof", Told((name(JOHN),), never=(name(ZOE), name(ANA)))),
        q("letzter alarm wo?", Told((GATE,)), raised(t.sun)),
        q("hat heut schon jmd die vordertür benutzt", Told(denies=True)),
    ]


def _head(t: Scene) -> list[Fourth]:
    night = [each.id for each in t.week.alerts if not 6 <= into(each.raised_ns) // 3600 < 22]
    lost = [t.dock_lost, t.yard_lost, t.node]
    assert set(night) == {t.tue, t.fri, t.sat, t.sun, t.dock} and len(t.strangers()) == 9
    assert [each.category.value for each in t.week.reports].count("theft") == 2
    return [
        q("Wie verlief die letzte Nacht, bitte kurz.", *last_night(t)),
        q("Wie viele Alarme hatten wir letzte Woche nachts?", Told(("5|five|fünf",)), raised(*night, only=True)),
        q("Wie viele Unbekannte waren letzte Woche auf dem Gelände?", Told((number(9),)), cited(t.strangers())),
        q("Wurde letzte Woche etwas gestohlen?", Told((STOLEN,), denies=False)),
        q("Wie viele technische Ausfälle gab es letzte Woche?", Told((number(3),)), cited(lost)),
        q("Fassen Sie mir bitte den Samstag zusammen.", cited([t.sat_yard, t.fight]), Told((), frozenset({t.sat, t.fight.id}))),
    ]


def _fire_safety(t: Scene) -> list[Fourth]:
    at_fall = {each.person_id for each in t.during(day(2, 10, 42), day(2, 10, 45), camera="dock") if each.kind is not K.MOTION}
    then = t.during(day(1, 11, 10), day(1, 11, 11), camera="dock")
    (smoke,) = [each for each in t.week.reports if each.category.value == "fire"]
    assert at_fall == {ANA.id} and [each for each in then if each.kind is not K.MOTION] == [t.jurgen_tue]
    assert ns(day(5, 16, 40)) == smoke.occurred_ns
    return [
        q("Hat der Rauchmelder im Labor angeschlagen?", Back(), Told((NOT_RECORDED,)), Told(denies=True)),
        q("Wie viele Personen sind momentan im Haus?", Told((number(1),)), *now_here(t)),
        q("Wann wurde der Rauch gemeldet?", Told((hour("16:40"),))),
        q("Wer hielt sich am Dienstag um 11:10 Uhr an der Laderampe auf?", Told((name(JURGEN),), never=(name(ANA),))),
        q(
            "War bei Anas Sturz noch jemand an der Laderampe?",
            Told(denies=True),
            Told((name(ANA), "only|nur|alone|allein"), never=(name(JURGEN),)),
        ),
    ]


def _hr(t: Scene) -> list[Fourth]:
    arrived = [t.arrivals(JOHN, *days) for days in ((0, 1, 3, 4), (0, 1, 3, 4, 6), (0, 1, 3, 4, 7), (0, 1, 3, 4, 6, 7))]
    mary = t.last(MARY, 4)
    assert t.days_of(ZOE) == [0, 1, 2, 3] and t.days_of(JURGEN) == [1, 3] and t.days_of(ANA) == [2]
    return [
        q("Um wie viel Uhr fängt John meistens an?", *(each for seconds in arrived for each in usual(seconds))),
        q("War Zoë letzte Woche jeden Tag da?", Told(denies=True), Told((number(4),)), Told(DAYS[:4], never=no_days(4))),
        q("Wann ging Mary am Freitag heim?", Told((gone(mary),))),
        q("wie lang war john am donnerstag da", *at_work(t, JOHN, 3)),
        q("Wer ist Ana eigentlich und wann war sie hier?", cited([t.ana_dock]), cited([t.ana_fell]), Told((DAYS[2],))),
        q("An wie vielen Tagen hatten wir Jürgen letzte Woche im Haus?", Told((number(2),)), cited([t.jurgen_tue, t.jurgen_thu])),
    ]


def _auditor(t: Scene) -> list[Fourth]:
    benign = [each.id for each in t.week.alerts if each.disposition is not None and each.disposition.value == "benign"]
    seen = [each.id for each in t.week.alerts if each.state.value == "acknowledged"]
    handled = {each.subject for each in t.week.acts}
    assert benign == [t.john_fall] and seen == [t.sat] and {each.id for each in t.week.alerts} - handled == {t.sun}
    return [
        q("Wurden alle Alarme innerhalb von fünf Minuten bearbeitet?", Told(denies=True), raised(t.sun), Told((number(6), number(7)))),
        q("Wie viele Alarme wurden als harmlos eingestuft?", Told((number(1),)), raised(t.john_fall, only=True)),
        q("Wer hat den Alarm vom Dienstagabend abgeschlossen und mit welchem Ergebnis?", Told(("anna", FALSE))),
        q("Wie viele Wachleute hatten am Samstag Nachtdienst?", Back(), Told((NOT_RECORDED,))),
        q("Ist der Alarm vom Freitag an der Laderampe mit Video belegt?", clips(t.fri_dock)),
        q("Welche Alarme sind bestätigt, aber noch nicht abgeschlossen?", raised(t.sat, only=True)),
    ]


def _cleaner(t: Scene) -> list[Fourth]:
    (hall,) = [each for each in t.during(day(2, 13, 15), day(2, 13, 16), camera="hall") if each.kind is not K.MOTION]
    office = t.stay(4, "z-office")
    assert hall.person_id == IGNORE.id and t.events(day(0), NOW, zone="z-office")[-1] == office
    return [
        q("Im Labor brennt noch Licht, ist da noch wer drin?", Told((name(JOHN),), never=(name(MARY),)), cited([t.john_lab])),
        q("Wer war am Mittwoch so um Viertel nach eins im Flur?", cited([hall]), names(IGNORE)),
        q("Wann war zuletzt jemand im Büro?", cited([office]), Told((f"{began(office)}|{ended(office)}", DAYS[4]))),
        q("an der wand draussen ist farbe, hat da jemand was gemeldet?", Told((SPRAYED,), denies=False)),
        q("Kann ich jetzt ins Büro oder arbeitet da wer?", Told((f"leer|empty|free|frei|{NO}",), never=(name(JOHN), name(ZOE)))),
    ]


def _operator(t: Scene) -> list[Fourth]:
    open_still = {each.id: int(each.severity) for each in t.week.alerts if each.id not in closed(t)}
    assert max(open_still, key=lambda each: open_still[each]) == t.sun and len(open_still) == 2
    filmed = [each.event_id for each in t.week.clips if ns(day(6)) <= each.started_ns < ns(day(7))]
    assert filmed == [t.sun_gate.id]
    return [
        q("tor 23:55 wer war das", Told((NAMELESS,)), cited([t.sun_gate])),
        q("clips von gestern", clips(t.sun_gate)),
        q("Sturz Labor, wann genau", Told((began(t.john_fell),)), cited([t.john_fell])),
        q("schnell: offene Alarme, höchste Stufe zuerst", raised(t.sun), raised(t.sat, t.sun)),
        q("wo steckt john", Told((LAB,)), cited([t.john_lab])),
    ]


def _technician(t: Scene) -> list[Fourth]:
    assert minutes(t.yard_lost) == 20 and [each.kind for each in t.all_of(K.NODE_LOST)] == [K.NODE_LOST]
    return [
        q("Seit wann läuft die Kamera an der Laderampe wieder?", Told((ended(t.dock_lost),)), cited([t.dock_lost], DAYS[2])),
        q("welche knoten hatten aussetzer", Told(("South node",), never=("North node",)), cited([t.node])),
        q("Wie lange hatte die Hofkamera am Donnerstag kein Bild?", Told((long(20),)), cited([t.yard_lost], began(t.yard_lost))),
        q("Zeichnet die Torkamera gerade auf?", Told((f"{YES}|{UP}",), denies=False)),
        q("Wann war Marys Handy am Donnerstag weg?", Told((began(t.phone),)), cited([t.phone])),
    ]


def _negations(t: Scene) -> list[Fourth]:
    quiet = [each for each in range(7) if not t.alerts_on(each)]
    in_hall = {each.person_id for each in t.events(day(0), day(7), camera="hall") if each.person_id}
    assert quiet == [0, 3] and {each.id for each in PEOPLE} - in_hall == {JURGEN.id, ANA.id}
    return [
        q("An welchen Tagen letzte Woche gab es gar keinen Alarm?", Told((DAYS[0], DAYS[3]), never=no_days(1, 2, 4, 5))),
        q("Wer von unseren Leuten war letzte Woche nie im Flur?", Told((name(JURGEN), name(ANA)), never=(name(JOHN), name(ZOE)))),
    ]


def _comparisons(t: Scene) -> list[Fourth]:
    monday, wednesday = t.first(ZOE, 0), t.first(ZOE, 2)
    saturday, sunday = t.per_day()[5:7]
    assert into(monday.started_ns) < into(wednesday.started_ns) and saturday > sunday
    return [
        q(
            "Kam Zoë am Montag letzter Woche oder am Mittwoch früher?",
            Told((DAYS[0],), never=no_days(2)),
            Told((began(monday), began(wednesday))),
        ),
        q(
            "War am Samstag oder am Sonntag mehr los?",
            Told((DAYS[5],), never=no_days(6)),
            Told((DAYS[5],), leads=("Sat", "Sam", "Sun", "Son")),
            Told((str(saturday), str(sunday))),
        ),
    ]


def _follow_ups(t: Scene) -> list[Fourth]:
    john, mary = t.last(JOHN, 6), t.last(MARY, 6)
    anna = frozenset(each.id for each in t.week.alerts if each.assignee == "anna")
    assert (john.ended_ns or 0) < (mary.ended_ns or 0) and anna - closed(t) == {t.sat}
    return [
        q(
            "Wer von beiden ging zuerst?",
            Told((name(JOHN),), leads=(name(JOHN), name(MARY))),
            Told((ended(john), ended(mary))),
            before=("Wer war am Sonntag im Hof?",),
        ),
        q("Und welche davon sind noch offen?", raised(t.sat, only=True), before=("Welche Alarme hat Anna?",)),
    ]


def _each_and_every(t: Scene) -> list[Fourth]:
    lost = [t.dock_lost, t.yard_lost]
    assert [minutes(each) for each in lost] == [90, 20]
    return [
        q(
            "Wie lange fiel letzte Woche jede einzelne Kamera aus?",
            Told((long(90), long(20))),
            cited(lost, *(f"{began(each)}|{ended(each)}" for each in lost)),
        )
    ]


def _before_and_after(t: Scene) -> list[Fourth]:
    came = {who.name: t.first(who, 3).started_ns for who in PEOPLE if t.on(3, *SEEN, who=who)}
    later = [who for who, at_ns in came.items() if at_ns > came[JOHN.name]]
    before = [each for each in t.on(5) if each.started_ns < t.sat_yard.started_ns]
    assert later == [ZOE.name, JURGEN.name] and before[-1] == t.in_sat
    return [
        q("Wer kam am Donnerstag nach John noch rein?", Told((name(ZOE),), never=(name(MARY),))),
        q("Was war am Samstag das Letzte, bevor um 22:47 der Unbekannte im Hof auftauchte?", cited([t.in_sat])),
    ]


def _why_and_why_not(t: Scene) -> list[Fourth]:
    return [
        q("Warum hat der Sturz von John einen Alarm ausgelöst?", *why(t, t.john_fall, t.john_fell), Told((BENIGN,))),
        q("Wieso hat Anna den Alarm vom Dienstag zugemacht?", Told((FALSE,))),
    ]


def _how_long(t: Scene) -> list[Fourth]:
    middle = mean(minutes(each) for each in t.strangers("gate"))
    assert middle == 5.75
    exact = "5.8 min|5,8 min|5.75 min|5,75 min|5 min 45 s|5 Minuten 45 Sekunden|5,8 Minuten|5,75 Minuten|5:45"
    return [q("Wie lange bleiben Unbekannte im Schnitt am Tor?", Told((f"{about(middle)}|{exact}",)))]


def _first_and_last(t: Scene) -> list[Fourth]:
    zoe = t.first(ZOE, 2)
    assert t.on(2, *SEEN)[0] == zoe
    return [q("Wer war am Mittwoch als Erste im Haus und wann?", Told((name(ZOE), began(zoe))))]


def _not_observed(t: Scene) -> list[Fourth]:
    return [q("Wann war der Hof letzte Woche nicht einsehbar?", cited([t.yard_lost]), Told((began(t.yard_lost), ended(t.yard_lost))))]


def _two_asks(t: Scene) -> list[Fourth]:
    mary = t.first(MARY, 1)
    return [q("Wann kam Mary am Dienstag und in welchem Raum war sie danach?", Told((began(mary), OFFICE)))]

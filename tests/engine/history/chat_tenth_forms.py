"""The German half of the tenth set, and the whole of it. Written without looking at the planner; see `chat_tenth`."""

from collections import Counter
from dataclasses import replace

from tests.engine.history.chat_eighth import closed, hours, hurt, names
from tests.engine.history.chat_fifth_forms import IN_GERMAN
from tests.engine.history.chat_fourth import UNKNOWN, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, LAB
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, minutes
from tests.engine.history.chat_seventh import YARD, YES, began, ended, gone, last_night, name, number, usual, why_raised
from tests.engine.history.chat_tenth import NOBODY_YET, QUIET, at_night, english, every_clip, in_now, in_short, other_days, weekday
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, ZOE, Week, day

BENIGN = "benign|no threat|harmless|genuine|unbedenklich|harmlos|keine Gefahr|keine Bedrohung|gutartig|ungefährlich"
SPRAYED = "Vandalism|Vandalismus|sprays|sprayed|wall|Sachbeschädigung|Wand|besprüht"
DONE = "5 of 7|5 von 7|5 out of 7|fünf von sieben|5/7|71 %|71%|71 Prozent|71,4 %|71,4%|71,4 Prozent|71.4 %|71.4%|71.4 percent|71 percent"
HEARD = "yes|ja|all|alle|both|beide|2|two|zwei"
ALL_HEARD = "no node|no nodes|none of the nodes|kein Knoten|kein Funkknoten|keiner der Knoten|no node is"
NO_PICTURE = "No picture|kein Bild"
HALL, GATE = "Hall|Halle|Flur|Eingangshalle", "Front gate|Tor|Haupttor|Eingangstor"


def tenth(week: Week) -> list[Fourth]:
    """The way of each says its language: what is not `IN_GERMAN` is in English."""
    t = Scene(week)
    ways = english(t) | {way + IN_GERMAN: rows for way, rows in german(t).items()}
    return [replace(each, way=way) for way, rows in ways.items() for each in rows]


def german(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "shift leader": _shift_leader(t),
        "police": _police(t),
        "reception": _reception(t),
        "works council": _works_council(t),
        "electrician": _electrician(t),
        "boss": _boss(t),
        "negations": _negations(t),
        "comparisons": _comparisons(t),
        "follow-ups": _follow_ups(t),
        "each and every": _each_and_every(t),
        "before and after": _before_and_after(t),
        "why": _why(t),
        "how long": _how_long(t),
        "first and last": _first_and_last(t),
        "not observed": _not_observed(t),
        "two conditions": _two_conditions(t),
    }


def _shift_leader(t: Scene) -> list[Fourth]:
    evening = [each for each in t.events(day(5, 18), day(6)) if each.kind is not K.MOTION]
    taken = [each.id for each in t.week.alerts if each.assignee == "bertil"]
    halfway = [each.id for each in t.week.alerts if each.state.value == "acknowledged"]
    assert evening == [t.in_sat, t.sat_yard, t.loiter_yard, t.fight] and not set(taken) & set(t.alerts_on(5, 6, 7)) and halfway == [t.sat]
    assert [each for each in t.during(day(7), day(7, 6))] == [t.sun_gate] and t.alert(t.sun) == "23:55"
    return [
        q("Was gibts von der Nachtschicht zu übergeben?", *last_night(t)),
        q("ist der Alarm von 23:55 schon quittiert", Told(denies=True), raised(t.sun, says=(NOBODY_YET,))),
        q("wer is grad alles im haus", *in_now(t)),
        q("War zwischen Mitternacht und 6 was los?", *QUIET, cited([t.sun_gate])),
        q("was hatten wir am Samstagabend alles", cited([t.sat_yard, t.fight]), Told((), frozenset({t.sat, t.fight.id}))),
        q("welcher Alarm ist angenommen, aber noch nicht abgeschlossen?", Told((), frozenset({t.sat}), bars=closed(t))),
        q("Hat der Bertil am Wochenende was bearbeitet?", Told(denies=True, bars=frozenset(taken))),
    ]


def _police(t: Scene) -> list[Fourth]:
    tuesday = t.on(1, *SEEN, who=JOHN)
    came, left = t.first(ZOE, 3), t.last(ZOE, 3)
    assert len(tuesday) == 3 and len([each for each in t.week.reports if each.category.value == "vandalism"]) == 1
    night = at_night(t)
    (sunday,) = [each for each in t.on(6, K.PERSON) if each.person_id]
    return [
        q("Wo hat sich Herr Smith am Dienstag überall aufgehalten?", cited(tuesday)),
        q("Wann war der Mann von Freitag früh wieder weg von der Rampe?", Told((ended(t.fri_dock),))),
        q("haben Sie Bilder von der Schlägerei", Told(denies=True, bars=every_clip(t))),
        q("Mit wem war Frau O'Brien am Sonntag zusammen?", Told((name(JOHN),), never=(name(ZOE),)), cited([sunday])),
        q("Frau Müller am Donnerstag: wann gekommen, wann gegangen?", Told((began(came), gone(left)))),
        q("Wie viele Fremde waren letzte Woche nachts auf dem Gelände?", Told((number(len(night)),)), cited(night), Told((number(4),))),
        q("Kennt das System einen Thomas Berger?", Told(denies=True), Told((UNKNOWN,)), Back()),
    ]


def _reception(t: Scene) -> list[Fourth]:
    (odd,) = t.on(2, who=IGNORE)
    left = t.departures(ZOE)
    late = t.last(JOHN, 4)
    assert t.in_tue.person_id == MARY.id
    assert max(t.on(4, *SEEN), key=lambda each: each.ended_ns or 0) == late and not t.on(7, who=MARY)
    return [
        q("Herr Smith im Haus?", Told((name(JOHN),), ids([t.john_lab]), denies=False), Told((name(JOHN), LAB))),
        q("wann macht Zoë normalerweise feierabend", *usual(left), *usual([each - 120 for each in left])),
        q("war Jürgen am Dienstag da und wann genau?", cited([t.jurgen_tue], began(t.jurgen_tue))),
        q("Wer kam am Mittwoch um viertel nach eins rein?", cited([odd]), Told((name(IGNORE),))),
        q("hat heut schon wer die Mary gesehen", Told(denies=True)),
        q("Ging am Dienstagmittag jemand durch die Vordertür?", cited([t.in_tue])),
        q("Wer war Freitag als Letzter noch da?", Told((name(JOHN),), leads=(name(JOHN), name(MARY))), cited([late])),
    ]


def _works_council(t: Scene) -> list[Fourth]:
    weekend = {each.person_id for each in t.events(day(5), day(7)) if each.person_id}
    thursday = t.on(3, *SEEN, who=MARY)
    waves = [each for each in t.all_week if each.kind is K.GESTURE]
    lab = t.events(day(0), day(7), zone="z-lab")
    filmed = {each.person_id for each in t.week.events if each.id in {clip.event_id for clip in t.week.clips}} - {""}
    assert weekend == {JOHN.id, MARY.id} and len(thursday) == 3 and len(waves) == 3 and {each.person_id for each in lab} == {JOHN.id}
    assert filmed == {ANA.id} and not t.on(4, who=ZOE)
    return [
        q("Von welchen Mitarbeitern gibt es Aufzeichnungen vom Wochenende?", names(JOHN, MARY)),
        q("was wurde am donnerstag über Mary aufgezeichnet", cited(thursday)),
        q("Wie oft wurde Jürgen letzte Woche erfasst?", Told((number(2),)), cited([t.jurgen_tue, t.jurgen_thu])),
        q("Wie viele Gesten wurden registriert und von wem?", Told((number(len(waves)), name(JOHN))), cited(waves, name(JOHN))),
        q("Wer ist letzte Woche im Labor erfasst worden?", Told((name(JOHN),), never=(name(MARY), name(ZOE), name(ANA))), cited(lab)),
        q("sind Kolleginnen oder Kollegen auf gespeicherten Videos zu sehen?", clips(t.ana_fell), Told((name(ANA),), denies=False)),
        q("wurde Zoë am Freitag irgendwo erfasst", Told(denies=True)),
        q("Wer hat den Sturz von John bearbeitet und mit welchem Ergebnis?", Told(("anna", BENIGN))),
    ]


def _electrician(t: Scene) -> list[Fourth]:
    lost = [t.dock_lost, t.yard_lost]
    alerted = {each.event_id for each in t.week.alerts}
    assert t.yard_lost.id not in alerted and t.dock_lost.id in alerted and minutes(t.node) == 45
    return [
        q("Welche Kameras waren letzte Woche gestört?", Told((DOCK, YARD), never=("Hall", "Front gate")), cited(lost)),
        q("seit wann läuft die hofkamera wieder", Told((ended(t.yard_lost),))),
        q("Gab es Probleme mit dem South node?", cited([t.node])),
        q("warum war die Kamera an der Rampe Mittwoch nachts weg", cited([t.dock_lost]), raised(t.dock), Told((NO_PICTURE,))),
        q("wie lange fehlte am Freitag ein Knoten", Told((long(45),)), cited([t.node], began(t.node), ended(t.node))),
        q("war am Tor irgendwann mal das Bild weg?", Told(denies=True)),
        q(
            "Wie viele Ausfälle hatten wir, Kameras und Knoten zusammen?",
            Told((number(3),)),
            Told((number(2), number(1))),
            cited([*lost, t.node]),
        ),
        q("melden sich beide Knoten?", Told((HEARD,), denies=False), Told((ALL_HEARD,))),
    ]


def _boss(t: Scene) -> list[Fourth]:
    handlers = Counter(each.assignee for each in t.week.alerts if each.assignee)
    true = frozenset(each.id for each in t.week.alerts if each.disposition is not None and each.disposition.value == "true")
    events = [len(t.on(index)) for index in range(7)]
    night = at_night(t)
    assert set(handlers) == {"anna", "bertil"} and len(true) == 3 and len(closed(t)) == 5 and len(t.days_of(ZOE)) == 4
    assert min(events) == events[6] and sorted(events)[1] > events[6]
    few = [len([each for each in t.on(index) if each.kind is not K.MOTION]) for index in range(7)]
    assert few.index(min(few)) == 6
    return [
        q("Kurz und knapp: was war letzte Woche wichtig?", *in_short(t)),
        q("Wie viele Alarme waren berechtigt?", Told((number(len(true)),)), Told((), true, only=True)),
        q("wieviel Prozent der Alarme sind erledigt", Told((DONE,)), Told((number(5), number(7)))),
        q("Wer arbeitet bei uns eigentlich die Alarme ab?", Told(("anna", "bertil"))),
        q("Ist letzte Woche jemand zu Schaden gekommen?", *hurt(t)),
        q("nachts Fremde auf dem Gelände gehabt?", raised(t.tue, t.fri, t.sat, t.sun), cited(night)),
        q("an wie vielen Tagen war Zoë da", Told((number(4),)), Told(tuple(weekday(index) for index in t.days_of(ZOE)))),
        q("An welchem Tag war am wenigsten los?", Told((weekday(6),), never=other_days(6)), Told((weekday(0), weekday(3)))),
    ]


def _negations(t: Scene) -> list[Fourth]:
    lost = {each.camera_id for each in t.all_of(K.CAMERA_LOST)}
    filmed = {each.event_id for each in t.week.clips}
    assert lost == {"dock", "yard"} and t.ana_fell.id in filmed and t.john_fell.id not in filmed
    return [
        q(
            "Welche Kameras sind letzte Woche kein einziges Mal ausgefallen?",
            *(Told((HALL, GATE), leads=(each, "Yard", "Loading dock")) for each in ("Hall", "Front gate")),
        ),
        q(
            "Welcher der beiden Stürze ist nicht gefilmt worden?",
            cited([t.john_fell], bars=[t.ana_fell]),
            Told((name(JOHN),), never=(name(ANA),)),
            raised(t.john_fall, only=True),
        ),
    ]


def _comparisons(t: Scene) -> list[Fourth]:
    mary, john = t.first(MARY, 3), t.first(JOHN, 3)
    assert mary.started_ns < john.started_ns and len(t.all_of(K.FALL)) == 2 and len(t.all_of(K.FIGHT)) == 1
    return [
        q(
            "Wer kam am Donnerstag früher, John oder Mary?",
            Told((name(MARY),), leads=(name(MARY), name(JOHN))),
            Told((began(mary), began(john))),
        ),
        q("Gab es letzte Woche mehr Stürze als Schlägereien?", Told((YES,), denies=False), Told((number(2), number(1)))),
    ]


def _follow_ups(t: Scene) -> list[Fourth]:
    assert minutes(t.jurgen_thu) == 25 and t.last(JURGEN) == t.jurgen_thu and t.fight.started_ns - t.sat_yard.started_ns == 18 * 60 * 10**9
    return [
        q(
            "Und wie lange ist er geblieben?",
            Told((long(25),)),
            cited([t.jurgen_thu], ended(t.jurgen_thu)),
            before=("Wann war Jürgen zuletzt hier?",),
        ),
        q("ist ihm da was passiert?", cited([t.john_fell]), raised(t.john_fall), before=("War John am Freitag hier?",)),
        q("und was war kurz danach am Tor los?", cited([t.fight]), before=("Wer war am Samstag gegen 22:47 im Hof?",)),
    ]


def _each_and_every(t: Scene) -> list[Fourth]:
    lost = (minutes(t.dock_lost), minutes(t.yard_lost))
    assert lost == (90, 20)
    both = [t.dock_lost, t.yard_lost]
    from_to = tuple(each for event in both for each in (began(event), ended(event)))
    return [q("Wie lange war jede der ausgefallenen Kameras weg?", Told(tuple(hours(each) for each in lost)), cited(both, *from_to))]


def _before_and_after(t: Scene) -> list[Fourth]:
    mary, zoe = t.last(MARY, 2), t.last(ZOE, 2)
    after = {each.person_id for each in t.on(2, *SEEN) if each.started_ns > mary.started_ns} - {""}
    assert after == {ZOE.id} and zoe.started_ns > mary.started_ns
    return [q("Wer ist am Mittwoch erst nach Mary heimgegangen?", Told((name(ZOE),), never=(name(JOHN), name(ANA))), cited([zoe]))]


def _why(t: Scene) -> list[Fourth]:
    (noon,) = [each for each in t.strangers("gate") if each in t.on(3)]
    assert [each.id for each in t.week.decisions if each.event_id == noon.id] == [t.held[1]]
    return [
        q(
            "Wieso blieb es am Donnerstagmittag ruhig, obwohl ein Unbekannter am Tor war?",
            Told((), frozenset({t.held[1]})),
            Told(("schedule|Zeitplan|scheduled",)),
        ),
        q("Weshalb wurde in der Nacht auf Mittwoch wegen des Hofs alarmiert?", *why_raised(t, t.tue, t.tue_yard)),
    ]


def _how_long(t: Scene) -> list[Fourth]:
    stays = t.visits(JOHN, "z-lab")
    assert sum(stays) / len(stays) == 196.5 and sorted(stays) == [181, 193, 205, 207]
    middles = "|".join(hours(each) for each in (196, 197, 199))
    return [q("Wie lange hält sich John im Schnitt im Labor auf?", Told((middles,)), Told((hours(181), hours(207))))]


def _first_and_last(t: Scene) -> list[Fourth]:
    last = max(t.on(4, K.MOTION, camera="dock"), key=lambda each: each.started_ns)
    assert began(last).startswith("20:25")
    return [q("Wann hat sich am Freitag zum letzten Mal was an der Laderampe bewegt?", Told((began(last),)))]


def _not_observed(t: Scene) -> list[Fourth]:
    times = began(t.dock_lost), ended(t.dock_lost)
    return [q("Welche Zeit fehlt uns am Mittwoch von der Rampe?", cited([t.dock_lost]), Told(times), Told((hours(90),)))]


def _two_conditions(t: Scene) -> list[Fourth]:
    here = {each.person_id for each in t.on(2, *SEEN)} - {""}
    roomed = {each.person_id for each in t.on(2, K.ZONE_VISIT)}
    assert here - roomed == {ANA.id, IGNORE.id}
    return [
        q("Wer war am Mittwoch da, aber weder im Büro noch im Serverraum?", Told((name(ANA), name(IGNORE)), never=(name(MARY), name(ZOE))))
    ]

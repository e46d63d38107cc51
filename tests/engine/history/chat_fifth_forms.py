"""The German half of the fifth set, and the whole of it. Written without looking at the planner; see `chat_fifth`."""

from dataclasses import replace

from tests.engine.history.chat_fifth import english
from tests.engine.history.chat_fourth import AHEAD, UNKNOWN, Fourth, Scene, at, cited, count, left, long, q, raised, until
from tests.engine.history.chat_fourth_forms import DOCK, OFFICE, SERVER, TOMORROW
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, minutes
from tests.engine.history.chat_verdict import NO, Back, Told
from tests.fakes.week import ANA, JOHN, JURGEN, MARY, ZOE, Week, day

LAB, YARD = "Lab|Labor", "Yard|Hof"
IN_GERMAN = " in German"


def fifth(week: Week) -> list[Fourth]:
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
        "bad keyboard": _keyboard(t),
        "terse": _terse(t),
        "chatty": _chatty(t),
        "follow-ups": _follow_ups(t),
        "formal or colloquial": [*_formal(t), *_colloquial(t)],
    }


def _night_guard(t: Scene) -> list[Fourth]:
    real = "true|genuine|real|echt|wahr|zutreffend|berechtigt|begründet"
    return [
        q("wer war letzte nacht nach zwölf noch am tor?", cited([t.sun_gate], f"{at(t.sun_gate)}|{until(t.sun_gate)}")),
        q("alarm rampe freitag 3 uhr 14, war der echt?", raised(t.fri, says=(real,))),
        q("welche alarme sind noch nicht abgearbeitet", raised(t.sat, t.sun, only=True)),
    ]


def _manager(t: Scene) -> list[Fourth]:
    alerts = [each.camera_id for each in t.week.alerts]
    most = max(set(alerts), key=alerts.count)
    saturday = len(t.on(5, camera="yard"))
    sundays = [len(t.on(6, camera="yard")), len(t.on(6, camera="yard")) + len(t.on(6, zone="z-yard"))]
    assert most == "dock" and saturday > max(sundays)
    return [
        q("Wie viele Fehlalarme hatten wir seit Montag letzter Woche?", Told((count(t.judged("false")),)), raised(t.tue, only=True)),
        q(
            "Welche Kamera verursacht die meisten Alarme?",
            Told((DOCK, count(alerts.count(most))), leads=("Loading dock", "Yard", "Front gate")),
        ),
        q(
            "Um wie viele Ereignisse war der Samstag im Hof unruhiger als der Sonntag?",
            Told((str(saturday), "|".join(count(each) for each in sundays))),
            Told(("|".join(count(saturday - each) for each in sundays),)),
        ),
    ]


def _investigator(t: Scene) -> list[Fourth]:
    came = {who.name: t.first(who, 3) for who in (MARY, JOHN, ZOE)}
    order = tuple(sorted(came, key=lambda name: came[name].started_ns))
    john = t.first(JOHN, 4)
    apart = [(john.started_ns - each) // (60 * 10**9) for each in (t.fri_dock.started_ns, t.fri_dock.ended_ns or 0)]
    days = {who.name: len(t.days_of(who, 0, 1, 2, 3, 4)) for who in (JOHN, MARY, ZOE, JURGEN, ANA)}
    often, seldom = tuple(name for name in days if days[name] >= 3), tuple(name for name in days if days[name] < 3)
    others = [each for each in t.during(day(4, 14, 5), day(4, 14, 6), zone="z-lab") if each.person_id != JOHN.id]
    assert often and seldom and not others and t.fight.id not in {each.event_id for each in t.week.alerts}
    return [
        q(
            "In welcher Reihenfolge trafen John Smith, Mary-Ann O'Brien und Zoë Müller am Donnerstag, dem 12. November, ein?",
            Told((*order, *(at(came[each]) for each in order)), leads=order),
        ),
        q(
            "Gibt es für den 11. November zwischen 3 und 4 Uhr Bilder von der Laderampe?",
            Told((until(t.dock_lost),)),
            Told((), ids([t.dock_lost]), denies=True),
            Back(("bild",)),
        ),
        q(
            "Wie viel Zeit verging am Freitag zwischen der unbekannten Person an der Laderampe und dem Eintreffen von John Smith?",
            Told(("|".join(long(each) for each in apart),)),
        ),
        q("Wurde zu der Schlägerei vom 14. November ein Alarm ausgelöst?", Told(denies=True)),
        q("Wer war vom 9. bis 13. November an mindestens drei Tagen im Gebäude?", Told(often, never=seldom)),
        q("Befand sich außer John Smith noch jemand im Labor, als er stürzte?", Told(denies=True)),
    ]


def _newcomer(t: Scene) -> list[Fourth]:
    assert set(t.alerts_on(2)) == {t.dock, t.fall}
    return [
        q("welche Räume überwacht ihr hier eigentlich?", Told((LAB, OFFICE, SERVER)), Back()),
        q("wer ist diese Ana und wann war sie hier?", cited([t.ana_dock], f"{at(t.ana_dock)}|{at(t.ana_fell)}")),
        q("wieso hat es am Mittwoch zweimal Alarm gegeben?", raised(t.dock, t.fall)),
        q("muss ich mich noch um irgendeinen Alarm kümmern?", raised(t.sat, t.sun, only=True)),
        q("was war da am Donnerstag mit der Kamera 1?", cited([t.yard_lost], at(t.yard_lost)), Back()),
        q("kommt die Person, die Sonntag um Mitternacht am Tor war, öfter her?", Told((UNKNOWN,)), Back()),
    ]


def _foreign(t: Scene) -> list[Fourth]:
    zoe = t.last(ZOE, 2)
    assert not t.on(7, *SEEN, who=MARY)
    return [
        q("Ich suche Mary, ist sie heute gekommen oder nicht?", Told(denies=True)),
        q("Um wieviel Uhr Zoë ist am Mittwoch nach Hause gegangen?", cited([zoe], left(zoe))),
        q("Welche Mensch war Dienstag in Nacht in Hof?", cited([t.tue_yard, t.again], at(t.tue_yard))),
        q("Alarm von Samstag hat schon jemand fertig gemacht?", Told((), frozenset({t.sat}), denies=True)),
        q("Wer kommt morgen in der Früh als erste?", AHEAD, TOMORROW),
        q("John und Mary am Sonntag zusammen wo waren?", Told((YARD,))),
    ]


def _keyboard(t: Scene) -> list[Fourth]:
    mary = t.last(MARY, 1)
    return [
        q("wer wra am miitwoch im bruo", cited([t.stay(2, "z-office")], MARY.name)),
        q("wieviele alrame gab s letze woche", Told((count(len(t.week.alerts)),))),
        q("wan ist mray am dinestag gegagnen", cited([mary], left(mary))),
        q("kamrea rampe ausgefaln wie lagne", cited([t.dock_lost], long(minutes(t.dock_lost)))),
        q("schlägrei am smastag welche uhzreit", cited([t.fight], at(t.fight))),
        q("wie wram wars gestren im serverruam", Back(("wram|warm",))),
    ]


def _terse(t: Scene) -> list[Fourth]:
    here = [each.person for each in t.week.events if each.ended_ns is None]
    assert here == [JOHN.name] and not t.on(3, zone="z-lab", who=ZOE)
    bertil = [each.id for each in t.week.alerts if each.assignee == "bertil"]
    return [
        q("kennzeichen lieferwagen do", Back(("kennzeichen|lieferwagen",))),
        q("zoe do labor?", Told(denies=True)),
        q("paket für mary da?", Back(("paket",))),
        q("alarme bertil", raised(*bertil, only=True), Told((count(len(bertil)),))),
        q("funkknoten ausfall dauer", cited([t.node], long(minutes(t.node)))),
        q("jetzt im haus", Told((JOHN.name,), never=(MARY.name, ZOE.name, JURGEN.name))),
    ]


def _chatty(t: Scene) -> list[Fourth]:
    office = t.stay(1, "z-office")
    return [
        q(
            "Grüß Sie, ich hab da mal eine Frage: hat am Donnerstag eigentlich jemand an der Rampe gestanden, und wenn ja, wer?",
            cited([t.jurgen_thu], JURGEN.name),
        ),
        q(
            "Also mir wurde gesagt, die Kamera im Hof hätte letzte Woche mal kein Bild gehabt. Können Sie nachsehen, wann genau das war?",
            cited([t.yard_lost], at(t.yard_lost)),
        ),
        q(
            "Entschuldigung, ich komme gerade erst rein - ist von den dreien, also John, Mary und Zoë, schon jemand da?",
            Told((JOHN.name,), denies=False),
        ),
        q(
            "Schönen guten Morgen! Der Chef will wissen, wie lange Frau O'Brien am Dienstag im Büro gesessen hat. Danke schon mal!",
            cited([office], long(minutes(office))),
        ),
        q("Mal unter uns: hat der Typ vom Sonntag eine Waffe dabei gehabt?", Back(("waffe",))),
        q("Ach ja, und was war noch gleich am Freitag um Viertel nach drei in der Früh los?", cited([t.fri_dock], at(t.fri_dock))),
    ]


def _follow_ups(t: Scene) -> list[Fourth]:
    zoe = t.last(ZOE, 0)
    (tuesday,) = t.came(1)
    wednesday = t.came(2)[0] - tuesday
    gate = len(t.on(6, camera="gate"))
    assert wednesday and JURGEN.name in tuesday
    return [
        q("War sonst noch jemand dort?", Told((MARY.name,)), before=("War John am Sonntag im Hof?",)),
        q("Und warum?", raised(t.sat, t.why[t.sat]), before=("Welche Alarme gab es am Samstag?",)),
        q("Und wann ging sie wieder?", cited([zoe], left(zoe)), before=("Wann kam Zoë am Montag letzter Woche?",)),
        q(
            "Und die vom Hof?",
            cited([t.yard_lost], long(minutes(t.yard_lost))),
            before=("Wie lange war die Kamera an der Laderampe ausgefallen?",),
        ),
        q("Und tags zuvor?", Told(tuple(sorted(tuesday)), never=tuple(sorted(wednesday))), before=("Wer war am Mittwoch da?",)),
        q("Dasselbe für Sonntag.", Told((count(gate),)), before=("Wie viele Ereignisse gab es am Samstag am Tor?",)),
    ]


def _formal(t: Scene) -> list[Fourth]:
    lab = t.stay(4, "z-lab")
    gate, dock = (len(t.events(day(0), day(7), K.MOTION, camera=camera)) for camera in ("gate", "dock"))
    known = [each for each in t.on(5) if each.person_id]
    assert not known
    return [
        q("Könnten Sie mir bitte mitteilen, wann das Labor am Freitag betreten wurde?", cited([lab], at(lab))),
        q(
            "Ist es zutreffend, dass am Samstag keine bekannte Person auf dem Gelände war?",
            Told((f"{NO}|ja|yes",), never=(JOHN.name, MARY.name, ZOE.name, JURGEN.name, ANA.name)),
        ),
        q(
            "Bitte stellen Sie die Bewegungen am Tor und an der Laderampe in der vergangenen Woche einander gegenüber.",
            Told((count(gate), count(dock))),
        ),
        q(
            "Wer hat den Alarm zum Sturz von Herrn Smith abgeschlossen, und wie wurde er bewertet?",
            raised(t.john_fall, says=("anna", "benign|harmlos|unbedenklich|unkritisch|gutartig")),
        ),
        q("Liegen Aufzeichnungen aus der ersten Novemberwoche vor?", Told((UNKNOWN,)), Told(denies=True)),
        q("Mit welchem Fahrzeug kam Jürgen am Donnerstag?", Back(("fahrzeug",))),
    ]


def _colloquial(t: Scene) -> list[Fourth]:
    waves = t.all_of(K.GESTURE)
    return [
        q("is der chef heut schon aufgetaucht?", Back(("chef",))),
        q("war der thomas gestern auch im hof?", Back(("thomas",))),
        q("wie oft hat der john letzte woche gewunken", Told((count(len(waves)),))),
        q(
            "hat sich am samstag einer im hof rumgedrückt, und wie lang",
            cited([t.loiter_yard], long(minutes(t.loiter_yard))),
            Back(("rumgedr",)),
        ),
        q(
            "kann mir einer sagen, ob die rampe mittwoch nachts um halb drei überhaupt geguckt hat",
            Told((), ids([t.dock_lost]), denies=True),
            Back(("geguckt",)),
        ),
        q("hab ich am wochenende was verpasst am tor?", Told((), ids([t.fight, t.sun_gate]), denies=False)),
    ]

"""The German half of the sixth set, and the whole of it. Written without looking at the planner; see `chat_sixth`."""

from dataclasses import replace
from statistics import mean

from tests.engine.history.chat_fifth_forms import IN_GERMAN, LAB, YARD
from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, at, cited, clips, count, left, long, q, raised, until
from tests.engine.history.chat_fourth_forms import DOCK, GATE, OFFICE, SERVER
from tests.engine.history.chat_questions import SEEN
from tests.engine.history.chat_second import K, minutes
from tests.engine.history.chat_sixth import NOT_ON_RECORD, STAFF, UNNAMED, english, tenth
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, IGNORE, JOHN, JURGEN, MARY, NOW, ZOE, Week, day, ns

YES = Told(("yes|ja",), denies=False)


def sixth(week: Week) -> list[Fourth]:
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
        "follow-ups": _follow_ups(t),
        "comparisons": _comparisons(t),
        "not to be known": _not_known(t),
        "near-misses": _near_misses(t),
        "relative times": _relative_times(t),
    }


def _night_guard(t: Scene) -> list[Fourth]:
    noon = t.on(3, K.PERSON, camera="gate")[0]
    assert not noon.person_id
    return [
        q("Moin, sag mal, was war heut nacht alles so los?", cited([t.sun_gate], at(t.sun_gate))),
        q(
            "funkknoten süd, läuft der wieder?",
            cited([t.node], until(t.node)),
            Told(("yes|ja|heard|gehört|running|läuft",), denies=False),
            Back(("süd",)),
        ),
        q("am do um 1230 stand einer am tor, kennen wir den und wie lang war er da", cited([noon], UNNAMED, long(minutes(noon)))),
        q("muss ich heut noch wen anrufen wegen nem alarm oder sind alle zu", raised(t.sat, t.sun, only=True), Back(("anruf",))),
        q("war der juergen am dienstag vor zwoelf wieder weg von der rampe", cited([t.jurgen_tue], until(t.jurgen_tue)), YES),
    ]


def _manager(t: Scene) -> list[Fourth]:
    bertil = sum(each.assignee == "bertil" and each.state.value == "closed" for each in t.week.alerts)
    raised_ns = {each.id: each.raised_ns for each in t.week.alerts}
    handled = {each.at_ns - raised_ns[each.subject] for each in t.week.acts}
    office = {number: minutes(t.stay(number, "z-office")) for number in range(5)}
    longest = max(office, key=lambda number: office[number])
    blind = 100 * minutes(t.yard_lost) / (7 * 24 * 60)
    seldom = {who.name: len(t.days_of(who)) for who in STAFF}
    fewest = "|".join(name for name in seldom if seldom[name] == min(seldom.values()))
    assert handled == {60 * 10**9} and fewest == f"{ANA.name}|{IGNORE.name}"
    return [
        q("Grüezi, wie viele Alarme hat der Bertil letzte Woche abgeschlossen?", Told((count(bertil),))),
        q(
            "Wie lange dauert es bei uns im Schnitt, bis ein Alarm abgearbeitet ist?",
            Told(("1 min|60 s|one minute|1 minute|eine Minute|1 Minute|60 Sekunden",)),
            Back(("dauer|schnitt|abgearbeitet",)),
        ),
        q("An welchem Wochentag war das Büro am längsten besetzt, und wie lange?", Told((DAYS[longest], long(office[longest])))),
        q("Wie viel Prozent der letzten Woche hatte die Kamera im Hof kein Bild?", Told((f"{tenth(blind)}|{long(minutes(t.yard_lost))}",))),
        q("Wer von unseren Leuten war letzte Woche am seltensten da?", Told((fewest,), never=(MARY.name, JOHN.name, ZOE.name))),
    ]


def _investigator(t: Scene) -> list[Fourth]:
    zoe = t.last(ZOE, 2)
    rooms = [t.stay(4, "z-lab"), t.stay(4, "z-office")]
    assert all(each in t.during(day(4, 11, 55), day(4, 11, 56)) for each in rooms)
    assert not t.dock_lost.started_ns <= t.ana_fell.started_ns < (t.dock_lost.ended_ns or 0)
    filmed = [each for each in t.week.clips if ns(day(1)) <= each.started_ns < ns(day(6))]
    assert len(filmed) == 4
    return [
        q(
            "Führen Sie bitte alle Videoclips auf, die vom 10. bis einschließlich 14. November entstanden sind.",
            Told((), frozenset(each.id for each in filmed), only=True),
        ),
        q("Von welcher Kamera wurde Zoë Müller am 11. November zuletzt erfasst, und bis wann?", cited([zoe], GATE, left(zoe))),
        q("Wer befand sich am Freitag um fünf vor zwölf noch im Labor, und wer im Büro?", cited(rooms, JOHN.name, MARY.name)),
        q("Fiel der Sturz von Frau Lima in die Zeit, in der die Kamera an der Rampe kein Bild lieferte?", Told(denies=True)),
        q(
            "Nach welcher Regel und aufgrund welcher Beweise kam der Alarm vom 10. November zustande?",
            Told((), frozenset({t.tue, t.why[t.tue]})),
        ),
    ]


def _newcomer(t: Scene) -> list[Fourth]:
    (visitor,) = t.on(2, K.PERSON, who=IGNORE)
    return [
        q("Grüezi mitenand, welche Kamera schaut eigentlich auf die Rampe?", Told((DOCK,)), Back()),
        q("Servus, ist bei euch heuer schon mal wer gestürzt?", cited([t.ana_fell, t.john_fell]), Back(("heuer",))),
        q("sag mal, wurde letzte woche auch mal ein alarm zurückgehalten, und wieso", Told((), frozenset(t.held))),
        q(
            "wer ist denn der mit dem komischen namen, der am mittwoch mittag in der halle war?",
            cited([visitor], IGNORE.name),
            Back(("komisch",)),
        ),
        q("gibt es vom sonntag ein video, das ich mir anschauen kann?", clips(t.sun_gate)),
    ]


def _foreign(t: Scene) -> list[Fourth]:
    server = t.stay(3, "z-server")
    yard = [each for each in t.on(6, K.PERSON, K.ZONE_VISIT) if "yard" in each.camera_id + each.zone_id]
    assert {each.person_id for each in yard} == {JOHN.id, MARY.id}
    return [
        q("Kollege Bertil wann hat Alarm von Freitag zugemacht?", raised(t.fri, says=("03:15",)), Back(("kollege|zugemacht",))),
        q("Letzte Woche Sonntag in Hof zwei Person war, welche?", Told((JOHN.name, MARY.name))),
        q(
            "Ich nicht verstehen warum Alarm Mittwoch zwei Uhr Nacht, was war kaputt?",
            raised(t.dock),
            cited([t.dock_lost]),
            Back(("kaputt",)),
        ),
        q("Zoë Donnerstag in welche Raum war und wie viel Stunde?", cited([server], SERVER, long(minutes(server)))),
        q("Von gestern Abend bis heute früh, Mensch an Tor gewesen? Wie lange bleiben?", cited([t.sun_gate], long(minutes(t.sun_gate)))),
    ]


def _keyboard(t: Scene) -> list[Fourth]:
    hall = {each.person_id for each in t.on(1, K.PERSON, camera="hall")}
    zoe = t.last(ZOE, 0)
    return [
        q("wer wa r gestrn nachmitag im hoff", Told((JOHN.name, MARY.name))),
        q("wieviel leude warn am dinstag in der hale", Told((count(len(hall)),))),
        q("wann hatt zoe lezten monntag feierabnd gemacht", cited([zoe], left(zoe))),
        q("uebersicht aller allarme vom samstagg bittte", raised(t.sat, only=True)),
        q("welceh kamrea hatt am donnersatg kien bild gehbat", cited([t.yard_lost], YARD)),
    ]


def _follow_ups(t: Scene) -> list[Fourth]:
    dock = t.on(6, K.MOTION, camera="dock")
    server = t.stay(1, "z-server")
    stranger = [each for each in t.on(2, K.PERSON, camera="gate") if not each.person_id]
    assert not t.alerts_on(3) and not t.on(4, who=ANA)
    return [
        q("und gestern?", Told((count(len(dock)),)), before=("Wie viele Bewegungen gab es am Freitag an der Rampe?",)),
        q("und wie lange?", cited([server], long(minutes(server))), before=("Wer war am Dienstag im Serverraum?",)),
        q("und kam deswegen ein Alarm?", Told(denies=True), before=("Ist am Donnerstag eine Kamera ausgefallen?",)),
        q("wer davon war unbekannt?", cited(stranger, at(stranger[0])), before=("Wer war am Mittwoch am Tor?",)),
        q("wer hat den vom Samstag übernommen?", raised(t.sat, says=("anna",)), before=("Welche Alarme sind noch offen?",)),
        q("und die Ana?", Told(denies=True), before=("War Mary am Freitag da?",)),
    ]


def _comparisons(t: Scene) -> list[Fourth]:
    mary, zoe = t.first(MARY, 2), t.first(ZOE, 2)
    sunday, friday = len(t.on(6, camera="dock")), len(t.on(4, camera="dock"))
    jurgen = minutes(t.jurgen_tue), minutes(t.jurgen_thu)
    yard = [len(t.on(number, K.MOTION, camera="yard")) for number in range(7)]
    weekend, work = mean(yard[5:]), mean(yard[:5])
    benign = {each.assignee for each in t.week.alerts if each.disposition is not None and each.disposition.value == "benign"}
    assert zoe.started_ns < mary.started_ns and sunday < friday and weekend > work and benign == {"anna"}
    return [
        q("Hatten wir letzte Woche mehr Alarme als in der Woche davor?", *NOT_ON_RECORD),
        q("wer ist am mittwoch früher gekommen, die mary oder die zoë?", Told((ZOE.name,), leads=(ZOE.name, MARY.name))),
        q("War es am Sonntag an der Rampe ruhiger als am Freitag?", Told((count(sunday), count(friday)))),
        q(
            "Um wie viel länger als am Dienstag war Jürgen am Donnerstag da?",
            Told((long(jurgen[1] - jurgen[0]),)),
            Told((long(jurgen[0]), long(jurgen[1]))),
        ),
        q(
            "Gibt's im Hof am Wochenende pro Tag mehr Bewegungen als unter der Woche?",
            Told((tenth(weekend), f"{work:.0f}|{tenth(work)}")),
            Told((count(sum(yard[5:])), count(sum(yard[:5])))),
        ),
        q(
            "Anna oder Bertil: wer von beiden hat öfter auf harmlos entschieden?",
            Told(("anna",), leads=("anna", "bertil")),
            Back(("harmlos|entschieden",)),
        ),
    ]


def _not_known(t: Scene) -> list[Fourth]:
    assert t.week.events[0].started_ns > ns(day(0))
    return [
        q("Kannst du mir sagen, wer gestern auf dem Parkplatz war?", Back(("parkplatz",))),
        q("Hat sich Ana bei dem Sturz arg weh getan?", Back(("weh|arg",))),
        q("war der herr nowak am donnerstag an der rampe?", Back(("nowak",))),
        q("Wollte der Unbekannte am Freitag bei uns einbrechen?", Back(("einbrech|wollte",))),
        q("Wie viele Alarme gab es bei uns im August?", *NOT_ON_RECORD),
        q("Was ist gerade auf Kamera 7 zu sehen?", Back(("kamera|7",)), Told(("no camera|keine Kamera",))),
    ]


def _near_misses(t: Scene) -> list[Fourth]:
    judged = frozenset(each.id for each in t.week.alerts if each.disposition is not None and each.disposition.value == "true")
    hall = [{each.person_id for each in t.on(number, K.PERSON, camera="hall")} for number in range(5)]
    friday = [each for camera in ("dock", "gate") for each in t.on(4, camera=camera) if each.kind is not K.MOTION]
    gone = t.last(MARY, 3)
    later = {each.person for each in t.on(3, *SEEN) if each.started_ns > (gone.ended_ns or 0) and each.person_id}
    assert set.intersection(*hall) == {MARY.id} and later == {ZOE.name, JOHN.name} and len(friday) == 3
    return [
        q("Welche Alarme letzte Woche waren keine Fehlalarme?", Told((), judged, bars=frozenset({t.tue}))),
        q("Wer ist von Montag bis Freitag jeden Morgen durch die Halle gekommen?", Told((MARY.name,), never=(JOHN.name, ZOE.name))),
        q(
            "Zwischen Montag und Freitag, aber nicht am Mittwoch: war da nachts jemand im Hof?",
            cited([t.tue_yard, t.again], at(t.tue_yard), bars=[t.sat_yard]),
        ),
        q("Wer war am Donnerstag noch da, nachdem Mary gegangen war?", Told(tuple(sorted(later)), never=(JURGEN.name,))),
        q(
            "Alle Ereignisse vom Freitag ausser Bewegungen, und nur Rampe und Tor.",
            cited(friday, bars=[*t.on(4, K.MOTION), t.stay(4, "z-lab"), t.stay(4, "z-office")]),
        ),
        q("War am Tag nach der Schlägerei jemand Bekanntes auf dem Gelände?", Told((JOHN.name, MARY.name), denies=False)),
    ]


def _relative_times(t: Scene) -> list[Fourth]:
    (mary,) = t.on(6, who=MARY)
    office = t.stay(3, "z-office")
    week_ago = t.during(NOW.replace(day=9), NOW.replace(day=9, minute=31), K.ZONE_VISIT)
    assert mary in t.during(day(6, 14, 30), day(6, 14, 31)) and office in t.during(day(3, 11, 15), day(3, 11, 16))
    assert t.fri_dock in t.during(day(4, 3, 15), day(4, 3, 16)) and {each.person for each in week_ago} == {JOHN.name, MARY.name, ZOE.name}
    return [
        q(
            "vorvorgestern um viertel nach drei in der nacht, wer stand da an der rampe?",
            cited([t.fri_dock], f"{at(t.fri_dock)}|{UNNAMED}"),
        ),
        q("Vorletzten Montag, war die Zoë da im Haus?", *NOT_ON_RECORD),
        q("gestern so um halb drei rum, wer war da draussen im hof?", cited([mary], MARY.name)),
        q("Am Donnerstag um viertel zwölf, war da noch wer im Büro?", cited([office], MARY.name, OFFICE)),
        q("Mitte letzter Woche gab es doch einen Sturz, wann genau war das und wer war es?", cited([t.ana_fell], ANA.name, at(t.ana_fell))),
        q(
            "Wer war heute vor einer Woche um diese Zeit in welchem Raum?",
            cited(week_ago, JOHN.name, MARY.name, ZOE.name, LAB, OFFICE, SERVER),
        ),
    ]

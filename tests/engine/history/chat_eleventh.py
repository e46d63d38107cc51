"""An eleventh set about the generated week: 120 questions, half of them in English (here), half in German (`chat_eleventh_forms`), as a
night operator, a day operator, a caretaker, an insurance assessor, a data-protection officer, a project manager, somebody who dictates and
somebody who translates type them; 90 in ordinary words and 30 that are harder. Written without looking at the planner, and frozen:
`frozen_sets` keeps its digest. What is true is counted from the week's plain values and nothing else. Form and verdicts are those
of the fourth set. A question back is right only where the record has no answer.
"""

from collections import Counter
from statistics import mean, median

from engine.model.event import Event
from tests.engine.history.chat_eighth import BENIGN, NOT_RECORDED, closed, hours, names
from tests.engine.history.chat_fourth import DAYS, Fourth, Scene, cited, clips, long, q, raised
from tests.engine.history.chat_fourth_forms import DOCK, GATE, LAB, OFFICE, SERVER
from tests.engine.history.chat_questions import SEEN, ids
from tests.engine.history.chat_second import K, into, minutes
from tests.engine.history.chat_seventh import NAMELESS, YARD, began, ended, gone, name, number
from tests.engine.history.chat_verdict import Back, Told
from tests.fakes.week import ANA, JOHN, JURGEN, MARY, NOW, PEOPLE, ZOE, day

PHONE = "phone|radio|BLE|Bluetooth|Telefon|Handy|Funk"
CLOSED = "closed|geschlossen|abgeschlossen|erledigt"
WATCHED = "watched|watching|watches|observed|observes|live|up|working|works|recording|beobachtet|hat ein Bild|läuft|ja|yes"
ALL_WATCH = "all 4|all four|all cameras|every camera|4 of 4|alle 4|alle vier|alle Kameras|4 von 4"
UNWATCHED = ("not watched", "not watching", "not observed", "no picture now", "nicht beobachtet", "läuft nicht")
NOT_LOST = "no outage|no outages|no camera is lost|no camera was lost|not lost|nothing lost|kein Ausfall|nicht ausgefallen|keine Kamera"
THEFT = "theft|thefts|Diebstahl|Diebstähle|stolen|gestohlen"
VANDALISM = "Vandalism|Vandalismus|sprays|Sachbeschädigung"
FOUR = "16:00|16-17|16–17|16 to 17|16 h|16h|16 Uhr|4 pm|4:00 pm|4 to 5 pm|afternoon|16"
NIGHT = "night|nights|at night|nachts|Nacht"


def about(lengths: list[int]) -> str:
    """The mean of lengths in minutes, whole either way or in tenths."""
    whole = int(mean(lengths))
    tenths = f"{mean(lengths):.1f}"
    exact = [f"{each} {unit}" for each in (tenths, tenths.replace(".", ",")) for unit in ("min", "minutes", "Minuten")]
    return "|".join((long(whole), long(whole + 1), *exact))


def up(place: str, lost: Event) -> tuple[Told, ...]:
    """A camera watches now: said so, or when it last was lost and came back."""
    watches = Told((f"{place}|yes|ja", WATCHED), never=UNWATCHED, denies=False)
    return watches, Told((NOT_LOST,)), Told((ALL_WATCH,), never=UNWATCHED), cited([lost], ended(lost))


def wave(t: Scene, number_: int) -> tuple[Told, ...]:
    (found,) = t.on(number_, K.GESTURE)
    assert found.person_id == JOHN.id
    return cited([found]), Told((name(JOHN), began(found)), denies=False)


def night_operator(t: Scene) -> list[Fourth]:
    (seen,) = t.on(6, K.PERSON, camera="yard")
    john, mary = t.on(6, K.ZONE_VISIT, zone="z-yard")
    yard = [each for each in t.events(day(5, 22), day(5, 23), camera="yard")]
    assert yard == [t.sat_yard, t.loiter_yard] and mary.person_id == MARY.id
    assert not t.on(7, K.CAMERA_LOST) and not t.on(7, K.PERSON, camera="yard")
    return [
        q("is there still anyone outside, gate or yard", Told(denies=True)),
        q(
            "What's the alarm at 2247 sat about and where is it?",
            raised(t.sat, says=(YARD,)),
            cited([t.sat_yard], YARD),
            Told((NAMELESS, YARD), frozenset({t.why[t.sat]})),
        ),
        q("when was there last somebody in the yard", cited([seen], gone(seen)), cited([john], gone(john)), cited([mary], gone(mary))),
        q("have we still got eyes on the dock?", *up(DOCK, t.dock_lost)),
        q("between 10 and 11 on sat night what did the yard cam pick up", cited(yard)),
    ]


def day_operator(t: Scene) -> list[Fourth]:
    closers = Counter(each.assignee for each in t.week.alerts if each.id in closed(t))
    assert closers == {"anna": 3, "bertil": 2} and set(t.alerts_on(4)) <= closed(t)
    others = frozenset(each.id for each in t.week.alerts) - {t.sun}
    return [
        q("What's left over from the weekend that I need to hand on?", raised(t.sat, t.sun), cited([t.sat_yard, t.sun_gate])),
        q("which alarms has nobody acknowledged so far", Told((), frozenset({t.sun}), bars=others)),
        q("Did the dock give us any bother on Wednesday?", cited([t.ana_fell]), cited([t.dock_lost]), raised(t.fall, t.dock)),
        q("how many did Anna close last week and how many did Bertil?", Told(("anna", "bertil", number(3), number(2)))),
        q("Who's in already and since when?", Told((name(JOHN), f"{began(t.john_hall)}|{began(t.john_lab)}"))),
        q(
            "Is anything from Friday still not closed?",
            Told(denies=True, bars=frozenset({t.sat, t.sun})),
            Told((CLOSED, number(2)), frozenset({t.fri, t.john_fall})),
        ),
    ]


def caretaker(t: Scene) -> list[Fourth]:
    server = t.events(day(0), NOW, zone="z-server")
    dock = t.events(day(0), NOW, K.PERSON, camera="dock")
    office = t.events(day(0), NOW, zone="z-office")
    assert all(into(each.started_ns) >= 8 * 3600 for each in office)
    assert all(8 <= into(each.started_ns) // 3600 < 17 and into(each.ended_ns or 0) < 17 * 3600 for each in server) and len(dock) == 4
    return [
        q("was somebody in the server room after 6 in the evening any day last week", Told(denies=True, bars=ids(server))),
        q("Has there been any vandalism reported round here lately?", Told((VANDALISM,), denies=False)),
        q("is anybody ever in the office before 8 in the morning?", Told(denies=True)),
        q("is the lab free now? need to change a lamp", Told((name(JOHN),)), cited([t.john_lab])),
        q("How many times was a person at the loading dock last week?", Told((number(len(dock)),)), cited(dock)),
        q("what time was Juergen here on tuesday, I missed him", cited([t.jurgen_tue], began(t.jurgen_tue))),
    ]


def assessor(t: Scene) -> list[Fourth]:
    wednesday = t.events(day(2), day(2, 12), camera="dock")
    assert {each.kind for each in wednesday} == {K.CAMERA_LOST, K.PERSON, K.FALL} and len(wednesday) == 3
    assert sum(each.category.value == "theft" for each in t.week.reports) == 2
    return [
        q("Is there a recording of the incident at 3:14 am on 13 November?", clips(t.fri_dock)),
        q(
            "At what time did Ms Lima come to the loading dock and when was she gone again?",
            Told((began(t.ana_dock), ended(t.ana_dock))),
            cited([t.ana_dock], ended(t.ana_dock)),
        ),
        q(
            "On the day of the accident at the dock, was the camera there out of order at any time?",
            cited([t.dock_lost]),
            raised(t.dock),
            Told((began(t.dock_lost), ended(t.dock_lost))),
        ),
        q("Who dealt with Ms Lima's fall?", Told(("bertil",), never=("anna",))),
        q(
            "What thefts were reported between the 9th and the 15th of November?",
            Told(("bicycle|bike|Fahrrad", "wallet|Brieftasche")),
            Told((THEFT, number(2))),
        ),
        q("What did the burning bin cost?", Back(), Told((NOT_RECORDED,))),
    ]


def data_protection(t: Scene) -> list[Fourth]:
    known = {each.person_id for each in t.all_week if each.person_id}
    film = {each.event_id for each in t.week.clips}
    assert known == {each.id for each in PEOPLE} and len(film) == 5
    assert [each.id for each in t.all_week if each.person_id == ANA.id and each.id in film] == [t.ana_fell.id]
    return [
        q("Which individuals does the system know by name?", names(*PEOPLE)),
        q("By what means was Zoë identified in the server room?", Told((PHONE,))),
        q("Is Ana Lima visible in any stored video?", clips(t.ana_fell)),
        q(
            "How often was Jürgen recorded last week and by which camera?",
            Told((number(2), DOCK)),
            cited([t.jurgen_tue, t.jurgen_thu], DOCK),
        ),
        q("Which users worked on alerts last week?", Told(("anna", "bertil"))),
        q("Apart from her fall, is anything else on record about Ana Lima?", cited([t.ana_dock]), Told((began(t.ana_dock),))),
    ]


def project_manager(t: Scene) -> list[Fourth]:
    cameras = {each: sum(t.per_day(camera=each)) for each in ("yard", "hall", "dock", "gate")}
    assert min(cameras, key=lambda each: cameras[each]) == "hall" and "hall" not in {each.camera_id for each in t.all_of(K.MOTION)}
    hourly = Counter(into(each.started_ns) // 3600 for each in t.events(day(0), day(7), camera="gate"))
    people = Counter(into(each.started_ns) // 3600 for each in t.events(day(0), day(7), K.PERSON, camera="gate"))
    assert hourly.most_common(1)[0][0] == people.most_common(1)[0][0] == 16 and len(t.all_of(K.FIGHT)) == 1
    return [
        q("What sort of things does it record?", Told(("motion|movement", "fall|falls", "person|people|persons|sighting|sightings"))),
        q("Which rooms are covered?", Told((LAB, OFFICE, SERVER))),
        q("At what time of day is there the most coming and going at the gate?", Told((FOUR,))),
        q("Which camera has the least going on?", Told(("Hall",), leads=("Hall", "Yard", "Loading dock", "Front gate"))),
        q("was there a fight? where", cited([t.fight]), Told((GATE,), denies=False)),
    ]


def dictated(t: Scene) -> list[Fourth]:
    mary, first, yard = t.last(MARY, 2), t.first(MARY, 3), t.strangers("yard")
    hall = t.on(3, K.PERSON, camera="hall")
    assert hall[0] == first and len(yard) == 4 and not t.on(2, who=JOHN)
    return [
        q("hey can you tell me when mary went out on wednesday", cited([mary], gone(mary))),
        q("okay so who was in the hall first thing on thursday", cited([first], name(MARY)), Told((name(MARY), began(first)))),
        q("how many times did someone we do not know show up in the yard last week", Told((number(4),)), cited(yard)),
        q("tell me did anyone wave at the camera on thursday", *wave(t, 3)),
        q("did john come to work on wednesday or was he away", Told(denies=True)),
        q("please find the video where somebody falls at the loading dock", clips(t.ana_fell)),
    ]


def translated(t: Scene) -> list[Fourth]:
    gate = t.on(3, K.PERSON, camera="gate")
    server = t.stay(3, "z-server")
    assert len(gate) == 4 and t.events(day(0), NOW, K.ZONE_VISIT, zone="z-server")[-1] == server
    assert {each.person_id for each in t.all_of(K.ZONE_VISIT) if each.zone_id == "z-office"} == {MARY.id}
    return [
        q("How much persons passed by the gate the Thursday?", Told((number(4),)), cited(gate), names(MARY, ZOE, JOHN)),
        q("In the office, who did sit there all the week?", Told((name(MARY),), never=(name(JOHN), name(ZOE)))),
        q("The Saturday, at which hour begun the fight?", cited([t.fight], began(t.fight))),
        q("Since when the server room is empty?", cited([server], ended(server)), Told((DAYS[3], ended(server)))),
        q("Somebody has made a run in the yard, when it was?", cited([t.ran], began(t.ran))),
    ]


def negations(t: Scene) -> list[Fourth]:
    hall = {each.person_id for each in t.events(day(0), day(7), camera="hall") if each.person_id}
    people = frozenset({t.tue, t.fri, t.sat, t.sun, t.fall, t.john_fall})
    assert {each.id for each in PEOPLE} - hall == {ANA.id, JURGEN.id} and len(people) + 1 == len(t.week.alerts)
    return [
        q("Who never came through the hall last week?", Told((name(JURGEN), name(ANA)), never=(name(JOHN), name(MARY), name(ZOE)))),
        q("Which alarms were not about a person?", Told((), frozenset({t.dock}), bars=people)),
    ]


def comparisons(t: Scene) -> list[Fourth]:
    at_night = [each for each in t.week.alerts if not 6 <= into(each.raised_ns) // 3600 < 22]
    assert (len(at_night), len(t.week.alerts) - len(at_night)) == (5, 2)
    dock, yard = minutes(t.dock_lost), minutes(t.yard_lost)
    return [
        q(
            "Going by the alarms, is there more trouble at night or during the day?",
            Told((number(5), number(2))),
            Told((NIGHT,), leads=("night", "during the day", "by day", "daytime")),
        ),
        q(
            "Which outage was longer, the dock camera's or the yard camera's, and by how much?",
            Told((DOCK, long(dock - yard)), leads=("Loading dock", "Yard")),
            Told((long(dock), long(yard))),
        ),
    ]


def follow_ups(t: Scene) -> list[Fourth]:
    late = t.events(day(2, 17), day(3), *SEEN)
    assert not t.alerts_on(3) and {each.camera_id for each in late} == {"gate"}
    assert not {each.event_id for each in t.week.alerts} & ids(late)
    every = frozenset(each.id for each in t.week.alerts)
    return [
        q("was an alarm raised for that?", Told(denies=True, bars=every), before=("Who was at the gate on Wednesday after five?",)),
        q("and two days before that?", cited([t.jurgen_tue]), before=("When was Jürgen at the loading dock on Thursday?",)),
        q("who closed the second one?", Told(("anna",), never=("bertil",)), before=("How many alarms went off on Friday?",)),
    ]


def each_and_every(t: Scene) -> list[Fourth]:
    stays = t.visits(JOHN, "z-lab")
    assert stays == [181, 207, 205, 193]
    return [q("How long was John in the lab on each day of last week?", Told(tuple(hours(each) for each in stays)))]


def before_and_after(t: Scene) -> list[Fourth]:
    earlier = [each for each in t.on(3, camera="yard") if each.started_ns < t.yard_lost.started_ns]
    came = sorted((t.first(who, 0).started_ns, who.name) for who in (JOHN, MARY, ZOE))
    assert [who for _, who in came] == [JOHN.name, MARY.name, ZOE.name] and earlier[-1].kind is K.MOTION
    return [
        q("What was the last thing the yard camera saw on Thursday before it went dark?", cited([earlier[-1]])),
        q("Who arrived after Mary on Monday last week?", Told((name(ZOE),), never=(name(JOHN),))),
    ]


def why(t: Scene) -> list[Fourth]:
    return [
        q(
            "Why is Mary's phone in the log on Thursday evening?",
            cited([t.phone]),
            Told((PHONE, "left|behind|forgot|forgotten", f"{began(t.phone)}|{ended(t.phone)}")),
        )
    ]


def how_long(t: Scene) -> list[Fourth]:
    stays = [minutes(each) for each in t.strangers()]
    assert len(stays) == 9
    return [q("How long does a stranger hang around on average?", Told((about(stays),)), Told((long(int(median(stays))),)))]


def first_and_last(t: Scene) -> list[Fourth]:
    saturday = t.events(day(5), day(6))
    assert saturday[0].kind is K.MOTION and saturday[-1] == t.fight
    return [q("What was the very first thing recorded on Saturday, and the very last?", cited([saturday[0], saturday[-1]]))]


def not_observed(t: Scene) -> list[Fourth]:
    return [
        q(
            "Could someone have been on the loading dock unseen in the night to Wednesday, and during which hours?",
            cited([t.dock_lost]),
            raised(t.dock, says=(began(t.dock_lost),)),
            Told((began(t.dock_lost), ended(t.dock_lost))),
        )
    ]


def two_asks(t: Scene) -> list[Fourth]:
    return [q("When exactly did John Smith fall in the lab, and what was that alarm closed as?", Told((began(t.john_fell), BENIGN)))]


def english(t: Scene) -> dict[str, list[Fourth]]:
    return {
        "night operator": night_operator(t),
        "day operator": day_operator(t),
        "caretaker": caretaker(t),
        "assessor": assessor(t),
        "data protection": data_protection(t),
        "project manager": project_manager(t),
        "dictated": dictated(t),
        "translated": translated(t),
        "negations": negations(t),
        "comparisons": comparisons(t),
        "follow-ups": follow_ups(t),
        "each and every": each_and_every(t),
        "before and after": before_and_after(t),
        "why": why(t),
        "how long": how_long(t),
        "first and last": first_and_last(t),
        "not observed": not_observed(t),
        "two asks": two_asks(t),
    }

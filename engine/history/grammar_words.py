"""What words mean to the grammar: no sentence of any question, only words and short turns of phrase, each in one table."""

from engine.history.grammar_tokens import word_set
from engine.history.queries import By
from engine.model.event import EventKind
from engine.model.incident import IncidentCategory

K = EventKind
C = IncidentCategory


def phrases(text: str) -> tuple[tuple[str, ...], ...]:
    """`a b, c`: the phrase `a b` and the word `c`."""
    return tuple(tuple(each.split()) for each in text.split(",") if each.strip())


KINDS: dict[EventKind, tuple[tuple[str, ...], ...]] = {
    K.FALL: phrases(
        "fall, falls, fell, fallen, falling, fell down, fall down, fallen down, collapse, collapsed, collapses, tumble, tumbled, slipped, "
        "man down, person down, tripped"
    ),
    K.FIGHT: phrases("fight, fights, fighting, fought, brawl, brawls, brawling, scuffle, scuffles, altercation, altercations, fistfight"),
    K.LOITERING: phrases(
        "loiter, loitering, loitered, loiterer, loiterers, loiters, hanging around, hang around, hung around, hanging about, lingering, "
        "linger, lingered, lurking, lurked, standing around"
    ),
    K.RUNNING: phrases("run, running, ran, runner, runners, sprinting, sprint, sprinted"),
    K.CROWD: phrases("crowd, crowds, crowded, crowding, gathering, gatherings"),
    K.GESTURE: phrases("gesture, gestures, gestured, hand sign, hand signs, hand signal, hand signals"),
    K.MOTION: phrases("motion, motions, movement, movements, moved, move, moving, motion events, motion event, motion detection"),
    K.SMOKE: phrases("smoke, smoking"),
    K.PRESENCE: phrases("presence, presences"),
    K.PHONE_LEFT: phrases(
        "phone left, phone was left behind, phone left behind, left phone, left a phone, left their phone, left his phone, left her phone, "
        "forgotten phone, phone forgotten, forgot a phone, forgot their phone, phones left, phones left behind, phone lost, lost phone, "
        "lost phones, lost a phone, abandoned phone, phone, phones, phone was left, phones were left, phones were left behind"
    ),
    K.BADGE_WITHOUT_OWNER: phrases("badge without owner, wrong badge, someone elses badge, badge, badges"),
    K.TWO_PLACES: phrases("two places, two places at once"),
    K.WHO_IS_IT: phrases("uncertain face, uncertain faces, ambiguous face, ambiguous faces"),
    K.CROSSING: phrases("crossing, crossings"),
    K.ZONE_OCCUPIED: phrases("occupied, occupancy"),
    K.FORECAST_FAILED: phrases("forecast failed, forecast failure, forecast failures"),
}
CATEGORIES: dict[IncidentCategory, tuple[tuple[str, ...], ...]] = {
    C.THEFT: phrases("theft, thefts, stolen, stealing, steal, robbery, robberies, pickpocket, thief, thieves"),
    C.ASSAULT: phrases("assault, assaults, assaulted, attacked, mugging, muggings"),
    C.VANDALISM: phrases("vandalism, graffiti, vandalised, vandalized, vandals, property damage"),
    C.BURGLARY: phrases("burglary, burglaries, burglar, burglars, break in, break ins, breakin, breakins, broke in"),
    C.VEHICLE_CRIME: phrases("vehicle crime, vehicle crimes, car theft, car thefts, car crime"),
    C.DRUG_RELATED: phrases("drug, drugs, drug related, drug dealing"),
    C.VIOLENCE: phrases("violence, violent"),
    C.WEAPONS: phrases("weapon, weapons, gun, guns, knife, knives, armed person"),
    C.DISTURBANCE: phrases("disturbance, disturbances, noise complaint, noise complaints"),
    C.SUSPICIOUS_ACTIVITY: phrases("suspicious activity, suspicious activities"),
    C.FIRE: phrases("fire, fires, blaze, arson"),
    C.OTHER: phrases("other incidents"),
}
ALERTS = phrases(
    "alert, alerts, rang, ring, ringing, sounded, fired, alarm, alarms, alarmed, go off, went off, going off, goes off, "
    "triggered, trigger, set off, warning, warnings, "
    "raised, notification, notifications, gone off"
)
INCIDENTS = phrases("incident, incidents, report, reports, reported, reporting, citizen reports, occurrence, occurrences")
EVENTS = phrases(
    "event, events, did i miss, have i missed, i missed, miss, missed, what went, what goes, what has gone, happen, happened, "
    "happening, happens, went on, going on, gone on, things, thing, activity, activities, detections, detection, occurred, occur, "
    "took place, take place, entries, log, journal, summary, summarise, summarize, overview, recap, rundown, highlights, something, "
    "anything, everything, detected, recorded events, traffic, story, news, up to date, sum up, action"
)
HELD = phrases(
    "held, held back, hold back, holding back, hold, suppressed, suppress, suppression, withheld, withhold, held up, kept back, "
    "not raised, silenced, muted, filtered, filtered out, blocked, gated, were stopped"
)
PEOPLE = phrases(
    "people, persons, person, visitors, visitor, humans, human, individuals, individual, men, women, man, woman, guests, guest, faces, face"
)
UNKNOWN = phrases(
    "stranger, strangers, unknown people, unknown person, unknown persons, unknown, unknowns, unidentified, unrecognised, "
    "unrecognized, unfamiliar, intruder, intruders, trespasser, trespassers, unauthorised, unauthorized, nobody knows, nobody knew, "
    "not known, not recognised, not recognized, outsider, outsiders, prowler, prowlers, unknown visitors, unknown visitor, unnamed, "
    "someone unknown"
)
KNOWN = phrases(
    "known people, known person, known persons, known, staff, employee, employees, colleague, colleagues, our people, team, regulars, "
    "recognised, recognized, familiar, workers, worker, staff members, personnel, of us"
)
ANYONE = phrases(
    "empty, deserted, vacant, unoccupied, anyone, anybody, someone, somebody, everyone, everybody, who, whom, whose, no one, nobody, "
    "noone, any one, any body, some one"
)
NOBODY = phrases("nobody, no one, noone, none")
OTHER_THAN = phrases(
    "but, except, except for, besides, apart from, other than, excluding, aside from, without, not counting, but not, beside"
)

WHEN = phrases("when, what time, which time, at what time, what date, what day, which date, what times, what hour, since when")
WHERE = phrases(
    "where, whereabouts, in which place, what place, which place, location, trace, track, in what place, which room, what room, "
    "which zone, what zone, which rooms, locate, find, movements of, path, route, which area, in which area, follow"
)
WHO = phrases(
    "who, whom, whose, which people, what people, which person, which persons, which employee, which employees, which staff, name, "
    "names, which of our people, everyone who, everybody who, which visitors, which of us, list everyone, list everybody, "
    "which colleagues, people who"
)
HOW_MANY = phrases(
    "how busy, how many, how much, number of, count, total, total number, amount, amount of, tally, counts, the number, count of, "
    "how few, quantity"
)
HOW_OFTEN = phrases(
    "how often, more often, less often, more frequently, less frequently, how many times, how frequently, how many occasions, times, "
    "frequency, number of times"
)
HOW_LONG = phrases(
    "how long, total time, how much time, for how long, duration, what length of time, how many hours, how many minutes, length of, "
    "time spent, hours spent"
)
WHY = phrases(
    "why, how come, what caused, explain, reason, what is the reason, cause, for what reason, justify, because, what made, "
    "what triggered, explanation"
)
COMPARE = phrases(
    "busier, quieter, compare, compared, comparison, versus, vs, than, difference, differ, more events than, how does, as many, "
    "comparing, change from, changed, more often, less often, more frequently, less frequently"
)
CLIP = phrases(
    "clip, clips, footage, video, videos, recording, recordings, film, films, play, playback, pull up, replay, watch it, movie, "
    "see it, bring up, show it, play it, let me see, filmed, tape, tapes"
)
LAST = phrases("last, latest, most recent, most recently, newest, last time, final, recently seen")
FIRST = phrases("first, earliest, first time, oldest, initially, initial")
LEAVE = phrases(
    "leave, leaves, left, go home, went home, going home, depart, departed, exit, exited, go out, went out, gone home, clock out, "
    "clocked out, sign off, signed off, check out, knock off, go away, goes home, head home, headed home, get off, go"
)
ARRIVE = phrases(
    "arrive, arrived, arrives, arrival, get in, got in, get here, got here, clock in, clocked in, start work, started work, turn up, "
    "turned up, show up first, first come, come first, first seen, get to work"
)
OBSERVED = phrases(
    "observed, observe, system running, cameras running, camera running, system up, system online, system working, system ok, "
    "camera ok, cameras ok, camera up, cameras up, camera fine, cameras fine, system fine, camera on, cameras on, everything running, "
    "system on, watching, watched, coverage, covered, cover, monitored, monitoring, blind, blind spot, blind spots, working, work, "
    "online, up and running, operational, recording properly, see anything, able to see, could see, visible, in operation, "
    "functioning, functional, were we blind, gaps, gap, alive, unobserved, not observed, surveillance, uptime, see all, healthy"
)
ABSENT = phrases(
    "absent, missing, away, not here, off sick, not show up, not come, not in, not present, not turn up, not appear, no show, off"
)
THROUGH = phrases(
    "cross, crosses, crossed, crossing, go through, goes through, going through, gone through, went through, walk through, walks through, "
    "walked through, walking through, pass through, passes through, passed through, passing through, come through, comes through, "
    "came through, coming through, step through, stepped through, get through, got through, in through, out through, run through, "
    "ran through, moved through, move through"
)
BEFORE_WHEN = word_set("since and or me us know tell say see remember about exactly check out of time times day days moment moments")
RETURNED = phrases(
    "come back, comes back, came back, coming back, back online, back up, back on, recover, recovered, recovers, restored, restore, "
    "reconnected"
)
DOOR_WORDS = word_set("door doors doorway doorways portal portals threshold")
WITH = phrases(
    "with, together, together with, accompanied, accompanied by, accompany, company, alone, in the company of, met, meet, alongside, "
    "at the same time as"
)
HANDLED = phrases(
    "acknowledged, acknowledge, acked, ack, closed, close, handled, handle, handles, dealt with, deal with, dealt, resolved, resolve, "
    "took care of, take care of, responded, respond, responded to, respond to, worked on, signed off on, confirmed, dismissed, "
    "dismiss, processed, reacted, react to, answered, took, attended to, cleared, clear, picked up, responsible for, responsible, "
    "on it, looked after, accepted"
)
MOST = phrases(
    "most, busiest, most active, highest, most often, most common, most frequent, most frequently, top, peak, maximum, "
    "largest, worst, noisiest, liveliest"
)
FEWEST = phrases("fewest, least, quietest, lowest, least often, calmest, least active, minimum, smallest, slowest")
OPEN = phrases(
    "open, still open, outstanding, unresolved, pending, active, unclosed, not closed, ongoing, still active, live, left open, to do, "
    "unfinished"
)
NEW = phrases(
    "new, unacknowledged, unhandled, not acknowledged, nobody acknowledged, nobody has acknowledged, nobody has acknowledged yet, "
    "unacked, not acked, not been acknowledged, not yet acknowledged, unanswered, untouched, unattended, nobody has handled, "
    "nobody has dealt with, waiting, not handled, nobody handled, no one acknowledged, no one has acknowledged, not been handled, "
    "not dealt with"
)
CLOSED = phrases("closed, been closed, resolved, done, finished, settled, completed, were closed")
ACKNOWLEDGED = phrases("acknowledged, acked, been acknowledged, were acknowledged")
IN_PROGRESS = phrases("in progress, being handled, being worked on, under way, underway")
FALSE = phrases("false, bogus, spurious, false positive, false positives, mistaken, wrong, not real, unfounded, unwarranted")
TRUE = phrases("true, genuine, real, true positive, true positives, justified, confirmed, valid, actual")
BENIGN = phrases("benign, harmless, innocent")
LISTS = phrases(
    "list, show, give, tell, display, print, which, what, any, all, every, see, look up, find, get, are there, were there, report on, "
    "bring, name, detail, describe"
)
NOW = phrases("now, still, currently")
NOT = phrases("not, no, never, nothing, none, nobody, no one, without")
LOST = word_set(
    "lost lose losing loses offline down dropped drop drops outage outages dead failed fail failing failure failures disconnected "
    "disconnect fault faults broken broke dark black unplugged unavailable unreachable out gone silent stopped interrupted frozen "
    "disconnections dropouts dropout downtime crash crashed died die loss losses cut crashed trouble troubles problem problems "
    "issue issues"
)
CAMERA_WORDS = word_set("camera cameras cam cams feed feeds stream streams picture pictures webcam cctv")
NODE_WORDS = word_set("node nodes radio radios sensor sensors receiver receivers esp transmitter transmitters")
ZONE_WORDS = word_set("zone zones area areas room rooms place places part parts portal portals door doors spot spots location")
BY_WORDS: dict[str, By] = {
    "kind": By.KIND,
    "type": By.KIND,
    "sort": By.KIND,
    "camera": By.CAMERA,
    "cam": By.CAMERA,
    "zone": By.ZONE,
    "area": By.ZONE,
    "room": By.ZONE,
    "place": By.ZONE,
    "person": By.PERSON,
    "people": By.PERSON,
    "employee": By.PERSON,
    "visitor": By.PERSON,
    "name": By.PERSON,
    "hour": By.HOUR,
    "time": By.HOUR,
    "hourly": By.HOUR,
    "day": By.DAY,
    "date": By.DAY,
    "daily": By.DAY,
    "weekday": By.WEEKDAY,
    "severity": By.SEVERITY,
    "priority": By.SEVERITY,
    "state": By.STATE,
    "status": By.STATE,
    "category": By.CATEGORY,
    "gate": By.GATE,
}
BY_PLURALS = {
    "kinds": "kind",
    "types": "type",
    "cameras": "camera",
    "cams": "cam",
    "zones": "zone",
    "areas": "area",
    "rooms": "room",
    "places": "place",
    "persons": "person",
    "visitors": "visitor",
    "employees": "employee",
    "hours": "hour",
    "days": "day",
    "weekdays": "weekday",
    "categories": "category",
}
PER = word_set("per by each every")
SEVERITIES = {"minimal": 1, "low": 2, "minor": 2, "moderate": 3, "medium": 3, "high": 4, "severe": 4, "critical": 5, "extreme": 5}
AT_LEAST_HIGH = word_set("serious major important urgent grave significant dangerous")
GATES = (
    "armed zone",
    "unknown person",
    "site mode",
    "alarm load",
    "area risk",
    "fire risk",
    "smoke evidence",
    "evidence",
    "severity",
    "camera",
    "zone",
    "arming",
    "schedule",
    "duplicate",
    "shelved",
)
HE = word_set("he she him her they them his hers their theirs himself herself")
THERE = word_set("there")
THEN = phrases("then, that day, that time, at that time, that moment, same day, same time, that night")
IT = word_set("it that this one these those")
FOLLOWS = word_set("and also what how about same but ok okay so then instead again")
NEAR = phrases(
    "near, nearby, around here, around, close by, close to, in the vicinity, vicinity, neighbourhood, neighborhood, near here, "
    "near us, around us"
)
FILLERS = word_set(
    """a an the of in on at to for from by into onto inside outside within near via through over under up out off as is are was were be been
    being am do does did done has have had having can could would should will shall may might must i me my mine we us our ours you your
    it its this that these those there here please kindly pls plz hi hello hey thanks thank ok okay so well just also too either even
    really actually exactly precisely about around roughly maybe perhaps some any each both same site premises building property place
    company camera cameras cam cams zone zones area areas room rooms come comes came coming go goes went going gone get got getting see
    saw seen sees seeing spot spotted spots notice noticed look looked looks looking appear appeared appears show shows showed shown
    showing visit visits visited visiting enter entered enters entering use used uses using pass passed passes passing walk walked walks
    walking step stepped stay stayed stays staying spend spent spends pay paid make made makes making catch caught know known knows tell
    give let want wanted need like would record records recorded recording captured capture system watchroom anyone's one ones time
    times ever yet already still again then than and or if whether but with without down up across along between during until
    present found find sighting sightings sight
    unusual strange weird odd interesting notable noteworthy suspicious special particular different new old recent
    recently lately else more less fewer much many few several lot lots bit ago over per history opened opens opening day days
    hour hours night week most least
    busy quiet kind kinds type types sort sorts person people gate first last off on what which who whom whose where when why how that's
    us them they he she him her his hers their entire whole total overall far so such own way ways working work use through front take
    took taken taking put say says said ask asked answer question check checking checked verify look identify identified detect detected
    detects detecting believe think say near point moment period span shift regarding concerning related relating involving involve
    involved involves left behind leave right hand good morning dear quick quickly briefly short list lists sorry could've breakdown
    break broken split not no never nothing none cause caused occur occurs least most than compared seem seemed seems hold holds holding
    raise raises raising gates event data available information info details detail severity priority severities level levels grade
    assigned assign belongs belong belonging name called by's state status currently now today's user users operator operators guard
    guards reported worse above higher greater better below lower under beyond km kilometre kilometres kilometer kilometers metre metres
    meter meters m mile miles close vicinity neighbourhood neighborhood away s t d ll re ve everything actually simply exactly count
    oh yes yeah hmm um uh mate buddy sir madam apart aside besides except counting excluding other others another alone entrance going
    happening hours minute minutes second seconds long longer full complete completely all every always anytime sometime somewhere
    anywhere everywhere place start starts started starting end ends
    ended begin began begins begun been's heard hear around's reach reached reaches exist exists existed run came's walk's turn turned turns
    house home job duty on's mean means based according account""".replace("\n", " ")
)

"""What words mean to the grammar: no sentence of any question, only words and short turns of phrase, each in one table."""

from engine.history.grammar.kinds import phrases
from engine.history.lexicon.tokens import word_set

ALERTS = phrases(
    "alert, alerts, alerted, notified, warned, rang, ring, ringing, sounded, fired, alarm, alarms, alarmed, go off, went off, "
    "going off, goes off, "
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
    "hold something back, held something back, held anything back, hold anything back, "
    "not raised, silenced, muted, filtered, filtered out, blocked, gated, were stopped"
)
PEOPLE = phrases(
    "people, persons, person, visitors, visitor, humans, human, individuals, individual, guests, guest, faces, face, man, guy, bloke, "
    "fellow, chap, headcount, head count"
)
SOMEBODY = word_set("man guy bloke fellow chap")  # a person, and no more than that is known of them
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
WHEN = phrases(
    "when, what time, which time, at what time, what date, what day, which date, what times, what hour, arrival times, departure times, "
    "times of arrival, since when, until when, till when, "
    "until what hour, until what time, until which time"
)
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
    "how few, quantity, headcount, head count"
)
HOW_OFTEN = phrases(
    "how often, more often, less often, more frequently, less frequently, how many times, how frequently, how many occasions, times, "
    "frequency, number of times"
)
HOW_LONG = phrases(
    "how long, total time, how much time, for how long, duration, what length of time, how many hours, how many minutes, length of, "
    "time spent, hours spent, downtime, total downtime, down time"
)
WHY = phrases(
    "why, how come, what caused, explain, reason, what is the reason, cause, for what reason, justify, because, what made, "
    "what triggered, explanation, what evidence, on what evidence, which evidence, on what grounds"
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
    "clocked out, sign off, signed off, check out, knock off, go away, goes home, head home, headed home, get off, go, "
    "until when, till when, until what hour, until what time, until which time"
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
    "cross, crosses, crossed, crossing, go through, goes through, going through, gone through, went through, walk through, "
    "walks through, "
    "walked through, walking through, pass through, passes through, passed through, passing through, come through, comes through, "
    "came through, coming through, step through, stepped through, get through, got through, in through, out through, run through, "
    "ran through, moved through, move through"
)
BEFORE_WHEN = word_set(
    "since and or me us know tell say see remember about exactly check out of time times day days moment moments "
    "idea clue wonder wondering sure"
)
RETURNED = phrases(
    "come back, comes back, came back, coming back, back online, back up, back on, recover, recovered, recovers, restored, restore, "
    "reconnected, heard again, seen again, back again, back"
)
WITH = phrases(
    "with, together, together with, accompanied, accompanied by, accompany, company, alone, in the company of, met, meet, alongside, "
    "at the same time as"
)
HANDLED = phrases(
    "acknowledged, acknowledge, acked, ack, closed, close, handled, handle, handles, dealt with, deal with, dealt, resolved, resolve, "
    "took care of, take care of, responded, respond, responded to, respond to, worked on, signed off on, confirmed, dismissed, "
    "dismiss, processed, reacted, react to, answered, took, attended to, cleared, clear, picked up, responsible for, responsible, "
    "on it, looked after, accepted, judged, taken, sorted, sorted out, taken care of, been dealt with, been handled, been taken, "
    "looked at, look at, looked into, seen to"
)
MOST = phrases(
    "most, busiest, most active, highest, most often, most common, most frequent, most frequently, top, peak, maximum, "
    "largest, worst, noisiest, liveliest"
)
FEWEST = phrases("fewest, least, quietest, lowest, least often, calmest, least active, minimum, smallest, slowest")
OPEN = phrases(
    "open, still open, my attention, our attention, attention, needs attention, need attention, outstanding, unresolved, "
    "pending, active, unclosed, not closed, ongoing, still active, live, left open, to do, "
    "unfinished"
)
NEW = phrases(
    "new, unacknowledged, unhandled, not acknowledged, nobody acknowledged, nobody has acknowledged, nobody has acknowledged yet, "
    "unacked, not acked, not been acknowledged, not yet acknowledged, unanswered, untouched, unattended, nobody has handled, "
    "nobody has dealt with, has nobody dealt with, has nobody handled, has nobody acknowledged, has nobody taken, has no one handled, "
    "has nobody closed, waiting, not handled, nobody handled, no one acknowledged, no one has acknowledged, not been handled, "
    "not dealt with"
)
CLOSED = phrases("closed, been closed, resolved, done, finished, settled, completed, were closed")
ACKNOWLEDGED = phrases("acknowledged, acked, been acknowledged, were acknowledged")
IN_PROGRESS = phrases("in progress, being handled, being worked on, under way, underway")
FALSE = phrases("false, bogus, spurious, false positive, false positives, mistaken, wrong, not real, unfounded, unwarranted")
TRUE = phrases("true, genuine, real, true positive, true positives, justified, confirmed, valid, actual")
BENIGN = phrases("benign, harmless, innocent")
UNJUDGED = phrases(
    "without a verdict, without verdict, no verdict, not judged, unjudged, not been judged, without a disposition, without disposition"
)
MEAN = phrases("on average, average, averages, averaged, mean, in the mean, per average, avg")
MEDIAN = phrases(
    "usually, usual, normally, normal, typically, typical, generally, commonly, median, regularly, as a rule, customarily, habitually, "
    "ordinarily, in general"
)
LONGEST = phrases("longest, longest lasting, most time, the most time, most hours, most minutes, lengthiest, longest time")
SHORTEST = phrases("shortest, briefest, least time, the least time, shortest time, fewest hours")
EARLIEST = phrases("earliest")
LATEST = phrases("latest")
SHARE = phrases(
    "percentage, percent, share, proportion, fraction, ratio, what part of, which part of, rate, percentage of, share of, proportion of"
)
DAYS = phrases(
    "how many days, how many different days, which days, what days, on how many days, on which days, on what days, number of "
    "days, every day, "
    "each day, which dates, what dates, all days, day on which, days on which, day when, days when, "
    "days with, days without, any days, nights with, nights without, which weekday, what weekday, which weekdays, what weekdays"
)
ORDERS = word_set(  # a question is no order: such a word is never a slip of a name, and never carried out
    "mark marked delete remove erase disable enable stop stopped switch arm disarm lock unlock reset forget ignore pretend turn set change"
)
LISTS = phrases(
    "list, show, give, tell, display, print, which, what, any, all, every, see, look up, find, get, are there, were there, report on, "
    "bring, name, detail, describe"
)
NOW = phrases("now, still, currently")
NOT = phrases("not, no, never, nothing, none, nobody, no one, without")
HE = word_set("he she him her they them his hers their theirs himself herself")
THERE = word_set("there")
THEN = phrases("then, that day, that time, at that time, that moment, same day, same time, that night")
IT = word_set("it that this one these those")
FOLLOWS = word_set("and also what how about same but ok okay so then instead again")
NEAR = phrases(
    "near, nearby, around here, around, close by, close to, in the vicinity, vicinity, neighbourhood, neighborhood, near here, "
    "near us, around us"
)
AT_ONCE = phrases(
    "at once, at the same time, simultaneously, at any one time, at one time, concurrently, all at once, both at once, at any given time"
)
EVERY = phrases(
    "every day, each day, every single day, all days, all the days, every weekday, each weekday, every working day, each working day, "
    "every workday, each and every day, all weekdays, all the weekdays, all working days, all workdays, on all days, "
    " always, every night, each night, every morning, each morning, every one of the days"
)
ONLY = phrases("only, solely, exclusively")
NEAREST = phrases("nearest, closest, how far, how far away, how near, how close")
EXCEPT = phrases(
    "but not, other than, apart from, except for, not counting, leaving out, not including, aside from, leaving aside, excluding, except, "
    "besides, without, minus, beside, but, ignoring, and not, not"
)
LEFT_OUT = word_set("excluded excepted omitted")  # behind what is left out

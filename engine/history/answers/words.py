"""How an answer says times, places, people and kinds. What comes from the world (names, reasons, descriptions) is written so that no markup
in it means anything, and is quoted where it is more than a name."""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.alerts.words import SEVERITY_WORDS
from engine.history.lexicon.tokens import MONTHS, WEEKDAYS
from engine.history.names import Directory, NamedKind
from engine.history.queries.rows import Row
from engine.history.when.zone import local
from engine.model.alerts.alert import AlertState
from engine.model.clock_text import clock_text, minute_of_day_text
from engine.model.event import EventKind, Severity
from engine.model.history.query import Of, Query, Scope, Span, Who
from engine.model.value_class import dataclass
from engine.pipeline.cameras.activities import DISAGREES, SEES_UPRIGHT
from engine.pipeline.reports.plume_events import DECLINED, ENDS_NS

K = EventKind
UNIDENTIFIED = "an unidentified person"
A_PERSON = "a person"  # whom the sensor does not tell apart
LONGEST_QUOTE = 200
_STATES = {  # of alerts and incidents, behind the noun
    "open": "still open",
    AlertState.NEW.value: "not yet acknowledged",
    AlertState.ACKNOWLEDGED.value: "acknowledged by now",
    AlertState.IN_PROGRESS.value: "now in progress",
    AlertState.CLOSED.value: "closed by now",
}
_SHORT_NS = 600 * 10**9
KIND_NOUNS: dict[str, tuple[str, str]] = {  # the names of `event_names`, as they are counted: one, several
    K.PERSON.value: ("person detection", "person detections"),
    K.MOTION.value: ("motion event", "motion events"),
    K.CAMERA_LOST.value: ("camera offline event", "camera offline events"),
    K.PRESENCE.value: ("presence detection", "presence detections"),
    K.ZONE_VISIT.value: ("zone entry", "zone entries"),
    K.ZONE_OCCUPIED.value: ("occupied zone", "occupied zones"),
    K.CROSSING.value: ("line or door crossing", "line or door crossings"),
    K.FALL.value: ("fall", "falls"),
    K.NODE_LOST.value: ("node offline event", "node offline events"),
    K.GESTURE.value: ("gesture", "gestures"),
    K.FIGHT.value: ("fight", "fights"),
    K.LOITERING.value: ("loitering event", "loitering events"),
    K.RUNNING.value: ("running event", "running events"),
    K.CROWD.value: ("crowd", "crowds"),
    K.NAMED.value: ("person identification", "person identifications"),
    K.WHO_IS_IT.value: ("uncertain identity", "uncertain identities"),
    K.BADGE_WITHOUT_OWNER.value: ("badge without owner", "badges without owner"),
    K.TWO_PLACES.value: ("person in two places", "persons in two places"),
    K.PHONE_LEFT.value: ("phone left behind", "phones left behind"),
    K.INCIDENT.value: ("reported incident", "reported incidents"),
    K.SMOKE.value: ("smoke detection", "smoke detections"),
    K.FORECAST_FAILED.value: ("failed risk forecast", "failed risk forecasts"),
}
OF_NOUNS = {
    Of.EVENTS: ("event", "events"),
    Of.ALERTS: ("alert", "alerts"),
    Of.INCIDENTS: ("incident", "incidents"),
    Of.HELD: ("held decision", "held decisions"),
    Of.PEOPLE: ("person", "people"),
}
_DOUBTS: dict[str, tuple[str, ...]] = {  # how sentences of a reason begin that say why it may not have been
    K.FALL.value: ("This is not certain", "Nobody saw them go down", SEES_UPRIGHT.strip(), DISAGREES.strip()),
    K.SMOKE.value: (DECLINED, "The detector is experimental"),
}
_MARKS = re.compile(r"([\\`*\[\]#|~])")
_UNDERSCORES = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def safe(text: str) -> str:
    """Text from the world: no control characters, no direction marks, and Markdown and HTML in it mean nothing."""
    plain = " ".join(_CONTROLS.sub(" ", text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _UNDERSCORES.sub(r"\\_", _MARKS.sub(r"\\\1", plain))


def quoted(text: str) -> str:
    cut = text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"
    return f"“{safe(cut.replace('“', '‹').replace('”', '›'))}”"


def doubt_of(row: Row) -> str:
    """Of a fall or smoke: the sentences of its reason, as its alert's card has them, that say why it may be none."""
    return " ".join(each for each in re.split(r"(?<=\.) ", row.text) if each.startswith(_DOUBTS.get(row.kind, ())))


def kind_noun(kind: str) -> str:
    """Of one event of a kind."""
    return KIND_NOUNS.get(kind, (kind.replace("_", " "), ""))[0]


def severity_words(severity: int) -> str:
    """`5 (critical)`, as an alert's card has it."""
    return SEVERITY_WORDS[Severity(severity)] if severity else "0"


def state_words(state: str) -> str:
    """Of an alert, as its card has it."""
    return "new, not yet acknowledged" if state == AlertState.NEW else state.replace("_", " ")


def one_of(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def none_of(noun: str) -> str:
    return f"no {noun}"


def date(at: datetime) -> str:
    return f"{WEEKDAYS[at.weekday()][:3].capitalize()} {at.day} {MONTHS[at.month - 1][:3].capitalize()} {at.year}"


def duration(seconds: float) -> str:
    """Whole seconds, rounded down; from an hour on minutes are enough."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def distance(metres: float) -> str:
    return f"{round(metres)} m" if metres < 1_000 else f"{metres / 1_000:.1f} km"


def distance_km(kilometres: float) -> str:
    return f"{kilometres:g} km"


def number(value: float) -> str:
    """With one digit behind the point, unless it is whole."""
    return f"{value:.0f}" if abs(value - round(value)) < 0.05 else f"{value:.1f}"


def clock_of(seconds: float) -> str:
    """Seconds into a day, also those of the next one."""
    return minute_of_day_text(int(seconds) // 60 % 1440)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one site, at one moment."""

    directory: Directory
    zone: ZoneInfo
    now_ns: int

    def moment(self, at_ns: int) -> str:
        at = local(at_ns, self.zone)
        return f"at {self._clock(at, seconds=bool(at.second))} on {date(at)}"

    def _clock(self, at: datetime, *, seconds: bool = False) -> str:
        return clock_text(at.replace(tzinfo=self.zone), seconds)

    def stretch(self, since_ns: int, until_ns: int | None, *, going_on: bool = False) -> str:
        """With seconds where it is short, as of people who pass again and again."""
        is_over = until_ns is not None and not going_on
        end_ns = until_ns if until_ns is not None and not going_on else self.now_ns
        since, until = local(since_ns, self.zone), local(end_ns, self.zone)
        exact = end_ns - since_ns < _SHORT_NS and bool(since.second or (is_over and until.second))
        began, ended = self._clock(since, seconds=exact), self._clock(until, seconds=exact)
        if not is_over:
            return f"since {began} on {date(since)}"
        if end_ns - since_ns < 2_000_000_000:
            return self.moment(since_ns)
        if since.date() == until.date():
            return f"from {began} to {ended} on {date(since)}"
        return f"from {began} on {date(since)} to {ended} on {date(until)}"

    def period(self, spans: tuple[Span, ...]) -> str:
        """Empty for all time."""
        if not spans:
            return ""
        if len(spans) > 1:
            whole = self._span_words(Span(spans[0].since_ns, spans[-1].until_ns))
            return f"in {len(spans)} stretches {whole}"
        return self._span_words(next(iter(spans)))

    def _span_words(self, span: Span) -> str:
        since, until = local(span.since_ns, self.zone), local(span.until_ns, self.zone)
        if span.since_ns == 0:
            return f"before {self._clock(until)} on {date(until)}"
        last = local(span.until_ns - 1, self.zone)
        if since.hour == since.minute == until.hour == until.minute == since.second == 0:
            return f"on {date(since)}" if since.date() == last.date() else f"from {date(since)} to {date(last)}"
        if since.date() == until.date():
            return f"between {self._clock(since)} and {self._clock(until)} on {date(until)}"
        return f"between {self._clock(since)} on {date(since)} and {self._clock(until)} on {date(until)}"

    def camera(self, id_: str) -> str:
        return safe(self.directory.name(NamedKind.CAMERA, id_))

    def zone_name(self, id_: str) -> str:
        return safe(self.directory.name(NamedKind.ZONE, id_))

    def rule_name(self, id_: str) -> str:
        return self.directory.name(NamedKind.RULE, id_)

    def place_words(self, row: Row) -> str:
        """`at Yard`, `at Yard and now in Hall`; empty where none is known."""
        place, end = self._place(row), row.end
        if end is None or self._place(end).split(" ")[1:] == place.split(" ")[1:]:
            return place
        return f"{place} and {'now' if row.going_on else 'then'} {self._place(end)}".strip()

    def _place(self, row: Row) -> str:
        """Smoke is far from the camera that sees it."""
        if row.zone_id or not row.camera_id:
            return f"in {self.zone_name(row.zone_id)}" if row.zone_id else ""
        return f"in view of {self.camera(row.camera_id)}" if row.kind == K.SMOKE else f"at {self.camera(row.camera_id)}"

    def person_words(self, row: Row) -> str:
        """As the directory has them now; as the record had them where they are no longer known."""
        known = self.directory.name(NamedKind.PERSON, row.person_id) if row.person_id else ""
        name = known if known and known != row.person_id else row.person or known
        return safe(name)

    def people_words(self, ids: tuple[str, ...]) -> str:
        return list_text([safe(self.directory.name(NamedKind.PERSON, each)) for each in ids])

    def event(self, row: Row) -> str:
        """One event as a clause without its time."""
        who, place = self.person_words(row), self.place_words(row)
        somebody = who or UNIDENTIFIED
        where = f" {place}" if place else ""
        match row.kind:
            case K.PERSON:
                return f"{somebody} was seen{where}"
            case K.ZONE_VISIT:
                return f"{somebody} was{where}"
            case K.CROSSING:
                return f"{somebody} went through {place.removeprefix('in ')}" if row.zone_id else f"{somebody} went through"
            case K.FALL:
                doubt = doubt_of(row)
                return f"{who or A_PERSON} may have fallen{where} ({quoted(doubt)})" if doubt else f"{who or A_PERSON} fell{where}"
            case K.SMOKE:
                reason = f" ({quoted(row.text)})" if row.text else ""
                return f"There may have been smoke{where}{reason}" if doubt_of(row) else f"There was smoke{where}{reason}"
            case K.GESTURE:
                return f"{who or A_PERSON} made the gesture {quoted(row.label)}{where}"
            case K.LOITERING | K.RUNNING:
                did = "stayed in one spot (loitering)" if row.kind == K.LOITERING else "was running"
                return f"{who or A_PERSON} {did}{where}"
            case K.CAMERA_LOST:
                return f"The camera {self.camera(row.camera_id)} was offline"
            case K.NODE_LOST:
                return f"The node {safe(self.directory.name(NamedKind.NODE, row.sensor_id))} was offline"
            case K.PHONE_LEFT:
                return f"The phone of {who or UNIDENTIFIED} was left behind{where}"
            case K.FIGHT:
                return f"There was a fight{where}"
            case K.PRESENCE:
                return f"{who or A_PERSON} was found by radio{where}"
            case K.NAMED:
                return f"The name {who} became known{where}"
            case kind:
                of = f" of {who}" if who else ""
                return f"There was {'motion' if kind == K.MOTION else one_of(kind_noun(kind))}{of}{where}"

    def event_at(self, row: Row) -> str:
        """The clause with its time."""
        return f"{self.event(row)}, {self.when(row)}"

    def when(self, row: Row) -> str:
        """From when to when, how long that is, and whether it was simulated."""
        told = self.stretch(row.at_ns, row.until_ns, going_on=row.going_on)
        if row.going_on and row.kind == K.SMOKE:
            told += f", open until {duration(ENDS_NS / 1e9)} after it was last seen"
        elif row.going_on:
            told += ", still ongoing"
        elif row.seconds >= 60:
            told += f" ({duration(row.seconds)})"
        return f"{told} (simulated)" if row.simulated else told

    def noun(self, query: Query, number: int) -> str:
        one, many = OF_NOUNS[query.of]
        kinds = query.scope.kinds
        if query.of is Of.EVENTS and len(kinds) == 1:
            one, many = KIND_NOUNS[kinds[0].value]
        elif query.of is Of.EVENTS and not kinds and query.scope.who is not Who.ANYTHING:  # only those in which somebody shows
            of_people = query.scope.who is Who.ANYONE and not query.scope.person_ids
            one, many = ("sighting of a person", "sightings of people") if of_people else ("sighting", "sightings")
        return one if number == 1 else many

    def amount(self, query: Query, number: int) -> str:
        """`3 alerts at Yard`."""
        return f"{number} {self.noun(query, number)}{self.about(query)}"

    def there_were(self, query: Query, number: int) -> str:
        return f"There was {self.amount(query, number)}" if number == 1 else f"There were {self.amount(query, number)}"

    def stays(self, query: Query, number: int) -> str:
        """Of several people: how often at least one of them was there."""
        is_anyone = query.scope.who is Who.ANYONE and not query.scope.person_ids
        one, many = ("stretch with somebody there", "stretches with somebody there") if is_anyone else ("visit", "visits")
        amount = f"{number} {one if number == 1 else many}{self.about(query)}"
        return f"There was {amount}" if number == 1 else f"There were {amount}"

    def nobody_seen(self, query: Query) -> str:
        scope = replace(query.scope, who=Who.ANYTHING)
        if query.scope.who is Who.UNKNOWN:
            return f"no unidentified person was seen{self.about(replace(query, scope=scope))}"
        if query.scope.who is Who.KNOWN:
            return f"no known person was seen{self.about(replace(query, scope=scope))}"
        about = self.about(replace(query, scope=replace(scope, not_person_ids=())))
        others = scope.not_person_ids
        return f"nobody was seen{about} other than {self.people_words(others)}" if others else f"nobody was seen{about}"

    def none(self, query: Query) -> str:
        return f"there is {none_of(self.noun(query, 1))}{self.about(query)}"

    def about(self, query: Query, *, exact: bool = False) -> str:
        """What a scope leaves over, as words behind a noun: ` of John Smith in Lab on Tue 10 Nov 2026`. exact: it is said of a camera, too,
        that it is one, where a zone is called the same."""
        scope = query.scope
        parts = [*self._whose(scope), *self._where(scope, exact), *self._which(query), self.period(scope.spans)]
        return "".join(f" {part}" for part in parts if part)

    def _whose(self, scope: Scope) -> list[str]:
        parts: list[str] = []
        if scope.person_ids:
            parts.append(f"of {self.people_words(scope.person_ids)}")
        elif scope.who is Who.UNKNOWN:
            parts.append("of unidentified people")
        elif scope.who is Who.KNOWN:
            parts.append("of known people")
        if scope.not_person_ids:
            parts.append(f"other than of {self.people_words(scope.not_person_ids)}")
        return parts

    def _where(self, scope: Scope, exact: bool) -> list[str]:
        cameras = [self.camera(each) for each in scope.camera_ids]
        zones = [self.zone_name(each) for each in scope.zone_ids]
        alone = [name for name in zones if name not in cameras]
        exact_zone = exact or (not cameras and len(zones) == 1)
        places = [
            *(f"the camera {name}" if exact and name not in zones and self._is_also(name, NamedKind.ZONE) else name for name in cameras),
            *(f"the zone {name}" if exact_zone and self._is_also(name, NamedKind.CAMERA) else name for name in alone),
        ]
        left_out = [*(self.camera(each) for each in scope.not_camera_ids), *(self.zone_name(each) for each in scope.not_zone_ids)]
        nodes = [safe(self.directory.name(NamedKind.NODE, each)) for each in scope.sensor_ids]
        return [
            f"at {list_text(places)}" if places else "",
            f"not at {list_text(list(dict.fromkeys(left_out)))}" if left_out else "",
            f"of the node {list_text(nodes)}" if nodes else "",
            f"within {distance_km(scope.near[2])}" if scope.near is not None else "",
        ]

    def _is_also(self, name: str, kind: NamedKind) -> bool:
        return any(safe(each.name) == name for each in self.directory.of_kind(kind))

    def _which(self, query: Query) -> list[str]:
        scope = query.scope
        kinds = [KIND_NOUNS[kind.value][0] for kind in scope.kinds]
        show_kinds = kinds and (len(kinds) > 1 or query.of is not Of.EVENTS)
        labels = [quoted(label) if query.of is not Of.INCIDENTS else label.replace("_", " ") for label in scope.labels]
        return [
            f"of the kind {list_text(kinds)}" if show_kinds else "",
            f"other than {list_text([KIND_NOUNS[kind.value][1] for kind in scope.not_kinds])}" if scope.not_kinds else "",
            f"with {list_text(labels)}" if labels else "",
            f"of severity {list_text([severity_words(each) for each in scope.severities])}" if scope.severities else "",
            f"of severity {severity_words(scope.min_severity)} or more" if scope.min_severity > 1 else "",
            list_text([_STATES.get(each, each) for each in scope.states]) if scope.states and query.of is not Of.EVENTS else "",
            f"about {quoted(scope.text)}" if scope.text and query.of is Of.INCIDENTS else "",
            f"found {list_text(list(scope.dispositions))}" if scope.dispositions else "",
            f"not found {list_text(list(scope.not_dispositions))}" if scope.not_dispositions else "",
            f"by the condition {list_text(list(scope.gates))}" if scope.gates else "",
            f"assigned to {list_text([safe(each) for each in scope.assignees])}" if scope.assignees else "",
            f"assigned to others than {list_text([safe(each) for each in scope.not_assignees])}" if scope.not_assignees else "",
            "now" if scope.going_on else "",
        ]


def timeless(query: Query) -> Query:
    return replace(query, scope=replace(query.scope, spans=()))


def of_anybody(query: Query) -> Query:
    """Of whom is told apart from it."""
    return replace(query, scope=replace(query.scope, who=Who.ANYTHING))


def list_text(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]

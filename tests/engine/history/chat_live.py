"""What the simulated demo site really did, from its own world and nothing else, and whether the verified sentences of an answer are so.

The world is a closed round, so that one round, looked at every second, tells of any time. What the truth cannot say (alerts, weather of
radio, reports) is not judged.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from functools import cache

from engine.history.names import Directory, directory_of
from engine.model.event import Event, EventKind
from engine.model.history.chat import ChatAnswer, Citation, CitationKind, ClaimStatus, Sentence
from engine.model.history.event_query import AskedRecord, EventWant
from engine.model.history.query import Ask, Of, Query, Span, Who
from engine.model.history.query_text import from_text
from engine.model.time import SECOND
from engine.runtime.engine import Engine
from engine.sources.simulated import DEMO, SimulatedCamera, World, demo_people, world_time_s
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_second import second
from tests.engine.history.chat_third_forms import third
from tests.engine.history.frozen_sets import frozen
from tests.fakes.week import generated

BEFORE_S, AFTER_S = 3, 3  # an event begins once somebody is sure, and ends once they have not been seen for a while
NOBODY = re.compile(
    r"^(?:No: )?(?:nobody|there is no|no\b|none\b)|\bnot seen\b|\bno alert\b|\bnobody (?:else )?(?:was|saw)\b", re.IGNORECASE
)
OBSERVED = re.compile(r"(\d+ (?:h|min|s)(?: \d+ (?:min|s))?) of \d+ (?:h|min|s)(?: \d+ (?:min|s))? were observed")
UNMISSED_S = 12  # so long in plain sight, nobody is overlooked
NEAR_M = 1.5
PERIOD = round(DEMO.period_s)
NAMES = (
    (r"John Smith|John|Jon Smith", "Jonas"),
    (r"Mary-Ann O'Brien|Mary Ann O'Brien|Mary-Ann|Mary", "Mara"),
    (r"Zoë Müller|Zoe Muller|Zoë|Zoe|Jürgen|Jurgen|Ana Lima|Ana", "Ines"),
    (r"loading dock|the dock\b|dock\b", "store"),
    (r"front gate|the gate\b|gate\b", "yard"),
    (r"server room|lab\b", "office"),
    (r"hall\b", "entrance hall"),
)
DAYS = (
    r"\b(?:(?:on |last |this )*(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|weekend|yesterday)"
    r"(?: night| evening| morning| afternoon)?|last (?:week|night))\b"
)
CARRIED = {phone.person: phone.carrier for phone in DEMO.phones if phone.person}
WALKER_OF = {person.id: CARRIED.get(person.name, "") for person in demo_people()}  # empty: they are not there, only their phone is


@dataclass(frozen=True)
class Wrong:
    question: str
    sentence: str
    why: str
    fault: str  # "sensed": nobody was where an event says; "named": somebody else was; "told": the answer says what is not so
    basis_told: bool = False  # the sentence itself says that the name is by phone, or the place by radio


@dataclass(frozen=True)
class Missed:
    """Somebody who was in plain sight of a camera up to a time (UTC ns)."""

    why: str
    camera_id: str
    at_ns: int


def conversations(today: bool = False) -> list[tuple[str, ...]]:
    """The questions of all sets, about the people and places of the demo. `today`: also their days."""
    week = generated()
    rows = [(each.question,) for each in asked(week)] + [(each.paraphrase,) for each in asked(week)]
    rows += [(each.question,) for each in second(week)] + [(*each.before, each.question) for each in third(week)]
    rows += [(*each.before, each.question) for each in frozen(week)]
    return [tuple(_of_demo(text, today) for text in row) for row in rows]


def _of_demo(text: str, today: bool) -> str:
    for pattern, name in NAMES:
        text = re.sub(rf"\b(?:{pattern})", name, text, flags=re.IGNORECASE)
    return re.sub(DAYS, "today", text, flags=re.IGNORECASE) if today else text


@cache
def seen_in(camera_id: str) -> tuple[dict[str, bool], ...]:
    """Of each second of a round: who shows in a camera's picture, and whether plainly."""
    world = World()
    camera = SimulatedCamera(world, next(each for each in DEMO.cameras if each.id == camera_id))
    return tuple({each.id: each.well_visible for each in camera.truth(float(at))} for at in range(PERIOD))


@cache
def stood() -> tuple[dict[str, tuple[float, float]], ...]:
    world = World()
    walkers = [walker.id for walker in DEMO.walkers]
    return tuple(dict(zip(walkers, world.places(float(at)), strict=True)) for at in range(PERIOD))


def _seconds(since_ns: int, until_ns: int, before: int = 0, after: int = 0) -> range:
    return range(int(world_time_s(since_ns)) - before, int(world_time_s(until_ns)) + after + 1)


def shown(camera_id: str, at_s: int) -> dict[str, bool]:
    return seen_in(camera_id)[at_s % PERIOD]


def within(zone_id: str, at_s: int, metres: float = NEAR_M) -> set[str]:
    """Who stands in a room, or beside it by no more than so much (below 0: well inside), or at a door."""
    here = stood()[at_s % PERIOD]
    if zone_id in DEMO.rooms:
        x0, y0, x1, y1 = DEMO.rooms[zone_id]
        return {id_ for id_, (x, y) in here.items() if x0 - metres <= x <= x1 + metres and y0 - metres <= y <= y1 + metres}
    door = next((each for each in DEMO.portals if each.id == zone_id), None)
    if door is None:
        return set()
    middle = ((door.a[0] + door.b[0]) / 2, (door.a[1] + door.b[1]) / 2)
    reach = NEAR_M + abs(door.a[0] - door.b[0]) / 2 + abs(door.a[1] - door.b[1]) / 2
    return {id_ for id_, (x, y) in here.items() if abs(x - middle[0]) + abs(y - middle[1]) <= 2 * reach}


@dataclass
class Judge:
    """Of answers about a live record of the demo. `watched`: from when on its cameras gave pictures; `now_ns`: when it was asked."""

    record: AskedRecord
    directory: Directory
    since_ns: int
    now_ns: int
    questions: int = 0
    judged: int = 0
    verified: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    def of(self, fault: str) -> list[Wrong]:
        return [each for each in self.wrong if each.fault == fault]

    def answer(self, answer: ChatAnswer) -> None:
        for sentence in answer.sentences:
            if sentence.status is not ClaimStatus.VERIFIED or not sentence.citations:
                continue
            self.verified += 1
            found = [*self._events(sentence), *self._none(sentence), *self._watched(sentence)]
            told = {"named": "(named by ", "sensed": "found by radio)"}
            for why, fault in found:
                self.wrong.append(Wrong(answer.question, sentence.text, why, fault, told.get(fault, "\n") in sentence.text))

    def _events(self, sentence: Sentence) -> Iterator[tuple[str, str]]:
        for citation in sentence.citations:
            event = self.record.event(citation.id) if citation.kind is CitationKind.EVENT else None
            if event is None:
                continue
            there = self._there(event)
            if there is None:
                continue
            self.judged += 1
            if not there:
                yield f"nobody was there: {event.id}", "sensed"
            elif event.person_id and WALKER_OF.get(event.person_id) not in there:
                yield f"it was {sorted(there)}: {event.id}", "named"

    def _there(self, event: Event) -> set[str] | None:
        """Who was really there; None: the truth does not say."""
        until_ns = event.ended_ns or self.now_ns
        seconds = _seconds(event.started_ns, until_ns, BEFORE_S, AFTER_S)
        if event.kind is EventKind.PERSON and event.camera_id in {each.id for each in DEMO.cameras}:
            return {id_ for at in seconds for id_ in shown(event.camera_id, at)}
        if event.kind in (EventKind.ZONE_VISIT, EventKind.ZONE_OCCUPIED, EventKind.CROSSING) and event.zone_id:
            return {id_ for at in seconds for id_ in within(event.zone_id, at)}
        return None

    def _none(self, sentence: Sentence) -> Iterator[tuple[str, str]]:
        """Of `nobody was seen`: whether somebody was there in plain sight."""
        if not NOBODY.search(sentence.text):
            return
        for query in _counts(sentence.citations):
            scope = query.scope
            if (
                (scope.kinds and EventKind.PERSON not in scope.kinds)
                or scope.not_person_ids
                or scope.going_on
                or scope.longest_s is not None
            ):
                continue
            if (
                query.limited
                or query.of not in (Of.EVENTS, Of.PEOPLE)
                or scope.who in (Who.KNOWN, Who.UNKNOWN)
                or not (scope.kinds or _of_people(query))
            ):
                continue
            self.judged += 1
            missed = self._unmissed(query)
            if missed is not None:
                yield missed.why, "named" if scope.person_ids and self._is_recorded(missed) else "told"

    def _is_recorded(self, missed: Missed) -> bool:
        """Whether the camera saw somebody then, though it did not know who."""
        since_ns = missed.at_ns - UNMISSED_S * SECOND
        people = EventWant(
            since_ns=since_ns, until_ns=missed.at_ns, touching=True, kinds=(EventKind.PERSON,), camera_ids=(missed.camera_id,)
        )
        return self.record.count(people) > 0

    def _unmissed(self, query: Query) -> Missed | None:
        """Of WITH: somebody else, or the one that is asked about, beside them."""
        scope = query.scope
        wanted = {WALKER_OF.get(each, "") for each in scope.person_ids}
        other = WALKER_OF.get(query.id, "") if query.id else ""
        for span in scope.spans or (Span(self.since_ns, self.now_ns),):
            since_ns, until_ns = max(span.since_ns, self.since_ns + 10 * SECOND), min(span.until_ns, self.now_ns - 10 * SECOND)
            for camera_id in scope.camera_ids or (() if scope.zone_ids else tuple(each.id for each in DEMO.cameras)):
                lasted: dict[str, int] = {}
                for number, at in enumerate(_seconds(since_ns, until_ns) if since_ns < until_ns else ()):
                    plain = {id_ for id_, well in shown(camera_id, at).items() if well}
                    if query.ask is Ask.WITH:
                        plain = {id_ for id_ in plain - wanted if not other or id_ == other} if plain & wanted else set()
                    else:
                        plain &= wanted or plain
                    lasted = {id_: lasted.get(id_, 0) + 1 for id_ in plain}
                    if any(seconds >= UNMISSED_S for seconds in lasted.values()):
                        return Missed(f"{sorted(lasted)} in plain sight of {camera_id} at {at}", camera_id, since_ns + number * SECOND)
        return None

    def _watched(self, sentence: Sentence) -> Iterator[tuple[str, str]]:
        """Nobody watched before the engine did."""
        text = sentence.text
        spans = [span for query in _counts(sentence.citations) for span in query.scope.spans]
        if "all the time" in text and not text.startswith("Not") and spans:
            self.judged += 1
            if any(span.since_ns < self.since_ns - 60 * SECOND for span in spans):
                yield "the engine did not run yet", "told"
        for seen in OBSERVED.findall(text):
            self.judged += 1
            if _read(seen) > (self.now_ns - self.since_ns) / SECOND + 60:
                yield f"the engine has not run for {seen}", "told"


def judged_by(engine: Engine, ask: Callable[..., ChatAnswer], every: int = 1) -> Judge:
    """The questions of the five sets, put to an engine that runs."""
    record = engine.record.store.asked
    judge = Judge(record, directory_of(engine.settings, record.people()), record.watched_since_ns(DEMO.cameras[0].id) or 0, 0)
    for row in [*conversations(today=True)[::every], *conversations()[every // 2 :: every]]:
        turns: list[ChatAnswer] = []
        for question in row:
            turns.append(ask(question, *turns))
        judge.questions += 1
        judge.now_ns = turns[-1].asked_ns
        judge.answer(turns[-1])
    return judge


def _of_people(query: Query) -> bool:
    return query.of is Of.PEOPLE or query.scope.who is Who.ANYONE or bool(query.scope.person_ids)


def _counts(citations: tuple[Citation, ...]) -> list[Query]:
    return [from_text(each.id) for each in citations if each.kind is CitationKind.COUNT]


def _read(length: str) -> int:
    units = {"h": 3600, "min": 60, "s": 1}
    parts = length.split()
    return sum(int(number) * units[unit] for number, unit in zip(parts[::2], parts[1::2], strict=True))


def invented(record: AskedRecord, least: int = 10) -> dict[str, set[str]]:
    """By kind, fields that events of the generated week fill and those of a live record do not, where it has at least so many. What a
    camera fills and radio does not, and the other way round, is no invention."""
    live: dict[EventKind, list[Event]] = {}
    for event in record.events(EventWant(), 50_000):
        live.setdefault(event.kind, []).append(event)
    found = {
        kind.value: {name for each in generated().events if each.kind is kind for name in _filled(each)}
        - {name for each in events for name in _filled(each)}
        for kind, events in live.items()
        if len(events) >= least and kind is not EventKind.FALL
    }
    return {kind: names for kind, names in found.items() if names}


def _filled(event: Event) -> set[str]:
    return {each.name for each in fields(event) if getattr(event, each.name) not in (None, "", 0, 0.0, (), False)}

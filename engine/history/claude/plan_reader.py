"""Reads what a language model put into a plan, and writes one for it. What a plan names has to exist, and nothing in it is passed over."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from engine.history.claude.plan_schema import ANCHOR, MOST_NAMES, MOST_TIMES, QUERY, SCOPE
from engine.history.claude.pseudonyms import Pseudonyms
from engine.history.names import Directory, NamedKind
from engine.history.when.zone import local
from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.history.plan import MOST_QUERIES, Form, PlannedQuery, Relation, TimeAnchor
from engine.model.history.query import MOST_ROWS, Ask, By, GroupSelection, Measure, Of, Query, Scope, Span, Who
from engine.model.time import SECOND

_E = TypeVar("_E", bound=StrEnum)
Given = Mapping[str, object]


class PlanReader:
    """Of one question. One thread."""

    def __init__(self, directory: Directory, names: Pseudonyms, now_ns: int, zone: ZoneInfo) -> None:
        self._directory, self._names, self._now_ns, self._zone = directory, names, now_ns, zone

    def queries(self, given: Given) -> tuple[PlannedQuery, ...]:
        """Raises InputError (`queries`, or a field of one of them)."""
        several = _objects(given, "queries", MOST_QUERIES)
        return tuple(self._planned(each) for each in several)

    def _planned(self, given: Given) -> PlannedQuery:
        _check_fields(given, QUERY)
        leans = given.get("leans_on")
        at = _text(given, "at")
        query = Query(
            _member(Ask, given, "ask", Ask.LIST),
            _member(Of, given, "of", Of.EVENTS),
            self._scope(given),
            _member(By, given, "by", By.ALL),
            _member(GroupSelection, given, "wanted", GroupSelection.ALL),
            self._spans(given, "other_times"),
            _text(given, "id"),
            self._moment("at", at) if at else None,
            _whole(given, "limit", 20),
            _whole(given, "skip", 0),
            _flag(given, "oldest_first"),
            _member(Measure, given, "measure", Measure.NONE),
            _flag(given, "during"),
            _whole(given, "least", 0),
            _whole(given, "most", 0) if given.get("most") is not None else None,
            tuple(self._part(each) for each in _objects(given, "also", MOST_QUERIES)),
            tuple(self._part(each) for each in _objects(given, "without", MOST_QUERIES)),
        )
        anchor = None if leans is None else self._anchor(_object("leans_on", leans))
        return PlannedQuery(query, _member(Form, given, "form", Form.PLAIN), anchor)

    def _anchor(self, given: Given) -> TimeAnchor:
        _check_fields(given, ANCHOR)
        ask = _member(Ask, given, "ask", Ask.LAST)
        if ask not in (Ask.FIRST, Ask.LAST):
            raise InputError("leans_on", "asks for neither the first nor the last")
        query = Query(ask, _member(Of, given, "of", Of.EVENTS), self._part(_object("what", given.get("what", {}))), limit=1)
        relation = _member(Relation, given, "relation", Relation.DURING)
        return TimeAnchor(query, relation, _amount(given, "seconds"), _flag(given, "returned"))

    def _part(self, given: Given) -> Scope:
        _check_fields(given, SCOPE)
        return self._scope(given)

    def _scope(self, given: Given) -> Scope:
        return Scope(
            self._spans(given, "times"),
            tuple(_enum_member(EventKind, "kinds", each) for each in texts(given, "kinds")),
            _member(Who, given, "who", Who.ANYTHING),
            self._people(given, "people"),
            self._people(given, "not_people"),
            self._places(given, "cameras", NamedKind.CAMERA),
            self._places(given, "zones", NamedKind.ZONE),
            _whole(given, "min_severity", 1, 5),
            texts(given, "labels"),
            texts(given, "states"),
            texts(given, "dispositions"),
            assignees=tuple(self._names.back(each).casefold() for each in texts(given, "assignees")),
            going_on=_flag(given, "going_on"),
            text=_text(given, "text"),
            shortest_s=_amount(given, "shortest_s"),
            longest_s=_amount(given, "longest_s"),
            not_camera_ids=self._places(given, "not_cameras", NamedKind.CAMERA),
            not_zone_ids=self._places(given, "not_zones", NamedKind.ZONE),
        )

    def _spans(self, given: Given, name: str) -> tuple[Span, ...]:
        spans: list[Span] = []
        for each in _objects(given, name, MOST_TIMES):
            since, until = _text(each, "since"), _text(each, "until")
            spans.append(Span(self._moment(name, since) if since else 0, self._moment(name, until) if until else self._now_ns))
        return tuple(sorted(spans, key=lambda span: span.since_ns))

    def _moment(self, name: str, text: str) -> int:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            raise InputError(name, f"{text[:40]!r} is no time such as 2026-01-02T15:00") from None
        placed = moment if moment.tzinfo is not None else moment.replace(tzinfo=self._zone)
        try:
            return int(placed.timestamp()) * SECOND
        except (OverflowError, OSError, ValueError):
            raise InputError(name, "is too far away") from None

    def _people(self, given: Given, name: str) -> tuple[str, ...]:
        found: list[str] = []
        for text in texts(given, name):
            ids = self._names.ids(text)
            if not ids:
                raise InputError(name, f"{text[:40]!r} is nobody who is known")
            found += ids
        return tuple(dict.fromkeys(found))

    def _places(self, given: Given, name: str, kind: NamedKind) -> tuple[str, ...]:
        known = {key: each.id for each in self._directory.of_kind(kind) for key in (each.id.casefold(), each.name.casefold())}
        said = texts(given, name)
        missing = [text for text in said if text.casefold() not in known]
        if missing:
            raise InputError(name, f"{missing[0][:40]!r} is none of those that exist")
        return tuple(dict.fromkeys(known[text.casefold()] for text in said))


class PlanWriter:
    """A query of before as the model fills one, for what goes on from it."""

    def __init__(self, names: Pseudonyms, zone: ZoneInfo) -> None:
        self._names, self._zone = names, zone

    def plain(self, query: Query) -> dict[str, object]:
        scope = query.scope
        said: dict[str, object] = {
            "ask": query.ask.value,
            "of": query.of.value,
            "times": self._times(scope.spans),
            "other_times": self._times(query.other),
            "kinds": [each.value for each in scope.kinds],
            "who": scope.who.value,
            "people": [self._names.of_id(each) for each in scope.person_ids],
            "not_people": [self._names.of_id(each) for each in scope.not_person_ids],
            "cameras": list(scope.camera_ids),
            "zones": list(scope.zone_ids),
            "states": list(scope.states),
            "labels": list(scope.labels),
            "by": query.by.value,
            "id": query.id,
        }
        return {name: value for name, value in said.items() if value not in ([], "", By.ALL.value, Who.ANYTHING.value)}

    def _times(self, spans: tuple[Span, ...]) -> list[dict[str, str]]:
        return [{"since": self._clock(each.since_ns), "until": self._clock(each.until_ns)} for each in spans[:MOST_TIMES]]

    def _clock(self, at_ns: int) -> str:
        return f"{local(at_ns, self._zone):%Y-%m-%dT%H:%M}"


def plan_in(content: list[dict[str, Any]]) -> dict[str, object] | None:
    """The plan that a model wrote as text instead of calling the tool, as small ones do.

    None: there is none. Raises InputError (`queries`).
    """
    text = "".join(str(block["text"]) for block in content if block["type"] == "text")
    if (start := text.find("{")) < 0:
        return None
    try:
        given: object = json.JSONDecoder().raw_decode(text[start:])[0]
    except (ValueError, RecursionError):
        raise InputError("queries", "are no JSON") from None
    plan = _fields(_fields(given).get("arguments", given))
    if "queries" not in plan:
        raise InputError("queries", "are not there")
    return plan


def _fields(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def calendar(now_ns: int, zone: ZoneInfo) -> str:
    """Now, and the days before, so that the model need not reckon."""
    now = local(now_ns, zone)
    days = [now - timedelta(days=back) for back in range(8)]
    return f"{now:%A %Y-%m-%dT%H:%M} in {zone.key}; before: {', '.join(f'{day:%a %Y-%m-%d}' for day in days[1:])}"


def _check_fields(given: Given, fields: Mapping[str, Any]) -> None:
    """Raises InputError: something that could only be passed over."""
    odd = [name for name in given if name not in fields]
    if odd:
        raise InputError(odd[0][:40], "is no field of a query")


def _object(name: str, value: object) -> Given:
    if not isinstance(value, dict):
        raise InputError(name, "is no object")
    return cast("dict[str, object]", value)


def _objects(given: Given, name: str, most: int) -> list[Given]:
    value = given.get(name)
    if value is None:
        return []
    several = cast("list[object]", value) if isinstance(value, list) else None
    if several is None or len(several) > most:
        raise InputError(name, f"is no list of at most {most} objects")
    return [_object(name, each) for each in several]


def _text(given: Given, name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(name, "is no text")
    return value


def texts(given: Given, name: str) -> tuple[str, ...]:
    """Raises InputError (`name`)."""
    value = given.get(name)
    if value is None:
        return ()
    several = cast("list[object]", value) if isinstance(value, list) else None
    if several is None or not all(isinstance(each, str) for each in several) or len(several) > MOST_NAMES:
        raise InputError(name, "is no list of texts")
    return tuple(str(each) for each in several)


def _whole(given: Given, name: str, usual: int, most: int = MOST_ROWS) -> int:
    value = given.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise InputError(name, f"is no whole number from 0 to {most}")
    return value


def _amount(given: Given, name: str) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1e9:
        raise InputError(name, "is no number from 0")
    return float(value)


def _flag(given: Given, name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise InputError(name, "is neither true nor false")
    return value


def _member(kind: type[_E], given: Given, name: str, usual: _E) -> _E:
    return _enum_member(kind, name, _text(given, name) or usual.value)


def _enum_member(kind: type[_E], name: str, text: str) -> _E:
    try:
        return kind(text)
    except ValueError:
        raise InputError(name, f"{text[:40]!r} is none of: {', '.join(each.value for each in kind)}") from None

"""The typed queries as tools of a language model: one per `Ask` that needs no second scope; times local, people as pseudonyms."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from engine.history.claude.pseudonyms import Pseudonyms
from engine.history.names import Directory, NamedKind
from engine.history.queries.queries import Ask, By, GroupSelection, Measure, Of, Query, Scope, Span, Who
from engine.history.when.zone import local
from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.time import SECOND

ANSWER = "answer"
_SAYS: dict[Ask, str] = {
    Ask.LAST: "The newest event, alert or incident that fits: when somebody was last seen, where somebody is.",
    Ask.FIRST: "The oldest that fits.",
    Ask.STAYS: "Who was where, and from when to when.",
    Ask.HOW_LONG: "For how long, overlaps counted once.",
    Ask.COUNT: "How many, in all or by something; `wanted` for which has most or fewest.",
    Ask.LIST: "The rows themselves.",
    Ask.ABSENT: "Which known people were not seen.",
    Ask.WITH: "Who else was at the same place at the same time as these people.",
    Ask.COMPARE: "How many in one time and in another (`other_since`, `other_until`).",
    Ask.CLIP: "The recorded clip of the newest that fits.",
    Ask.WHY_ALERT: "Why an alert was raised: `id`, or the newest that fits.",
    Ask.WHY_NOTHING: "Why nothing was raised around a moment (`at`).",
    Ask.OBSERVED: "Whether anything would have been seen: use it before saying that nothing happened.",
    Ask.HANDLED: "Who acknowledged or closed alerts.",
    Ask.AVERAGE: "How many on average: `by` day or hour, `measure` mean or median.",
    Ask.USUAL: "How many in one day or a part of it, beside what is usual then.",
    Ask.LENGTHS: "`measure` longest, shortest, mean or median: of how long events lasted.",
    Ask.CLOCKS: "The first (`oldest_first`) or last of each day by the clock: `measure` median, mean, earliest or latest.",
    Ask.DAYS: "On which days there was one, and on which none.",
    Ask.SHARE: "How many of them, and how many there are without the state, kind or severity.",
    Ask.LACKING: "Of which cameras or zones (`by`) there is none.",
    Ask.ORDER: "Who of several people came (`oldest_first`) or left first.",
}
Json = dict[str, Any]


KINDS = f"Kinds of events: {', '.join(kind.value for kind in EventKind)}."


def tools() -> list[Json]:
    """Of the Messages API: name, description, input_schema."""
    asked: list[Json] = [{"name": ask.value, "description": says, "input_schema": _schema(ask)} for ask, says in _SAYS.items()]
    answer: Json = {"name": ANSWER, "description": _ANSWER_SAYS, "input_schema": _ANSWER_SCHEMA}
    return [*asked, {**answer, "cache_control": {"type": "ephemeral"}}]  # the same with every turn, so that it is paid for once


_ANSWER_SAYS = (
    "Gives the answer. Call it once, at the end. Take sentences over word for word from `sentences` of the results, in an order "
    "that answers the question; a sentence of your own words may rest on one ref only."
)
_ANSWER_SCHEMA: Json = {
    "type": "object",
    "properties": {
        "understood": {"type": "boolean"},
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "refs": {"type": "array", "items": {"type": "string"}}},
                "required": ["text", "refs"],
            },
        },
        "suggestion": {"type": "string", "description": "Where it was not understood: a question that the tools could answer."},
    },
    "required": ["understood", "sentences"],
}


def _schema(ask: Ask) -> Json:
    """What a tool may be given; times as `SYSTEM` says."""
    text: Json = {"type": "string"}
    texts: Json = {"type": "array", "items": text}
    given: Json = {
        "of": {"enum": [each.value for each in Of]},
        "since": text,
        "until": text,
        "kinds": texts,
        "who": {"enum": [each.value for each in Who]},
        "people": texts,
        "not_people": texts,
        "cameras": texts,
        "zones": texts,
        "min_severity": {"type": "integer", "minimum": 1, "maximum": 5},
        "states": texts,
        "labels": texts,
        "text": {**text, "description": "words in descriptions of incidents"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 40},
        "oldest_first": {"type": "boolean"},
    }
    return {"type": "object", "properties": {**given, **_more(ask)}}


def _more(ask: Ask) -> Json:
    text: Json = {"type": "string"}
    match ask:
        case Ask.COUNT | Ask.LACKING:
            return {"by": {"enum": [each.value for each in By]}, "wanted": {"enum": [each.value for each in GroupSelection]}}
        case Ask.COMPARE:
            return {"other_since": text, "other_until": text}
        case Ask.AVERAGE | Ask.LENGTHS | Ask.CLOCKS | Ask.DAYS:
            return {"by": {"enum": [By.DAY.value, By.HOUR.value]}, "measure": {"enum": [each.value for each in Measure]}}
        case Ask.WHY_ALERT:
            return {"id": text}
        case Ask.WHY_NOTHING:
            return {"at": text}
        case _:
            return {}


class ToolReader:
    """Reads what a model put into a tool. What it names has to exist."""

    def __init__(self, directory: Directory, names: Pseudonyms, now_ns: int, zone: Any) -> None:
        self._directory, self._names, self._now_ns, self._zone = directory, names, now_ns, zone

    def query(self, tool: str, given: Mapping[str, object]) -> Query:
        """Raises InputError."""
        try:
            ask = Ask(tool)
        except ValueError:
            raise InputError("tool", f"{tool[:40]!r} is none") from None
        scope = Scope(
            self._spans(given, "since", "until"),
            tuple(_enum_member(EventKind, "kinds", text) for text in _texts(given, "kinds")),
            _enum_member(Who, "who", _text_argument(given, "who") or Who.ANYTHING.value),
            self._read_people(given, "people"),
            self._read_people(given, "not_people"),
            self._read_places(given, "cameras", NamedKind.CAMERA),
            self._read_places(given, "zones", NamedKind.ZONE),
            _number_argument(given, "min_severity", 1, 5),
            _texts(given, "labels"),
            _texts(given, "states"),
            text=_text_argument(given, "text"),
        )
        at = _text_argument(given, "at")
        return Query(
            ask,
            _enum_member(Of, "of", _text_argument(given, "of") or Of.EVENTS.value),
            scope,
            _enum_member(By, "by", _text_argument(given, "by") or By.ALL.value),
            _enum_member(GroupSelection, "wanted", _text_argument(given, "wanted") or GroupSelection.ALL.value),
            self._spans(given, "other_since", "other_until"),
            _text_argument(given, "id"),
            self._moment("at", at) if at else None,
            _number_argument(given, "limit", 20, 40),
            oldest_first=given.get("oldest_first") is True,
            measure=_enum_member(Measure, "measure", _text_argument(given, "measure") or Measure.NONE.value),
        )

    def _spans(self, given: Mapping[str, object], since: str, until: str) -> tuple[Span, ...]:
        begin, end = _text_argument(given, since), _text_argument(given, until)
        if not begin and not end:
            return ()
        return (Span(self._moment(since, begin) if begin else 0, self._moment(until, end) if end else self._now_ns),)

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

    def _read_people(self, given: Mapping[str, object], name: str) -> tuple[str, ...]:
        found: list[str] = []
        for text in _texts(given, name):
            ids = self._names.ids(text)
            if not ids:
                raise InputError(name, f"{text[:40]!r} is nobody who is known")
            found += ids
        return tuple(dict.fromkeys(found))

    def _read_places(self, given: Mapping[str, object], name: str, kind: NamedKind) -> tuple[str, ...]:
        known = {key: each.id for each in self._directory.of_kind(kind) for key in (each.id.casefold(), each.name.casefold())}
        texts = _texts(given, name)
        missing = [text for text in texts if text.casefold() not in known]
        if missing:
            raise InputError(name, f"{missing[0][:40]!r} is none of those that exist")
        return tuple(dict.fromkeys(known[text.casefold()] for text in texts))


def calendar(now_ns: int, zone: Any) -> str:
    """Now, and the days before, so that the model need not reckon."""
    now = local(now_ns, zone)
    days = [now - timedelta(days=back) for back in range(8)]
    return f"{now:%A %Y-%m-%dT%H:%M} in {getattr(zone, 'key', zone)}; before: {', '.join(f'{day:%a %Y-%m-%d}' for day in days[1:])}"


def _text_argument(given: Mapping[str, object], name: str) -> str:
    value = given.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(name, "is no text")
    return value


def _texts(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = given.get(name)
    if value is None:
        return ()
    several = cast("list[object]", value) if isinstance(value, list) else None
    if several is None or not all(isinstance(each, str) for each in several) or len(several) > 50:
        raise InputError(name, "is no list of texts")
    return tuple(str(each) for each in several)


def _number_argument(given: Mapping[str, object], name: str, usual: int, most: int) -> int:
    value = given.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise InputError(name, f"is no number of 1 to {most}")
    return value


def _enum_member(kind: Any, name: str, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise InputError(name, f"{text[:40]!r} is none of: {', '.join(each.value for each in kind)}") from None

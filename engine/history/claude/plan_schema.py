"""The plan (`engine.model.history.plan`) as a language model fills it: one tool, its JSON schema. Times are local, people have
pseudonyms."""

from typing import Any

from engine.model.event import EventKind
from engine.model.history.plan import MOST_QUERIES, Form, Relation
from engine.model.history.query import Ask, By, GroupSelection, Measure, Of, Who

PLAN = "plan"
MOST_TIMES, MOST_NAMES = 60, 50
Json = dict[str, Any]
_SAYS: dict[Ask, str] = {
    Ask.LAST: "the newest that fits: when somebody was last seen, where somebody is",
    Ask.FIRST: "the oldest that fits",
    Ask.STAYS: "who was where, and from when to when",
    Ask.HOW_LONG: "for how long, overlaps counted once; `by` person for each of them",
    Ask.COUNT: "how many, in all or `by` something; `wanted` for which has most or fewest, `least` and `most` for limits",
    Ask.LIST: "the rows themselves",
    Ask.ABSENT: "which known people were not seen",
    Ask.WITH: "who else was at the same place at the same time as these people",
    Ask.COMPARE: "how many in `times` and in `other_times`",
    Ask.CLIP: "the recorded clip of the newest that fits",
    Ask.WHY_ALERT: "why an alert was raised: `id`, or the newest that fits",
    Ask.WHY_NOTHING: "why no alert was raised around the moment `at`",
    Ask.OBSERVED: "whether anything would have been seen",
    Ask.HANDLED: "who acknowledged or closed alerts",
    Ask.AVERAGE: "how many on average: `by` day or hour, `measure` mean or median",
    Ask.USUAL: "how many in one day or a part of it, beside what is usual then",
    Ask.LENGTHS: "`measure` longest, shortest, mean or median of how long events lasted",
    Ask.CLOCKS: "the first (`oldest_first`) or last of each day by the clock: `measure` median, mean, earliest or latest",
    Ask.DAYS: "on which days there was one, and on which none; `by` person with `wanted` every: who was there on all of them",
    Ask.SHARE: "how many of them, and how many there are without the state, kind or severity",
    Ask.LACKING: "of which cameras or zones (`by`) there is none",
    Ask.ORDER: "who of several people came (`oldest_first`) or left first",
    Ask.AT_ONCE: "when at least `least` people were there at once; `wanted` most: how many there were at most",
    Ask.MATCHING: "known people of whom there is something here and in each of `also`, and nothing in any of `without`",
}
_TEXT: Json = {"type": "string"}
_TEXTS: Json = {"type": "array", "items": _TEXT, "maxItems": MOST_NAMES}


def _shared(name: str) -> Json:
    """What stands once in the schema, so that the request stays short: a model on a small machine reads it before each first answer."""
    return {"$ref": f"#/$defs/{name}"}


SCOPE: Json = {
    "times": _shared("times"),
    "kinds": _shared("kinds"),
    "who": {"enum": [each.value for each in Who]},
    "people": _shared("texts"),
    "not_people": _shared("texts"),
    "cameras": _shared("texts"),
    "not_cameras": _shared("texts"),
    "zones": _shared("texts"),
    "not_zones": _shared("texts"),
    "min_severity": {"type": "integer", "minimum": 1, "maximum": 5},
    "states": {**_TEXTS, "description": "of alerts: open, new, acknowledged, in_progress, closed; of incidents: open, closed"},
    "labels": {**_TEXTS, "description": "of gestures, or categories of incidents"},
    "dispositions": {**_TEXTS, "description": "what alerts were found to be, such as false or real"},
    "assignees": {**_TEXTS, "description": "whom alerts are with"},
    "text": {**_TEXT, "description": "words in descriptions of incidents"},
    "going_on": {"type": "boolean", "description": "only what has not ended"},
    "shortest_s": {"type": "number"},
    "longest_s": {"type": "number"},
}
_SHARED: Json = {
    "texts": _TEXTS,
    "kinds": {"type": "array", "items": {"enum": [each.value for each in EventKind]}},
    "times": {
        "type": "array",
        "maxItems": MOST_TIMES,
        "items": {
            "type": "object",
            "properties": {"since": {**_TEXT, "description": "2026-01-02T15:00"}, "until": {**_TEXT, "description": "exclusive"}},
            "additionalProperties": False,
        },
    },
    "what": {"type": "object", "properties": SCOPE, "additionalProperties": False},
}
ANCHOR: Json = {
    "ask": {"enum": [Ask.FIRST.value, Ask.LAST.value]},
    "of": {"enum": [each.value for each in Of]},
    "what": _shared("what"),
    "relation": {"enum": [each.value for each in Relation]},
    "seconds": {"type": "number", "description": "how far before, after or around it; none: as far as the day goes"},
    "returned": {"type": "boolean", "description": "meant is when it was over"},
}
QUERY: Json = {
    "ask": {"enum": [each.value for each in Ask], "description": "; ".join(f"{ask.value}: {says}" for ask, says in _SAYS.items())},
    "of": {"enum": [each.value for each in Of]},
    **SCOPE,
    "form": {"enum": [each.value for each in Form], "description": "how the answer begins"},
    "by": {"enum": [each.value for each in By]},
    "wanted": {"enum": [each.value for each in GroupSelection]},
    "measure": {"enum": [each.value for each in Measure]},
    "other_times": _shared("times"),
    "at": _TEXT,
    "id": _TEXT,
    "limit": {"type": "integer", "minimum": 1, "maximum": 200},
    "skip": {"type": "integer", "minimum": 0, "maximum": 200},
    "oldest_first": {"type": "boolean"},
    "during": {"type": "boolean", "description": "of list: also what began before and went on still"},
    "least": {"type": "integer", "minimum": 0},
    "most": {"type": "integer", "minimum": 0},
    "also": {"type": "array", "items": _shared("what")},
    "without": {"type": "array", "items": _shared("what")},
    "leans_on": {
        "type": "object",
        "description": "where the time is told by something that happened, such as after the last fall: that, and the relation",
        "properties": ANCHOR,
        "required": ["ask", "relation"],
        "additionalProperties": False,
    },
}
_PLAN: Json = {
    "type": "object",
    "properties": {
        "queries": {
            "type": "array",
            "maxItems": MOST_QUERIES,
            "items": {"type": "object", "properties": QUERY, "required": ["ask"], "additionalProperties": False},
        },
        "not_understood": {
            **_TEXTS,
            "description": "words of the question that no query here can express (colours, motives, names of nobody known)",
        },
        "suggestion": {**_TEXT, "description": "where something was not understood: a question that could be asked instead"},
    },
    "required": ["queries", "not_understood"],
    "additionalProperties": False,
    "$defs": _SHARED,
}


def tools() -> list[Json]:
    """Of the Messages API; the same with every question, so that the API may keep it in its cache."""
    says = "Tells which queries of the record answer the question. The answer is written from what they find."
    return [{"name": PLAN, "description": says, "input_schema": _PLAN, "cache_control": {"type": "ephemeral"}}]

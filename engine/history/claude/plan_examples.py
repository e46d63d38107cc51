"""Questions with their plans, as a language model is shown them before it is asked: small ones follow an example where they miss a rule.

As text and not as turns with calls: shown those, a small model that was not trained to call tools said nothing at all.
"""

import json
from typing import Any

_NOW = "Wednesday 2026-01-07T15:00"
_SITE = "a site with cameras yard and gate and zones z-yard and z-lab"
_YESTERDAY = [{"since": "2026-01-06T00:00", "until": "2026-01-07T00:00"}]
_TODAY = [{"since": "2026-01-07T00:00", "until": "2026-01-08T00:00"}]
_LAST_WEEK = [{"since": "2025-12-29T00:00", "until": "2026-01-05T00:00"}]
_THIS_WEEK = [{"since": "2026-01-05T00:00", "until": "2026-01-12T00:00"}]
_LAST_NIGHT = [{"since": "2026-01-06T20:00", "until": "2026-01-07T06:00"}]
EXAMPLES: dict[str, dict[str, Any]] = {
    "When was Person A last seen?": {"ask": "last", "form": "when", "people": ["Person A"]},
    "Where is Person B right now?": {"ask": "last", "form": "where", "people": ["Person B"]},
    "How many people were in the yard yesterday?": {
        "ask": "count",
        "of": "people",
        "form": "how_many",
        "who": "anyone",
        "cameras": ["yard"],
        "zones": ["z-yard"],
        "times": _YESTERDAY,
    },
    "Wer war letzte Woche im Labor?": {"ask": "stays", "form": "who", "who": "anyone", "zones": ["z-lab"], "times": _LAST_WEEK},
    "Which camera saw the most strangers last week?": {
        "ask": "count",
        "by": "camera",
        "wanted": "most",
        "who": "unknown",
        "times": _LAST_WEEK,
    },
    "Did anybody fall last night?": {"ask": "list", "form": "yes_no", "kinds": ["fall"], "times": _LAST_NIGHT},
    "Wann kam Person A heute?": {"ask": "first", "form": "arrived", "people": ["Person A"], "times": _TODAY},
    "Wie lange war Person A gestern da?": {"ask": "how_long", "form": "how_long", "people": ["Person A"], "times": _YESTERDAY},
    "Welche Alarme sind noch offen?": {"ask": "list", "of": "alerts", "states": ["open"]},
    "Who closed the alert about the smoke?": {"ask": "handled", "of": "alerts", "kinds": ["smoke"], "states": ["closed"]},
    "Why was the last alert raised?": {"ask": "why_alert", "of": "alerts"},
    "More alerts this week than last week?": {"ask": "compare", "of": "alerts", "times": _THIS_WEEK, "other_times": _LAST_WEEK},
    "Was the gate camera off at any time yesterday?": {
        "ask": "list",
        "form": "yes_no",
        "kinds": ["camera_lost"],
        "cameras": ["gate"],
        "times": _YESTERDAY,
    },
    "Who was with Person A after the last fight?": {
        "ask": "with",
        "form": "who",
        "people": ["Person A"],
        "leans_on": {"ask": "last", "what": {"kinds": ["fight"]}, "relation": "after"},
    },
}
NOT_UNDERSTOOD = ("Who wore the red coat in the yard?", {"queries": [], "not_understood": ["red coat"]})


def examples_text() -> str:
    """As they stand behind the instructions."""
    told = [(question, {"queries": [plan], "not_understood": []}) for question, plan in EXAMPLES.items()]
    lines = [f"{question} {json.dumps(plan, ensure_ascii=False)}" for question, plan in (*told, NOT_UNDERSTOOD)]
    return "\n".join((f"Examples, said on {_NOW}, of {_SITE}; each with the input of `plan`, on one line:", *lines))

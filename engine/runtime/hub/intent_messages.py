"""What site and hub say to each other of intents: the site what it made of those that it has, the hub which there are besides."""

import json
from collections.abc import Sequence as Several
from typing import Any

from engine.model.alerts.alert import IntentState
from engine.model.alerts.intent import IntentEnd
from engine.model.plain_text import without_control
from engine.model.value_class import dataclass
from engine.runtime.hub.hub_asking import read_json

LONGEST_OUTCOME = 500


@dataclass(frozen=True, slots=True)
class SignedIntent:
    """`word`: what the hub signed of it."""

    id: str
    word: str


def pack_ends(ends: Several[IntentEnd]) -> bytes:
    return json.dumps({"ends": [{"id": end.id, "state": end.state.value, "outcome": end.outcome} for end in ends]}).encode()


def read_ends(data: bytes) -> tuple[IntentEnd, ...]:
    """Raises InputError (`message`)."""
    return read_json(data, lambda said: tuple(map(_end, said["ends"])))


def _end(said: Any) -> IntentEnd:
    return IntentEnd(without_control(str(said["id"])), IntentState(said["state"]), without_control(str(said["outcome"]))[:LONGEST_OUTCOME])


def pack_intents(intents: Several[SignedIntent]) -> bytes:
    return json.dumps({"intents": [{"id": each.id, "word": each.word} for each in intents]}).encode()


def read_intents(data: bytes) -> tuple[SignedIntent, ...]:
    """Raises InputError (`message`)."""
    return read_json(data, lambda said: tuple(SignedIntent(str(each["id"]), str(each["word"])) for each in said["intents"]))

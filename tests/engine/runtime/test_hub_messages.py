"""Whatever stands in a message between site and hub, it is read or refused: nothing that is there for all messages ends by one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.model.errors import InputError
from engine.runtime.hub.intent_messages import read_ends, read_intents
from engine.runtime.hub.purpose_messages import read_offer, read_report
from engine.runtime.hub.template_messages import read_orders, read_told

READERS = (read_ends, read_intents, read_offer, read_report, read_orders, read_told)
PURPOSE = {"id": "missing", "name": "Missing", "words": "w", "basis": "b", "keep_days": 1e400}
MESSAGES = (
    b"[" * 100_000,
    b"\xff",
    b'"text"',
    *(
        json.dumps(each).encode()
        for each in (
            {"purposes": [], "linked": []},
            {"purposes": [PURPOSE], "linked": {}},
            {"agreed": [], "persons": [], "unknown": []},
            {"orders": [[]], "intents": [[]], "ends": [[]], "digest": ""},
        )
    ),
)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("message", MESSAGES)
def test_what_is_not_understood_is_refused(read: Callable[[bytes], Any], message: bytes) -> None:
    with pytest.raises(InputError):
        read(message)

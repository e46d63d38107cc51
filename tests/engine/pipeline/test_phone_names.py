"""A phone alone names who carries it, as soon as radio is sure enough of it."""

from dataclasses import replace

import numpy as np
import pytest

from engine.model.people.person import Person
from engine.model.radio.blob import BleMatch, Blob, BlobStatus, RadioPicture
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.pipeline.identities.floor import FloorLane, phone_claims
from engine.pipeline.output import StepOutput

ANNA = Person("pe-anna", "Anna")
MATCH = BleMatch("pe-anna", "Anna", ANNA.color, "phone", 0.7, "position", (), None, 0)
NEAR = tuple(tuple(row) for row in (0.1 * np.eye(3)).tolist())


def named(confidence: float, seconds: float = 3.0) -> set[str]:
    lane, now_ns = FloorLane(), 1_000 * SECOND
    lane.configure(Settings())
    for tick in range(round(10 * seconds)):
        now_ns += SECOND // 10
        blob = Blob("b", 1, BlobStatus.CONFIRMED, (2.0, 2.0, 1.0), NEAR, (0.0, 0.0, 0.0), 0.9, 5.0, 0, now_ns)
        claims = phone_claims({"b": replace(MATCH, confidence=confidence)}, now_ns)
        out = StepOutput(tick, now_ns)
        lane.tick(now_ns, {}, RadioPicture(now_ns, (blob,)), claims, {ANNA.id: ANNA}, out)
    assert out.fused is not None
    return {track.identity.person_name for track in out.fused.tracks if track.identity is not None}


@pytest.mark.parametrize(("confidence", "names"), [(0.66, {"Anna"}), (0.95, {"Anna"}), (0.2, set())])
def test_a_phone_names_who_carries_it_where_radio_would(confidence: float, names: set[str]) -> None:
    assert named(confidence) == names

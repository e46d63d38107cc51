"""What a site whose key was stolen says of erasures: its rows are rewritten in the hub's memory, and never grow by it without end."""

import logging
from typing import Any, cast

import pytest

from engine.gateway.hub.intake import LONGEST_PSEUDONYM, MOST_NAMES, Intake
from engine.model.people.traces import ERASED_NAME, Traces
from engine.model.replication import ChangeBatch, ChangeKind, RecordChange
from engine.model.time import ManualClock
from engine.model.wire import read_as, to_plain
from engine.runtime.hub.replication_messages import StreamPlace, pack_batch
from engine.store.shared.record import SharedRecord

SAID: dict[str, Any] = {"person_id": "pe-1", "names": ["Ada"], "pseudonym": "gone-1"}


class _Record:
    def __init__(self) -> None:
        self.kept: list[RecordChange] = []

    def keep(self, site: str, batch: ChangeBatch, at_ns: int) -> StreamPlace:
        self.kept += batch.changes
        return StreamPlace(batch.stream, batch.through)


def kept(**said: Any) -> list[Traces]:
    """What the hub makes of one erasure of a site."""
    record = _Record()
    intake = Intake(cast("SharedRecord", record), ManualClock(1))
    change = RecordChange(1, ChangeKind.ERASURE, "gone-1", {**SAID, **said})
    intake.keep("north", pack_batch(ChangeBatch("s1", 0, 1, (change,))))
    assert len(record.kept) + intake.left_out == 1
    return [read_as(Traces, dict(each.body)) for each in record.kept]


def test_what_stands_instead_of_a_name_is_the_hubs_own_word() -> None:
    [found] = kept(instead="x" * 1_000_000)
    assert found == Traces("north/pe-1", ("Ada",), "north/gone-1", ERASED_NAME)


def test_telling_it_again_and_again_makes_no_text_longer() -> None:
    [found] = kept(names=["Ada", "", "Erased", "person", "Erased person"])
    text = found.text("Ada of north/pe-1 went to Ada")
    assert text == "Erased person of north/gone-1 went to Erased person"
    assert found.text(text) == text


@pytest.mark.parametrize(
    "said",
    [
        {"person_id": ""},
        {"pseudonym": ""},
        {"pseudonym": "x" * (LONGEST_PSEUDONYM + 1)},
        {"person_id": "pe", "pseudonym": "pe-north/pe"},
        {"names": [f"name {number}" for number in range(MOST_NAMES + 1)]},
    ],
)
def test_an_erasure_that_no_engine_tells_is_left_out_and_said(said: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert kept(**said) == []
    assert "is left out" in caplog.text


def test_an_erasure_of_an_engine_is_taken() -> None:
    given = Traces("pe-1-17", ("Ada Smith", "Person 17"), "gone-0123456789ab")
    assert kept(**to_plain(given)) == [Traces("north/pe-1-17", given.names, "north/gone-0123456789ab")]

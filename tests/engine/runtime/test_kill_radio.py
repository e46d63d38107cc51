"""The demo's engine is killed while nodes send CSI, and everything it had said is still there; it starts again soon."""

import time
from pathlib import Path
from typing import Any

import pytest

from engine.model.event import EventKind
from engine.model.time import SECOND, from_iso
from engine.recording.journal import Journal
from tests.engine.runtime.test_kill import check_clips, replayed_ids, rows
from tests.fakes.engine_process import ForkedEngine

ARGUMENTS = ("--demo", "--pairing", "open")
OF_RADIO = frozenset({EventKind.PRESENCE, EventKind.ZONE_VISIT, EventKind.ZONE_OCCUPIED, EventKind.CROSSING})
LONGEST_S = 200.0  # more than a round of the walkers, of which the nodes may notice little on a busy machine


def radio_events(engine: ForkedEngine) -> list[dict[str, Any]]:
    return [event for event in engine.get("/api/v1/snapshot")["events"] if event["kind"] in OF_RADIO]


def wait_for_radio(engine: ForkedEngine, count: int, beside: frozenset[str]) -> list[dict[str, Any]]:
    """All that the engine says of radio once that is so much more than before."""
    until_s = time.monotonic() + LONGEST_S
    while time.monotonic() < until_s:
        events = radio_events(engine)
        if len([event for event in events if event["id"] not in beside]) >= count:
            return events
        time.sleep(0.2)
    raise AssertionError(f"no {count} new events of radio within {LONGEST_S:g} s: {radio_events(engine)}")


def frames_kept(data: Path) -> int:
    """Radio frames that the journal holds, over all runs."""
    journal = Journal(data / "journal")
    try:
        batches = [numbered.observation for numbered in journal.read()]
    finally:
        journal.close()
    return sum(len(batch) for batch in batches if type(batch).__name__ == "CsiBatch")  # type: ignore[arg-type]


def kill_and_check(data: Path, count: int, beside: frozenset[str]) -> frozenset[str]:
    engine = ForkedEngine(data, *ARGUMENTS)
    try:
        told = wait_for_radio(engine, count, beside)
        told_ns = from_iso(engine.get("/api/v1/snapshot")["at"])
    finally:
        engine.kill()
    before = frames_kept(data)
    assert before > 0
    again = ForkedEngine(data, *ARGUMENTS)
    assert again.stop() == 0
    kept = rows(data, "events")
    lost = [event for event in told if event["id"] not in kept and told_ns - from_iso(event["received"]) > SECOND]
    assert lost == []
    was_open = [event["id"] for event in told if event["ended"] is None and event["id"] in kept]
    assert all(kept[event_id]["ended_ns"] is not None for event_id in was_open)  # nobody is followed on over a restart
    ids = replayed_ids(data)
    assert kept.keys() <= ids and rows(data, "decisions").keys() <= ids
    assert frames_kept(data) >= before
    check_clips(data)
    return frozenset(kept)


def test_killed_while_nodes_send_and_nothing_is_lost(tmp_path: Path) -> None:
    kill_and_check(tmp_path / "site", 1, frozenset())


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_killed_ten_times(tmp_path: Path) -> None:
    known: frozenset[str] = frozenset()
    for _ in range(10):
        known = kill_and_check(tmp_path / "site", 2, known)

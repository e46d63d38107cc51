"""The bench of the timeline measures a whole record, and its figures are whole."""

import pytest

from benchmarks.history import timeline
from benchmarks.history.timeline_events import batches
from engine.model.time import SECOND


@pytest.mark.usefixtures("qapp")
def test_the_figures_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, fewer in (("WINDOWS", 12), ("PEER_WINDOWS", 2), ("QUESTIONS", 12), ("PLAIN_EVENTS", 2_000)):
        monkeypatch.setattr(timeline, name, fewer)
    report = timeline.run(events=12_000)
    names = [each["name"] for each in report["cases"]]
    assert names[:3] == ["saved and counted", "words entered afterwards", "any window, any zoom"] and "any page of full text" in names
    saved, words = (report["cases"][number]["metrics"] for number in (0, 1))
    assert saved["events_per_s"] > 0 and words["events_per_s"] > 0 and words["bytes_per_event"] > 100
    assert [target["metric"] for target in report["targets"]] == ["saved events_per_s", "timeline, drawn, p95_ms", "full text p95_ms"]
    assert len(report["peers"]) == 3
    for each in [*report["cases"][2:], *report["peers"][1:]]:
        assert 0 < each["metrics"]["p50_ms"] <= each["metrics"]["p95_ms"] <= each["metrics"]["longest_ms"]


def test_a_year_rises_and_ends_when_it_should() -> None:
    events = [event for batch in batches(25_000, 10**18) for event in batch]
    starts = [event.started_ns for event in events]
    assert len({event.id for event in events}) == 25_000 and starts == sorted(starts)
    assert 10**18 - 10_000 * SECOND < starts[-1] < 10**18
    assert {event.kind for event in events} and any(event.person_id for event in events)

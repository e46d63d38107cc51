"""Review items beyond the newest: page by page, with marks and verdicts, and without a hole where the newest move on."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.feeds import review_past
from console.feeds.review_past import ReviewPast
from engine.model.alerts.alert import Disposition
from engine.model.review.event_verdict import EventVerdict
from tests.fakes.engine import FakeEngine

Events = Callable[[int, int], None]


@pytest.fixture
def add(engine: FakeEngine) -> Events:
    def events(first_min: int, last_min: int) -> None:
        with engine.lock:
            for age_min in range(first_min, last_min - 1, -1):
                engine.add_event("gate" if age_min % 2 else "yard", age_s=60.0 * age_min)

    engine.shown_reviews = 4
    return events


@pytest.fixture
def past(bridge: EngineBridge, monkeypatch: pytest.MonkeyPatch) -> ReviewPast:
    monkeypatch.setattr(review_past, "PAGE", 3)
    made = ReviewPast(bridge, bridge)
    bridge.snapshot_changed.connect(made.show_snapshot)
    return made


def count(past: ReviewPast) -> int:
    return len(past.items())


def test_pages_join_below_the_newest_until_the_record_ends(past: ReviewPast, add: Events, engine: FakeEngine, qtbot: QtBot) -> None:
    add(12, 3)
    qtbot.waitUntil(lambda: count(past) == 4)
    oldest = engine.events[-1]
    engine.verdicts[oldest.id] = EventVerdict(oldest.id, Disposition.FALSE, "ada", 1)
    for wanted in (7, 10, 10):
        past.load_more()
        qtbot.waitUntil(lambda wanted=wanted: count(past) == wanted and not past._asking)
    starts = [item.started_ns for item in past.items()]
    assert starts == sorted(starts, reverse=True) and past._ended
    qtbot.waitUntil(lambda: past.verdicts() == {oldest.id: Disposition.FALSE})
    last = past.items()[-1].id
    past.mark((last,), True)
    assert last in past.reviewed()
    past.mark((last,), False)
    assert last not in past.reviewed()


def test_what_leaves_the_newest_stays_where_somebody_has_scrolled_and_is_asked_for_again_where_not(
    past: ReviewPast, add: Events, qtbot: QtBot
) -> None:
    add(8, 5)
    qtbot.waitUntil(lambda: count(past) == 4)
    past.load_more()
    qtbot.waitUntil(lambda: past._ended)
    add(4, 3)
    qtbot.waitUntil(lambda: count(past) == 4 and not past._ended)
    past.load_more()
    qtbot.waitUntil(lambda: count(past) == 6)
    add(2, 1)
    qtbot.waitUntil(lambda: count(past) == 8)


def test_another_filter_begins_anew(past: ReviewPast, add: Events, qtbot: QtBot) -> None:
    add(12, 1)
    qtbot.waitUntil(lambda: count(past) == 4)
    past.load_more()
    qtbot.waitUntil(lambda: count(past) == 7)
    past.choose("gate", False)
    assert count(past) == 4
    past.load_more()
    qtbot.waitUntil(lambda: count(past) == 7)
    assert {item.camera_id for item in past.items()[4:]} == {"gate"}

"""The bench of latency counts an event as shown when the row that holds it was painted, and measures from what the record says of it."""

from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from benchmarks.probe import Watcher, note_painting
from engine.model.alerts.decision import Outcome
from engine.model.event import Event, EventKind, Severity
from engine.model.question import ListDecisions, ListEvents
from engine.model.review.review import ReviewCause, ReviewItem
from engine.model.time import SECOND, ManualClock
from tests.engine.store.records import decision, event
from widgets.review.review_delegate import ReviewDelegate
from widgets.review.review_feed import ReviewFeed
from widgets.wall.tile_painter import TilePainter

NOW_NS = 1_790_000_000 * SECOND
AN_ITEM = ReviewItem(
    "rv-1", ReviewCause.ACTIVITY, "gate", NOW_NS - 60 * SECOND, None, Severity.LOW, ("ev-1", "ev-2"), (EventKind.PERSON,), "ev-1"
)


class Record:
    """A port that has these events, and the decision of the first of them."""

    def __init__(self, *events: Event) -> None:
        self._events = events

    def ask(self, question: ListDecisions | ListEvents) -> tuple[Any, ...]:
        if isinstance(question, ListEvents):
            return self._events
        first = self._events[0]
        return (replace(decision(1), id=first.decision_id, outcome=Outcome.RAISED, decided_ns=first.received_ns - 80_000_000),)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_NS)


@pytest.fixture
def watcher(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Watcher:
    """Behind the painters until the test ends."""
    monkeypatch.setattr(TilePainter, "paint", TilePainter.paint)
    monkeypatch.setattr(ReviewDelegate, "paint", ReviewDelegate.paint)
    made = Watcher(clock.now_ns)
    note_painting(made)
    return made


@pytest.fixture
def feed(qtbot: QtBot, clock: ManualClock, watcher: Watcher) -> ReviewFeed:
    made = ReviewFeed(clock)
    qtbot.addWidget(made)
    made.resize(340, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def put(feed: ReviewFeed, item: ReviewItem) -> None:
    """Rows are laid out and painted before it returns."""
    feed.set_items((item,), frozenset(), {"gate": "Gate"}, {})
    feed.grab()


def test_events_are_seen_when_their_item_is_painted_not_before(feed: ReviewFeed, watcher: Watcher) -> None:
    assert watcher.seen == {}
    put(feed, AN_ITEM)
    assert watcher.seen == {"ev-1": NOW_NS, "ev-2": NOW_NS}


def test_an_event_that_joins_an_item_is_seen_when_its_row_is_painted_again(feed: ReviewFeed, watcher: Watcher, clock: ManualClock) -> None:
    put(feed, AN_ITEM)
    clock.advance_to(NOW_NS + SECOND)
    put(feed, replace(AN_ITEM, event_ids=("ev-1", "ev-2", "ev-3")))
    assert watcher.seen == {"ev-1": NOW_NS, "ev-2": NOW_NS, "ev-3": NOW_NS + SECOND}


def test_figures_are_from_when_the_record_says_it_was_received_and_captured() -> None:
    clock = ManualClock(NOW_NS)
    watcher = Watcher(clock.now_ns)
    watcher.events(("ev-1", "ev-2", "ev-gone"))
    one = replace(event(1), id="ev-1", received_ns=NOW_NS - 20_000_000, decision_id="de-1")
    two = replace(event(2), id="ev-2", received_ns=NOW_NS - 30_000_000, decision_id="de-2")
    figures = watcher.figures(Record(one, two, replace(event(3), id="ev-never-painted")))
    assert figures["rows_ms"] == [20.0, 30.0]
    assert figures["captured_ms"] == [100.0]

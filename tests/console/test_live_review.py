"""Review items on Live: unfolded into their events, opened, marked as reviewed, and what is chosen is remembered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.pages.live.live import LivePage
from console.pages.live.review_column import ReviewColumn
from console.window import MainWindow
from engine.model.alerts.alert import Disposition
from engine.model.errors import EnvironmentFault
from engine.model.event import EventKind
from engine.model.review.event_verdict import EventVerdict
from engine.model.review.review import PutReviewed
from tests.fakes.engine import FakeEngine
from widgets.events.thumbnails import SIZE

Opener = Callable[..., MainWindow]


def column(window: MainWindow) -> ReviewColumn:
    page = window.page("live")
    assert isinstance(page, LivePage)
    return page.review


@pytest.fixture
def review(open_window: Opener) -> ReviewColumn:
    return column(open_window())


def busy(engine: FakeEngine) -> None:
    """Three people at one camera within a minute, one at the other."""
    for age_s in (50.0, 40.0, 30.0):
        engine.add_event("yard", age_s=age_s)
    engine.add_event("gate", age_s=35.0)
    engine.publish()


def test_events_of_one_place_are_one_row_that_unfolds(review: ReviewColumn, engine: FakeEngine, qtbot: QtBot) -> None:
    busy(engine)
    qtbot.waitUntil(lambda: review.items.count() == 2)
    yard = next(item for item in review.past.items() if item.camera_id == "yard")
    assert len(yard.event_ids) == 3
    review.items.toggle_events(yard)
    qtbot.waitUntil(lambda: review.items.count() == 5)
    review.items.toggle_events(yard)
    assert review.items.count() == 2


def test_an_item_opens_the_clip_of_its_best_event(
    review: ReviewColumn, engine: FakeEngine, open_window: Opener, clip_file: Path, qtbot: QtBot
) -> None:
    event = engine.add_event("yard")
    engine.add_clip(event, clip_file)
    qtbot.waitUntil(lambda: review.items.count() == 1)
    review.items._activate(review.items._model.index(0))
    live = review.window().findChild(LivePage)
    qtbot.waitUntil(lambda: live.clip.isVisible() and live.clip.player.position_s() > 0.2)


def test_marked_items_leave_the_unreviewed_ones_and_come_back(review: ReviewColumn, engine: FakeEngine, qtbot: QtBot) -> None:
    busy(engine)
    qtbot.waitUntil(lambda: review.items.count() == 2)
    first = review.past.items()[0]
    review.items.bar.unreviewed.setChecked(True)
    review.items.toggle_reviewed(first)
    qtbot.waitUntil(lambda: engine.reviewed == {first.id})
    assert PutReviewed((first.id,)) in engine.commands
    qtbot.waitUntil(lambda: review.items.count() == 1)
    review.items.bar.unreviewed.setChecked(False)
    qtbot.waitUntil(lambda: review.items._model.is_reviewed(first.id))
    review.items.toggle_reviewed(first)
    qtbot.waitUntil(lambda: engine.reviewed == frozenset())


def test_a_refusal_is_told(review: ReviewColumn, engine: FakeEngine, qtbot: QtBot) -> None:
    busy(engine)
    qtbot.waitUntil(lambda: review.items.count() == 2)
    told = []
    review._toasts.show_message = lambda text, *_, **__: told.append(text)
    engine.fail("command", EnvironmentFault("disk_full", "The disk is full."), PutReviewed)
    review.items.mark_all()
    qtbot.waitUntil(lambda: told == ["The disk is full."])
    assert engine.reviewed == frozenset()


def test_what_is_chosen_is_remembered(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    window = open_window()
    review = column(window)
    assert review.items_button.isChecked() and review.items.isVisible()
    qtbot.mouseClick(review.events_button, Qt.MouseButton.LeftButton)
    review.items.bar.unreviewed.setChecked(True)
    assert review.events.isVisible() and not review.items.isVisible()
    window.close()
    again = column(open_window())
    assert again.events_button.isChecked() and again.items.bar.unreviewed.isChecked()


def test_the_menu_of_an_item_has_what_can_be_done_with_its_event(review: ReviewColumn, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.add_event("yard", EventKind.PERSON)
    engine.publish()
    qtbot.waitUntil(lambda: review.items.count() == 1)
    texts = [action.text() for action in review.items.menu_of(review.items._model.line_at(0)).actions()]
    assert texts[:3] == ["Open event", "Show events", "Mark as reviewed"]
    assert {"&Bookmark…", "&Export…", "Find si&milar", "&False alarm"} <= set(texts)


def test_the_row_under_the_pointer_plays_its_clip_and_without_one_its_pictures(
    review: ReviewColumn, engine: FakeEngine, clip_file: Path, qtbot: QtBot
) -> None:
    engine.add_clip(engine.add_event("yard"), clip_file)
    engine.add_event("gate")
    engine.publish()
    qtbot.waitUntil(lambda: review.items.count() == 2)
    rows = {review.items._model.line_at(row).item.camera_id: review.items._model.line_at(row).item for row in range(2)}
    play = review.items._play
    play.play(rows["yard"])
    shares = set()
    qtbot.waitUntil(lambda: play.moment is not None and (shares.add(play.share) or len(shares) > 2))
    assert play.moment is not None and play.moment.deviceIndependentSize().toSize() == SIZE
    play.play(rows["gate"])
    assert play.moment is None and review.clip._session is not None and not review.clip._session.playing
    qtbot.waitUntil(lambda: play._stills.isActive())
    play.play(None)


def test_a_false_alarm_is_marked_in_its_row(review: ReviewColumn, engine: FakeEngine, qtbot: QtBot) -> None:
    event = engine.add_event("yard")
    engine.verdicts[event.id] = EventVerdict(event.id, Disposition.FALSE, "ada", 1)
    engine.publish()
    qtbot.waitUntil(lambda: review.items.count() == 1)
    assert review.items._model.data(review.items._model.index(0)).endswith("False alarm")


def test_what_waits_is_said_beside_the_name_of_the_list(review: ReviewColumn, engine: FakeEngine, qtbot: QtBot) -> None:
    """Over the list it would cover a row; and it is said of the list that is shown."""
    busy(engine)
    qtbot.waitUntil(lambda: review.items.count() == 2)
    news, before = review.items.news, review.items._list.geometry()
    review.items._show_count(4)
    qtbot.waitUntil(news.isVisible)
    below = review.items.mapTo(review, review.items.bar.pos()).y()
    assert news.mapTo(review, news.rect().bottomLeft()).y() <= below and review.items._list.geometry() == before
    review.events_button.click()
    assert not news.isVisible()
    review.items_button.click()
    assert news.isVisible()

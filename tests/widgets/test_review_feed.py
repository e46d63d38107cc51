"""The list of review items: rows hold still under the pointer, unfold, play, and are marked as reviewed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.model.alerts.alert import Disposition
from engine.model.event import EventKind, Severity
from engine.model.review.review import ReviewCause, ReviewItem
from engine.model.time import SECOND, SystemClock
from tests.engine.store.records import event
from widgets.review.review_delegate import mark_area, unfold_area
from widgets.review.review_feed import ReviewFeed
from widgets.review.review_words import item_kinds, item_sentence, item_title

CAMERAS = {"gate": "Gate", "yard": "Yard"}
NOW_NS = SystemClock().now_ns()


def item(number: int, camera: str = "gate", **more) -> ReviewItem:
    at_ns = NOW_NS - 3_600 * SECOND + number * SECOND
    fields = {"best_event_id": f"ev-{number}", "people": 1, "severity": Severity.LOW, "kinds": (EventKind.PERSON,)} | more
    events = fields.pop("event_ids", (f"ev-{number}", f"ev-{number}b"))
    kinds, severity = fields.pop("kinds"), fields.pop("severity")
    return ReviewItem(f"rv-{number:03}", ReviewCause.ACTIVITY, camera, at_ns, at_ns + SECOND, severity, events, kinds, **fields)


def items(*numbers: int) -> tuple[ReviewItem, ...]:
    return tuple(item(number) for number in sorted(numbers, reverse=True))


def jpeg() -> bytes:
    image, out = QImage(64, 36, QImage.Format.Format_RGB32), QBuffer()
    image.fill(Qt.GlobalColor.red)
    out.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(out, "JPEG")  # pyright: ignore[reportArgumentType,reportCallIssue]
    return bytes(out.data().data())


@pytest.fixture
def feed(qtbot: QtBot) -> ReviewFeed:
    made = ReviewFeed(SystemClock())
    qtbot.addWidget(made)
    made.resize(340, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def shown(feed: ReviewFeed) -> list[str]:
    return [line.id for line in (feed._model.line_at(row) for row in range(feed.count()))]


def put(feed: ReviewFeed, told: tuple[ReviewItem, ...], reviewed: frozenset[str] = frozenset()) -> None:
    feed.set_items(told, reviewed, CAMERAS, {})


def point(feed: ReviewFeed, row: int, kind: QEvent.Type = QEvent.Type.MouseMove, at: QPoint | None = None) -> None:
    where = QPointF(at if at is not None else feed._list.visualRect(feed._model.index(row)).center())
    button = Qt.MouseButton.LeftButton if kind is QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    QApplication.sendEvent(feed._list.viewport(), QMouseEvent(kind, where, where, button, button, Qt.KeyboardModifier.NoModifier))


def test_new_rows_wait_while_the_pointer_is_over_the_list_and_come_when_it_leaves(feed: ReviewFeed, monkeypatch, qtbot: QtBot) -> None:
    over = [True]
    monkeypatch.setattr(feed._list.viewport(), "underMouse", lambda: over[0], raising=False)
    monkeypatch.setattr(feed, "is_held", lambda: over[0])
    put(feed, items(1, 2))
    put(feed, items(1, 2, 3, 4, 5))
    assert shown(feed) == ["rv-002", "rv-001"] and feed.waiting_text() == "3 new"
    changed = (item(3), replace(item(2), people=7), item(1))
    put(feed, changed)
    assert feed._model.line_at(0).item.people == 7, "what is shown is told anew where it stands"
    over[0] = False
    QApplication.sendEvent(feed._list.viewport(), QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: shown(feed) == ["rv-003", "rv-002", "rv-001"])
    assert feed.waiting_text() == ""


def test_new_rows_wait_while_the_list_is_scrolled_until_the_button_shows_them(feed: ReviewFeed) -> None:
    put(feed, items(*range(1, 30)))
    feed._list.verticalScrollBar().setValue(200)
    top = feed._list.indexAt(QPoint(5, 5)).row()
    before = shown(feed)[top]
    put(feed, items(*range(1, 32)))
    assert shown(feed)[feed._list.indexAt(QPoint(5, 5)).row()] == before and feed.waiting_text() == "2 new"
    feed.news.click()
    assert shown(feed)[0] == "rv-031" and feed.waiting_text() == "" and feed._list.verticalScrollBar().value() == 0


def test_a_row_that_was_just_marked_stays_until_the_pointer_leaves(feed: ReviewFeed, monkeypatch) -> None:
    feed.bar.unreviewed.setChecked(True)
    put(feed, items(1, 2))
    monkeypatch.setattr(feed, "is_held", lambda: True)
    put(feed, feed._items, frozenset({"rv-002"}))
    assert shown(feed) == ["rv-002", "rv-001"]
    monkeypatch.setattr(feed, "is_held", lambda: False)
    feed._settle_after_leaving()
    assert shown(feed) == ["rv-001"]


def test_filters_by_camera_and_by_what_is_unreviewed_and_says_when_nothing_is_left(feed: ReviewFeed) -> None:
    chosen = []
    feed.filter_changed.connect(lambda *told: chosen.append(told))
    put(feed, (item(2, "yard"), item(1)), frozenset({"rv-001"}))
    feed.bar.camera.setCurrentIndex(feed.bar.camera.findData("gate"))
    assert shown(feed) == ["rv-001"]
    feed.bar.unreviewed.setChecked(True)
    assert shown(feed) == [] and feed._pages.currentWidget() is feed._no_match and chosen[-1] == ("gate", True)
    feed.bar.clear()
    assert shown(feed) == ["rv-002", "rv-001"]


def test_a_click_on_the_mark_marks_and_one_on_the_number_of_events_unfolds(feed: ReviewFeed) -> None:
    put(feed, items(1, 2))
    marks, wanted = [], []
    feed.reviewed.connect(lambda ids, on: marks.append((ids, on)))
    feed.events_wanted.connect(wanted.append)
    row = feed._list.visualRect(feed._model.index(0))
    point(feed, 0, QEvent.Type.MouseButtonPress, mark_area(row).center())
    assert marks == [(("rv-002",), True)] and wanted == []
    put(feed, feed._items, frozenset({"rv-002"}))
    point(feed, 0, QEvent.Type.MouseButtonPress, mark_area(row).center())
    assert marks[-1] == (("rv-002",), False)
    point(feed, 0, QEvent.Type.MouseButtonPress, unfold_area(row).center())
    assert [each.id for each in wanted] == ["rv-002"]
    told = (event(7, camera="gate"), event(8, camera="gate"))
    feed.show_events("rv-002", told)
    assert shown(feed) == ["rv-002", f"rv-002/{told[0].id}", f"rv-002/{told[1].id}", "rv-001"]
    point(feed, 0, QEvent.Type.MouseButtonPress, unfold_area(row).center())
    assert shown(feed) == ["rv-002", "rv-001"]


def test_keys_unfold_fold_mark_and_open(feed: ReviewFeed, qtbot: QtBot) -> None:
    put(feed, items(1, 2))
    marks, wanted, opened = [], [], []
    feed.reviewed.connect(lambda ids, on: marks.append((ids, on)))
    feed.events_wanted.connect(wanted.append)
    feed.event_activated.connect(opened.append)
    feed._list.setCurrentIndex(feed._model.index(1))
    qtbot.keyClick(feed._list, Qt.Key.Key_Right)
    feed.show_events("rv-001", (event(7, camera="gate"),))
    qtbot.keyClick(feed._list, Qt.Key.Key_R)
    assert [each.id for each in wanted] == ["rv-001"] and marks == [(("rv-001",), True)]
    qtbot.keyClick(feed._list, Qt.Key.Key_Left)
    assert shown(feed) == ["rv-002", "rv-001"]
    feed._activate(feed._model.index(0))
    assert opened == ["ev-2"]


def test_mark_all_marks_what_is_shown_and_not_reviewed(feed: ReviewFeed) -> None:
    put(feed, (item(3, "yard"), item(2), item(1)), frozenset({"rv-001"}))
    marks = []
    feed.reviewed.connect(lambda ids, on: marks.append((ids, on)))
    feed.bar.camera.setCurrentIndex(feed.bar.camera.findData("gate"))
    feed.bar.mark_all.click()
    assert marks == [(("rv-002",), True)]


def test_without_a_clip_the_item_under_the_pointer_plays_the_pictures_of_its_events(feed: ReviewFeed, qtbot: QtBot) -> None:
    wanted, clips, left = [], [], []
    feed.thumbnail_wanted.connect(wanted.append)
    feed.clip_wanted.connect(clips.append)
    feed.clip_left.connect(lambda: left.append(True))
    put(feed, items(1, 2))
    qtbot.waitUntil(lambda: {"ev-1", "ev-2"} <= set(wanted))
    point(feed, 0)
    qtbot.waitUntil(lambda: [each.id for each in clips] == ["rv-002"])
    assert "ev-2b" not in wanted, "pictures besides the best are fetched once they are played"
    feed.show_stills("rv-002")
    assert "ev-2b" in wanted and "ev-1b" not in wanted
    for each in ("ev-2", "ev-2b"):
        feed.set_thumbnail(each, jpeg())
    played = set()
    qtbot.waitUntil(lambda: bool(played.add(feed._play.event_id)) or {"ev-2", "ev-2b"} <= played)
    QApplication.sendEvent(feed._list.viewport(), QEvent(QEvent.Type.Leave))
    assert feed.playing_id() == "" and left and not feed._play._stills.isActive()


def test_the_clip_of_the_item_under_the_pointer_plays_in_its_row_until_the_pointer_leaves(feed: ReviewFeed, qtbot: QtBot) -> None:
    put(feed, items(1, 2))
    feed.set_thumbnail("ev-2", jpeg())
    still = feed.grab().toImage()
    point(feed, 0)
    moment = QPixmap(96, 54)
    moment.fill(Qt.GlobalColor.green)
    feed.show_moment("rv-001", moment, 0.5)
    assert feed._play.moment is None, "of a row that does not play, nothing is shown"
    feed.show_moment("rv-002", moment, 0.5)
    picture = feed._list.visualRect(feed._model.index(0)).topLeft() + QPoint(40, 30)
    at = feed._list.viewport().mapTo(feed, picture)
    assert feed.grab().toImage().pixelColor(at) == QColor(Qt.GlobalColor.green)
    QApplication.sendEvent(feed._list.viewport(), QEvent(QEvent.Type.Leave))
    assert feed.grab().toImage().pixelColor(at) == still.pixelColor(at)


def test_the_row_that_keys_reach_plays_until_the_focus_goes(feed: ReviewFeed, qtbot: QtBot) -> None:
    clips = []
    feed.clip_wanted.connect(clips.append)
    put(feed, items(1, 2))
    feed._list.setCurrentIndex(feed._model.index(0))
    assert feed.playing_id() == "", "a row that was clicked does not go on playing"
    qtbot.keyClick(feed._list, Qt.Key.Key_Down)
    assert feed.playing_id() == "rv-001"
    qtbot.waitUntil(lambda: [each.id for each in clips] == ["rv-001"])
    QApplication.sendEvent(feed._list, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))
    assert feed.playing_id() == ""
    QApplication.sendEvent(feed._list, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert feed.playing_id() == "rv-001"


def test_older_items_come_below_while_rows_are_held_and_the_place_is_kept(feed: ReviewFeed, monkeypatch, qtbot: QtBot) -> None:
    wanted = []
    feed.older_wanted.connect(lambda: wanted.append(True))
    put(feed, items(*range(101, 160)))
    bar = feed._list.verticalScrollBar()
    bar.setValue(100)
    qtbot.wait(10)
    assert not wanted, "far from the end nothing is asked for"
    bar.setValue(bar.maximum() - 50)
    qtbot.waitUntil(lambda: bool(wanted))
    at = bar.value()
    put(feed, items(*range(51, 162)))
    assert bar.value() == at and feed.count() == 109 and feed.waiting_text() == "2 new"
    assert shown(feed)[0] == "rv-159" and shown(feed)[-1] == "rv-051"


def test_what_operators_said_stands_in_the_row_and_a_true_alarm_is_not_passed_over(feed: ReviewFeed) -> None:
    put(feed, items(1, 2))
    before = feed.grab().toImage()
    feed.set_verdicts({"ev-2": Disposition.FALSE})
    assert feed.grab().toImage() != before
    assert feed._model.data(feed._model.index(0)).endswith("False alarm") and "alarm" not in feed._model.data(feed._model.index(1))
    feed.set_verdicts({"ev-2": Disposition.FALSE, "ev-2b": Disposition.TRUE})
    assert feed._model.verdict_of(feed._model.line_at(0)) is Disposition.TRUE


def test_while_the_best_picture_is_missing_that_of_the_first_event_is_shown(feed: ReviewFeed, qtbot: QtBot) -> None:
    wanted = []
    feed.thumbnail_wanted.connect(wanted.append)
    put(feed, (item(1, best_event_id="ev-1b"),))
    qtbot.waitUntil(lambda: wanted == ["ev-1b", "ev-1"])
    without = feed.grab().toImage()
    feed.set_thumbnail("ev-1", jpeg())
    assert feed.grab().toImage() != without


def test_words_of_a_row() -> None:
    assert item_title(item(1, people=3)) == "3 people" and item_title(item(1)) == "1 person"
    named = item(1, people=3, persons=("Ada",), person_ids=("pe-1",))
    assert item_title(named) == "Ada, 2 unknown people"
    fall = item(1, kinds=(EventKind.PERSON, EventKind.FALL))
    incident = replace(fall, camera_id="", zone_ids=(), event_ids=("ev-9",))
    assert "2 people report fire" in item_sentence(incident, CAMERAS, {"ev-9": "2 people report fire"}, True, NOW_NS)
    assert item_title(fall) == "Fall detected · 1 person" and not item_kinds(fall), "the fall first, and once"
    assert item_kinds(item(1, kinds=(EventKind.PERSON, EventKind.LOITERING))) == "Loitering"
    assert "Gate" in item_sentence(fall, CAMERAS, {}, True, NOW_NS)
    assert item_sentence(fall, CAMERAS, {}, False, NOW_NS).endswith("unreviewed")
    assert item_title(replace(item(1), people=0, cause=ReviewCause.MOTION, kinds=(EventKind.MOTION,))) == "Motion"


def test_rows_are_drawn_in_every_state(feed: ReviewFeed) -> None:
    told = (item(3, simulated=True), item(2, severity=Severity.CRITICAL), item(1, best_event_id=""))
    put(feed, told, frozenset({"rv-001"}))
    feed.show_events("rv-002", (event(7, camera="gate"),))
    feed.set_thumbnail("ev-3", jpeg())
    first = feed.grab().toImage()
    put(feed, told, frozenset())
    assert feed.grab().toImage() != first

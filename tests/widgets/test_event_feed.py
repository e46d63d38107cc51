from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from engine.model.event import EventKind, Severity
from engine.model.history.timeline import SearchFilter
from engine.model.time import SECOND, ManualClock
from tests.widgets.values_for_widgets import NOW_NS, event, newest_first
from widgets.events.event_delegate import ROW_HEIGHT, span_text
from widgets.events.event_feed import EventFeed
from widgets.events.event_filter import EventFilter
from widgets.events.event_model import EventModel
from widgets.events.thumbnails import Thumbnails
from widgets.playback.clip_marks import StillMarks
from widgets.words import event_title, kind_word

NAMES = {"c0": "Entrance", "c1": "Loading bay"}


@pytest.fixture
def feed(qtbot, clock):
    made = EventFeed(clock)
    qtbot.addWidget(made)
    made.resize(360, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


def jpeg(red: int = 200) -> bytes:
    image = QImage(160, 90, QImage.Format.Format_RGB32)
    image.fill(QColor(red, 20, 20))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG")
    return bytes(data.data())


def ids(model: EventModel) -> list[str]:
    return [model.event_at(row).id for row in range(model.rowCount())]


def structural_changes(model: EventModel) -> list[tuple[str, int, int]]:
    seen: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _, first, last: seen.append(("in", first, last)))
    model.rowsRemoved.connect(lambda _, first, last: seen.append(("out", first, last)))
    model.dataChanged.connect(lambda first, last: seen.append(("changed", first.row(), last.row())))
    model.modelReset.connect(lambda: seen.append(("reset", 0, 0)))
    return seen


def test_a_new_event_among_ten_thousand_is_one_inserted_row(qtbot, qtmodeltester):
    model = EventModel()
    model.set_events(newest_first(1, 10_000), NAMES)
    seen = structural_changes(model)
    model.set_events(newest_first(2, 10_001), NAMES)
    assert seen == [("out", 9_999, 9_999), ("in", 0, 0)]
    assert model.rowCount() == 10_000
    assert model.row_of("ev-010001") == 0
    assert model.row_of("ev-000001") == -1


def test_model_keeps_qts_rules_while_it_changes(qtmodeltester):
    model = EventModel()
    qtmodeltester.check(model)
    model.set_events(newest_first(1, 50), NAMES)
    model.set_events(newest_first(20, 60), NAMES)
    model.set_filter(EventFilter("nothing matches this"))
    model.set_filter(EventFilter())
    assert ids(model) == [each.id for each in newest_first(20, 60)]


def test_event_that_ended_is_one_changed_row():
    model = EventModel()
    opened = (event(3), event(2, ended=False), event(1))
    model.set_events(opened, NAMES)
    seen = structural_changes(model)
    model.set_events((event(3), event(2), event(1)), NAMES)
    assert seen == [("changed", 1, 1)]
    assert model.event_at(1).ended_ns is not None


def test_same_events_change_nothing():
    model = EventModel()
    model.set_events(newest_first(1, 100), NAMES)
    seen = structural_changes(model)
    model.set_events(newest_first(1, 100), NAMES)
    assert seen == []


def test_events_in_another_order_are_shown_in_that_order():
    model = EventModel()
    model.set_events(newest_first(1, 5), NAMES)
    model.set_events(tuple(reversed(newest_first(1, 6))), NAMES)
    assert ids(model) == [f"ev-{n:06d}" for n in range(1, 7)]


def test_inserts_and_removals_in_the_middle():
    model = EventModel()
    model.set_events(tuple(event(n) for n in (9, 7, 5, 3, 1)), NAMES)
    wanted = tuple(event(n) for n in (10, 9, 8, 5, 4, 2, 1))
    model.set_events(wanted, NAMES)
    assert ids(model) == [each.id for each in wanted]
    assert [model.row_of(each.id) for each in wanted] == list(range(7))


def test_scroll_position_holds_while_events_arrive_above(feed):
    feed.set_events(newest_first(1, 500), NAMES)
    bar = feed._list.verticalScrollBar()
    bar.setValue(40 * ROW_HEIGHT + 17)
    top = feed.visible_ids()[0]
    feed.set_events(newest_first(1, 507), NAMES)
    assert feed.visible_ids()[0] == top
    assert bar.value() == 47 * ROW_HEIGHT + 17
    assert feed.news.isVisible()
    assert feed.news.text() == "7 new"
    feed.news.click()
    assert bar.value() == 0
    assert not feed.news.isVisible()


def test_at_the_top_the_newest_event_shows_at_once(feed):
    feed.set_events(newest_first(1, 100), NAMES)
    feed.set_events(newest_first(1, 101), NAMES)
    assert feed.visible_ids()[0] == "ev-000101"
    assert not feed.news.isVisible()


def test_selection_stays_on_its_event(feed):
    feed.set_events(newest_first(1, 100), NAMES)
    feed.select_event("ev-000090")
    feed.set_events(newest_first(1, 120), NAMES)
    assert feed.selected() == "ev-000090"


def test_thumbnails_are_wanted_for_visible_rows_only_and_not_again_at_once(feed, qtbot, clock):
    wanted: list[str] = []
    feed.thumbnail_wanted.connect(wanted.append)
    feed.set_events(newest_first(1, 10_000), NAMES)
    qtbot.waitUntil(lambda: len(wanted) >= 6)
    assert len(wanted) <= 600 // ROW_HEIGHT + 2
    first = list(wanted)
    feed.set_thumbnail(first[0], jpeg())
    feed._ask_for_thumbnails()
    assert wanted == first
    clock.advance_to(NOW_NS + 4 * SECOND)
    feed._ask_for_thumbnails()
    assert sorted(wanted) == sorted(first + first[1:])


def test_a_close_up_shows_what_is_around_the_box(qtbot):
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    image.fill(QColor(200, 20, 20))
    painter = QPainter(image)
    painter.fillRect(160, 0, 160, 180, QColor(20, 20, 200))
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG")
    kept = Thumbnails()
    assert kept.put("whole", bytes(data.data()), 1.0) and kept.put(
        "near", bytes(data.data()), 1.0, StillMarks((0.8, 0.3, 0.9, 0.5)), near=True
    )
    whole, near = (kept.get(each).toImage() for each in ("whole", "near"))
    assert whole.size() == near.size() and whole.pixelColor(4, 4).red() > 150 and near.pixelColor(4, 4).blue() > 150
    assert kept.put("plain", bytes(data.data()), 1.0, StillMarks(None), near=True) and kept.get("plain").toImage() == whole


def test_thumbnail_is_drawn_in_its_row(feed):
    feed.set_events(newest_first(1, 3), NAMES)
    feed.set_thumbnail("ev-000002", jpeg())
    image = feed._list.viewport().grab().toImage()
    pixel = image.pixelColor(10 + 48, ROW_HEIGHT + ROW_HEIGHT // 2)
    assert pixel.red() > 150 > 60 > pixel.green()
    assert image.pixelColor(10 + 5, ROW_HEIGHT // 2).red() < 60


@pytest.mark.qt_log_ignore("JPEG", extend=True)
def test_damaged_thumbnail_is_ignored(feed):
    feed.set_events(newest_first(1, 3), NAMES)
    feed.set_thumbnail("ev-000002", b"\xff\xd8 not a picture")
    feed.set_thumbnail("ev-000002", b"")
    feed.set_thumbnail("unknown", jpeg())
    assert not feed.grab().isNull()


def test_enter_and_double_click_activate(feed, qtbot):
    feed.set_events(newest_first(1, 3), NAMES)
    feed.select_event("ev-000003")
    with qtbot.waitSignal(feed.event_activated) as by_key:
        qtbot.keyClick(feed._list, Qt.Key.Key_Return)
    assert by_key.args == ["ev-000003"]
    place = feed._list.visualRect(feed._model.index(1)).center()
    qtbot.mouseClick(feed._list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(feed.event_activated) as by_mouse:
        qtbot.mouseDClick(feed._list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert by_mouse.args == ["ev-000002"]


def test_filter_by_text_camera_and_kind(feed, qtbot):
    lost = event(4, EventKind.CAMERA_LOST, "c1", ended=False, severity=Severity.HIGH)
    feed.set_events((lost, event(3, camera_id="c1"), event(2, EventKind.MOTION), event(1)), NAMES)
    qtbot.keyClicks(feed.bar.text, "LOADING offline")
    assert ids(feed._model) == [lost.id]
    feed.bar.clear()
    feed.bar._camera.setCurrentIndex(feed.bar._camera.findData("c1"))
    assert feed.count() == 2
    feed.bar._kind.setCurrentIndex(feed.bar._kind.findData(EventKind.MOTION))
    assert feed.count() == 0
    assert feed._pages.currentWidget() is feed._no_match
    feed._no_match.action_requested.emit()
    assert feed.count() == 4
    for limits, count in (
        ({"camera_ids": ("c1",)}, 2),
        ({"event_kinds": ("motion",)}, 1),
        ({"min_severity": 3}, 1),
        ({"person_id": "p"}, 0),
    ):
        feed.bar.set_limits(SearchFilter(**limits))
        assert feed.count() == count, limits
    feed.bar.set_limits(SearchFilter(since_ns=lost.started_ns, until_ns=lost.started_ns + 1))
    assert ids(feed._model) == [lost.id]
    feed.bar.clear()
    assert feed.count() == 4
    assert feed._pages.currentWidget() is feed._list


def test_camera_filter_survives_a_renamed_camera_and_opens_when_it_is_removed(feed):
    feed.set_events((event(2, camera_id="c1"), event(1)), NAMES)
    feed.bar._camera.setCurrentIndex(feed.bar._camera.findData("c1"))
    feed.set_events((event(2, camera_id="c1"), event(1)), {"c0": "Entrance", "c1": "Dock"})
    assert feed.count() == 1
    feed.set_events((event(2, camera_id="c1"), event(1)), {"c0": "Entrance"})
    assert feed.count() == 2


def test_without_events_it_says_what_belongs_here(feed):
    feed.set_events((), NAMES)
    assert feed._pages.currentWidget() is feed._empty


def test_running_event_says_so_far():
    running = replace(event(1, ended=False), started_ns=NOW_NS - 12 * SECOND)
    assert span_text(running, NOW_NS) == "12 s so far"
    assert span_text(event(1), NOW_NS) == "4 s"


def test_simulated_and_clip_marks_change_the_row(feed):
    feed.set_events((event(1),), NAMES)

    def row() -> np.ndarray:
        image = feed._list.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return np.frombuffer(bytes(image.constBits()), np.uint8)

    plain = row()
    feed.set_clip_events({"ev-000001"})
    with_clip = row()
    assert not np.array_equal(plain, with_clip)
    feed.set_events((replace(event(1), simulated=True),), NAMES)
    assert not np.array_equal(row(), with_clip)


def test_feed_of_ten_thousand_paints_only_what_is_seen(feed, monkeypatch, qtbot):
    from widgets.events.event_delegate import EventDelegate

    rows: set[int] = set()
    real = EventDelegate.paint

    def counting(self, painter, option, index):
        rows.add(index.row())
        real(self, painter, option, index)

    monkeypatch.setattr(EventDelegate, "paint", counting)
    feed.set_events(newest_first(1, 10_000), NAMES)
    qtbot.waitUntil(lambda: len(rows) > 0)
    feed.grab()
    assert max(rows) < 12


def test_events_of_the_radio_say_who_and_where(qtbot):
    model = EventModel()
    visit = replace(event(1), kind=EventKind.ZONE_VISIT, camera_id="", zone_id="office", person="Mara")
    lost = replace(visit, id="ev-2", kind=EventKind.NODE_LOST, subject_id="AA:BB:CC:00:00:01", zone_id="", person="")
    nowhere = replace(visit, id="ev-3", kind=EventKind.PRESENCE, zone_id="", person="")
    model.set_events((visit, lost, nowhere), {}, {"office": "Office", "AA:BB:CC:00:00:01": "Door node"})
    assert [model.place_words(one) for one in (visit, lost, nowhere)] == ["Mara · Office", "Door node", ""]


def test_every_kind_of_event_has_its_glyph_while_there_is_no_picture(qtbot: QtBot, clock: ManualClock) -> None:
    feed = EventFeed(clock)
    qtbot.addWidget(feed)
    feed.resize(420, 96 * len(EventKind))
    feed.set_events(tuple(event(number, kind) for number, kind in enumerate(EventKind)), {"c0": "Gate"})
    feed.show()
    assert not feed.grab().isNull()


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_kind_is_drawn_with_words_and_says_who_and_where(kind, feed):
    one = replace(event(1), kind=kind, camera_id="c0", person="Mara", label="wave")
    feed.set_events((one,), NAMES)
    assert not feed.grab().isNull()
    assert feed._model.place_words(one) == "Mara · Entrance" and kind_word(kind) and event_title(one)


def test_a_gesture_says_which():
    gesture = replace(event(1), kind=EventKind.GESTURE, label="wave")
    assert event_title(gesture) == "Gesture “wave”" and event_title(replace(gesture, shadow=True)) == "Gesture “wave”, on trial"
    assert event_title(replace(gesture, label="")) == "Gesture"

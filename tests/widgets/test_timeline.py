"""The timeline under the mouse and the keyboard."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.model.history.timeline import LaneKind, LaneMarks, Timeline, TimelineLane
from engine.model.time import from_iso
from tests.fakes.timelines import HOUR_NS, busy_day
from widgets.timeline.timeline import TimelineView
from widgets.timeline.timeline_layout import HEAD_PX, TOP_PX
from widgets.timeline.timeline_readout import readout
from widgets.timeline.timeline_rows import LaneRow
from widgets.timeline.timeline_window import DAY_NS, TimeWindow, window
from widgets.translation import WRITTEN_IN, use_language

NOW_NS = from_iso("2026-03-03T18:00:00Z")
NONE, SHIFT, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[TimelineView]:
    made = TimelineView(ZoneInfo("UTC"))
    qtbot.addWidget(made)
    made.resize(1000, 340)
    made.show()
    made.canvas.set_window(window(NOW_NS - 20 * HOUR_NS, 24 * HOUR_NS))
    show(made)
    made.canvas.set_now(NOW_NS)
    return made


def show(view: TimelineView) -> None:
    seen = view.window_shown()
    view.show_timeline(*busy_day(seen.since_ns, seen.until_ns, view.canvas.columns(), NOW_NS))


def wheel(view: TimelineView, at: QPoint, notches: int, keys: Qt.KeyboardModifier = NONE) -> None:
    none = Qt.MouseButton.NoButton
    place = QPointF(view.canvas.mapToGlobal(at))
    event = QWheelEvent(QPointF(at), place, QPoint(), QPoint(0, notches * 120), none, keys, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(view.canvas, event)


def drag(view: TimelineView, first: QPoint, last: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(view.canvas, LEFT, keys, first)
    QTest.mouseMove(view.canvas, (first + last) / 2)
    QTest.mouseMove(view.canvas, last)
    QTest.mouseRelease(view.canvas, LEFT, keys, last)


def point(view: TimelineView, at: QPoint) -> None:
    """The pointer goes there; without the screen's own pointer, which other windows may get."""
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(view.canvas.mapToGlobal(at)), none, none, NONE)
    QApplication.sendEvent(view.canvas, event)


def place(view: TimelineView, at_ns: int, y: int = TOP_PX + 30) -> QPoint:
    return QPoint(round(view.canvas.layout_now().x_of(at_ns)), y)


def test_the_wheel_zooms_at_the_pointer_from_a_day_to_a_picture(view: TimelineView) -> None:
    at_ns = NOW_NS - 6 * HOUR_NS
    for _ in range(80):
        wheel(view, place(view, at_ns), 1)
    seen = view.window_shown()
    assert seen.length_ns <= 250_000_000
    assert seen.holds(at_ns) or abs(seen.middle_ns - at_ns) < 2 * seen.length_ns


def test_the_wheel_over_names_scrolls_and_with_shift_pans(view: TimelineView) -> None:
    before = view.window_shown()
    wheel(view, QPoint(20, 120), -2)
    assert view.canvas.scroll_now() == 64
    assert view.window_shown() == before
    wheel(view, QPoint(500, 120), -1, SHIFT)
    assert view.window_shown().since_ns > before.since_ns
    assert view.window_shown().length_ns == before.length_ns


def test_dragging_pans_and_does_not_move_the_playhead(view: TimelineView, qtbot: QtBot) -> None:
    sought: list[int] = []
    view.canvas.sought.connect(sought.append)
    before, a_day_px = view.window_shown(), view.canvas.layout_now().lanes_width
    drag(view, QPoint(600, 120), QPoint(500, 120))
    moved = view.window_shown().since_ns - before.since_ns
    assert moved == pytest.approx(100 / a_day_px * before.length_ns, rel=0.01)
    assert sought == []


def test_a_click_on_the_lanes_asks_for_that_moment(view: TimelineView) -> None:
    sought: list[int] = []
    view.canvas.sought.connect(sought.append)
    at_ns = NOW_NS - 5 * HOUR_NS
    QTest.mouseClick(view.canvas, LEFT, NONE, place(view, at_ns))
    assert len(sought) == 1
    assert abs(sought[0] - at_ns) <= view.canvas.layout_now().ns_per_px


def test_dragging_on_the_ruler_scrubs(view: TimelineView) -> None:
    sought: list[int] = []
    view.canvas.sought.connect(sought.append)
    drag(view, QPoint(400, 25), QPoint(600, 25))
    assert len(sought) >= 2
    assert sought == sorted(sought)


def test_shift_and_dragging_chooses_a_stretch_whose_handles_can_be_dragged(view: TimelineView) -> None:
    first, last = NOW_NS - 9 * HOUR_NS, NOW_NS - 6 * HOUR_NS
    drag(view, place(view, last), place(view, first), SHIFT)
    chosen = view.range_chosen()
    assert chosen is not None
    assert chosen[0] == pytest.approx(first, abs=view.canvas.layout_now().ns_per_px * 2)
    drag(view, place(view, chosen[1]), place(view, NOW_NS - 3 * HOUR_NS))
    later = view.range_chosen()
    assert later is not None
    assert later[0] == chosen[0]
    assert later[1] == pytest.approx(NOW_NS - 3 * HOUR_NS, abs=view.canvas.layout_now().ns_per_px * 2)
    view.canvas.setFocus()
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert view.range_chosen() is None


def test_the_keyboard_pans_zooms_and_goes_through_the_rows(view: TimelineView) -> None:
    ends: list[int] = []
    view.canvas.ends_wanted.connect(ends.append)
    canvas, before = view.canvas, view.window_shown()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert view.window_shown().since_ns == before.since_ns + before.length_ns // 10
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert view.window_shown().length_ns == before.length_ns // 2
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert view.window_shown().length_ns == before.length_ns
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    QTest.keyClick(canvas, Qt.Key.Key_End)
    assert ends == [-1, 1]
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.lane_rows()[canvas.current_row()].name == "Yard"
    assert "Yard" in canvas.accessibleDescription()


def test_a_group_folds_away_by_click_and_by_enter(view: TimelineView) -> None:
    told: list[frozenset[LaneKind]] = []
    view.folded.connect(told.append)
    QTest.mouseClick(view.canvas, LEFT, NONE, QPoint(20, TOP_PX + 10))
    assert told == [frozenset({LaneKind.CAMERA})]
    assert "Yard" not in [row.name for row in view.canvas.lane_rows() if row.lane.kind is LaneKind.CAMERA]
    QTest.keyClick(view.canvas, Qt.Key.Key_Return)
    assert told[-1] == frozenset()


def test_what_lies_under_the_pointer_is_said_in_words(view: TimelineView) -> None:
    rows = [row.key for row in view.canvas.lane_rows()]
    tops = view.canvas.layout_now().tops()
    y = tops[rows.index("camera:gate")] + 10
    point(view, place(view, NOW_NS - 10 * HOUR_NS, y))
    text = view.readout.text()
    assert text.startswith("08:00")
    assert "North gate" in text
    assert "not recorded" in text
    assert "blind: no picture" in text
    point(view, place(view, NOW_NS + HOUR_NS, y))
    assert "not yet" in view.readout.text()


@pytest.fixture
def german(qapp: object) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


@pytest.mark.usefixtures("german")
def test_what_is_counted_is_written_as_in_the_language() -> None:
    lane = TimelineLane(LaneKind.RADIO, "", (LaneMarks("motion", (1204,), (1,)),))
    day = Timeline(NOW_NS, NOW_NS + DAY_NS, 1, (lane,))
    text = readout(LaneRow("radio:", "Funk", lane), day, window(NOW_NS, DAY_NS), NOW_NS, 0, ZoneInfo("UTC"))
    assert "1.204 " in text


def test_moments_that_are_not_loaded_are_not_said_to_be_empty(view: TimelineView) -> None:
    view.canvas.set_window(view.window_shown().shifted(-10 * DAY_NS))
    point(view, QPoint(500, TOP_PX + 40))
    assert "loading" in view.readout.text()


def test_a_flag_is_chosen_by_a_click(view: TimelineView) -> None:
    chosen: list[str] = []
    view.canvas.bookmark_chosen.connect(chosen.append)
    QTest.mouseClick(view.canvas, LEFT, NONE, place(view, NOW_NS - 8 * HOUR_NS, TOP_PX - 8) + QPoint(3, 0))
    assert chosen == ["bm-1"]


def test_the_filter_says_when_nothing_is_left(view: TimelineView) -> None:
    view.filter.setText("north")
    assert {row.name for row in view.canvas.lane_rows() if not row.group} == {"North gate"}
    view.filter.setText("zebra")
    assert view.canvas.lane_rows() == ()
    assert "zebra" in view.canvas._words


def test_columns_are_as_many_as_there_is_room_for_and_no_more_than_may_be_asked(view: TimelineView) -> None:
    assert view.canvas.columns() == (view.canvas.width() - HEAD_PX) // 2


def test_more_rows_than_room_have_a_scroll_bar(view: TimelineView) -> None:
    assert view.bar.isVisible()
    view.bar.setValue(view.bar.maximum())
    layout = view.canvas.layout_now()
    assert layout.tops()[-1] + 20 <= view.canvas.height()
    view.canvas.set_window(TimeWindow(NOW_NS - HOUR_NS, NOW_NS))
    assert view.canvas.scroll_now() == view.bar.maximum()


def test_an_old_view_is_stretched_until_the_new_one_is_there(view: TimelineView) -> None:
    """The painted marks follow the zoom at once, though nobody loaded anything."""
    view.canvas.set_window(view.window_shown().zoomed(0.1, NOW_NS - 5 * HOUR_NS))
    far = view.canvas.grab().toImage()
    marks = {far.pixelColor(x, TOP_PX + 50).name() for x in range(HEAD_PX + 10, far.width())}
    assert len(marks) > 1


def test_blind_watched_and_unknown_look_different(view: TimelineView) -> None:
    rows = [row.key for row in view.canvas.lane_rows()]
    view.canvas.set_scroll(10_000)
    y = view.canvas.layout_now().tops()[rows.index("observed:gate")]
    shot = view.canvas.grab().toImage()
    assert y >= TOP_PX

    def seen(at_ns: int) -> frozenset[str]:
        x = place(view, at_ns).x()
        return frozenset(shot.pixelColor(x + dx, y + dy).name() for dx in range(8) for dy in range(4, 16))

    blind, watched = seen(NOW_NS - 10 * HOUR_NS), seen(NOW_NS - 15 * HOUR_NS)
    y = view.canvas.layout_now().tops()[rows.index("observed:radio")]
    unknown = seen(NOW_NS - 18 * HOUR_NS)
    assert len({blind, watched, unknown}) == 3
    assert len(unknown) <= 2  # nothing but the background and the lines of the hours

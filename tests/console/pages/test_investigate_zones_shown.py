"""What is drawn over the recorded pictures of Investigate: zones and lines as on Live or as chosen here; boxes of everybody in view."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.session.remembered import Remembered
from engine.model.cameras.trail import EventTrails, TrackTrail
from engine.model.history.timeline import HitKind, SearchHit
from engine.model.time import SECOND
from tests.console.pages.investigate_stage import Open, opening
from tests.fakes.engine import FakeEngine
from widgets.playback.clip_overlay import OVERLAY


@pytest.fixture
def open_page(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Open]:
    yield from opening(engine, remembered, qtbot)


def test_a_key_and_the_menu_switch_them_and_it_is_kept(open_page: Open, remembered: Remembered, qtbot: QtBot) -> None:
    page = open_page()
    assert page.wall.zones_shown()
    qtbot.keyClick(page.wall, Qt.Key.Key_Z)
    assert not page.wall.zones_shown()
    assert not open_page().wall.zones_shown()
    page = open_page()
    menu = page.head.cameras.menu()
    menu.aboutToShow.emit()
    action = menu.actions()[-1]
    assert "ones and lines" in action.text() and not action.isChecked()
    action.trigger()
    assert page.wall.zones_shown() and remembered.flag("investigate/zones", False)


def test_the_first_time_it_is_as_on_live(open_page: Open, remembered: Remembered) -> None:
    remembered.put("live/zones", False)
    assert not open_page().wall.zones_shown()


def test_everybody_in_the_pictures_is_marked_and_the_subject_of_the_row_above_all(
    engine: FakeEngine, open_page: Open, qtbot: QtBot
) -> None:
    event, other = (engine.add_event("gate", age_s=100.0) for _ in range(2))
    for each, track_id, left in ((event, "t-1", 0.1), (other, "t-2", 0.6)):
        times = (each.started_ns, each.started_ns + SECOND)
        trail = TrackTrail(track_id, "person", times, ((left, 0.2, left + 0.1, 0.6), (left + 0.2, 0.2, left + 0.3, 0.6)))
        engine.trails[each.id] = EventTrails("gate", (trail,))
    page = open_page()
    page.found.hit_chosen.emit(SearchHit(HitKind.EVENT, event.id, event.started_ns, "Person", camera_id="gate", event_id=event.id))
    qtbot.waitUntil(lambda: len(page.wall.marks("gate").trails) == 2 and bool(page.wall.marks("gate").label))
    boxes = page.wall.marks("gate").boxes_at(event.started_ns + SECOND // 2)
    assert [(round(each.box[0], 1), each.beside) for each in boxes] == [(0.7, True), (0.2, False)], "the subject last, over the others"
    page.marks.choose_event("")
    assert not page.wall.marks("gate").label
    try:
        qtbot.keyClick(page.wall, Qt.Key.Key_M)
        assert not OVERLAY.shown
    finally:
        OVERLAY.show(True)

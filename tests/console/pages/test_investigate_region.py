"""A part of a recorded picture is drawn and looked through; who looks like somebody is found from a picture, a hit and a file."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QImage, QResizeEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QMenu
from pytestqt.qtbot import QtBot

from console.pages.investigate.alike import of_file, of_region
from console.pages.investigate.investigate import InvestigatePage
from console.pages.investigate.region import Region
from console.session.remembered import Remembered
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.timeline import HitKind, SaveSearch, SearchAlike, SearchFilter, SearchHit, SearchRecord
from engine.model.time import SECOND
from tests.console.pages.investigate_stage import opening
from tests.fakes.engine import FakeEngine

MINUTE = 60 * SECOND
CORNERS = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.8), (0.2, 0.8))


@pytest.fixture
def page(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[InvestigatePage]:
    for open_page in opening(engine, remembered, qtbot):
        yield open_page()


@pytest.fixture
def pictured(page: InvestigatePage, monkeypatch: pytest.MonkeyPatch) -> InvestigatePage:
    """Every camera has a picture of 200 × 100 in the upper left corner of the wall."""
    monkeypatch.setattr(page.wall, "picture_area", lambda _camera: QRectF(0, 0, 200, 100))
    monkeypatch.setattr(page.wall, "camera_at", lambda _point: page.playback.cameras[0])
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("navy"))
    monkeypatch.setattr(page.wall, "image", lambda _camera: image)
    return page


def hit(engine: FakeEngine, n: int) -> SearchHit:
    return SearchHit(HitKind.EVENT, f"ev-{n}", engine.now_ns - n * MINUTE, "Person", None, "gate", "", 2)


def asked(engine: FakeEngine, kind: type) -> list[object]:
    return [each for each in engine.past.asked if isinstance(each, kind)]


def drag(page: InvestigatePage, begin: QPointF, end: QPointF) -> None:
    overlay = page.region
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=begin.toPoint())
    QTest.mouseMove(overlay, end.toPoint())
    QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=end.toPoint())


def choose(box: QComboBox, data: str) -> None:
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_a_rectangle_is_drawn_and_searched_with_what_else_is_chosen(pictured: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page, camera = pictured, pictured.playback.cameras[0]
    engine.past.hits = [SearchHit(HitKind.MOTION, "tr-1", engine.now_ns - MINUTE, "Something moved", engine.now_ns, camera)]
    page.question.setText("moved")
    page.ask()
    page.head.area.click()
    drag(page, QPointF(40, 20), QPointF(120, 80))
    assert page.region.bar.isVisible()
    choose(page.found.choices.time, "shown")
    page.region.search_button.click()
    qtbot.waitUntil(lambda: page.found.headline.text() == f"1 found for “moved” in an area on {page._names[camera]}")
    wanted = asked(engine, SearchRecord)[-1].filter  # type: ignore[attr-defined]
    assert (wanted.camera_ids, wanted.text) == ((camera,), "moved")
    assert sorted(wanted.region) == sorted(CORNERS)
    shown = page.timeline.canvas.window_shown()
    assert (wanted.since_ns, wanted.until_ns) == (shown.since_ns, shown.until_ns)


def test_corners_are_clicked_one_by_one_and_a_double_click_closes(pictured: InvestigatePage) -> None:
    overlay = pictured.region
    overlay.begin()
    for x, y in ((20, 20), (100, 20), (60, 80)):
        QTest.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPointF(x, y).toPoint())
        assert overlay.region() is None
    QTest.mouseDClick(overlay, Qt.MouseButton.LeftButton, pos=QPointF(60, 80).toPoint())
    region = overlay.region()
    assert region is not None and region.corners[:3] == ((0.1, 0.2), (0.5, 0.2), (0.3, 0.8))


def test_an_area_can_be_made_moved_and_sized_from_the_keyboard(pictured: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    overlay = pictured.region
    QTest.keyClick(pictured, Qt.Key.Key_X)
    assert overlay.hasFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(overlay, key)
    QTest.keyClick(overlay, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    region = overlay.region()
    assert region is not None and region.box() == pytest.approx((0.37, 0.32, 0.69, 0.72))
    for _ in range(60):
        QTest.keyClick(overlay, Qt.Key.Key_Left)
    assert overlay.region().box()[0] == pytest.approx(0.0)  # type: ignore[union-attr]
    QTest.keyClick(overlay, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(asked(engine, SearchRecord)))
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible() and overlay.region() is None


def test_the_area_ends_with_another_camera_or_where_it_is_taken_away(pictured: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page, camera = pictured, pictured.playback.cameras[0]
    page.region.show_region(Region(camera, CORNERS))
    page.region.search_button.click()
    assert page.found.choices.area.isVisible()
    page.found.choices.no_area.click()
    assert not page.region.isVisible() and not page.found.choices.area.isVisible()
    page.region.show_region(Region(camera, CORNERS))
    page.region.search_button.click()
    choose(page.found.camera, page.cameras.known[1])
    qtbot.waitUntil(lambda: page.found._bridge.idle)
    lists = [each for each in asked(engine, SearchRecord) if each.limit > 1]  # type: ignore[attr-defined]  # the others look for what excludes
    last = lists[-1].filter  # type: ignore[attr-defined]
    assert (last.camera_ids, last.region) == ((page.cameras.known[1],), ())


def test_a_kept_search_brings_its_area_and_time_back(pictured: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page, camera = pictured, pictured.playback.cameras[0]
    kept = SearchFilter("gate", camera_ids=(camera,), since_ns=SECOND, until_ns=9 * SECOND, region=CORNERS)
    page.found.search(kept)
    page.found.saves.save_current()
    qtbot.waitUntil(lambda: any(isinstance(each, SaveSearch) and each.filter == kept for each in engine.commands))
    assert [each.text().partition(":")[0] for each in page.found.chips.chips] == ["Camera", "Time"]
    assert not page.found.choices.area.isHidden() and page.found.choices.applied(kept) == kept


def test_who_looks_like_the_one_in_the_area(pictured: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page, camera = pictured, pictured.playback.cameras[0]
    engine.past.hits = [hit(engine, 3), hit(engine, 5)]
    page.region.show_region(Region(camera, CORNERS))
    page.region.alike_button.click()
    qtbot.waitUntil(lambda: page.found.list.model().rowCount() == 2)
    text = page.found.headline.text()
    assert (
        text.startswith("2 of 2 appearances, most similar first, similar to the one on Yard.")
        and "2 people are in the picture." in text
        and "can look alike" in text
    )
    assert "alike 0.81" in page.found.list.model().index(0, 0).data()
    question = asked(engine, SearchAlike)[-1]
    picture = QImage.fromData(base64.b64decode(question.jpeg))  # type: ignore[attr-defined]
    assert (picture.width(), picture.height()) == (104, 78)  # the area and a little around it, and nothing else
    assert not page.found.person.isEnabled() and not page.found.older.isVisible()
    page.found.list.setCurrentIndex(page.found.list.model().index(1, 0))
    assert page.found.alike_button.isEnabled()
    page.found.alike_button.click()
    qtbot.waitUntil(lambda: asked(engine, SearchAlike)[-1].like_id == "ev-5")  # type: ignore[attr-defined]
    page.found.search_text("gate")
    assert page.found.person.isEnabled()


def test_a_choice_compares_again_and_nobody_to_compare_says_why(
    page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    image = QImage(3000, 1000, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    image.save(str(tmp_path / "somebody.png"))
    page.found.ask_file(tmp_path / "somebody.png")
    qtbot.waitUntil(lambda: page.found.empty._title.text() == "No comparison possible")
    sent = QImage.fromData(base64.b64decode(asked(engine, SearchAlike)[-1].jpeg))  # type: ignore[attr-defined]
    assert (sent.width(), sent.height()) == (1280, 426)
    engine.past.hits = [hit(engine, 3)]
    first, second = page.cameras.known[:2]
    choose(page.found.camera, first)
    assert [each.text() for each in page.found.chips.chips] == [f"Camera: {page._names[first]}"] and page.found.camera.currentIndex() == 0
    qtbot.waitUntil(lambda: page.found.list.model().rowCount() == 1)
    assert asked(engine, SearchAlike)[-1].camera_ids == (first,)  # type: ignore[attr-defined]
    engine.fail("ask", EnvironmentFault("off", "Looks are not kept: biometrics are off."), SearchAlike)
    choose(page.found.camera, second)
    qtbot.waitUntil(lambda: "could not be searched" in page.found.empty._title.text())
    assert "biometrics are off" in page.found.empty._text.text()


def test_boxes_without_room_for_their_names_are_a_menu_that_fills_chips(page: InvestigatePage) -> None:
    choices = page.found.choices
    choices.resizeEvent(QResizeEvent(QSize(340, 40), QSize()))
    assert choices.camera.isHidden() and not choices.add_button.isHidden()
    menu = choices.add_button.menu()
    menu.aboutToShow.emit()
    inner = [each for each in map(QAction.menu, menu.actions()) if isinstance(each, QMenu)]
    assert [each.title() for each in inner] == ["Camera", "Person", "Kind", "Time"]
    next(each for each in inner[2].actions() if each.text() == "Alerts").trigger()
    assert [each.text() for each in page.found.chips.chips] == ["Result: alert"] and page.found._filter.kinds == (HitKind.ALERT,)
    page.found.chips.chips[0].click()
    assert page.found._filter == SearchFilter()
    choices.resizeEvent(QResizeEvent(QSize(600, 40), QSize()))
    assert not choices.camera.isHidden() and choices.add_button.isHidden()


def test_a_file_that_is_no_picture_is_said(page: InvestigatePage, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    with qtbot.waitSignal(page.found.told, check_params_cb=lambda text: "notes.txt" in text):
        page.found.ask_file(tmp_path / "notes.txt")
    with pytest.raises(InputError):
        of_file(tmp_path / "none.jpg")


def test_an_area_at_the_edge_stays_within_the_picture() -> None:
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    asked_for = of_region(Region("yard", ((0.0, 0.5), (0.2, 0.5), (0.2, 1.0))), image, "Yard")
    assert asked_for.question.box == pytest.approx((0.0, 0.1304, 0.8696, 1.0), abs=1e-3)

"""A report is filed at the console: from the page, from anywhere, from a camera and from the map; counted in actions, with pictures."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from console.dialogs.incidents.file_report import FileReportDialog, ReportStart, camera_places
from console.dialogs.incidents.qr_code import code_image, poster_image
from console.dialogs.incidents.report_link import ReportLinkDialog
from console.dialogs.incidents.report_page import ReportPageDialog
from console.dialogs.incidents.report_picture import ReportPictureDialog
from console.dialogs.incidents.report_pictures import jpeg_of, read_picture
from console.pages.incidents.incidents import IncidentsPage
from engine._opencv import cv2
from engine.model.command import ChangeSettings
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import Severity
from engine.model.incidents.filing import FileReport, number_digits, report_number
from engine.model.incidents.incident import IncidentCategory, SourceOfReport
from engine.model.incidents.report_page import CreateReportLink, ReportPageSettings, RevokeReportLink
from engine.model.risk.map_settings import MapSettings
from engine.model.site import CameraPose
from engine.model.time import SECOND
from tests.console.pages.test_incidents import engine as engine
from tests.console.pages.test_incidents import open_page as open_page
from tests.console.pages.test_incidents import page as page
from tests.fakes.engine import FakeEngine
from tests.fakes.map_files import red_png, write_mbtiles
from tests.fakes.town import HERE

WORDS = "Two people climb over the fence at the east gate."


@dataclass
class Operator:
    """Whose clicks and keys are counted: a click, a key with its modifiers, or a text that is typed is one action."""

    actions: list[str] = field(default_factory=list)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.actions.append(f"click {widget.objectName() or type(widget).__name__}")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or widget.rect().center())

    def press(self, widget: QWidget, key: Qt.Key) -> None:
        self.actions.append(f"key {key.name}")
        QTest.keyClick(widget, key)

    def type(self, text: str) -> None:
        self.actions.append("type")
        where = QApplication.focusWidget()
        assert where is not None
        QTest.keyClicks(where, text)


def filed(engine: FakeEngine) -> list[FileReport]:
    return [command for command in engine.commands if isinstance(command, FileReport)]


def opened(page: IncidentsPage, qtbot: QtBot) -> FileReportDialog:
    qtbot.waitUntil(lambda: bool(page.findChildren(FileReportDialog)))
    dialog = page.findChildren(FileReportDialog)[-1]
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def test_a_report_is_filed_in_four_actions(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    """What is asked for: six at most. The kind is said by the words; the time is now."""
    operator = Operator()
    operator.click(page.file_button)
    dialog = opened(page, qtbot)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is dialog.description)
    operator.type(WORDS)
    operator.click(dialog.map, QPoint(120, 90))
    operator.click(dialog.save)
    qtbot.waitUntil(lambda: bool(filed(engine)))
    assert len(operator.actions) == 4 <= 6, operator.actions
    (report,) = filed(engine)
    assert (report.description, report.category, report.severity) == (WORDS, IncidentCategory.OTHER, Severity.MODERATE)
    assert (report.occurred_ns, report.source, report.media) == (None, SourceOfReport.CITIZEN, ())
    assert report.key and abs(report.latitude - HERE.latitude) < 0.01
    qtbot.waitUntil(lambda: (it := page.side.incident()) is not None and it.description == WORDS)


def test_the_map_has_the_map_file_of_the_site_and_closes_it(page: IncidentsPage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    file = write_mbtiles(tmp_path / "town.mbtiles", {(0, 0, 0): red_png()}, bounds="-180,-85,180,85")
    engine.settings = replace(engine.settings, map=MapSettings(file=str(file)))
    engine.publish()
    qtbot.waitUntil(lambda: page._bridge.snapshot is not None and bool(page._bridge.snapshot.settings.map.file))
    dialog = page.actions_of.file_report()
    assert dialog is not None
    qtbot.waitUntil(lambda: _is_red(dialog.map))
    dialog.reject()
    assert dialog.map.base.tiles is None


def _is_red(shown: QWidget) -> bool:
    """Tiles are dimmed under the marks of a dark theme."""
    pixel = shown.grab().toImage().pixelColor(shown.width() // 3, shown.height() // 3)
    return pixel.red() > 100 > 5 * max(pixel.green(), pixel.blue())


def test_with_kind_time_and_picture_it_takes_no_more_than_six(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    """By keyboard, from a camera's menu: its picture is taken, and its place."""
    engine.add_camera("yard", "Yard")
    engine.settings = _placed(engine)
    engine.publish()
    qtbot.waitUntil(lambda: page._bridge.snapshot is not None and bool(page._bridge.snapshot.settings.floor.camera_poses))
    operator = Operator()
    operator.actions.append("menu of the camera: File report…")
    dialog = page.actions_of.file_report(ReportStart(picture_of="yard"))
    assert dialog is not None
    with engine.running():
        qtbot.waitUntil(lambda: len(dialog.pictures.buttons) == 1)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is dialog.description)
    operator.type(WORDS)
    operator.click(dialog.kind)
    dialog.kind.hidePopup()
    operator.actions.append("choose Vandalism")
    dialog.kind.setCurrentIndex(dialog.kind.findData(IncidentCategory.VANDALISM))
    operator.click(dialog.save)
    qtbot.waitUntil(lambda: bool(filed(engine)))
    assert len(operator.actions) == 5 <= 6
    (report,) = filed(engine)
    assert report.category is IncidentCategory.VANDALISM and len(report.media) == 1
    assert (report.latitude, report.longitude) == pytest.approx(camera_places(engine.settings)["yard"][1:])
    assert QImage.fromData(engine.incidents.media[report.media[0]]).width() > 0


def _placed(engine: FakeEngine):
    from dataclasses import replace

    floor = replace(engine.settings.floor, camera_poses=(CameraPose("yard", (10.0, 20.0, 3.0), (12.0, 22.0, 1.0)),))
    return replace(engine.settings, floor=floor)


def test_the_place_under_the_mouse_on_the_map(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    at = QPoint(200, 150)
    place = page.map.plane().to_earth(*page.map.view.to_plane(at.x(), at.y()))
    menu = page.map_menu(at)
    menu.actions()[0].trigger()
    dialog = opened(page, qtbot)
    dialog.description.setPlainText(WORDS)
    dialog.submit()
    qtbot.waitUntil(lambda: bool(filed(engine)))
    assert (filed(engine)[0].latitude, filed(engine)[0].longitude) == pytest.approx(place)


def test_what_is_missing_keeps_the_button_off(page: IncidentsPage, qtbot: QtBot) -> None:
    dialog = page.actions_of.file_report()
    assert dialog is not None
    assert not dialog.save.isEnabled()
    dialog.description.setPlainText("too short")
    assert not dialog.save.isEnabled()
    dialog.description.setPlainText(WORDS)
    assert dialog.save.isEnabled(), "the place is the site until another one is chosen"
    dialog.description.setPlainText("x" * 2001)
    assert not dialog.save.isEnabled()


def test_a_time_is_that_of_the_site(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = page.actions_of.file_report()
    assert dialog is not None
    dialog.description.setPlainText(WORDS)
    earlier = dialog.when.dateTime().addSecs(-3600)
    dialog.when.setDateTime(earlier)
    dialog.submit()
    qtbot.waitUntil(lambda: bool(filed(engine)))
    said_ns = filed(engine)[0].occurred_ns
    assert said_ns is not None
    hour_ago = datetime.fromtimestamp(engine.now_ns / SECOND, UTC) - timedelta(hours=1)
    assert abs(said_ns / SECOND - hour_ago.timestamp()) < 90


def test_a_refusal_keeps_everything_and_what_is_sent_again_is_the_same(
    page: IncidentsPage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = page.actions_of.file_report()
    assert dialog is not None
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((40, 60, 3), 90, np.uint8))
    dialog.add_file(path)
    qtbot.waitUntil(lambda: len(dialog.pictures.buttons) == 1)
    dialog.description.setPlainText(WORDS)
    engine.fail("command", EnvironmentFault("disk_full", "The disk is full."))
    dialog.submit()
    qtbot.waitUntil(lambda: "The disk is full." in dialog.trouble.text())
    assert dialog.isVisible() and dialog.description.toPlainText() == WORDS
    dialog.submit()
    qtbot.waitUntil(lambda: bool(filed(engine)))
    assert len(engine.incidents.media) == 1, "the picture is not sent twice"


def test_pictures_are_taken_away_and_what_is_none_is_said(page: IncidentsPage, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = page.actions_of.file_report()
    assert dialog is not None
    good, bad = tmp_path / "good.jpg", tmp_path / "letter.jpg"
    cv2.imwrite(str(good), np.full((40, 60, 3), 90, np.uint8))
    bad.write_text("no picture")
    dialog.add_file(good)
    qtbot.waitUntil(lambda: len(dialog.pictures.buttons) == 1)
    dialog.add_file(bad)
    qtbot.waitUntil(lambda: bool(dialog.picture_note.text()))
    assert "The file letter.jpg cannot be read as a picture." in dialog.picture_note.text()
    assert dialog.leave_question() is not None, "pictures are work"
    next(iter(dialog.pictures.buttons.values())).click()
    assert dialog.pictures.buttons == {} and dialog.leave_question() is None


def test_large_pictures_are_made_smaller_and_carry_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    data = cv2.imencode(".jpg", np.zeros((3000, 4000, 3), np.uint8))[1].tobytes()
    exif = b"Exif\x00\x00MM\x00*serial-4711"
    path.write_bytes(data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif + data[2:])
    image = read_picture(path)
    assert (image.width(), image.height()) == (2560, 1920)
    assert b"serial-4711" not in jpeg_of(image)
    with pytest.raises(InputError):
        read_picture(tmp_path / "none.jpg")


def test_pictures_stand_on_the_card_and_open_large(page: IncidentsPage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = page.actions_of.file_report()
    assert dialog is not None
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((40, 60, 3), 90, np.uint8))
    dialog.add_file(path)
    qtbot.waitUntil(lambda: len(dialog.pictures.buttons) == 1)
    dialog.description.setPlainText(WORDS)
    dialog.submit()
    qtbot.waitUntil(lambda: bool(page.side.card.pictures.buttons))
    (panel,) = page.side.card.reports.panels()
    assert list(panel.pictures.buttons) == list(page.side.card.pictures.buttons) == list(engine.incidents.media)
    next(iter(page.side.card.pictures.buttons.values())).click()
    qtbot.waitUntil(lambda: bool(page.side.findChildren(ReportPictureDialog)))


def test_hostile_text_is_plain_on_the_card(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = page.actions_of.file_report()
    assert dialog is not None
    hostile = "<img src='file:///etc/passwd'><b>bold</b> {0} %s &amp;"
    dialog.description.setPlainText(hostile)
    dialog.submit()
    qtbot.waitUntil(lambda: (it := page.side.incident()) is not None and it.description == hostile)
    assert hostile in page.side.card.text.text().replace("\u200b", "")


def test_a_report_is_found_by_its_number(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    incident_id, reports = next(
        (each, engine.incidents.reports(each)) for each in engine.incidents.record.incidents if engine.incidents.reports(each)
    )
    report = next((each for each in reports if number_digits(report_number(each.id))), None)
    if report is None:
        assert engine.execute(FileReport(IncidentCategory.THEFT, WORDS, 10.0, 10.0))
        report = engine.incidents.record.reports[f"rp-{len(engine.incidents.record.reports):016x}"]
        incident_id = engine.incidents.record.links[report.id][0]
        engine.publish()
    qtbot.waitUntil(lambda: incident_id in page.table.shown_keys())
    page.filter.text.setText(report_number(report.id))
    qtbot.waitUntil(lambda: incident_id in page.table.shown_keys() and len(page.table.shown_keys()) < 9)


# The report page


def test_the_page_is_switched_on_with_its_limits(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.page_button.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(ReportPageDialog)))
    dialog = page.findChildren(ReportPageDialog)[-1]
    qtbot.waitUntil(lambda: dialog.page_address() == "http://127.0.0.1:8080")
    dialog.on.setChecked(True)
    said = " ".join(label.text() for label in dialog.notices.findChildren(QLabel))
    assert "Without https" in said and "this machine only" in said
    dialog.address.set_value("https://report.example/path")
    assert not dialog.save.isEnabled()
    dialog.address.set_value("https://report.example")
    dialog.per_link.setValue(30)
    dialog.submit()
    qtbot.waitUntil(lambda: engine.settings.report_page.on)
    assert engine.settings.report_page == ReportPageSettings(True, "https://report.example", True, 30.0)
    assert any(isinstance(command, ChangeSettings) for command in engine.commands)


def test_a_link_is_created_shown_once_and_revoked(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot, tmp_path: Path) -> None:
    engine.settings = _with_page(engine)
    engine.publish()
    qtbot.waitUntil(lambda: page._bridge.snapshot is not None and page._bridge.snapshot.settings.report_page.on)
    page.page_button.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(ReportPageDialog)))
    dialog = page.findChildren(ReportPageDialog)[-1]
    dialog.new_link.click()
    link = dialog.findChild(ReportLinkDialog)
    assert isinstance(link, ReportLinkDialog) and not link.save.isEnabled()
    link.fields.field("label").set_value("Notice board, east gate")
    link.submit()
    qtbot.waitUntil(lambda: bool(link.link.text()))
    assert link.link.text() == "https://report.example/report#token-1"
    assert read_code(link.code.image()) == link.link.text()
    assert link.leave_question() is not None, "it cannot be shown again"
    link.copy.click()
    assert link.leave_question() is None
    assert QApplication.clipboard().text() == link.link.text()
    link.reject()
    qtbot.waitUntil(lambda: [each.label for each in dialog.links] == ["Notice board, east gate"])
    assert [command.label for command in engine.commands if isinstance(command, CreateReportLink)] == ["Notice board, east gate"]
    dialog.rows.buttons[dialog.links[0].id]["trash-2"].click()
    _confirm(dialog, "Revoke link", qtbot)
    qtbot.waitUntil(lambda: dialog.links == ())
    assert any(isinstance(command, RevokeReportLink) for command in engine.commands)


def _with_page(engine: FakeEngine):
    from dataclasses import replace

    return replace(engine.settings, report_page=ReportPageSettings(True, "https://report.example"))


def _confirm(dialog: QWidget, text: str, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: any(button.text().replace("&", "") == text for button in dialog.findChildren(QPushButton)))
    next(button for button in dialog.findChildren(QPushButton) if button.text().replace("&", "") == text).click()


def read_code(image: QImage) -> str:
    """What a scanner finds in it."""
    large = image.scaled(image.size() * 8).convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(large.constBits(), np.uint8).reshape(large.height(), large.bytesPerLine() // 4, 4)[:, : large.width(), :3]
    return cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(pixels))[0]


def test_codes_and_posters_are_read_by_a_scanner() -> None:
    link = "https://report.harbour.example:8443/report#Y71B2r-cKnZPFMP7x-g2sASEjPtWJYiH"
    assert read_code(code_image(link, 1)) == link
    poster = poster_image(link, "Harbour south\nReport an incident", link)
    pixels = np.frombuffer(poster.constBits(), np.uint8).reshape(poster.height(), poster.width(), 4)[:, :, :3]
    assert cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(pixels))[0] == link

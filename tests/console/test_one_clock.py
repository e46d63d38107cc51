"""A console on a computer in another zone than the site's: each of the pages, the status bar and the dialogs show the clock of the site."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from console.window import MainWindow
from engine.model.time import from_iso
from engine.runtime.settings.site_zone import with_zone
from tests.console.every_dialog import Stage
from tests.console.every_page import SITES, choose_something, each_view
from tests.fakes.engine import FakeEngine
from widgets.fields.time_edits import MomentEdit
from widgets.look import set_site_zone

_SITE, _MACHINE = "Europe/Berlin", "Asia/Tokyo"
_ZONED = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{3})?)? ([A-Z]{2,5}(?:[+-]\d+(?::\d+)?)?)\b")
_MACHINE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d|\bJST\b")
_NOTE = "This computer is in UTC+9."


@pytest.fixture(autouse=True)
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", _MACHINE)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
    set_site_zone("UTC")


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What is drawn by hand: rows of lists, the timeline, marks in pictures."""
    found: set[str] = set()
    draw = QPainter.drawText

    def note(painter: QPainter, *about: Any) -> Any:
        found.update(each for each in about if isinstance(each, str))
        return draw(painter, *about)

    monkeypatch.setattr(QPainter, "drawText", note)
    return found


def texts_of(root: QWidget) -> set[str]:
    found: set[str] = set()
    for widget in (root, *root.findChildren(QWidget)):
        found.add(widget.toolTip())
        match widget:
            case QLabel() | QAbstractButton() | QLineEdit():
                found.add(widget.text())
            case QPlainTextEdit():
                found.add(widget.toPlainText())
            case QComboBox():
                found |= {widget.itemText(n) for n in range(widget.count())}
            case QAbstractItemView() if widget.model() is not None:
                found |= _cells(widget.model())
            case _:
                pass
    return {text for text in found if text}


def _cells(model: QAbstractItemModel) -> set[str]:
    roles = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole
    indexes = [
        model.index(row, column)
        for row in range(min(model.rowCount(QModelIndex()), 60))
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex()))
    ]
    return {str(value) for index in indexes for role in roles if (value := index.data(role)) is not None}


def faults_in(texts: set[str]) -> tuple[set[str], int]:
    """What shows another clock than the site's, and how many times with a zone were seen."""
    zones = [(text, zone) for text in texts for zone in _ZONED.findall(text)]
    wrong = {text for text, zone in zones if zone not in ("CET", "CEST")}
    return wrong | {text for text in texts if _MACHINE_TIME.search(text)}, len(zones)


def in_berlin(engine: FakeEngine) -> FakeEngine:
    engine.settings = with_zone(engine.settings, _SITE)
    engine.publish()
    return engine


@pytest.fixture
def stage(qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def shown(stage: Stage, qtbot: QtBot, page_id: str, engine: FakeEngine) -> MainWindow:
    window = stage.window(engine)
    window.resize(QSize(1280, 800))
    window.show_page(page_id)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(window.page(page_id).has_content)
    return window


@pytest.mark.parametrize("page_id", SITES)
def test_a_page_shows_the_clock_of_the_site(page_id: str, stage: Stage, painted: set[str], qtbot: QtBot) -> None:
    engine = in_berlin(SITES[page_id]())
    with engine.running():
        window = shown(stage, qtbot, page_id, engine)
        choose_something(window.page(page_id))
        texts: set[str] = set()
        for _ in each_view(window.page(page_id)):
            window.grab()
            texts |= texts_of(window)
        wrong, seen = faults_in(texts | painted)
    assert seen, "no time was seen at all"
    assert not wrong, "\n".join(sorted(wrong))


def test_a_computer_elsewhere_says_so_once(stage: Stage, qtbot: QtBot) -> None:
    engine = in_berlin(SITES["live"]())
    with engine.running():
        window = shown(stage, qtbot, "live", engine)
        qtbot.waitUntil(lambda: _times_said(window) == 1)
        window.show_page("alerts")
        engine.settings = replace(engine.settings, site_name="Another name")
        qtbot.wait(400)
        assert _times_said(window) == 1
        assert any(_NOTE in label.toolTip() for label in window.status.findChildren(QLabel))


def test_a_computer_with_the_same_clock_says_nothing(stage: Stage, qtbot: QtBot) -> None:
    engine = SITES["live"]()
    engine.settings = with_zone(engine.settings, "Asia/Seoul")
    engine.publish()
    with engine.running():
        window = shown(stage, qtbot, "live", engine)
        qtbot.wait(600)
        assert _times_said(window) == 0


def _times_said(window: MainWindow) -> int:
    return sum(_NOTE in label.text() for label in window.toasts.findChildren(QLabel))


def test_a_session_keeps_its_clock_when_the_site_moves_and_says_so(stage: Stage, qtbot: QtBot) -> None:
    engine = in_berlin(SITES["alerts"]())
    with engine.running():
        window = shown(stage, qtbot, "alerts", engine)
        engine.settings = with_zone(engine.settings, "America/New_York")
        engine.publish()
        said = "The time zone of the site is now America/New_York. Sign in again to see times in it."
        qtbot.waitUntil(lambda: said in texts_of(window.toasts))
        wrong, seen = faults_in(texts_of(window))
    assert seen and not wrong


def test_a_moment_is_typed_by_the_clock_of_the_site(qtbot: QtBot) -> None:
    set_site_zone(_SITE)
    edit = MomentEdit()
    qtbot.addWidget(edit)
    edit.set_at_ns(from_iso("2026-07-01T10:00:00Z"))
    assert edit.text() == "2026-07-01 12:00:00 CEST" and edit.at_ns() == from_iso("2026-07-01T10:00:00Z")
    edit.setCurrentSection(MomentEdit.Section.HourSection)
    edit.stepUp()
    assert edit.at_ns() == from_iso("2026-07-01T11:00:00Z")

"""Names that look like HTML are shown as they were given, on every page and in every dialog; nothing that they name is loaded."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.console.every_dialog import MAKERS, Stage, wait_for
from tests.console.every_page import SITES, choose_something, each_view
from tests.console.gallery_alerts import alerting_site
from tests.console.tainted import taint, taken_for_html


class Bait:
    """A picture that a name points at, and whether anybody has read it: a file's time of access is older than that of its change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        picture = QPixmap(40, 40)
        picture.fill(QColor("red"))
        assert picture.save(str(path), "PNG")
        self.set()

    def set(self) -> None:
        os.utime(self.path, (1_000_000_000, 1_000_000_001))

    @property
    def taken(self) -> bool:
        return self.path.stat().st_atime != 1_000_000_000


@pytest.fixture
def bait(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bait:
    bait = Bait(tmp_path / "bait.png")
    taint(monkeypatch, bait.path)
    return bait


@pytest.fixture
def stage(qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def test_the_bait_is_taken_by_a_label_that_takes_html(bait: Bait, qtbot: QtBot) -> None:
    label = QLabel(f'<img src="file://{bait.path}">')
    qtbot.addWidget(label)
    label.show()
    label.grab()
    if not bait.taken:
        pytest.skip("This file system does not note when a file is read.")
    assert taken_for_html(label)


@pytest.mark.parametrize("page_id", SITES)
def test_no_page_takes_a_name_for_html(page_id: str, stage: Stage, bait: Bait, qtbot: QtBot) -> None:
    engine = SITES[page_id]()
    with engine.running():
        window = stage.window(engine)
        window.show_page(page_id)
        with qtbot.waitExposed(window):
            window.show()
        page = window.page(page_id)
        qtbot.waitUntil(page.has_content)
        choose_something(page)
        found: set[str] = set()
        for view in each_view(page):
            wait_for(lambda: False, 0.2)
            window.grab()
            found |= {f"{view}: {each}" for each in taken_for_html(window)}
    assert not found, "\n".join(sorted(found))
    assert not bait.taken


def test_the_lock_screen_takes_no_name_for_html(stage: Stage, bait: Bait, qtbot: QtBot) -> None:
    engine = alerting_site()
    with engine.running():
        window = stage.window(engine)
        with qtbot.waitExposed(window):
            window.show()
        window.lock_screen.cover()
        window.grab()
        assert any("<img" in label.text() for label in window.lock_screen.findChildren(QLabel)), "the site's name is on it"
        found = taken_for_html(window)
    assert not found, "\n".join(found)
    assert not bait.taken


@pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.__name__)
def test_no_dialog_takes_a_name_for_html(kind: type[QDialog], stage: Stage, bait: Bait, qtbot: QtBot) -> None:
    dialog = MAKERS[kind](stage)
    qtbot.addWidget(dialog)
    dialog.show()
    wait_for(lambda: False, 0.1)
    dialog.grab()
    found = taken_for_html(dialog)
    dialog.done(0)
    assert not found, "\n".join(found)
    assert not bait.taken

"""Every page of the main window: all of it readable where the screen is small or the text is large, in every language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.pages.registry import PAGES
from console.shell.preferences import use_look
from console.window import MainWindow
from tests.console.clipping import clipped
from tests.console.every_dialog import Stage, wait_for
from tests.console.every_page import SITES, choose_something, each_view
from tests.console.mnemonics import clashes
from widgets.look import Look
from widgets.translation import LANGUAGES, WRITTEN_IN

SCREENS = {"1280x800 at 150 %": (QSize(1280, 800), 150), "853x533": (QSize(853, 533), 100)}  # the least that are promised
_SETTLES_S = 30.0  # what is live changes while it is looked at, and a busy machine lays it out late


@pytest.fixture
def stage(qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()
    use_look(Look(language=WRITTEN_IN))


def faults_left(window: MainWindow) -> list[str]:
    """Once it has settled; a window that is in order is so at the first look."""
    found: list[str] = []

    def none() -> bool:
        found[:] = [*clipped(window), *clashes(window)]
        return not found

    wait_for(none, _SETTLES_S)
    return found


def test_every_page_has_a_site() -> None:
    assert SITES.keys() == {entry.id for entry in PAGES}, "say in tests/console/every_page.py what fills a new page"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("page_id", SITES)
def test_a_page_is_readable(page_id: str, screen: str, language: str, stage: Stage, qtbot: QtBot) -> None:
    size, percent = SCREENS[screen]
    use_look(Look(text_percent=percent, language=language))
    engine = SITES[page_id]()
    with engine.running():
        window = stage.window(engine)
        window.resize(size)
        window.show_page(page_id)
        with qtbot.waitExposed(window):
            window.show()
        page = window.page(page_id)
        qtbot.waitUntil(page.has_content)
        choose_something(page)
        faults: set[str] = set()
        for view in each_view(page):
            faults |= {f"{view}: {fault}" for fault in faults_left(window)}
        assert window.size() == size, f"it takes {window.minimumSizeHint()}"
    assert not faults, "\n".join(sorted(faults))

"""Pages are built once, when they are wanted, and not any more when the window has closed."""

import linecache
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QShortcut
from pytestqt.qtbot import QtBot

from console.pages.page import Page
from console.pages.registry import PAGES, PageEntry
from console.palette import commands_catalogue_window
from console.palette.commands_catalogue import KeyChoices
from console.session.remembered import Remembered
from console.shell.page_shelf import PageShelf
from console.window import MainWindow
from engine.model.snapshot import Snapshot
from tests.console.flashes import windows_shown

Opener = Callable[..., MainWindow]


class Blank(Page):
    def __init__(self) -> None:
        super().__init__()
        self.ended = 0

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Nothing to show."""

    def shutdown(self) -> None:
        self.ended += 1


def shelf_of(made: list[str]) -> PageShelf:
    def make(entry: PageEntry) -> Page:
        made.append(entry.id)
        return Blank()

    return PageShelf(PAGES[:3], make)


def test_sources_that_were_read_while_a_page_was_built_are_not_kept(qtbot: QtBot) -> None:
    def make(entry: PageEntry) -> Page:
        assert linecache.getlines(__file__) and __file__ in linecache.cache
        return Blank()

    shelf = PageShelf(PAGES[:1], make)
    assert shelf["live"] and __file__ not in linecache.cache


def test_a_page_is_built_when_it_is_asked_for_and_once(qtbot: QtBot) -> None:
    made: list[str] = []
    shelf = shelf_of(made)
    assert list(shelf) == ["live", "space", "alerts"] and len(shelf) == 3 and "space" in shelf and "nowhere" not in shelf
    assert made == [] and shelf.get("nowhere") is None
    assert shelf["space"] is shelf["space"] and made == ["space"] and shelf.built() == (shelf["space"],)


def test_the_others_are_built_one_after_the_other(qtbot: QtBot) -> None:
    made: list[str] = []
    shelf = shelf_of(made)
    shelf["space"]
    assert [shelf.build_next() for _ in range(3)] == [True, True, False] and made == ["space", "live", "alerts"]


def test_shut_it_ends_what_is_built_and_builds_no_more(qtbot: QtBot) -> None:
    made: list[str] = []
    shelf = shelf_of(made)
    page = shelf["space"]
    assert isinstance(page, Blank)
    shelf.shut()
    assert page.ended == 1 and not shelf.build_next() and made == ["space"]


def test_a_window_opens_with_one_page_and_builds_the_rest_while_nobody_waits(
    open_window: Opener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself it begins a while later: see `test_palette.py`."""
    monkeypatch.setattr(commands_catalogue_window, "_BREATHS", 0)
    window = open_window()
    assert [type(page).__name__ for page in window._pages.built()] == ["LivePage"]
    window.catalogue.warm()
    qtbot.waitUntil(lambda: len(window._pages.built()) == len(PAGES))
    assert window.current_page_id() == "live" and window.page("live").isVisible()


def test_between_two_pages_there_is_time_for_what_happens(open_window: Opener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window()
    pauses: list[int] = []
    monkeypatch.setattr(commands_catalogue_window, "QTimer", SimpleNamespace(singleShot=lambda ms, *_: pauses.append(ms)))
    began_s = time.monotonic()
    window.catalogue.warm()
    took_ms = (time.monotonic() - began_s) * 1e3
    assert len(window._pages.built()) == 2 and len(pauses) == 1
    assert 150 <= pauses[0] <= max(150, commands_catalogue_window._BREATHS * took_ms + 1), "longer where a page takes longer"


def test_a_window_that_is_closed_builds_nothing(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    window.close()
    window.catalogue.warm()
    qtbot.wait(400)
    assert len(window._pages.built()) == 1


def test_a_key_of_ones_own_works_on_a_page_that_was_built_later(open_window: Opener, remembered: Remembered, qtbot: QtBot) -> None:
    first = open_window()
    action = next(action for action in first.page("alerts").actions() if action.keys and not action.only_there)
    KeyChoices(remembered, first.session.user.id).choose(action, "Ctrl+Alt+F9")
    first.close()
    second = open_window()
    second.show_page("alerts")
    keys = {shortcut.key().toString() for shortcut in second.page("alerts").findChildren(QShortcut)}
    assert "Ctrl+Alt+F9" in keys


def test_no_page_shows_anything_while_it_is_built(open_window: Opener) -> None:
    with windows_shown() as shown:
        window = open_window()
        pages = [window.page(page_id) for page_id in window.page_ids()]
    assert len(pages) == len(PAGES) and all(each.startswith("MainWindow") for each in shown) and shown

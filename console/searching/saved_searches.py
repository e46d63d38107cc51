"""The menu of saved searches and questions, in Investigate and in Ask: one is chosen, saved or forgotten."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from console.bridge import EngineBridge
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.history.timeline import ListSearches, RemoveSearch, SavedSearch, SaveSearch
from widgets.icons import icon
from widgets.signals import on
from widgets.translation import tr


class SavedSearches(QObject):
    """UI thread. Fills `menu` whenever it opens. `current`: what would be saved now; None: nothing. questions: those in words only.

    Signals: chosen(SavedSearch). told(str): it is saved or forgotten, or why it is not.
    """

    chosen = Signal(object)
    told = Signal(str)

    def __init__(self, bridge: EngineBridge, menu: QMenu, current: Callable[[], SaveSearch | None], questions: bool = False) -> None:
        super().__init__(menu)
        self._bridge, self.menu, self._current, self._questions = bridge, menu, current, questions
        menu.aboutToShow.connect(self.ask_saved)

    def ask_saved(self) -> None:
        self._begin()  # the others follow as soon as the record has answered
        self._bridge.ask(ListSearches(), self._fill, self._fail, owner=self)

    def _begin(self) -> None:
        self.menu.clear()
        save = self.menu.addAction(tr("Save this question") if self._questions else tr("Save this search"), self.save_current)
        save.setEnabled(self._current() is not None)

    def _fill(self, searches: tuple[SavedSearch, ...]) -> None:
        chosen = self.menu.activeAction()
        self._begin()
        self._list(searches)
        if chosen is not None or self.menu.hasFocus():
            self.menu.setActiveAction(self.menu.actions()[0])  # it was the only one until now

    def _list(self, searches: tuple[SavedSearch, ...]) -> None:
        self.menu.addSeparator()
        shown = [each for each in searches if each.question or not self._questions]
        for saved in shown:
            action = self.menu.addAction(_menu_text(saved))
            action.setIcon(icon("message-square" if saved.question else "search"))
            on(action.triggered, self.chosen.emit, saved)
        if shown:
            forget = self.menu.addMenu(tr("Forget"))
            for saved in shown:
                on(forget.addAction(_menu_text(saved)).triggered, self._forget, saved)

    def save_current(self) -> None:
        """Under what it says."""
        command = self._current()
        if command is not None:
            self.save(command)

    def save(self, command: SaveSearch) -> None:
        words = tr("The question is saved. It is in the menu of this panel, and in Investigate.")
        if not command.question:
            words = tr("The search {0} is saved.").format(command.name)
        self._bridge.tell(command, self.told.emit, self._fail, words, owner=self)

    def _forget(self, saved: SavedSearch) -> None:
        words = tr("The question is forgotten.") if saved.question else tr("The search is forgotten.")
        self._bridge.tell(RemoveSearch(saved.id), self.told.emit, self._fail, words, owner=self)

    def _fail(self, error: WatchroomError) -> None:
        self.menu.clear()
        self.told.emit(error_text(error))


def _menu_text(saved: SavedSearch) -> str:
    return saved.name.replace("&", "&&")

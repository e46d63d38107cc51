"""The menu of saved searches and questions, in Investigate and in Ask: one is chosen, saved, shared with everybody or forgotten."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from console.bridge import EngineBridge
from console.words import error_text
from engine.model.accounts.access import Verb
from engine.model.accounts.user_ref import accounts_of
from engine.model.errors import WatchroomError
from engine.model.history.timeline import ListSearches, RemoveSearch, SavedSearch, SaveSearch, ShareSearch
from widgets.icons import icon
from widgets.signals import on
from widgets.translation import tr


class SavedSearches(QObject):
    """UI thread. Fills `menu` whenever it opens. `current`: what would be saved now; None: nothing. questions: those in words only.

    Signals: chosen(SavedSearch). told(str): it is saved, shared or forgotten, or why it is not.
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
            action = self.menu.addAction(self._menu_text(saved))
            action.setIcon(icon("message-square" if saved.question else "search"))
            on(action.triggered, self.chosen.emit, saved)
        changeable = [each for each in shown if self._may_change(each)]
        if changeable and self._bridge.session.cameras is None:
            share = self.menu.addMenu(tr("For everybody"))
            for saved in changeable:
                action = share.addAction(self._menu_text(saved))
                action.setCheckable(True)
                action.setChecked(saved.shared)
                on(action.triggered, self._share, saved)
        if changeable:
            forget = self.menu.addMenu(tr("Forget"))
            for saved in changeable:
                on(forget.addAction(self._menu_text(saved)).triggered, self._forget, saved)

    def _is_own(self, saved: SavedSearch) -> bool:
        return any(saved.by_id == account.id for account in accounts_of(self._bridge.user))

    def _may_change(self, saved: SavedSearch) -> bool:
        return self._is_own(saved) or self._bridge.may(Verb.ADMINISTER)

    def _menu_text(self, saved: SavedSearch) -> str:
        """Whose it is, too, where somebody else shares it."""
        text = saved.name if self._is_own(saved) or not saved.by_id else tr("{0} (by {1})").format(saved.name, saved.by)
        return text.replace("&", "&&")

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

    def _share(self, saved: SavedSearch) -> None:
        words = tr("{0} is only for whoever saved it from now on.") if saved.shared else tr("{0} is for everybody from now on.")
        self._bridge.tell(ShareSearch(saved.id, not saved.shared), self.told.emit, self._fail, words.format(saved.name), owner=self)

    def _forget(self, saved: SavedSearch) -> None:
        words = tr("The question is forgotten.") if saved.question else tr("The search is forgotten.")
        self._bridge.tell(RemoveSearch(saved.id), self.told.emit, self._fail, words, owner=self)

    def _fail(self, error: WatchroomError) -> None:
        self.menu.clear()
        self.told.emit(error_text(error))

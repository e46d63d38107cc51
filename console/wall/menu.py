"""The menus of one wall: what its toolbar's buttons open, and what a tile's menu says about the wall."""

from collections.abc import Callable
from typing import TypeVarTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from console.dialogs.frame import open_dialog
from console.dialogs.save_wall import SaveWallDialog
from console.wall.book import WallBook
from console.wall.corner_menu import corner_menu
from console.wall.desk import WallDesk
from console.words import permit
from engine.model.accounts.access import Session, Verb
from widgets.icons import icon
from widgets.look import current_look
from widgets.marks.toast import ToastArea
from widgets.signals import on
from widgets.wall.arrangement.plan import CAROUSEL_S

A = TypeVarTuple("A")


class WallMenu(QObject):
    """UI thread. Signals: another_requested(): a further wall, in a window of its own."""

    another_requested = Signal()

    def __init__(self, desk: WallDesk, book: WallBook, session: Session, toasts: ToastArea, over: QWidget) -> None:
        super().__init__(over)
        self._desk, self._book, self._session, self._toasts, self._over = desk, book, session, toasts, over
        layouts, walls = desk.toolbar.layout_button.menu(), desk.toolbar.wall_button.menu()
        self.add_cell = self._action(layouts, self.tr("&Add a cell"), "plus", desk.wall.arranging.add_cell)
        self._action(layouts, self.tr("Remove all &other cameras from the wall"), "", desk.wall.arranging.keep_only_page)
        on(walls.aboutToShow, self._fill, walls)

    def _fill(self, menu: QMenu) -> None:
        """Built when it is opened: names and states are those of now."""
        menu.clear()
        self._add_named(menu)
        menu.addSeparator()
        self._add_hot(menu)
        self._add_carousel(menu)
        menu.addSeparator()
        self._action(menu, self.tr("Open &another wall"), "monitor", self.another_requested.emit)

    def _add_named(self, menu: QMenu) -> None:
        for wall in self._book.named_walls:
            shown = f"{wall.name}\t{wall.shift.text}" if wall.shift else wall.name
            action = self._action(menu, shown.replace("&", "&&"), "", self._desk.use, wall.name)
            action.setCheckable(True)
            action.setChecked(wall.name == self._desk.name)
        self._action(menu, self.tr("&Save wall as…"), "plus", self.keep)
        if self._book.named_walls:
            forget = menu.addMenu(self.tr("&Delete"))
            for wall in self._book.named_walls:
                self._action(forget, wall.name.replace("&", "&&"), "", self.delete, wall.name)

    def _add_hot(self, menu: QMenu) -> None:
        hot = self._desk.wall.hot()
        one = len(self._desk.wall.wall_layout().cells) == 1
        on = self._action(menu, self.tr("&Hot tile"), "", self._desk.set_hot, hot is None)
        on.setCheckable(True)
        on.setChecked(hot is not None)
        on.setEnabled(not one)
        on.setToolTip(self.tr("A cell that shows the newest alert or the selected camera"))
        lock = self._action(menu, self.tr("&Lock the hot tile") + "\tH", "", self._desk.toggle_hot_lock)
        lock.setCheckable(True)
        lock.setChecked(hot is not None and hot.locked)
        lock.setEnabled(hot is not None)

    def _add_carousel(self, menu: QMenu) -> None:
        still = current_look().reduced_motion
        pages = menu.addMenu(self.tr("&Turn pages (off: reduced motion)") if still else self.tr("&Turn pages"))
        pages.setEnabled(not still)
        group = QActionGroup(pages)
        for seconds in (0, *CAROUSEL_S):
            text = self.tr("Every {0} s").format(seconds) if seconds else self.tr("Manually")
            action = self._action(pages, text, "", self._desk.set_carousel, seconds)
            action.setCheckable(True)
            action.setChecked(seconds == self._desk.carousel.period_s)
            group.addAction(action)

    def tile_actions(self, menu: QMenu, camera_id: str, before: QAction | None = None) -> None:
        """What can be done with a cell and its camera on this wall."""
        wall = self._desk.wall
        cell, free = wall.menu_cell(), wall.wall_layout().free
        large, hot = wall.maximised() == camera_id, wall.hot()
        is_hot = hot is not None and hot.cell == cell and not large
        grow = self.tr("&Back to all cameras") if large else self.tr("Ma&ximise")
        made = [self._action(menu, grow, "minimize-2" if large else "maximize-2", wall.set_maximised, "" if large else camera_id)]
        save = self._action(menu, self.tr("&Save picture…") + "\tS", "image", self._desk.save_picture_of, camera_id)
        permit(save, self._session, Verb.EXPORT)
        made += [*self._replay_actions(menu, camera_id), save, corner_menu(self._desk, camera_id, menu).menuAction()]
        if not large:
            made += self._cell_actions(menu, cell, camera_id, is_hot, free)
        for action in made:
            menu.insertAction(before, action)  # type: ignore[arg-type]

    def _replay_actions(self, menu: QMenu, camera_id: str) -> list[QAction]:
        replay = self._desk.replay
        made = [
            self._action(menu, self.tr("&Replay last 10 s") + "\tJ", "rotate-ccw", replay.step_back, camera_id, 10),
            self._action(menu, self.tr("Replay last &30 s"), "", replay.step_back, camera_id, 30),
        ]
        if camera_id in replay.cameras:
            made.insert(0, self._action(menu, self.tr("Back to &live") + "\tL", "video", replay.go_live, camera_id))
        for action in made:
            permit(action, self._session, Verb.SEE_PAST)
        return made

    def _cell_actions(self, menu: QMenu, cell: int, camera_id: str, is_hot: bool, free: bool) -> list[QAction]:
        wall = self._desk.wall
        made: list[QAction] = []
        if is_hot:
            made.append(self._action(menu, self.tr("Remove hot &tile"), "", wall.arranging.set_hot_cell, -1))
        elif cell >= 0 and len(wall.wall_layout().cells) > 1:
            made.append(self._action(menu, self.tr("Make this the hot &tile"), "", wall.arranging.set_hot_cell, cell))
        if camera_id and not is_hot:
            made.append(self._action(menu, self.tr("Remove fr&om wall"), "x", wall.arranging.take_off, camera_id))
        if free and cell >= 0:
            if camera_id:
                made.append(self._action(menu, self.tr("&Fit the cell to the picture"), "scan", wall.arranging.fit_cell, cell))
            made.append(self._action(menu, self.tr("Remove the &cell"), "", wall.arranging.remove_cell, cell))
        return made

    def empty_menu(self, parent: QWidget) -> QMenu | None:
        """Of a cell without a camera; None where there is nothing to say."""
        menu = QMenu(parent)
        hot = self._desk.wall.hot()
        cell = self._desk.wall.menu_cell()
        for action in self._cell_actions(menu, cell, "", hot is not None and hot.cell == cell, self._desk.wall.wall_layout().free):
            menu.addAction(action)
        if self._desk.wall.wall_layout().free:
            self._action(menu, self.tr("&Add a cell"), "plus", self._desk.wall.arranging.add_cell)
        return menu if menu.actions() else None

    def keep(self) -> None:
        open_dialog(SaveWallDialog(self._book, self._desk, self._over))

    def delete(self, name: str) -> None:
        wall = self._book.wall(name)
        if wall is None:
            return
        self._book.remove(name)
        toast = self._toasts.show_message(self.tr("The wall “{0}” is deleted.").format(name), action=self.tr("Undo"))
        on(toast.action_requested, self._book.put, wall)

    def _action(self, menu: QMenu, text: str, icon_name: str, act: Callable[[*A], object], *about: *A) -> QAction:
        words, _, keys = text.partition("\t")
        action = QAction(icon(icon_name), words, menu) if icon_name else QAction(words, menu)
        if keys and len(keys) == 1:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutVisibleInContextMenu(True)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # shown here; the wall has the key
        elif keys:
            action.setText(text)
        on(action.triggered, act, *about)
        menu.addAction(action)
        return action

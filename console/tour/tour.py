"""The tour of the console: over the real one, a step at a time, left with Escape at any time and not offered again then."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.session.remembered import Remembered
from console.tour.card import TourCard, TourVeil
from console.tour.steps import Step, Watch, steps_for
from widgets.layout.enlarging import enlarge

if TYPE_CHECKING:
    from console.window import MainWindow

_AROUND = 4  # pixels left clear around what is meant
_LOOK_MS = 150
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Tour(QObject):
    """UI thread. Of one window, one at a time; `offer` at the first start, `start` from menu and palette.

    Signals: ended(): left, or gone through.
    """

    ended = Signal()

    def __init__(self, window: "MainWindow", remembered: Remembered, user_id: str) -> None:
        super().__init__(window)
        self._window, self._remembered, self._key = window, remembered, f"tour/{user_id}"
        self._steps: tuple[Step, ...] = ()
        self._number = 0
        self._watch: Watch | None = None
        self._listens = False
        self._heard: QWidget | None = None  # has the focus
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.veil: TourVeil | None = None
        self.card: TourCard | None = None

    @property
    def running(self) -> bool:
        return self.card is not None

    @property
    def step(self) -> Step | None:
        return self._steps[self._number] if self.running else None

    def offer(self) -> None:
        """Its first step, unless it was left or gone through before."""
        if not self._remembered.flag(self._key, False):
            self.start()

    def start(self) -> None:
        """From the beginning, also while it runs."""
        if not self.running:
            self.veil, self.card = TourVeil(self._window), TourCard(self._window)
            self.card.next_wanted.connect(self.go_on)
            self.card.back_wanted.connect(self.go_back)
            self.card.leave_wanted.connect(self.leave)
            enlarge(self.card)
            self._listen(True)
            self._timer.start()
        self._steps = steps_for(self._window)
        self._show_step(0)

    def go_on(self) -> None:
        if self.running and self._number + 1 < len(self._steps):
            self._show_step(self._number + 1)
        else:
            self.leave()

    def go_back(self) -> None:
        if self.running and self._number:
            self._show_step(self._number - 1)

    def leave(self) -> None:
        """It does not come by itself again."""
        if self.running:
            self._remembered.put(self._key, True)
            self._remembered.flush()
            self.close()
            self._window.page(self._window.current_page_id()).setFocus()
            self.ended.emit()

    def close(self) -> None:
        """The window closes or is locked: without a word."""
        self._listen(False)
        self._timer.stop()
        for part in (self.veil, self.card):
            if part is not None:
                part.hide()
                part.deleteLater()
        self.veil = self.card = self._watch = None

    def look(self) -> None:
        """Several times a second: whether what was asked is done, and where what is meant is now."""
        if not self.running:
            return
        if self._watch is not None and self._watch():
            self.go_on()
        else:
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self._place()
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride) and isinstance(event, QKeyEvent) and self._hears():
            act = self._act(event)
            if act is not None:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    act()
                return True
        return False

    def _hears(self) -> bool:
        """Not what is meant for a dialog or a menu."""
        active = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        return self.running and active is None and QApplication.activeWindow() is self._window

    def _act(self, event: QKeyEvent) -> Callable[[], None] | None:
        plain, held = not event.modifiers(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape and plain:
            return self.leave
        if event.key() in _ENTERS and held:
            return self.go_on
        if event.key() == Qt.Key.Key_F6 and plain:
            return self._swap_focus
        if plain and self._on_card():
            return {Qt.Key.Key_Right: self.go_on, Qt.Key.Key_Left: self.go_back}.get(Qt.Key(event.key()))
        return None

    def _on_card(self) -> bool:
        focused = self._window.focusWidget()
        return self.card is not None and focused is not None and self.card.isAncestorOf(focused)

    def _listen(self, on: bool) -> None:
        """To keys where they come first, and to the window's size: not to every event of the application, of which there are thousands."""
        app = QApplication.instance()
        if not isinstance(app, QApplication) or on == self._listens:
            return
        self._listens = on
        if on:
            app.focusChanged.connect(self._follow_focus)
            self._window.installEventFilter(self)
        else:
            app.focusChanged.disconnect(self._follow_focus)
            self._window.removeEventFilter(self)
        self._follow_focus(None, QApplication.focusWidget() if on else None)

    def _follow_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._heard is not None and shiboken6.isValid(self._heard) and self._heard is not self._window:
            self._heard.removeEventFilter(self)
        self._heard = now
        if now is not None:
            now.installEventFilter(self)

    def _show_step(self, number: int) -> None:
        if self.card is None or self.veil is None:
            return
        self._number = number
        step = self._steps[number]
        if step.page:
            self._window.show_page(step.page)
        self._watch = None if step.watch is None else step.watch(self._window)
        self.card.show_step(step.text, number + 1, len(self._steps))
        self._place()
        self.veil.show()
        self.veil.raise_()
        self.card.show()
        self.card.raise_()
        self._place()
        self._focus(step)

    def _focus(self, step: Step) -> None:
        """Where there is something to do, the keys are there; else on the card."""
        target = self._target()
        if self._watch is not None and target is not None:
            target.setFocus()
        elif self.card is not None:
            self.card.next.setFocus()

    def _swap_focus(self) -> None:
        if self.card is None:
            return
        target = self._target() or self._window.page(self._window.current_page_id())
        if self._on_card():
            target.setFocus()
        else:
            self.card.next.setFocus()

    def _target(self) -> QWidget | None:
        step = self.step
        found = step.target(self._window) if step is not None and step.target is not None else None
        return found if found is not None and found.isVisible() else None

    def _place(self) -> None:
        if self.card is None or self.veil is None:
            return
        whole, target = self._window.rect(), self._target()
        if self.veil.geometry() != whole:
            self.veil.setGeometry(whole)
        clear = QRect()
        if target is not None:
            at = target.mapTo(self._window, QPoint(0, 0))
            clear = QRect(at, target.size()).adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND).intersected(whole)
        self.veil.leave_clear(clear)
        self.card.place(clear, whole)

"""When a console is locked, and what that keeps from whoever passes by: no key and no click reaches anything but the lock screen."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from console.session.lock_screen import LockScreen
from widgets.signals import on

_LOOK_MS = 1_000
_Type = QEvent.Type
INPUT = frozenset(
    {_Type.KeyPress, _Type.MouseButtonPress, _Type.MouseMove, _Type.Wheel, _Type.TouchBegin, _Type.TouchUpdate, _Type.TabletMove}
)
_KEPT_OFF = INPUT | frozenset(
    {_Type.KeyRelease, _Type.ShortcutOverride, _Type.Shortcut, _Type.MouseButtonRelease, _Type.MouseButtonDblClick, _Type.ContextMenu}
    | {_Type.DragEnter, _Type.DragMove, _Type.Drop, _Type.TouchEnd, _Type.TabletPress, _Type.NativeGesture, _Type.InputMethod}
)


class ScreenLock(QObject):
    """UI thread. Looks at the input of every window; while it is locked, at every event of the application.

    Not at every event always: each is handed to Python and back then, which in a busy engine waits its turn for Python's lock.

    Signals: changed(bool): it is locked now, or is not any more.
    """

    changed = Signal(bool)

    def __init__(self, window: QMainWindow, screen: LockScreen, body: QWidget, now_s: Callable[[], float] = time.monotonic) -> None:
        """`body`: of the window, which the screen covers."""
        super().__init__(window)
        self._window, self._screen, self._body, self._now_s = window, screen, body, now_s
        self._idle_s = 0.0
        self._touched_s = now_s()
        self._hidden: list[QWidget] = []
        self._before: QWidget | None = None
        self.locked = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        screen.unlocked.connect(self.unlock)
        self._app = QApplication.instance()

    def lock_after(self, minutes: float) -> None:
        """Without input; 0: never by itself."""
        self._idle_s = 60 * minutes

    def look(self) -> None:
        """Lock where nobody has touched anything for long."""
        if self._idle_s:
            for window in QGuiApplication.allWindows():  # also those that came since; one that is known is not looked at twice
                window.installEventFilter(self)
        if not self.locked and self._idle_s and self._now_s() - self._touched_s >= self._idle_s:
            self.lock()

    def lock(self) -> None:
        if self.locked:
            return
        self.locked = True
        if self._app is not None:
            self._app.installEventFilter(self)
        self._before = QApplication.focusWidget()
        while (popup := QApplication.activePopupWidget()) is not None and popup.isVisible():
            popup.close()
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and self._is_to_hide(widget):
                self._hide(widget)
        self._screen.cover()
        self._body.setEnabled(False)
        self.changed.emit(True)

    def unlock(self) -> None:
        self.locked = False
        if self._app is not None:
            self._app.removeEventFilter(self)
        self._touched_s = self._now_s()
        self._body.setEnabled(True)
        self._screen.uncover()
        hidden, self._hidden = self._hidden, []
        for widget in hidden:
            widget.show()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None
        self.changed.emit(False)

    def close(self) -> None:
        """The window closes; what it hid goes with it."""
        self._timer.stop()
        self.locked = False
        if self._app is not None:
            self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if not self.locked:
            if kind in INPUT:
                self._touched_s = self._now_s()
            return False
        if kind is _Type.Resize and watched is self._window:
            self._screen.setGeometry(self._window.rect())
        if kind is _Type.Show and isinstance(watched, QWidget) and self._is_to_hide(watched):
            QTimer.singleShot(0, watched, lambda: self._hide_late(watched))
        return kind in _KEPT_OFF and not self._is_ours(watched)

    def _is_ours(self, watched: QObject) -> bool:
        """Windows of the system hand input on to widgets, which are asked again."""
        if not isinstance(watched, QWidget):
            above = watched
            while above is not None and above is not self._screen:
                above = above.parent()
            return above is self._screen or watched.isWindowType()
        return watched is self._screen or self._screen.isAncestorOf(watched) or (watched.isWindow() and not self._is_to_hide(watched))

    def _is_to_hide(self, widget: QWidget) -> bool:
        """Windows beside the one that is covered: dialogs, walls on other screens, menus."""
        return widget.isWindow() and widget is not self._window and not self._screen.isAncestorOf(widget)

    def _hide_late(self, widget: QWidget) -> None:
        if self.locked and widget.isVisible():
            self._hide(widget)

    def _hide(self, widget: QWidget) -> None:
        self._hidden.append(widget)
        on(widget.destroyed, self._forget_widget, widget)
        widget.hide()

    def _forget_widget(self, widget: QWidget) -> None:
        self._hidden = [each for each in self._hidden if each is not widget]

"""Watchroom in the desktop's tray: how the site stands, as a shape and in words; alerts as messages; and the window put away in it.

Nothing here names a person or shows a picture. While the console is locked nothing names a place either: only how many alerts there are.
"""

import time
from enum import StrEnum

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from console.session.remembered import Remembered
from engine.model.alerts.alert import Alert, AlertState
from engine.model.event import Severity
from engine.model.snapshot import Snapshot
from widgets.marks.plain_tip import plain_tip
from widgets.shapes import draw_shape
from widgets.theme import color, severity_style, severity_word
from widgets.translation import tr

MESSAGE_MS = 15_000
_LOOK_S = 10.0
_SIZES = (16, 22, 32, 64)


class Closing(StrEnum):
    """What closing the window does."""

    ASK = "ask"
    STAY = "stay"
    QUIT = "quit"


class ClosingWish:
    """One user's, on this machine."""

    def __init__(self, remembered: Remembered, user_id: str) -> None:
        self._remembered, self._key = remembered, f"tray/{user_id}/closing"

    def get(self) -> Closing:
        kept = self._remembered.text(self._key)
        return Closing(kept) if kept in tuple(Closing) else Closing.ASK

    def put(self, wanted: Closing) -> None:
        self._remembered.put(self._key, wanted.value)
        self._remembered.flush()


def tray_is_there() -> bool:
    """Whether this desktop has a tray."""
    return QSystemTrayIcon.isSystemTrayAvailable()


class Tray(QObject):
    """UI thread. Where there is no tray, the window asks for attention on the task bar, and that is all.

    Signals: open_wanted(alert id, may be empty): somebody wants to see. quit_wanted(): really end.
    """

    open_wanted = Signal(str)
    quit_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icon: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None
        self._said: tuple[str, Severity | None] = ("", None)
        self._looked_s: float | None = None  # when the desktop was last asked whether it has a tray
        self._last = ""
        self._locked = False

    @property
    def there(self) -> bool:
        return tray_is_there()

    @property
    def words(self) -> str:
        """What is said of the site, for whoever points at the icon."""
        return self._said[0]

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Also when nothing changed: that is cheap."""
        new = [each for each in snapshot.alerts.alerts if each.state is AlertState.NEW and not each.shelved(snapshot.at_ns)]
        gravest = max((each.severity for each in new), default=None)
        said = state_words(snapshot.settings.site_name, new), gravest
        if said == self._said or not self._tray_available():
            return
        self._said = said
        icon = self._tray_icon()
        icon.setIcon(state_icon(gravest))
        icon.setToolTip(plain_tip(said[0]))
        icon.show()

    def _tray_available(self) -> bool:
        """Where there is none it is asked for now and then only: to ask the desktop may hold up the screen."""
        if self._icon is not None:
            return True
        now_s = time.monotonic()
        if self._looked_s is not None and now_s - self._looked_s < _LOOK_S:
            return False
        self._looked_s = now_s
        return self.there

    def set_locked(self, locked: bool) -> None:
        """Whoever passes by ends nothing."""
        self._locked = locked
        if self._menu is not None:
            self._menu.actions()[-1].setEnabled(not locked)

    def show(self, title: str, text: str, alert_id: str = "", severity: Severity = Severity.MODERATE) -> None:
        """A message about an alert; to click it opens that one."""
        QApplication.alert(self._window)
        if not self._tray_available():
            return
        self._last = alert_id
        kind = QSystemTrayIcon.MessageIcon
        self._tray_icon().showMessage(title, text, kind.Critical if severity >= Severity.HIGH else kind.Warning, MESSAGE_MS)

    def say_hidden(self) -> None:
        """The window went into the tray."""
        self._last = ""
        text = tr("Monitoring continues. Click here to open the window.")
        self._tray_icon().showMessage(tr("Watchroom runs in the tray"), text, QSystemTrayIcon.MessageIcon.Information, MESSAGE_MS)

    def close(self) -> None:
        if self._icon is not None:
            self._icon.hide()

    def _tray_icon(self) -> QSystemTrayIcon:
        if self._icon is None:
            self._icon = QSystemTrayIcon(state_icon(None), self)
            self._icon.setContextMenu(self._make_menu())
            self._icon.messageClicked.connect(lambda: self.open_wanted.emit(self._last))
            self._icon.activated.connect(self._activated)
            self._icon.show()
        return self._icon

    def _make_menu(self) -> QMenu:
        self._menu = QMenu(self._window)
        for text, act in ((tr("&Open Watchroom"), lambda: self.open_wanted.emit("")), (tr("&Quit"), self.quit_wanted.emit)):
            action = QAction(text, self._menu)
            action.triggered.connect(act)
            self._menu.addAction(action)
        self.set_locked(self._locked)
        return self._menu

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.open_wanted.emit("")


def state_words(site: str, new: list[Alert]) -> str:
    """`Harbour office. 2 alerts that nobody has acknowledged: 1 Critical, 1 Low.`"""
    if not new:
        return tr("{0}. No open alerts.").format(site)
    told = ", ".join(
        f"{count} {severity_word(severity)}"
        for severity in sorted(Severity, reverse=True)
        if (count := sum(1 for each in new if each.severity is severity))
    )
    said = tr("{0}. 1 alert unacknowledged: {1}.") if len(new) == 1 else tr("{0}. {2} alerts unacknowledged: {1}.")
    words = said.format(site, told, len(new))
    return tr("{0} Simulated.").format(words) if all(each.simulated for each in new) else words


def state_icon(gravest: Severity | None) -> QIcon:
    """The shape of the gravest alert that waits; a ring: none does."""
    shape, tint = ("ring", color("good"))
    if gravest is not None:
        style = severity_style(gravest)
        shape, tint = style.shape, style.color
    icon = QIcon()
    for size in _SIZES:
        pixmap = QPixmap(QSize(size, size))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        edge = size / 10
        draw_shape(painter, shape, QRectF(edge, edge, size - 2 * edge, size - 2 * edge), tint)
        painter.end()
        icon.addPixmap(pixmap)
    return icon

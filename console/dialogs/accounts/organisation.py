"""Signing in by the identity provider of an organisation: with a browser of this computer, or of another device."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from console.courier import Closing, Courier, Listener, close_it
from engine.model.errors import EnvironmentFault, WatchroomError
from widgets.layout.boxes import make_column, make_row
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.theme import set_role

if TYPE_CHECKING:
    from engine.gateway.remote.hub import ProviderAtHub


class OrganisationEntrance(Protocol):
    """Where an organisation's people sign in: a hub. Both wait for the person, on the caller's thread. Raises WatchroomError."""

    def sign_in_by_browser(self, open_browser: Callable[[str], object], stopping: threading.Event, /) -> Closing: ...

    def sign_in_by_device(self, show: Callable[[str, str], object], stopping: threading.Event, /) -> Closing: ...


def open_browser(url: str) -> None:
    """Any thread. Raises EnvironmentFault (`browser`)."""
    import webbrowser  # only who signs in so needs it

    if not webbrowser.open(url):
        raise EnvironmentFault("browser", "No browser can be opened on this computer. Sign in with another device.")


class OrganisationSignIn(QWidget):
    """Signals: signed_in(object): what the entrance gave. failed(WatchroomError). waiting(bool): for the person, or no longer."""

    signed_in = Signal(object)
    failed = Signal(object)
    waiting = Signal(bool)

    def __init__(self, entrance: OrganisationEntrance, provider: "ProviderAtHub", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entrance, self._provider = entrance, provider.name
        self._stopping: threading.Event | None = None
        self._device: tuple[str, str] | None = None  # where to go, and what to enter there: left by the worker
        self._courier = Courier(self, workers=2)  # one may still be ending while the next begins
        self._listener = Listener(self._show_device, self)
        self.browser = QPushButton(self.tr("Sign in with your &organisation"), self)
        self.browser.setToolTip(plain_tip(self.tr("Opens {0} in the browser").format(provider.name)))
        self.device = QPushButton(self.tr("Use another &device"), self)
        self.device.setToolTip(self.tr("Shows an address and a code for a phone or another computer"))
        self.device.setVisible(provider.device_codes)
        set_role(self.device, "quiet")
        self.told = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.code = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.code.setTextInteractionFlags(self.told.textInteractionFlags())
        self.code.setAccessibleName(self.tr("Code"))
        set_role(self.code, "page")
        self.stop = QPushButton(self.tr("Stop &waiting"), self)
        set_role(self.stop, "quiet")
        self._lay_out()
        on(self.browser.clicked, self._begin_browser)
        on(self.device.clicked, self._begin_device)
        on(self.stop.clicked, self.cancel)
        self._show_waiting(False)

    def _lay_out(self) -> None:
        column = make_column(self, margins=(0, 0, 0, 0), spacing=8)
        row = make_row(spacing=8)
        row.addWidget(self.browser, 1)
        row.addWidget(self.device)
        column.addLayout(row)
        for widget in (self.told, self.code):
            column.addWidget(widget)
        column.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignLeft)
        for button in (self.browser, self.device, self.stop):
            button.setAutoDefault(False)  # Enter signs in by the password

    def cancel(self) -> None:
        """Nobody is waited for any more."""
        if self._stopping is not None:
            self._stopping.set()
            self._stopping = None
            self._show_waiting(False)

    def close_calls(self) -> None:
        self.cancel()
        self._courier.close()
        self._listener.close()

    def _begin_browser(self) -> None:
        self._begin(lambda stopping: self._entrance.sign_in_by_browser(open_browser, stopping))
        self.told.setText(self.tr("Continue in the browser: {0} asks who you are.").format(self._provider))

    def _begin_device(self) -> None:
        self._begin(lambda stopping: self._entrance.sign_in_by_device(self._leave_device, stopping))
        self.told.setText(self.tr("Connecting…"))

    def _begin(self, sign_in: Callable[[threading.Event], Closing]) -> None:
        self.cancel()
        self._stopping = stopping = threading.Event()
        self._device = None
        self._show_waiting(True)
        self._courier.fetch(
            lambda: sign_in(stopping), partial(self._finish, stopping), partial(self._fail, stopping), owner=self, discard=close_it
        )

    def _leave_device(self, url: str, code: str) -> None:
        """Worker thread."""
        self._device = (url, code)
        self._listener.bell.ring()

    def _show_device(self) -> None:
        if self._device is None or self._stopping is None:
            return
        url, code = self._device
        self.told.setText(self.tr("With a browser of any device, open {0} and enter this code:").format(url))
        self.code.setText(code)
        self.code.show()

    def _finish(self, stopping: threading.Event, entered: Closing) -> None:
        if stopping is not self._stopping:  # it says goodbye, which may take long
            threading.Thread(target=entered.close, name="hub-leave", daemon=True).start()
            return
        self._stopping = None
        self._show_waiting(False)
        self.signed_in.emit(entered)

    def _fail(self, stopping: threading.Event, error: WatchroomError) -> None:
        if stopping is self._stopping:
            self._stopping = None
            self._show_waiting(False)
            self.failed.emit(error)

    def _show_waiting(self, waiting: bool) -> None:
        self.browser.setEnabled(not waiting)
        self.device.setEnabled(not waiting)
        self.told.setVisible(waiting)
        self.stop.setVisible(waiting)
        self.code.hide()
        self.waiting.emit(waiting)

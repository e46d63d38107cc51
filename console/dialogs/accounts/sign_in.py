"""Sign-in, with a countdown while the account is locked."""

import math
import time
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QWidget

from console.courier import Closing, Courier, close_it
from console.dialogs.accounts.organisation import OrganisationSignIn
from console.dialogs.frame import FramedDialog, LeaveQuestion
from engine.model.errors import NotSignedIn, WatchroomError
from widgets.fields.form import Field, FieldGroup
from widgets.fields.password_field import PasswordField


class Entrance(Protocol):
    """Where one signs in: an engine, or a hub. Raises WatchroomError."""

    def sign_in(self, name: str, password: str, /) -> Closing: ...


class SignInDialog(FramedDialog):
    """Signals: signed_in(object): what the entrance gave, such as an EnginePort. The dialog stays open until its owner closes it."""

    signed_in = Signal(object)

    def __init__(
        self,
        door: Entrance,
        notice: str = "",
        question: LeaveQuestion | None = None,
        parent: QWidget | None = None,
        organisation: OrganisationSignIn | None = None,
    ) -> None:
        """`question`: asked before it is left, as the program ends then. organisation: another way to sign in, where there is one."""
        lead = notice or QCoreApplication.translate("SignInDialog", "Sign in to see the cameras of this site.")
        super().__init__("Watchroom", lead, width=400, parent=parent)
        self._door, self._question = door, question
        self._courier = Courier(self, workers=1)
        self._locked_until_s = 0.0
        self._busy = False
        self.fields = FieldGroup(self)
        self.fields.add_field("name", Field(self.tr("Account name")))
        self.fields.add_field("password", PasswordField(self.tr("Password")))
        self.fields.submitted.connect(self.submit)
        self.body.addWidget(self.fields)
        self.organisation = organisation
        if organisation is not None:
            self._add_organisation(organisation)
        self.quit = self.add_button(self.tr("&Quit"))
        self.quit.clicked.connect(self.leave)
        self.button = self.add_button(self.tr("&Sign in"), "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.submit)
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._count_down)

    def _add_organisation(self, organisation: OrganisationSignIn) -> None:
        self.body.addWidget(organisation)
        organisation.signed_in.connect(self.signed_in)
        organisation.failed.connect(self.show_error)
        organisation.waiting.connect(self._wait)

    def _wait(self, waiting: bool) -> None:
        self.show_trouble("")
        self.fields.setEnabled(not waiting)
        self.button.setEnabled(not waiting and self._locked_s() <= 0)

    def leave_question(self) -> LeaveQuestion | None:
        return self._question

    def submit(self) -> None:
        if self._busy or self._locked_s() > 0 or not self._all_given():
            return
        values = self.fields.values()
        self._set_busy(True)
        self.show_trouble("")
        self._courier.fetch(
            lambda: self._door.sign_in(values["name"].strip(), values["password"]),
            self._emit_signed_in,
            self._show_sign_in_error,
            discard=close_it,
        )

    def _all_given(self) -> bool:
        """Asked on submitting only: a password that was refused and taken away is not called missing."""
        missing = [name for name, text in self.fields.values().items() if not text.strip()]
        for name in reversed(missing):
            self.fields.show_error(name, {"name": self.tr("Enter your account name."), "password": self.tr("Enter your password.")}[name])
        return not missing

    def _emit_signed_in(self, port: Closing) -> None:
        self._set_busy(False)
        self.signed_in.emit(port)

    def _show_sign_in_error(self, error: WatchroomError) -> None:
        self._set_busy(False)
        self.fields.field("password").set_value("")
        self.fields.field("password").edit().setFocus()
        if isinstance(error, NotSignedIn) and error.retry_after_s > 0:
            self._lock(error.retry_after_s)
        else:
            self.show_error(error, self.fields)

    def _lock(self, seconds: float) -> None:
        self._locked_until_s = time.monotonic() + seconds
        self._timer.start()
        self._count_down()

    def _locked_s(self) -> float:
        return self._locked_until_s - time.monotonic()

    def _count_down(self) -> None:
        left = math.ceil(self._locked_s())
        if left <= 0:
            self._timer.stop()
            self.show_trouble("")
        else:
            wait = self.tr("{0} s").format(left) if left < 60 else self.tr("{0} min {1} s").format(left // 60, f"{left % 60:02d}")
            self.show_trouble(self.tr("Too many wrong passwords, so this account is locked. Try again in {0}.").format(wait))
        self.button.setEnabled(left <= 0 and not self._busy)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.fields.setEnabled(not busy)
        self.button.setEnabled(not busy)
        self.button.setText(self.tr("Signing in…") if busy else self.tr("&Sign in"))

    def done(self, result: int) -> None:
        self._timer.stop()
        if self.organisation is not None:
            self.organisation.close_calls()
        self._courier.close()
        super().done(result)

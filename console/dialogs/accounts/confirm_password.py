"""One's own password once more, before the time is over for which somebody stays signed in."""

from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.session.lock_screen import refusal_text
from engine.model.accounts.user_ref import is_asked_about
from engine.model.errors import WatchroomError
from widgets.fields.form import FieldGroup
from widgets.fields.password_field import PasswordField
from widgets.time_text import clock_text
from widgets.translation import tr


class ConfirmPasswordDialog(FramedDialog):
    """`accepted` once the engine took it: then the session is a new one."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        ends_ns = bridge.session.ends_ns
        known = bridge.snapshot.at_ns if bridge.snapshot is not None else None
        self._by_provider = is_asked_about(bridge.session.user.id)
        lead = (
            tr("Signing in with your organisation extends this session by seven days.")
            if self._by_provider
            else tr("Your password extends this session by seven days.")
        )
        if ends_ns is not None:
            lead = tr("You are signed in until {0}. {1}").format(clock_text(ends_ns, known), lead)
        super().__init__(tr("Stay signed in"), lead, width=420, parent=parent)
        self._bridge, self._busy = bridge, False
        self.fields = FieldGroup(self)
        self.fields.add_field("password", PasswordField(self.tr("Password of {0}").format(bridge.session.user.name)))
        self.fields.submitted.connect(self.submit)
        self.body.addWidget(self.fields)
        self.fields.setVisible(not self._by_provider)
        self.add_cancel()
        words = self.tr("Sign in with your &organisation") if self._by_provider else self.tr("C&onfirm")
        self.button = self.add_button(words, "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.submit)

    def submit(self) -> None:
        password = self.fields.values()["password"]
        if self._busy:
            return
        if not password and not self._by_provider:
            self.fields.show_error("password", self.tr("Enter your password."))
            return
        self._set_busy(True)
        self._bridge.confirm(password, self.accept, self._show_password_error, owner=self)

    def _show_password_error(self, error: WatchroomError) -> None:
        self._set_busy(False)
        self.fields.field("password").set_value("")
        self.fields.field("password").edit().setFocus()
        self.show_trouble(refusal_text(error))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.show_trouble("")
        self.button.setEnabled(not busy)

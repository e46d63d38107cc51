"""A new password: one's own, with the one before; or somebody else's, by an administrator."""

from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from engine.model.accounts.access import PASSWORD_MIN_LENGTH, User, password_trouble
from engine.model.accounts.commands import ChangePassword, ResetPassword
from engine.model.errors import WatchroomError
from widgets.engine_text import translate_engine_text
from widgets.fields.form import FieldGroup
from widgets.fields.password_field import PasswordField
from widgets.translation import tr


class PasswordDialog(FramedDialog):
    """`accepted` once it is changed. `user` None: one's own."""

    def __init__(self, bridge: EngineBridge, user: User | None = None, parent: QWidget | None = None) -> None:
        own = user is None
        lead = tr("Your other sessions are signed out.") if own else tr("They are signed out everywhere. Tell them the new one in person.")
        title = tr("Change your password") if user is None else tr("New password for {0}").format(user.name)
        super().__init__(title, lead, width=420, parent=parent)
        self._bridge, self._user, self._busy = bridge, user, False
        name = bridge.session.user.name if user is None else user.name
        self.fields = FieldGroup(self)
        if own:
            self.fields.add_field("current", PasswordField(self.tr("Password until now")))
        rules = self.tr("At least {0} characters, without the account name.").format(PASSWORD_MIN_LENGTH)
        self.fields.add_field(
            "password", PasswordField(self.tr("New password"), lambda text: translate_engine_text(password_trouble(name, text)), rules)
        )
        self.fields.submitted.connect(self.submit)
        self.fields.validity_changed.connect(self._show_ready)
        self.body.addWidget(self.fields)
        self.add_cancel()
        self.button = self.add_button(self.tr("C&hange password"), "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.submit)
        self._show_ready()

    def submit(self) -> None:
        if self._busy or not self.fields.reveal():
            return
        values = self.fields.values()
        command = (
            ChangePassword(values["current"], values["password"])
            if self._user is None
            else ResetPassword(self._user.id, values["password"])
        )
        self._set_busy(True)
        self._bridge.command(command, lambda _: self.accept(), self._show_change_error, owner=self)

    def _show_change_error(self, error: WatchroomError) -> None:
        self._set_busy(False)
        self.show_error(error, self.fields)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.show_trouble("")
        self._show_ready()

    def _show_ready(self) -> None:
        self.button.setEnabled(self.fields.is_valid() and not self._busy)

"""A new password: one's own, with the one before; or somebody else's, by an administrator."""

from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.accounts.access import PASSWORD_MIN_LENGTH, User, password_trouble
from engine.model.accounts.commands import ChangePassword, ResetPassword
from engine.model.command import Command
from widgets.engine_text import translate_engine_text
from widgets.fields.password_field import PasswordField
from widgets.translation import tr


class PasswordDialog(SavingDialog):
    """`accepted` once it is changed. `user` None: one's own."""

    def __init__(self, bridge: EngineBridge, user: User | None = None, parent: QWidget | None = None) -> None:
        own = user is None
        lead = (
            tr("Your other sessions are signed out.")
            if own
            else tr("The account is signed out everywhere. Hand over the new password in person.")
        )
        title = tr("Change your password") if user is None else tr("New password for {0}").format(user.name)
        super().__init__(bridge, title, lead, width=420, parent=parent)
        self._user = user
        name = bridge.session.user.name if user is None else user.name
        if own:
            self.fields.add_field("current", PasswordField(self.tr("Current password")))
        rules = self.tr("At least {0} characters, without the account name.").format(PASSWORD_MIN_LENGTH)
        self.fields.add_field(
            "password", PasswordField(self.tr("New password"), lambda text: translate_engine_text(password_trouble(name, text)), rules)
        )
        self.body.addWidget(self.fields)
        self.button = self.add_save(self.tr("C&hange password"))

    def command(self) -> Command:
        values = self.fields.values()
        if self._user is None:
            return ChangePassword(values["current"], values["password"])
        return ResetPassword(self._user.id, values["password"])

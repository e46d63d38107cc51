"""Accounts: who may sign in, as what. For administrators."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.account_fields import add_account_fields
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import FramedDialog
from engine.model.access import Role, User
from engine.model.command import CreateUser, RemoveUser
from engine.model.errors import WatchroomError
from engine.model.snapshot import Snapshot
from widgets.form import FieldGroup
from widgets.icons import icon
from widgets.plain_tip import plain_tip
from widgets.theme import set_role


class UsersDialog(FramedDialog):
    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("UsersDialog", "Accounts"), width=520, parent=parent)
        self._bridge = bridge
        self._users: tuple[User, ...] | None = None
        self._busy = False
        self.remove_buttons: dict[str, QPushButton] = {}
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.body.addWidget(self._list())
        self.body.addSpacing(8)
        self._add_form()
        self.add_cancel(self.tr("Cl&ose"))
        bridge.snapshot_changed.connect(self.show_snapshot)
        if bridge.snapshot is not None:
            self.show_snapshot(bridge.snapshot)

    def _list(self) -> QFrame:
        frame = QFrame(self)
        set_role(frame, "panel")
        frame.setLayout(self._rows)
        return frame

    def _add_form(self) -> None:
        heading = QLabel(self.tr("New account"))
        set_role(heading, "section")
        self._form = QVBoxLayout()
        self.role = QComboBox(self)
        for role, text in _role_texts().items():
            self.role.addItem(text, role.value)
        label = QLabel(self.tr("&Role"))
        label.setBuddy(self.role)
        self.create_button = QPushButton(icon("plus"), self.tr("&Create account"), self)
        self.create_button.setAutoDefault(False)
        self.create_button.clicked.connect(self.submit)
        self.body.addWidget(heading)
        self.body.addLayout(self._form)
        self.body.addWidget(label)
        self.body.addSpacing(-8)
        self.body.addWidget(self.role)
        self.body.addWidget(self.create_button, alignment=Qt.AlignmentFlag.AlignLeft)
        self._start_afresh()

    def _start_afresh(self) -> None:
        """New, untouched fields: what has been created must not be called missing."""
        while (item := self._form.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.fields = FieldGroup(self)
        add_account_fields(self.fields, self.tr("Account name"))
        self.fields.validity_changed.connect(self._show_ready)
        self.fields.submitted.connect(self.submit)
        self._form.addWidget(self.fields)
        self._show_ready()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.users != self._users:
            self._users = snapshot.users
            self._show_users(snapshot.users)

    def _show_users(self, users: tuple[User, ...]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.deleteLater()
        self.remove_buttons = {}
        for user in users:
            self._rows.addWidget(self._row(user))

    def _row(self, user: User) -> QWidget:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(12, 6, 8, 6)
        role = QLabel(_role_texts()[user.role].split(" – ")[0])
        set_role(role, "secondary")
        line.addWidget(QLabel(user.name, textFormat=Qt.TextFormat.PlainText), 1)
        line.addWidget(role)
        button = QPushButton(icon("trash-2"), "", self)
        button.setAutoDefault(False)
        set_role(button, "quiet")
        own = user.id == self._bridge.session.user.id
        button.setEnabled(not own)
        button.setToolTip(self.tr("You cannot remove your own account.") if own else plain_tip(self.tr("Remove {0}").format(user.name)))
        button.setAccessibleName(self.tr("Remove {0}").format(user.name))
        button.clicked.connect(partial(self._ask_to_remove, user))
        line.addWidget(button)
        self.remove_buttons[user.name] = button
        return row

    def submit(self) -> None:
        if self._busy or not self.fields.reveal():
            return
        values = self.fields.values()
        self._set_busy(True)
        self._bridge.command(
            CreateUser(values["name"].strip(), Role(self.role.currentData()), values["password"]), self._created, self._refused, owner=self
        )

    def _created(self, _user_id: str) -> None:
        self._set_busy(False)
        self._start_afresh()
        self.fields.field("name").edit().setFocus()

    def _ask_to_remove(self, user: User) -> None:
        title = self.tr("Remove {0}?").format(user.name)
        text = self.tr("They are signed out at once and cannot sign in again. What they did stays in the record.")
        dialog = ConfirmDialog(title, text, self.tr("&Remove account"), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(
            lambda: self._bridge.command(RemoveUser(user.id), lambda _: self.show_trouble(""), self._refused, owner=self)
        )
        dialog.open()

    def _refused(self, error: WatchroomError) -> None:
        self._set_busy(False)
        self.show_error(error, self.fields)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.show_trouble("")
        self._show_ready()

    def _show_ready(self) -> None:
        self.create_button.setEnabled(self.fields.is_valid() and not self._busy)


def _role_texts() -> dict[Role, str]:
    def tr(text: str) -> str:
        return QCoreApplication.translate("UsersDialog", text)

    return {
        Role.OPERATOR: tr("Operator – sees live and past, acknowledges"),
        Role.INVESTIGATOR: tr("Investigator – also exports and unmasks"),
        Role.ADMIN: tr("Administrator – may do everything"),
    }

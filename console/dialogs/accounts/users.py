"""Who may come in: accounts of people, tokens of machines, and when consoles lock. For administrators."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.accounts.account_rows import AccountRow, AccountRows
from console.dialogs.accounts.camera_choice import grants_text
from console.dialogs.accounts.origins import OriginsTab
from console.dialogs.accounts.password import PasswordDialog
from console.dialogs.accounts.tokens import TokensTab
from console.dialogs.accounts.user_edit import UserDialog, role_word
from console.dialogs.basis import Basis
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import FramedDialog
from console.dialogs.setting_fields import whole_box
from console.session.idle_lock import USUAL_MIN, idle_lock_note
from engine.model.accounts.access import AccessSettings, User
from engine.model.accounts.commands import ChangeAccess
from engine.model.command import RemoveUser
from engine.model.errors import Conflict, WatchroomError
from engine.model.snapshot import Snapshot
from widgets.icons import icon
from widgets.layout.tabs import Tabs
from widgets.time_text import relative_text


class UsersDialog(FramedDialog):
    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("UsersDialog", "Accounts"), width=640, parent=parent)
        self._bridge, self._basis = bridge, Basis(bridge.snapshot)
        self.tabs = Tabs(framed=True)
        self.tabs.addTab(self._people(), self.tr("&People"))
        self.tokens = TokensTab(bridge, self._show_users_error)
        self.tabs.addTab(self.tokens, self.tr("&Machines"))
        whole = bridge.session.cameras is None
        if whole:
            self.tabs.addTab(self._locking(), self.tr("&Locking"))
            origins = OriginsTab(bridge, self._basis, self._show_users_error)
            origins.saved.connect(lambda: self.show_trouble(""))
            self.tabs.addTab(origins, self.tr("&Web pages"))
        self.body.addWidget(self.tabs)
        self.add_cancel(self.tr("Cl&ose"))
        bridge.snapshot_changed.connect(self.show_snapshot)
        if bridge.snapshot is not None:
            self.show_snapshot(bridge.snapshot)

    def _people(self) -> QWidget:
        page = QWidget()
        self.rows = AccountRows("", page)
        self.create_button = QPushButton(icon("user-plus"), self.tr("&New account…"), page)
        self.create_button.setAutoDefault(False)
        self.create_button.clicked.connect(lambda: self._open_dialog(UserDialog(self._bridge, None, self)))
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.rows, 1)
        column.addWidget(self.create_button, alignment=Qt.AlignmentFlag.AlignLeft)
        return page

    def _locking(self) -> QWidget:
        page = QWidget()
        self.locks = QCheckBox(self.tr("Consoles of this site loc&k when nobody touches them"), page)
        self.minutes = whole_box(AccessSettings, "idle_lock_min", USUAL_MIN)
        self.minutes.setMinimum(1)
        self.save_locking = QPushButton(self.tr("&Save"), page)
        self.save_locking.setAutoDefault(False)
        label = QLabel(self.tr("A&fter"))
        label.setBuddy(self.minutes)
        line = QHBoxLayout()
        for widget in (label, self.minutes):
            line.addWidget(widget)
        line.addStretch(1)
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.locks)
        column.addLayout(line)
        column.addWidget(idle_lock_note())
        column.addWidget(self.save_locking, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        known = AccessSettings() if self._bridge.snapshot is None else self._bridge.snapshot.settings.access
        self.locks.setChecked(known.idle_lock_min > 0)
        self._lock_shown = known.idle_lock_min
        self.minutes.setValue(round(known.idle_lock_min) or USUAL_MIN)
        self.minutes.setEnabled(self.locks.isChecked())
        self.locks.toggled.connect(self.minutes.setEnabled)
        self.save_locking.clicked.connect(self._save_locking)
        return page

    def _save_locking(self) -> None:
        before = AccessSettings() if self._bridge.snapshot is None else self._bridge.snapshot.settings.access
        wanted = replace(before, idle_lock_min=float(self.minutes.value()) if self.locks.isChecked() else 0.0)
        terms = self._basis.seen_terms(ChangeAccess(replace(before, idle_lock_min=self._lock_shown)), self._bridge.snapshot)
        self._bridge.tell(ChangeAccess(wanted), self._locking_saved, self._show_users_error, wanted.idle_lock_min, owner=self, terms=terms)

    def _locking_saved(self, idle_lock_min: float) -> None:
        self._basis.forget()
        self._lock_shown = idle_lock_min
        self.show_trouble("")
        self.save_locking.setText(self.tr("Saved"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.rows.show_rows([self._user_row(user, snapshot) for user in snapshot.users])

    def _user_row(self, user: User, snapshot: Snapshot) -> AccountRow:
        own = user.id == self._bridge.session.user.id
        change, password, remove = (
            text.format(user.name) for text in (self.tr("Change {0}"), self.tr("New password for {0}"), self.tr("Remove {0}"))
        )
        hands = (
            ("pencil", change, partial(self._edit_user, user)),
            ("lock", self.tr("Change your password") if own else password, partial(self._password, user)),
            ("trash-2", remove, partial(self._ask_to_remove, user)),
        )
        off = (
            (
                (change, self.tr("Another administrator has to change your account.")),
                (remove, self.tr("You cannot remove your own account.")),
            )
            if own
            else ()
        )
        name = self.tr("{0} (you)").format(user.name) if own else user.name
        priority = snapshot.settings.access.ptz_priority(user.name)
        parts = [role_word(user.role), grants_text(user.cameras, snapshot.settings.cameras)]
        second = " · ".join(parts + ([self.tr("PTZ priority {0}").format(priority)] if priority is not None else []))
        return AccountRow(user.id, name, second, self._last_sign_in_text(user, snapshot.at_ns), hands, off)

    def _last_sign_in_text(self, user: User, now_ns: int) -> str:
        if user.last_sign_in_ns is None:
            return self.tr("Has not signed in yet")
        last = self.tr("Signed in {0}").format(_coarsely(user.last_sign_in_ns, now_ns))
        if not user.sessions:
            return last
        return f"{last} · " + (self.tr("1 session open") if user.sessions == 1 else self.tr("{0} sessions open").format(user.sessions))

    def _edit_user(self, user: User) -> None:
        self._open_dialog(UserDialog(self._bridge, user, self))

    def _password(self, user: User) -> None:
        self._open_dialog(PasswordDialog(self._bridge, None if user.id == self._bridge.session.user.id else user, self))

    def _ask_to_remove(self, user: User) -> None:
        title = self.tr("Remove {0}?").format(user.name)
        text = self.tr("The account is signed out at once and cannot sign in again. Its past actions stay in the record.")
        dialog = ConfirmDialog(title, text, self.tr("&Remove account"), self, can_undo=True)
        dialog.accepted.connect(
            lambda: self._bridge.command(RemoveUser(user.id), lambda _: self.show_trouble(""), self._show_users_error, owner=self)
        )
        self._open_dialog(dialog)

    def _open_dialog(self, dialog: FramedDialog) -> None:
        self.show_trouble("")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_users_error(self, error: WatchroomError) -> None:
        if isinstance(error, Conflict):
            self.show_trouble(self._basis.conflict_text(error))
        else:
            self.show_error(error)


def _coarsely(at_ns: int, now_ns: int) -> str:
    """To the minute: otherwise every row would change every second."""
    minute_ns = 60 * 10**9
    return QCoreApplication.translate("UsersDialog", "just now") if now_ns - at_ns < minute_ns else relative_text(at_ns, now_ns)

"""Tokens of machines: which there are, made, shown once, revoked."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.accounts.account_rows import AccountRow, AccountRows
from console.dialogs.accounts.camera_choice import CameraChoice, grants_text
from console.dialogs.accounts.user_edit import role_texts
from console.dialogs.accounts.verb_choice import VerbChoice, verbs_text
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import FramedDialog, LeaveQuestion, open_dialog
from engine.model.accounts.access import ROLE_VERBS, Role, Verb
from engine.model.accounts.commands import LONGEST_LABEL, CreateToken, ListTokens, RevokeToken, TokenView
from engine.model.errors import WatchroomError
from widgets.fields.form import Field, FieldGroup
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.number_text import number_text
from widgets.theme import set_role
from widgets.time_text import day_text, relative_text
from widgets.translation import tr
from widgets.words import capitalised

_DAYS: tuple[float | None, ...] = (None, 1.0, 7.0, 30.0, 90.0, 365.0)
_DISPLAY = "display"


class TokensTab(QWidget):
    """`complain`: says what went wrong."""

    def __init__(self, bridge: EngineBridge, complain: Callable[[WatchroomError], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._complain = bridge, complain
        self.tokens: tuple[TokenView, ...] = ()
        self.rows = AccountRows(self.tr("No tokens yet. Create one for a display, a script or another system."), self)
        self.create_button = QPushButton(self.tr("&New token…"), self)
        self.create_button.setAutoDefault(False)
        self.create_button.clicked.connect(self._create)
        column = make_column(self, margins=(12, 12, 12, 12))
        column.addWidget(self.rows, 1)
        column.addWidget(self.create_button, alignment=Qt.AlignmentFlag.AlignLeft)
        bridge.undone.connect(self.reload)
        self.reload()

    def reload(self) -> None:
        self._bridge.ask(ListTokens(), self._show_tokens, self._complain, owner=self)

    def _show_tokens(self, tokens: tuple[TokenView, ...]) -> None:
        self.tokens = tokens
        snapshot = self._bridge.snapshot
        cameras, now_ns = ((), 0) if snapshot is None else (snapshot.settings.cameras, snapshot.at_ns)
        self.rows.show_rows([self._token_row(token, grants_text(token.cameras, cameras), now_ns) for token in tokens])

    def _token_row(self, token: TokenView, cameras: str, now_ns: int) -> AccountRow:
        used = self.tr("not used yet") if token.last_used_ns is None else self.tr("used {0}").format(_about(token.last_used_ns, now_ns))
        made = self.tr("created by {0}").format(token.by) if token.by else self.tr("created on the command line")
        second = f"{cameras} · {verbs_text(token.verbs)}"
        third = capitalised(" · ".join((used, expiry_text(token.expires_ns, now_ns), made)))
        return AccountRow(
            token.id,
            token.label,
            second,
            third,
            (("trash-2", self.tr("Revoke {0}").format(token.label), partial(self._ask_to_revoke, token)),),
        )

    def _create(self) -> None:
        dialog = TokenDialog(self._bridge, self)
        dialog.finished.connect(self.reload)
        open_dialog(dialog)

    def _ask_to_revoke(self, token: TokenView) -> None:
        text = self.tr("Access with it is refused from now on.")
        dialog = ConfirmDialog(self.tr("Revoke {0}?").format(token.label), text, self.tr("&Revoke token"), self, can_undo=True)
        dialog.accepted.connect(lambda: self._bridge.tell(RevokeToken(token.id), self.reload, self._complain, owner=self))
        open_dialog(dialog)


class TokenDialog(FramedDialog):
    """First what it is for; then the token, which is shown only here."""

    SCROLLS = True
    CHOICES_ARE_WORK = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("Access for a machine without a user. Grant only what it needs.")
        super().__init__(tr("New token"), lead, width=480, parent=parent)
        self._bridge, self._busy, self._is_taken = bridge, False, False
        self.fields = FieldGroup(self)
        self.fields.add_field("label", Field(self.tr("Purpose"), _label_trouble, self.tr("For example wall display at the gate")))
        self.role, self.days = QComboBox(self), QComboBox(self)
        self.verbs = VerbChoice(self)
        snapshot = bridge.snapshot
        cameras = () if snapshot is None else snapshot.settings.cameras
        self.cameras = CameraChoice(cameras, None, bridge.session.cameras is None, self)
        self._form, self._made = QWidget(self), QWidget(self)
        self._build_form()
        self._build_made()
        self.body.addWidget(self._form)
        self.body.addWidget(self._made)
        self._made.hide()
        self.cancel = self.add_cancel()
        self.button = self.add_button(self.tr("Create &token"), "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.submit)
        self.fields.submitted.connect(self.submit)
        self.fields.validity_changed.connect(self._show_ready)
        self.role.currentIndexChanged.connect(self._choose_role)
        self.verbs.changed.connect(self._show_ready)
        self._show_ready()

    def _build_form(self) -> None:
        self.role.addItem(self.tr("Display – only sees live"), _DISPLAY)
        for role, text in role_texts().items():
            self.role.addItem(text, role.value)
        self.role.setCurrentIndex(self.role.findData(Role.OPERATOR.value))
        for days in _DAYS:
            self.days.addItem(
                self.tr("Never")
                if days is None
                else self.tr("In {0} days").format(number_text(days, "g"))
                if days > 1
                else self.tr("Tomorrow"),
                days,
            )
        column = make_column(self._form, margins=NO_MARGINS)
        column.addWidget(self.fields)
        for text, box in ((self.tr("&Permissions"), self.role), (self.tr("&Expires"), self.days)):
            label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(box)
            column.addWidget(label)
            column.addWidget(box)
            if box is self.role:
                column.addWidget(self.verbs)
        heading = QLabel(self.tr("Cameras"))
        set_role(heading, "section")
        column.addWidget(heading)
        column.addWidget(self.cameras)

    def _build_made(self) -> None:
        self.token = QLineEdit(self._made)
        self.token.setReadOnly(True)
        self.token.setAccessibleName(self.tr("The token"))
        self.copy = QPushButton(self.tr("C&opy"), self._made)
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        line = QHBoxLayout()
        line.addWidget(self.token, 1)
        line.addWidget(self.copy)
        told = QLabel(self.tr("Copy it now: it is shown only this once. Send it as “Authorization: Bearer …”."))
        told.setWordWrap(True)
        column = make_column(self._made, margins=NO_MARGINS)
        column.addWidget(told)
        column.addLayout(line)

    def _role(self) -> Role:
        """A display is an operator that may do less."""
        chosen = self.role.currentData()
        return Role.OPERATOR if chosen == _DISPLAY else Role(chosen)

    def _choose_role(self) -> None:
        role = self._role()
        self.verbs.show_verbs(role, frozenset({Verb.SEE_LIVE}) if self.role.currentData() == _DISPLAY else ROLE_VERBS[role])

    def submit(self) -> None:
        if self._busy or not self._made.isHidden() or not self.fields.reveal() or not self.verbs.is_valid():
            return
        self._busy = True
        self._show_ready()
        label = self.fields.values()["label"].strip()
        command = CreateToken(label, self._role(), self.cameras.grants(), self.verbs.verbs(), self.days.currentData())
        self._bridge.command(command, self._show_made, self._show_token_error, owner=self)

    def _show_made(self, token: str) -> None:
        self.token.setText(token)
        self._form.hide()
        self._made.show()
        self.button.hide()
        self.mark_saved()
        self.cancel.setText(self.tr("Cl&ose"))
        self.cancel.clicked.disconnect(self.reject)
        self.cancel.clicked.connect(self.leave)
        self.token.setFocus()
        self.token.selectAll()

    def leave_question(self) -> LeaveQuestion | None:
        """Once it is closed nobody can show the token again."""
        if not self.token.text():
            return super().leave_question()
        if self._is_taken:
            return None
        said = self.tr("It is shown only this once. Copy it first.")
        return LeaveQuestion(self.tr("Close without copying the token?"), said, self.tr("&Close"), self.tr("&Keep open"))

    def _copy(self) -> None:
        self._is_taken = True
        QGuiApplication.clipboard().setText(self.token.text())
        self.copy.setText(self.tr("Copied"))

    def _show_token_error(self, error: WatchroomError) -> None:
        self._busy = False
        self._show_ready()
        self.show_error(error, self.fields)

    def _show_ready(self) -> None:
        self.button.setEnabled(self.fields.is_valid() and self.verbs.is_valid() and not self._busy)


def expiry_text(expires_ns: int | None, now_ns: int) -> str:
    if expires_ns is None:
        return tr("good until revoked")
    if expires_ns <= now_ns:
        return tr("expired")
    return tr("expires on {0}").format(day_text(expires_ns))


def _about(at_ns: int, now_ns: int) -> str:
    """It is kept to the quarter of an hour, and told no finer."""
    return tr("in the last quarter of an hour") if now_ns - at_ns < 900 * 10**9 else relative_text(at_ns, now_ns)


def _label_trouble(text: str) -> str:
    if not text.strip():
        return tr("Enter its purpose.")
    return tr("Use at most {0} characters.").format(LONGEST_LABEL) if len(text.strip()) > LONGEST_LABEL else ""

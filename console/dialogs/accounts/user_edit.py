"""One account: made, or given another role and other cameras."""

from PySide6.QtWidgets import QComboBox, QLabel, QSpinBox, QWidget

from console.bridge import EngineBridge
from console.dialogs.accounts.account_fields import add_account_fields
from console.dialogs.accounts.camera_choice import CameraChoice
from console.dialogs.basis import Basis
from console.dialogs.frame import FramedDialog
from engine.model.accounts.access import AccessSettings, Role, User
from engine.model.accounts.commands import ChangeAccess, ChangeUser
from engine.model.command import CreateUser
from engine.model.errors import Conflict, WatchroomError
from widgets.fields.form import FieldGroup
from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role
from widgets.translation import tr


class UserDialog(FramedDialog):
    """`accepted` when it is as it was wanted."""

    CHOICES_ARE_WORK = True

    def __init__(self, bridge: EngineBridge, user: User | None = None, parent: QWidget | None = None) -> None:
        title = tr("New account") if user is None else tr("Account of {0}").format(user.name)
        super().__init__(title, width=480, parent=parent)
        self._bridge, self._user, self._busy, self._basis = bridge, user, False, Basis(bridge.snapshot)
        self.fields = FieldGroup(self)
        if user is None:
            add_account_fields(self.fields, self.tr("Account name"))
            self.fields.validity_changed.connect(self._show_ready)
            self.fields.submitted.connect(self.submit)
            self.body.addWidget(self.fields)
        self._add_role(Role.OPERATOR if user is None else user.role)
        self._add_priority("" if user is None else user.name)
        self._add_cameras(None if user is None else user.cameras)
        self.add_cancel()
        self.button = self.add_button(self.tr("Cr&eate account") if user is None else self.tr("&Save"), "primary")
        self.button.clicked.connect(self.submit)
        self.button.setDefault(True)
        self._show_ready()

    def _add_role(self, chosen: Role) -> None:
        self.role = QComboBox(self)
        for role, text in role_texts().items():
            self.role.addItem(text, role.value)
        self.role.setCurrentIndex(self.role.findData(chosen.value))
        label = QLabel(self.tr("&Role"))
        label.setBuddy(self.role)
        self.body.addWidget(label)
        self.body.addSpacing(-8)
        self.body.addWidget(self.role)

    def _add_priority(self, name: str) -> None:
        """Only where cameras are steered, and for those who may change what holds for all of them."""
        self.priority = QSpinBox(self)
        self.priority.setRange(0, 100)
        self.priority.setSpecialValueText(self.tr("That of the role"))
        self._priority_shown = self._access().ptz_priority(name)
        self.priority.setValue(self._priority_shown or 0)
        self.priority.setToolTip(plain_tip(self.tr("The higher priority takes over a camera. The settings of a camera can say otherwise.")))
        self.priority_label = QLabel(self.tr("PTZ &priority"))
        self.priority_label.setBuddy(self.priority)
        snapshot = self._bridge.snapshot
        steers = snapshot is not None and any(camera.onvif for camera in snapshot.settings.cameras)
        self._sets_priority = steers and self._bridge.session.cameras is None
        for part in (self.priority_label, self.priority):
            part.setVisible(self._sets_priority)
            self.body.addWidget(part)

    def _access(self) -> AccessSettings:
        return AccessSettings() if self._bridge.snapshot is None else self._bridge.snapshot.settings.access

    def _add_cameras(self, grants: tuple[str, ...] | None) -> None:
        heading = QLabel(self.tr("Cameras"))
        set_role(heading, "section")
        snapshot = self._bridge.snapshot
        cameras = () if snapshot is None else snapshot.settings.cameras
        self.cameras = CameraChoice(cameras, grants, self._bridge.session.cameras is None, self)
        self.body.addWidget(heading)
        self.body.addSpacing(-6)
        self.body.addWidget(self.cameras)

    def submit(self) -> None:
        if self._busy or (self._user is None and not self.fields.reveal()):
            return
        role, cameras = Role(self.role.currentData()), self.cameras.grants()
        self._set_busy(True)
        if self._user is None:
            values = self.fields.values()
            command = CreateUser(values["name"].strip(), role, values["password"], cameras)
        else:
            command = ChangeUser(self._user.id, role, cameras)
        name = command.name if isinstance(command, CreateUser) else self._user.name if self._user is not None else ""
        terms = self._basis.terms(command, self._bridge.snapshot)
        self._bridge.tell(command, self._save_priority, self._show_user_error, name, owner=self, terms=terms)

    def _save_priority(self, name: str) -> None:
        """The account is as it was wanted; what is left is kept with the site's settings."""
        before, wanted = self._access(), self.priority.value() or None
        if not self._sets_priority or before.ptz_priority(name) == wanted:
            self.accept()
            return
        shown = self._priority_shown
        seen = before if before.ptz_priority(name) == shown else before.with_ptz_priority(name, shown)
        change = ChangeAccess(before.with_ptz_priority(name, wanted))
        terms = self._basis.seen_terms(ChangeAccess(seen), self._bridge.snapshot)
        self._bridge.tell(change, self.accept, self._show_user_error, owner=self, terms=terms)

    def _show_user_error(self, error: WatchroomError) -> None:
        self._set_busy(False)
        if isinstance(error, Conflict):
            self.show_trouble(self._basis.conflict_text(error))
        else:
            self.show_error(error, self.fields if self._user is None else None)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.show_trouble("")
        self._show_ready()

    def _show_ready(self) -> None:
        self.button.setEnabled(not self._busy and (self._user is not None or self.fields.is_valid()))


def role_texts() -> dict[Role, str]:
    return {
        Role.OPERATOR: tr("Operator – sees live and past, acknowledges"),
        Role.INVESTIGATOR: tr("Investigator – also exports and unmasks"),
        Role.ADMIN: tr("Administrator – full access"),
    }


def role_word(role: Role) -> str:
    return role_texts()[role].split(" – ")[0]

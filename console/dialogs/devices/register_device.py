"""Register a Bluetooth device: what it is called, whose it is, and how to know it again when it changes its address."""

import re

from PySide6.QtWidgets import QComboBox, QWidget

from console.bridge import EngineBridge
from console.dialogs.labelled_rows import labelled_column
from console.dialogs.people.person import NewName, free_color
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import length_trouble
from console.words import sentence
from engine.model.command import Command, PutBleDevice
from engine.model.errors import InputError, WatchroomError
from engine.model.people.commands import PutPerson
from engine.model.people.person import Person
from engine.model.site import BleDeviceSettings, read_mac
from widgets.devices.ble_words import BleRow, ble_title
from widgets.fields.color_choice import ColorChoice
from widgets.fields.form import Field, FieldGroup
from widgets.fields.password_field import PasswordField
from widgets.space.plan.position_fields import PositionFields
from widgets.translation import tr

_NEW = "\n new"  # no id may look like this
_IRK = re.compile(r"[0-9a-fA-F]{32}")


class RegisterDeviceDialog(SavingDialog):
    """For a device that is heard, one that is registered (to edit it), or with `row` None for one whose address is typed."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, row: BleRow | None = None, parent: QWidget | None = None) -> None:
        super().__init__(bridge, _title(row), width=540, parent=parent)
        self._row, self._known = row, row.settings if row is not None else None
        self._people: tuple[Person, ...] = bridge.snapshot.people.persons if bridge.snapshot is not None else ()
        self._build_fields()
        self._show_device()
        self.owner.currentIndexChanged.connect(self._owner_chosen)
        self.person_fields.validity_changed.connect(self.refresh)
        self.person_fields.submitted.connect(self.submit)
        self.color.changed.connect(self.refresh)
        self._owner_chosen()
        self.add_save(self.tr("&Save device") if self._known else self.tr("&Register device"))

    def _build_fields(self) -> None:
        self.fields.add_field("label", Field(self.tr("&Label"), _label_trouble, placeholder=self.tr("For example Ada's phone")))
        self.fields.add_field("address", Field(self.tr("&Address"), _address_trouble, placeholder="AA:BB:CC:00:11:22"))
        self.kind = QComboBox()
        for value, text in _kinds().items():
            self.kind.addItem(text, value)
        self.owner = QComboBox()
        self.owner.addItem(self.tr("Nobody"), "")
        for person in self._people:
            self.owner.addItem(person.name, person.id)
        self.owner.addItem(self.tr("New person…"), _NEW)
        self.person_fields = FieldGroup(self)
        self.person_fields.add_field("name", Field(self.tr("Name of the new &person"), self._name_trouble))
        self.color = ColorChoice(self.tr("Colour"), free_color(self._people), self)
        hint = self.tr("For a tag that stays in place: scanners learn from it how signals weaken with distance.")
        self.position = PositionFields(self.tr("Fixed position, optional"), hint, self)
        self.position.changed.connect(self.refresh)
        self.position.submitted.connect(self.submit)
        self.key_fields = FieldGroup(self)
        self.key_fields.add_field("irk", PasswordField(self.tr("Identity &key (IRK), optional"), _irk_trouble, self._key_hint()))
        self.key_fields.validity_changed.connect(self.refresh)
        self.body.addWidget(self.fields)
        self.body.addLayout(labelled_column(self.tr("K&ind"), self.kind))
        self.body.addLayout(labelled_column(self.tr("&Belongs to"), self.owner))
        self.body.addWidget(self.person_fields)
        self.body.addWidget(self.color)
        self.body.addWidget(self.position)
        self.body.addWidget(self.key_fields)

    def _key_hint(self) -> str:
        kept = self.tr("A stored key is kept unless you enter another. ") if self._known is not None else ""
        return kept + self.tr(
            "For phones and watches with a changing address: 32 hex digits, stored on every computer that the "
            "device is paired with. On Linux in /var/lib/bluetooth/…/info under IdentityResolvingKey, on macOS "
            "in Keychain Access as Remote IRK. It is stored in the secret store and never shown again."
        )

    def _show_device(self) -> None:
        row = self._row
        if row is None:
            return
        address = self.fields.field("address")
        address.set_value(self._known.address if self._known else row.view.address)
        address.edit().setEnabled(self._known is None and (row.view.rotates or not row.view.address))
        self.fields.field("label").set_value(self._known.label if self._known else row.view.name)
        if self._known is not None:
            if self.kind.findData(self._known.type) < 0:
                self.kind.addItem(self._known.type, self._known.type)
            self.kind.setCurrentIndex(self.kind.findData(self._known.type))
            self.owner.setCurrentIndex(max(0, self.owner.findData(self._known.person_id)))
            self.color.set_value(self._known.color)
            self.position.set_value(self._known.position)
        elif row.view.rotates:
            address.set_hint(self.tr("This address changes. Enter the fixed address if you know it, and the identity key below."))

    def _owner_chosen(self) -> None:
        owner = self.owner.currentData()
        self.person_fields.setVisible(owner == _NEW)
        self.color.setVisible(owner in ("", _NEW))
        self.refresh()

    def is_valid(self) -> bool:
        owner = self.owner.currentData()
        person_fine = owner != _NEW or self.person_fields.is_valid()
        color_fine = owner not in ("", _NEW) or self.color.is_valid()
        return super().is_valid() and self.key_fields.is_valid() and self.position.is_valid() and person_fine and color_fine

    def submit(self) -> None:
        if self.owner.currentData() != _NEW or not self.is_valid() or self.busy:
            self.key_fields.reveal()
            super().submit()
            return
        self.tell(PutPerson(self.person_fields.field("name").value().strip(), self.color.value()), self._person_made)

    def _person_made(self, person_id: str) -> None:
        """From now on they are somebody known, also where registering the device fails."""
        person = Person(person_id, self.person_fields.field("name").value().strip(), self.color.value())
        self._people = (*self._people, person)
        self.owner.insertItem(self.owner.count() - 1, person.name, person.id)
        self.owner.setCurrentIndex(self.owner.findData(person_id))
        super().submit()

    def _name_trouble(self, text: str) -> str:
        return NewName(self._people)(text)

    def command(self) -> Command:
        irk = self.key_fields.field("irk").value().strip().lower()
        owner = self.owner.currentData()
        device = BleDeviceSettings(
            address=read_mac(self.fields.field("address").value(), "address"),
            label=self.fields.field("label").value().strip(),
            type=self.kind.currentData(),
            person_id=owner,
            color=self.color.value() if not owner else self._own_color(),
            position=self.position.value(),
        )
        return PutBleDevice(device, irk or None)

    def _own_color(self) -> str:
        return self._known.color if self._known is not None else BleDeviceSettings("00:00:00:00:00:00", "-").color

    def show_refusal(self, error: WatchroomError) -> None:
        if isinstance(error, InputError) and error.field.endswith("irk"):
            self.set_busy(False)
            self.key_fields.show_error("irk", sentence(error.message))
            return
        super().show_refusal(error)


def _kinds() -> dict[str, str]:
    return {"person": tr("Phone, watch or tag of a person"), "pet": tr("Tag of an animal"), "object": tr("Object")}


def _title(row: BleRow | None) -> str:
    if row is None:
        return tr("Register a device")
    return (tr("Edit {0}") if row.settings is not None else tr("Register {0}")).format(ble_title(row))


def _label_trouble(text: str) -> str:
    if not text.strip():
        return tr("Enter a label.")
    return length_trouble(BleDeviceSettings, "label", text)


def _address_trouble(text: str) -> str:
    if not text.strip():
        return tr("Enter the device's address.")
    try:
        read_mac(text, "address")
    except InputError as error:
        return sentence(error.message)
    return ""


def _irk_trouble(text: str) -> str:
    if not text.strip() or _IRK.fullmatch(text.strip()):
        return ""
    return tr("An identity key has 32 hex digits (0–9, a–f); this has {0} characters.").format(len(text.strip()))

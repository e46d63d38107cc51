"""Erasing somebody: what goes, what stays, and why it is done."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.people.commands import ErasePerson
from engine.model.people.person import Person
from widgets.fields.form import Field
from widgets.theme import set_role
from widgets.translation import tr


class ErasePersonDialog(SavingDialog):
    """`devices`: the labels of theirs, separated by commas. `kept`: it is only kept at a hub, as the site is away."""

    kept = Signal()

    def __init__(self, bridge: EngineBridge, person: Person, devices: str = "", parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("Erase {0}?").format(person.name), _what_goes(devices), width=520, parent=parent)
        self._id = person.id
        self.fields.add_field(
            "reason", Field(tr("&Reason (kept in the audit log)"), _reason_trouble, placeholder=tr("For example request for erasure"))
        )
        self.fields.add_field(
            "reporter_id",
            Field(
                tr("&Sender ids of their reports"),
                hint=tr("Separated by commas. Files that only these reports refer to are deleted; pictures by others are not searched."),
                placeholder=tr("Leave empty if there are none"),
            ),
        )
        self.body.addWidget(self.fields)
        set_role(self.add_save(tr("&Erase person")), "danger")

    def done_with(self, outcome: str) -> None:
        if self.bridge.waits_at_hub((outcome,)):
            self.kept.emit()
        self.accept()

    def command(self) -> ErasePerson:
        ids = (each.strip() for each in self.fields.field("reporter_id").value().split(","))
        return ErasePerson(self._id, self.fields.field("reason").value().strip(), tuple(each for each in ids if each))


def _what_goes(devices: str) -> str:
    kept = tr(" Their devices ({0}) stay registered without an owner.").format(devices) if devices else ""
    return (
        tr(
            "Faces, pictures and the clips of this person's events are deleted. Events stay in the record "
            "without the name. The journal up to now is deleted, so earlier times cannot be replayed. This "
            "cannot be undone."
        )
        + kept
    )


def _reason_trouble(text: str) -> str:
    if not text.strip():
        return tr("Enter a reason, without the name. It stays in the audit log.")
    return tr("Use at most 500 characters.") if len(text) > 500 else ""

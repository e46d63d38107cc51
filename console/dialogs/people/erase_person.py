"""Erasing somebody: what goes, what stays, and why it is done."""

from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.people.commands import ErasePerson
from engine.model.people.person import Person
from widgets.fields.form import Field
from widgets.translation import tr


class ErasePersonDialog(SavingDialog):
    """`devices`: the labels of theirs, separated by commas."""

    def __init__(self, bridge: EngineBridge, person: Person, devices: str = "", parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("Erase {0}?").format(person.name), _what_goes(devices), width=520, parent=parent)
        self._id = person.id
        self.fields.add_field(
            "reason", Field(tr("&Reason, which is kept"), _reason_trouble, placeholder=tr("For example asked to be forgotten"))
        )
        self.fields.add_field(
            "reporter_id",
            Field(
                tr("Ids they &sent reports by"),
                hint=tr("Separated by commas. Files that only their reports name are deleted; pictures by others are not searched."),
                placeholder=tr("Leave empty if they sent none"),
            ),
        )
        self.body.addWidget(self.fields)
        self.add_save(tr("&Erase person"))

    def command(self) -> ErasePerson:
        ids = (each.strip() for each in self.fields.field("reporter_id").value().split(","))
        return ErasePerson(self._id, self.fields.field("reason").value().strip(), tuple(each for each in ids if each))


def _what_goes(devices: str) -> str:
    kept = tr(" Their devices ({0}) stay registered, to nobody.").format(devices) if devices else ""
    return (
        tr(
            "Their faces, pictures and the clips of their events are deleted. What happened stays in the record, without their name. "
            "The log of observations up to now goes with them, so that nothing from before can be replayed. This cannot be undone."
        )
        + kept
    )


def _reason_trouble(text: str) -> str:
    if not text.strip():
        return tr("Say why, in a few words and without their name. It stays in the audit.")
    return tr("Use at most 500 characters.") if len(text) > 500 else ""

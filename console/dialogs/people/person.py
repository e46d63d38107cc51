"""A person's name and colour."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.people.commands import PutPerson
from engine.model.people.person import Person
from engine.model.value_class import dataclass
from widgets.fields.color_choice import ColorChoice
from widgets.fields.form import Field
from widgets.tokens import load_tokens
from widgets.translation import tr


class PersonDialog(SavingDialog):
    """Signals: saved(person id)."""

    saved = Signal(str)

    def __init__(self, bridge: EngineBridge, person: Person | None = None, parent: QWidget | None = None) -> None:
        title = tr("Edit {0}").format(person.name) if person is not None else tr("Add person")
        super().__init__(bridge, title, tr("Name and colour identify this person on all pages."), width=480, parent=parent)
        self._person = person
        known = bridge.snapshot.people.persons if bridge.snapshot is not None else ()
        others = tuple(one for one in known if person is None or one.id != person.id)
        name = self.fields.add_field("name", Field(self.tr("&Name"), NewName(others)))
        self.color = ColorChoice(self.tr("Colour"), person.color if person is not None else free_color(known), self)
        self.color.changed.connect(self.refresh)
        self.body.addWidget(self.fields)
        self.body.addWidget(self.color)
        if person is not None:
            name.set_value(person.name)
        self.add_save(self.tr("&Save person"))

    def is_valid(self) -> bool:
        return super().is_valid() and self.color.is_valid()

    def command(self) -> PutPerson:
        name, color, known = self.fields.field("name").value().strip(), self.color.value(), self._person
        return PutPerson(name, color) if known is None else PutPerson(name, color, known.id, known.consent, known.note, known.locked)

    def done_with(self, outcome: str) -> None:
        self.saved.emit(outcome)
        self.accept()


@dataclass(frozen=True, slots=True)
class NewName:
    """What is wrong with a name beside those of `others`."""

    others: tuple[Person, ...]

    def __call__(self, text: str) -> str:
        name = text.strip()
        if not name:
            return tr("Enter a name.")
        if len(name) > 120:
            return tr("Use at most 120 characters.")
        if any(other.name.casefold() == name.casefold() for other in self.others):
            return tr("There is already a person called {0}. Add something to tell them apart.").format(name)
        return ""


def free_color(people: tuple[Person, ...]) -> str:
    """The first of the seven colours that nobody has; the first again where all are taken."""
    taken = {person.color.lower() for person in people}
    palette = [value.lower() for value in load_tokens().people]
    return next((value for value in palette if value not in taken), palette[len(people) % len(palette)])

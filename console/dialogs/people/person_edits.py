"""What can be said about somebody: details, two who are one, faces that are somebody else's, and that they are forgotten."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QLabel, QPlainTextEdit, QRadioButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.people.erase_person import ErasePersonDialog
from console.dialogs.people.person import NewName
from console.dialogs.saving import SavingDialog
from engine.model.people.commands import MergePersons, PutPerson, SplitPerson
from engine.model.people.person import Consent, NameSource, Person
from widgets.fields.color_choice import ColorChoice
from widgets.fields.form import Field
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.marks.elided_label import ElidedLabel
from widgets.people.face_view import FaceView, Photos
from widgets.people.person_words import KnownPerson, consent_text, faces_text, source_text, visits_text
from widgets.theme import set_role
from widgets.translation import inside, tr

_NOTE_LENGTH = 2000


class DetailsDialog(SavingDialog):
    """Colour, consent, note and lock. The name is changed where it stands."""

    def __init__(self, bridge: EngineBridge, person: Person, parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("Details of {0}").format(person.name), width=520, parent=parent)
        self._person = person
        self.color = ColorChoice(tr("Colour"), person.color, self)
        self.color.changed.connect(self.refresh)
        self.consent = QComboBox()
        for each in Consent:
            self.consent.addItem(consent_text(each), each)
        self.consent.setCurrentIndex(list(Consent).index(person.consent))
        self.note = QPlainTextEdit(person.note, tabChangesFocus=True)
        self.note.setFixedHeight(96)
        self.note.textChanged.connect(self._check_note_length)
        self.locked = QCheckBox(tr("&Lock: exempt from erasure"))
        self.locked.setChecked(person.locked)
        self.body.addWidget(self.color)
        self._add_detail(tr("C&onsent to recognition"), self.consent)
        self._add_detail(tr("&Note"), self.note)
        self.body.addWidget(self.locked)
        self.add_save(tr("&Save details"))

    def _add_detail(self, text: str, field: QWidget) -> None:
        label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(field)
        field.setAccessibleName(text.replace("&", ""))
        column = make_column(spacing=4)
        column.addWidget(label)
        column.addWidget(field)
        self.body.addLayout(column)

    def _check_note_length(self) -> None:
        left = _NOTE_LENGTH - len(self.note.toPlainText())
        self.show_trouble(tr("The note is {0} characters too long.").format(-left) if left < 0 else "")
        self.refresh()

    def is_valid(self) -> bool:
        return super().is_valid() and self.color.is_valid() and len(self.note.toPlainText()) <= _NOTE_LENGTH

    def command(self) -> PutPerson:
        consent = self.consent.currentData()
        return put(
            self._person,
            color=self.color.value(),
            consent=Consent(consent),
            note=self.note.toPlainText().strip(),
            locked=self.locked.isChecked(),
        )


def put(person: Person, **changed: object) -> PutPerson:
    """The person as known, with these values changed."""
    new = replace(person, **changed)  # type: ignore[arg-type]
    return PutPerson(new.name, new.color, new.id, new.consent, new.note, new.locked)


class _Side(QWidget):
    """One of two persons, with photos."""

    def __init__(self, photos: Photos, known: KnownPerson, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person = known.person
        self.choice = QRadioButton(tr("Keep this name"))
        face = FaceView(photos, 112)
        face.show_face(known.faces[0] if known.faces else "", known.person.color, known.person.name)
        name = ElidedLabel(known.person.name)
        set_role(name, "section")
        words = QLabel(
            f"{source_text(known.person.name_source)}\n{visits_text(known.person.visits)}, {inside(faces_text(len(known.faces)))}",
            wordWrap=True,
            textFormat=Qt.TextFormat.PlainText,
        )
        set_role(words, "secondary")
        others = QWidget()
        others.setMinimumHeight(34)  # names stand side by side, however many faces there are
        more = make_row(others, spacing=4, margins=NO_MARGINS)
        for face_id in known.faces[1:4]:
            small = FaceView(photos, 34)
            small.show_face(face_id, "", known.person.name)
            more.addWidget(small)
        more.addStretch()
        column = make_column(self, spacing=6, margins=NO_MARGINS)
        column.addWidget(face)
        column.addWidget(others)
        column.addWidget(name)
        column.addWidget(words)
        column.addWidget(self.choice)
        column.addStretch()
        self.setFixedWidth(240)


class MergeDialog(SavingDialog):
    """Two persons who are one. The one whose name an operator gave is kept unless the other is chosen. Signals: merged(kept id)."""

    merged = Signal(str)

    def __init__(self, bridge: EngineBridge, photos: Photos, one: KnownPerson, other: KnownPerson, parent: QWidget | None = None) -> None:
        lead = tr("Faces, visits and events are combined. Compare both first: a merge can be reversed face by face only.")
        super().__init__(bridge, tr("Are these the same person?"), lead, width=560, parent=parent)
        self.sides = (_Side(photos, one), _Side(photos, other))
        row = make_row(spacing=24)
        group = QButtonGroup(self)
        for side in self.sides:
            group.addButton(side.choice)
            row.addWidget(side, alignment=Qt.AlignmentFlag.AlignTop)
        row.addStretch()
        self.body.addLayout(row)
        self.sides[_kept_first(one.person, other.person)].choice.setChecked(True)
        self.add_save(tr("&Merge"))

    def command(self) -> MergePersons:
        kept = next(side for side in self.sides if side.choice.isChecked())
        gone = next(side for side in self.sides if side is not kept)
        return MergePersons(kept.person.id, gone.person.id)

    def done_with(self, outcome: str) -> None:
        self.merged.emit(self.command().kept_id)
        self.accept()


def _kept_first(one: Person, other: Person) -> int:
    """Which of two keeps the name: named before heard before made up, then who came more often."""
    order = {NameSource.OPERATOR: 0, NameSource.VOICE: 1, NameSource.GENERATED: 2}
    return 0 if (order[one.name_source], -one.visits) <= (order[other.name_source], -other.visits) else 1


class PickPersonDialog(SavingDialog):
    """Choose somebody by name. Signals: picked(person id)."""

    picked = Signal(str)

    def __init__(
        self, bridge: EngineBridge, title: str, lead: str, action: str, others: tuple[KnownPerson, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(bridge, title, lead, width=480, parent=parent)
        self.choice = QComboBox(editable=False)
        self.choice.setAccessibleName(tr("Person"))
        self.choice.setMaxVisibleItems(14)
        for known in sorted(others, key=lambda known: (known.person.name_source is NameSource.GENERATED, known.person.name.casefold())):
            self.choice.addItem(known.person.name, known.person.id)
        self.choice.setMinimumWidth(200)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.body.addWidget(self.choice)
        self.add_save(action)

    def is_valid(self) -> bool:
        return self.choice.currentIndex() >= 0

    def submit(self) -> None:
        if self.is_valid():
            self.picked.emit(self.choice.currentData())
            self.accept()


class SplitDialog(SavingDialog):
    """Faces that are somebody else's become a new person. Signals: split(person id)."""

    split = Signal(str)

    def __init__(
        self, bridge: EngineBridge, photos: Photos, known: KnownPerson, faces: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        lead = tr("These faces are removed from {0} and become a new person.").format(known.person.name)
        super().__init__(bridge, tr("Who is this?"), lead, width=480, parent=parent)
        self._faces = faces
        others = bridge.snapshot.people.persons if bridge.snapshot is not None else ()
        row = make_row(spacing=6)
        for face_id in faces[:6]:
            view = FaceView(photos, 60)
            view.show_face(face_id)
            row.addWidget(view)
        if len(faces) > 6:
            row.addWidget(QLabel(tr("and {0} more").format(len(faces) - 6), textFormat=Qt.TextFormat.PlainText))
        row.addStretch()
        self.body.addLayout(row)
        self.fields.add_field("name", Field(tr("&Name"), NewName(others)))
        self.body.addWidget(self.fields)
        self.add_save(tr("&Split into a new person"))

    def command(self) -> SplitPerson:
        return SplitPerson(self._faces, self.fields.field("name").value().strip())

    def done_with(self, outcome: str) -> None:
        self.split.emit(outcome)
        self.accept()


class SureEraseDialog(ErasePersonDialog):
    """Asks for the name to be typed, too."""

    def __init__(self, bridge: EngineBridge, person: Person, devices: str = "", parent: QWidget | None = None) -> None:
        super().__init__(bridge, person, devices, parent)
        hint = tr("Confirm the name: {0}").format(person.name)
        self.fields.add_field("typed", Field(tr("&Type the name"), lambda text: _typed_trouble(text, person.name), hint))
        self.refresh()


def _typed_trouble(text: str, name: str) -> str:
    return "" if text.strip().casefold() == name.strip().casefold() else tr("The name does not match: {0}").format(name)

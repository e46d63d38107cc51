"""Keep what is on a wall by a name, for a shift if wished."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from console.dialogs.frame import FramedDialog
from console.wall.book import LONGEST_NAME, NamedWall, WallBook
from console.wall.desk import WallDesk
from console.wall.shift import Shift
from console.words import sentence
from engine.model.errors import InputError
from widgets.fields.time_edits import TimeOfDayEdit


class SaveWallDialog(FramedDialog):
    CHOICES_ARE_WORK = True

    def __init__(self, book: WallBook, desk: WallDesk, parent: QWidget | None = None) -> None:
        lead = self.tr(
            "Saves layout, cameras in their cells, small pictures, hot tile and page turning, for your account at this workplace."
        )
        super().__init__(self.tr("Save this wall"), lead, width=460, parent=parent)
        self._book, self._desk = book, desk
        known = book.wall(desk.name)
        self.name = QLineEdit(desk.name, maxLength=LONGEST_NAME, placeholderText=self.tr("For example Night"))
        self.add_labelled(self.tr("&Name"), self.name)
        self.replaces = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.body.addWidget(self.replaces)
        self.for_shift = QCheckBox(self.tr("&Offer it when a shift begins"))
        self.body.addWidget(self.for_shift)
        self._add_times(known.shift if known is not None else None)
        self.add_cancel()
        self.save_button = self.add_button(self.tr("&Save"), "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.submit)
        self.name.textChanged.connect(self.refresh)
        self.for_shift.toggled.connect(self.refresh)
        self.refresh()
        self.name.setFocus()

    def _add_times(self, shift: Shift | None) -> None:
        self.begins = TimeOfDayEdit(shift.begins if shift else 22 * 60)
        self.ends = TimeOfDayEdit(shift.ends if shift else 6 * 60)
        row = QHBoxLayout()
        for text, edit in ((self.tr("&From"), self.begins), (self.tr("&to"), self.ends)):
            label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(edit)
            row.addWidget(label)
            row.addWidget(edit)
        row.addStretch()
        self.body.addLayout(row)
        self.for_shift.setChecked(shift is not None)

    def refresh(self) -> None:
        name = self.name.text().strip()
        self.show_trouble("")
        self.save_button.setEnabled(bool(name))
        self.replaces.setText(self.tr("Replaces the saved wall of this name.") if self._book.wall(name) else "")
        for edit in (self.begins, self.ends):
            edit.setEnabled(self.for_shift.isChecked())

    def submit(self) -> None:
        try:
            shift = Shift(self.begins.minutes(), self.ends.minutes()) if self.for_shift.isChecked() else None
            self._desk.keep_as(NamedWall(self.name.text().strip(), self._desk.plan(), shift))
        except InputError as error:
            self.show_trouble(sentence(error.message, self.tr("The name") if error.field == "name" else ""))
            return
        self.accept()

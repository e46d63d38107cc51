"""Rows of settings with their labels beside them, as the dialogs of recording and of backups have them; and folders that are chosen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from widgets.layout.boxes import make_column, make_row

_BOX_PX = 140


class LabelledRows(QFormLayout):
    """Labels are names for screen readers too, and no lower than what they belong to."""

    def __init__(self, label_px: int) -> None:
        super().__init__()
        self._label_px = label_px
        self.setHorizontalSpacing(16)
        self.setVerticalSpacing(8)
        self.setContentsMargins(24, 0, 0, 0)

    def add(self, text: str, box: QWidget, *beside: QWidget) -> None:
        """`beside`: what belongs to it; the box takes the room then."""
        label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(box)
        label.setMinimumWidth(self._label_px)
        label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        box.ensurePolished()
        label.setMinimumHeight(box.sizeHint().height())
        box.setMinimumWidth(_BOX_PX)
        box.setAccessibleName(text.replace("&", ""))
        row = make_row(spacing=8)
        for each in (box, *beside):
            row.addWidget(each, 1 if beside and each is box else 0)
        if not beside:
            row.addStretch()
        self.addRow(label, row)


def labelled_column(text: str, box: QWidget) -> QVBoxLayout:
    """A label above what it belongs to."""
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    label.setBuddy(box)
    column = make_column(spacing=4)
    column.addWidget(label)
    column.addWidget(box)
    return column


class FolderField:
    """A folder, typed or chosen: `edit` and `button` stand beside each other. `title`: of the window in which it is chosen."""

    def __init__(self, folder: str, without: str, choose: str, title: str) -> None:
        """`without`: what stands there while there is none."""
        self.edit, self.button, self._title = QLineEdit(folder), QPushButton(choose), title
        self.edit.setPlaceholderText(without)
        self.button.clicked.connect(self.choose)

    def value(self) -> str:
        return self.edit.text().strip()

    def choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.edit, self._title, self.edit.text())
        if folder:
            self.edit.setText(folder)

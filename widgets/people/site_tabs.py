"""Whom a person is at each of several sites: one button a site, of which one is chosen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.properties import with_properties
from widgets.translation import tr


class SiteTabs(QWidget):
    """UI thread. Hidden where there is only one. Signals: chosen(person id)."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("The same person at several sites"))
        self._members: tuple[tuple[str, str], ...] = ()
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._column = make_column(self, spacing=4, margins=NO_MARGINS)
        self._column.setContentsMargins(16, 0, 16, 0)
        self.hide()

    @property
    def buttons(self) -> dict[str, QPushButton]:
        """By person id."""
        return self._buttons

    def show_members(self, members: tuple[tuple[str, str], ...], selected: str) -> None:
        """`members`: id and words of each."""
        if members != self._members:
            self._members = members
            self._build_buttons()
        if selected in self._buttons:
            self._buttons[selected].setChecked(True)
        self.setVisible(len(members) > 1)

    def _build_buttons(self) -> None:
        for button in self._buttons.values():
            self._group.removeButton(button)
            self._column.removeWidget(button)
            button.deleteLater()
        self._buttons = {}
        for person_id, words in self._members:
            button = with_properties(QPushButton(words.replace("&", "&&"), self), checkable=True)
            button.setAutoDefault(False)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, person_id=person_id: self.chosen.emit(person_id))
            self._group.addButton(button)
            self._column.addWidget(button)
            self._buttons[person_id] = button

"""Closing alerts: what it was, chosen by one key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from console.dialogs.frame import FramedDialog
from engine.model.alerts.alert import Disposition
from widgets.alerts.alert_words import disposition_hint, disposition_word
from widgets.signals import on
from widgets.theme import set_role

ORDER = (Disposition.TRUE, Disposition.BENIGN, Disposition.FALSE, Disposition.UNKNOWN)


class CloseAlertDialog(FramedDialog):
    """Signals: decided(Disposition, note)."""

    decided = Signal(object, str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Close alert: outcome"), title, width=460, parent=parent)
        self.note = QLineEdit(placeholderText=self.tr("Note (optional)"))
        self.note.setAccessibleName(self.tr("Note"))
        self.buttons = tuple(self._button(number, each) for number, each in enumerate(ORDER, start=1))
        for button in self.buttons:
            self.body.addWidget(button)
        self.body.addWidget(self.note)
        hint = QLabel(self.tr("Press 1 to 4. Rule statistics use this outcome."), wordWrap=True)
        set_role(hint, "secondary")
        self.body.addWidget(hint)
        self.add_cancel(self.tr("&Leave open"))
        self.buttons[0].setFocus()

    def _button(self, number: int, disposition: Disposition) -> QPushButton:
        button = QPushButton(f"{number}   {disposition_word(disposition)} – {disposition_hint(disposition)}")
        button.setStyleSheet("QPushButton { text-align: left; }")
        button.setAutoDefault(False)
        on(button.clicked, self._emit_disposition, disposition)
        return button

    def _emit_disposition(self, disposition: Disposition) -> None:
        self.decided.emit(disposition, self.note.text().strip())
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - int(Qt.Key.Key_1)
        if 0 <= number < len(ORDER) and not self.note.hasFocus():
            self._emit_disposition(ORDER[number])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.note.hasFocus():
            focused = next((button for button in self.buttons if button.hasFocus()), None)
            if focused is not None:
                focused.click()
        else:
            super().keyPressEvent(event)

"""Shelving alerts: why, and until when. What is shelved always comes back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from console.dialogs.frame import FramedDialog
from engine.model.alerts.commands import LONGEST_SHELF_S
from engine.model.time import SECOND, Clock
from widgets.fields.form import Field, FieldGroup
from widgets.theme import set_role
from widgets.time_text import clock_text

_MIN, _HOUR, _DAY = 60.0, 3600.0, 86_400.0


class ShelveAlertDialog(FramedDialog):
    """Signals: decided(seconds, reason)."""

    CHOICES_ARE_WORK = True

    decided = Signal(float, str)

    def __init__(self, title: str, clock: Clock, parent: QWidget | None = None) -> None:
        lead = self.tr("{0}. This and similar alerts are hidden until then.").format(title)
        super().__init__(self.tr("Shelve"), lead, width=460, parent=parent)
        self._clock = clock
        self.fields = FieldGroup(self)
        hint = self.tr("Stored with the alert and in the audit log")
        self.reason = self.fields.add_field("reason", Field(self.tr("&Reason"), self._reason_trouble, hint))
        self.until = QComboBox()
        self.until.setAccessibleName(self.tr("Until"))
        for text, seconds in (
            (self.tr("15 minutes"), 15 * _MIN),
            (self.tr("1 hour"), _HOUR),
            (self.tr("4 hours"), 4 * _HOUR),
            (self.tr("8 hours (one shift)"), 8 * _HOUR),
            (self.tr("1 day"), _DAY),
            (self.tr("7 days (maximum)"), LONGEST_SHELF_S),
        ):
            self.until.addItem(text, seconds)
        self.until.setCurrentIndex(1)
        self.back = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.back, "secondary")
        self.body.addWidget(self.reason)
        self.add_labelled(self.tr("&For"), self.until)
        self.body.addWidget(self.back)
        self.add_cancel()
        self.shelve = self.add_button(self.tr("&Shelve"), "primary")
        self.shelve.setDefault(True)
        self.shelve.clicked.connect(self._emit_shelving)
        self.fields.submitted.connect(self._emit_shelving)
        self.fields.validity_changed.connect(self._show_until)
        self.until.currentIndexChanged.connect(self._show_until)
        self._show_until()
        self.reason.setFocus()

    def seconds(self) -> float:
        return float(self.until.currentData())

    def _reason_trouble(self, text: str) -> str:
        return "" if text.strip() else self.tr("Enter a reason for the next operator.")

    def _show_until(self) -> None:
        now_ns = self._clock.now_ns()
        self.back.setText(self.tr("Shown again at {0}").format(clock_text(now_ns + round(self.seconds() * SECOND), now_ns)))
        self.shelve.setEnabled(self.fields.is_valid())

    def _emit_shelving(self) -> None:
        if not self.fields.is_valid():
            self.fields.reveal()
            return
        self.decided.emit(self.seconds(), self.reason.value().strip())
        self.accept()

"""What a user chooses about the tray: which alerts make messages, and what closing the window does."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from console.shell.tray import Closing, ClosingWish, tray_is_there
from console.sound.alarm import Alarm
from engine.model.event import Severity
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.properties import with_properties
from widgets.theme import set_role, severity_word
from widgets.translation import tr

_NONE = 0  # no messages


class TrayChoices(QWidget):
    """A part of the preferences. Works at once."""

    def __init__(self, alarm: Alarm, closing: ClosingWish, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._alarm, self._closing = alarm, closing
        self.messages, self.closing = (
            with_properties(QComboBox(), accessibleName=tr("Desktop notifications")),
            with_properties(QComboBox(), accessibleName=tr("Closing the window")),
        )
        for text, least in self._levels():
            self.messages.addItem(text, least)
        for text, wish in ((tr("Ask each time"), Closing.ASK), (tr("Keep running in the tray"), Closing.STAY), (tr("Quit"), Closing.QUIT)):
            self.closing.addItem(text, wish.value)
        self.note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.note, "secondary")
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(tr("Desktop &notifications"), self.messages)
        form.addRow(tr("&Closing the window"), self.closing)
        column = make_column(self, margins=NO_MARGINS)
        column.addLayout(form)
        column.addWidget(self.note)
        self._show_choices()
        self.messages.activated.connect(self._take_messages)
        self.closing.activated.connect(lambda _: self._closing.put(Closing(self.closing.currentData())))

    def _levels(self) -> tuple[tuple[str, int], ...]:
        above = tr("{0} and higher")
        return (
            (tr("All alerts"), int(Severity.MINIMAL)),
            *((above.format(severity_word(each)), int(each)) for each in (Severity.LOW, Severity.MODERATE, Severity.HIGH)),
            (tr("Critical alerts only"), int(Severity.CRITICAL)),
            (tr("No notifications"), _NONE),
        )

    def _show_choices(self) -> None:
        there = tray_is_there()
        least = int(self._alarm.least_told) if self._alarm.messages_wanted else _NONE
        self.messages.setCurrentIndex(max(0, self.messages.findData(least)))
        self.closing.setCurrentIndex(self.closing.findData(self._closing.get().value))
        for box in (self.messages, self.closing):
            box.setEnabled(there)
        told = tr("While the console is locked, notifications show the severity only, no places or persons.")
        none = tr("This desktop has no system tray: alerts appear in the window only, and closing the window quits Watchroom.")
        self.note.setText(told if there else none)

    def _take_messages(self) -> None:
        least = self.messages.currentData()
        self._alarm.want_messages(least != _NONE)
        if least != _NONE:
            self._alarm.tell_from(Severity(least))

"""A time zone chosen from all there are, by its IANA name: typing any part of it filters the list."""

from functools import cache
from zoneinfo import available_timezones

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QCompleter, QLabel, QLineEdit

from widgets.theme import set_role

_NOT_OF_PLACES = ("posix/", "right/", "Etc/", "SystemV/")


class ZoneChoice(QComboBox):
    """UTC, then all by name. What is typed and is no part of any is put back to the zone that was chosen."""

    def __init__(self, name: str) -> None:
        """`name`: for screen readers."""
        super().__init__()
        self.line = QLineEdit()
        self.setLineEdit(self.line)  # which makes it editable
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(12)
        self.setAccessibleName(name)
        for text, value in (("UTC", "UTC"), *((zone_text(zone), zone) for zone in _zones())):
            self.addItem(text, value)
        self.setCompleter(self._zone_completer())
        self.line.setPlaceholderText(QCoreApplication.translate("ZoneChoice", "City or region"))
        self.line.setAccessibleName(name)
        self.line.editingFinished.connect(self._take_typed)
        self.line.installEventFilter(self)

    def _zone_completer(self) -> QCompleter:
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(12)
        completer.activated.connect(self._take_typed)
        return completer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Typing replaces what stands there."""
        if event.type() is QEvent.Type.FocusIn:
            QTimer.singleShot(0, self.line.selectAll)
        return super().eventFilter(watched, event)

    def _take_typed(self) -> None:
        """The zone that is called so, else the first that has it in its name."""
        typed = self.currentText().strip()
        found = self.findText(typed, Qt.MatchFlag.MatchFixedString)
        if found < 0 and typed:
            found = self.findText(typed, Qt.MatchFlag.MatchContains)
        if found >= 0:
            self.setCurrentIndex(found)
        self.setEditText(self.itemText(self.currentIndex()))

    def zone(self) -> str:
        """Also while the name is still being typed."""
        self._take_typed()
        return str(self.currentData())

    def set_zone(self, zone: str) -> None:
        """Also one that is not among them, such as `Etc/GMT-3` of a settings file."""
        if self.findData(zone) < 0:
            self.addItem(zone_text(zone), zone)
        self.setCurrentIndex(self.findData(zone))


class SiteZoneNote(QLabel):
    """Below the zone of a site: what it is for; or what is wrong with it, until another one is chosen."""

    def __init__(self, choice: ZoneChoice) -> None:
        super().__init__(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._choice = choice
        choice.currentIndexChanged.connect(self._explain)
        self._explain()

    def show_error(self, message: str) -> None:
        set_role(self, "error")
        self.setText(message)
        self._choice.setAccessibleDescription(message)

    def _explain(self) -> None:
        text = QCoreApplication.translate("ZoneChoice", "For all times on screen, in answers and reports, and for hours of rules.")
        set_role(self, "secondary")
        self.setText(text)
        self._choice.setAccessibleDescription(text)


def zone_text(zone: str) -> str:
    return zone.replace("_", " ")


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(_NOT_OF_PLACES)))

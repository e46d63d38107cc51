"""A time zone chosen from all there are, by its IANA name."""

from collections.abc import Iterable
from functools import cache
from zoneinfo import available_timezones

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QComboBox, QLabel

from widgets.theme import set_role

_NOT_OF_PLACES = ("posix/", "right/", "Etc/", "SystemV/")


class ZoneChoice(QComboBox):
    """UTC, then all by name: typing the beginning of one finds it."""

    def __init__(self, name: str, first: Iterable[tuple[str, str]] = ()) -> None:
        """`name`: for screen readers. `first`: (text, value) of what stands above them."""
        super().__init__()
        self.setAccessibleName(name)
        for text, value in (*first, ("UTC", "UTC"), *((zone_text(zone), zone) for zone in _zones())):
            self.addItem(text, value)

    def zone(self) -> str:
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
        text = QCoreApplication.translate("ZoneChoice", "Days and hours are counted in it: in answers, reports, rules and quiet hours.")
        set_role(self, "secondary")
        self.setText(text)
        self._choice.setAccessibleDescription(text)


def zone_text(zone: str) -> str:
    return zone.replace("_", " ")


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(_NOT_OF_PLACES)))

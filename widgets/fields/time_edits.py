"""Times to type, by the clock of the site: a moment with its zone beside the digits, and a time of every day."""

from PySide6.QtCore import QByteArray, QDateTime, QTime, QTimeZone
from PySide6.QtWidgets import QDateTimeEdit, QTimeEdit, QWidget

from engine.model.time import SECOND
from widgets.fields.number_field import padded
from widgets.look import site_zone_name


class MomentEdit(QDateTimeEdit):
    """Whole seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTimeZone(_qt_zone())
        self.setDisplayFormat("yyyy-MM-dd HH:mm:ss t")
        padded(self)

    def at_ns(self) -> int:
        return self.dateTime().toSecsSinceEpoch() * SECOND

    def set_at_ns(self, at_ns: int) -> None:
        self.setDateTime(QDateTime.fromSecsSinceEpoch(at_ns // SECOND, _qt_zone()))


class TimeOfDayEdit(QTimeEdit):
    """In minutes since midnight."""

    def __init__(self, minutes: int, parent: QWidget | None = None) -> None:
        super().__init__(QTime(minutes // 60, minutes % 60), parent)
        self.setDisplayFormat("HH:mm")
        padded(self)

    def minutes(self) -> int:
        return self.time().hour() * 60 + self.time().minute()


def _qt_zone() -> QTimeZone:
    return QTimeZone(QByteArray(site_zone_name().encode()))

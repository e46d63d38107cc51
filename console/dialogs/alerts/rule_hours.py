"""Hours of a rule: stretches of the week, each with its days and from when until when."""

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from engine.model.alerts.settings import Hours
from widgets.fields.time_edits import TimeOfDayEdit
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.enlarging import sized_by_hand
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

_DAY_MIN = 1440
_NIGHT = Hours(start_min=22 * 60, end_min=6 * 60)


class HoursField(QWidget):
    """Nothing listed means: at any time. Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[StretchRow] = []
        self.always = QLabel(tr("Any time"))
        set_role(self.always, "secondary")
        self.add_button = QPushButton(icon("plus"), tr("Add hours"))
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(lambda: self._add_stretch(_NIGHT, tell=True))
        self._column = make_column(self, spacing=6, margins=NO_MARGINS)
        foot = QHBoxLayout()
        foot.addWidget(self.always)
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        self._column.addLayout(foot)

    def set_hours(self, hours: tuple[Hours, ...]) -> None:
        for row in tuple(self.rows):
            self._drop_stretch(row)
        for each in hours:
            self._add_stretch(each)

    def hours(self) -> tuple[Hours, ...]:
        """Raises InputError: no day is chosen."""
        return tuple(row.hours() for row in self.rows)

    def _add_stretch(self, hours: Hours, tell: bool = False) -> None:
        row = StretchRow(hours)
        row.changed.connect(self.changed)
        on(row.removed, self._remove_stretch, row)
        self.rows.append(row)
        self._column.insertWidget(len(self.rows) - 1, row)
        self.always.setVisible(False)
        if tell:
            self.changed.emit()

    def _remove_stretch(self, row: "StretchRow") -> None:
        self._drop_stretch(row)
        self.changed.emit()

    def _drop_stretch(self, row: "StretchRow") -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.always.setVisible(not self.rows)


class StretchRow(QWidget):
    """Signals: changed(); removed()."""

    changed = Signal()
    removed = Signal()

    def __init__(self, hours: Hours) -> None:
        super().__init__()
        locale = QLocale()
        self.days = [self._day(locale, number, number in hours.days) for number in range(7)]
        self.start, self.end = _time(tr("From"), hours.start_min), _time(tr("Until"), hours.end_min % _DAY_MIN)
        column = make_column(self, spacing=4, margins=(0, 0, 0, 6))
        days, row = QHBoxLayout(), QHBoxLayout()
        column.addLayout(days)
        column.addLayout(row)
        days.setSpacing(3)
        for button in self.days:
            days.addWidget(button)
        days.addStretch(1)
        row.setSpacing(6)
        row.addWidget(self.start)
        row.addWidget(QLabel("–"))
        row.addWidget(self.end)
        gone = with_properties(QToolButton(), icon=icon("x"), toolTip=tr("Remove these hours"), accessibleName=tr("Remove these hours"))
        set_role(gone, "quiet")
        gone.clicked.connect(self.removed)
        row.addWidget(gone)
        row.addStretch(1)
        for edit in (self.start, self.end):
            edit.timeChanged.connect(self.changed)

    def _day(self, locale: QLocale, number: int, on: bool) -> QToolButton:
        name = locale.standaloneDayName(number + 1, QLocale.FormatType.LongFormat)
        button = with_properties(QToolButton(), text=name[:2], checkable=True, checked=on, toolTip=plain_tip(name), accessibleName=name)
        button.setFixedWidth(scaled(32))
        sized_by_hand(button)  # rows come while the dialog is open, too
        button.setStyleSheet("QToolButton { padding: 6px 0; }")
        button.toggled.connect(self.changed)
        return button

    def hours(self) -> Hours:
        """An end at midnight is that of the day. Raises InputError."""
        days = tuple(number for number, button in enumerate(self.days) if button.isChecked())
        end = self.end.minutes() or _DAY_MIN
        return Hours(days, self.start.minutes(), end)


def _time(name: str, minutes: int) -> TimeOfDayEdit:
    edit = TimeOfDayEdit(minutes)
    edit.setFixedWidth(scaled(76))
    sized_by_hand(edit)
    edit.setAccessibleName(name)
    return edit

"""Buttons and scrubber below a clip."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QMenu, QPushButton, QSlider, QToolButton, QVBoxLayout, QWidget

from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.playback.playhead import SPEEDS
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role
from widgets.time_text import counter_text, fine_clock_text

_SPACING, _SIDES = 8, 12
_MARGINS, _COMPACT_MARGINS = (_SIDES, 8, _SIDES, 12), (_SIDES, 4, _SIDES, 4)
_LEAST, _LEAST_SCRUBBER = 260, 96


class ClipControls(QWidget):
    """Signals: play_toggled(); stepped(pictures: −1 or 1); scrubbed(seconds); speed_chosen(speed)."""

    play_toggled = Signal()
    stepped = Signal(int)
    scrubbed = Signal(float)
    speed_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._duration_s, self._compact = 0.0, False
        self._scrubber = Scrubber()
        self._scrubber.scrubbed.connect(self.scrubbed)
        self._back = self._tool("step-back", self.tr("Previous picture (comma)"), partial(self.stepped.emit, -1))
        self._play = self._tool("play", self.tr("Play (Space)"), self.play_toggled.emit)
        self._on = self._tool("step-forward", self.tr("Next picture (period)"), partial(self.stepped.emit, 1))
        self._position = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._moment = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self._moment, "secondary")
        self._speeds = QButtonGroup(self)
        self.speed_menu = self._menu_of_speeds()
        self._lay_out_controls()
        self.setMinimumWidth(_LEAST)  # what is hidden then does not count
        self.show_speed(1.0)

    def _tool(self, name: str, tip: str, act: Callable[[], None]) -> QToolButton:
        button = with_properties(QToolButton(), icon=icon(name, "text"), iconSize=QSize(20, 20), toolTip=plain_tip(tip), accessibleName=tip)
        button.clicked.connect(act)
        return button

    def _lay_out_controls(self) -> None:
        row = self._row = QHBoxLayout()
        row.setSpacing(_SPACING)
        for button in (self._back, self._play, self._on):
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self._position)
        row.addWidget(self._moment)
        row.addStretch(1)
        for speed in SPEEDS:
            row.addWidget(self._speed_button(speed))
        row.addWidget(self.speed_menu)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(*_MARGINS)
        column.setSpacing(8)
        column.addWidget(self._scrubber)
        column.addLayout(row)

    def set_compact(self, compact: bool) -> None:
        """Where there is little height: everything in one row."""
        if compact == self._compact:
            return
        self._compact = compact
        self._column.setContentsMargins(*(_COMPACT_MARGINS if compact else _MARGINS))
        if compact:
            self._column.removeWidget(self._scrubber)
            self._row.insertWidget(self._row.indexOf(self._position), self._scrubber, 20)
        else:
            self._row.removeWidget(self._scrubber)
            self._column.insertWidget(0, self._scrubber)
        self._fit()

    def _speed_button(self, speed: float) -> QPushButton:
        button = with_properties(
            QPushButton(_speed_text(speed)),
            checkable=True,
            toolTip=plain_tip(self.tr("Play at {0} times the speed").format(number_text(speed, "g"))),
        )
        button.setProperty("speed", speed)
        set_role(button, "quiet")
        button.clicked.connect(partial(self.speed_chosen.emit, speed))
        self._speeds.addButton(button)
        return button

    def _menu_of_speeds(self) -> QToolButton:
        button = with_properties(QToolButton(), toolTip=self.tr("Speed"), accessibleName=self.tr("Speed"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for speed in SPEEDS:
            on(menu.addAction(_speed_text(speed)).triggered, self.speed_chosen.emit, speed)
        button.setMenu(menu)
        set_role(button, "quiet")
        button.hide()
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """The time in the clip is always whole: the speeds become a menu, and steps and the wall-clock time go where they have no room."""
        room = self.width() - 2 * _SIDES - _SPACING - (_LEAST_SCRUBBER + _SPACING if self._compact else 0)
        steps: tuple[QWidget, ...] = (self._back, self._on)
        speeds: tuple[QWidget, ...] = tuple(self._speeds.buttons())
        least = _width_of(self._play, self._position)
        fit = least + _width_of(*steps, *speeds) <= room
        rest = speeds if fit else (self.speed_menu,)
        for part in steps:
            part.setVisible(least + _width_of(*steps, *rest) <= room)
        for part in speeds:
            part.setVisible(fit)
        self.speed_menu.setVisible(not fit)
        self._moment.setVisible(least + _width_of(*steps, *rest, self._moment) <= room)

    def show_duration(self, seconds: float) -> None:
        self._duration_s = seconds
        self._scrubber.set_duration(seconds)

    def show_position(self, seconds: float, moment_ns: int | None) -> None:
        self._scrubber.show_position(seconds)
        texts = f"{_tenths(seconds)} / {_tenths(self._duration_s)}", fine_clock_text(moment_ns) if moment_ns is not None else ""
        longer = tuple(map(len, texts)) != (len(self._position.text()), len(self._moment.text()))
        self._position.setText(texts[0])
        self._moment.setText(texts[1])
        if longer:
            self._fit()

    def show_playing(self, playing: bool, ended: bool) -> None:
        name, tip = ("pause", self.tr("Pause (Space)")) if playing else ("play", self.tr("Play (Space)"))
        if ended:
            name, tip = "rotate-ccw", self.tr("Play again (Space)")
        self._play.setIcon(icon(name, "text"))
        self._play.setToolTip(plain_tip(tip))
        self._play.setAccessibleName(tip)

    def show_speed(self, speed: float) -> None:
        for button in self._speeds.buttons():
            button.setChecked(button.property("speed") == speed)
        self.speed_menu.setText(_speed_text(speed))


def _width_of(*parts: QWidget) -> int:
    return sum(part.sizeHint().width() + _SPACING for part in parts)


def _speed_text(speed: float) -> str:
    return f"{number_text(speed, 'g')}×"


def _tenths(seconds: float) -> str:
    return f"{counter_text(seconds)}{QLocale().decimalPoint()}{int(seconds * 10) % 10}"


_UNITS_PER_S = 1000


class Scrubber(QSlider):
    """A slider over the length of a clip; a click jumps there. Signals: scrubbed(seconds): the user asks for this position."""

    scrubbed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(self.tr("Position in the clip"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSingleStep(_UNITS_PER_S // 5)
        self.setPageStep(_UNITS_PER_S * 2)
        self._following = False
        self.valueChanged.connect(self._on_value_changed)

    def set_duration(self, seconds: float) -> None:
        self._following = True
        self.setRange(0, max(0, round(seconds * _UNITS_PER_S)))
        self._following = False

    def show_position(self, seconds: float) -> None:
        """Move with the playing clip, without asking for anything; not while the user holds the handle."""
        if self.isSliderDown():
            return
        self._following = True
        self.setValue(round(seconds * _UNITS_PER_S))
        self._following = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.maximum() > 0:
            self.setSliderDown(True)
            self._jump(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._jump(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _jump(self, event: QMouseEvent) -> None:
        share = (event.position().x() - 7) / max(1, self.width() - 14)
        self.setValue(round(min(1.0, max(0.0, share)) * self.maximum()))

    def _on_value_changed(self, value: int) -> None:
        if not self._following:
            self.scrubbed.emit(value / _UNITS_PER_S)

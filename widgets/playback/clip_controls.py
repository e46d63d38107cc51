"""Buttons and scrubber below a clip."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QSlider, QToolButton, QVBoxLayout, QWidget

from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.playback.playhead import SPEEDS
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.time_text import counter_text, fine_clock_text

_ROOMY = 660  # pixels that everything needs


class ClipControls(QWidget):
    """Signals: play_toggled(); stepped(pictures: −1 or 1); scrubbed(seconds); speed_chosen(speed)."""

    play_toggled = Signal()
    stepped = Signal(int)
    scrubbed = Signal(float)
    speed_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._duration_s = 0.0
        self._scrubber = Scrubber()
        self._scrubber.scrubbed.connect(self.scrubbed)
        self._back = self._tool("step-back", self.tr("Previous picture (comma)"), partial(self.stepped.emit, -1))
        self._play = self._tool("play", self.tr("Play (Space)"), self.play_toggled.emit)
        self._on = self._tool("step-forward", self.tr("Next picture (period)"), partial(self.stepped.emit, 1))
        self._position = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._moment = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self._moment, "secondary")
        self._speeds = QButtonGroup(self)
        self._lay_out_controls()
        self.show_speed(1.0)

    def _tool(self, name: str, tip: str, act: Callable[[], None]) -> QToolButton:
        button = with_properties(QToolButton(), icon=icon(name, "text"), iconSize=QSize(20, 20), toolTip=plain_tip(tip), accessibleName=tip)
        button.clicked.connect(act)
        return button

    def _lay_out_controls(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self._back, self._play, self._on):
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self._position)
        row.addWidget(self._moment)
        row.addStretch(1)
        for speed in SPEEDS:
            row.addWidget(self._speed_button(speed))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._scrubber)
        column.addLayout(row)

    def _speed_button(self, speed: float) -> QPushButton:
        button = with_properties(
            QPushButton(f"{number_text(speed, 'g')}×"),
            checkable=True,
            toolTip=plain_tip(self.tr("Play at {0} times the speed").format(number_text(speed, "g"))),
        )
        button.setProperty("speed", speed)
        set_role(button, "quiet")
        button.clicked.connect(partial(self.speed_chosen.emit, speed))
        self._speeds.addButton(button)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow player the wall-clock time gives way to the buttons."""
        self._moment.setVisible(event.size().width() >= _ROOMY)
        super().resizeEvent(event)

    def show_duration(self, seconds: float) -> None:
        self._duration_s = seconds
        self._scrubber.set_duration(seconds)

    def show_position(self, seconds: float, moment_ns: int | None) -> None:
        self._scrubber.show_position(seconds)
        self._position.setText(f"{_tenths(seconds)} / {_tenths(self._duration_s)}")
        self._moment.setText(fine_clock_text(moment_ns) if moment_ns is not None else "")

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

"""Buttons below recorded video: play, step, speed; and what time it is there."""

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from time import perf_counter

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.playback.playback import Playback, PlaybackState
from widgets.properties import with_properties
from widgets.theme import font, set_role
from widgets.time_text import day_text, fine_clock_text

_SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_BETWEEN, _AT_ENDS = 8, 12
_ROOMY = 620  # pixels that everything needs
_TELL_S = 0.08  # of a clock that runs, nobody reads more; each text lays the page out anew


class TransportBar(QWidget):
    """Acts on a `Playback` and shows its state. Qt's main thread only. Keys are for `widgets.playback.transport_keys`."""

    def __init__(self, playback: Playback, zone: tzinfo | None = None, parent: QWidget | None = None) -> None:
        """`zone`: of the times shown; None: this machine's."""
        super().__init__(parent)
        self._playback = playback
        self._zone = zone
        self._shown_s = -1
        self._told_s = 0.0
        self._back = self._tool("step-back", self.tr("Previous frame (comma, or K and J)"), partial(playback.step, -1))
        self._reverse = self._tool("chevron-left", self.tr("Play backwards; press again for faster (J)"), partial(playback.shuttle, False))
        self._play = self._tool("play", self.tr("Play (Space)"), playback.toggle)
        self._forward = self._tool("chevron-right", self.tr("Play forwards; press again for faster (L)"), partial(playback.shuttle, True))
        self._on = self._tool("step-forward", self.tr("Next frame (period, or K and L)"), partial(playback.step, 1))
        self._speeds = with_properties(QComboBox(), toolTip=self.tr("Speed"), accessibleName=self.tr("Speed"))
        self._clock = with_properties(QLabel(textFormat=Qt.TextFormat.PlainText), accessibleName=self.tr("Playback time"))
        self._date = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._note = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._lay_out_transport()
        playback.state_changed.connect(self._show_state)
        playback.moved.connect(self._follow_time)
        self._show_state(playback.state)
        self._show_time(playback.position_ns)

    def _tool(self, name: str, tip: str, act: Callable[[], None]) -> QToolButton:
        button = with_properties(QToolButton(), icon=icon(name, "text"), iconSize=QSize(20, 20), toolTip=plain_tip(tip), accessibleName=tip)
        button.clicked.connect(act)
        return button

    def _lay_out_transport(self) -> None:
        self._clock.setFont(font("section"))
        set_role(self._date, "secondary")
        set_role(self._note, "secondary")
        for speed in _SPEEDS:
            self._speeds.addItem(speed_text(speed), speed)
        self._speeds.activated.connect(self._choose_speed)
        row = QHBoxLayout(self)
        row.setContentsMargins(_AT_ENDS, 6, _AT_ENDS, 6)
        row.setSpacing(_BETWEEN)
        for widget in (self._back, self._reverse, self._play, self._forward, self._on):
            row.addWidget(widget)
        row.addWidget(self._speeds)
        row.addSpacing(_BETWEEN)
        row.addWidget(self._date)
        row.addWidget(self._clock)
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # it comes and goes; nothing moves for it
        row.addWidget(self._note, 1)

    def _choose_speed(self, index: int) -> None:
        way = -1.0 if self._playback.state.speed < 0 else 1.0
        self._playback.set_speed(way * float(self._speeds.itemData(index)))

    def _show_state(self, state: PlaybackState) -> None:
        name, tip = ("pause", self.tr("Pause (K or Space)")) if state.playing else ("play", self.tr("Play (Space)"))
        self._play.setIcon(icon(name, "text"))
        self._play.setToolTip(plain_tip(tip))
        self._play.setAccessibleName(tip)
        self._show_speed(abs(state.speed))
        self._note.setText(self._state_words(state))
        if not state.playing:
            self._show_time(self._playback.position_ns)

    def _state_words(self, state: PlaybackState) -> str:
        rate = number_text(state.pictures_s, ".0f") if state.pictures_s >= 2 else number_text(state.pictures_s, ".1f")
        parts = [
            self.tr("backwards") if state.speed < 0 else "",
            self.tr("keyframes only") if state.keyframes_only else "",
            self.tr("{0} fps").format(rate) if state.pictures_s else "",
        ]
        return " · ".join(part for part in parts if part)

    def _show_speed(self, speed: float) -> None:
        if speed not in _SPEEDS and self._speeds.count() == len(_SPEEDS):
            self._speeds.addItem("", speed)
        index = _SPEEDS.index(speed) if speed in _SPEEDS else len(_SPEEDS)
        if index == len(_SPEEDS):
            self._speeds.setItemText(index, speed_text(speed))
            self._speeds.setItemData(index, speed)
        self._speeds.setCurrentIndex(index)

    def _follow_time(self, at_ns: int) -> None:
        now_s = perf_counter()
        if not self._playback.state.playing or now_s - self._told_s >= _TELL_S:
            self._told_s = now_s
            self._show_time(at_ns)

    def _show_time(self, at_ns: int) -> None:
        self._clock.setText(fine_clock_text(at_ns, self._zone))
        if at_ns // 1_000_000_000 != self._shown_s:
            self._shown_s = at_ns // 1_000_000_000
            self._date.setText(day_text(at_ns, self._zone))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow bar the words give way to the buttons and the clock."""
        self._note.setVisible(event.size().width() >= _ROOMY)
        self._date.setVisible(self._width_with_date() <= event.size().width())
        super().resizeEvent(event)

    def _width_with_date(self, *without: QWidget) -> int:
        parts = (self._back, self._reverse, self._play, self._forward, self._on, self._speeds, self._date, self._clock)
        return sum(part.sizeHint().width() + _BETWEEN for part in parts if part not in without) + 2 * _AT_ENDS + _BETWEEN

    def minimumSizeHint(self) -> QSize:
        """Without the date, which goes first."""
        return QSize(self.least_width(speeds=not self._speeds.isHidden()), super().minimumSizeHint().height())

    def least_width(self, speeds: bool) -> int:
        """With or without the choice of speeds."""
        return self._width_with_date(self._date) if speeds else self._width_with_date(self._date, self._speeds)

    def show_speeds(self, shown: bool) -> None:
        """J and L choose them, too."""
        self._speeds.setVisible(shown)


def speed_text(speed: float) -> str:
    return f"{number_text(speed, 'g')}×"

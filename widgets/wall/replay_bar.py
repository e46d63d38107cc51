"""The bar under a picture that is replayed: back, play, scrub, and back to live."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QToolButton, QWidget

from engine.model.time import SECOND
from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.marks.plain_tip import plain_tip
from widgets.playback.clip_controls import Scrubber
from widgets.signals import on
from widgets.theme import set_role
from widgets.time_text import duration_text
from widgets.wall.tile_replay import TileReplay

BAR_HEIGHT = 40
_STEPS_S = 30, 10
_ROOMY, _SLIM = 430, 300  # pixels; below these the longer step, then the age give way


class ReplayBar(QFrame):
    """Signals: stepped_back(seconds); play_toggled(); sought(ns); live_requested()."""

    stepped_back = Signal(int)
    play_toggled = Signal()
    sought = Signal(object)
    live_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "replay-bar")
        self.setAutoFillBackground(True)
        self.setFixedHeight(BAR_HEIGHT)
        self._from_ns = 0
        self._row = make_row(self, spacing=4, margins=(6, 4, 6, 4))
        self.back = {seconds: self._back_button(seconds) for seconds in _STEPS_S}
        self.play = self._tool("pause", self.tr("Pause (K)"), self.play_toggled.emit)
        self.slider = Scrubber()
        self.slider.setAccessibleName(self.tr("Replay position"))
        self.slider.setToolTip(self.tr("Drag to any moment that is held in memory"))
        self.slider.scrubbed.connect(self._seek)
        self.age = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.age, "secondary")
        self.live = QPushButton(icon("video"), self.tr("Live"))
        self.live.setToolTip(plain_tip(self.tr("Back to the live picture (L)")))
        self.live.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.live.clicked.connect(self.live_requested)
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.age)
        self._row.addWidget(self.live)

    def _back_button(self, seconds: int) -> QToolButton:
        keys = "J" if seconds == min(_STEPS_S) else "Shift+J"
        button = self._tool("rotate-ccw", self.tr("Back {0} s ({1})").format(seconds, keys), self.stepped_back.emit, seconds)
        button.setText(self.tr("{0} s").format(seconds))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _tool(self, icon_name: str, tip: str, act: Callable[..., object], *about: object) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(icon_name))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_role(button, "quiet")
        on(button.clicked, act, *about)
        self._row.addWidget(button)
        return button

    def show_replay(self, replay: TileReplay, now_ns: int) -> None:
        """Where it stands, and how much is held."""
        self.play.setIcon(icon("pause" if replay.playing else "play"))
        tip = self.tr("Pause (K)") if replay.playing else self.tr("Play (K)")
        self.play.setToolTip(plain_tip(tip))
        self.play.setAccessibleName(tip)
        for widget in (*self.back.values(), self.play, self.slider):
            widget.setEnabled(replay.held_ns is not None)
        if replay.held_ns is not None and not self.slider.isSliderDown():
            self._from_ns = replay.held_ns[0]
            self.slider.set_duration((now_ns - self._from_ns) / SECOND)
            self.slider.show_position((replay.at_ns - self._from_ns) / SECOND)
        self.age.setText(self.tr("−{0}").format(duration_text(max(0, now_ns - replay.at_ns) // SECOND * SECOND)))

    def _seek(self, seconds: float) -> None:
        self.sought.emit(self._from_ns + round(seconds * SECOND))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.back[max(_STEPS_S)].setVisible(self.width() >= _ROOMY)
        self.age.setVisible(self.width() >= _SLIM)

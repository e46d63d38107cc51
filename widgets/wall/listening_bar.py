"""The line above the wall while somebody listens: to whom, how loud, and how to end it."""

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSlider, QToolButton, QWidget

from widgets.icons import icon
from widgets.look import look_number
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.wall.heard_mark import ListeningMark, paint_level

_METER = QSize(30, 18)
_SLIDER = 110


class LevelMeter(QWidget):
    """How loud it is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = 0.0
        self.setFixedSize(_METER)
        self.setAccessibleName(self.tr("Sound level"))

    @property
    def level(self) -> float:
        return self._level

    def set_level(self, level: float) -> None:
        if round(level, 2) != round(self._level, 2):
            self._level = level
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_level(painter, QRect(2, 1, self.width() - 4, self.height() - 2), self._level)


class ListeningBar(QFrame):
    """Signals: stop_requested(); muted(bool); volume_changed(percent)."""

    stop_requested = Signal()
    muted = Signal(bool)
    volume_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._shown: tuple[int, bool, int] | None = None
        self._sign = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.text = ElidedLabel(parent=self)
        self.meter = LevelMeter(self)
        self.mute = with_properties(QToolButton(self), checkable=True)
        set_role(self.mute, "quiet")
        self.mute.setToolTip(self.tr("Mute"))
        self.mute.setAccessibleName(self.tr("Mute"))
        self.volume = with_properties(QSlider(Qt.Orientation.Horizontal, self), minimum=0, maximum=100, pageStep=10)
        self.volume.setFixedWidth(_SLIDER)
        self.volume.setAccessibleName(self.tr("Camera volume"))
        self.stop = QPushButton(self.tr("Stop &listening"), self)
        set_role(self.stop, "link")
        for widget in (self._sign, self.stop):
            widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 1, 1)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self.meter)
        row.addWidget(self.text, 1)
        row.addStretch()
        for widget in (self.mute, self.volume, self.stop):
            row.addWidget(widget)
        self.mute.toggled.connect(self.muted)
        self.volume.valueChanged.connect(self.volume_changed)
        self.stop.clicked.connect(self.stop_requested)
        self.hide()

    def show_heard(self, heard: ListeningMark | None, name: str, reason: str) -> None:
        """`reason`: why nothing comes just now. None: nobody listens."""
        if heard is None:
            self.meter.set_level(0.0)
            self.hide()
            return
        words = self.tr("Listening to {0}").format(name) if not heard.muted else self.tr("Listening to {0}, muted").format(name)
        said = words if heard.coming else self.tr("{0}: no sound yet. {1}").format(words, reason).strip()
        if said != self.text.text():
            self.text.setText(said)
            self.text.setToolTip(plain_tip(said))
            self.setAccessibleName(said)
        self.meter.set_level(heard.level)
        self.show()

    def show_choice(self, volume: int, muted: bool) -> None:
        shown = (volume, muted, look_number())
        if shown == self._shown:
            return
        self._shown = shown
        with QSignalBlocker(self.mute), QSignalBlocker(self.volume):
            self.mute.setChecked(muted)
            self.volume.setValue(volume)
        self.mute.setIcon(icon("volume-x" if muted else "volume-2"))
        self._sign.setPixmap(icon("volume-x" if muted else "volume-2", "accent").pixmap(QSize(16, 16)))

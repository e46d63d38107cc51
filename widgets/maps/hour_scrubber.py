"""Which hour of the next day a map shows."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSlider, QWidget

from widgets.maps.risk_words import hour_text
from widgets.marks.elided_label import ElidedLabel
from widgets.properties import with_properties
from widgets.translation import tr

LAST_HOUR = 23
_LABEL, _LEAST_LABEL, _LEAST_SLIDER = 230, 124, 72


class HourScrubber(QWidget):
    """Left and right arrows move by an hour, Home is now. Signals: changed(hours ahead)."""

    changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now_ns = 0
        self.label = ElidedLabel()
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.label.setMinimumWidth(_LEAST_LABEL)
        self.label.setMaximumWidth(_LABEL)  # as wide for every hour: the slider stays where it is
        self.slider = with_properties(QSlider(Qt.Orientation.Horizontal), minimum=0, maximum=LAST_HOUR, singleStep=1, pageStep=3)
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.slider.setTickInterval(3)
        self.slider.setMinimumWidth(_LEAST_SLIDER)
        self.slider.setAccessibleName(tr("Hours ahead"))
        self.now = QPushButton(tr("Now"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.label, 2)
        row.addWidget(self.slider, 3)
        row.addWidget(self.now)
        self.slider.valueChanged.connect(self._on_slider)
        self.now.clicked.connect(partial(self.slider.setValue, 0))

    def hours_ahead(self) -> int:
        return self.slider.value()

    def set_now(self, now_ns: int) -> None:
        self._now_ns = now_ns
        self._show_hour()

    def _on_slider(self, hours_ahead: int) -> None:
        self._show_hour()
        self.changed.emit(hours_ahead)

    def _show_hour(self) -> None:
        text = hour_text(self.slider.value(), self._now_ns) if self._now_ns else ""
        if text != self.label.text():
            self.label.setText(text)
            self.slider.setAccessibleDescription(text)
        self.now.setEnabled(self.slider.value() > 0)

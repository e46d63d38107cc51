"""Everything about one camera: its last picture, its state, what is wrong, and where it is reached."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from engine.model.health import CameraState
from engine.model.snapshot import CameraView
from engine.model.time import Clock
from widgets.devices.camera_table import draw_still, place_text
from widgets.devices.camera_words import camera_status, fault_text, stream_text
from widgets.facts import Facts
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notices
from widgets.marks.status_chip import StatusChip
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.time_text import clock_text, relative_text


class _Still(QWidget):
    """As wide as the card, 16 : 9."""

    def __init__(self) -> None:
        super().__init__()
        self._still: QPixmap | None = None
        self._live = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_still(self, still: QPixmap | None, live: bool) -> None:
        self._still, self._live = still, live
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width * 9 // 16

    def sizeHint(self) -> QSize:
        return QSize(352, 198)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_still(painter, QRectF(self.rect()), self._still, self._live)
        painter.end()


class CameraCard(QFrame):
    """Shows one camera; whoever owns it adds the buttons below with `add_below`."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._clock = clock
        self.name = ElidedLabel()
        set_role(self.name, "section")
        self.place = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.place, "secondary")
        self.chip = StatusChip()
        self.still = _Still()
        self.caption = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.caption, "secondary")
        self.notices = Notices()
        self.facts = Facts()
        self._outer = QVBoxLayout(self)
        self._lay_out_card()

    def _lay_out_card(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        for part in (self.name, self.place, self.chip, self.notices, self.still, self.caption, self.facts):
            column.addWidget(part)
        column.addStretch()
        scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addWidget(scroll, 1)

    def add_below(self, widget: QWidget) -> None:
        """At the foot, always in sight."""
        self._outer.addWidget(widget)

    def show_camera(self, view: CameraView) -> None:
        now_ns, health = self._clock.now_ns(), view.health
        self.name.setText(view.settings.name)
        self.place.setText(place_text(view))
        self.place.setVisible(bool(self.place.text()))
        status, fault = camera_status(health, now_ns), fault_text(health, now_ns)
        self.chip.set_status(status.text, status.level)
        self.notices.set_notices(((fault, status.level),) if fault else ())
        self.facts.set_facts((*self._stream_facts(view, now_ns), *self._address_facts(view)))

    def show_still(self, still: QPixmap | None, live: bool, caption: str) -> None:
        """`caption`: of which time it is, where it is not live, or why there is none."""
        self.still.show_still(still, live)
        self.still.setAccessibleName(caption or self.tr("Live picture"))
        self.caption.setText(caption)
        self.caption.setVisible(bool(caption))

    def _stream_facts(self, view: CameraView, now_ns: int) -> tuple[tuple[str, str], ...]:
        health = view.health
        live, last = health.state is CameraState.LIVE, health.last_picture_ns
        return (
            (self.tr("Last picture"), f"{clock_text(last, now_ns)}, {relative_text(last, now_ns)}" if last else self.tr("No picture yet")),
            (self.tr("Picture rate"), self.tr("{0} fps").format(number_text(health.fps, ".1f")) if live else ""),
            (self.tr("Stream"), stream_text(health)),
            (self.tr("Reconnects"), number_text(health.reconnects) if health.reconnects else ""),
        )

    def _address_facts(self, view: CameraView) -> tuple[tuple[str, str], ...]:
        settings = view.settings
        return ((self.tr("Address"), settings.url), (self.tr("Sub-stream"), settings.sub_url), (self.tr("ONVIF"), settings.onvif))

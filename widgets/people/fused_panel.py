"""One person on the floor, from every sensor: who they are and why, where, and which sensors see them."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.model.radio.fused import FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.time import SECOND
from widgets.facts import Facts
from widgets.icons import icon
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notice
from widgets.number_text import number_text
from widgets.people.identity_bars import IdentityBars
from widgets.people.identity_words import conflict_text, evidence_rows, name_text
from widgets.properties import with_properties
from widgets.shapes import shape_icon
from widgets.space.build import fused_mark
from widgets.space.words import confidence_word, percent_text, speed_text, spread_text
from widgets.theme import set_role
from widgets.time_text import clock_text, duration_text
from widgets.translation import tr


class FusedPanel(QFrame):
    """UI thread. Signals: closed(): nobody is to be selected. naming_requested(): show a menu below `name_button`."""

    closed = Signal()
    naming_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._mark = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.name = ElidedLabel(parent=self)
        set_role(self.name, "section")
        self.close_button = with_properties(
            QToolButton(), icon=icon("x"), toolTip=self.tr("Clear selection (Esc)"), accessibleName=self.tr("Clear selection")
        )
        set_role(self.close_button, "quiet")
        self.close_button.clicked.connect(self.closed)
        self.name_button = with_properties(QToolButton(), text=self.tr(" Identify…"), icon=icon("user"))
        self.name_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.name_button.clicked.connect(self.naming_requested)
        self.conflict = Notice()
        self.gone = Notice()
        self.facts = Facts(self)
        self.why = QLabel(self.tr("Who it is"))
        set_role(self.why, "section")
        self.unknown = QLabel(self.tr("Unknown: no face, phone, voice or operator identification."), wordWrap=True)
        set_role(self.unknown, "secondary")
        self.bars = IdentityBars(self)
        self.note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.note, "secondary")
        self._lay_out_panel()

    def _lay_out_panel(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._mark)
        top.addWidget(self.name, 1)
        top.addStretch()
        top.addWidget(self.close_button)
        who = QHBoxLayout()
        who.addWidget(self.why)
        who.addStretch()
        who.addWidget(self.name_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.gone)
        column.addWidget(self.facts)
        column.addSpacing(6)
        column.addLayout(who)
        for part in (self.conflict, self.unknown, self.bars, self.note):
            column.addWidget(part)

    def show_track(
        self, track: FusedTrack, now_ns: int, zones: Mapping[str, str], sensors: Mapping[str, str], fallen: bool = False
    ) -> None:
        """`zones` and `sensors`: id → name. `fallen`: one of their sensors says that they lie."""
        mark = fused_mark(track, fallen)
        identity = track.identity
        self.gone.set_notice("")
        self._mark.setPixmap(shape_icon("triangle" if fallen else "disc", QColor(mark.color), 18).pixmap(18, 18))
        self.name.setText(name_text(identity) if identity is not None else mark.name)
        self.conflict.set_notice(conflict_text(identity) if identity is not None else "", "moderate")
        self.unknown.setVisible(identity is None)
        self.bars.setVisible(identity is not None)
        self.bars.show_rows(evidence_rows(identity, sensors, now_ns) if identity is not None else ())
        points = self.tr("Points for (+) or against (−) this person: 0 is even odds, each point multiplies the odds by 2.7.")
        self.note.setText(points if identity is not None else "")
        self.note.setVisible(identity is not None)
        self.facts.set_facts(
            (
                (self.tr("Confidence"), self._certainty(track)),
                (self.tr("Place"), place_text(track, zones, spread_text(mark.ellipse).replace(" ", "\u00a0"))),
                (self.tr("Seen by"), "\n".join(source_text(source, sensors, now_ns) for source in track.sources) or self.tr("none now")),
                (self.tr("Since"), self._since(track.since_ns, now_ns)),
                (self.tr("Posture"), _doing(track, fallen)),
            )
        )

    def _certainty(self, track: FusedTrack) -> str:
        if track.identity is None:
            return ""
        confidence = track.identity.confidence
        return self.tr("{0}, {1}").format(percent_text(confidence), confidence_word(confidence))

    def _since(self, since_ns: int, now_ns: int) -> str:
        return self.tr("{0}, for {1}").format(clock_text(since_ns, now_ns), duration_text(max(0, now_ns - since_ns) // SECOND * SECOND))

    def show_gone(self, ended_ns: int, now_ns: int) -> None:
        """Nobody is found there any more; what was known stays to be read."""
        self.gone.set_notice(self.tr("Not detected since {0}. Last state shown.").format(clock_text(ended_ns, now_ns)))


def place_text(track: FusedTrack, zones: Mapping[str, str], spread: str) -> str:
    x, y = (number_text(value, ".1f") for value in track.position[:2])
    where = tr("{0} m east, {1} m north, {2}").format(x, y, spread)
    places = ", ".join(zones[zone] for zone in track.zone_ids if zone in zones)
    return f"{places}: {where}" if places else where


def source_text(source: FusedSource, sensors: Mapping[str, str], now_ns: int) -> str:
    """`Camera Yard, ± 0.3 m`, with how long ago where that matters."""
    word = source_word(source.kind)
    sensor = sensors.get(source.sensor_id, source.sensor_id) if source.kind is not SourceKind.RADIO else ""
    words = [f"{word} {sensor}".strip(), tr("± {0} m").format(number_text(source.sigma_m, ".1f"))]
    age_ns = now_ns - source.last_ns
    if age_ns >= 2 * SECOND:
        words.append(tr("{0} ago").format(duration_text(age_ns // SECOND * SECOND)))
    return ", ".join(words)


def source_word(kind: SourceKind) -> str:
    return {SourceKind.CAMERA: tr("Camera"), SourceKind.RADIO: tr("Radio"), SourceKind.BLE: tr("Phone, received by")}[kind]


def _doing(track: FusedTrack, fallen: bool) -> str:
    if fallen:
        return tr("Fallen, lying on the floor")
    if track.status is FusedStatus.COASTING:
        return tr("Not detected now; predicted position")
    moving = speed_text(track.velocity)
    text = f"{track.activity}, {moving}" if track.activity else moving
    return text[:1].upper() + text[1:]

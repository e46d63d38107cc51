"""One person on the floor: who it is and why, how sure, where, since when; and which links say so."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.model.radio.blob import BleMatch, Blob, BlobExplanation, BlobStatus, Posture
from widgets.facts import Facts
from widgets.icons import icon
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notice
from widgets.number_text import number_text
from widgets.people.contribution_bars import ContributionBars
from widgets.people.contribution_rows import adds_up, plain_text
from widgets.shapes import shape_icon
from widgets.space.build import person_mark
from widgets.space.words import confidence_word, percent_text, speed_text, spread_text
from widgets.theme import set_role
from widgets.time_text import clock_text, duration_text
from widgets.translation import tr


class ExplanationPanel(QFrame):
    """UI thread. Give it the blob and, when it comes, its explanation.

    Signals: link_pointed(link id or empty); closed(): the operator wants nobody selected.
    """

    link_pointed = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.facts = Facts(self)
        self.gone = Notice()
        self._mark = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._name = ElidedLabel(parent=self)
        set_role(self._name, "section")
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon("x"))
        self.close_button.setAccessibleName(self.tr("Clear selection"))
        self.close_button.setToolTip(self.tr("Clear selection (Esc)"))
        set_role(self.close_button, "quiet")
        self.close_button.clicked.connect(self.closed)
        self._why = self._text_label("section")
        self._sum = self._text_label("secondary")
        self.bars = ContributionBars(self)
        self.bars.link_pointed.connect(self.link_pointed)
        self._note = self._text_label("secondary")
        self._lay_out_panel()

    def _text_label(self, role: str) -> QLabel:
        label = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setTextFormat(Qt.TextFormat.PlainText)
        set_role(label, role)
        return label

    def _lay_out_panel(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._mark)
        top.addWidget(self._name, 1)
        top.addStretch()
        top.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.gone)
        column.addWidget(self.facts)
        column.addSpacing(6)
        for part in (self._why, self._sum, self.bars, self._note):
            column.addWidget(part)
        column.addStretch()
        self._why.setText(self.tr("Evidence"))

    def set_heading_visible(self, visible: bool) -> None:
        """Without it only what links say: who and where stand elsewhere."""
        for part in (self._mark, self._name, self.close_button, self.facts):
            part.setVisible(visible)
        self._why.setText(self.tr("Evidence") if visible else self.tr("Radio evidence"))

    def show_blob(self, blob: Blob, now_ns: int, zones: Mapping[str, str]) -> None:
        """`zones`: id → name."""
        mark = person_mark(blob)
        self.gone.set_notice("")
        self._mark.setPixmap(shape_icon("triangle" if mark.fallen else "disc", QColor(mark.color), 18).pixmap(18, 18))
        self._name.setText(mark.name)
        self.facts.set_facts(
            (
                (self.tr("Name"), name_reason(blob.identity, now_ns)),
                (self.tr("Confidence"), self.tr("{0} %, {1}").format(round(100 * blob.confidence), confidence_word(blob.confidence))),
                (self.tr("Place"), _place_text(blob, spread_text(mark.ellipse).replace(" ", "\u00a0"), zones)),
                (self.tr("Since"), self._since_text(blob.since_ns, now_ns)),
                (self.tr("Posture"), doing_text(blob)),
            )
        )
        self.facts.setToolTip(self.tr("The ring on the floor contains the true position in two of three cases."))

    def _since_text(self, since_ns: int, now_ns: int) -> str:
        return self.tr("{0}, for {1}").format(clock_text(since_ns, now_ns), duration_text(_whole_seconds(now_ns - since_ns)))

    def show_explanation(self, explanation: BlobExplanation | None, nodes: Mapping[str, str], trouble: str = "") -> None:
        """`nodes`: MAC → name. None while it has not come yet; `trouble`: why it does not come."""
        self.bars.show_explanation(explanation, nodes)
        self.bars.setVisible(explanation is not None)
        self._note.setText(trouble or (_overlap_text(explanation) if explanation else self.tr("Asking the engine…")))
        self._sum.setVisible(explanation is not None)
        if explanation is not None:
            speaking = sum(link.contributing for link in explanation.links)
            self._sum.setText(self._sum_text(explanation, speaking))

    def sum_text(self) -> str:
        """What stands above the bars."""
        return self._sum.text()

    def note_text(self) -> str:
        """What stands below them."""
        return self._note.text()

    def _sum_text(self, explanation: BlobExplanation, speaking: int) -> str:
        if not adds_up(explanation):
            return self.tr("These figures do not add up to the fused value. Please report this.")
        text = self.tr("{0} of {1} links support this position. Their sum is the fused value, {2}.")
        return text.format(speaking, len(explanation.links), plain_text(explanation.fused_value))

    def show_gone(self, ended_ns: int, now_ns: int) -> None:
        """Nobody is found there any more; what was known stays to be read."""
        self.gone.set_notice(tr("Not detected since {0}. Last state shown.").format(clock_text(ended_ns, now_ns)))


def _place_text(blob: Blob, spread: str, zones: Mapping[str, str]) -> str:
    x, y = (number_text(value, ".1f") for value in blob.position[:2])
    where = tr("{0} m east, {1} m north, {2}").format(x, y, spread)
    places = ", ".join(zones[zone] for zone in blob.zone_ids if zone in zones)
    return f"{places}: {where}" if places else where


def _whole_seconds(length_ns: int) -> int:
    return max(0, length_ns) // 1_000_000_000 * 1_000_000_000


def _overlap_text(explanation: BlobExplanation) -> str:
    if explanation.intersection_m3 <= 0:
        return tr("Point at a bar to see its Fresnel zone on the floor.")
    text = tr("Point at a bar to see its Fresnel zone. The zones overlap in {0} m³.")
    return text.format(number_text(explanation.intersection_m3, ".2f"))


def name_reason(match: BleMatch | None, now_ns: int) -> str:
    """Why it has this name, or why it has none."""
    if match is None:
        return tr("Unknown: no registered phone is located here.")
    reason = tr("{0}: phone located here") if match.method == "position" else tr("{0}: phone signal matches this position")
    heard = tr("heard by {0} scanners").format(len(match.reported_by)) if len(match.reported_by) != 1 else tr("heard by one scanner")
    age = duration_text(_whole_seconds(now_ns - match.since_ns))
    return tr("{0}, {1}, confidence {2}, for {3}.").format(reason.format(match.person_name), heard, percent_text(match.confidence), age)


def doing_text(blob: Blob) -> str:
    """Posture and movement in words."""
    if blob.posture is Posture.FALLEN:
        return tr("Fallen, lying on the floor")
    if blob.status is BlobStatus.COASTING:
        return tr("Not detected now; predicted position")
    words = {Posture.UPRIGHT: tr("Upright"), Posture.UNKNOWN: tr("Posture unknown")}[blob.posture]
    return f"{words}, {tr('breathing, otherwise still') if blob.still else speed_text(blob.velocity)}"

"""What speaks for something, part by part, adding up; and what is left where a source is silent."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from engine.model.alerts.decision import Decision, EvidencePart
from engine.model.alerts.explanation import Standing, standing
from widgets.alerts.alert_words import NO_NAMES
from widgets.alerts.gate_words import gate_title
from widgets.look import scaled
from widgets.marks.notice import Notice
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.theme import color, font, set_role
from widgets.translation import inside, tr

_WIDE = 420  # from here on a name is beside its bar


class EvidenceParts(QWidget):
    """Taking a tick away is asking: what if this source were silent?"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._decision: Decision | None = None
        self._names: Mapping[str, str] = NO_NAMES
        self._narrow = False
        self._parts: list[tuple[QCheckBox, EvidenceBar, QLabel]] = []
        self._total_bar, self._total = EvidenceBar(), _figure()
        self._total_name = QLabel(self.tr("Total"))
        self.verdict = Notice(level="good")
        self.again = QPushButton(self.tr("Reset sources"))
        set_role(self.again, "link")
        self.again.clicked.connect(self.hear_all)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._grid)
        column.addWidget(self.verdict)
        column.addWidget(self.again, alignment=Qt.AlignmentFlag.AlignLeft)

    def show_decision(self, decision: Decision | None, sensors: Mapping[str, str] = NO_NAMES) -> None:
        """`sensors`: names of cameras by id. What was asked of the same decision stays asked."""
        if decision is self._decision or (decision is not None and decision == self._decision):
            return
        self._decision, self._names = decision, sensors
        self._clear()
        parts = () if decision is None else decision.evidence
        for part in parts:
            self._add_part(part)
        for widget in (self._total_name, self._total_bar, self._total):
            widget.setVisible(bool(parts))
        self._place_parts()
        self._show_standing()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._is_narrow() != self._narrow:
            self._place_parts()

    def _is_narrow(self) -> bool:
        return self.width() < scaled(_WIDE)

    def _place_parts(self) -> None:
        """Where there is no room for a name beside its bar, it stands above it."""
        self._narrow = self._is_narrow()
        for number, (name, bar, figure) in enumerate((*self._parts, (self._total_name, self._total_bar, self._total))):
            line = 2 * number
            self._grid.addWidget(name, line, 0, 1, 3 if self._narrow else 1)
            self._grid.addWidget(bar, line + self._narrow, 1)
            self._grid.addWidget(figure, line + self._narrow, 2)

    def silent(self) -> frozenset[int]:
        """Numbers of the parts that are left out."""
        return frozenset(number for number, (box, _, _) in enumerate(self._parts) if not box.isChecked())

    def boxes(self) -> tuple[QCheckBox, ...]:
        return tuple(box for box, _, _ in self._parts)

    def hear_all(self) -> None:
        for box in self.boxes():
            box.setChecked(True)

    def total_text(self) -> str:
        return self._total.text()

    def _clear(self) -> None:
        for row in self._parts:
            for widget in row:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._parts = []

    def _add_part(self, part: EvidencePart) -> None:
        sensor = self._names.get(part.sensor_id, "")
        text = f"{part.label} ({sensor})" if sensor else part.label
        box = _Source(text)
        box.setChecked(True)
        box.setAccessibleName(self.tr("{0}, {1}").format(text, number_text(part.log_odds, "+.2f")))
        box.setToolTip(plain_tip(f"{text}\n{self.tr('Clear to test the alert without this source')}"))
        box.toggled.connect(self._show_standing)
        self._parts.append((box, EvidenceBar(), _figure()))

    def _show_standing(self) -> None:
        if self._decision is None:
            self.verdict.set_notice("")
            self.again.hide()
            return
        silent, left = self.silent(), standing(self._decision, self.silent())
        self._show_bars(self._decision.evidence, silent, left)
        text, level = verdict_text(self._decision, silent, left)
        self.verdict.set_notice(text, level)
        self.again.setVisible(bool(silent))

    def _show_bars(self, parts: tuple[EvidencePart, ...], silent: frozenset[int], left: Standing) -> None:
        spans: list[tuple[float, float]] = []
        at = 0.0
        for number, part in enumerate(parts):
            end = at if number in silent else at + part.log_odds
            spans.append((at, end))
            at = end
        needed = left.needed if left.needed else None
        ends = [0.0, needed or 0.0, *(each for span in spans for each in span)]
        scale = min(ends), max(max(ends), min(ends) + 0.1)
        for number, (_, bar, figure) in enumerate(self._parts):
            start, end = spans[number]
            bar.show_span(start, end, scale, needed)
            figure.setText(self.tr("cleared") if number in silent else number_text(parts[number].log_odds, "+.2f"))
        self._total_bar.show_span(0.0, left.log_odds, scale, needed, total=True)
        self._total.setText(number_text(left.log_odds, ".2f"))


class _Source(QCheckBox):
    """Its text gives way to the room that there is."""

    def __init__(self, text: str) -> None:
        super().__init__(text.replace("&", "&&"))
        self._text = text
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, self).width()
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        option.text = shown.replace("&", "&&")  # type: ignore[attr-defined]
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)
        painter.end()


class EvidenceBar(QWidget):
    """One bar from where the one before ended, with a line at what is needed. The words beside it say the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._span, self._scale = (0.0, 0.0), (0.0, 1.0)
        self._needed: float | None = None
        self._is_total = False
        self.setFixedSize(QSize(190, 24))

    def show_span(self, start: float, end: float, scale: tuple[float, float], needed: float | None, total: bool = False) -> None:
        self._span, self._scale, self._needed, self._is_total = (start, end), scale, needed, total
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, height = self.height() / 2, 8 if self._is_total else 6
        painter.setPen(QPen(color("line_strong"), 1))
        painter.drawLine(QPointF(self._x(0.0), 2), QPointF(self._x(0.0), self.height() - 2))
        left, right = sorted((self._x(self._span[0]), self._x(self._span[1])))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._tint())
        if right - left > 0.01:
            painter.drawRoundedRect(QRectF(left, middle - height / 2, max(2.0, right - left), height), 2, 2)
        if self._needed is not None:
            painter.setPen(QPen(color("moderate"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(self._x(self._needed), 1), QPointF(self._x(self._needed), self.height() - 1))
        painter.end()

    def _tint(self) -> QColor:
        if self._is_total:
            enough = self._needed is None or self._span[1] >= self._needed
            return color("good" if enough else "high")
        return color("accent" if self._span[1] >= self._span[0] else "high")

    def _x(self, value: float) -> float:
        low, high = self._scale
        return 4 + (self.width() - 8) * (value - low) / (high - low)


def verdict_text(decision: Decision, silent: frozenset[int], left: Standing) -> tuple[str, str]:
    """A sentence and its level: does it stand on what is left?"""
    if not decision.evidence:
        return tr("This rule weighs no evidence: only the conditions below decide."), "neutral"
    total = number_text(left.log_odds, ".2f")
    needed = tr("threshold {0}").format(number_text(left.needed, ".2f")) if left.needed is not None else tr("none required")
    if not silent:
        return tr("The dashed line is the threshold ({0}). Clear a source to test the alert without it.").format(needed), "neutral"
    if len(silent) == len(decision.evidence):
        return tr("Below the threshold: no evidence left."), "high"
    if left.stands:
        return tr("Still above the threshold: total {0}, {1}.").format(total, needed), "good"
    if left.failed:
        stopped = inside(gate_title(left.failed[0].gate))
        return tr("Not raised in any case because of another condition: {0}.").format(stopped), "high"
    return tr("Below the threshold: total {0}, {1}.").format(total, needed), "high"


def _figure() -> QLabel:
    label = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, textFormat=Qt.TextFormat.PlainText)
    label.setFont(font("body"))
    label.setMinimumWidth(48)
    return label

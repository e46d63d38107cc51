"""Why a cell of the risk map has its risk: what is usual there, and what each incident of late adds. They add up."""

from functools import partial
from operator import attrgetter

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.model.risk.risk import Hotspot, RiskPart, RiskReasons
from widgets.facts import Facts
from widgets.incidents.incident_words import category_word, coordinates_text, distance_text
from widgets.maps.risk_words import age_words, confidence_text, risk_text
from widgets.marks.elided_button import ElidedButton
from widgets.marks.notice import Notice
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.people.evidence_parts import EvidenceBar
from widgets.theme import set_role
from widgets.time_text import relative_text
from widgets.translation import tr

_MOST_PARTS = 12


class RiskCard(QWidget):
    """Signals: incident_chosen(id)."""

    incident_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: object = None
        self.title = QLabel(tr("Why this value"))
        self.figure = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.note = Notice(level="neutral")
        self.facts = Facts()
        self._rows: list[tuple[QWidget, EvidenceBar, QLabel]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        set_role(self.title, "section")
        set_role(self.figure, "figure")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (self.title, self.figure, self.note):
            column.addWidget(widget)
        column.addLayout(self._grid)
        column.addWidget(self.facts)
        column.addStretch(1)
        self.show_nothing()

    def show_nothing(self, why: str = "") -> None:
        """Nothing is chosen, or it could not be asked (`why`)."""
        self._shown = None
        self._clear()
        self.figure.hide()
        self.facts.hide()
        self.note.set_notice(why or tr("Click the map to explain the value of a cell."), "high" if why else "neutral")
        self.note.show()

    def show_reasons(self, reasons: RiskReasons, now_ns: int) -> None:
        if reasons == self._shown:
            return
        self._shown = reasons
        spot = reasons.spot
        self.figure.setText(risk_text(spot.risk))
        self.figure.show()
        text, level = _caution(spot)
        self.note.set_notice(text, level)
        self.note.setVisible(bool(text))
        self._show_parts(reasons, now_ns)
        self.facts.set_facts(_hotspot_facts(spot, now_ns))
        self.facts.show()

    def parts(self) -> tuple[str, ...]:
        """The rows as they read: what, and how much it adds."""
        return tuple(f"{_row_text(row)} {figure.text()}" for row, _, figure in self._rows)

    def _show_parts(self, reasons: RiskReasons, now_ns: int) -> None:
        self._clear()
        spot = reasons.spot
        if spot.risk is None:
            return
        base, added = spot.base or 0.0, sum(part.left for part in reasons.parts)
        scale = (0.0, max(base + added, 0.05))
        usual, figure = (tr("No earlier data"), "–") if spot.base is None else (tr("Baseline at this hour"), number_text(base, ".2f"))
        self._add_row(QLabel(usual, textFormat=Qt.TextFormat.PlainText), (0.0, base), scale, figure)
        at = base
        ordered = sorted(reasons.parts, key=attrgetter("left"), reverse=True)
        for part in ordered[:_MOST_PARTS]:
            self._add_row(self._link(part, now_ns), (at, at + part.left), scale, f"+{number_text(part.left, '.3f')}")
            at += part.left
        if others := ordered[_MOST_PARTS:]:
            left = sum(part.left for part in others)
            self._add_row(
                QLabel(tr("{0} more incidents").format(number_text(len(others))), textFormat=Qt.TextFormat.PlainText),
                (at, at + left),
                scale,
                f"+{number_text(left, '.3f')}",
            )
        capped = base + added > 1.0
        total = QLabel(tr("Total, at most 1") if capped else tr("Total"))
        self._add_row(total, (0.0, spot.risk), scale, number_text(spot.risk, ".2f"), total=True)

    def _link(self, part: RiskPart, now_ns: int) -> QPushButton:
        text = f"{category_word(part.category)}, {distance_text(part.distance_m)}, {relative_text(part.at_ns, now_ns)}"
        button = ElidedButton(text)
        set_role(button, "link")
        button.setStyleSheet("text-align: left; padding-left: 0")
        detail = tr("Added {0}: severity {1}, weight {2}. {3} remains.").format(
            number_text(part.added, ".3f"), part.severity, number_text(part.weight, "g"), number_text(part.left, ".3f")
        )
        button.setToolTip(plain_tip(f"{text}\n{detail}"))
        button.clicked.connect(partial(self.incident_chosen.emit, part.incident_id))
        return button

    def _add_row(self, what: QWidget, span: tuple[float, float], scale: tuple[float, float], value: str, total: bool = False) -> None:
        bar, figure = (
            EvidenceBar(),
            QLabel(value, alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, textFormat=Qt.TextFormat.PlainText),
        )
        what.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        bar.show_span(*span, scale, None, total)
        bar.setFixedWidth(84)
        for column, widget in enumerate((what, bar, figure)):
            self._grid.addWidget(widget, len(self._rows), column)
        self._rows.append((what, bar, figure))

    def _clear(self) -> None:
        for row in self._rows:
            for widget in row:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = []


def _row_text(row: QWidget) -> str:
    return row.text() if isinstance(row, (QLabel, QPushButton)) else ""


def _caution(spot: Hotspot) -> tuple[str, str]:
    if spot.risk is None:
        return tr("No reports here in the period of the map. No data does not mean no risk."), "neutral"
    if spot.stale:
        return tr("Out of date: the map was not recomputed in time."), "moderate"
    return "", "neutral"


def _hotspot_facts(spot: Hotspot, now_ns: int) -> tuple[tuple[str, str], ...]:
    known = spot.risk is not None
    kinds = ", ".join(category_word(each) for each in spot.categories[:4])
    return (
        (tr("Confidence"), confidence_text(spot.confidence) if known else ""),
        (tr("Last 30 days"), _incident_count(spot.incidents) if known else ""),
        (tr("Kinds"), kinds),
        (tr("Severity"), "" if spot.mean_severity is None else tr("{0} on average").format(number_text(spot.mean_severity, ".1f"))),
        (tr("Area"), spot.neighbourhood),
        (tr("Middle"), coordinates_text(spot.latitude, spot.longitude)),
        (tr("Computed"), age_words(spot, now_ns)),
    )


def _incident_count(incidents: int) -> str:
    return tr("1 incident") if incidents == 1 else tr("{0} incidents").format(number_text(incidents))

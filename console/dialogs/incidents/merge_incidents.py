"""Two incidents side by side, before they become one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QLabel, QRadioButton, QScrollArea, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine._geodesic import distance_m
from engine.model.alerts.commands import MergeIncidents
from engine.model.incidents.incident import Incident
from widgets.facts import Facts
from widgets.incidents.incident_table import SEVERITY_LEVELS, status_text
from widgets.incidents.incident_words import category_word, distance_text, gap_text, one_line
from widgets.layout.boxes import make_column, make_row
from widgets.marks.status_chip import StatusChip
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.theme import set_role, severity_word
from widgets.time_text import clock_text
from widgets.translation import tr
from widgets.written_text import WrittenText

_TITLE = 60


class IncidentSide(QFrame):
    """One of both. Its box says that it is kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.keep = QRadioButton(self.tr("Keep this one"))
        self.chip, self.facts, self.text = StatusChip(), Facts(), WrittenText()
        holder = QWidget()
        inner = make_column(holder, margins=(0, 0, 8, 0))
        inner.addWidget(self.text)
        inner.addStretch(1)
        scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder)
        column = make_column(self, spacing=8, margins=(14, 12, 14, 12))
        column.addWidget(self.keep)
        column.addWidget(self.chip, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.facts)
        column.addWidget(scroll, 1)
        self.setMinimumWidth(280)

    def show_incident(self, it: Incident, now_ns: int | None) -> None:
        self.chip.set_status(f"{category_word(it.category)}, {severity_word(it.severity).lower()}", SEVERITY_LEVELS[it.severity])
        self.facts.set_facts(
            (
                (self.tr("Occurred"), clock_text(it.occurred_ns, now_ns)),
                (self.tr("Status"), status_text(it)),
                (self.tr("Reporters"), str(it.reporter_count)),
                (self.tr("Confidence"), f"{number_text(100 * it.confidence, '.0f')} %"),
            )
        )
        self.text.set_written(it.description)


class MergeIncidentsDialog(SavingDialog):
    """Signals: merged(id of the one that is kept)."""

    merged = Signal(str)

    def __init__(
        self, bridge: EngineBridge, incident: Incident, others: tuple[Incident, ...], chosen_id: str = "", parent: QWidget | None = None
    ) -> None:
        """`others`: those to choose from, likeliest first; never empty."""
        lead = tr("All reports are kept. The incident you keep sets place and time; reports can be split off again.")
        super().__init__(bridge, tr("Merge incidents"), lead, parent=parent)
        self.resize(760, 600)
        self._incident, self._others = incident, {each.id: each for each in others}
        self._now_ns = bridge.snapshot.at_ns if bridge.snapshot is not None else None
        self.other = QComboBox()
        self.other.setAccessibleName(self.tr("The other incident"))
        for each in others:
            self.other.addItem(_described(each, incident, self._now_ns), each.id)
        self.other.setCurrentIndex(max(0, self.other.findData(chosen_id)))
        self.between = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.between, "secondary")
        self.mine, self.theirs = IncidentSide(), IncidentSide()
        self._keep = QButtonGroup(self)
        self._keep.addButton(self.mine.keep)
        self._keep.addButton(self.theirs.keep)
        both = make_row(spacing=12)
        both.addWidget(self.mine, 1)
        both.addWidget(self.theirs, 1)
        self.add_labelled(self.tr("Merge with"), self.other)
        self.body.addWidget(self.between)
        self.body.addLayout(both, 1)
        self.mine.show_incident(incident, self._now_ns)
        self.other.currentIndexChanged.connect(self._show_other)
        self.add_save(self.tr("&Merge"))
        self._show_other()

    def _show_other(self) -> None:
        other = self._other()
        self.theirs.show_incident(other, self._now_ns)
        self.between.setText(_apart(self._incident, other))
        first = other if (other.occurred_ns, other.id) < (self._incident.occurred_ns, self._incident.id) else self._incident
        (self.mine if first is self._incident else self.theirs).keep.setChecked(True)

    def _other(self) -> Incident:
        return self._others[self.other.currentData()]

    def command(self) -> MergeIncidents:
        mine, theirs = self._incident.id, self._other().id
        return MergeIncidents(mine, theirs) if self.mine.keep.isChecked() else MergeIncidents(theirs, mine)

    def done_with(self, outcome: str) -> None:
        self.merged.emit(outcome)
        self.accept()


def _apart(one: Incident, other: Incident) -> str:
    metres = distance_m(one.latitude, one.longitude, other.latitude, other.longitude)
    gap_s = (other.occurred_ns - one.occurred_ns) / 1e9
    when = tr("at the same time") if abs(gap_s) < 0.5 else (tr("{0} later") if gap_s > 0 else tr("{0} earlier")).format(gap_text(gap_s))
    return tr("Distance {0}, {1}.").format(distance_text(metres), when)


def _described(it: Incident, beside: Incident, now_ns: int | None) -> str:
    metres = distance_m(it.latitude, it.longitude, beside.latitude, beside.longitude)
    words = one_line(it.description)
    short = words if len(words) <= _TITLE else f"{words[:_TITLE]}…"
    return f"{clock_text(it.occurred_ns, now_ns)}, {distance_text(metres)}: {category_word(it.category)}. {short}"

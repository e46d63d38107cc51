"""Plumes of smoke, newest first: who sees them, where they are, and what an operator says they are."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.model.fire.smoke import Crossing, ListedPlume, SmokeLabel, SmokeSequence, SmokeView, ValidationState
from widgets.icons import icon
from widgets.incidents.incident_words import coordinates_text
from widgets.marks.notice import Notice
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.time_text import clock_text, relative_text
from widgets.translation import tr

MOST = 12


class SmokeList(QWidget):
    """Signals: plume_chosen(plume id); labelled(sequence id, SmokeLabel or None); unmatched(plume id, sequence id); merged(plume ids, two
    or more, newest first)."""

    plume_chosen = Signal(str)
    labelled = Signal(str, object)
    unmatched = Signal(str, str)
    merged = Signal(object)

    def __init__(self, may_label: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_label = may_label
        self._shown: object = None
        self.title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.state = Notice(level="neutral")
        self.panels: list[PlumePanel] = []
        self._picked: set[str] = set()
        self._busy = False
        self.one = QPushButton(icon("merge"), tr("&Merge plumes"))
        self.one.clicked.connect(self._emit_merged)
        set_role(self.title, "section")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.title)
        self._column.addWidget(self.state)
        self._column.addWidget(self.one, alignment=Qt.AlignmentFlag.AlignLeft)
        self._show_one()

    def show_smoke(self, smoke: SmokeView, names: Mapping[str, str], now_ns: int) -> None:
        """`names`: of cameras by id. Made anew only when something changed, so that a choice that is open stays open."""
        plumes = smoke.plumes[:MOST]
        text, level = smoke_state(smoke)
        self.title.setText(tr("Smoke ({0})").format(len(smoke.plumes)) if smoke.plumes else tr("Smoke"))
        self.state.set_notice(text, level)
        self.state.setVisible(bool(text))
        if (plumes, dict(names)) != self._shown:
            self._shown = (plumes, dict(names))
            self._refill(plumes, names)
        for panel in self.panels:
            panel.show_time(now_ns)

    def picked(self) -> tuple[str, ...]:
        """Plumes that are ticked, as they stand in the list."""
        return tuple(panel.listed.plume.id for panel in self.panels if panel.listed.plume.id in self._picked)

    def unpick(self) -> None:
        for panel in self.panels:
            panel.pick.setChecked(False)

    def set_busy(self, busy: bool) -> None:
        """While they are being made one."""
        self._busy = busy
        self._show_one()

    def _emit_merged(self) -> None:
        self.merged.emit(self.picked())

    def _pick(self, plume_id: str, on: bool) -> None:
        (self._picked.add if on else self._picked.discard)(plume_id)
        self._show_one()

    def _show_one(self) -> None:
        count = len(self.picked())
        self.one.setVisible(self._may_label and len(self.panels) > 1)
        self.one.setEnabled(count > 1 and not self._busy)
        self.one.setText(tr("&Merge {0} plumes").format(count) if count > 1 else tr("&Merge plumes"))
        told = tr("Merge the selected plumes (Alt+M)")
        self.one.setToolTip(plain_tip(told if count > 1 else tr("Select two or more plumes to merge")))

    def _refill(self, plumes: tuple[ListedPlume, ...], names: Mapping[str, str]) -> None:
        """With the ticks and the focus where they were: smoke that goes on is told anew every few seconds."""
        self._picked &= {listed.plume.id for listed in plumes}
        focused = next((panel.listed.plume.id for panel in self.panels if panel.pick.hasFocus()), "")
        self._fill_panels(plumes, names)
        for panel in self.panels:
            plume_id = panel.listed.plume.id
            panel.pick.setChecked(plume_id in self._picked)
            panel.pick.setVisible(self._may_label and len(plumes) > 1)
            panel.pick.toggled.connect(partial(self._pick, plume_id))
            if plume_id == focused:
                panel.pick.setFocus()
        self._show_one()

    def _fill_panels(self, plumes: tuple[ListedPlume, ...], names: Mapping[str, str]) -> None:
        for panel in self.panels:
            self._column.removeWidget(panel)
            panel.hide()
            panel.deleteLater()
        self.panels = [PlumePanel(plume, names, self._may_label) for plume in plumes]
        for panel in self.panels:
            panel.chosen.connect(self.plume_chosen)
            panel.labelled.connect(self.labelled)
            panel.unmatched.connect(self.unmatched)
            self._column.addWidget(panel)


class PlumePanel(QFrame):
    """One plume. Signals as of `SmokeList`."""

    chosen = Signal(str)
    labelled = Signal(str, object)
    unmatched = Signal(str, str)

    def __init__(self, listed: ListedPlume, names: Mapping[str, str], may_label: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.listed = listed
        self.time = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.labels: dict[str, QComboBox] = {}
        set_role(self, "panel")
        set_role(self.time, "secondary")
        title = QPushButton(seen_by(listed.sequences, names))
        set_role(title, "link")
        title.setStyleSheet("text-align: left; padding-left: 0")
        title.setToolTip(plain_tip(f"{title.text()}\n{tr('Show it on the map')}"))
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        title.clicked.connect(partial(self.chosen.emit, listed.plume.id))
        self.pick = with_properties(QCheckBox(), accessibleName=tr("{0}: select to merge with other plumes").format(title.text()))
        self.pick.setToolTip(tr("Select to merge with other plumes"))
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.pick)
        head.addWidget(title, 1)
        self.place = QLabel(place_text(listed.plume.place), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.place, "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(head)
        for widget in (self.time, self.place):
            column.addWidget(widget)
        for sequence in listed.sequences:
            column.addLayout(self._sequence_row(sequence, names, may_label))
        if listed.hidden:
            hidden = QLabel(hidden_text(listed.hidden), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            set_role(hidden, "secondary")
            column.addWidget(hidden)

    def show_time(self, now_ns: int) -> None:
        plume = self.listed.plume
        seen = tr("Since {0}, last seen {1}").format(clock_text(plume.started_ns, now_ns), relative_text(plume.last_seen_ns, now_ns))
        self.time.setText(f"{seen}, {tr('simulated')}" if plume.simulated else seen)

    def _sequence_row(self, sequence: SmokeSequence, names: Mapping[str, str], may_label: bool) -> QVBoxLayout:
        """What it says has a line of its own: beside the buttons the camera's name would be cut."""
        what = QLabel(sequence_text(sequence, names), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        what.setToolTip(plain_tip(validation_text(sequence)))
        choices = QHBoxLayout()
        choices.setSpacing(8)
        choices.addWidget(self._label_choice(sequence, names, may_label), 1)
        if len(self.listed.plume.sequence_ids) > 1:
            choices.addWidget(self._unmatch_button(sequence, may_label), alignment=Qt.AlignmentFlag.AlignVCenter)
        row = QVBoxLayout()
        row.setSpacing(4)
        row.addWidget(what)
        row.addLayout(choices)
        return row

    def _label_choice(self, sequence: SmokeSequence, names: Mapping[str, str], may_label: bool) -> QComboBox:
        label = with_properties(QComboBox(), accessibleName=tr("What {0} sees").format(names.get(sequence.camera_id, sequence.camera_id)))
        for value, words in label_words().items():
            label.addItem(words, value)
        label.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        label.setMinimumContentsLength(8)
        label.setCurrentIndex(label.findData(sequence.label.value if sequence.label is not None else ""))
        label.activated.connect(lambda _: self.labelled.emit(sequence.id, _label(label.currentData())))
        label.setEnabled(may_label)
        self.labels[sequence.id] = label
        return label

    def _unmatch_button(self, sequence: SmokeSequence, may_label: bool) -> QPushButton:
        apart = QPushButton(tr("Not a duplicate"))
        apart.setToolTip(tr("Report a different plume"))
        apart.setEnabled(may_label)
        apart.clicked.connect(partial(self.unmatched.emit, self.listed.plume.id, sequence.id))
        return apart


def smoke_state(smoke: SmokeView) -> tuple[str, str]:
    """What has to be known beside the list, with its level."""
    if smoke.trouble:
        return smoke.trouble, "high"
    if smoke.left_out:
        left = tr("1 plume hidden by the fire weather rule.") if smoke.left_out == 1 else tr("{0} plumes hidden by the fire weather rule.")
        return left.format(smoke.left_out), "neutral"
    return ("", "neutral") if smoke.plumes else (tr("No smoke in the last 24 hours."), "neutral")


def seen_by(sequences: tuple[SmokeSequence, ...], names: Mapping[str, str]) -> str:
    cameras = list(dict.fromkeys(names.get(each.camera_id, each.camera_id) for each in sequences))
    return tr("Seen by {0}").format(", ".join(cameras))


def place_text(place: Crossing | None) -> str:
    if place is None:
        return tr("One bearing only: distance unknown.")
    where = coordinates_text(place.latitude, place.longitude, 4)
    size = tr("within {0} × {1} km").format(number_text(place.major_m / 1000, ".1f"), number_text(place.minor_m / 1000, ".1f"))
    doubt = "" if place.accurate else tr("; bearings cross at {0}° only").format(number_text(place.angle_deg, ".0f"))
    return f"{where}, {size}{doubt}"


def sequence_text(sequence: SmokeSequence, names: Mapping[str, str]) -> str:
    sure = tr("confidence unknown") if sequence.max_conf is None else tr("confidence {0}").format(number_text(sequence.max_conf, ".2f"))
    toward = "" if sequence.azimuth_deg is None else f", {number_text(sequence.azimuth_deg, '.0f')}°"
    trial = tr(", experimental") if sequence.experimental else ""
    return f"{names.get(sequence.camera_id, sequence.camera_id)}: {sure}{toward}{trial}"


def validation_text(sequence: SmokeSequence) -> str:
    match sequence.validation:
        case ValidationState.UNAVAILABLE:
            return tr("Not verified: no answer from the scoring service.")
        case ValidationState.FAILED:
            return tr("Could not be verified. Review the picture.")
        case ValidationState.WAITING:
            return tr("Not verified yet: more pictures needed.")
        case ValidationState.DECLINED | ValidationState.EXHAUSTED if sequence.score is not None:
            return tr("Second check declined: {0}, more than 0.45 needed. No alert.").format(number_text(sequence.score, ".2f"))
        case _:
            return "" if sequence.score is None else tr("Verified over several pictures: {0}.").format(number_text(sequence.score, ".2f"))


def hidden_text(hidden: int) -> str:
    return tr("1 more hidden by the fire weather rule.") if hidden == 1 else tr("{0} more hidden by the fire weather rule.").format(hidden)


def label_words() -> dict[str, str]:
    """By the label's value; empty: none yet."""
    return {
        "": tr("Unclassified"),
        SmokeLabel.WILDFIRE_SMOKE.value: tr("Wildfire smoke"),
        SmokeLabel.OTHER_SMOKE.value: tr("Other smoke"),
        SmokeLabel.OTHER.value: tr("No smoke"),
    }


def _label(value: str) -> SmokeLabel | None:
    return SmokeLabel(value) if value else None

"""What is recorded, and how long it is kept."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QFormLayout, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.command import ChangeSettings
from engine.model.settings import RecordingSettings
from widgets.theme import set_role


class RecordingDialog(SavingDialog):
    """For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, _title(), width=500, parent=parent)
        self._now = bridge.snapshot.settings.recording if bridge.snapshot is not None else RecordingSettings()
        self.enabled = QCheckBox(self.tr("Record &clips of events"))
        self.continuous = QCheckBox(self.tr("Record &everything that cameras send, all the time"))
        self.days = _number(self.tr(" days"), self._now.keep_segments_days, 0.04, 3650)
        self.gib = _number(self.tr(" GiB"), self._now.keep_segments_gib, 0.1, 100_000)
        self.free = _number(self.tr(" GiB"), self._now.keep_free_gib, 0.1, 100_000)
        self.room = QLabel(wordWrap=True)
        self.enabled.setChecked(self._now.enabled)
        self.continuous.setChecked(self._now.continuous or not self._now.enabled)
        if not self._now.enabled:
            self.enabled.setChecked(True)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        for text, box in (
            (self.tr("Keep it for at &most"), self.days),
            (self.tr("and at most so &much of it"), self.gib),
            (self.tr("Leave &free on the disk"), self.free),
        ):
            label = QLabel(text)
            label.setBuddy(box)
            box.setAccessibleName(text.replace("&", ""))
            form.addRow(label, box)
        set_role(self.room, "secondary")
        self.body.addWidget(self.enabled)
        self.body.addWidget(self.continuous)
        self.body.addLayout(form)
        self.body.addWidget(self.room)
        for check in (self.enabled, self.continuous):
            check.toggled.connect(lambda _: self._show())
        self.gib.valueChanged.connect(lambda _: self._show())
        self.add_save(self.tr("&Save"))
        self._show()

    def command(self) -> ChangeSettings:
        return ChangeSettings(
            recording=replace(
                self._now,
                enabled=self.enabled.isChecked(),
                continuous=self.continuous.isChecked(),
                keep_segments_days=self.days.value(),
                keep_segments_gib=self.gib.value(),
                keep_free_gib=self.free.value(),
            )
        )

    def _show(self) -> None:
        """How much that is of each camera, told from what a usual stream takes."""
        self.continuous.setEnabled(self.enabled.isChecked())
        for box in (self.days, self.gib):
            box.setEnabled(self.enabled.isChecked() and self.continuous.isChecked())
        text = self.tr(
            "Video is kept as it comes, without encoding it again. A stream of 2 Mbit/s takes 21 GiB a day; the oldest goes first. "
            "What is locked as evidence is never removed."
        )
        self.room.setText(text)


def _title() -> str:
    return QCoreApplication.translate("RecordingDialog", "Recording")


def _number(suffix: str, value: float, low: float, high: float) -> QDoubleSpinBox:
    return QDoubleSpinBox(minimum=low, maximum=high, decimals=2 if low < 0.1 else 1, value=value, suffix=suffix)

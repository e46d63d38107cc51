"""What is recorded, how long it is kept, and how much room that takes."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.labelled_rows import FolderField, LabelledRows
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import number_box
from console.recording_estimate import Estimate, Limit, estimate, span_text
from engine.model.command import ChangeSettings
from engine.model.settings import RecordingSettings
from widgets.size_text import size_text
from widgets.theme import set_role

_LABEL_PX = 195


class RecordingDialog(SavingDialog):
    """For administrators."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, _title(), width=560, parent=parent)
        self._now = bridge.snapshot.settings.recording if bridge.snapshot is not None else RecordingSettings()
        self._make_fields()
        self._lay_out_bounds()
        self._connect_checks()
        self.add_save(self.tr("&Save"))
        self._show_bounds()

    def command(self) -> ChangeSettings:
        return ChangeSettings(recording=self._edited_recording())

    def _edited_recording(self) -> RecordingSettings:
        """Raises InputError."""
        return replace(
            self._now,
            enabled=self.enabled.isChecked(),
            before_s=self.before.value(),
            after_s=self.after.value(),
            continuous=self.continuous.isChecked(),
            segment_s=self.segment.value(),
            keep_segments_days=self.days.value(),
            keep_segments_gib=self.gib.value(),
            keep_clips_days=self.clip_days.value(),
            keep_clips_gib=self.clip_gib.value(),
            keep_free_gib=self.free.value(),
            archive_folder=self.archive.text().strip(),
        )

    def _make_fields(self) -> None:
        now = self._now
        self.enabled = QCheckBox(self.tr("Record c&lips of events"))
        self.continuous = QCheckBox(self.tr("Co&ntinuous recording"))
        self.enabled.setChecked(now.enabled)
        self.continuous.setChecked(now.continuous)
        self.before = number_box(RecordingSettings, "before_s", now.before_s)
        self.after = number_box(RecordingSettings, "after_s", now.after_s)
        self.clip_days = number_box(RecordingSettings, "keep_clips_days", now.keep_clips_days)
        self.clip_gib = number_box(RecordingSettings, "keep_clips_gib", now.keep_clips_gib)
        self.segment = number_box(RecordingSettings, "segment_s", now.segment_s)
        self.days = number_box(RecordingSettings, "keep_segments_days", now.keep_segments_days)
        self.gib = number_box(RecordingSettings, "keep_segments_gib", now.keep_segments_gib)
        self.free = number_box(RecordingSettings, "keep_free_gib", now.keep_free_gib)
        self._folder = FolderField(now.archive_folder, self.tr("None: deleted"), self.tr("C&hoose…"), self.tr("Folder for the archive"))
        self.archive, self.choose = self._folder.edit, self._folder.button
        self.room = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.given_up = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)

    def _lay_out_bounds(self) -> None:
        clips, everything, disk = (LabelledRows(_LABEL_PX) for _ in range(3))
        clips.add(self.tr("V&ideo before an event"), self.before)
        clips.add(self.tr("Vi&deo after an event"), self.after)
        clips.add(self.tr("Maximum age of clips"), self.clip_days)
        clips.add(self.tr("Maximum size of clips"), self.clip_gib)
        everything.add(self.tr("&Maximum age"), self.days)
        everything.add(self.tr("Maximum si&ze"), self.gib)
        everything.add(self.tr("New &file every"), self.segment)
        disk.add(self.tr("Keep f&ree on the disk"), self.free)
        disk.add(self.tr("Archive expired video &to"), self.archive, self.choose)
        self.given_up.setText(
            self.tr(
                "Video of events is kept as long as clips. On a full disk the journal and the oldest video without "
                "events are removed first, clips last. Locked evidence is never removed."
            )
        )
        for label in (self.room, self.given_up):
            set_role(label, "secondary")
        self.body.addWidget(self.enabled)
        self.body.addLayout(clips)
        self.body.addSpacing(8)
        self.body.addWidget(self.continuous)
        self.body.addLayout(everything)
        self.body.addWidget(self.room)
        self.body.addSpacing(8)
        self.body.addLayout(disk)
        self.body.addWidget(self.given_up)

    def _connect_checks(self) -> None:
        for check in (self.enabled, self.continuous):
            check.toggled.connect(self._show_bounds)
        for box in (self.days, self.gib, self.free):
            box.valueChanged.connect(self._show_bounds)

    def _show_bounds(self) -> None:
        """What can be chosen, and what it means."""
        clips, everything = self.enabled.isChecked(), self.enabled.isChecked() and self.continuous.isChecked()
        self.continuous.setEnabled(clips)
        for box in (self.before, self.after, self.clip_days, self.clip_gib):
            box.setEnabled(clips)
        for box in (self.days, self.gib, self.segment, self.archive, self.choose):
            box.setEnabled(everything)
        snapshot = self.bridge.snapshot
        wanted = replace(
            self._now, keep_segments_days=self.days.value(), keep_segments_gib=self.gib.value(), keep_free_gib=self.free.value()
        )
        self.room.setText(room_text(None if snapshot is None else estimate(snapshot, wanted), everything))


def room_text(found: Estimate | None, recorded: bool) -> str:
    """`recorded`: all of it is, with what is chosen; otherwise it would be."""
    if found is None:
        return QCoreApplication.translate(
            "RecordingDialog",
            "No camera sends video now, so the size of a day is unknown; a 2 Mbit/s stream takes 21 GiB. Video is not re-encoded.",
        )
    told = QCoreApplication.translate("RecordingDialog", "The current streams take {0} a day. Video is not re-encoded.")
    limits = {
        Limit.AGE: QCoreApplication.translate("RecordingDialog", "Retention: {0}, limited by age."),
        Limit.SIZE: QCoreApplication.translate("RecordingDialog", "Retention: {0}, limited by size."),
        Limit.DISK: QCoreApplication.translate("RecordingDialog", "Retention: {0}, limited by the disk."),
    }
    kept = limits[found.limit] if recorded else QCoreApplication.translate("RecordingDialog", "Not recorded; retention would be {0}.")
    words = [told.format(size_text(round(found.bytes_a_day))), kept.format(span_text(found.days))]
    if found.unknown:
        words.append(QCoreApplication.translate("RecordingDialog", "Not measured: {0}.").format(found.unknown))
    return " ".join(words)


def _title() -> str:
    return QCoreApplication.translate("RecordingDialog", "Recording")

"""How often the record is copied, how many copies stay, and where they lie."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.labelled_rows import FolderField, LabelledRows
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import number_box, whole_box
from engine.model.command import ChangeSettings
from engine.model.upkeep import UpkeepSettings
from widgets.theme import set_role

_LABEL_PX = 220


class BackupsDialog(SavingDialog):
    """For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, "", width=560, parent=parent)
        title = self.tr("Backups")
        self.setWindowTitle(title)
        self.heading.setText(title)
        self._now = bridge.snapshot.settings.upkeep if bridge.snapshot is not None else UpkeepSettings()
        self._make_fields()
        self._lay_out_bounds()
        self.wanted.toggled.connect(self._show_schedule)
        self.add_save(self.tr("&Save"))
        self._show_schedule()

    def command(self) -> ChangeSettings:
        return ChangeSettings(
            upkeep=replace(
                self._now,
                backups=self.wanted.isChecked(),
                backup_every_h=self.every.value(),
                keep_hourly=self.newest.value(),
                keep_daily=self.days.value(),
                keep_backups_gib=self.gib.value(),
                backup_folder=self.folder.text().strip(),
            )
        )

    def _make_fields(self) -> None:
        now = self._now
        self.wanted = QCheckBox(self.tr("&Back up automatically"))
        self.wanted.setChecked(now.backups)
        self.every = number_box(UpkeepSettings, "backup_every_h", now.backup_every_h)
        self.newest = whole_box(UpkeepSettings, "keep_hourly", now.keep_hourly)
        self.days = whole_box(UpkeepSettings, "keep_daily", now.keep_daily)
        self.gib = number_box(UpkeepSettings, "keep_backups_gib", now.keep_backups_gib)
        self._folder = FolderField(now.backup_folder, self.tr("In the data folder"), self.tr("C&hoose…"), self.tr("Folder for backups"))
        self.folder, self.choose = self._folder.edit, self._folder.button

    def _lay_out_bounds(self) -> None:
        form = LabelledRows(_LABEL_PX)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("&Every"), self.every),
            (self.tr("Keep the &newest"), self.newest),
            (self.tr("Then one a day, for this many &days"), self.days),
            (self.tr("&Largest size of all backups"), self.gib),
        )
        for text, box in rows:
            form.add(text, box)
        form.add(self.tr("&Folder, best on another disk"), self.folder, self.choose)
        told = self.tr(
            "A backup contains the database and the settings, but no recordings and no passwords of cameras or "
            "services. If the database is damaged, Watchroom restores it at the next start from the newest "
            "verified backup and the journal."
        )
        note = QLabel(told, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(note, "secondary")
        self.body.addWidget(self.wanted)
        self.body.addLayout(form)
        self.body.addWidget(note)

    def _show_schedule(self) -> None:
        self.every.setEnabled(self.wanted.isChecked())

"""All settings from a file: what would change first, then it is done."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHeaderView, QLabel, QTableWidget, QTableWidgetItem, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_words import change_row
from engine.model.settings import Settings
from engine.model.upkeep import LONGEST_SETTINGS, CompareSettings, ImportSettings, SettingChange
from widgets.engine_text import translate_engine_text
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.marks.toast import ToastArea
from widgets.number_text import number_text
from widgets.theme import set_role
from widgets.translation import tr

_VALUE_PX = 190


def import_dialog(bridge: EngineBridge, toasts: ToastArea, over: QWidget) -> "ImportSettingsDialog | None":
    """Of a file that is asked for; None where none is chosen, or it cannot be read, which is said."""
    name, _ = QFileDialog.getOpenFileName(over, tr("Import settings"), "", "TOML (*.toml)")
    if not name:
        return None
    try:
        with Path(name).open("rb") as file:
            text = file.read(LONGEST_SETTINGS + 1).decode("utf-8", "replace")
    except OSError as error:
        toasts.show_message(tr("{0} cannot be read ({1}).").format(Path(name).name, error.strerror), "critical", seconds=0)
        return None
    return ImportSettingsDialog(bridge, Path(name).name, text, over)


class ImportSettingsDialog(SavingDialog):
    """For administrators. `text`: of the file, called `name`."""

    def __init__(self, bridge: EngineBridge, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(bridge, "", parent=parent)
        title = self.tr("Import settings")
        self.setWindowTitle(title)
        self.heading.setText(title)
        self._text = text
        self.changes: tuple[SettingChange, ...] | None = None
        self.state = QLabel(
            self.tr("Comparing {0} with the current settings…").format(name), wordWrap=True, textFormat=Qt.TextFormat.PlainText
        )
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.table = QTableWidget(0, 3, self)
        self.table.setHorizontalHeaderLabels([self.tr("Setting"), self.tr("Now"), self.tr("In the file")])
        self.table.setAccessibleName(self.tr("Changes"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)  # long names go on below
        self.table.setTabKeyNavigation(False)  # Tab goes on to the buttons
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)  # settings have longer words than most values
        for column in (1, 2):
            header.resizeSection(column, scaled(_VALUE_PX))
        self.table.hide()
        note = QLabel(self.tr("Settings files contain no passwords: enter those of new cameras and services afterwards."), wordWrap=True)
        set_role(note, "secondary")
        self.body.addWidget(self.state)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(note)
        self.resize(880, 480)
        self.add_save(self.tr("&Import"))
        bridge.ask(CompareSettings(text), self._show_changes, self.show_refusal, owner=self)

    def command(self) -> ImportSettings:
        return ImportSettings(self._text)

    def is_valid(self) -> bool:
        return bool(self.changes)

    def show_refusal(self, error: object) -> None:
        """The field that does not fit is named: it is in the file, not in this dialog."""
        self.set_busy(False)
        self.state.setText(self.tr("The file cannot be imported, and nothing was changed."))
        self.show_trouble(translate_engine_text(str(error)))

    def _show_changes(self, changes: tuple[SettingChange, ...]) -> None:
        self.changes = changes
        count = len(changes)
        said = self.tr("One setting would change.") if count == 1 else self.tr("{0} settings would change.").format(number_text(count))
        self.state.setText(said if count else self.tr("No changes: the file matches the current settings."))
        self.table.setVisible(bool(count))
        self.table.setRowCount(count)
        for row, change in enumerate(changes):
            self._fill_row(row, change)
        self.refresh()

    def _fill_row(self, row: int, change: SettingChange) -> None:
        """In words; what stands in the file itself is in the tooltips as well, for whoever edits it."""
        snapshot = self.bridge.snapshot
        read = change_row(change, snapshot.settings if snapshot is not None else Settings())
        texts = ((read.setting, change.field), (read.now, change.now), (read.then, change.then))
        for column, (text, written) in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(plain_tip(text if text == written or not written else f"{text}\n{written}"))
            self.table.setItem(row, column, item)

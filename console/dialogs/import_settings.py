"""All settings from a file: what would change first, then it is done."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QLabel, QTableWidget, QTableWidgetItem, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_words import change_row
from engine.model.question import Answer
from engine.model.settings import Settings
from engine.model.upkeep import CompareSettings, ImportSettings, SettingChange
from widgets.look import scaled
from widgets.plain_tip import plain_tip
from widgets.theme import set_role

_VALUE_PX = 190


class ImportSettingsDialog(SavingDialog):
    """For administrators. `text`: of the file, called `name`."""

    def __init__(self, bridge: EngineBridge, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(bridge, "", parent=parent)
        title = self.tr("Import settings")
        self.setWindowTitle(title)
        self.heading.setText(title)
        self._text = text
        self.changes: tuple[SettingChange, ...] | None = None
        self.state = QLabel(self.tr("Comparing {0} with the settings of now…").format(name), wordWrap=True)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.table = QTableWidget(0, 3, self)
        self.table.setHorizontalHeaderLabels([self.tr("Setting"), self.tr("Now"), self.tr("In the file")])
        self.table.setAccessibleName(self.tr("What would change"))
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
        note = QLabel(
            self.tr("Passwords are in no such file: those of new cameras and services have to be entered afterwards."), wordWrap=True
        )
        set_role(note, "secondary")
        self.body.addWidget(self.state)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(note)
        self.resize(880, 480)
        self.add_save(self.tr("&Import"))
        bridge.ask(CompareSettings(text), self._show_changes, self.refused, owner=self)

    def command(self) -> ImportSettings:
        return ImportSettings(self._text)

    def is_valid(self) -> bool:
        return bool(self.changes)

    def refused(self, error: object) -> None:
        """The field that does not fit is named: it is in the file, not in this dialog."""
        self.set_busy(False)
        self.state.setText(self.tr("The file cannot be imported, and nothing was changed."))
        self.show_trouble(str(error))

    def _show_changes(self, answer: Answer) -> None:
        self.changes = answer.changes
        count = len(answer.changes)
        said = self.tr("One setting would change.") if count == 1 else self.tr("{0} settings would change.").format(count)
        self.state.setText(said if count else self.tr("Nothing would change: the file says what is set already."))
        self.table.setVisible(bool(count))
        self.table.setRowCount(count)
        for row, change in enumerate(answer.changes):
            self._fill(row, change)
        self.refresh()

    def _fill(self, row: int, change: SettingChange) -> None:
        """In words; what stands in the file itself is in the tooltips as well, for whoever edits it."""
        snapshot = self.bridge.snapshot
        read = change_row(change, snapshot.settings if snapshot is not None else Settings())
        texts = ((read.setting, change.field), (read.now, change.now), (read.then, change.then))
        for column, (text, written) in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(plain_tip(text if text == written or not written else f"{text}\n{written}"))
            self.table.setItem(row, column, item)

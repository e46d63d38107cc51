"""Which pages of other sites may ask this engine from a browser. For administrators who see all."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from console.bridge import EngineBridge
from engine.model.accounts.access import AccessSettings
from engine.model.accounts.commands import ChangeAccess
from engine.model.errors import InputError, WatchroomError
from widgets.layout.boxes import make_column


class OriginsTab(QWidget):
    def __init__(self, bridge: EngineBridge, refused: Callable[[WatchroomError], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._complain = bridge, refused
        text = self.tr(
            "Web pages from these origins may use this engine's interface in a browser, each with a token of its own. One origin per line,"
            " such as https://map.example:8443. With none, web pages of other sites are refused."
        )
        note = QLabel(text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.lines = QPlainTextEdit("\n".join(self._now().origins))
        self.lines.setTabChangesFocus(True)
        self.lines.setAccessibleName(self.tr("Allowed origins"))
        self.save_button = QPushButton(self.tr("&Save"))
        self.save_button.setAutoDefault(False)
        self.save_button.clicked.connect(self._save)
        column = make_column(self, margins=(16, 16, 16, 16))
        column.addWidget(note)
        column.addWidget(self.lines, 1)
        column.addWidget(self.save_button, alignment=Qt.AlignmentFlag.AlignLeft)

    def _now(self) -> AccessSettings:
        return AccessSettings() if self._bridge.snapshot is None else self._bridge.snapshot.settings.access

    def _save(self) -> None:
        origins = tuple(dict.fromkeys(line.strip() for line in self.lines.toPlainText().splitlines() if line.strip()))
        try:
            wanted = replace(self._now(), origins=origins)
        except InputError as error:
            self._complain(error)
            return
        self._bridge.command(ChangeAccess(wanted), self._saved, self._complain, owner=self)

    def _saved(self, _: str) -> None:
        self.save_button.setText(self.tr("Saved"))

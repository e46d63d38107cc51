"""Which pages of other sites may ask this engine from a browser. For administrators who see all."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.basis import Basis
from engine.model.accounts.access import AccessSettings
from engine.model.accounts.commands import ChangeAccess
from engine.model.errors import InputError, WatchroomError
from widgets.layout.boxes import make_column


class OriginsTab(QWidget):
    saved = Signal()

    def __init__(
        self, bridge: EngineBridge, basis: Basis, refused: Callable[[WatchroomError], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._basis, self._complain = bridge, basis, refused
        text = self.tr(
            "Web pages from these origins may use this engine's interface in a browser, each with a token of its own. One origin per line,"
            " such as https://map.example:8443. With none, web pages of other sites are refused."
        )
        note = QLabel(text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._shown = self._now().origins
        self.lines = QPlainTextEdit("\n".join(self._shown))
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
        terms = self._basis.seen_terms(ChangeAccess(replace(self._now(), origins=self._shown)), self._bridge.snapshot)
        self._bridge.tell(ChangeAccess(wanted), self._saved, self._complain, origins, owner=self, terms=terms)

    def _saved(self, origins: tuple[str, ...]) -> None:
        self._basis.forget()
        self._shown = origins
        self.save_button.setText(self.tr("Saved"))
        self.saved.emit()

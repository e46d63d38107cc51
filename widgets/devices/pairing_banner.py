"""Whether nodes without a token are let in: calm while closed, plain while open."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.model.radio.radio import Pairing
from engine.model.time import SECOND, Clock
from widgets.icons import icon, show_icon
from widgets.theme import set_role
from widgets.time_text import clock_text, counter_text


class PairingBanner(QFrame):
    """Signals: open_requested(); close_requested()."""

    open_requested = Signal()
    close_requested = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pairing")
        set_role(self, "panel")
        self._clock = clock
        self._open: bool | None = None
        self._picture = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.text, "secondary")
        self.open_button = QPushButton(icon("lock-open"), self.tr("Open &pairing…"))
        self.close_button = QPushButton(icon("lock", "on_accent"), self.tr("&Close pairing now"))
        set_role(self.close_button, "primary")
        self.open_button.clicked.connect(self.open_requested)
        self.close_button.clicked.connect(self.close_requested)
        self._lay_out_banner()
        self.set_pairing(Pairing(), 0)

    def _lay_out_banner(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 10, 10)
        row.setSpacing(12)
        row.addWidget(self._picture, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(self.open_button)
        row.addWidget(self.close_button)

    def set_pairing(self, pairing: Pairing, unpaired: int) -> None:
        """`unpaired`: nodes that are connected without a token now."""
        if pairing.open != self._open:
            self._open = pairing.open
            self._show_pairing(pairing.open)
        self.title.setText(self._title(pairing))
        self.text.setText(self._pairing_text(pairing.open, unpaired))
        self.setAccessibleName(f"{self.title.text()} {self.text.text()}")

    def _show_pairing(self, is_open: bool) -> None:
        keyboard = self.open_button.hasFocus() or self.close_button.hasFocus()
        show_icon(self._picture, "lock-open" if is_open else "lock", 20, "moderate" if is_open else "secondary")
        self.setProperty("open", is_open)
        set_role(self, "raised" if is_open else "panel")
        set_role(self.title, "section" if is_open else "")
        set_role(self.text, "" if is_open else "secondary")
        self.open_button.setVisible(not is_open)
        self.close_button.setVisible(is_open)
        if keyboard:
            (self.close_button if is_open else self.open_button).setFocus()

    def _title(self, pairing: Pairing) -> str:
        if not pairing.open:
            return self.tr("Pairing is closed")
        if pairing.until_ns is None:
            return self.tr("Pairing is open while the engine runs")
        now_ns = self._clock.now_ns()
        left = counter_text(max(0, pairing.until_ns - now_ns) / SECOND)
        return self.tr("Pairing is open until {0} – {1} left").format(clock_text(pairing.until_ns, now_ns), left)

    def _pairing_text(self, is_open: bool, unpaired: int) -> str:
        if not is_open:
            return self.tr("Only nodes with a token of this site can connect.")
        joined = self.tr("{0} joined without a token.").format(unpaired) if unpaired else ""
        return f"{self.tr('While pairing is open, any node on this network can join.')} {joined}".strip()

"""The newest lines of the engine's log on the System page, with a filter; and diagnostics to hand on. For administrators."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.words import error_text
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, Clock
from engine.model.upkeep import GetDiagnostics, ListLog, LogLevel, LogLine
from widgets.engine_text import in_site_time
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.head_row import HeadRow
from widgets.marks.toast import ToastArea
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role
from widgets.time_text import clock_text

ASK_EVERY_NS = 3 * SECOND
MOST = 300
_TYPING_MS = 250


class LogSection(QWidget):
    """UI thread. Asks every three seconds while it is on screen."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._toasts, self._clock = bridge, toasts, clock
        self._asked_ns, self._lines = 0, None
        self.level = with_properties(QComboBox(), accessibleName=self.tr("At least"))
        for level, text in ((LogLevel.INFO, self.tr("All")), (LogLevel.WARNING, self.tr("Warnings")), (LogLevel.ERROR, self.tr("Errors"))):
            self.level.addItem(text, level.value)
        self.contains = QLineEdit(placeholderText=self.tr("Only lines with…"), clearButtonEnabled=True)
        self.contains.setAccessibleName(self.tr("Only lines with"))
        self.contains.setMaximumWidth(260)
        self.copy = QPushButton(icon("copy"), self.tr("Copy &diagnostics"))
        self.copy.setToolTip(self.tr("The state of the system as text for support, without passwords and names"))
        self.lines = with_properties(QPlainTextEdit(readOnly=True), accessibleName=self.tr("Log"))
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.lines.setFixedHeight(220)
        self.lines.setPlaceholderText(self.tr("No matching lines since the engine started."))
        self.lines.setTabChangesFocus(True)
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._lay_out_lines()
        self._pause.timeout.connect(self._ask_lines)
        self.level.currentIndexChanged.connect(self._ask_lines)
        on(self.contains.textChanged, self._pause.start)
        self.copy.clicked.connect(self._copy)
        self.setVisible(bridge.may(Verb.ADMINISTER))

    def _lay_out_lines(self) -> None:
        heading = QLabel(self.tr("Log"))
        set_role(heading, "section")
        column = make_column(self, spacing=12, margins=NO_MARGINS)
        column.addLayout(HeadRow(heading, self.contains, self.level, self.copy))
        column.addWidget(self.lines)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.isVisible() and not 0 <= snapshot.at_ns - self._asked_ns < ASK_EVERY_NS:
            self._asked_ns = snapshot.at_ns
            self._ask_lines()

    def _ask_lines(self) -> None:
        wanted = LogLevel(self.level.currentData())
        question = ListLog(MOST, wanted, self.contains.text().strip())
        self._bridge.ask(question, self._show_lines, ignore_answer, owner=self)

    def _show_lines(self, lines: tuple[LogLine, ...]) -> None:
        if lines == self._lines:
            return
        self._lines = lines
        bar = self.lines.verticalScrollBar()
        before = bar.value()
        self.lines.setPlainText("\n".join(map(self._log_line_text, lines)))
        bar.setValue(before)

    def _log_line_text(self, line: LogLine) -> str:
        source = line.source.removeprefix("engine.")
        source = source.rpartition(".")[2] if source.startswith("runtime.") else source
        level = "" if line.level is LogLevel.INFO else f"{line.level.value.upper()}  "
        return f"{clock_text(line.at_ns, self._clock.now_ns())}  {level}{source}: {in_site_time(line.text)}"

    def _copy(self) -> None:
        self._bridge.ask(GetDiagnostics(), self._copied, self._show_log_error, owner=self)

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        count = text.count("\n")
        self._toasts.show_message(
            self.tr("{0} lines copied to the clipboard, without names and passwords.").format(number_text(count)), "neutral"
        )

    def _show_log_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)

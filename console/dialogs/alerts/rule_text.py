"""All rules as one text, which the engine reads while it is written."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QWidget

from console.bridge import EngineBridge
from engine.model.alerts.settings import Rule
from engine.model.errors import WatchroomError
from engine.model.question import PrintRules, ReadRules, RulesText, WrongLine
from widgets.engine_text import translate_engine_text
from widgets.fields.first_focus import set_first_focus
from widgets.fields.line_editor import LineEditor
from widgets.layout.boxes import make_column
from widgets.theme import set_role
from widgets.toml_colors import TomlColors
from widgets.translation import tr

_PAUSE_MS = 250
_LINE = Qt.ItemDataRole.UserRole


class RuleTextForm(QWidget):
    """UI thread. `settled`: the engine has read what stands here, and found nothing wrong.

    Signals: typed(): what stands here was not read yet; read(): the engine has read it; failed(WatchroomError): it could not be asked.
    """

    typed = Signal()
    read = Signal()
    failed = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.rules: tuple[Rule, ...] | None = None
        self.wrong: tuple[WrongLine, ...] = ()
        self._read_text: str | None = None
        self._printing: tuple[Rule, ...] | None = None
        self._asking = self._filling = False
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self.editor = LineEditor()
        self._colors = TomlColors(self.editor.document())
        self.findings = QListWidget()
        self._build_editor()
        self._pause.timeout.connect(self.read_now)
        self.editor.textChanged.connect(self._typed)
        self.findings.itemActivated.connect(self._go_to)
        self.findings.itemClicked.connect(self._go_to)
        again = QShortcut(QKeySequence("F8"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        again.activated.connect(self.next_finding)

    def _build_editor(self) -> None:
        self.editor.setAccessibleName(tr("Rules as text"))
        self.findings.setAccessibleName(tr("Errors in the text"))
        self.findings.setWordWrap(True)
        self.findings.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.findings.setFixedHeight(92)
        self.findings.hide()
        hint = tr("TOML: one [[rule]] table per rule, in order of evaluation. Omitted fields have their defaults. Comments are not kept.")
        self.hint = QLabel(hint, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.hint, "secondary")
        column = make_column(self, spacing=8, margins=(8, 8, 8, 8))
        column.addWidget(self.editor, 1)
        column.addWidget(self.findings)
        column.addWidget(self.hint)
        set_first_focus(self, self.editor)

    @property
    def is_read(self) -> bool:
        return self._read_text == self.editor.toPlainText() and not self.editor.isReadOnly()

    @property
    def settled(self) -> bool:
        return self.is_read and not self.wrong

    def show_rules(self, rules: tuple[Rule, ...]) -> None:
        """As they are printed, unless that is what the text says already: a text in words of one's own stays as it is written."""
        if self.settled and rules == self.rules:
            return
        self._printing = rules
        self.editor.setReadOnly(True)
        self._bridge.ask(PrintRules(rules), self._printed, self.failed.emit, rules, owner=self)

    def _printed(self, rules: tuple[Rule, ...], told: RulesText) -> None:
        if rules is not self._printing:
            return
        self._filling = True
        self.editor.change_to(told.text)
        self._filling = False
        self.editor.setReadOnly(False)
        self._show_reading(told, self.editor.toPlainText())

    def _typed(self) -> None:
        if not self._filling and not self.is_read:
            self._pause.start()
            self.typed.emit()

    def read_now(self) -> None:
        """Have it read, if it was not; `read` or `failed` comes in any case."""
        self._pause.stop()
        if self._asking or self.editor.isReadOnly():
            return  # it is under way
        text = self.editor.toPlainText()
        self._asking = True
        self._bridge.ask(ReadRules(text), self._take_answer, self._on_parse_error, text, owner=self)

    def _take_answer(self, text: str, told: RulesText) -> None:
        self._asking = False
        if text != self.editor.toPlainText():
            self.read_now()
            return
        self._show_reading(told, text)

    def _show_reading(self, told: RulesText, text: str) -> None:
        self._read_text, self.wrong = text, told.wrong
        self.rules = None if told.wrong else told.rules
        self.editor.set_marks({each.line: finding_words(each) for each in self.wrong})
        self.findings.clear()
        for each in self.wrong:
            item = QListWidgetItem(finding_words(each))
            item.setData(_LINE, each.line)
            self.findings.addItem(item)
        self.findings.setVisible(bool(self.wrong))
        self.read.emit()

    def _on_parse_error(self, error: WatchroomError) -> None:
        self._asking = False
        self.failed.emit(error)

    # Where it is wrong

    def next_finding(self) -> None:
        """The next line below the cursor that is wrong, from the top again after the last."""
        lines = sorted(each.line for each in self.wrong if each.line)
        if lines:
            self.editor.go_to(next((line for line in lines if line > self.editor.line()), lines[0]))

    def _go_to(self, item: QListWidgetItem) -> None:
        if line := item.data(_LINE):
            self.editor.go_to(line)


def finding_words(wrong: WrongLine) -> str:
    field = wrong.field.removeprefix("rules.")
    words = translate_engine_text(wrong.message) if field == "rules" else f"{field} {translate_engine_text(wrong.message)}"
    return tr("Line {0}  {1}").format(wrong.line, words) if wrong.line else words


def trouble_words(wrong: tuple[WrongLine, ...], text_shown: bool) -> str:
    """One sentence of what keeps a text from being rules."""
    first = tr("line {0}").format(wrong[0].line) if wrong[0].line else tr("the text")
    many = tr("{0} errors in the text, the first in {1}.") if len(wrong) > 1 else tr("1 error in the text, in {1}.")
    go = tr("F8 goes to the next one.") if text_shown else tr("Correct it under Text.")
    return f"{many.format(len(wrong), first)} {go}"

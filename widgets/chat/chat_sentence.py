"""One sentence of an answer: how it stands, what it says, what it rests on."""

from collections.abc import Mapping
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.model.history.chat import Citation, CitationKind, ClaimStatus, Sentence
from widgets.chat.chat_words import citation_icon, citation_texts, citation_tip, kind_word, status_icon, status_tip, status_word
from widgets.icons import icon, show_icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.flow_row import FlowRow
from widgets.marks.elided_button import ElidedButton
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr
from widgets.written_text import WrittenText

_SHOWN = 4
_ICON = 16


class CitationChip(QToolButton):
    """A small button that names what a sentence rests on. Main thread."""

    def __init__(self, citation: Citation, text: str, cameras: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.citation = citation
        self.setText(text.replace("&", "&&"))
        self.setIcon(icon(citation_icon(citation.kind)))
        self.setIconSize(QSize(12, 12))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(plain_tip(citation_tip(citation, cameras)))
        self.setAccessibleName(f"{kind_word(citation.kind)}, {text}")
        set_role(self, "chip")


class SentenceView(QWidget):
    """Struck through where it is not proven, with the word; "not observed" has its own word and mark.

    Signals: cited(Citation): one of them was clicked.
    """

    cited = Signal(object)

    def __init__(self, sentence: Sentence, zone: ZoneInfo, now_ns: int, cameras: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = sentence
        self._cameras = cameras
        self._chip_texts = citation_texts(sentence.citations, zone, now_ns, cameras)
        self.text = WrittenText(sentence.text)
        self.word = QLabel(status_word(sentence), textFormat=Qt.TextFormat.PlainText)
        self.chips: list[CitationChip] = []
        self.more = QToolButton()
        self._build_sentence()

    def _build_sentence(self) -> None:
        name, role = status_icon(self.sentence)
        mark = QLabel(textFormat=Qt.TextFormat.PlainText)
        show_icon(mark, name, _ICON, role)
        mark.setToolTip(plain_tip(status_tip(self.sentence)))
        self._style(role)
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(self.text)
        if self.sentence.citations or self._wants_word():
            column.addWidget(self._foot())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(mark, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)

    def _wants_word(self) -> bool:
        return self.sentence.status is not ClaimStatus.VERIFIED

    def _style(self, role: str) -> None:
        word = self.word.text()
        self.text.setAccessibleName(f"{word}. {self.sentence.text}" if word else self.sentence.text)
        self.word.setToolTip(plain_tip(status_tip(self.sentence)))
        self.word.setMinimumHeight(22)
        self.word.setProperty("claim", role)
        if self.sentence.status is ClaimStatus.STRUCK:
            struck = self.text.font()
            struck.setStrikeOut(True)
            self.text.setFont(struck)
            set_role(self.text, "secondary")

    def _foot(self) -> QWidget:
        foot = QWidget()
        self._flow = FlowRow(foot, 4)
        self._flow.addWidget(self.word)
        self.word.setVisible(bool(self.word.text()))
        self._add_chips(0, _SHOWN)
        left = len(self.sentence.citations) - _SHOWN
        if left > 0:
            self.more.setText(tr("{0} more").format(left))
            self.more.setAccessibleName(tr("Show {0} more that this rests on").format(left))
            set_role(self.more, "chip")
            self.more.clicked.connect(self._show_all)
            self._flow.addWidget(self.more)
        return foot

    def _add_chips(self, first: int, last: int | None) -> None:
        for citation, text in list(zip(self.sentence.citations, self._chip_texts, strict=True))[first:last]:
            chip = CitationChip(citation, text, self._cameras)
            chip.clicked.connect(partial(self.cited.emit, citation))
            self.chips.append(chip)
            self._flow.addWidget(chip)

    def _show_all(self) -> None:
        self.more.hide()
        first = len(self.chips)
        self._add_chips(_SHOWN, None)
        self.chips[first].setFocus()


class NoteView(QWidget):
    """A sentence in one line, with its mark: what does not fit, and what it rests on, is shown by a click. `whole`: the sentence."""

    def __init__(self, whole: SentenceView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.whole, sentence = whole, whole.sentence
        word = status_word(sentence)
        self.line = with_properties(ElidedButton(sentence.text), icon=icon(*status_icon(sentence)), iconSize=QSize(_ICON, _ICON))
        self.line.setToolTip(plain_tip(f"{sentence.text}\n{tr('Show all of it')}"))
        self.line.setAccessibleName(f"{word}. {sentence.text}" if word else sentence.text)
        set_role(self.line, "note")
        self.line.clicked.connect(self._show_whole)
        column = make_column(self, margins=NO_MARGINS)
        column.addWidget(self.line)
        column.addWidget(whole)
        whole.hide()

    def _show_whole(self) -> None:
        self.line.hide()
        self.whole.show()
        if self.whole.chips:
            self.whole.chips[0].setFocus()


def is_playable(citation: Citation) -> bool:
    """Whether something may be seen moving there."""
    return citation.kind in (CitationKind.EVENT, CitationKind.CLIP, CitationKind.ALERT)

"""A shift on one page: its alerts, incidents, unusual counts and blind times, each line with what it rests on."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from engine.model.history.briefing import Briefing, BriefingPart, BriefingSection
from widgets.chat.chat_sentence import SentenceView
from widgets.chat.chat_words import sentence_markdown, zone_named
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr


def part_word(part: BriefingPart) -> str:
    return {
        BriefingPart.ALERTS: tr("Alerts"),
        BriefingPart.INCIDENTS: tr("Incidents"),
        BriefingPart.COUNTS: tr("Unusual counts"),
        BriefingPart.UNOBSERVED: tr("Coverage"),
    }[part]


def period_text(briefing: Briefing) -> str:
    zone = zone_named(briefing.time_zone)
    return tr("{0} to {1}").format(clock_text(briefing.since_ns, zone=zone), clock_text(briefing.until_ns, zone=zone))


def briefing_markdown(briefing: Briefing) -> str:
    """Everything of it, with what each line rests on."""
    lines = [f"## {tr('Briefing')}", "", f"{period_text(briefing)}."]
    for section in briefing.sections:
        lines += ["", f"### {part_word(section.part)}", "", *(sentence_markdown(each) for each in section.sentences)]
    return "\n".join(lines) + "\n"


class BriefingView(QWidget):
    """Main thread. Of several sites one stands below the other.

    Signals: cited(Citation): what a line rests on was clicked.
    """

    cited = Signal(object)

    def __init__(self, cameras: Mapping[str, str], parent: QWidget | None = None) -> None:
        """`cameras`: names by id."""
        super().__init__(parent)
        self._cameras = cameras
        self.about = ""
        self.briefings: list[Briefing] = []
        self.sentences: list[SentenceView] = []
        self._page: QWidget | None = None
        self._heading, self.told = _label(tr("Briefing"), "section"), _label("", "secondary")
        self._column = make_column(self, spacing=8, margins=NO_MARGINS)
        self._column.addWidget(self._heading)
        self._column.addWidget(self.told)
        self.show_waiting()

    def minimumSizeHint(self) -> QSize:
        """At the width that it has: a scroll area would leave room for all lines as narrow as they can be."""
        return QSize(super().minimumSizeHint().width(), self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def show_waiting(self, about: str = "") -> None:
        """Whatever was shown goes. `about`: which one is waited for."""
        self.about, self.briefings, self.sentences = about, [], []
        if self._page is not None:
            self._page.hide()
            self._page.deleteLater()
        self._page = QWidget()
        make_column(self._page, spacing=8, margins=NO_MARGINS)
        self._column.addWidget(self._page)
        self._say(tr("Preparing the briefing…"))

    def show_trouble(self, text: str) -> None:
        self._say(tr("No briefing: {0}").format(text))

    def show_briefing(self, briefing: Briefing, site: str = "") -> None:
        """`site`: whose, where there are several."""
        self.briefings.append(briefing)
        self._say("" if site else period_text(briefing))
        if site:
            self._add(_label(f"{site}, {period_text(briefing)}", "secondary"))
        for section in briefing.sections:
            self._add_section(section, briefing)

    def _add_section(self, section: BriefingSection, briefing: Briefing) -> None:
        self._add(_label(part_word(section.part), "strong"))
        for sentence in section.sentences:
            view = SentenceView(sentence, zone_named(briefing.time_zone), briefing.until_ns, self._cameras)
            view.cited.connect(self.cited)
            self.sentences.append(view)
            self._add(view)

    def _add(self, widget: QWidget) -> None:
        layout = None if self._page is None else self._page.layout()
        if layout is not None:
            layout.addWidget(widget)

    def _say(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
    set_role(label, role)
    return label

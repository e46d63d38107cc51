"""What this user asked before: to be shown again, forgotten, or taken along."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.words import error_text
from engine.model.history.chat import ChatAnswer, ForgetChat, ListChat
from engine.model.time import Clock
from widgets.chat.chat_words import planner_word, tally_text, zone_named
from widgets.marks.empty_state import EmptyState
from widgets.time_text import clock_text
from widgets.timeline.moment_list import MomentList, MomentRow
from widgets.translation import tr

PAGE = 100


class ChatHistoryDialog(FramedDialog):
    """Signals: chosen(ChatAnswer): show it. forgotten(id): it is gone. export_wanted()."""

    chosen = Signal(object)
    forgotten = Signal(str)
    export_wanted = Signal()

    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QWidget | None = None) -> None:
        lead = tr("Visible to you only. Deleted after the retention set in the chat settings.")
        super().__init__(tr("Your questions"), lead, parent=parent)
        self.resize(560, 560)
        self._bridge, self._clock = bridge, clock
        self._answers: dict[str, ChatAnswer] = {}
        self._whole = False
        self.list = MomentList(tr("Questions that you asked, newest first"))
        self.empty = EmptyState("message-square", tr("No questions yet"), tr("Questions and their answers are kept here."))
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.empty, 1)
        self.empty.hide()
        self.more = self.add_button(tr("&Older"), at_left=True)
        self.export = self.add_button(tr("&Export…"))
        self.forget = self.add_button(tr("&Delete"), "danger")
        self.show_button = self.add_button(tr("&Show"), "primary")
        self.add_cancel(tr("&Close"))
        self._connect_list()
        bridge.undone.connect(self._again)
        self.load()

    def _connect_list(self) -> None:
        self.list.activated_row.connect(self._show_answer)
        self.list.chosen.connect(self._weigh)
        self.show_button.clicked.connect(self._show_answer)
        self.forget.clicked.connect(self._forget_answer)
        self.export.clicked.connect(self.export_wanted)
        self.more.clicked.connect(self.load)

    def _again(self) -> None:
        """What was forgotten may be back."""
        self._answers.clear()
        self.load()

    def load(self) -> None:
        """The next hundred."""
        last = next(reversed(self._answers), None)
        self.more.setEnabled(False)
        self._bridge.ask(ListChat(PAGE, last), self._add_page, lambda error: self.show_trouble(error_text(error)), owner=self)

    def _add_page(self, page: tuple[ChatAnswer, ...]) -> None:
        self._answers |= {each.id: each for each in page}
        self._whole = len(page) < PAGE
        self._fill_list()

    def _fill_list(self) -> None:
        now_ns = self._clock.now_ns()
        self.list.set_rows(tuple(_answer_row(each, now_ns, self._bridge.site_of(each.id)) for each in self._answers.values()))
        self.list.setVisible(bool(self._answers))
        self.empty.setVisible(not self._answers)
        self._weigh()

    def _weigh(self) -> None:
        chosen = self.list.current() is not None
        self.show_button.setEnabled(chosen)
        self.forget.setEnabled(chosen)
        self.export.setEnabled(bool(self._answers))
        self.more.setVisible(not self._whole)
        self.more.setEnabled(not self._whole)

    def _current(self) -> ChatAnswer | None:
        row = self.list.current()
        return None if row is None else self._answers.get(row.id)

    def _show_answer(self) -> None:
        answer = self._current()
        if answer is not None:
            self.chosen.emit(answer)
            self.accept()

    def _forget_answer(self) -> None:
        answer = self._current()
        if answer is not None:
            self.forget.setEnabled(False)
            self._bridge.tell(
                ForgetChat(answer.id), self._drop_answer, lambda error: self.show_trouble(error_text(error)), answer.id, owner=self
            )

    def _drop_answer(self, answer_id: str) -> None:
        self._answers.pop(answer_id, None)
        self.forgotten.emit(answer_id)
        self._fill_list()


def _answer_row(answer: ChatAnswer, now_ns: int, site: str) -> MomentRow:
    when = clock_text(answer.asked_ns, now_ns, zone_named(answer.time_zone))
    detail = " · ".join(part for part in (site, when, planner_word(answer), tally_text(answer.sentences)) if part)
    return MomentRow(answer.id, answer.asked_ns, answer.question, detail)

"""What is typed, as chips beside it: understood while it is typed, changed by hand, and asked as it stands there."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from console.chat.query_form import EMPTY, FormNames, chips_of, title_of, with_choice
from console.courier import ignore_answer
from engine.model.history.chat import LONGEST_MESSAGE, UnderstandQuestion
from engine.model.history.plan import QuestionPlan
from engine.model.places import places_of
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from engine.store.search.screen_words import folded
from widgets.chat.chat_words import zone_named
from widgets.chat.query_chips import QueryChips

_PAUSE_MS = 250  # after the last key


class QuestionForm(QObject):
    """UI thread. `text`: what stands in the box. target: the one site that would be asked; None: several, which have nothing in common
    that chips could name. unfinished: the word that is being typed, which is not struck through while it is. conversation: what a question
    to the site of this key follows on from; empty: nothing.

    Signals: filled(bool): whether it can be asked without words.
    """

    filled = Signal(bool)

    def __init__(
        self,
        bridge: EngineBridge,
        chips: QueryChips,
        clock: Clock,
        text: Callable[[], str],
        target: Callable[[], str | None],
        unfinished: Callable[[], str],
        conversation: Callable[[str], str] = lambda _key: "",
    ) -> None:
        super().__init__(chips)
        self._bridge, self._chips, self._clock = bridge, chips, clock
        self._text, self._target, self._unfinished, self._conversation = text, target, unfinished, conversation
        self._plan, self._planned_text = QuestionPlan(), ""
        self._struck: tuple[str, ...] = ()
        self._changed = False
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._understand)
        chips.chosen.connect(self._choose)

    def take(self) -> tuple[QuestionPlan, str] | None:
        """What was filled in by hand, with a title for it; None: the words are to be understood. The form is empty afterwards."""
        names = self._names()
        taken = (self._plan, title_of(chips_of(self._plan, names))[:LONGEST_MESSAGE]) if self._changed and names is not None else None
        self._clear()
        return taken

    def restart(self) -> None:
        """The text, or who would be asked, is another. Whatever was changed by hand was about other words."""
        if not self._text():
            self._clear()
        elif self._target() is not None:
            self._changed = False
            self._pause.start()

    def _understand(self) -> None:
        key, text = self._target(), self._text()
        if key is not None and text and len(text) <= LONGEST_MESSAGE:
            self._bridge.ask_at(key, UnderstandQuestion(text, self._conversation(key)), self._understood, ignore_answer, text, owner=self)

    def _understood(self, text: str, plan: QuestionPlan) -> None:
        if text == self._text() and not self._changed:
            self._plan, self._planned_text = plan, text
            self._show()

    def strike_finished(self) -> None:
        """The cursor is elsewhere: what it stood in may be finished."""
        if self._text() == self._planned_text and self._unknown() != self._struck:
            self._show()

    def _unknown(self) -> tuple[str, ...]:
        """Words that were not understood, but for the one that is being typed."""
        typed = set(folded(self._unfinished()))
        return tuple(each for each in self._plan.unknown if typed.isdisjoint(folded(each)))

    def begin(self) -> None:
        """Without words."""
        if self._names() is not None:
            self._plan, self._changed = self._plan if self._plan.queries else EMPTY, True
            self._show()

    def _choose(self, part: str, value: str) -> None:
        names = self._names()
        if names is not None and self._plan.queries:
            self._plan, self._changed = with_choice(self._plan, part, value, names), True
            self._show()

    def _show(self) -> None:
        names = self._names()
        chips = chips_of(self._plan, names) if names is not None else ()
        self._struck = self._unknown()
        self._chips.show_chips(chips, self._struck)
        self.filled.emit(self._changed and bool(chips))

    def _clear(self) -> None:
        self._pause.stop()
        self._plan, self._planned_text, self._struck, self._changed = QuestionPlan(), "", (), False
        self._chips.show_chips(())
        self.filled.emit(False)

    def _names(self) -> FormNames | None:
        key, snapshot = self._target(), self._bridge.snapshot
        return None if key is None or snapshot is None else names_of(snapshot, key, self._clock.now_ns())


def names_of(snapshot: Snapshot, key: str, now_ns: int) -> FormNames:
    """What can be named of a site. `key` empty: of the only one."""
    settings = snapshot.settings_at(key)
    people = (each for each in snapshot.people.persons if each.archived_ns is None and each.id.startswith(f"{key}/" if key else ""))
    return FormNames(
        {each.id: each.name for each in sorted(people, key=lambda person: person.name.casefold())},
        {each.id: f"{number} {each.name}" for number, each in enumerate(settings.cameras, 1)},
        {each.id: each.name for each in places_of(settings)},
        zone_named(settings.alerts.time_zone),
        now_ns,
    )

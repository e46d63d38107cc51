"""What is typed, as chips beside it: understood while it is typed, changed by hand, and asked as it stands there."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from console.chat.query_form import EMPTY, FormNames, chips_of, title_of, with_choice
from console.courier import ignore_answer
from engine.history.answers.words import Words
from engine.history.names import directory_of
from engine.model.history.chat import LONGEST_MESSAGE, UnderstandQuestion
from engine.model.history.plan import QuestionPlan
from engine.model.history.query import Query
from engine.model.people.person import Person
from engine.model.places import places_of
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from engine.store.search.screen_words import folded
from widgets.chat.chat_words import zone_named
from widgets.chat.query_chips import QueryChips

_PAUSE_MS = 250  # after the last key


class QuestionForm(QObject):
    """UI thread. `text`: what stands in the box. target: the one site that would be asked; None: several, of which none understands words
    for the others. unfinished: the word that is being typed, which is not struck through while it is. conversation: what a question
    to the site of this key follows on from; empty: nothing. over_sites: chips are of use for several sites, too.

    Signals: filled(bool): whether it can be asked without words. changed(QuestionPlan): by hand; without a query: it is put away.
    """

    filled = Signal(bool)
    changed = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        chips: QueryChips,
        clock: Clock,
        text: Callable[[], str],
        target: Callable[[], str | None],
        unfinished: Callable[[], str],
        conversation: Callable[[str], str] = lambda _key: "",
        *,
        over_sites: bool = False,
    ) -> None:
        super().__init__(chips)
        self._bridge, self._chips, self._clock = bridge, chips, clock
        self._text, self._target, self._unfinished, self._conversation = text, target, unfinished, conversation
        self._over_sites = over_sites
        self._plan, self._planned_text = QuestionPlan(), ""
        self._struck: tuple[str, ...] = ()
        self._changed = False
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._understand)
        chips.chosen.connect(self._choose)

    def take(self) -> tuple[QuestionPlan, str] | None:
        """What was filled in by hand, with a title for it; None: the words are to be understood. The form is empty afterwards."""
        names = self.names()
        taken = (self._plan, title_of(chips_of(self._plan, names))[:LONGEST_MESSAGE]) if self._changed and names is not None else None
        self.clear()
        return taken

    def restart(self) -> None:
        """The text, or who would be asked, is another. Whatever was changed by hand was about other words."""
        if not self._text():
            self.clear()
        elif self._target() is not None:
            self._pause.start()
            if self._changed:
                self._changed = False
                self.changed.emit(QuestionPlan())

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
        if self.names() is not None:
            self._change(self._plan if self._plan.queries else EMPTY)

    def _choose(self, part: str, value: str) -> None:
        names = self.names()
        if names is not None and self._plan.queries:
            self._change(with_choice(self._plan, part, value, names))

    def _change(self, plan: QuestionPlan) -> None:
        self._plan, self._changed = plan, True
        self._show()
        self.changed.emit(plan)

    def _show(self) -> None:
        names = self.names()
        chips = chips_of(self._plan, names) if names is not None else ()
        self._struck = self._unknown()
        self._chips.show_chips(chips, self._struck)
        self.filled.emit(self._changed and bool(chips))

    def clear(self) -> None:
        self._pause.stop()
        was_changed = self._changed
        self._plan, self._planned_text, self._struck, self._changed = QuestionPlan(), "", (), False
        self._chips.show_chips(())
        self.filled.emit(False)
        if was_changed:
            self.changed.emit(self._plan)

    @property
    def query(self) -> Query | None:
        """That was filled in by hand; None: nothing, or more than one query."""
        only = self._plan.queries[0] if self._changed and len(self._plan.queries) == 1 else None
        return None if only is None or only.anchor is not None else only.query

    @property
    def is_filled(self) -> bool:
        """Whether something was changed by hand."""
        return self._changed

    def names(self) -> FormNames | None:
        key, snapshot = self._target(), self._bridge.snapshot
        if snapshot is None or (key is None and not self._over_sites):
            return None
        names = names_of(snapshot, key or "", self._clock.now_ns())
        if key is not None:
            return names
        said = self._bridge.with_sites
        return replace(names, people=said(names.people), cameras=said(snapshot.settings.camera_names()), zones=said(names.zones))


def site_words(snapshot: Snapshot, key: str, now_ns: int) -> Words:
    """What a question to the site of this key may name."""
    settings = snapshot.settings_at(key)
    zone = zone_named(settings.alerts.time_zone)
    return Words(directory_of(settings, people_at(snapshot, key)), zone, now_ns)


def people_at(snapshot: Snapshot, key: str) -> list[Person]:
    """Of the site of this key, by name; empty: of all. Who is archived is not among them."""
    people = (each for each in snapshot.people.persons if each.archived_ns is None and each.id.startswith(f"{key}/" if key else ""))
    return sorted(people, key=lambda person: person.name.casefold())


def names_of(snapshot: Snapshot, key: str, now_ns: int) -> FormNames:
    """What can be named of a site. `key` empty: of the only one."""
    settings = snapshot.settings_at(key)
    return FormNames(
        {each.id: each.name for each in people_at(snapshot, key)},
        {each.id: f"{number} {each.name}" for number, each in enumerate(settings.cameras, 1)},
        {each.id: each.name for each in places_of(settings)},
        zone_named(settings.alerts.time_zone),
        now_ns,
    )

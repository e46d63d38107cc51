"""Questions in words on a running engine: who asks, what they asked before, which planner answers, and what is kept of it."""

import json
import logging
import re
import threading
import time
from collections.abc import Sequence

from engine.history.answers.words import safe
from engine.history.asking import Asker
from engine.history.asking_site import ChatSite
from engine.history.briefing import briefing_of
from engine.history.grammar.offline_planner import OfflinePlanner
from engine.history.grammar.planned import plan_of
from engine.history.lexicon.tables import is_word
from engine.history.plan_run import FormPlanner
from engine.history.planner import Planner, PlannerQuestion, Turn
from engine.model.accounts.access import Session
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.briefing import Briefing
from engine.model.history.chat import AskRecord, ChatAnswer, ListChat, PlannerKind, UnderstandQuestion
from engine.model.history.event_query import AskedRecord
from engine.model.history.plan import QuestionPlan
from engine.model.history.query import Span, Viewer
from engine.model.history.query_text import from_text
from engine.model.ids import derived_id, family
from engine.model.people.traces import Traces
from engine.model.time import MILLISECOND, Clock
from engine.model.wire import to_plain
from engine.runtime.chat.claude_side import ClaudeSide
from engine.runtime.ports import SettingsSource
from engine.runtime.settings.site_zone import zone_of
from engine.runtime.side import Side
from engine.store.people.chat import ChatTable, KeptChat

_LOG = logging.getLogger(__name__)
_MOST_TURNS = 10
_MOST_LISTED = 500
_SHORTEST_PART = 3
_DAY_NS = 86_400 * 10**9


class ChatSide(Side):
    """Any thread. Answers are kept for the user who asked, and for nobody else, until they are too old or forgotten.

    An answer that was begun before somebody was erased may tell of them, so it is given, but not kept.
    """

    def __init__(
        self, record: AskedRecord, settings: SettingsSource, clock: Clock, table: ChatTable, claude: ClaudeSide, engine_id: str = ""
    ) -> None:
        self._record = record
        self._settings = settings
        self._clock = clock
        self._table = table
        self._claude = claude
        self._family = family("ch", engine_id)
        self._lock = threading.Lock()
        self._asked = 0
        self._erased = 0
        self.offline: Planner = OfflinePlanner()

    def ask(
        self, question: AskRecord, session: Session, cameras: frozenset[str] | None = None, record: AskedRecord | None = None
    ) -> ChatAnswer:
        """`cameras`, `record`: what a session is limited to, and the record as it may see it.

        Raises PermissionDenied, NotFound (no such conversation of this user), InputError, EnvironmentFault."""
        asked_s = time.monotonic()
        settings = self._settings.now()
        erased = self._erased
        site = ChatSite(record or self._record, settings, zone_of(settings))
        viewer = Viewer(session.verbs, cameras, session.user.name)
        now_ns = self._clock.now_ns()
        before = self._turns(question.conversation, session.user.id)
        answer_id = self._new_id(now_ns)
        asked = PlannerQuestion(question.message, now_ns, site.zone, site.directory(viewer), before, question.include_clips, viewer.user)
        answer = Asker(self.planners(question, viewer.user, answer_id, asked_s)).ask(site.reach(viewer, now_ns), asked, answer_id)
        self._store_answer(answer, session.user.id, question.conversation, erased)
        return answer

    def understand(self, question: UnderstandQuestion, session: Session, cameras: frozenset[str] | None = None) -> QuestionPlan:
        """Raises NotFound (no such conversation of this user)."""
        settings = self._settings.now()
        site = ChatSite(self._record, settings, zone_of(settings))
        viewer = Viewer(session.verbs, cameras, session.user.name)
        before = self._turns(question.conversation, session.user.id)
        directory = site.directory(viewer)
        return plan_of(PlannerQuestion(question.message, self._clock.now_ns(), site.zone, directory, before, user=viewer.user))

    def brief(self, shift: Span, session: Session, cameras: frozenset[str] | None = None, record: AskedRecord | None = None) -> Briefing:
        """`cameras`, `record`: as in `ask`. Nothing of it is kept. Raises PermissionDenied."""
        settings = self._settings.now()
        site = ChatSite(record or self._record, settings, zone_of(settings))
        viewer = Viewer(session.verbs, cameras, session.user.name)
        return briefing_of(site.reach(viewer, self._clock.now_ns()), site.directory(viewer), shift)

    def planners(self, question: AskRecord, by: str, answer_id: str, asked_s: float | None = None) -> tuple[Planner, ...]:
        """In the order in which they are asked. Claude where it was agreed to, or is asked for by name: then it says why it is not."""
        if question.plan is not None:
            return (FormPlanner(question.plan),)
        wants_claude = self._claude.agreed if question.planner is None else question.planner is PlannerKind.CLAUDE
        return (self._claude.planner(by, answer_id, asked_s), self.offline) if wants_claude else (self.offline,)

    def chats_of_session(self, question: ListChat, session: Session) -> tuple[ChatAnswer, ...]:
        """Raises NotFound, InputError."""
        if not 1 <= question.limit <= _MOST_LISTED:
            raise InputError("limit", f"{question.limit} is outside 1–{_MOST_LISTED}")
        return self._table.of_user(session.user.id, question.limit, question.before_id)

    def forget(self, answer_id: str, session: Session) -> None:
        """Empty: everything of this user. What is gone already is no error."""
        self._table.forget(session.user.id, answer_id)

    def forget_user(self, user_id: str) -> None:
        """Somebody who is no user any more. What cannot be removed now goes when it is too old."""
        try:
            self._table.forget(user_id)
        except EnvironmentFault as fault:
            _LOG.warning("Questions of a removed user are still kept: %s", fault)

    def stored_chats(self, user_id: str, answer_id: str = "") -> tuple[KeptChat, ...]:
        """What `forget` and `forget_user` would forget."""
        return self._table.stored_chats(user_id, answer_id)

    def put_back(self, gone: Sequence[KeptChat]) -> None:
        """Raises EnvironmentFault."""
        for each in gone:
            self._table.put(each.answer, each.user_id, each.before_id)

    def on_tidy(self, now_ns: int) -> None:
        """What is older than it is to be kept goes."""
        self._table.forget_before(now_ns - round(self._settings.now().chat.keep_days * _DAY_NS))

    def erase(self, traces: Traces) -> int:
        """Whatever was asked or answered about somebody, by whomever; how many answers went. Once the record tells of them no more."""
        with self._lock:
            self._erased += 1
        return self._table.forget_where(lambda answer: concerns(traces, answer))

    def _turns(self, conversation: str, user_id: str) -> tuple[Turn, ...]:
        if not conversation:
            return ()
        return tuple(
            Turn(each.question, each.answer, from_text(each.query) if each.query else None)
            for each in self._table.conversation(user_id, conversation, _MOST_TURNS)
        )

    def _store_answer(self, answer: ChatAnswer, user_id: str, before_id: str, erased: int) -> None:
        """An answer is an answer, also where the disk is full. `erased`: how often somebody had been when it was begun."""
        try:
            with self._lock:
                if erased == self._erased:
                    self._table.put(answer, user_id, before_id)
        except EnvironmentFault as fault:
            _LOG.warning("An answer is not kept: %s", fault)

    def _new_id(self, now_ns: int) -> str:
        with self._lock:
            self._asked += 1
            return derived_id(self._family, now_ns // MILLISECOND, self._asked)


def concerns(traces: Traces, answer: ChatAnswer) -> bool:
    """By id anywhere in it, by name whatever the case and as answers write it, and as people ask."""
    kept = json.dumps(to_plain(answer), ensure_ascii=False)
    if traces.person_id in kept or _mentions_name(traces.also(safe(name) for name in traces.names).spellings, kept):
        return True
    return asks_about(traces, answer.question)


def asks_about(traces: Traces, question: str) -> bool:
    """By name, or by a part of it that is no word, whatever the case."""
    parts = {part for name in traces.names for part in re.findall(r"[^\W\d_]+", name) if len(part) >= _SHORTEST_PART}
    return _mentions_name((*traces.names, *(part for part in parts if not is_word(part.casefold()))), question)


def _mentions_name(names: tuple[str, ...], text: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in names)

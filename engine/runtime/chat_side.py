"""Questions in words on a running engine: who asks, what they asked before, and which planner answers."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from engine.history.asking import Asker
from engine.history.asking_site import ChatSite
from engine.history.grammar_planner import OfflinePlanner
from engine.history.planner import Asked, Planner, Turn
from engine.history.queries import Viewer, from_text
from engine.model.access import Session
from engine.model.asked import AskedRecord
from engine.model.chat import AskRecord, ChatAnswer
from engine.model.errors import NotFound
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.runtime.site_zone import zone_of

_REMEMBERED = 2_000  # answers, of all users together
_MOST_TURNS = 10


@dataclass(frozen=True, slots=True)
class _Kept:
    user_id: str
    turns: tuple[Turn, ...]


class ChatSide:
    """Any thread. Conversations are remembered until the engine stops, each for the user who had it."""

    def __init__(self, record: AskedRecord, settings: Callable[[], Settings], clock: Clock) -> None:
        self._record = record
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._asked = 0
        self.offline: Planner = OfflinePlanner()

    def ask(self, question: AskRecord, session: Session, cameras: frozenset[str] | None = None) -> ChatAnswer:
        """Raises PermissionDenied, NotFound (no such conversation of this user), InputError, EnvironmentFault."""
        settings = self._settings()
        site = ChatSite(self._record, settings, zone_of(settings))
        viewer = Viewer(session.verbs, cameras, session.user.name)
        now_ns = self._clock.now_ns()
        before = self._turns(question.conversation, session.user.id)
        asked = Asked(question.message, now_ns, site.zone, site.directory(viewer), before, question.include_clips, viewer.user)
        answer = Asker(self.planners(question)).ask(site.reach(viewer, now_ns), asked, self._new_id(now_ns))
        self._remember(answer, before, session.user.id)
        return answer

    def planners(self, question: AskRecord) -> tuple[Planner, ...]:
        """In the order in which they are asked. `question.planner`: which one is wanted."""
        return (self.offline,)

    def _turns(self, conversation: str, user_id: str) -> tuple[Turn, ...]:
        if not conversation:
            return ()
        with self._lock:
            kept = self._kept.get(conversation)
        if kept is None or kept.user_id != user_id:
            raise NotFound(f"There is no conversation {conversation[:80]!r} of yours.")
        return kept.turns

    def _remember(self, answer: ChatAnswer, before: tuple[Turn, ...], user_id: str) -> None:
        turn = Turn(answer.question, answer.answer, from_text(answer.query) if answer.query else None)
        with self._lock:
            self._kept[answer.id] = _Kept(user_id, (*before, turn)[-_MOST_TURNS:])
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)

    def _new_id(self, now_ns: int) -> str:
        with self._lock:
            self._asked += 1
            return f"ch-{now_ns // 1_000_000:012x}-{self._asked:x}"

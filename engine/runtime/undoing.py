"""What sessions removed lately, and putting it back: the inverse of each removal, made of the state before it.

Kept in memory only, for a few minutes: whoever removes an account or a token means it, and a stopped engine has forgotten how to undo.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace

from engine.model.accounts.access import Session, Verb
from engine.model.accounts.undo import RemovedKind, Undoable
from engine.model.errors import NotFound, PermissionDenied, WatchroomError
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.side import Side

UNDO_FOR_S = 300
_LONGEST_NAME = 60
MOST_PER_SESSION, MOST = 20, 200


def of_the_site(_session: Session) -> bool:
    """Nobody who is limited to some cameras takes it back."""
    return False


def short_name(text: str) -> str:
    """A line for the button that takes it back."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"


@dataclass(frozen=True, slots=True)
class Removal:
    """Something that is gone. `subject`: its id, for the audit; `restore` brings it back, or raises why it cannot.

    shown: whether a session that is limited to some cameras may know of it, and so take it back; asked each time, since that changes.
    by_all: every session with the verb may take it back, not only the one that did it.
    """

    kind: RemovedKind
    subject: str
    name: str
    restore: Callable[[], None]
    shown: Callable[[Session], bool] = of_the_site
    by_all: bool = False


@dataclass(frozen=True, slots=True)
class _UndoEntry:
    shown: Undoable
    session_id: str
    verb: Verb
    removal: Removal

    def is_for(self, session: Session) -> bool:
        own = self.session_id == session.id or (self.removal.by_all and session.may(self.verb))
        return own and (session.cameras is None or self.removal.shown(session))


class UndoShelf(Side):
    """Any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[_UndoEntry, ...] = ()  # newest first

    def put(self, removal: Removal, verb: Verb, session: Session) -> None:
        """`verb`: what it took to remove it."""
        now_ns = self._clock.now_ns()
        shown = Undoable(f"un-{secrets.token_hex(6)}", removal.kind, removal.name, now_ns, now_ns + UNDO_FOR_S * SECOND)
        with self._lock:
            mine = [each for each in self._alive(now_ns) if each.session_id == session.id]
            beyond = {each.shown.id for each in mine[MOST_PER_SESSION - 1 :]}
            others = tuple(each for each in self._alive(now_ns) if each.shown.id not in beyond)
            self._kept = (_UndoEntry(shown, session.id, verb, removal), *others)[:MOST]

    def of(self, session: Session) -> tuple[Undoable, ...]:
        """Newest first."""
        if not self._kept:
            return ()
        return tuple(each.shown for each in self._alive(self._clock.now_ns()) if each.is_for(session))

    def undo(self, removal_id: str, session: Session) -> Removal:
        """Put it back. It stays to be undone where that fails. Raises NotFound, PermissionDenied and what `restore` raises."""
        kept = self._take_entry(removal_id, session)
        try:
            kept.removal.restore()
        except WatchroomError:
            with self._lock:
                self._kept = (kept, *self._kept)
            raise
        return kept.removal

    def on_session_renewed(self, session_id: str, renewed_id: str) -> None:
        with self._lock:
            self._kept = tuple(replace(each, session_id=renewed_id) if each.session_id == session_id else each for each in self._kept)

    def clear(self) -> None:
        """Somebody is erased: what was removed may name them, and does not come back."""
        with self._lock:
            self._kept = ()

    def _alive(self, now_ns: int) -> tuple[_UndoEntry, ...]:
        return tuple(each for each in self._kept if now_ns < each.shown.until_ns)

    def _take_entry(self, removal_id: str, session: Session) -> _UndoEntry:
        with self._lock:
            rows = self._alive(self._clock.now_ns())
            found = next((each for each in rows if each.shown.id == removal_id and each.is_for(session)), None)
            if found is None:
                raise NotFound("That cannot be undone any more: it was undone already, or its time is over.")
            if not session.may(found.verb):
                raise PermissionDenied(found.verb)
            self._kept = tuple(each for each in rows if each is not found)
            return found

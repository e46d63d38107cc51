"""Undo for the console's tests: what a command took away is put back as it was, whole."""

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.model.accounts.commands import RevokeToken
from engine.model.accounts.undo import RemovedKind, Undoable
from engine.model.cameras.floor_image import RemoveFloorImage
from engine.model.cameras.segment import UnlockEvidence
from engine.model.command import Command, RemoveUser
from engine.model.errors import NotFound
from engine.model.history.chat import ForgetChat
from engine.model.history.timeline import RemoveBookmark, RemoveSearch
from engine.model.people.commands import RemoveGesture
from engine.model.time import SECOND
from engine.runtime.settings.lost_settings import dropped_settings

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine

Back = Callable[[], None]


class FakeUndo:
    def __init__(self) -> None:
        self.undoable: tuple[Undoable, ...] = ()
        self._backs: dict[str, Back] = {}
        self._made = 0

    def around(self, engine: "FakeEngine", command: Command, run: Callable[[], str]) -> str:
        """Carry it out, and remember how it is taken back."""
        before, back = engine.settings, _kept(engine)
        told = _told(engine, command)
        outcome = run()
        gone = dropped_settings(before, engine.settings)
        if gone:
            told = gone[0].kind, ", ".join(each.name for each in gone)
        if told is not None:
            self._made += 1
            made = Undoable(f"un-{self._made}", *told, engine.now_ns, engine.now_ns + 300 * SECOND)
            self.undoable, self._backs[made.id] = (made, *self.undoable), back
        return outcome

    def undo(self, removal_id: str) -> str:
        found = next((each for each in self.undoable if each.id == removal_id), None)
        if found is None:
            raise NotFound("That cannot be undone any more: it was undone already, or its time is over.")
        self._backs.pop(removal_id)()
        self.undoable = tuple(each for each in self.undoable if each is not found)
        return found.name


def _told(engine: "FakeEngine", command: Command) -> tuple[RemovedKind, str] | None:
    """Before it is gone."""
    match command:
        case RemoveBookmark(bookmark_id):
            return RemovedKind.BOOKMARK, engine.past.bookmarks[bookmark_id].note
        case RemoveSearch(search_id):
            return RemovedKind.SEARCH, next(each.name for each in engine.past.searches.values() if each.id == search_id)
        case UnlockEvidence(lock_id):
            return RemovedKind.LOCK, next(each.reason for each in engine.locks if each.id == lock_id)
        case RemoveUser(user_id):
            return RemovedKind.USER, next(each.name for each in engine.users if each.id == user_id)
        case RevokeToken(token_id):
            return RemovedKind.TOKEN, next(each.label for each in engine.access.tokens if each.id == token_id)
        case RemoveGesture(gesture_id):
            return RemovedKind.GESTURE, next(each.label for each in engine.people.gestures if each.id == gesture_id)
        case ForgetChat():
            return RemovedKind.CHAT, ""
        case RemoveFloorImage():
            return RemovedKind.FLOOR_IMAGE, ""
        case _:
            return None


def _kept(engine: "FakeEngine") -> Back:
    settings, locks, users, people, picture = engine.settings, engine.locks, engine.users, engine.people, engine.floor_picture
    bookmarks, searches, tokens = dict(engine.past.bookmarks), dict(engine.past.searches), engine.access.tokens
    histories = copy.deepcopy(engine.chats.histories)

    def back() -> None:
        engine.settings, engine.locks, engine.users, engine.people, engine.floor_picture = settings, locks, users, people, picture
        engine.past.bookmarks, engine.past.searches, engine.access.tokens = bookmarks, searches, tokens
        engine.chats.histories = histories

    return back

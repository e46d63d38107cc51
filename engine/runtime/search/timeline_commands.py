"""Commands: bookmarks on the timeline, and saved searches."""

from dataclasses import replace
from typing import Protocol

from engine.model.accounts.access import Scope, Session, Verb
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.undo import RemovedKind
from engine.model.errors import InputError, PermissionDenied
from engine.model.history.timeline import (
    LONGEST_NAME,
    Bookmark,
    ListSearches,
    PutBookmark,
    RemoveBookmark,
    RemoveSearch,
    SavedSearch,
    SaveSearch,
)
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.runtime.access.scopes import require_found
from engine.runtime.operations.spec import (
    Commands,
    CommandSpec,
    FinishUndo,
    NotUndoable,
    audited,
    not_audited,
    nothing_to_undo,
    within_scope,
)
from engine.runtime.recorder.record import Record
from engine.runtime.undoing import Removal, short_name


class TimelineHost(Protocol):
    """What these operations need of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def record(self) -> Record: ...

    @property
    def settings(self) -> Settings: ...


def _put_bookmark(engine: TimelineHost, put: PutBookmark, session: Session) -> str:
    table, note = engine.record.store.bookmarks, put.note.strip()
    if not note:
        raise InputError("note", "is empty")
    if put.bookmark_id:
        known = table.get(put.bookmark_id)
        _check_theirs(known, session)
        made = replace(known, at_ns=put.at_ns, note=note, until_ns=put.until_ns, camera_id=put.camera_id)
    else:
        now_ns = engine.clock.now_ns()
        user, bookmark_id = session.user, engine.record.new_id("bm")
        made = Bookmark(bookmark_id, put.at_ns, note, user.name, now_ns, put.until_ns, put.camera_id, user.id)
    table.put(made)
    return made.id


def _check_theirs(bookmark: Bookmark, session: Session) -> None:
    if bookmark.by_id != session.user.id and not session.may(Verb.DELETE):
        raise PermissionDenied(Verb.DELETE)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InputError("name", f"has to have 1–{LONGEST_NAME} characters")
    return name


def _may_put_bookmark(engine: TimelineHost, put: PutBookmark, _: Session, scope: Scope) -> bool:
    return (not put.camera_id or put.camera_id in scope) and (not put.bookmark_id or _is_shown(engine, put.bookmark_id, scope))


def _is_shown(engine: TimelineHost, bookmark_id: str, scope: Scope) -> bool:
    bookmark = engine.record.store.bookmarks.get(bookmark_id)
    shown = bookmark.camera_id in scope or (not bookmark.camera_id and bookmark.by_id == scope.by)
    return require_found(shown, f"There is no bookmark {bookmark_id}.")


def _remove_bookmark(engine: TimelineHost, command: RemoveBookmark, session: Session) -> str:
    """Raises NotFound, PermissionDenied."""
    table = engine.record.store.bookmarks
    _check_theirs(table.get(command.bookmark_id), session)
    table.remove(command.bookmark_id)
    return command.bookmark_id


def _may_remove_bookmark(engine: TimelineHost, command: RemoveBookmark, _: Session, scope: Scope) -> bool:
    return _is_shown(engine, command.bookmark_id, scope)


def _undo_bookmark(engine: TimelineHost, command: RemoveBookmark, _: Session) -> FinishUndo:
    table = engine.record.store.bookmarks
    gone = table.get(command.bookmark_id)

    def is_visible(session: Session) -> bool:
        scope = session.scope(engine.settings.cameras)
        return scope is None or gone.camera_id in scope or (not gone.camera_id and gone.by_id == session.user.id)

    return lambda: Removal(RemovedKind.BOOKMARK, gone.id, short_name(gone.note), lambda: table.put(gone), is_visible)


def _save_search(engine: TimelineHost, command: SaveSearch, session: Session) -> str:
    """Raises InputError."""
    user = session.user
    made = SavedSearch(
        engine.record.new_id("se"), _checked_name(command.name), user.name, command.filter, user.id, command.question.strip()
    )
    return engine.record.store.bookmarks.save_search(made)


def _may_save_search(engine: TimelineHost, command: SaveSearch, _: Session, scope: Scope) -> bool:
    """Not over somebody else's of that name."""
    searches = engine.record.store.answer(ListSearches())
    return all(each.by_id == scope.by for each in searches if each.name == command.name.strip())


def _remove_search(engine: TimelineHost, command: RemoveSearch, _: Session) -> str:
    """Raises NotFound."""
    engine.record.store.bookmarks.remove_search(command.search_id)
    return command.search_id


def _may_remove_search(engine: TimelineHost, command: RemoveSearch, _: Session, scope: Scope) -> bool:
    own = engine.record.store.within(scope).answer(ListSearches())
    return require_found(any(each.id == command.search_id for each in own), f"There is no saved search {command.search_id}.")


def _undo_search(engine: TimelineHost, command: RemoveSearch, _: Session) -> FinishUndo:
    searches = engine.record.store.answer(ListSearches())
    gone = next((each for each in searches if each.id == command.search_id), None)
    if gone is None:
        return nothing_to_undo

    def restore() -> None:
        if any(each.name == gone.name for each in engine.record.store.answer(ListSearches())):
            raise InputError("name", f"There is another search “{gone.name}” by now. Rename or forget it first.")
        engine.record.store.bookmarks.save_search(gone)

    return lambda: Removal(RemovedKind.SEARCH, gone.id, short_name(gone.name), restore, lambda session: gone.by_id == session.user.id)


COMMANDS: Commands[TimelineHost] = (
    CommandSpec(
        PutBookmark,
        handler=_put_bookmark,
        scope=within_scope(_may_put_bookmark),
        audit=not_audited("a note of the user's own, which carries their name"),
        undo=NotUndoable("it is edited or removed instead"),
        durable=True,
    ),
    CommandSpec(
        RemoveBookmark,
        handler=_remove_bookmark,
        scope=within_scope(_may_remove_bookmark),
        audit=audited(AuditVerb.REMOVE_BOOKMARK, "bookmark_id"),
        undo=_undo_bookmark,
        durable=True,
    ),
    CommandSpec(
        SaveSearch,
        handler=_save_search,
        scope=within_scope(_may_save_search),
        audit=not_audited("a search of the user's own, which carries their name"),
        undo=NotUndoable("it is removed instead"),
        durable=True,
    ),
    CommandSpec(
        RemoveSearch,
        handler=_remove_search,
        scope=within_scope(_may_remove_search),
        audit=audited(AuditVerb.REMOVE_SEARCH, "search_id"),
        undo=_undo_search,
        durable=True,
    ),
)

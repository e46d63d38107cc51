"""Commands: bookmarks on the timeline, and saved searches."""

from dataclasses import replace
from typing import Protocol

from engine.model.accounts.access import Scope, Session, Verb
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.undo import RemovedKind
from engine.model.errors import InputError, NotFound, PermissionDenied
from engine.model.history.timeline import (
    LONGEST_NAME,
    Bookmark,
    ListSearches,
    PutBookmark,
    RemoveBookmark,
    RemoveSearch,
    SavedSearch,
    SaveSearch,
    ShareSearch,
)
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.runtime.access.scopes import require_found
from engine.runtime.operations.spec import (
    Commands,
    CommandSpec,
    FinishUndo,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    any_session,
    audited,
    not_audited,
    nothing_to_undo,
    site_wide,
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


def _list_searches(engine: TimelineHost, question: ListSearches, session: Session, scope: Scope | None) -> tuple[SavedSearch, ...]:
    """What others keep for themselves is not shown to administrators either: it says what they look for, as their history in Ask does."""
    store = engine.record.store
    found = store.answer(question) if scope is None else store.within(scope).answer(question)
    return tuple(each for each in found if each.shared or each.by_id == session.user.id)


def _save_search(engine: TimelineHost, command: SaveSearch, session: Session) -> str:
    """What is shared stays so under its name. Raises InputError."""
    user, name = session.user, _checked_name(command.name)
    shared = any(each.shared for each in engine.record.store.answer(ListSearches()) if (each.by_id, each.name) == (user.id, name))
    made = SavedSearch(engine.record.new_id("se"), name, user.name, command.filter, user.id, command.question.strip(), shared)
    return engine.record.store.bookmarks.save_search(made)


def _search_of(engine: TimelineHost, search_id: str, session: Session) -> SavedSearch:
    """That the session may change. Raises NotFound, PermissionDenied."""
    shown = _list_searches(engine, ListSearches(), session, session.scope(engine.settings.cameras))
    search = next((each for each in shown if each.id == search_id), None)
    if search is None:
        raise NotFound(f"There is no saved search {search_id}.")
    if search.by_id != session.user.id and not session.may(Verb.ADMINISTER):
        raise PermissionDenied(Verb.ADMINISTER)
    return search


def _share_search(engine: TimelineHost, command: ShareSearch, session: Session) -> str:
    """Raises NotFound, PermissionDenied, InputError."""
    search = _search_of(engine, command.search_id, session)
    if not (command.shared or search.by_id):
        raise InputError("shared", "cannot end: whoever saved it has no account any more. Forget it instead.")
    engine.record.store.bookmarks.share_search(search.id, command.shared)
    return search.id


def _remove_search(engine: TimelineHost, command: RemoveSearch, session: Session) -> str:
    """Raises NotFound, PermissionDenied."""
    engine.record.store.bookmarks.remove_search(_search_of(engine, command.search_id, session).id)
    return command.search_id


def _undo_search(engine: TimelineHost, command: RemoveSearch, _: Session) -> FinishUndo:
    searches = engine.record.store.answer(ListSearches())
    gone = next((each for each in searches if each.id == command.search_id), None)
    if gone is None:
        return nothing_to_undo

    def restore() -> None:
        if any((each.by_id, each.name) == (gone.by_id, gone.name) for each in engine.record.store.answer(ListSearches())):
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
        scope=any_session,
        audit=not_audited("a search of the user's own, which carries their name"),
        undo=NotUndoable("it is removed instead"),
        durable=True,
    ),
    CommandSpec(
        ShareSearch,
        handler=_share_search,
        scope=site_wide,
        audit=audited(AuditVerb.SHARE_SEARCH, "search_id", lambda command, _: "shared" if command.shared else "not shared"),
        undo=NotUndoable("it is no longer shared instead"),
        durable=True,
    ),
    CommandSpec(
        RemoveSearch,
        handler=_remove_search,
        scope=any_session,
        audit=audited(AuditVerb.REMOVE_SEARCH, "search_id"),
        undo=_undo_search,
        durable=True,
    ),
)

QUESTIONS: Questions[TimelineHost] = (QuestionSpec(ListSearches, scope=QuestionScope.LIMITED, handler=_list_searches),)

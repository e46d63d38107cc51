"""What sessions note on the timeline and keep of their searches, carried out on the caller's thread."""

import secrets
from dataclasses import replace

from engine.model.access import Session, Verb
from engine.model.errors import InputError, PermissionDenied
from engine.model.timeline import Bookmark, PutBookmark, RemoveBookmark, RemoveSearch, SavedSearch, SaveSearch, TimelineCommand
from engine.runtime.engine import Engine

LONGEST_NAME = 120


def execute_timeline(engine: Engine, command: TimelineCommand, session: Session) -> str:
    """Raises InputError, NotFound, PermissionDenied. The caller has checked the verb."""
    table = engine.record.store.bookmarks
    match command:
        case PutBookmark():
            return _put(engine, command, session)
        case RemoveBookmark(bookmark_id):
            _check_theirs(table.get(bookmark_id), session)
            table.remove(bookmark_id)
            return bookmark_id
        case SaveSearch(name, wanted):
            return table.save_search(SavedSearch(f"se-{secrets.token_hex(6)}", _name(name), session.user.name, wanted, session.user.id))
        case RemoveSearch(search_id):
            table.remove_search(search_id)
            return search_id


def _put(engine: Engine, put: PutBookmark, session: Session) -> str:
    table, note = engine.record.store.bookmarks, put.note.strip()
    if not note:
        raise InputError("note", "is empty")
    if put.bookmark_id:
        known = table.get(put.bookmark_id)
        _check_theirs(known, session)
        made = replace(known, at_ns=put.at_ns, note=note, until_ns=put.until_ns, camera_id=put.camera_id)
    else:
        now_ns = engine.clock.now_ns()
        user, bookmark_id = session.user, f"bm-{secrets.token_hex(6)}"
        made = Bookmark(bookmark_id, put.at_ns, note, user.name, now_ns, put.until_ns, put.camera_id, user.id)
    table.put(made)
    return made.id


def _check_theirs(bookmark: Bookmark, session: Session) -> None:
    if bookmark.by_id != session.user.id and not session.may(Verb.DELETE):
        raise PermissionDenied(Verb.DELETE)


def _name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InputError("name", f"has to have 1–{LONGEST_NAME} characters")
    return name

"""Bookmarks and saved searches in the record."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine, delete, select, update

from engine.model.errors import NotFound
from engine.model.history.timeline import Bookmark, ListBookmarks, SavedSearch
from engine.model.wire import read_as, to_plain
from engine.store.changes import enter_changes
from engine.store.paging import between
from engine.store.timeline.tables import bookmarks, saved_searches
from engine.store.upsert import upsert


class BookmarkTable:
    """Any thread. Faults of the database are EnvironmentFault."""

    def __init__(self, reading: Engine, writing: Engine, faults: Callable[[], AbstractContextManager[None]]) -> None:
        self._reading = reading
        self._writing = writing
        self._faults = faults

    def put(self, bookmark: Bookmark) -> None:
        """Insert, or replace by id."""
        with self._write() as connection:
            upsert(connection, bookmarks, [to_plain(bookmark)])

    def get(self, bookmark_id: str) -> Bookmark:
        """Raises NotFound."""
        with self._faults(), self._reading.connect() as connection:
            row = connection.execute(select(bookmarks).where(bookmarks.c.id == bookmark_id)).mappings().first()
        if row is None:
            raise NotFound(f"There is no bookmark {bookmark_id}.")
        return read_as(Bookmark, dict(row))

    def remove(self, bookmark_id: str) -> None:
        """Raises NotFound."""
        with self._write() as connection:
            if not connection.execute(delete(bookmarks).where(bookmarks.c.id == bookmark_id)).rowcount:
                raise NotFound(f"There is no bookmark {bookmark_id}.")

    def save_search(self, search: SavedSearch) -> str:
        """Its id: that of the search of this user that had the name before, where there was one."""
        columns = saved_searches.c
        with self._write() as connection:
            same = (columns.name == search.name) & (columns.by_id == search.by_id)
            known = connection.scalar(select(columns.id).where(same))
            search_id = search.id if known is None else str(known)
            upsert(connection, saved_searches, [{**to_plain(search), "id": search_id}])
            return search_id

    def share_search(self, search_id: str, shared: bool) -> None:
        """Nothing where there is none."""
        with self._write() as connection:
            connection.execute(update(saved_searches).where(saved_searches.c.id == search_id).values(shared=shared))

    def remove_search(self, search_id: str) -> None:
        """Raises NotFound."""
        with self._write() as connection:
            if not connection.execute(delete(saved_searches).where(saved_searches.c.id == search_id)).rowcount:
                raise NotFound(f"There is no saved search {search_id}.")

    @contextmanager
    def _write(self) -> Generator[Connection]:
        with self._faults(), self._writing.begin() as connection:
            yield connection
            enter_changes(connection)


def list_bookmarks(connection: Connection, ask: ListBookmarks) -> tuple[Bookmark, ...]:
    """Newest first."""
    newest = select(bookmarks).where(*between(bookmarks.c.at_ns, ask.since_ns, ask.until_ns))
    rows = connection.execute(newest.order_by(bookmarks.c.at_ns.desc(), bookmarks.c.id.desc()).limit(ask.limit)).mappings()
    return tuple(read_as(Bookmark, dict(row)) for row in rows)


def searches(connection: Connection) -> tuple[SavedSearch, ...]:
    """By name."""
    rows = connection.execute(select(saved_searches).order_by(saved_searches.c.name)).mappings()
    return tuple(read_as(SavedSearch, dict(row)) for row in rows)

"""What people noted is theirs by their user id: converted from names, and never inherited with a name."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from engine.model.accounts.access import Role, User
from engine.model.history.timeline import Bookmark, ListBookmarks, ListSearches, SavedSearch, SearchFilter
from engine.model.repository import StoredUser
from engine.model.time import SystemClock
from engine.store import schema
from engine.store.store import open_store

CLOCK = SystemClock()


@pytest.fixture
def before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record of the schema before, with notes of Ada, who is a user, and of Bob, who was one."""
    path = tmp_path / "watchroom.db"
    monkeypatch.setattr(schema, "NEWEST", "0018")
    open_store(path, CLOCK).close()
    monkeypatch.undo()
    engine = create_engine(f"sqlite:///{path}")
    with closing(engine.raw_connection()) as raw:
        driver = raw.driver_connection
        driver.execute("INSERT INTO users (id, name, name_key, role, password_hash) VALUES ('us-1', 'Ada', 'ada', 'operator', '')")
        for name in ("Ada", "Bob"):
            note = (f"bm-{name}", name)
            driver.execute("INSERT INTO bookmarks (id, at_ns, note, \"by\", created_ns, camera_id) VALUES (?, 5, 'van', ?, 6, '')", note)
            search = (f"se-{name}", f"of {name}", name, '{"text": "van"}')
            driver.execute('INSERT INTO saved_searches (id, name, "by", filter) VALUES (?, ?, ?, ?)', search)
        body = '{"id": "ho-1", "at_ns": 9, "by": "Bob", "text": "quiet", "read": [{"by": "Ada", "at_ns": 10}, {"by": "Cy", "at_ns": 11}]}'
        driver.execute("INSERT INTO handovers (id, at_ns, body) VALUES ('ho-1', 9, ?)", (body,))
        unread = '{"id": "ho-2", "at_ns": 12, "by": "Ada", "text": "x"}'
        driver.execute("INSERT INTO handovers (id, at_ns, body) VALUES ('ho-2', 12, ?)", (unread,))
        raw.commit()
    engine.dispose()
    return path


def test_names_become_ids_and_those_who_are_gone_nobody(before: Path) -> None:
    store = open_store(before, CLOCK)
    assert {each.id: (each.by, each.by_id) for each in store.answer(ListBookmarks())} == {"bm-Ada": ("Ada", "us-1"), "bm-Bob": ("Bob", "")}
    assert {each.id: each.by_id for each in store.answer(ListSearches())} == {"se-Ada": "us-1", "se-Bob": ""}
    assert all(each.shared for each in store.answer(ListSearches())), "what was saved before is found by everybody, as it was"
    store.bookmarks.save_search(SavedSearch("se-2", "of Ada", "Bo", SearchFilter("car"), "us-2", shared=False))
    assert [each.id for each in store.answer(ListSearches())] == ["se-Ada", "se-2", "se-Bob"], "another one of that name"
    newer, older = store.handovers.page()
    assert newer.by_id == "us-1" and newer.read == () and not newer.awaits("us-1") and newer.awaits("us-2")
    assert older.by_id == "" and [(each.by, each.at_ns, each.by_id) for each in older.read] == [("Ada", 10, "us-1"), ("Cy", 11, "")]
    store.close()


def test_a_new_user_with_an_old_name_inherits_nothing_and_a_renamed_one_keeps_all(tmp_path: Path) -> None:
    from engine.model.accounts.access import Scope

    store = open_store(tmp_path / "watchroom.db", CLOCK)
    store.accounts.add_user(StoredUser(User("us-2", "Ada", Role.OPERATOR, ()), ""))
    store.bookmarks.put(Bookmark("bm-1", 5, "van", "Ada", 6, by_id="us-1"))
    store.bookmarks.save_search(SavedSearch("se-1", "vans", "Ada", SearchFilter("van"), "us-1"))
    new, renamed = Scope(frozenset(), "us-2"), Scope(frozenset(), "us-1")
    assert store.within(new).answer(ListBookmarks()) == () and store.within(new).answer(ListSearches()) == ()
    assert len(store.within(renamed).answer(ListBookmarks())) == 1 and len(store.within(renamed).answer(ListSearches())) == 1
    store.close()


def test_the_newest_schema_is_the_one_of_the_migrations(before: Path) -> None:
    store = open_store(before, CLOCK)
    store.close()
    engine = create_engine(f"sqlite:///{before}")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == schema.NEWEST
    engine.dispose()

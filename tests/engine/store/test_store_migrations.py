"""Every schema there ever was comes up to the newest, with its rows; a crash in between leaves the old one."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.decision import CandidateKind
from engine.model.event import EventKind, Severity
from engine.model.history.event_query import EventWant
from engine.model.history.timeline import ListBookmarks, ListSearches
from engine.model.people.person import Person
from engine.model.question import ListAlerts, ListDecisions, ListEvents
from engine.model.time import ManualClock
from engine.store import open_store, schema
from engine.store.database.connection import reading_engine, writing_engine
from engine.store.deliveries import Waiting
from engine.store.store import Store
from engine.store.tables import metadata
from tests.engine.store.indexes import check_indexes
from tests.engine.store.records import decision, event
from tests.fakes.new_records import MadeOnce

CLOCK = ManualClock(0)
FIRST_SCHEMA = Path(__file__).parent / "schema_0001.sql"
SECOND_SCHEMA = Path(__file__).parent / "schema_0002.sql"
LATER = ("0008", "0014", "0018", "0019")


@pytest.fixture(autouse=True)
def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here every new record goes through all migrations."""
    monkeypatch.setattr("engine.store.store.migrate", schema.migrate)


def schema_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}


def test_the_newest_migration_is_the_one_the_code_knows() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert scripts.get_heads() == [schema.NEWEST]
    assert scripts.get_bases() == ["0001"]


def test_migrations_make_the_tables_that_the_code_uses(path: Path) -> None:
    open_store(path, CLOCK).close()
    engine = reading_engine(path)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, *_: not (name or "").startswith(("incident_places", "found_words"))}
        )
        assert compare_metadata(context, metadata) == []  # the own tables of the R*Tree and of the full text aside
    engine.dispose()


def test_a_record_of_the_first_schema_comes_up_with_its_rows(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST_SCHEMA.read_text("utf-8"))
    store = open_store(path, CLOCK)
    assert store.answer(ListEvents()) == (event(1),)
    assert store.answer(ListDecisions()) == (decision(1),)
    assert [stored.user.name for stored in store.accounts.users()] == ["Ada"]
    store.close()


def test_a_record_of_the_second_schema_comes_up_with_its_rows(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SECOND_SCHEMA.read_text("utf-8"))
    store = open_store(path, CLOCK)
    at_a_place = replace(event(1), position=(1.25, -2.5, 0.3), zone_id="kitchen", person="Ada", level=1)
    assert store.answer(ListEvents()) == (at_a_place,)
    assert store.waiting_deliveries() == Waiting(1, 6)
    store.close()


def test_an_old_record_takes_the_new_kinds_and_columns(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST_SCHEMA.read_text("utf-8"))
    store = open_store(path, CLOCK)
    fall = replace(event(2), kind=EventKind.FALL, camera_id="", box_xyxy=None, position=(0.1 + 0.2, 1 / 3, 0.0), person="Bo", level=2)
    rejected = replace(decision(2), candidate=CandidateKind.FALL, camera_id="")
    store.save([fall, rejected])
    assert store.answer(ListEvents(kinds=(EventKind.FALL,))) == (fall,)
    assert store.answer(ListDecisions())[0] == rejected
    store.close()


def test_opening_again_changes_nothing(path: Path) -> None:
    open_store(path, CLOCK).close()
    before = path.read_bytes()
    open_store(path, ManualClock(999)).close()
    assert path.read_bytes() == before


def test_a_migration_that_is_interrupted_leaves_nothing(path: Path) -> None:
    reading, writing = reading_engine(path), writing_engine(path)
    with pytest.raises(KeyboardInterrupt), writing.begin() as connection:
        schema._upgrade(connection)
        raise KeyboardInterrupt
    assert schema_of(path) == set()
    reading.dispose()
    writing.dispose()
    open_store(path, CLOCK).close()


def test_migrations_run_from_wherever_they_are_installed(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a bundle: a folder with a space and a percent sign, given by path, with no alembic.ini."""
    elsewhere = tmp_path / "50% off" / "migrations"
    elsewhere.parent.mkdir()
    elsewhere.symlink_to(schema.MIGRATIONS, target_is_directory=True)
    monkeypatch.setattr(schema, "MIGRATIONS", elsewhere)
    open_store(path, CLOCK).close()
    assert any("CREATE TABLE events" in sql for sql in schema_of(path))


@pytest.mark.parametrize("revision", LATER)
def test_a_record_of_a_later_schema_comes_up_with_its_rows(path: Path, revision: str) -> None:
    """As a site had them after parts 5 and 6 and later, grown out of the second schema."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((Path(__file__).parent / f"schema_{revision}.sql").read_text("utf-8"))
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision,)]
    store = open_store(path, CLOCK)
    assert [each.id for each in store.answer(ListEvents())] == [event(1).id]
    assert [person.name for person in store.roster().persons] == ["Ada"]
    if revision >= "0014":
        assert store.segments.ids() == {"sg-door-1"} and store.segments.held_spans() == ((1, 9),)
    if revision >= "0018":
        check_what_came_by_0018(store, path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(schema.NEWEST,)]
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    while store.put_waiting_words() is not None:
        pass
    check_indexes(path)
    store.close()


def check_what_came_by_0018(store: Store, path: Path) -> None:
    """Notes are their writers' by user id, and nobody's where the writer is no user."""
    assert [(each.id, each.by_id) for each in store.answer(ListBookmarks())] == [("bm-1", "us-1")]
    assert [(each.id, each.by_id) for each in store.answer(ListSearches())] == [("se-1", "")]
    [handover] = store.handovers.page()
    assert handover.by_id == "us-1" and [each.by_id for each in handover.read] == ["us-1"]
    assert store.looks.count_and_oldest() == (1, 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT track_id, path FROM trails").fetchall() == [("tr-1", b"\0")]


def test_a_record_of_a_later_schema_ends_up_like_a_new_one(path: Path, tmp_path: Path) -> None:
    open_store(path, CLOCK).close()
    for revision in LATER:
        old = tmp_path / f"{revision}.db"
        with closing(sqlite3.connect(old)) as connection:
            connection.executescript((Path(__file__).parent / f"schema_{revision}.sql").read_text("utf-8"))
        open_store(old, CLOCK).close()
        assert named(old) == named(path)


def named(path: Path) -> set[tuple[str, str, str]]:
    """What there is, by kind, name and table."""
    with closing(sqlite3.connect(path)) as connection:
        return {tuple(row) for row in connection.execute("SELECT type, name, tbl_name FROM sqlite_master")}


def test_the_copies_that_other_tests_begin_with_are_what_the_migrations_make(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(path, CLOCK).close()
    monkeypatch.setattr("engine.store.store.migrate", MadeOnce(tmp_path))
    for name in ("first.db", "second.db"):
        open_store(tmp_path / name, CLOCK).close()
        assert held(tmp_path / name) == held(path)
        assert (tmp_path / name).stat().st_mode == path.stat().st_mode


def held(path: Path) -> dict[tuple[str, str, str, str], list[tuple[object, ...]]]:
    """Everything there is, as SQL, and every row; of full text and places the rows of the tables below them."""
    with closing(sqlite3.connect(path)) as connection:
        found = [tuple(row) for row in connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master")]
        kept = [each for each in found if each[0] == "table" and "VIRTUAL" not in each[3]]
        return {each: connection.execute(f'SELECT * FROM "{each[1]}"').fetchall() if each in kept else [] for each in found}


def test_who_had_a_name_only_has_an_id_after_the_upgrade(path: Path) -> None:
    """As radio events were written before: one of a person of today, one by an earlier name, one that two have had, one of nobody."""
    ada, crossing = Person("pe-ada", "Ada"), replace(event(1), kind=EventKind.CROSSING, camera_id="", ended_ns=2)
    whose = {
        2: ("Ada", ""),
        3: ("Adele", "pe-9"),
        4: ("Adele", ""),
        5: ("Bo", "pe-7"),
        6: ("Bo", "pe-8"),
        7: ("Bo", ""),
        8: ("Erased person", ""),
    }
    events = [
        replace(crossing, id=f"ev-{n}", started_ns=n, person=name, person_id=id_) for n, (name, id_) in {**whose, 9: ("", "")}.items()
    ]
    alert = Alert(
        "al-1",
        "de-1",
        "anything",
        EventKind.CROSSING,
        Severity.LOW,
        2,
        2,
        AlertState.NEW,
        "ev-2",
        ("ev-2",),
        person="Ada",
        subject_id="blob-1",
    )
    store = open_store(path, CLOCK)
    store.save([ada, *events, alert])
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "ALTER TABLE saved_searches DROP COLUMN question; "
            "DROP TABLE known_elsewhere; DROP TABLE purposes; DROP TABLE person_purposes; DROP TABLE erased_persons; "
            "DROP TABLE replication_queue; DROP TABLE kept_commands; "
            "DROP TABLE event_verdicts; DROP TABLE review_items; DROP TABLE review_marks; DROP TABLE report_links; "
            "ALTER TABLE events DROP COLUMN named_by; ALTER TABLE audit DROP COLUMN by_id; "
            "ALTER TABLE alerts DROP COLUMN assignee_id; ALTER TABLE alerts DROP COLUMN seen_by_ids; "
            "ALTER TABLE alerts DROP COLUMN hub_acts; "
            "DROP INDEX ix_incidents_threat; ALTER TABLE incidents DROP COLUMN threat_id"
        )
        connection.execute("UPDATE alembic_version SET version_num = '0019'")
        connection.commit()
    store = open_store(path, CLOCK)
    found = {each.id: each.person_id for each in store.answer(ListEvents())}
    assert found == {"ev-2": ada.id, "ev-3": "pe-9", "ev-4": "pe-9", "ev-5": "pe-7", "ev-6": "pe-8", "ev-7": "", "ev-8": "", "ev-9": ""}
    assert [each.person_id for each in store.answer(ListAlerts()).alerts] == [ada.id]
    assert [each.id for each in store.asked.events(EventWant(known=False), 9)] == ["ev-9"]
    assert store.asked.count(EventWant(person_ids=(ada.id,))) == 1
    while store.put_waiting_words() is not None:
        pass
    check_indexes(path)
    store.close()

"""A shared record of an older version is brought up to date with everything that was in it."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, text

from engine.model.accounts.access import Role, User
from engine.model.accounts.audit import AuditRow
from engine.model.errors import EnvironmentFault
from engine.model.question import ListAlerts, ListClips, ListDecisions, ListEvents
from engine.model.repository import StoredToken, StoredUser
from engine.model.wire import to_plain
from engine.store.database.postgres import postgres_engine
from engine.store.shared import schema
from engine.store.shared.record import SharedRecord
from tests.engine.store.records import clip, decision, event
from tests.engine.store.test_shared_record import ITEM, NORTH, at, batch
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.postgres import new_database, postgres_or_skip

_NUMBERS = count()
OLD = "0001"
INCIDENT = {"id": f"{NORTH}/in-1", "category": "fire", "severity": 3, "status": "created", "state": "open", "latitude": 45.0}
INCIDENT |= {"longitude": 5.0, "occurred_ns": 7, "updated_ns": 8, "body": {"id": f"{NORTH}/in-1"}, "simulated": False, "threat_id": "x"}
ADA = StoredUser(User("us-1", "Ada", Role.ADMIN, None), "a hash")
TOKEN = StoredToken("digest", "us-1", "Prometheus", 5, None, True, None, None, "ada")
ROWS: dict[str, list[dict[str, Any]]] = {
    "shared_sites": [
        {"key": NORTH, "name": "North", "stream": "s1", "seq": 7, "heard_ns": 9, "retired_ns": None, "public_key": "UA"},
        {"key": "south", "name": "South", "stream": "", "seq": 0, "heard_ns": 0, "retired_ns": 5, "public_key": "UB"},
    ],
    "site_codes": [{"digest": "d", "key": "west", "name": "West", "until_ns": 10**18}],
    "events": [to_plain(at(NORTH, event(number))) for number in range(1, 4)],
    "decisions": [to_plain(at(NORTH, decision(1)))],
    "alerts": [to_plain(at(NORTH, ALERT))],
    "review_items": [to_plain(at(NORTH, ITEM))],
    "clips": [to_plain(at(NORTH, clip(1)))],
    "incidents": [INCIDENT],
    "shared_audit": [{"site": NORTH, **to_plain(AuditRow(5, "ada", "view_clip", seq=1, hash="x"))}],
    "users": [{**to_plain(ADA.user), "name_key": "ada", "password_hash": ADA.password_hash}],
    "tokens": [to_plain(TOKEN)],
    "lockouts": [{"name": "ben", "failures": 3, "until_ns": 4}],
    "event_counts": [{"camera_id": f"{NORTH}/yard", "kind": "person", "severity": 2, "quarter": 0, "n": 3}],
}
COUNTED_ANEW = "event_counts"  # with the key of the site since 0002


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def database(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """One of the first version, filled."""
    url = new_database(server, f"upgrade_{next(_NUMBERS)}")
    engine = postgres_engine(url)
    with engine.begin() as connection, monkeypatch.context() as old:
        old.setattr(schema, "NEWEST", OLD)
        schema.prepare(connection)
        for table, rows in ROWS.items():
            for row in rows:
                put(connection, table, row)
    engine.dispose()
    return url


def put(connection: Connection, table: str, row: dict[str, Any]) -> None:
    """Those of its values for which there was a column then."""
    query = (
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = :table AND is_generated = 'NEVER'"
    )
    there = set(connection.scalars(text(query), {"table": table}))
    names = ", ".join(f'"{name}"' for name in row if name in there)
    statement = f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb))"
    connection.execute(text(statement), {"row": json.dumps(row)})


def contents(url: str) -> dict[str, list[dict[str, Any]]]:
    engine = postgres_engine(url, reading=True)
    with engine.connect() as connection:
        found = {
            table: list(connection.scalars(text(f"SELECT to_jsonb(t) - 'words' FROM {table} t ORDER BY CAST(to_jsonb(t) AS text)")))
            for table in ROWS
        }
    engine.dispose()
    return found


def counted(found: dict[str, list[dict[str, Any]]]) -> int:
    """Of the whole site."""
    return sum(sum(row["counts"]) for row in found[COUNTED_ANEW] if row["camera_id"] == "*")


def test_everything_is_there_after_an_upgrade(database: str) -> None:
    before = contents(database)
    assert all(len(before[table]) == len(rows) for table, rows in ROWS.items())
    record = SharedRecord(database)
    try:
        after = contents(database)
        for table in ROWS.keys() - {COUNTED_ANEW}:
            kept = [[{name: row[name] for name in old} for row in after[table]] for old in before[table]]
            assert all(old in rows for old, rows in zip(before[table], kept, strict=True)), table
            assert len(after[table]) == len(before[table])
        assert counted(after) == 3
        assert record.answer(ListEvents()) == tuple(at(NORTH, event(number)) for number in (3, 2, 1))
        assert record.answer(ListAlerts()).alerts == (at(NORTH, ALERT),)
        assert record.answer(ListDecisions()) == (at(NORTH, decision(1)),)
        assert record.answer(ListClips()) == (at(NORTH, clip(1)),)
        assert record.accounts.users() == (ADA,)
        assert record.accounts.token("digest") == TOKEN
        assert [(site.key, site.retired_ns) for site in record.sites()] == [(NORTH, None), ("south", 5)]
    finally:
        record.close()


def test_a_site_goes_on_where_it_was(database: str) -> None:
    record = SharedRecord(database)
    try:
        assert record.keep(NORTH, batch(7, at(NORTH, event(4))), 1).seq == 8
        assert len(record.answer(ListEvents())) == 4
        assert counted(contents(database)) == 4
        assert record.redeem_code("d", "UC", 1) == "west"
    finally:
        record.close()


def test_an_upgraded_record_is_opened_by_no_older_version(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    SharedRecord(database).close()
    monkeypatch.setattr(schema, "NEWEST", OLD)
    with pytest.raises(EnvironmentFault) as refused:
        SharedRecord(database)
    assert refused.value.reason == "database_newer"


def test_a_hub_that_runs_goes_on_while_a_later_one_adds_columns(server: str) -> None:
    """It asks for the columns that it knows."""
    url = new_database(server, f"upgrade_{next(_NUMBERS)}")
    record = SharedRecord(url)
    try:
        record.add_site(NORTH, "North")
        record.begin_stream(NORTH, "s1")
        engine = postgres_engine(url)
        with engine.begin() as connection:
            for table in ("shared_sites", "events", "alerts", "audit"):
                connection.execute(text(f"ALTER TABLE {table} ADD COLUMN of_another_version text NOT NULL DEFAULT 'x'"))
        engine.dispose()
        assert record.hear(NORTH, 1, 5).clock_offset_ns == 5
        assert record.keep(NORTH, batch(0, at(NORTH, event(1)), at(NORTH, ALERT)), 1).seq == 2
        assert record.answer(ListEvents()) == (at(NORTH, event(1)),)
        assert record.answer(ListAlerts()).alerts == (at(NORTH, ALERT),)
        record.audit.add(AuditRow(1, "x", "sign_in"))
        assert record.audit.check()[0].fault is None
        assert len(record.audit.rows(5)) == 1
    finally:
        record.close()

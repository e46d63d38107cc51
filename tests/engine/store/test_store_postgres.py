"""Servers that cannot keep incidents are refused with a sentence each, and what one says while it fails is no bug of ours."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from engine.incidents.correlation import correlate
from engine.model.errors import EnvironmentFault
from engine.store.database import postgres
from engine.store.database.postgres import open_incidents, postgres_engine
from engine.store.database.postgres_faults import postgres_faults
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.reports import report


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        run(
            url,
            "CREATE ROLE plain LOGIN",
            "CREATE DATABASE theirs OWNER plain",
            "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0",
            "CREATE DATABASE foreign_one",
            "CREATE DATABASE fresh",
        )
        run(at(url, "foreign_one"), "CREATE TABLE incidents (id int)")
        yield url


@contextmanager
def engine_of(url: str, *, reading: bool = False) -> Iterator[Engine]:
    engine = postgres_engine(url, reading=reading)
    try:
        yield engine
    finally:
        engine.dispose()


def run(url: str, *statements: str) -> None:
    with engine_of(url, reading=True) as engine, engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def at(url: str, database: str, user: str = "watchroom") -> str:
    return url.replace("watchroom@", f"{user}@").removesuffix("/postgres") + f"/{database}"


def refused(url: str) -> EnvironmentFault:
    with engine_of(url) as engine, pytest.raises(EnvironmentFault) as fault:
        open_incidents(engine, engine)
    return fault.value


@pytest.mark.parametrize(
    ("database", "user", "reason", "says"),
    [
        ("nowhere", "watchroom", "no_database", "createdb"),
        ("fresh", "stranger:secret-word", "login_refused", "pg_hba"),
        ("theirs", "plain", "no_permission", "CREATE EXTENSION"),
        ("latin", "watchroom", "database_encoding", "LATIN1"),
        ("foreign_one", "watchroom", "database_foreign", "another program"),
    ],
)
def test_each_reason_has_its_sentence(server: str, database: str, user: str, reason: str, says: str) -> None:
    fault = refused(at(server, database, user))
    assert (fault.reason, says in str(fault)) == (reason, True), str(fault)
    chain, each = "", fault
    while each is not None:
        chain, each = f"{chain} {each!r}", each.__cause__  # pyright: ignore[reportAssignmentType]
    assert "secret-word" not in chain


def test_a_server_that_is_too_old_or_lacks_postgis_is_named(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(postgres, "OLDEST", 990_000)
        assert refused(at(server, "fresh")).reason == "database_old"
    with monkeypatch.context() as patched:
        patched.setattr(postgres, "OLDEST_POSTGIS", 99)
        assert "PostGIS 3" in str(refused(at(server, "fresh")))
    with monkeypatch.context() as patched:
        patched.setattr(postgres, "_EXTENSIONS", ("postgis", "postgis_of_tomorrow"))
        fault = refused(at(server, "fresh"))
        assert fault.reason == "no_postgis" and "postgis_of_tomorrow" in str(fault)
    with engine_of(at(server, "fresh")) as engine, engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('incidents')")) is None


def test_an_owner_without_more_rights_is_enough_where_the_extensions_are_there(server: str) -> None:
    run(at(server, "theirs"), "CREATE EXTENSION IF NOT EXISTS postgis", "CREATE EXTENSION IF NOT EXISTS btree_gist")
    with engine_of(at(server, "theirs", "plain")) as engine:
        assert open_incidents(engine, engine).file([report(1)], correlate).changed[0].id == "in-1"
        assert open_incidents(engine, engine).get("in-1").id == "in-1"
    run(at(server, "theirs"), f"COMMENT ON TABLE incidents IS 'Watchroom, schema {postgres.SCHEMA + 1}'")
    assert refused(at(server, "theirs", "plain")).reason == "database_newer"
    run(at(server, "theirs"), "DROP EXTENSION postgis CASCADE", "DROP EXTENSION btree_gist CASCADE", "DROP TABLE incidents")


def test_several_that_open_it_for_the_first_time_at_once_all_can(server: str) -> None:
    run(server, "CREATE DATABASE crowded")
    ready, failed = threading.Barrier(6), list[BaseException]()

    def enter() -> None:
        with engine_of(at(server, "crowded")) as engine:
            ready.wait()
            try:
                open_incidents(engine, engine)
            except BaseException as error:  # noqa: BLE001 - told below
                failed.append(error)

    threads = [threading.Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_what_fails_while_it_runs_is_told_and_bugs_are_not_hidden(server: str) -> None:
    def failing(statement: str) -> str:
        with pytest.raises(EnvironmentFault) as fault, postgres_faults(), engine_of(server) as engine, engine.begin() as connection:
            connection.execute(text(statement))
        return fault.value.reason

    assert failing("SELECT pg_terminate_backend(pg_backend_pid())") == "database_unreachable"
    raised = "DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '{0}'; END $$"
    assert [failing(raised.format(code)) for code in ("53100", "53200", "25006", "40P01", "XX001", "58030")] == [
        "disk_full",
        "database_unreachable",
        "read_only",
        "database_locked",
        "database_damaged",
        "disk_error",
    ]
    with engine_of(server) as engine, pytest.raises(ProgrammingError), postgres_faults(), engine.connect() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))

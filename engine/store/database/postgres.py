"""Incidents in PostgreSQL with PostGIS, for sites whose reports are kept on a server."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.model.errors import EnvironmentFault, InputError
from engine.store.database.postgres_faults import postgres_faults
from engine.store.database.postgres_tls import encrypt_where_offered, without_tls_parameters
from engine.store.fire.smoke_tables import incident_smoke
from engine.store.incidents.incidents import IncidentTable
from engine.store.incidents.places import places_of
from engine.store.tables import incident_news, incidents, metadata, removed_ids, reports

OLDEST = 120_000  # PostgreSQL 12, the first with columns that make themselves
OLDEST_POSTGIS = 3
SCHEMA = 2  # raised with every change of these tables
KEPT_OPEN = 10  # connections: whoever asks beside more than these opens one, which costs the server as much as many questions
_OPENING = 0x5752_0002  # the lock of whoever makes the tables: two at once would each find none
_EXTENSIONS = ("postgis", "btree_gist")
_TABLES = [incidents, reports, incident_news, incident_smoke, removed_ids]
_MARK = "Watchroom, schema "
_SINCE_2 = "ALTER TABLE incidents ADD COLUMN IF NOT EXISTS simulated BOOLEAN NOT NULL DEFAULT false"


def postgres_engine(url: str, *, reading: bool = False) -> Engine:
    """`url`: postgresql://user:password@host:port/database, with `?sslmode=…&sslrootcert=…` (`postgres_tls`).

    `reading`: for questions, without the messages around a transaction.

    After the server was started again the next call fails, and those after it do not: asking before each whether it is still there would
    cost as much as the question. Raises InputError.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError("url", "has to be of the form postgresql://user:password@host:port/database") from None
    if not parsed.drivername.startswith("postgresql"):
        raise InputError("url", "has to begin with postgresql://")
    parsed, tls = without_tls_parameters(parsed.set(drivername="postgresql+pg8000"))
    given: dict[str, Any] = {"hide_parameters": True, "pool_size": KEPT_OPEN}  # names of people are no part of a log
    if reading:
        given["isolation_level"] = "AUTOCOMMIT"
    if tls is not None:
        return create_engine(parsed, connect_args={"ssl_context": tls}, **given)
    engine = create_engine(parsed, **given)
    encrypt_where_offered(engine)
    return engine


def open_incidents(reading: Engine, writing: Engine) -> IncidentTable:
    """Check the server, and make the tables and their index where they are not there yet, all or nothing.

    Raises EnvironmentFault: `database_unreachable`, `login_refused`, `no_database`, `database_old`, `no_postgis`, `database_encoding`,
        `read_only`, `no_permission`, `database_foreign`, `database_newer`. Nothing was changed.
    """
    with postgres_faults(), writing.begin() as connection:
        check_server(connection)
        connection.execute(select(func.pg_advisory_xact_lock(_OPENING)))
        _check_tables(connection)
        metadata.create_all(connection, tables=_TABLES)
        connection.execute(text(_SINCE_2))
        places_of(connection).prepare(connection)
        connection.execute(text(f"COMMENT ON TABLE incidents IS '{_MARK}{SCHEMA}'"))
    return IncidentTable(reading, writing, postgres_faults)


def check_server(connection: Connection) -> None:
    version = int(_server_setting(connection, "server_version_num"))
    if version < OLDEST:
        message = f"The database server is PostgreSQL {version // 10_000}; {OLDEST // 10_000} or newer is needed. Upgrade it."
        raise EnvironmentFault("database_old", message)
    if connection.scalar(text("SELECT pg_is_in_recovery()")):
        raise EnvironmentFault("read_only", "The database server is a copy that takes no changes. Choose the one that it is a copy of.")
    encoding = _server_setting(connection, "server_encoding")
    if encoding != "UTF8" or not connection.scalar(text("SELECT count(*) FROM pg_collation WHERE collname = 'und-x-icu'")):
        message = f"The database cannot hold every language (it is {encoding}, UTF8 with ICU is needed). Create another one there."
        raise EnvironmentFault("database_encoding", message)
    _check_extensions(connection)


def _server_setting(connection: Connection, name: str) -> str:
    return str(connection.scalar(text(f"SHOW {name}")))


def _check_extensions(connection: Connection) -> None:
    """Whether the server has them; those of this database come with the tables."""
    query = text("SELECT name, coalesce(installed_version, default_version) FROM pg_available_extensions")
    known = {row[0]: str(row[1]) for row in connection.execute(query)}
    missing = [name for name in _EXTENSIONS if name not in known]
    if missing:
        message = f"The database server lacks {' and '.join(missing)}. Install PostGIS there (Debian: postgresql-15-postgis-3)."
        raise EnvironmentFault("no_postgis", message)
    if int(known["postgis"].split(".")[0]) < OLDEST_POSTGIS:
        message = f"The database server has PostGIS {known['postgis']}; {OLDEST_POSTGIS} or newer is needed. Upgrade it."
        raise EnvironmentFault("database_old", message)


def _check_tables(connection: Connection) -> None:
    if connection.scalar(text("SELECT to_regclass('incidents')")) is None:
        return
    mark = connection.scalar(text("SELECT obj_description(to_regclass('incidents'), 'pg_class')")) or ""
    if not mark.startswith(_MARK):
        raise EnvironmentFault("database_foreign", "The database holds incidents of another program. Create one for this program alone.")
    if int(mark.removeprefix(_MARK)) > SCHEMA:
        raise EnvironmentFault("database_newer", "The database was written by a newer version of Watchroom. Start that one.")

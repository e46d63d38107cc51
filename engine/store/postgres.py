"""Incidents in PostgreSQL with PostGIS, for sites whose reports are kept on a server."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from engine.model.errors import EnvironmentFault, InputError
from engine.store.incident_places import places_of
from engine.store.incidents import IncidentTable
from engine.store.smoke_tables import incident_smoke
from engine.store.tables import incident_news, incidents, metadata, removed_ids, reports

_NO_EXTENSION = ("postgis", "btree_gist")


def postgres_engine(url: str, *, reading: bool = False) -> Engine:
    """`url`: postgresql://user:password@host:port/database. `reading`: for questions, without the messages around a transaction.

    After the server was started again the next call fails, and those after it do not: asking before each whether it is still there would
    cost as much as the question. Raises InputError.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError("url", "has to be of the form postgresql://user:password@host:port/database") from None
    if not parsed.drivername.startswith("postgresql"):
        raise InputError("url", "has to begin with postgresql://")
    parsed = parsed.set(drivername="postgresql+pg8000")
    return create_engine(parsed, isolation_level="AUTOCOMMIT") if reading else create_engine(parsed)


def open_incidents(reading: Engine, writing: Engine) -> IncidentTable:
    """Make the tables and their index where they are not there yet.

    Raises EnvironmentFault: `database_unreachable`, `no_postgis`.
    """
    try:
        with postgres_faults(), writing.begin() as connection:
            metadata.create_all(connection, tables=[incidents, reports, incident_news, incident_smoke, removed_ids])
            places_of(connection).prepare(connection)
    except DBAPIError as error:
        if any(name in str(error.orig) for name in _NO_EXTENSION):
            message = "The database server lacks PostGIS. Install it there (Debian: postgresql-15-postgis-3) and try again."
            raise EnvironmentFault("no_postgis", message) from error
        raise
    return IncidentTable(reading, writing, postgres_faults)


@contextmanager
def postgres_faults() -> Generator[None]:
    """Turns a server that does not answer into `EnvironmentFault`; bugs pass through unchanged."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        message = "The database server does not answer. Check that it runs, its address and the login. Nothing was changed."
        raise EnvironmentFault("database_unreachable", message) from error

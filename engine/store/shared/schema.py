"""Bringing the shared record to the schema of this version, by its migrations (Alembic), all or nothing."""

from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, text

from engine.model.errors import EnvironmentFault
from engine.store.database.postgres import check_server

NEWEST = "0013"
MIGRATIONS = Path(__file__).parent / "migrations"
_OPENING = 0x5752_0003  # the lock of whoever makes the tables: two hubs at once would each find none
_VERSION = "shared_record_version"


def prepare(connection: Connection) -> None:
    """Within the caller's transaction.

    Raises EnvironmentFault: what the server lacks (as `open_incidents`), `database_foreign`, `database_newer`. Nothing was changed.
    """
    check_server(connection)
    connection.execute(select(func.pg_advisory_xact_lock(_OPENING)))
    found = _revision(connection)
    if found > NEWEST:
        raise EnvironmentFault("database_newer", "The shared record was written by a newer version of Watchroom. Start that one.")
    if found != NEWEST:
        _upgrade(connection)


def _revision(connection: Connection) -> str:
    """Empty for a new database."""
    tables = inspect(connection).get_table_names()
    if _VERSION in tables:
        return str(connection.scalar(text(f"SELECT version_num FROM {_VERSION}")))
    if "events" in tables or "incidents" in tables:
        raise EnvironmentFault("database_foreign", "The database holds tables of another program. Create one for the hub alone.")
    return ""


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, NEWEST)

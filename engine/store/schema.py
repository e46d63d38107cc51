"""Bringing a database to the schema of this version, by the migrations in `engine/store/migrations` (Alembic).

A database that is already there costs one small query; Alembic is imported only where there is something to do. All steps run in one
transaction: after a crash the database is either at the old schema or at the new one.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from engine.model.errors import EnvironmentFault

NEWEST = "0038"
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(reading: Engine, writing: Engine, path: Path) -> None:
    """Bring the database to `NEWEST`. Looks through `reading` first, so that a refused database is not even touched.

    Raises:
        EnvironmentFault: it was written by a newer version, or belongs to another program. It is left as it was.
    """
    with reading.connect() as connection:
        if _revision(connection, path) == NEWEST:
            return
    with writing.begin() as connection:  # looked at again under the write lock: another process may have been first
        if _revision(connection, path) != NEWEST:
            _upgrade(connection)


def _revision(connection: Connection, path: Path) -> str:
    """The schema's number, empty for a new database."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return ""
    found = connection.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    if found is None:
        raise EnvironmentFault("database_foreign", f"The database {path} belongs to another program. Choose another folder.")
    if found > NEWEST:
        raise EnvironmentFault(
            "database_newer",
            f"The database {path} was written by a newer version of Watchroom (schema {found}, this version knows up to {NEWEST})."
            " Nothing was changed. Start the newer version.",
        )
    return str(found)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, NEWEST)

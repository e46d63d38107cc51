"""The way back from an upgrade: the record as it was is copied before a newer version changes its schema."""

import logging
import shutil
from collections.abc import Sequence

from engine.model.errors import EnvironmentFault
from engine.model.time import Clock, to_iso
from engine.model.upkeep import Backup
from engine.recording.checkpoints import Checkpoints
from engine.recording.files import fault
from engine.runtime.data_folder import DataFolder
from engine.runtime.storage.backup_copy import write_backup
from engine.runtime.storage.backup_folder import BackupFolder
from engine.store.database.backup import schema_of
from engine.store.schema import NEWEST
from engine.store.store import Store, open_store

log = logging.getLogger(__name__)


def keep_way_back(data: DataFolder, clock: Clock, folders: Sequence[BackupFolder]) -> Backup | None:
    """Copy a record of an older schema; None where there is nothing to copy. `folders`: where copies may lie, the data folder's own first.

    Raises:
        EnvironmentFault: there is no room, the disk failed, or the record is damaged; it is as it was.
    """
    schema = schema_of(data.database)
    if not schema or schema >= NEWEST:
        return None
    known = next((backup for folder in folders for backup in folder.all() if backup.before_upgrade and backup.schema == schema), None)
    number = max(Checkpoints(data.checkpoints).newest(1), default=0)  # what a checkpoint covers was committed before it was written
    if known is not None and known.number == number:
        return known  # the upgrade was cut short
    log.warning("this version changes the record (schema %s to %s): copying it first", schema, NEWEST)
    made = write_backup(data, folders[0], number, clock.now_ns(), lambda: _check_room(data, folders[0]), before_upgrade=True)
    log.warning("the record as it was is in %s", folders[0].path / made.name)
    return made


def open_beside(data: DataFolder, clock: Clock) -> Store:
    """The record for a small transaction by a command, also beside an engine that runs. An older one is left to the start of an engine,
    which copies it before it is changed; and beside an engine of the version before, nobody else may change what that one writes.

    Raises EnvironmentFault: as `open_store`; `database_older`.
    """
    schema = schema_of(data.database)
    if schema and schema < NEWEST:
        raise EnvironmentFault(
            "database_older",
            f"The record in {data.path} is of an earlier version (schema {schema}, this version writes {NEWEST}). Nothing was changed."
            " Start the engine of this version once: it copies the record before it changes it.",
        )
    return open_store(data.database, clock)


def way_back(folders: Sequence[BackupFolder]) -> str:
    """A sentence for whoever starts an older version on a newer record; empty where there is no copy that this version reads."""
    fitting = [backup for folder in folders for backup in folder.all() if backup.schema <= NEWEST]
    if not fitting:
        return ""
    newest = max(fitting, key=lambda backup: backup.made_ns)
    made = to_iso(newest.made_ns)[:16].replace("T", " ")
    return f" Or go back to the record of {made} UTC, as this version left it: `watchroom backups restore {newest.name}`."


def _check_room(data: DataFolder, folder: BackupFolder) -> None:
    """The copy, and as much again for the change itself. Raises EnvironmentFault."""
    try:
        needed, free = 2 * data.database.stat().st_size, shutil.disk_usage(data.path).free
    except OSError as error:
        raise fault(error, f"No backup can be made in {folder.path}") from error
    if free < needed:
        raise EnvironmentFault(
            "disk_full",
            f"This version changes the record, and copies it before. That needs {needed / 2**30:.2f} GiB on the disk of {data.path}, of"
            f" which {free / 2**30:.2f} GiB are free. Nothing was changed. Free some space, or start the version before.",
        )

"""One copy of the record made and read back; where it cannot be made, nothing of it is left."""

import shutil
from collections.abc import Callable
from pathlib import Path

from engine import __version__
from engine.model.upkeep import Backup
from engine.recording.files import PART, fault, sha256_of
from engine.runtime.data_folder import DataFolder
from engine.runtime.storage.backup_folder import DATABASE, SETTINGS, BackupFolder
from engine.store.database.backup import checked_schema, copy_database


def write_backup(
    data: DataFolder,
    folder: BackupFolder,
    number: int,
    now_ns: int,
    check_room: Callable[[], None],
    keep_going: Callable[[], None] = lambda: None,
    *,
    asked: bool = False,
    before_upgrade: bool = False,
) -> Backup:
    """Copy the database and the settings into a folder of their own. Others read and write meanwhile.

    Args:
        number: everything up to this observation is in the database. check_room: raises EnvironmentFault where there is none.
        keep_going: called between steps; what it raises ends this.

    Raises:
        EnvironmentFault: no room, the disk failed, the record is damaged.
    """
    part = folder.begin(now_ns)
    try:
        check_room()
        copy_database(data.database, part / DATABASE, keep_going)
        _copy_settings(data, part)
        schema, digest = checked_schema(part / DATABASE), sha256_of(part / DATABASE)
        size = sum(path.stat().st_size for path in part.iterdir())
        name = part.name.removesuffix(PART)
        about = Backup(name, now_ns, number, schema, digest, size, __version__, asked, before_upgrade)
        folder.finish(part, about)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise fault(error, f"No backup can be made in {folder.path}") from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return about


def _copy_settings(data: DataFolder, part: Path) -> None:
    if data.settings.exists():
        shutil.copyfile(data.settings, part / SETTINGS)
        (part / SETTINGS).chmod(0o600)

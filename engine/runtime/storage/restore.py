"""A record whose file is damaged, or gone, is put together again: from the newest sound copy, the log of observations, and files. So is one
from which somebody goes back to a copy.

The file as it was is set aside, never deleted. A note in the data folder says that this is going on until it is done: after a crash on the
way it is begun again. Without a sound copy nothing is touched, and the engine refuses to start, as it must: who may sign in is in there.
"""

import json
import logging
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import SECOND, Clock, to_iso
from engine.model.upkeep import Backup, Restored
from engine.model.value_class import dataclass
from engine.model.wire import read_record, to_plain
from engine.recording.files import fault, publish, sync_folder
from engine.runtime.atomic_file import write_atomically
from engine.runtime.data_folder import DataFolder
from engine.runtime.storage.backup_folder import DATABASE, BackupFolder, check
from engine.runtime.storage.upgrading import keep_way_back, way_back
from engine.store.database.backup import BESIDE, carry_over, unfit
from engine.store.database.faults import what_is_wrong
from engine.store.store import Store, open_store

log = logging.getLogger(__name__)

GOING_ON, TOLD, ASIDE = "restoring", "restored.json", "damaged"


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """`restored`: the record was put together again just now, without what came after the copy: the log has to be replayed from there."""

    store: Store
    restored: Restored | None = None
    backup: Backup | None = None


@dataclass(frozen=True, slots=True)
class RestoreReason:
    """Why the record is put together again, and from which copy, where somebody asked for one; empty: the newest that is sound.

    `aside`: where in the data folder an attempt that was cut short had begun to put the record as it was.
    """

    reason: str
    backup: str = ""
    aside: str = ""


def open_or_restore(data: DataFolder, clock: Clock, folders: Sequence[BackupFolder]) -> OpenedRecord:
    """The record, put together again where it has to be. `finish` says when all of it is done.

    A record of an older schema is copied before it is brought to this one.

    Raises:
        EnvironmentFault: as `open_store`; `database_damaged` only where there is no sound copy; there is no room for one before an upgrade.
    """
    wanted = _restore_reason(data, folders)
    if wanted is None:
        try:
            keep_way_back(data, clock, folders)
            return OpenedRecord(open_store(data.database, clock))
        except EnvironmentFault as error:
            if error.reason == "database_newer":
                raise EnvironmentFault(error.reason, f"{error}{way_back(folders)}") from None
            if not unfit(error) or not any(folder.all() for folder in folders):
                raise
            wanted = RestoreReason(what_is_wrong(error))
    return _restore(data, clock, folders, wanted)


def ask_for(data: DataFolder, backup: Backup, folder: BackupFolder) -> None:
    """The next start goes back to this copy. Raises EnvironmentFault: it is not sound, or the disk failed."""
    check(folder.path / backup.name, backup)
    made = to_iso(backup.made_ns)[:16].replace("T", " ")
    _note_restoring(data, RestoreReason(f"Somebody went back to the backup of {made} UTC.", backup.name))


def ask_for_sound(data: DataFolder, clock: Clock, why: str, folders: Sequence[BackupFolder]) -> Backup | None:
    """The next start puts the record together again from the newest sound copy, also where it could be opened: what is damaged in it need
    not be seen from outside. Every copy is read until one is sound; None: there is none, and nothing is asked. Raises EnvironmentFault."""
    for backup, folder in _newest_first(folders, clock.now_ns()):
        try:
            check(folder.path / backup.name, backup)
        except EnvironmentFault as error:
            log.warning("%s", error)
            continue
        _note_restoring(data, RestoreReason(why))
        return backup
    return None


def finish(data: DataFolder, restored: Restored) -> None:
    """The log was replayed and files were found. Raises EnvironmentFault."""
    write_atomically(data.path / TOLD, json.dumps(to_plain(restored), indent=1).encode())
    (data.path / GOING_ON).unlink(missing_ok=True)
    sync_folder(data.path)


def last_restored(data: Path) -> Restored | None:
    try:
        return read_record(Restored, json.loads((data / TOLD).read_bytes()))
    except (OSError, ValueError, InputError):
        return None


def _restore_reason(data: DataFolder, folders: Sequence[BackupFolder]) -> RestoreReason | None:
    """Why the file is not even opened; None: it is."""
    with suppress(FileNotFoundError):
        return _read_restore_note(data.path / GOING_ON)
    gone = not data.database.exists() or data.database.stat().st_size == 0
    left = data.was_used or any(folder.all() for folder in folders)
    return RestoreReason(f"The database {data.database} is gone or empty.") if gone and left else None


def _note_restoring(data: DataFolder, wanted: RestoreReason) -> None:
    write_atomically(data.path / GOING_ON, json.dumps(to_plain(wanted)).encode())


def _read_restore_note(note: Path) -> RestoreReason:
    """Raises FileNotFoundError."""
    try:
        return read_record(RestoreReason, json.loads(note.read_bytes()))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, InputError):
        return RestoreReason("It was being restored when the program ended.")


def _restore(data: DataFolder, clock: Clock, folders: Sequence[BackupFolder], wanted: RestoreReason) -> OpenedRecord:
    """Raises EnvironmentFault."""
    refusals: list[str] = []
    for backup, folder in _newest_first(folders, clock.now_ns()):
        if wanted.backup not in ("", backup.name):
            continue
        try:
            check(folder.path / backup.name, backup)
            part = _copied(folder.path / backup.name / DATABASE, data.database, clock)
        except EnvironmentFault as error:
            if not unfit(error) and error.reason != "database_newer":
                raise
            log.warning("%s", error)
            refusals.append(backup.name)
            continue
        return _put_in_place(data, clock, backup, part, wanted)
    tried = f" None of the {len(refusals)} backups is sound." if refusals else " There is no backup."
    raise EnvironmentFault(
        "database_damaged",
        f"{wanted.reason}{tried} Put a copy of watchroom.db back. To start anew, with nothing of what was recorded, move everything in"
        f" {data.path} away.",
    )


def _newest_first(folders: Sequence[BackupFolder], now_ns: int) -> list[tuple[Backup, BackupFolder]]:
    """Those last that were made when the clock was ahead."""
    found = ((each, folder) for folder in folders for each in folder.all())
    return sorted(found, key=lambda pair: (pair[0].made_ns <= now_ns, pair[0].made_ns), reverse=True)


def _copied(source: Path, database: Path, clock: Clock) -> Path:
    """A copy beside the database, brought to the schema of now."""
    part = database.with_name("watchroom.restoring.db")
    for suffix in ("", *BESIDE):
        Path(f"{part}{suffix}").unlink(missing_ok=True)
    try:
        shutil.copyfile(source, part)
        part.chmod(0o600)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise fault(error, "The record cannot be restored from its backup") from error
    open_store(part, clock).close()
    return part


def _put_in_place(data: DataFolder, clock: Clock, backup: Backup, part: Path, wanted: RestoreReason) -> OpenedRecord:
    aside = _place_aside(data, wanted, clock.now_ns())
    _note_restoring(data, replace(wanted, aside=aside.relative_to(data.path).as_posix()))
    _set_aside(data, aside)
    carried = carry_over(aside / DATABASE, part)  # also where that is gone: who may sign in is not what it was in the copy
    for suffix in BESIDE:
        Path(f"{part}{suffix}").unlink(missing_ok=True)
    publish(part, data.database)
    name = aside.relative_to(data.path).as_posix()
    log.error("%s The record as it was is in %s now; what is used was put together from the backup %s", wanted.reason, name, backup.name)
    asked = bool(wanted.backup)
    restored = Restored(clock.now_ns(), wanted.reason, name, backup.name, backup.made_ns, carried=carried, asked=asked)
    return OpenedRecord(open_store(data.database, clock), restored, backup)


def _place_aside(data: DataFolder, wanted: RestoreReason, now_ns: int) -> Path:
    """A new folder; that of an attempt which was cut short before what it had put together was in place, so that what it had set aside is
    carried over from there."""
    begun = data.path / wanted.aside
    if wanted.aside and not ((begun / DATABASE).exists() and data.database.exists()):
        return begun
    stamp = f"{datetime.fromtimestamp(now_ns // SECOND, UTC):%Y%m%dT%H%M%SZ}"
    folder, number = data.path / ASIDE / stamp, 1
    while folder.exists():
        number += 1
        folder = data.path / ASIDE / f"{stamp}-{number}"
    return folder


def _set_aside(data: DataFolder, folder: Path) -> None:
    """The damaged file and what belongs to it, the file last: what is left of it is never taken for the log of another. Raises
    EnvironmentFault."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for suffix in (*BESIDE, ""):
            path = Path(f"{data.database}{suffix}")
            if path.exists():
                os.replace(path, folder / path.name)
    except OSError as error:
        raise fault(error, "The damaged record cannot be set aside") from error


def told_of(restored: Restored) -> str:
    """For whoever runs the site: what happened, what it means, what to do."""
    made = to_iso(restored.backup_ns)[:16].replace("T", " ")
    happened = "Somebody went back to" if restored.asked else "The database was damaged and was put together again from"
    words = [
        f"{happened} the backup of {made} UTC and the log of what happened since.",
        "Part of that log was missing or too long, so that events from then on may be missing too." if restored.gap else "",
        f"Reports, chats and bookmarks made since then are not in it; the record as it was is kept in {restored.aside}.",
        "" if "users" in restored.carried else "Accounts are as they were then, and everybody has to sign in again.",
        "" if restored.asked else "Check the disk.",
    ]
    return " ".join(word for word in words if word)


def with_counts(restored: Restored, replayed: int, gap: bool, clips: int) -> Restored:
    return replace(restored, replayed=replayed, gap=gap, clips=clips)

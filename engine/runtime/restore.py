"""A record whose file is damaged, or gone, is put together again: from the newest sound copy, the log of observations, and files.

The damaged file is set aside, never deleted. A note in the data folder says that this is going on until it is done: after a crash on the
way it is begun again. Without a sound copy nothing is touched, and the engine refuses to start, as it must: who may sign in is in there.
"""

import json
import logging
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import SECOND, Clock, to_iso
from engine.model.upkeep import Backup, Restored
from engine.model.wire import read_as, to_plain
from engine.recording.files import fault, publish
from engine.runtime.atomic_file import write_atomically
from engine.runtime.backup_folder import DATABASE, BackupFolder, check
from engine.runtime.data_folder import DataFolder
from engine.store.backup import BESIDE, carry_over, unfit
from engine.store.store import Store, open_store

log = logging.getLogger(__name__)

GOING_ON, TOLD, ASIDE = "restoring", "restored.json", "damaged"


@dataclass(frozen=True, slots=True)
class Opened:
    """`restored`: the record was put together again just now, without what came after the copy: the log has to be replayed from there."""

    store: Store
    restored: Restored | None = None
    backup: Backup | None = None


def open_or_restore(data: DataFolder, clock: Clock, folders: Sequence[BackupFolder]) -> Opened:
    """The record, put together again where it has to be. `finish` says when all of it is done.

    Raises:
        EnvironmentFault: as `open_store`; `database_damaged` only where there is no sound copy.
    """
    reason = _reason(data, folders)
    if not reason:
        try:
            return Opened(open_store(data.database, clock))
        except EnvironmentFault as error:
            if not unfit(error) or not any(folder.all() for folder in folders):
                raise
            reason = str(error).partition(" Nothing was changed.")[0]
    return _restore(data, clock, folders, reason)


def finish(data: DataFolder, restored: Restored) -> None:
    """The log was replayed and files were found. Raises EnvironmentFault."""
    write_atomically(data.path / TOLD, json.dumps(to_plain(restored), indent=1).encode())
    (data.path / GOING_ON).unlink(missing_ok=True)


def last_restored(data: Path) -> Restored | None:
    try:
        return read_as(Restored, json.loads((data / TOLD).read_bytes()))
    except (OSError, ValueError, InputError):
        return None


def _reason(data: DataFolder, folders: Sequence[BackupFolder]) -> str:
    """Why the file is not even opened; empty: it is."""
    with suppress(OSError):
        return (data.path / GOING_ON).read_text("utf-8") or "It was being restored when the program ended."
    empty = not data.database.exists() or data.database.stat().st_size == 0
    return f"The database {data.database} is gone or empty." if empty and any(folder.all() for folder in folders) else ""


def _restore(data: DataFolder, clock: Clock, folders: Sequence[BackupFolder], reason: str) -> Opened:
    """Newest copies first. Raises EnvironmentFault."""
    known = sorted(((each, folder) for folder in folders for each in folder.all()), key=lambda pair: pair[0].made_ns, reverse=True)
    refusals: list[str] = []
    for backup, folder in known:
        try:
            check(folder.path / backup.name, backup)
            part = _copied(folder.path / backup.name / DATABASE, data.database, clock)
        except EnvironmentFault as error:
            if not unfit(error) and error.reason != "database_newer":
                raise
            log.warning("%s", error)
            refusals.append(backup.name)
            continue
        return _put_in_place(data, clock, backup, part, reason)
    tried = f" None of the {len(refusals)} backups is sound." if refusals else " There is no backup."
    raise EnvironmentFault("database_damaged", f"{reason}{tried} Put a copy of watchroom.db back, or move the file away to start anew.")


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


def _put_in_place(data: DataFolder, clock: Clock, backup: Backup, part: Path, reason: str) -> Opened:
    write_atomically(data.path / GOING_ON, reason.encode())
    aside = _set_aside(data, clock.now_ns())
    carried = carry_over(aside / DATABASE, part) if (aside / DATABASE).exists() else ()
    for suffix in BESIDE:
        Path(f"{part}{suffix}").unlink(missing_ok=True)
    publish(part, data.database)
    name = aside.relative_to(data.path).as_posix()
    log.error(
        "the record was damaged (%s); it is in %s now, and what is used was put together from the backup %s", reason, name, backup.name
    )
    restored = Restored(clock.now_ns(), reason, name, backup.name, backup.made_ns, carried=carried)
    return Opened(open_store(data.database, clock), restored, backup)


def _set_aside(data: DataFolder, now_ns: int) -> Path:
    """The damaged file and what belongs to it, the file last: what is left of it is never taken for the log of another. Raises
    EnvironmentFault."""
    stamp = f"{datetime.fromtimestamp(now_ns // SECOND, UTC):%Y%m%dT%H%M%SZ}"
    folder = data.path / ASIDE / stamp
    number = 1
    try:
        while folder.exists():
            number += 1
            folder = data.path / ASIDE / f"{stamp}-{number}"
        folder.mkdir(mode=0o700, parents=True)
        for suffix in (*BESIDE, ""):
            path = Path(f"{data.database}{suffix}")
            if path.exists():
                os.replace(path, folder / path.name)
    except OSError as error:
        raise fault(error, "The damaged record cannot be set aside") from error
    return folder


def told_of(restored: Restored) -> str:
    """For whoever runs the site: what happened, what it means, what to do."""
    made = to_iso(restored.backup_ns)[:16].replace("T", " ")
    words = [
        f"The database was damaged and was put together again from the backup of {made} UTC and the log of what happened since.",
        "Part of that log was missing, so that events from then on may be missing too." if restored.gap else "",
        f"Reports, chats and bookmarks made since then are lost; the damaged file is kept in {restored.aside}.",
        "" if "users" in restored.carried else "Accounts are as they were then, and everybody has to sign in again.",
        "Check the disk.",
    ]
    return " ".join(word for word in words if word)


def with_counts(restored: Restored, replayed: int, gap: bool, clips: int) -> Restored:
    return replace(restored, replayed=replayed, gap=gap, clips=clips)

"""Where copies of the record lie: a folder for each, which is whole once it has its name.

`watchroom-<site>-<time, UTC>/` with `watchroom.db`, `settings.toml` and `backup.json` (what `engine.model.upkeep.Backup` says). No secrets:
those are in the keyring, or in `secrets.json`, which is not copied. `<site>` tells the copies of several sites in one folder apart.
"""

import json
import logging
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import SECOND
from engine.model.upkeep import Backup, UpkeepSettings
from engine.model.wire import read_record, to_plain
from engine.recording.files import PART, fault, sha256_of, sync_file, sync_folder
from engine.store.database.backup import checked_schema

log = logging.getLogger(__name__)

DATABASE, SETTINGS, ABOUT = "watchroom.db", "settings.toml", "backup.json"
OWN_FOLDER, SITE = "backups", "backup-site"
GIB = 1 << 30
DAY_NS = 86_400 * SECOND


class BackupFolder:
    """The copies of one site in one folder. One thread at a time.

    Args:
        data: the data folder. chosen: another folder for the copies; empty: `backups` in the data folder.
    """

    def __init__(self, data: Path, chosen: str = "") -> None:
        self.path = Path(chosen) if chosen else data / OWN_FOLDER
        self._data = data
        self._is_own = not chosen

    def begin(self, at_ns: int) -> Path:
        """An empty folder for a copy, without its name yet. Raises EnvironmentFault."""
        try:
            if self._is_own:
                self.path.mkdir(mode=0o700, exist_ok=True)
            if not self.path.is_dir():
                raise EnvironmentFault("backups_away", f"The folder {self.path} for backups cannot be reached. Connect its disk.")
            self.remove_parts()
            part = self.path / f"{self._prefix()}{datetime.fromtimestamp(at_ns // SECOND, UTC):%Y%m%dT%H%M%SZ}{PART}"
            part.mkdir(mode=0o700)
        except OSError as error:
            raise fault(error, f"No backup can be made in {self.path}") from error
        return part

    def finish(self, part: Path, about: Backup) -> None:
        """Give a copy its name; it is on the disk when this returns. Raises EnvironmentFault."""
        try:
            (part / ABOUT).touch(0o600)
            (part / ABOUT).write_text(json.dumps(to_plain(about), indent=1), "utf-8")
            for path in part.iterdir():
                sync_file(path)
            sync_folder(part)
            part.rename(part.with_name(about.name))
            sync_folder(self.path)
        except OSError as error:
            raise fault(error, f"The backup {about.name} could not be completed") from error

    def remove_parts(self) -> None:
        """What a crash left half written, or half removed."""
        for path in self.path.glob(f"{self._prefix()}*"):
            if path.suffix == PART or not (path / ABOUT).exists():
                shutil.rmtree(path, ignore_errors=True)

    def all(self) -> tuple[Backup, ...]:
        """Newest first, as their notes say. What is no copy of this site is passed over."""
        found = [about for path in self.path.glob(f"{self._prefix()}*") if (about := read_about(path)) is not None]
        return tuple(sorted(found, key=lambda each: each.made_ns, reverse=True))

    def remove(self, backup: Backup) -> bool:
        """True when nothing of it is left. Its name goes first: what is half removed is no copy any more, and goes before the next."""
        path = self.path / backup.name
        part = path.with_name(f"{path.name}{PART}")
        with suppress(OSError):
            path.rename(part)
            shutil.rmtree(part)
        return not path.exists() and not part.exists()

    def holds_only(self, names: Collection[str]) -> bool:
        """Whether it can be reached, and no other copy of this site is in it, or part of one."""
        if not self.path.is_dir():
            return self._is_own  # that is made with the first copy
        return all(path.name in names for path in self.path.glob(f"{self._prefix()}*"))

    def _prefix(self) -> str:
        return f"watchroom-{site_of(self._data)}-"


def read_about(path: Path) -> Backup | None:
    """What the note in a copy's folder says, as far as this version knows it; None where there is none, or where it is another's."""
    try:
        about = read_record(Backup, json.loads((path / ABOUT).read_bytes()))
    except (OSError, ValueError, InputError):
        return None
    return about if about.name == path.name else None


def check(path: Path, about: Backup) -> None:
    """Read a copy as a whole and compare it with its note. Raises EnvironmentFault: it is not as it was written."""
    database = path / DATABASE
    try:
        digest = sha256_of(database)
    except OSError as error:
        raise fault(error, f"The backup {about.name} cannot be read") from error
    if digest != about.sha256:
        raise EnvironmentFault("database_damaged", f"The backup {about.name} is damaged: it is not as it was written.")
    checked_schema(database)


def site_of(data: Path) -> str:
    """Eight hex digits, made up once for each data folder. Raises OSError."""
    path = data / SITE
    with suppress(FileNotFoundError):
        known = path.read_text("ascii", "replace").strip()
        if re.fullmatch("[0-9a-f]{8}", known):
            return known
    made = secrets.token_hex(4)
    path.write_text(made, "ascii")
    return made


def beyond(backups: Sequence[Backup], settings: UpkeepSettings) -> tuple[Backup, ...]:
    """Those that are not to be kept: neither of the newest, nor the last of one of the days before those; then the oldest beyond the size.
    `backups` are newest first; the newest always stays, and so does the newest that was made before an upgrade."""
    kept = [*backups[: settings.keep_hourly], *_last_of_days(backups[settings.keep_hourly :], settings.keep_daily)]
    left, fitting = settings.keep_backups_gib * GIB, [backup for backup in backups if backup.before_upgrade][:1]
    newest = backups[:1]
    for backup in kept:
        left -= backup.size_bytes
        if left >= 0 or backup in newest:
            fitting.append(backup)
    return tuple(backup for backup in backups if backup not in fitting)


def _last_of_days(backups: Iterable[Backup], days: int) -> list[Backup]:
    found: dict[int, Backup] = {}
    for backup in backups:
        found.setdefault(backup.made_ns // DAY_NS, backup)
    return list(found.values())[:days]

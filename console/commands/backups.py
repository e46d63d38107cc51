"""`watchroom backups`: the copies of a site's record, and going back to one. The engine must not run meanwhile."""

import argparse
from operator import attrgetter
from pathlib import Path

from console.folders import add_data
from console.help.help_texts import add_action
from engine.model.errors import InputError
from engine.model.time import to_iso
from engine.model.upkeep import Backup
from engine.runtime.data_folder import DataFolder
from engine.runtime.settings.settings_file import load_settings
from engine.runtime.storage.backup_folder import BackupFolder
from engine.runtime.storage.restore import ask_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = add_action(actions, "list", "the copies of the record, newest first", "Works beside a running engine.")
    restore = add_action(
        actions,
        "restore",
        "go back to one at the next start; the record as it is now is set aside, not deleted",
        "The engine must not run meanwhile.",
    )
    restore.add_argument("name", metavar="NAME", help="as listed")
    for action in (listed, restore):
        add_data(action)


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`data`, `name`), EnvironmentFault."""
    if not (parsed.data / "settings.toml").is_file() and not (parsed.data / "watchroom.db").is_file():
        raise InputError("data", f"{parsed.data} holds no site")
    return _list(parsed.data) if parsed.action == "list" else _restore(parsed.data, parsed.name)


def _list(data: Path) -> int:
    backups = [backup for folder in _folders(data) for backup in folder.all()]
    for backup in sorted(backups, key=attrgetter("made_ns"), reverse=True):
        print(_backup_line(backup))
    if not backups:
        print("There is no backup.")
    return 0


def _restore(path: Path, name: str) -> int:
    data = DataFolder(path)
    with data.lock():
        found = [(backup, folder) for folder in _folders(path) for backup in folder.all() if backup.name == name]
        if not found:
            raise InputError("name", f"there is no backup {name!r}; `watchroom backups list` shows them")
        ask_for(data, *found[0])
    print(f"The next start goes back to {name}. The record as it is now is set aside then, and nothing is deleted.")
    return 0


def _folders(data: Path) -> list[BackupFolder]:
    chosen = load_settings(data / "settings.toml").upkeep.backup_folder
    return [BackupFolder(data), *([BackupFolder(data, chosen)] if chosen else [])]


def _backup_line(backup: Backup) -> str:
    made = to_iso(backup.made_ns)[:19].replace("T", " ")
    why = "before an upgrade" if backup.before_upgrade else "asked for" if backup.asked else ""
    parts = (backup.name, f"{made} UTC", f"{backup.size_bytes / 2**20:.1f} MiB", f"schema {backup.schema}", why)
    return "  ".join(part for part in parts if part)

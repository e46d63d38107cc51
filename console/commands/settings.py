"""`watchroom settings`: all settings of a site as a file, out and in. No secrets are in it. The engine must not run meanwhile."""

import argparse
import sys
from pathlib import Path

from console.folders import add_data
from console.help.help_texts import add_action
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import SystemClock
from engine.model.upkeep import LONGEST_SETTINGS, SettingChange
from engine.runtime.data_folder import DataFolder
from engine.runtime.settings.settings_exchange import completed, differences, export_text, read_text
from engine.runtime.settings.settings_file import load_settings, save_settings

BY = "command line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = add_action(actions, "export", "write all settings to a file, without secrets", "Works beside a running engine.")
    export.add_argument("file", type=Path, nargs="?", metavar="FILE", help="default: standard output; an existing file is not replaced")
    taken = add_action(
        actions,
        "import",
        "take all settings from a file; what would change is shown first",
        "Every field is checked before anything is changed. The engine must not run meanwhile.",
    )
    taken.add_argument("file", type=Path, metavar="FILE", help="as `settings export` wrote it, or a settings.toml")
    taken.add_argument("--dry-run", action="store_true", help="only show what would change")
    for action in (export, taken):
        add_data(action)


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`data`, `file` or a field of the settings), EnvironmentFault."""
    if not (parsed.data / "settings.toml").is_file():
        raise InputError("data", f"{parsed.data} holds no settings of a site")
    return _export(parsed) if parsed.action == "export" else _import(parsed)


def _export(parsed: argparse.Namespace) -> int:
    text = export_text(load_settings(parsed.data / "settings.toml"))
    if parsed.file is None:
        sys.stdout.write(text)
        return 0
    try:
        with parsed.file.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("file", f"{parsed.file} is there already; choose another name") from None
    except OSError as error:
        raise EnvironmentFault("not_written", f"{parsed.file} cannot be written ({error.strerror}). Choose another place.") from None
    return 0


def _import(parsed: argparse.Namespace) -> int:
    from engine.runtime.settings.command_line_choices import check_chosen  # loads what opens videos, which an export has no use for

    then = read_text(_content(parsed.file))
    data = DataFolder(parsed.data)
    with data.lock():
        now = load_settings(data.settings)
        then = completed(now, then)
        check_chosen(data.path, now, then)
        changes = differences(now, then)
        print("\n".join(map(_change_line, changes)) or "Nothing would change.")
        if changes and not parsed.dry_run:
            _keep_in_audit(data, changes)
            save_settings(data.settings, then)
            print(f"{len(changes)} changes are in force from the next start on.")
    return 0


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_SETTINGS + 1).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("file", f"{path} is not UTF-8 text") from None
    except OSError as error:
        raise InputError("file", f"{path} cannot be read ({error.strerror})") from None


def _keep_in_audit(data: DataFolder, changes: tuple[SettingChange, ...]) -> None:
    """Before it is done. Raises EnvironmentFault."""
    from engine.runtime.audit.audit_heads import AuditHeads
    from engine.runtime.secrets.secrets import SecretStore
    from engine.runtime.storage.upgrading import open_beside

    clock = SystemClock()
    store = open_beside(data, clock)
    try:
        fields = ", ".join(change.field for change in changes)
        store.add_audit(AuditRow(clock.now_ns(), BY, AuditVerb.IMPORT_SETTINGS, detail=fields))
        end = store.audit_end()
        if end is not None:
            AuditHeads(data.path, SecretStore(data.path)).sign(end, clock.now_ns())
    finally:
        store.close()


def _change_line(change: SettingChange) -> str:
    return f"{change.field}: {change.now or '(not set)'} → {change.then or '(not set)'}"

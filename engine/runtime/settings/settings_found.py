"""The settings that a site starts with: those of its file, or, where that is gone or empty, those of the newest sound copy of it.

A site that was watched and has no settings is not a new one. Without a copy the engine refuses to start: it would watch nothing, and say
that all is well.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import Settings
from engine.model.value_class import dataclass
from engine.runtime.data_folder import DataFolder
from engine.runtime.settings.settings_file import copy_of, is_lost, load_settings
from engine.runtime.storage.backup_folder import SETTINGS, BackupFolder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FoundSettings:
    """`trouble`: what whoever runs the site has to know of where they come from, a sentence; empty: nothing."""

    settings: Settings
    trouble: str = ""


def find_settings(data: DataFolder) -> FoundSettings:
    """Raises as `load_settings`; EnvironmentFault `settings_lost`."""
    if not is_lost(data.settings):
        return FoundSettings(load_settings(data.settings))
    copies = _copies(data)
    for copy, name in copies:
        try:
            settings = load_settings(copy)
        except (InputError, EnvironmentFault) as error:
            log.warning("%s cannot be used either: %s", copy, error)
            continue
        trouble = (
            f"The settings file {data.settings.name} was gone or empty. The settings are those of {name}: what was changed after that has"
            " to be changed again. Look at cameras and rules, and check the disk."
        )
        log.error("%s", trouble)
        return FoundSettings(settings, trouble)
    if copies or data.was_used:
        raise EnvironmentFault(
            "settings_lost",
            f"The settings file {data.settings} is gone or empty, there is no sound copy of it, and this is no new site. Put a copy of it"
            f' back. To begin with no cameras and the usual settings, write one with the line: site_name = "…"',
        )
    return FoundSettings(Settings())


def _copies(data: DataFolder) -> list[tuple[Path, str]]:
    """Those that are there, the newest first."""
    before, kept = copy_of(data.settings), BackupFolder(data.path)
    backups: Iterable[tuple[Path, str]] = ((kept.path / backup.name / SETTINGS, f"the backup {backup.name}") for backup in kept.all())
    found = [(before, f"{before.name}, from before the last change"), *backups]
    return [(path, name) for path, name in found if path.exists() and not is_lost(path)]

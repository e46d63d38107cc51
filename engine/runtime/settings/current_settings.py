"""What commands that change the settings are compared with."""

from typing import TypeVar

from engine.model.as_it_was import as_it_was
from engine.model.command import Command
from engine.runtime.hosts import SettingsHost

C = TypeVar("C", bound=Command)


def current_settings(engine: SettingsHost, command: C) -> C | None:
    """`CommandSpec.current` of these commands."""
    return as_it_was(command, engine.settings)

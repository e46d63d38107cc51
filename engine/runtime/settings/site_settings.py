"""The settings of now: changes of several sessions follow one another, and each is in the file before it holds."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.model.settings import Settings
from engine.model.value_class import dataclass
from engine.runtime.settings.settings_file import save_settings

Change = Callable[[Settings], Settings]
Told = Callable[[Settings, Settings], None]  # before, and then


@dataclass(frozen=True, slots=True)
class FixedSettings:
    """A source of settings that stay as they are: for a trial of some that are not the site's."""

    settings: Settings

    def now(self) -> Settings:
        return self.settings


class SiteSettings:
    """Any thread.

    Args:
        path: the settings file.
    """

    def __init__(self, path: Path, first: Settings) -> None:
        self._path = path
        self._changing = threading.Lock()
        self._now = first.numbered()
        self._shown = self._now, _without_addresses(self._now)

    def now(self) -> Settings:
        return self._now

    def for_all(self) -> Settings:
        """Without where messages go, whose address is often the secret. While nothing changes it is the same value again."""
        known, shown = self._shown
        if known is not self._now:
            known = self._now
            shown = _without_addresses(known)
            self._shown = known, shown
        return shown

    def save(self) -> None:
        """Raises EnvironmentFault."""
        save_settings(self._path, self._now)

    def change(self, change: Change, allow: Told, apply: Told) -> None:
        """Keep what `change` makes of the settings of now, with a number for every camera, and apply it.

        What `change` or `allow` raises, or the file, changes nothing.
        """
        with self._changing:
            before, then = self._now, change(self._now).numbered()
            allow(before, then)
            save_settings(self._path, then)
            self._now = then
            apply(before, then)


def _without_addresses(settings: Settings) -> Settings:
    return replace(settings, webhooks=(), notifications=())

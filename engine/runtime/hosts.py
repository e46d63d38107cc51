"""What operations of most sides need of the engine that they are carried out in. What only one side needs, its own module names."""

from collections.abc import Callable
from typing import Protocol

from engine.model.settings import Settings


class SettingsHost(Protocol):
    """Whose settings are read and changed."""

    @property
    def settings(self) -> Settings:
        """Of now."""
        ...

    def update_settings(self, change: Callable[[Settings], Settings], changed_by: str, renewed: str = "") -> None:
        """Keep, apply and journal what `change` makes of the settings of now; changes of several sessions follow one another.

        `renewed`: a camera to restart though its settings are the same (new login). What `change` raises, changes nothing.
        """
        ...

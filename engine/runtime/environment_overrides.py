"""What the environment's variables say for one run."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.incidents.atlas.environment import Overrides
from engine.model.settings import Settings
from engine.runtime.fire.fire_environment import FireOverrides


@dataclass(frozen=True, slots=True)
class EnvironmentOverrides:
    """Over the settings, and kept nowhere."""

    atlas: Overrides
    fire: FireOverrides

    @staticmethod
    def of(environment: Mapping[str, str], settings: Settings) -> "EnvironmentOverrides":
        """Raises InputError where one is broken."""
        given = EnvironmentOverrides(Overrides.from_environment(environment), FireOverrides.of(environment))
        given.atlas.apply_to(settings.atlas)
        return given

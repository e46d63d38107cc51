"""The engine at a spare that stands in for one site, as the spare's connections see it."""

from typing import Protocol

from engine.runtime.hub.spares.spare_package import SparePackage


class StandInEngine(Protocol):
    """It runs all the time, with no camera connected while it stands by. On a thread each; raises WatchroomError where that fails."""

    def prepare(self, package: SparePackage) -> None:
        """Newer settings, whether it stands in or stands by."""
        ...

    def take_over(self, why: str) -> None:
        """Connect the cameras, tell who is to be told. `why`: for the audit, as `hand_back`."""
        ...

    def hand_back(self, why: str) -> None: ...

    def live_count(self) -> tuple[int, int]:
        """How many cameras are switched on, and how many of them give pictures. Any thread."""
        ...

    def close(self) -> None: ...

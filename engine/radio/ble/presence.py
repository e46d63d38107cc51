"""Somebody who is there, as phones are held against them."""

from typing import Protocol

from engine.model.radio.blob import Covariance
from engine.model.site import Position


class Presence(Protocol):
    """A blob, or somebody whom cameras and radio follow together.

    `position` m, `covariance` m² (3×3); `trail`: (ns, x, y) of the last seconds, oldest first.
    """

    @property
    def id(self) -> str: ...
    @property
    def position(self) -> Position: ...
    @property
    def covariance(self) -> Covariance: ...
    @property
    def trail(self) -> tuple[tuple[int, float, float], ...]: ...

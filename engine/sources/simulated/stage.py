"""Where the demo's world is worked out: what its cameras see, and what its nodes hear."""

from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.sources.simulated.camera import SimulatedCamera
from engine.sources.simulated.falls import FallScript
from engine.sources.simulated.plan import DEMO, CameraPlan
from engine.sources.simulated.waves.air import Air, SimulatedAir
from engine.sources.simulated.world import World


class Eye(Protocol):
    """One simulated camera. One thread."""

    def render(self, t_s: float) -> npt.NDArray[np.uint8]:
        """The picture at a world time, (H, W, 3) uint8 BGR, owned by the caller. Raises EnvironmentFault."""
        ...


class Stage(Protocol):
    """All sensors of one site share it, and so the falls that were commanded. Any thread."""

    falls: FallScript

    def eye(self, plan: CameraPlan) -> Eye: ...

    def air(self) -> Air: ...

    def close(self) -> None: ...


class StageHere:
    """Each thread works out what it asks for."""

    def __init__(self, falls: FallScript | None = None) -> None:
        self.falls = falls or FallScript()

    def eye(self, plan: CameraPlan) -> Eye:
        return SimulatedCamera(self._world, plan)

    def air(self) -> Air:
        return SimulatedAir(DEMO, self.falls)

    def close(self) -> None:
        """Nothing is held."""

    @cached_property
    def _world(self) -> World:
        return World(DEMO, falls=self.falls)

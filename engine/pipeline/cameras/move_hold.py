"""What a moving PTZ camera puts on hold: motion while it moves and settles, zones and places on the floor until it is home again."""

from typing import Any

from engine.model import wire
from engine.model.observation import CameraMoved
from engine.model.time import SECOND
from engine.model.value_class import dataclass

SETTLE_NS = 2 * SECOND  # exposure and the motion detector's background need so long after a movement


@dataclass(frozen=True, slots=True)
class HoldState:
    """`changed_ns`: when it last began to move or stopped."""

    moving: bool = False
    home: bool = True
    changed_ns: int | None = None


class MoveHold:
    """Of one camera. Sans-IO; the engine thread only."""

    def __init__(self) -> None:
        self._now = HoldState()

    def take(self, seen: CameraMoved) -> None:
        self._now = HoldState(seen.moving, seen.home, seen.occurred_ns)

    def holds_motion(self, at_ns: int) -> bool:
        now = self._now
        return now.moving or (now.changed_ns is not None and at_ns - now.changed_ns < SETTLE_NS)

    @property
    def away(self) -> bool:
        """Its picture is not the one for which zones and its place on the floor hold."""
        return self._now.moving or not self._now.home

    def state(self) -> dict[str, Any]:
        return wire.to_plain(self._now)

    def restore(self, state: dict[str, Any]) -> None:
        self._now = wire.read_as(HoldState, state, "moves")

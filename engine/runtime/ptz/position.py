"""Whether a camera moves, and whether it is at home: from what was asked of it and from what it says, which may be wrong. Sans-IO."""

from dataclasses import replace

from engine.model.ptz.view import PtzPosition
from engine.model.value_class import dataclass
from engine.sources.camera.ptz.client import Whereabouts

NEAR = 0.01  # of the range of an axis: cameras come back to a position within a share of it
HOME = "home"
SILENT_STOP_S, SILENT_MOVE_S = 1.0, 8.0  # a camera that does not report movement is taken for still then
LEAST_MOVE_S = 1.5  # motors start late: what a camera says just after a request is of before it
LONGEST_MOVE_S = 60.0


@dataclass(frozen=True, slots=True)
class Position:
    """`going`: `home`, the token of a preset, or empty while it is steered. since_s: on the caller's clock, of the last request.

    home: where it said that it was when it was at home. last: where it said that it was.
    """

    moving: bool = False
    away: bool = False
    going: str = ""
    since_s: float = 0.0
    home: PtzPosition | None = None
    last: PtzPosition | None = None

    def departed(self, going: str, now_s: float) -> "Position":
        """Before it is told to move: from here on its picture is not that of home."""
        return replace(self, moving=True, away=True, going=going, since_s=now_s)

    def with_report(self, now_s: float, where: Whereabouts) -> "Position":
        """With what the camera reports. It stands still where it says so and its position agrees, or has had its time."""
        shifted = not near(self.last, where.position)
        now = replace(self, last=where.position or self.last)
        if not self.moving:
            moved = where.moving is True or (shifted and self.last is not None)
            return replace(now, moving=True, away=True, going="", since_s=now_s) if moved else now._compared()
        waited_s = now_s - self.since_s
        if where.moving is None:
            still = not shifted and waited_s >= (SILENT_MOVE_S if self.going else SILENT_STOP_S)
        else:
            still = not where.moving and not shifted and (not self.going or waited_s >= LEAST_MOVE_S)
        if still:
            return now.settled()
        return replace(now, moving=False, going="")._compared() if waited_s > LONGEST_MOVE_S else now

    def settled(self) -> "Position":
        """It has come to where it went. Home is believed where the camera says the same as when it was there before, or nothing."""
        if self.going == HOME and near(self.home, self.last):
            return replace(self, moving=False, away=False, going="", home=self.home or self.last)
        return replace(self, moving=False, going="")._compared()

    def _compared(self) -> "Position":
        """At home where it says that it is where it was at home, elsewhere where it says so."""
        if self.home is None or self.last is None:
            return self
        return replace(self, away=not near(self.home, self.last))


def near(one: PtzPosition | None, other: PtzPosition | None) -> bool:
    """Where one is not known, nothing is said against it."""
    if one is None or other is None:
        return True
    return max(abs(one.pan - other.pan), abs(one.tilt - other.tilt), abs(one.zoom - other.zoom)) <= NEAR

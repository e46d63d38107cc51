"""Which part of a plane a map shows, and round numbers for its scale and grid. No Qt."""

import math
from dataclasses import replace

from engine.model.value_class import dataclass

CLOSEST, FARTHEST = 0.02, 60_000.0  # metres a pixel


@dataclass(frozen=True, slots=True)
class MapView:
    """`x`, `y`: the place in the middle, in metres of the plane. `scale`: metres a pixel. `width`, `height`: pixels."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    width: int = 100
    height: int = 100

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        return self.width / 2 + (x - self.x) / self.scale, self.height / 2 - (y - self.y) / self.scale

    def to_plane(self, left: float, top: float) -> tuple[float, float]:
        return self.x + (left - self.width / 2) * self.scale, self.y - (top - self.height / 2) * self.scale

    def zoomed(self, factor: float, left: float, top: float) -> "MapView":
        """Closer (factor above 1), with what is at this pixel staying there."""
        x, y = self.to_plane(left, top)
        scale = min(FARTHEST, max(CLOSEST, self.scale / factor))
        share = scale / self.scale
        return replace(self, x=x + (self.x - x) * share, y=y + (self.y - y) * share, scale=scale)

    def panned(self, right: float, down: float) -> "MapView":
        """What is shown moves by so many pixels."""
        return replace(self, x=self.x - right * self.scale, y=self.y + down * self.scale)

    def sized(self, width: int, height: int) -> "MapView":
        return replace(self, width=max(1, width), height=max(1, height))

    def centred(self, x: float, y: float) -> "MapView":
        return replace(self, x=x, y=y)

    def fitted(self, box: tuple[float, float, float, float], margin: int = 58, closest: float = 0.25) -> "MapView":
        """All of `box` (x0, y0, x1, y1), no closer than `closest`."""
        x0, y0, x1, y1 = box
        room_x, room_y = max(40, self.width - 2 * margin), max(40, self.height - 2 * margin)
        scale = max((x1 - x0) / room_x, (y1 - y0) / room_y, closest)
        return replace(self, x=(x0 + x1) / 2, y=(y0 + y1) / 2, scale=min(FARTHEST, scale))

    def holds(self, x: float, y: float, margin: int = 24) -> bool:
        left, top = self.to_screen(x, y)
        return margin <= left <= self.width - margin and margin <= top <= self.height - margin


def round_length(longest: float) -> float:
    """The largest of 1, 2, 5, 10, 20, 50 … (and 0.5 …) that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest))
    return next(power * factor for factor in (5, 2, 1) if power * factor <= longest * (1 + 1e-9))


def grid_step(least_deg: float) -> tuple[float, int]:
    """Degrees between two lines of the grid (1, 2, 5, 10 … and their tenths), and how many digits their numbers need."""
    power = 10.0 ** math.floor(math.log10(least_deg))
    step = min(45.0, next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least_deg * (1 - 1e-9)))
    return step, max(0, -math.floor(math.log10(step) + 1e-9))


def lines_between(low: float, high: float, step: float) -> tuple[float, ...]:
    """Multiples of the step."""
    first = math.ceil(low / step - 1e-9)
    return tuple(number * step for number in range(first, math.floor(high / step + 1e-9) + 1))

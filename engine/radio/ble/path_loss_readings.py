"""Readings of phones whose place other senses say, as means over squares of the floor: enough to learn path losses from, and bounded."""

from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.site import Position
from engine.model.value_class import dataclass
from engine.radio.ble.packing import pack_numbers, unpack_numbers

Array = npt.NDArray[np.float64]

SQUARE_M = 1.0
MOST_MEANS = 2400  # over all scanners; the fit takes time in proportion
MOST_COUNT = 40.0  # a mean of more readings forgets the oldest: furniture is moved
_COLUMNS = 6


@dataclass(slots=True)
class MeanReading:
    """Of one phone by one scanner within one square. `decades`: mean of 10·log10 of the distance in metres; `x`, `y` mean place in metres.

    `squares`: sum of the squared deviations of `count` readings from `rssi`, their mean.
    """

    rssi: float
    decades: float
    x: float
    y: float
    count: float
    squares: float

    def take(self, rssi: float, decades: float, x: float, y: float) -> None:
        if self.count >= MOST_COUNT:
            self.squares *= (self.count - 1) / self.count
            self.count -= 1
        self.count += 1
        off = rssi - self.rssi
        self.rssi += off / self.count
        self.squares += off * (rssi - self.rssi)
        self.decades += (decades - self.decades) / self.count
        self.x += (x - self.x) / self.count
        self.y += (y - self.y) / self.count


Key = tuple[str, str, int, int]
"""Scanner, device, column and row of the square."""


class PathLossReadings:
    """`means` by key, the one that was added to longest ago first. Deterministic; the engine thread only."""

    def __init__(self) -> None:
        self.means: dict[Key, MeanReading] = {}
        self._scanners: dict[str, Position] = {}

    def place(self, scanners: Mapping[str, Position]) -> frozenset[str]:
        """Where scanners stand, in metres. Those that were moved, of which nothing is kept."""
        moved = frozenset(each for each, spot in scanners.items() if self._scanners.get(each, spot) != spot)
        self._scanners |= scanners
        self.means = {key: mean for key, mean in self.means.items() if key[0] not in moved}
        return moved

    def add(self, scanner: str, device: str, rssi: float, decades: float, place: tuple[float, float]) -> None:
        x, y = place
        key = scanner, device, int(x // SQUARE_M), int(y // SQUARE_M)
        mean = self.means.pop(key, None)
        if mean is None:
            mean = MeanReading(rssi, decades, x, y, 1.0, 0.0)
        else:
            mean.take(rssi, decades, x, y)
        self.means[key] = mean
        if len(self.means) > MOST_MEANS:
            del self.means[next(iter(self.means))]

    def keep(self, devices: Set[str]) -> None:
        """Nothing of other devices."""
        self.means = {key: mean for key, mean in self.means.items() if key[1] in devices}

    def state(self) -> dict[str, Any]:
        names = _names(part for key in self.means for part in key[:2])
        rows = [(names[scanner], names[device], column, row) for scanner, device, column, row in self.means]
        values = [(m.rssi, m.decades, m.x, m.y, m.count, m.squares) for m in self.means.values()]
        return {
            "scanners": {scanner: list(spot) for scanner, spot in self._scanners.items()},
            "names": list(names),
            "keys": rows,
            "values": pack_numbers(np.array(values, np.float64)),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Nothing, where the state makes no sense."""
        self._scanners = {scanner: (float(x), float(y), float(z)) for scanner, (x, y, z) in state["scanners"].items()}
        names, keys = state["names"], state["keys"]
        values = unpack_numbers(state["values"], (len(keys), _COLUMNS))
        self.means = {}
        if values is not None:
            for (scanner, device, column, row), each in zip(keys, values.tolist(), strict=True):
                self.means[names[scanner], names[device], int(column), int(row)] = MeanReading(*each)


def _names(parts: Iterable[str]) -> dict[str, int]:
    """A number for each name, in the order in which they come."""
    found: dict[str, int] = {}
    for part in parts:
        found.setdefault(part, len(found))
    return found

"""The links that can be used: those whose two nodes have a place."""

import math
from collections.abc import Mapping

import numpy as np

from engine.model.radio.blob import LinkTable
from engine.model.radio.radio import link_ends
from engine.model.site import Position
from engine.model.value_class import dataclass
from engine.radio import kernels
from engine.radio.kernels import Array, Bins, Depths, Lines

SHORTEST_M = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class LinkGeometry:
    """L links over n nodes.

    What is given for points (V, L) lies in memory link by link: hundreds of points in a row are what numpy is fast at.

    Attributes:
        table: the links. rows: (L,) where they are among the links of the features.
        lines: the nodes, and which of them each link lies between.
    """

    table: LinkTable
    rows: Bins
    lines: Lines

    @classmethod
    def of(cls, links: tuple[str, ...], wavelength_m: Array, positions: Mapping[str, Position]) -> "LinkGeometry":
        """Of those links (ids as in the features) whose ends have different places."""
        macs = sorted(positions)
        number = {mac: index for index, mac in enumerate(macs)}
        spots = [positions[mac] for mac in macs]
        nodes: Array = np.array(spots, float).reshape(-1, 3)
        ends = [(row, *link_ends(link)) for row, link in enumerate(links)]
        known = [(row, number[one], number[other]) for row, one, other in ends if one in number and other in number]
        chosen = [pair for pair in known if math.dist(spots[pair[1]], spots[pair[2]]) >= SHORTEST_M]
        used: Bins = np.array(chosen, np.intp).reshape(-1, 3)
        rows, a, b = np.ascontiguousarray(used.T)
        wave = wavelength_m[rows]
        table = LinkTable(tuple(links[row] for row, _, _ in chosen), nodes[a], nodes[b], wave)
        return cls(table, rows, Lines(nodes, a, b, np.linalg.norm(nodes[a] - nodes[b], axis=1), wave / 2))

    def __len__(self) -> int:
        return len(self.rows)

    def same_lines(self, other: "LinkGeometry") -> bool:
        """Whether both are the same links in the same order on the same channels, wherever they are among the features."""
        return self.table.links == other.table.links and np.array_equal(self.lines.half_wave_m, other.lines.half_wave_m)

    def excess(self, points: Array) -> Array:
        """(V, L) metres for points (V, 3)."""
        return kernels.excess(self.lines, points).T

    def growth(self, points: Array, speeds: Array) -> Array:
        """(V, L) m/s by which the ways over points (V, 3) that move with `speeds` (V, 3) grow."""
        return kernels.growth(self.lines, points, speeds).T

    def depths(self, points: Array) -> Depths:
        """(L, V) bins of depth for points (V, 3)."""
        return kernels.depths(self.lines, points)

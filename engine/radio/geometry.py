"""The links that can be used: those whose two nodes have a place."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.model.radio.blob import LinkTable
from engine.model.radio.radio import link_ends
from engine.model.site import Position
from engine.radio.fresnel import zone_numbers
from engine.radio.location.likelihood import Array, Bins, depth_bins

SHORTEST_M = 0.3
_AT_NODE_M = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class LinkGeometry:
    """L links over n nodes.

    What is given for points (V, L) lies in memory link by link: hundreds of points in a row are what numpy is fast at.

    Attributes:
        table: the links. rows: (L,) where they are among the links of the features.
        nodes: (n, 3) metres. one, other: (L,) which of the nodes are a link's two. length_m, half_wave_m: (L,).
    """

    table: LinkTable
    rows: Bins
    nodes: Array
    one: Bins
    other: Bins
    length_m: Array
    half_wave_m: Array

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
        return cls(table, rows, nodes, a, b, np.linalg.norm(nodes[a] - nodes[b], axis=1), wave / 2)

    def __len__(self) -> int:
        return len(self.rows)

    def same_lines(self, other: "LinkGeometry") -> bool:
        """Whether both are the same links in the same order on the same channels, wherever they are among the features."""
        return self.table.links == other.table.links and np.array_equal(self.half_wave_m, other.half_wave_m)

    def excess(self, points: Array) -> Array:
        """(V, L) metres for points (V, 3)."""
        excess = self._over_both(self._ways(points)[1])
        excess -= self.length_m[:, None]
        return np.maximum(excess, 0.0, out=excess).T

    def growth(self, points: Array, speeds: Array) -> Array:
        """(V, L) m/s by which the ways over points (V, 3) that move with `speeds` (V, 3) grow."""
        apart, away = self._ways(points)
        apart *= speeds.T[:, None, :]
        along = np.add.reduce(apart, axis=0)
        along /= np.maximum(away, _AT_NODE_M, out=away)
        return self._over_both(along).T

    def _ways(self, points: Array) -> tuple[Array, Array]:
        """From each node to each point: along each axis (3, n, V), and how long (n, V)."""
        apart = np.subtract(points.T[:, None, :], self.nodes.T[:, :, None], order="C")
        square = np.add.reduce(apart * apart, axis=0)
        return apart, np.sqrt(square, out=square)

    def _over_both(self, of_nodes: Array) -> Array:
        """(L, V) sums of what is so for a link's two nodes (n, V)."""
        both = of_nodes.take(self.one, axis=0)
        both += of_nodes.take(self.other, axis=0)
        return both

    def depths(self, points: Array) -> Bins:
        """(V, L) bins of depth for points (V, 3)."""
        return depth_bins(self.excess(points).T, self.half_wave_m[:, None]).T

    def zones(self, point: Array) -> Bins:
        """(L,) Fresnel zone numbers of one point (3,)."""
        return zone_numbers(self.excess(point[None])[0], self.table.wavelength_m)

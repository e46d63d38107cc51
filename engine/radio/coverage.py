"""How well a person can be located at each place of a floor, predicted from where the nodes stand. The one definition of GDOP here.

A link tells the excess of the way over a body, through a level that falls with its logarithm. So what it says of a small step is the
gradient of the excess, divided by 1 + excess / (λ/2): much near the line between the nodes, little far off. With these as the rows of H,

    GDOP = √trace((HᵀH)⁻¹)        predicted error = GDOP · error of the excess on the line itself

(Langley, "Dilution of Precision", GPS World 1999, for ranges). On the line the gradient is nothing, although two steps aside it is
much: HᵀH is averaged over the extent of a body. Where one direction is told by no link, the error is infinite.
"""

from collections.abc import Sequence

import numpy as np

from engine.model.radio.radio import wavelength_m
from engine.model.site import Position
from engine.model.value_class import dataclass
from engine.radio.geometry import SHORTEST_M
from engine.radio.kernels import Array

BODY_HEIGHT_M = 1.1
WORST_M = 10.0
_BODY_M = 0.25
_EXCESS_ERROR_M = 0.02  # of a link whose line somebody crosses, over half a second: levels spread by 5 dB and fall by 10 dB in λ/2


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Of nx × ny square cells from (x0, y0): `gdop` and `accuracy_m`, the predicted error on the floor, (nx, ny); inf for no idea."""

    x0: float
    y0: float
    cell_m: float
    gdop: Array
    accuracy_m: Array


def coverage(
    nodes: Sequence[Position],
    extent: tuple[float, float, float, float],
    cell_m: float = 0.25,
    channel: int = 6,
    height_m: float = BODY_HEIGHT_M,
) -> Coverage:
    """Predicted for every pair of these nodes as a link; any thread, milliseconds.

    Args:
        extent: x0, y0, x1, y1 in metres. height_m: of a person's middle.
    """
    x, y = (np.arange(low + cell_m / 2, high, cell_m, dtype=np.float64) for low, high in ((extent[0], extent[2]), (extent[1], extent[3])))
    spots = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    gdop = _gdop(_information(spots, nodes, wavelength_m(channel), height_m)).reshape(len(x), len(y))
    return Coverage(extent[0], extent[1], cell_m, gdop, np.where(np.isfinite(gdop), np.minimum(gdop * _EXCESS_ERROR_M, WORST_M), np.inf))


def _information(spots: Array, nodes: Sequence[Position], wave_m: float, height_m: float) -> Array:
    """HᵀH of each spot, (V, 2, 2), averaged over a body's extent."""
    total = np.zeros((len(spots), 2, 2))
    places = np.array(nodes, np.float64).reshape(-1, 3)
    one, other = np.triu_indices(len(places), 1)
    long = np.linalg.norm(places[one] - places[other], axis=1) >= SHORTEST_M
    for step in ((_BODY_M, 0), (-_BODY_M, 0), (0, _BODY_M), (0, -_BODY_M)):
        points = np.column_stack([spots + step, np.full(len(spots), height_m)])
        rows = _rows(points, places, one[long], other[long], wave_m)
        total += np.einsum("vlx,vly->vxy", rows, rows) / 4
    return total


def _rows(points: Array, places: Array, one: np.ndarray, other: np.ndarray, wave_m: float) -> Array:
    """H, (V, L, 2): gradients of the excess over the floor, as far as the level still tells them."""
    way = points[:, None, :] - places
    away = np.maximum(np.linalg.norm(way, axis=2), 0.05)
    unit = way[..., :2] / away[..., None]
    excess = np.maximum(away[:, one] + away[:, other] - np.linalg.norm(places[one] - places[other], axis=1), 0)
    return (unit[:, one] + unit[:, other]) / (1 + excess / (wave_m / 2))[..., None]


def _gdop(information: Array) -> Array:
    a, b, d = information[:, 0, 0], information[:, 0, 1], information[:, 1, 1]
    determinant = a * d - b * b
    told = determinant > 1e-9 * np.maximum((a + d) ** 2, 1e-12)
    return np.where(told, np.sqrt((a + d) / np.where(told, determinant, 1.0)), np.inf)

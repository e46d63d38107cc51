"""What surfaces of the demo site are made of: linear albedo and glow by material, place and direction. Procedural; no picture files."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.sources.simulated.plan import FloorPlan

Floats = npt.NDArray[np.floating]

_PLAIN: dict[str, tuple[float, float, float]] = {  # sRGB 0–1
    "frame": (0.86, 0.87, 0.88),
    "skirting": (0.55, 0.56, 0.57),
    "ceiling": (0.90, 0.90, 0.88),
    "lamp": (1.0, 1.0, 1.0),
    "dark": (0.13, 0.13, 0.14),
    "worktop": (0.83, 0.78, 0.70),
    "paper": (0.93, 0.93, 0.90),
    "sofa": (0.20, 0.31, 0.36),
    "cushion": (0.26, 0.39, 0.44),
    "machine": (0.24, 0.28, 0.34),
    "display": (0.55, 0.65, 0.72),
    "pot": (0.72, 0.68, 0.62),
    "leaves0": (0.20, 0.36, 0.17),
    "leaves1": (0.28, 0.43, 0.20),
    "wood": (0.62, 0.46, 0.30),
    "mat": (0.24, 0.24, 0.25),
    "screen": (0.10, 0.12, 0.15),
    "keys": (0.25, 0.25, 0.27),
    "drawers": (0.76, 0.76, 0.75),
    "cabinet": (0.62, 0.65, 0.67),
    "carton": (0.70, 0.54, 0.37),
    "carton0": (0.72, 0.55, 0.37),
    "carton1": (0.64, 0.48, 0.32),
    "carton2": (0.78, 0.63, 0.46),
    "books0": (0.45, 0.20, 0.18),
    "books1": (0.20, 0.32, 0.44),
    "books2": (0.75, 0.72, 0.62),
    "rack": (0.16, 0.30, 0.50),
    "beam": (0.85, 0.42, 0.12),
    "shelf": (0.60, 0.60, 0.60),
    "drum": (0.16, 0.33, 0.55),
    "bin": (0.22, 0.36, 0.26),
    "binlid": (0.16, 0.26, 0.20),
    "concrete": (0.62, 0.61, 0.58),
    "print": (0.80, 0.77, 0.70),
    "bark": (0.33, 0.26, 0.20),
    "sign": (0.13, 0.30, 0.42),
    "rug": (0.40, 0.25, 0.24),
    "slats": (0.60, 0.44, 0.28),
    "plaster": (0.84, 0.83, 0.79),
    "facade": (0.80, 0.76, 0.69),
    "fence": (0.45, 0.36, 0.27),
    "container": (0.18, 0.36, 0.47),
}
_GLOW: dict[str, tuple[float, float, float]] = {"lamp": (7.0, 6.8, 6.3), "display": (0.35, 0.42, 0.48), "screen": (0.10, 0.16, 0.22)}
_ROUGH = {
    "leaves0": 0.55,
    "leaves1": 0.55,
    "bark": 0.3,
    "concrete": 0.15,
    "wood": 0.12,
    "carton0": 0.06,
    "carton1": 0.06,
    "carton2": 0.06,
    "rug": 0.2,
}


def glow(material: str) -> Floats:
    return np.array(_GLOW.get(material, (0.0, 0.0, 0.0)), np.float32)


def albedo(material: str, at: Floats, normal: Floats) -> Floats:
    """Linear RGB (N, 3) of a solid's surface at points `at` (N, 3) with normals (N, 3)."""
    colour = np.tile(np.array(_PLAIN[material], np.float32), (len(at), 1))
    pattern = _PATTERNS.get(material)
    if pattern is not None:
        colour = pattern(colour, at, normal)
    rough = _ROUGH.get(material, 0.025)
    grain = noise(at * (9 if rough > 0.5 else 4)) - 0.5 + 0.5 * (noise(at * 27) - 0.5)
    return to_linear(np.clip(colour * (1 + 1.6 * rough * grain[:, None]), 0.01, 0.98))


def ground(plan: FloorPlan, at: Floats) -> Floats:
    """Linear RGB of the ground plane: each room's floor, the yard's paving, the road and the grass."""
    colour = _grass(at)
    road = (at[:, 0] > 19) & (at[:, 0] < 22.6) & (at[:, 1] > -6) & (at[:, 1] < 19)
    colour[road] = _asphalt(at[road])
    for name, (x0, y0, x1, y1) in plan.rooms.items():
        inside = (at[:, 0] >= x0) & (at[:, 0] <= x1) & (at[:, 1] >= y0) & (at[:, 1] <= y1)
        colour[inside] = _FLOORS[name](at[inside])
    return to_linear(np.clip(colour, 0.01, 0.98))


def to_linear(srgb: Floats) -> Floats:
    return (srgb**2.2).astype(np.float32)


def noise(at: Floats) -> Floats:
    """Value noise on the unit lattice, 0–1, (N,)."""
    cell = np.floor(at).astype(np.int64)
    f = (at - cell).astype(np.float32)
    f = f * f * (3 - 2 * f)
    total = np.zeros(len(at), np.float32)
    for corner in range(8):
        offset = np.array([corner & 1, corner >> 1 & 1, corner >> 2 & 1])
        weight = np.prod(np.where(offset, f, 1 - f), axis=1)
        total += weight * hashed(cell + offset)
    return total


def hashed(cell: npt.NDArray[np.int64]) -> Floats:
    """A number in 0–1 for each lattice cell (N, 3), always the same."""
    mixed = (cell[:, 0] * 73856093) ^ (cell[:, 1] * 19349663) ^ (cell[:, 2] * 83492791)
    mixed = (mixed ^ (mixed >> 13)) * 1274126177 & 0x7FFFFFFF
    return ((mixed ^ (mixed >> 16)) & 0xFFFF).astype(np.float32) / 65535


def _tiles(at: Floats, size: tuple[float, float], joint: float, stagger: float = 0.0) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Whether each point lies on a joint, and a random number of its tile."""
    row = np.floor(at[:, 1] / size[1])
    u = at[:, 0] / size[0] + stagger * (row % 2)
    v = at[:, 1] / size[1]
    on_joint = ((u % 1) * size[0] < joint) | ((v % 1) * size[1] < joint)
    cell = np.stack([np.floor(u), row, np.zeros_like(u)], axis=1).astype(np.int64)
    return on_joint, hashed(cell)


def _paved(at: Floats, base: tuple[float, float, float], size: tuple[float, float], joint: float, vary: float, stagger: float) -> Floats:
    on_joint, tone = _tiles(at, size, joint, stagger)
    wear = noise(at * 0.9) * 0.6 + noise(at * 5) * 0.4 - 0.5
    colour = np.array(base, np.float32) * (1 + vary * (tone - 0.5) + 0.16 * wear)[:, None]
    colour[on_joint] *= 0.72
    return colour.astype(np.float32)


def _yard_floor(at: Floats) -> Floats:
    colour = _paved(at, (0.60, 0.58, 0.55), (0.6, 0.4), 0.018, 0.14, 0.5)
    line = ((np.abs(at[:, 1] - 7.9) < 0.05) & (at[:, 0] > 1.2) & (at[:, 0] < 4.5)) | (
        ((np.abs(at[:, 0] - 1.2) < 0.05) | (np.abs(at[:, 0] - 4.5) < 0.05)) & (at[:, 1] > 7.9) & (at[:, 1] < 9.9)
    )
    colour[line] = (0.82, 0.70, 0.25)
    return colour


def _hall_floor(at: Floats) -> Floats:
    return _paved(at, (0.70, 0.67, 0.62), (0.6, 0.6), 0.012, 0.05, 0.0)


def _office_floor(at: Floats) -> Floats:
    turned = at[:, [1, 0, 2]]
    colour = _paved(turned, (0.58, 0.44, 0.31), (1.3, 0.16), 0.006, 0.20, 0.37)
    return (colour * (1 + 0.10 * (noise(at * np.array([40, 3, 1], np.float32)) - 0.5))[:, None]).astype(np.float32)


def _store_floor(at: Floats) -> Floats:
    colour = np.tile(np.array((0.56, 0.57, 0.57), np.float32), (len(at), 1))
    colour *= (1 + 0.18 * (noise(at * 1.3) - 0.5) + 0.10 * (noise(at * 8) - 0.5))[:, None]
    lane = (np.abs(at[:, 0] - 1.15) < 0.045) & (at[:, 1] > 10.6) & (at[:, 1] < 16.6)
    lane |= (np.abs(at[:, 0] - 4.45) < 0.045) & (at[:, 1] > 10.6) & (at[:, 1] < 14.2)
    colour[lane] = (0.86, 0.72, 0.22)
    return colour


def _asphalt(at: Floats) -> Floats:
    return (np.array((0.36, 0.36, 0.37), np.float32) * (1 + 0.2 * (noise(at * 12) - 0.5))[:, None]).astype(np.float32)


def _grass(at: Floats) -> Floats:
    tone = noise(at * 0.5) * 0.5 + noise(at * 6) * 0.5
    return (np.array((0.34, 0.42, 0.22), np.float32) * (0.8 + 0.45 * tone)[:, None]).astype(np.float32)


def _slats(colour: Floats, at: Floats, normal: Floats) -> Floats:
    along = np.where(np.abs(normal[:, 0]) > 0.5, at[:, 1], at[:, 0])
    colour = colour * (1 + 0.12 * (hashed(np.stack([np.floor(along / 0.09), along * 0, along * 0], 1).astype(np.int64)) - 0.5))[:, None]
    colour[(along % 0.09) < 0.016] *= 0.4
    return colour


def _boards(colour: Floats, at: Floats, normal: Floats) -> Floats:
    along = np.where(np.abs(normal[:, 0]) > 0.5, at[:, 1], at[:, 0])
    colour = colour * (0.85 + 0.3 * hashed(np.stack([np.floor(along / 0.14), along * 0, along * 0], 1).astype(np.int64)))[:, None]
    colour[(along % 0.14) < 0.018] *= 0.35
    return colour


def _ribbed(colour: Floats, at: Floats, normal: Floats) -> Floats:
    along = np.where(np.abs(normal[:, 0]) > 0.5, at[:, 1], at[:, 0])
    return colour * (0.86 + 0.22 * np.clip(np.sin(along * 2 * np.pi / 0.28) * 2, -1, 1) * 0.5)[:, None].astype(np.float32)


def _plaster(colour: Floats, at: Floats, normal: Floats) -> Floats:
    """A wainscot band low on the wall, smudges above."""
    colour = colour * (1 + 0.05 * (noise(at * 1.1) - 0.5))[:, None]
    colour[at[:, 2] < 0.95] *= np.array((0.80, 0.86, 0.89), np.float32)
    return colour.astype(np.float32)


def _facade(colour: Floats, at: Floats, normal: Floats) -> Floats:
    """Brick below, render above on the outside; plaster on the inside."""
    outside = (normal[:, 1] < -0.5) & (at[:, 1] < 10.0) | (normal[:, 0] > 0.5) & (at[:, 0] > 18.0)
    inner = _plaster(np.tile(np.array(_PLAIN["plaster"], np.float32), (len(at), 1)), at, normal)
    wall = colour * (1 + 0.10 * (noise(at * 0.8) - 0.5) + 0.06 * (noise(at * 14) - 0.5))[:, None]
    brick = outside & (at[:, 2] < 0.85)
    along = np.where(np.abs(normal[:, 0]) > 0.5, at[:, 1], at[:, 0])
    wall[brick] = _paved(np.stack([along, at[:, 2], at[:, 2] * 0], 1)[brick], (0.56, 0.36, 0.29), (0.24, 0.085), 0.012, 0.35, 0.5)
    return np.where(outside[:, None], wall, inner).astype(np.float32)


def _carton(colour: Floats, at: Floats, normal: Floats) -> Floats:
    """Tape along the middle and a label, by place."""
    upright = np.abs(normal[:, 2]) < 0.5
    along = np.where(np.abs(normal[:, 0]) > 0.5, at[:, 1], at[:, 0])
    label = upright & ((along % 0.45) < 0.11) & ((at[:, 2] % 0.35) > 0.16) & ((at[:, 2] % 0.35) < 0.25)
    colour[label] = (0.88, 0.87, 0.83)
    return colour


def _screen(colour: Floats, at: Floats, normal: Floats) -> Floats:
    lines = (np.floor(at[:, 2] / 0.035) % 2 == 0) & (normal[:, 1] < -0.5)
    colour[lines] = (0.30, 0.42, 0.52)
    return colour


def _print(colour: Floats, at: Floats, normal: Floats) -> Floats:
    """A landscape of soft bands."""
    along = np.where(np.abs(normal[:, 0]) > 0.5, at[:, 1], at[:, 0])
    ridge = at[:, 2] + 0.10 * np.sin(along * 7) + 0.05 * np.sin(along * 17 + 1)
    for limit, tone in ((1.78, (0.45, 0.60, 0.66)), (1.68, (0.28, 0.44, 0.48)), (1.60, (0.20, 0.30, 0.30))):
        colour[ridge < limit] = tone
    return colour


_PATTERNS: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "slats": _slats,
    "fence": _boards,
    "container": _ribbed,
    "plaster": _plaster,
    "facade": _facade,
    "carton0": _carton,
    "carton1": _carton,
    "carton2": _carton,
    "screen": _screen,
    "print": _print,
}
_FLOORS: dict[str, Callable[[Floats], Floats]] = {"yard": _yard_floor, "hall": _hall_floor, "office": _office_floor, "store": _store_floor}

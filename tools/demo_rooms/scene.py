"""The plan as solids with materials, for the studio that paints the backdrops. Boxes, ellipsoids and upright cylinders only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.sources.simulated.plan import XY, XYZ, FloorPlan, Furniture, Wall


@dataclass(frozen=True, slots=True)
class Solid:
    """`shape` is box, ball (ellipsoid) or drum (upright cylinder), filling the axis-parallel box `low`–`high`."""

    shape: str
    low: XYZ
    high: XYZ
    material: str


def solids(plan: FloorPlan) -> list[list[Solid]]:
    """Groups of solids that stand close together: walls, slabs, each piece of furniture."""
    groups = [list(_wall(wall)) for wall in plan.walls]
    groups += [list(_indoors(plan))]
    groups += [list(_BUILDERS[piece.kind](piece)) for piece in plan.furniture]
    return [group for group in groups if group]


def _box(low: XYZ, high: XYZ, material: str) -> Solid:
    return Solid("box", low, high, material)


def _wall(wall: Wall) -> Iterator[Solid]:
    length = (wall.b[0] - wall.a[0]) + (wall.b[1] - wall.a[1])
    at = 0.0
    for hole in wall.openings:
        yield _stretch(wall, at, hole.start, 0, wall.height)
        if hole.sill > 0:
            yield _stretch(wall, hole.start, hole.end, 0, hole.sill)
        yield _stretch(wall, hole.start, hole.end, hole.top, wall.height)
        yield from _lining(wall, hole.start, hole.end, hole.sill, hole.top, hole.window)
        at = hole.end
    yield _stretch(wall, at, length, 0, wall.height)
    if wall.material == "plaster" or wall.material == "facade":
        yield from _skirting(wall, length)


def _stretch(wall: Wall, start: float, end: float, low: float, high: float, extra: float = 0.0, material: str = "") -> Solid:
    half = wall.thickness / 2 + extra
    if wall.along_x:
        y = wall.a[1]
        return _box((wall.a[0] + start, y - half, low), (wall.a[0] + end, y + half, high), material or wall.material)
    x = wall.a[0]
    return _box((x - half, wall.a[1] + start, low), (x + half, wall.a[1] + end, high), material or wall.material)


def _lining(wall: Wall, start: float, end: float, sill: float, top: float, window: bool) -> Iterator[Solid]:
    """The frame of an opening, and a window's mullion and sill."""
    frame = "frame"
    width = 0.06
    yield _stretch(wall, start, start + width, sill, top, 0.02, frame)
    yield _stretch(wall, end - width, end, sill, top, 0.02, frame)
    yield _stretch(wall, start, end, top - width, top, 0.02, frame)
    if window:
        middle = (start + end) / 2
        yield _stretch(wall, middle - width / 2, middle + width / 2, sill, top, -0.03, frame)
        yield _stretch(wall, start - 0.05, end + 0.05, sill - 0.04, sill, 0.06, frame)


def _skirting(wall: Wall, length: float) -> Iterator[Solid]:
    at = 0.0
    for hole in (*(hole for hole in wall.openings if hole.sill == 0), None):
        end = length if hole is None else hole.start
        yield _stretch(wall, at, end, 0, 0.09, 0.012, "skirting")
        at = end if hole is None else hole.end


def _indoors(plan: FloorPlan) -> Iterator[Solid]:
    """Roof, lamps in the ceiling; floors are painted by the ground's material."""
    rooms = [plan.rooms[name] for name in plan.rooms if name != "yard"]
    low = min(room[0] for room in rooms), min(room[1] for room in rooms)
    high = max(room[2] for room in rooms), max(room[3] for room in rooms)
    yield _box((low[0] - 0.25, low[1] - 0.25, plan.ceiling_m), (high[0] + 0.25, high[1] + 0.25, plan.ceiling_m + 0.32), "ceiling")
    yield _box((low[0] - 0.05, low[1] - 0.16, 2.62), (low[0] + 4.6, low[1] - 0.121, 2.78), "sign")
    for lamp_low, lamp_high in lamps(plan):
        yield _box(lamp_low, lamp_high, "lamp")


def lamps(plan: FloorPlan) -> list[tuple[XYZ, XYZ]]:
    """Light panels under the ceiling: two rows of two in every room."""
    found: list[tuple[XYZ, XYZ]] = []
    for name, (x0, y0, x1, y1) in plan.rooms.items():
        if name == "yard":
            continue
        for fx in (0.3, 0.7):
            for fy in (0.25, 0.7):
                x, y = x0 + fx * (x1 - x0), y0 + fy * (y1 - y0)
                found.append(((x - 0.3, y - 0.6, plan.ceiling_m - 0.03), (x + 0.3, y + 0.6, plan.ceiling_m)))
    return found


def _bounds(piece: Furniture, low: float = 0.0, high: float | None = None, shrink: float = 0.0) -> tuple[XYZ, XYZ]:
    (x, y), (w, d, h) = piece.at, piece.size
    return (x - w / 2 + shrink, y - d / 2 + shrink, low), (x + w / 2 - shrink, y + d / 2 - shrink, h if high is None else high)


def _part(piece: Furniture, u: XY, v: XY, z: XY, material: str, shape: str = "box") -> Solid:
    """A part by shares of the piece seen from its front: `u` along its width from the left, `v` from its front to its back; `z` metres."""
    (cx, cy), (w, d, _) = piece.at, piece.size
    fx, fy = piece.front
    across, depth = (w, d) if fx == 0 else (d, w)
    xs: list[float] = []
    ys: list[float] = []
    for us, vs in zip(u, v, strict=True):
        a, b = (us - 0.5) * across, (0.5 - vs) * depth
        xs.append(cx + fx * b - fy * a)
        ys.append(cy + fy * b + fx * a)
    return Solid(shape, (min(xs), min(ys), z[0]), (max(xs), max(ys), z[1]), material)


def _counter(piece: Furniture) -> Iterator[Solid]:
    yield _box(*_bounds(piece, 0.08, 1.02, 0.04), "slats")
    yield _box(*_bounds(piece, 0.0, 0.08, 0.1), "dark")
    yield _box(*_bounds(piece, 1.03), "worktop")
    yield _part(piece, (0.70, 0.88), (0.55, 0.62), (1.16, 1.44), "dark")
    yield _part(piece, (0.77, 0.81), (0.55, 0.70), (1.08, 1.18), "dark")
    yield _part(piece, (0.14, 0.26), (0.25, 0.6), (1.08, 1.11), "paper")


def _sofa(piece: Furniture) -> Iterator[Solid]:
    yield _part(piece, (0.0, 1.0), (0.0, 1.0), (0.10, 0.34), "sofa")
    yield _part(piece, (0.0, 1.0), (0.72, 1.0), (0.10, 0.78), "sofa")
    yield _part(piece, (0.0, 0.09), (0.0, 1.0), (0.10, 0.58), "sofa")
    yield _part(piece, (0.91, 1.0), (0.0, 1.0), (0.10, 0.58), "sofa")
    for left in (0.10, 0.505):
        yield _part(piece, (left, left + 0.395), (0.02, 0.72), (0.34, 0.46), "cushion")
    yield _part(piece, (0.05, 0.95), (0.08, 0.95), (0.0, 0.1), "dark")


def _machine(piece: Furniture) -> Iterator[Solid]:
    yield _part(piece, (0.0, 1.0), (0.0, 1.0), (0.06, 1.85), "machine")
    yield _part(piece, (0.08, 0.68), (-0.02, 0.0), (0.55, 1.7), "display")
    yield _part(piece, (0.76, 0.93), (-0.02, 0.0), (0.9, 1.45), "dark")
    yield _part(piece, (0.08, 0.68), (-0.02, 0.0), (0.22, 0.42), "dark")


def _plant(piece: Furniture) -> Iterator[Solid]:
    (x, y), (w, _, h) = piece.at, piece.size
    yield Solid("drum", (x - 0.3 * w, y - 0.3 * w, 0), (x + 0.3 * w, y + 0.3 * w, 0.38), "pot")
    for k, (dx, dy, low, high, r) in enumerate(
        (
            (0, 0, 0.36, 0.8, 0.30),
            (0.14, 0.06, 0.5, 0.88, 0.24),
            (-0.12, 0.1, 0.55, 0.95, 0.24),
            (0.02, -0.14, 0.5, 0.9, 0.24),
            (0, 0.02, 0.7, 1.0, 0.2),
        )
    ):
        yield Solid(
            "ball",
            (x + (dx - r) * w * 1.4, y + (dy - r) * w * 1.4, low * h),
            (x + (dx + r) * w * 1.4, y + (dy + r) * w * 1.4, high * h),
            f"leaves{k % 2}",
        )


def _bench(piece: Furniture) -> Iterator[Solid]:
    yield _box(*_bounds(piece, 0.40), "wood")
    long_x = piece.size[0] > piece.size[1]
    (x, y), (w, d, _) = piece.at, piece.size
    for sign in (-1, 1):
        cx, cy = (x + sign * 0.38 * w, y) if long_x else (x, y + sign * 0.38 * d)
        hw, hd = (0.03, d * 0.42) if long_x else (w * 0.42, 0.03)
        yield _box((cx - hw, cy - hd, 0), (cx + hw, cy + hd, 0.40), "dark")


def _flat(material: str) -> Callable[[Furniture], Iterator[Solid]]:
    def build(piece: Furniture) -> Iterator[Solid]:
        yield _box(*_bounds(piece), material)

    return build


def _desk(piece: Furniture) -> Iterator[Solid]:
    yield _part(piece, (0.0, 1.0), (0.0, 1.0), (0.70, 0.74), "worktop")
    yield _part(piece, (0.02, 0.05), (0.05, 0.95), (0.0, 0.70), "frame")
    yield _part(piece, (0.95, 0.98), (0.05, 0.95), (0.0, 0.70), "frame")
    yield _part(piece, (0.70, 0.94), (0.15, 0.9), (0.05, 0.66), "drawers")
    yield _part(piece, (0.30, 0.64), (0.68, 0.73), (0.86, 1.20), "screen")
    yield _part(piece, (0.45, 0.49), (0.66, 0.80), (0.74, 0.90), "dark")
    yield _part(piece, (0.33, 0.60), (0.25, 0.44), (0.74, 0.76), "keys")
    yield _part(piece, (0.08, 0.22), (0.25, 0.65), (0.74, 0.77), "paper")


def _cabinet(piece: Furniture) -> Iterator[Solid]:
    yield _part(piece, (0.0, 1.0), (0.0, 1.0), (0.0, piece.size[2]), "cabinet")
    for row in range(4):
        for left in (0.03, 0.52):
            z = 0.05 + row * 0.29
            yield _part(piece, (left, left + 0.45), (-0.03, 0.02), (z, z + 0.27), "cabinet")
            yield _part(piece, (left + 0.16, left + 0.29), (-0.06, -0.03), (z + 0.19, z + 0.21), "dark")
    yield _part(piece, (0.1, 0.28), (0.2, 0.8), (piece.size[2], piece.size[2] + 0.24), "carton")


def _bookcase(piece: Furniture) -> Iterator[Solid]:
    height = piece.size[2]
    yield _part(piece, (0.0, 1.0), (0.92, 1.0), (0.0, height), "wood")
    for left in (0.0, 0.49, 0.98):
        yield _part(piece, (left, left + 0.02), (0.0, 1.0), (0.0, height), "wood")
    for shelf in range(6):
        z = shelf * (height - 0.03) / 5
        yield _part(piece, (0.0, 1.0), (0.0, 1.0), (z, z + 0.03), "wood")
    for shelf in range(5):
        z = 0.03 + shelf * (height - 0.03) / 5
        for k, left in enumerate((0.03, 0.2, 0.36, 0.53, 0.68, 0.82)):
            if (shelf * 7 + k * 5) % 6:
                yield _part(piece, (left, left + 0.13), (0.12, 0.85), (z, z + 0.2 + 0.02 * ((k + shelf) % 4)), f"books{(k + shelf) % 3}")


def _board(piece: Furniture) -> Iterator[Solid]:
    (x, y), (w, d, h) = piece.at, piece.size
    yield _box((x - w / 2, y - d / 2, 1.05), (x + w / 2, y + d / 2, 1.05 + h), "frame")
    yield _box((x - w / 2 + 0.05, y - d / 2 - 0.01, 1.10), (x + w / 2 - 0.05, y, 1.0 + h), "paper")


def _rack(piece: Furniture) -> Iterator[Solid]:
    across = piece.size[1] if piece.front[0] else piece.size[0]
    bays = max(1, round(across / 1.4))
    for k in range(bays + 1):
        u = k / bays
        for v in (0.0, 0.93):
            yield _part(piece, (u * 0.985, u * 0.985 + 0.015), (v, v + 0.07), (0, piece.size[2]), "rack")
    levels = (0.12, 0.82, 1.52, 2.16)
    for z in levels:
        yield _part(piece, (0.0, 1.0), (0.0, 1.0), (z, z + 0.05), "shelf")
        yield _part(piece, (0.0, 1.0), (-0.02, 0.03), (z - 0.03, z + 0.06), "beam")
    slots = bays * 3
    for level, z in enumerate(levels[:3]):
        for k in range(slots):
            if (k * 5 + level * 3) % 7 == 0:
                continue
            height = 0.28 + 0.09 * ((k * 3 + level) % 4)
            yield _part(
                piece, ((k + 0.06) / slots, (k + 0.92) / slots), (0.1, 0.9), (z + 0.05, z + 0.05 + height), f"carton{(k + 2 * level) % 3}"
            )


def _pallet(piece: Furniture) -> Iterator[Solid]:
    for v in (0.0, 0.45, 0.9):
        yield _part(piece, (0.0, 1.0), (v, v + 0.1), (0.0, 0.1), "wood")
    yield _part(piece, (0.0, 1.0), (0.0, 1.0), (0.1, 0.14), "wood")
    rows = max(1, round((piece.size[2] - 0.14) / 0.32))
    step = (piece.size[2] - 0.14) / rows
    for row in range(rows):
        for k, left in enumerate((0.02, 0.51)):
            if row == rows - 1 and rows > 1 and k == 1:
                continue
            yield _part(piece, (left, left + 0.47), (0.03, 0.97), (0.14 + row * step, 0.135 + (row + 1) * step), f"carton{(row + k) % 3}")


def _drum(piece: Furniture) -> Iterator[Solid]:
    yield Solid("drum", *_bounds(piece), "drum")
    low, high = _bounds(piece, 0.28, 0.31)
    yield Solid("drum", (low[0] - 0.012, low[1] - 0.012, 0.28), (high[0] + 0.012, high[1] + 0.012, 0.31), "drum")
    yield Solid("drum", (low[0] - 0.012, low[1] - 0.012, 0.58), (high[0] + 0.012, high[1] + 0.012, 0.61), "drum")


def _bin(piece: Furniture) -> Iterator[Solid]:
    yield _box(*_bounds(piece, 0.08, 0.95, 0.04), "bin")
    yield _box(*_bounds(piece, 0.95), "binlid")
    yield _box(*_bounds(piece, 0.0, 0.08, 0.12), "dark")


def _planter(piece: Furniture) -> Iterator[Solid]:
    yield _box(*_bounds(piece, 0.0, 0.42), "concrete")
    (x, y), (w, d, _) = piece.at, piece.size
    count = round(w / 0.4)
    for k in range(count):
        cx = x - w / 2 + (k + 0.5) * w / count
        r = 0.27 + 0.06 * (k * 3 % 4) / 3
        yield Solid("ball", (cx - r, y - d * 0.48, 0.25), (cx + r, y + d * 0.48, 0.72 + 0.12 * (k * 5 % 4) / 3), f"leaves{k % 2}")


def _bollard(piece: Furniture) -> Iterator[Solid]:
    """A low stone, not a post: posts with a bright band pass for people."""
    low, high = _bounds(piece)
    yield Solid("ball", (low[0], low[1], -high[2]), high, "concrete")


def _chair(piece: Furniture) -> Iterator[Solid]:
    (x, y), _ = piece.at, piece.size
    yield _part(piece, (0.05, 0.95), (0.05, 0.95), (0.44, 0.50), "sofa")
    yield _part(piece, (0.12, 0.88), (0.90, 0.98), (0.56, 0.92), "sofa")
    yield Solid("drum", (x - 0.03, y - 0.03, 0.06), (x + 0.03, y + 0.03, 0.44), "dark")
    yield _part(piece, (0.0, 1.0), (0.45, 0.55), (0.03, 0.07), "dark")
    yield _part(piece, (0.45, 0.55), (0.0, 1.0), (0.03, 0.07), "dark")


def _poster(piece: Furniture) -> Iterator[Solid]:
    """A framed print on a wall; its top is the piece's height."""
    height = 0.7 * max(piece.size[0], piece.size[1]) + 0.15
    yield _part(piece, (0.0, 1.0), (0.0, 1.0), (piece.size[2] - height, piece.size[2]), "dark")
    yield _part(piece, (0.04, 0.96), (-0.2, 0.0), (piece.size[2] - height + 0.03, piece.size[2] - 0.03), "print")


def _container(piece: Furniture) -> Iterator[Solid]:
    yield _box(*_bounds(piece, 0.12), "container")
    low, high = _bounds(piece, 0.0, 0.12, 0.05)
    yield _box(low, high, "dark")


def _lamp_post(piece: Furniture) -> Iterator[Solid]:
    yield Solid("drum", *_bounds(piece), "frame")
    (x, y), (_, _, h) = piece.at, piece.size
    yield _box((x - 0.7, y - 0.1, h - 0.06), (x + 0.1, y + 0.1, h), "frame")


def _tree(piece: Furniture) -> Iterator[Solid]:
    (x, y), (w, _, h) = piece.at, piece.size
    yield Solid("drum", (x - 0.16, y - 0.16, 0), (x + 0.16, y + 0.16, h * 0.6), "bark")
    for k, (dx, dy, z, r) in enumerate(
        (
            (0, 0, 0.66, 0.34),
            (0.2, 0.1, 0.58, 0.26),
            (-0.22, 0.05, 0.6, 0.27),
            (0.05, -0.22, 0.55, 0.26),
            (-0.06, 0.2, 0.7, 0.26),
            (0.1, 0, 0.84, 0.2),
            (-0.12, -0.1, 0.8, 0.22),
        )
    ):
        cx, cy, cz, rr = x + dx * w, y + dy * w, z * h, r * w * 0.8
        yield Solid("ball", (cx - rr, cy - rr, cz - rr), (cx + rr, cy + rr, cz + rr), f"leaves{k % 2}")


def _hedge(piece: Furniture) -> Iterator[Solid]:
    (x, y), (w, d, h) = piece.at, piece.size
    length, wide = max(w, d), min(w, d) * 0.7
    count = round(length / 1.1)
    for k in range(count):
        off = (k + 0.5) * length / count - length / 2
        cx, cy = (x + off, y) if w > d else (x, y + off)
        rx, ry = (0.95, wide) if w > d else (wide, 0.95)
        yield Solid("ball", (cx - rx, cy - ry, -0.4), (cx + rx, cy + ry, h + 0.3 * (k * 7 % 5) / 4), f"leaves{k % 2}")


_BUILDERS: dict[str, Callable[[Furniture], Iterator[Solid]]] = {
    "counter": _counter,
    "sofa": _sofa,
    "machine": _machine,
    "plant": _plant,
    "bench": _bench,
    "mat": _flat("mat"),
    "rug": _flat("rug"),
    "desk": _desk,
    "cabinet": _cabinet,
    "bookcase": _bookcase,
    "board": _board,
    "rack": _rack,
    "pallet": _pallet,
    "drum": _drum,
    "bin": _bin,
    "planter": _planter,
    "bollard": _bollard,
    "chair": _chair,
    "poster": _poster,
    "container": _container,
    "lamp": _lamp_post,
    "tree": _tree,
    "hedge": _hedge,
}

"""Paints the empty site as each camera sees it: a small Monte Carlo path tracer, run when the plan changes, never while the product runs.

    python -m tools.demo_rooms.studio [CAMERA …] [--samples N]

writes `resources/demo_site/<camera>.png` (the picture) and `<camera>_depth.png` (16 bit, centimetres along the axis, 65535 is sky).
Light transport after Kajiya (1986): direct light of sun and lamps, one bounce, a constant for the rest; the light (not the texture)
is smoothed by an edge-avoiding à-trous filter (Dammertz et al., 2010).
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.sources.simulated.pictures.lens import Lens
from engine.sources.simulated.plan import DEMO, CameraPlan, FloorPlan
from tools.demo_rooms.materials import albedo, glow, ground, noise
from tools.demo_rooms.scene import lamps, solids
from tools.demo_rooms.tracer import FAR, GROUND, SKY, Floats, Hits, Tracer

_SUN = np.array((3.1, 2.85, 2.4), np.float32)
_SUN_BLUR = 0.025
_REST = np.array((0.10, 0.10, 0.11), np.float32)  # light that took more than one bounce
_BRIGHTEST = np.float32(6.0)  # of one indirect sample, against fireflies
_WHITE = np.float32(2.2)  # of what shines, where seen directly: more would only make its edges jagged
_CHUNK = 32_768


@dataclass(frozen=True, slots=True, eq=False)
class Painting:
    """pixels: (H, W, 3) uint8 BGR. depth_m: (H, W) float32 along the axis, `FAR` for sky."""

    pixels: npt.NDArray[np.uint8]
    depth_m: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Surface:
    """Where rays landed: points, normals, albedo and glow, all (N, 3)."""

    at: Floats
    normal: Floats
    albedo: Floats
    glow: Floats


class Studio:
    """Offline: a camera of 640×360 with 32 samples takes about two minutes of one core."""

    def __init__(self, plan: FloorPlan, seed: int = 1) -> None:
        self._plan = plan
        self._tracer = Tracer(solids(plan))
        sun = np.array(plan.sun, np.float32)
        self._sun = sun / np.linalg.norm(sun)
        self._lamps = np.array([(low, high) for low, high in lamps(plan)], np.float32)
        self._lamp_ids = frozenset(i for i, solid in enumerate(self._tracer.solids) if solid.material == "lamp")
        self._chance = np.random.default_rng(seed)

    def paint(self, camera: CameraPlan, samples: int) -> Painting:
        lens = Lens.of(camera)
        light, texture, shine = (np.zeros((lens.height, lens.width, 3), np.float32) for _ in range(3))
        for _ in range(samples):
            one = self._sample(lens)
            light += one[0] / samples
            texture += one[1] / samples
            shine += one[2] / samples
        depth, normal = self.survey(lens)
        light = _smooth(light, depth, normal, passes=4 if samples > 4 else 5)
        return Painting(_develop(light * texture + shine), depth)

    def survey(self, lens: Lens) -> tuple[Floats, Floats]:
        """Depth (H, W) and normal (H, W, 3) through the pixel centres."""
        direction = lens.all_rays().reshape(-1, 3)
        origin = np.broadcast_to(lens.at.astype(np.float32), direction.shape)
        hits = [self._tracer.nearest(origin[i : i + _CHUNK], direction[i : i + _CHUNK]) for i in range(0, len(direction), _CHUNK)]
        depth = np.concatenate([hit.distance for hit in hits]).reshape(lens.height, lens.width)
        normal = np.concatenate([hit.normal for hit in hits]).reshape(lens.height, lens.width, 3)
        return depth, normal

    def _sample(self, lens: Lens) -> tuple[Floats, Floats, Floats]:
        """One noisy picture: light arriving, albedo, and what shines by itself, each (H, W, 3)."""
        x, y = np.meshgrid(np.arange(lens.width, dtype=float), np.arange(lens.height, dtype=float))
        x, y = x + self._chance.random(x.shape), y + self._chance.random(y.shape)
        direction = lens.rays(x.ravel(), y.ravel()).astype(np.float32)
        parts = [self._look(lens.at.astype(np.float32), direction[i : i + _CHUNK]) for i in range(0, len(direction), _CHUNK)]
        shape = (lens.height, lens.width, 3)
        light, texture, shine = (np.concatenate([part[k] for part in parts]).reshape(shape) for k in range(3))
        return light, texture, shine

    def _look(self, eye: Floats, direction: Floats) -> tuple[Floats, Floats, Floats]:
        origin = np.broadcast_to(eye, direction.shape)
        hits = self._tracer.nearest(origin, direction)
        surface = self._surface(origin, direction, hits)
        light = np.zeros_like(direction)
        solid = hits.solid != SKY
        light[solid] = self._direct(surface, solid) + self._indirect(surface, solid)
        return light, surface.albedo, np.minimum(surface.glow, _WHITE)

    def _surface(self, origin: Floats, direction: Floats, hits: Hits) -> _Surface:
        at = (origin + direction * np.minimum(hits.distance, 1e4)[:, None]).astype(np.float32)
        colour, shine = np.zeros_like(at), np.zeros_like(at)
        for index in [int(i) for i in np.unique(hits.solid)]:
            rows = hits.solid == index
            if index == SKY:
                shine[rows] = sky(direction[rows])
            elif index == GROUND:
                colour[rows] = ground(self._plan, at[rows])
            else:
                material = self._tracer.solids[index].material
                colour[rows] = albedo(material, at[rows], hits.normal[rows])
                shine[rows] = glow(material)
        return _Surface(at + hits.normal * np.float32(2e-3), hits.normal, colour, shine)

    def _direct(self, surface: _Surface, rows: npt.NDArray[np.bool_]) -> Floats:
        """Light from the sun and one lamp drawn at random, as a factor of albedo."""
        at, normal = surface.at[rows], surface.normal[rows]
        return self._from_sun(at, normal) + self._from_lamp(at, normal)

    def _from_sun(self, at: Floats, normal: Floats) -> Floats:
        towards = self._sun + self._chance.normal(0, _SUN_BLUR, at.shape).astype(np.float32)
        facing = np.sum(towards * normal, axis=1)
        light = np.zeros_like(at)
        lit = np.flatnonzero(facing > 0)
        free = lit[~self._tracer.blocked(at[lit], towards[lit], np.asarray(FAR), frozenset())]
        light[free] = _SUN * (facing[free] / np.pi)[:, None]
        return light

    def _from_lamp(self, at: Floats, normal: Floats) -> Floats:
        chosen, chance = self._nearby_lamp(at)
        low, high = self._lamps[chosen, 0], self._lamps[chosen, 1]
        target = low + (high - low) * self._chance.random(at.shape).astype(np.float32)
        target[:, 2] = low[:, 2]
        way = target - at
        square = np.sum(way * way, axis=1)
        towards = way / np.sqrt(square)[:, None]
        facing = np.sum(towards * normal, axis=1) * towards[:, 2]
        size = (high[:, 0] - low[:, 0]) * (high[:, 1] - low[:, 1])
        light = np.zeros_like(at)
        lit = np.flatnonzero((facing > 0) & (towards[:, 2] > 0) & (square < 400))
        free = lit[~self._tracer.blocked(at[lit], way[lit], np.array([0.999], np.float32), self._lamp_ids)]
        strength = np.minimum(facing[free] * size[free] / np.maximum(square[free], 0.05) / np.pi / chance[free], 8.0)
        light[free] = strength[:, None] * glow("lamp")
        return light

    def _nearby_lamp(self, at: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
        """A lamp for each point, near ones more likely, and the probability with which it was drawn."""
        middle = self._lamps.mean(axis=1)
        weight = 1 / (0.5 + np.sum((at[:, None] - middle[None]) ** 2, axis=2))
        share = np.cumsum(weight, axis=1)
        drawn = self._chance.random(len(at))[:, None] * share[:, -1:]
        chosen = np.minimum((share < drawn).sum(axis=1), len(middle) - 1)
        return chosen, (weight[np.arange(len(at)), chosen] / share[:, -1]).astype(np.float32)

    def _indirect(self, surface: _Surface, rows: npt.NDArray[np.bool_]) -> Floats:
        at, normal = surface.at[rows], surface.normal[rows]
        direction = self._scattered(normal)
        hits = self._tracer.nearest(at, direction)
        second = self._surface(at, direction, hits)
        light = np.where((hits.solid == SKY)[:, None], second.glow, np.float32(0))
        solid = hits.solid != SKY
        light[solid] += second.albedo[solid] * (self._direct(second, solid) + _REST)
        return np.minimum(light, _BRIGHTEST)

    def _scattered(self, normal: Floats) -> Floats:
        """Directions distributed by the cosine law."""
        ball = self._chance.normal(size=normal.shape).astype(np.float32)
        ball /= np.linalg.norm(ball, axis=1, keepdims=True)
        direction = normal + ball * np.float32(0.999)
        return direction / np.linalg.norm(direction, axis=1, keepdims=True)


def sky(direction: Floats) -> Floats:
    """Radiance of a fair sky with thin cloud, (N, 3)."""
    unit = direction / np.linalg.norm(direction, axis=1, keepdims=True)
    height = np.clip(unit[:, 2], 0.0, 1)
    colour = np.array((0.70, 0.84, 1.04), np.float32) * (1 - height[:, None]) ** 2 + np.array((0.22, 0.45, 1.0), np.float32) * (
        1 - (1 - height[:, None]) ** 2
    )
    plane = unit[:, :2] / (height + 0.12)[:, None]
    flat = np.concatenate([plane * 1.3, np.zeros((len(plane), 1), np.float32)], axis=1)
    cloud = noise(flat) * 0.55 + noise(flat * 2.3) * 0.3 + noise(flat * 5) * 0.15
    return (colour + np.clip((cloud - 0.52) * 2.6, 0, 1)[:, None] * np.array((0.55, 0.45, 0.3), np.float32)).astype(np.float32)


_KERNEL = (1 / 16, 1 / 4, 3 / 8, 1 / 4, 1 / 16)


def _smooth(light: Floats, depth: Floats, normal: Floats, passes: int) -> Floats:
    near = np.log(np.minimum(depth, 200.0)).astype(np.float32)
    for step in (2**k for k in range(passes)):
        total, weights = np.zeros_like(light), np.zeros_like(depth)
        tone = np.log1p(light.mean(axis=2))
        for dy in range(-2, 3):
            for dx in range(-2, 3):
                moved = [_shifted(layer, dy * step, dx * step) for layer in (light, near, normal, tone)]
                weight = np.exp(-np.abs(moved[1] - near) * (12.0 / float(np.sqrt(step))) - np.abs(moved[3] - tone) * (2.0 * step))
                weight *= np.maximum(np.sum(moved[2] * normal, axis=2), 0) ** 8 * _KERNEL[dy + 2] * _KERNEL[dx + 2]
                total += moved[0] * weight[..., None]
                weights += weight
        light = np.where(weights[..., None] > 1e-6, total / np.maximum(weights, 1e-6)[..., None], light).astype(np.float32)
    return light


def _shifted(layer: Floats, dy: int, dx: int) -> Floats:
    height, width = int(layer.shape[0]), int(layer.shape[1])
    rows = np.minimum(np.maximum(np.arange(height) + dy, 0), height - 1)
    columns = np.minimum(np.maximum(np.arange(width) + dx, 0), width - 1)
    return layer[rows][:, columns]


def _develop(radiance: Floats) -> npt.NDArray[np.uint8]:
    """Automatic exposure, a filmic curve (after Hable), gamma, the lens's fall-off: BGR."""
    luma = radiance @ np.array((0.21, 0.72, 0.07), np.float32)
    exposed = radiance * np.float32(0.36 / np.exp(np.mean(np.log(np.clip(luma, 0.01, 4.0)))))
    curve = exposed * (6.2 * exposed + 0.5) / (exposed * (6.2 * exposed + 1.7) + 0.06)
    height, width = luma.shape
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    picture = np.clip(curve, 0, 1) * (1 - 0.10 * (x * x + y * y))[..., None] ** 1.3
    return np.round(picture[..., ::-1] * 255).astype(np.uint8)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Paint the demo site's empty rooms.")
    parser.add_argument("cameras", nargs="*", default=[camera.id for camera in DEMO.cameras])
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--out", type=Path, default=Path("resources/demo_site"))
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.cameras:
        camera = DEMO.camera(name)
        if camera is None:
            parser.error(f"no camera {name!r}")
        painting = Studio(DEMO).paint(camera, options.samples)
        centimetres = np.clip(np.round(painting.depth_m * 100), 0, 65535).astype(np.uint16)
        for file, picture in ((f"{name}.png", painting.pixels), (f"{name}_depth.png", centimetres)):
            if not cv2.imwrite(str(options.out / file), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9]):
                parser.exit(3, f"{options.out / file} cannot be written.\n")


if __name__ == "__main__":
    main()

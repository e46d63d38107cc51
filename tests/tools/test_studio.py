"""Painting the empty rooms: rays meet solids where geometry says, and the light comes out plausible."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.sources.simulated import DEMO
from tools.demo_rooms import studio
from tools.demo_rooms.scene import Solid, solids
from tools.demo_rooms.studio import Studio
from tools.demo_rooms.tracer import FAR, GROUND, SKY, Tracer


def _rays(*pairs: tuple[tuple[float, float, float], tuple[float, float, float]]) -> tuple[np.ndarray, np.ndarray]:
    origins, directions = zip(*pairs, strict=True)
    return np.array(origins, np.float32), np.array(directions, np.float32)


@pytest.mark.parametrize(("shape", "distance", "normal"), [("box", 4.0, (-1, 0, 0)), ("ball", 4.0, (-1, 0, 0)), ("drum", 4.0, (-1, 0, 0))])
def test_rays_meet_solids(shape: str, distance: float, normal: tuple[float, float, float]) -> None:
    tracer = Tracer([[Solid(shape, (4, -1, 0), (6, 1, 2), "paper")]])
    hits = tracer.nearest(*_rays(((0, 0, 1), (1, 0, 0)), ((0, 0, 1), (0, 0, -1)), ((0, 0, 1), (-1, 0, 0.1)), ((0, 0.98, 1.98), (1, 0, 0))))
    assert hits.distance[:2] == pytest.approx([distance, 1.0], abs=1e-3)
    assert hits.normal[0] == pytest.approx(normal, abs=1e-3)
    assert hits.solid[:3].tolist() == [0, GROUND, SKY]
    corner = {"box": 0, "ball": SKY, "drum": 0}[shape]  # a ball has no corners; a drum, seen from the side, has the upper ones
    assert hits.solid[3] == corner


def test_shadows_end_at_the_lamp() -> None:
    tracer = Tracer([[Solid("box", (2, -1, 0), (3, 1, 2), "paper")]])
    origin, direction = _rays(((0, 0, 1), (1, 0, 0)), ((0, 5, 1), (1, 0, 0)))
    assert tracer.blocked(origin, direction, np.asarray(FAR), frozenset()).tolist() == [True, False]
    assert not tracer.blocked(origin, direction, np.array([1.5]), frozenset()).any()
    assert not tracer.blocked(origin, direction, np.asarray(FAR), frozenset({0})).any()


def test_every_piece_of_the_plan_becomes_solids() -> None:
    groups = solids(DEMO)
    assert len(groups) == len(DEMO.walls) + 1 + len(DEMO.furniture)
    for solid in (solid for group in groups for solid in group):
        assert all(low < high for low, high in zip(solid.low, solid.high, strict=True)), solid


def test_a_room_comes_out_lit() -> None:
    camera = next(camera for camera in DEMO.cameras if camera.id == "office")
    painting = Studio(DEMO).paint(replace(camera, size=(64, 36)), samples=1)
    assert painting.pixels.shape == (36, 64, 3)
    assert 70 < painting.pixels.mean() < 200
    assert painting.pixels.std() > 25
    assert np.isfinite(painting.depth_m).all()


def test_the_studio_writes_what_cameras_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(DEMO, cameras=tuple(replace(camera, size=(32, 18)) for camera in DEMO.cameras))
    monkeypatch.setattr(studio, "DEMO", small)
    studio.main(["store", "--samples", "1", "--out", str(tmp_path)])
    assert cv2.imread(str(tmp_path / "store.png")).shape == (18, 32, 3)
    depth = cv2.imread(str(tmp_path / "store_depth.png"), cv2.IMREAD_UNCHANGED)
    assert depth.dtype == np.uint16
    assert 100 < np.median(depth) < 2000


def test_the_studio_refuses_an_unknown_camera(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        studio.main(["cellar", "--out", str(tmp_path)])

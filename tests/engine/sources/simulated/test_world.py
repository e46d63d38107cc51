"""The walkers: the same every time, at human speeds, through doors and not through walls."""

from itertools import combinations

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.sources.simulated import DEMO, World
from engine.sources.simulated.pictures.body import JOINTS
from engine.sources.simulated.plan import Furniture, Wall, read_plan
from engine.sources.simulated.world import CLEARANCE_M

TIMES = np.arange(0.0, DEMO.period_s, 0.1)
PASSABLE = frozenset({"mat", "rug", "poster", "board", "tree"})  # flat, or walked under


@pytest.fixture(scope="module")
def tracks(world: World) -> np.ndarray:
    """(times, walkers, 2) metres."""
    return np.array([world.places(float(t)) for t in TIMES])


def test_same_seed_gives_the_same_world(world: World) -> None:
    other = World(DEMO, seed=7)
    for t in (0.0, 33.3, 1e9 + 0.25):
        for first, second in zip(world.walkers(t), other.walkers(t), strict=True):
            assert first.id == second.id
            assert np.array_equal(first.joints_m, second.joints_m)


def test_another_seed_gives_another_round(world: World) -> None:
    other = World(DEMO, seed=8)
    assert any(np.hypot(*np.subtract(a, b)) > 1 for t in range(0, 150, 10) for a, b in zip(world.places(t), other.places(t), strict=True))


def test_the_round_closes(world: World) -> None:
    for before, after in zip(world.walkers(0.0), world.walkers(DEMO.period_s), strict=True):
        assert before.position == pytest.approx(after.position, abs=1e-6)
        assert np.cos(before.heading - after.heading) == pytest.approx(1, abs=1e-4)


def test_speeds_and_turns_are_human(tracks: np.ndarray, world: World) -> None:
    speeds = np.hypot(*np.moveaxis(np.diff(tracks, axis=0), 2, 0)) / 0.1
    assert speeds.max() < 1.5
    for index in range(len(DEMO.walkers)):
        walking = speeds[:, index][speeds[:, index] > 0.3]
        assert 1.0 < np.median(walking) < 1.45
    headings = np.unwrap([[pose.heading for pose in world.walkers(float(t))] for t in TIMES], axis=0)
    assert np.abs(np.diff(headings, axis=0)).max() / 0.1 < np.radians(320)


def test_everybody_rests_and_walks(tracks: np.ndarray) -> None:
    moving = np.hypot(*np.moveaxis(np.diff(tracks, axis=0), 2, 0)) > 0.01
    assert np.all(moving.mean(axis=0) > 0.35)
    assert np.all(moving.mean(axis=0) < 0.85)


def test_nobody_walks_into_anybody(tracks: np.ndarray) -> None:
    for a, b in combinations(range(tracks.shape[1]), 2):
        assert np.hypot(*(tracks[:, a] - tracks[:, b]).T).min() > CLEARANCE_M - 0.1


@pytest.mark.parametrize("wall", DEMO.walls, ids=lambda wall: f"{wall.a}-{wall.b}")
def test_nobody_walks_through_a_wall(tracks: np.ndarray, wall: Wall) -> None:
    axis = 0 if wall.along_x else 1
    along = tracks[..., axis] - wall.a[axis]
    off = np.abs(tracks[..., 1 - axis] - wall.a[1 - axis]) - wall.thickness / 2
    for start, end in _closed(wall):
        beside = np.maximum(np.maximum(start - along, along - end), 0)
        assert np.hypot(beside, np.maximum(off, 0)).min() > 0.25, (start, end)


def _closed(wall: Wall) -> list[tuple[float, float]]:
    """The stretches nobody can pass."""
    doors = [opening for opening in wall.openings if opening.sill == 0]
    length = abs(wall.b[0] - wall.a[0]) + abs(wall.b[1] - wall.a[1])
    edges = [0.0, *(edge for door in doors for edge in (door.start, door.end)), length]
    return list(zip(edges[::2], edges[1::2], strict=True))


@pytest.mark.parametrize(
    "piece", [piece for piece in DEMO.furniture if piece.kind not in PASSABLE], ids=lambda piece: f"{piece.kind}-{piece.at}"
)
def test_nobody_walks_into_furniture(tracks: np.ndarray, piece: Furniture) -> None:
    apart = np.maximum(np.abs(tracks - piece.at) - np.array(piece.size[:2]) / 2, 0)
    assert np.hypot(*np.moveaxis(apart, 2, 0)).min() > 0.25


def test_bodies_are_whole_and_stand_on_the_floor(world: World) -> None:
    for t in np.arange(0, DEMO.period_s, 1.7):
        for pose, walker in zip(world.walkers(float(t)), DEMO.walkers, strict=True):
            joints = pose.joints
            assert set(joints) == set(JOINTS)
            assert 0.93 * walker.height_m < joints["crown"][2] < 1.03 * walker.height_m
            assert min(joints[f"{side}_{end}"][2] for side in ("left", "right") for end in ("heel", "toe")) == pytest.approx(0.0, abs=0.06)
            assert np.hypot(*np.subtract(joints["pelvis"][:2], pose.position)) < 0.05


def test_limbs_keep_their_length(world: World) -> None:
    for upper, lower in (
        ("left_hip", "left_knee"),
        ("right_knee", "right_ankle"),
        ("left_shoulder", "left_elbow"),
        ("right_elbow", "right_wrist"),
    ):
        lengths = [
            np.linalg.norm(np.subtract(pose.joints[upper], pose.joints[lower])) / walker.height_m
            for t in np.arange(0, 60, 0.9)
            for pose, walker in zip(world.walkers(float(t)), DEMO.walkers, strict=True)
        ]
        assert np.ptp(lengths) < 0.002


def test_a_foot_on_the_ground_hardly_slides(world: World) -> None:
    """While an ankle is low, it keeps its place."""
    step_s = 1 / 60
    slides: list[float] = []
    for t in np.arange(0, 30, step_s):
        now, soon = world.walkers(float(t)), world.walkers(float(t + step_s))
        for first, second, walker in zip(now, soon, DEMO.walkers, strict=True):
            if first.speed_m_s > 0.9 * walker.speed_m_s:
                ankles = [(first.joints_m[k], second.joints_m[k]) for k in (JOINTS.index("left_ankle"), JOINTS.index("right_ankle"))]
                before, after = min(ankles, key=lambda pair: pair[0][2])
                slides.append(float(np.hypot(*(after - before)[:2])) / step_s)
    assert np.median(slides) < 0.25


def test_rooms_fill_and_empty(tracks: np.ndarray) -> None:
    for name, (x0, y0, x1, y1) in DEMO.rooms.items():
        inside = (tracks[..., 0] > x0) & (tracks[..., 0] < x1) & (tracks[..., 1] > y0) & (tracks[..., 1] < y1)
        counts = inside.sum(axis=1)
        assert (counts == 0).mean() > 0.1, f"{name} is never empty"
        assert (counts >= 1).mean() > 0.2, f"{name} is hardly used"
        assert counts.max() >= 2, f"nobody meets in {name}"


def test_a_damaged_plan_names_the_value() -> None:
    with pytest.raises(InputError) as caught:
        read_plan({"name": "x", "period_s": 1.0, "ceiling_m": 2.8, "sun": ["up", 0, 0], "rooms": {}, "walls": [], "furniture": []})
    assert caught.value.field.startswith("sun")

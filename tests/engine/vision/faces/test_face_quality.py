"""Quality falls with everything that makes a face harder to recognise."""

from itertools import pairwise

import numpy as np
import pytest

from engine.vision.faces.alignment import TEMPLATE, AlignedFace, align
from engine.vision.faces.finder import FaceFinder
from engine.vision.faces.quality import Quality, pose, quality, sharpness, size
from tests.engine.vision.faces.conftest import Photos
from tests.engine.vision.faces.places import OBAMA, Picture, blurred, smaller


def graded(finder: FaceFinder, picture: Picture) -> Quality:
    points = finder.find(picture).landmarks[0]
    aligned = align(picture, points)
    assert isinstance(aligned, AlignedFace)
    return quality(points, aligned)


def test_a_good_portrait_is_good(finder: FaceFinder, photos: Photos) -> None:
    found = graded(finder, photos(OBAMA))
    assert found.total > 0.75
    assert found.size == 1.0


def test_smaller_is_worse(finder: FaceFinder, photos: Photos) -> None:
    grades = [graded(finder, smaller(photos(OBAMA), factor)) for factor in (1.0, 0.5, 0.3, 0.2, 0.14)]
    assert all(a.total > b.total for a, b in pairwise(grades))
    assert grades[-1].worst == "small"


def test_blurred_is_worse(finder: FaceFinder, photos: Photos) -> None:
    """Same points, so that only the pixels differ."""
    points = finder.find(photos(OBAMA)).landmarks[0]
    faces = [align(blurred(photos(OBAMA), sigma), points) for sigma in (0.5, 2.0, 3.0, 4.0, 6.0)]
    grades = [quality(points, face) for face in faces if isinstance(face, AlignedFace)]
    assert len(grades) == 5
    assert all(a.sharpness > b.sharpness for a, b in pairwise(grades))
    assert grades[-1].worst == "blurred"


def test_noise_does_not_pass_for_detail(finder: FaceFinder, photos: Photos) -> None:
    """A blurred face on a noisy sensor stays blurred. Without the smoothing it would have 0.94."""
    points = finder.find(photos(OBAMA)).landmarks[0]
    noise = np.random.default_rng(0).normal(0, 4, photos(OBAMA).shape)
    noisy = align(np.clip(blurred(photos(OBAMA), 6.0) + noise, 0, 255).astype(np.uint8), points)
    assert isinstance(noisy, AlignedFace)
    assert sharpness(noisy.linear) < 0.2


def test_contrast_and_light_hardly_count_as_sharpness(finder: FaceFinder, photos: Photos) -> None:
    points = finder.find(photos(OBAMA)).landmarks[0]
    soft = blurred(photos(OBAMA), 3.0)
    faint = (soft * 0.4 + 60).astype(np.uint8)
    first, second = align(soft, points), align(faint, points)
    assert isinstance(first, AlignedFace) and isinstance(second, AlignedFace)
    assert abs(sharpness(first.linear) - sharpness(second.linear)) < 0.15


def test_turning_away_is_worse() -> None:
    """The nose moves towards one eye; to both sides alike, up to a profile, which is worth nothing."""
    for side in (-1, 1):
        turned = [TEMPLATE.copy() for _ in range(5)]
        for step, points in enumerate(turned):
            points[2, 0] += side * 6 * step
        grades = [pose(points) for points in turned]
        assert all(a > b for a, b in pairwise(grades))
        assert grades[0] > 0.95
        assert grades[-1] < 0.4


@pytest.mark.parametrize("degrees", [0, 30, 90, 180])
def test_tilt_alone_is_no_fault(degrees: int) -> None:
    """It is undone before the embedding."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    assert pose((TEMPLATE @ turn.T).astype(np.float32)) > 0.95


@pytest.mark.parametrize(
    "points", [np.zeros((5, 2)), np.tile([[1.0, 0.0]], (5, 1)), np.arange(10).reshape(5, 2)], ids=["zero", "one", "line"]
)
def test_points_without_a_plane_are_worth_nothing(points: np.ndarray) -> None:
    assert pose(points.astype(np.float32)) == 0.0


def test_size_is_between_none_and_all() -> None:
    assert size(np.zeros((5, 2), np.float32)) == 0.0
    assert size(TEMPLATE * 10) == 1.0
    assert 0.0 < size(TEMPLATE * 0.5) < size(TEMPLATE * 0.7) < 1.0


def test_no_part_makes_up_for_another() -> None:
    assert Quality(1.0, 0.0, 1.0).total == 0.0
    assert Quality(0.9, 0.8, 0.3).worst == "turned"

"""The bench of closer looks gives its figures on a short film."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.people import closer
from engine._opencv import cv2
from engine.model.errors import EnvironmentFault
from engine.vision.models import ModelStore
from tests.fakes.media import write_mp4


def test_a_short_film_gives_all_figures(tmp_path: Path, shared: Path):
    models = ModelStore(tmp_path / "models")
    models.install(source=shared / "data" / "models")
    photo = cv2.imread(str(shared / "data" / "faces" / "ageitgey" / "examples" / "obama.jpg"))
    picture = cv2.cvtColor(cv2.resize(photo, (640, 480)), cv2.COLOR_BGR2BGRA)
    film = write_mp4(tmp_path / "film.mp4", [np.ascontiguousarray(picture)] * 30)
    result = closer.run(film, models)
    (case,) = result["cases"]
    assert case["metrics"]["frames_with_people"] > 0 and case["metrics"]["people_per_frame"] == 1
    assert case["metrics"]["ms_per_frame"] > 0 and case["metrics"]["face_looks_hz"] > 0
    assert [target["metric"] for target in result["targets"]] == ["closer looks: ms_per_frame", "closer looks: pose_looks_hz"]


def test_a_film_that_is_not_there_is_said(tmp_path: Path, shared: Path):
    models = ModelStore(tmp_path / "models")
    models.install(source=shared / "data" / "models")
    with pytest.raises(EnvironmentFault):
        closer.run(tmp_path / "missing.mp4", models)

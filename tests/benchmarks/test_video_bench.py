"""The video bench keeps its contract; its figures are not judged here."""

import pytest
from PySide6.QtWidgets import QApplication

from benchmarks.video.players import _Queue
from benchmarks.video.video import run


@pytest.fixture(scope="module")
def report(qapp: QApplication) -> dict:
    return run(seconds=0.4, tiles=(1, 4), wall=(640, 360))


def test_every_way_is_measured_on_every_stream_and_layout(report):
    assert report["bench"] == "video"
    assert [(case["params"]["stream"], case["params"]["tiles"]) for case in report["cases"]] == [
        ("720p", 1),
        ("720p", 1),
        ("720p", 4),
        ("720p", 4),
        ("sub", 1),
        ("sub", 1),
        ("sub", 4),
        ("sub", 4),
    ]
    assert {case["params"]["way"] for case in report["cases"]} == {"wall", "wall, no people"}
    assert {peer["params"]["way"] for peer in report["peers"]} == {"bare decode", "cv2 to QLabel"}
    assert len(report["peers"]) == 8


def test_pictures_were_painted_and_every_figure_is_there(report):
    for case in report["cases"]:
        metrics = case["metrics"]
        assert metrics["painted"] > 0, case["name"]
        assert metrics["due_to_painted_p95_ms"] >= metrics["due_to_painted_p50_ms"] > 0
        assert metrics["cpu_percent"] > 0


def test_targets_say_what_was_measured(report):
    assert all(target["met"] == (target["measured"] <= target["target"]) for target in report["targets"])
    assert sum("against bare decode" in target["metric"] for target in report["targets"]) == 8


def test_queue_of_the_labels_is_bounded_and_empties_before_it_fills_again():
    queue = _Queue(3)
    assert [queue.put() for _ in range(5)] == [True, True, True, False, False]
    queue.take()
    assert not queue.put()
    queue.take()
    queue.take()
    assert queue.put()

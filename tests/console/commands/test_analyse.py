"""`watchroom analyse`: the picture's size, the detector that it names, and progress that never mixes with its answer."""

import hashlib
import json
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from benchmarks.tracking.tracking import follow
from console.__main__ import main
from console.mot_files import read_rows, read_sequence
from engine.vision.models import FOLDER_VARIABLE, ModelStore

Printed = pytest.CaptureFixture[str]
PICTURES = 8


@pytest.fixture
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder


def analysed(capsys: Printed, *arguments: object) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["analyse", *map(str, arguments), "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("size", [(), ("--size", "768x576")])
def test_boxes_without_a_video_score_as_the_bench_does(shared: Path, tmp_path: Path, capsys: Printed, size: tuple[str, ...]) -> None:
    mot_score = pytest.importorskip("benchmarks.tracking.mot_score", reason="TrackEval is in the extra `bench`")
    folder = shared / "data/mot/PETS09-S2L1"
    sequence = read_sequence(folder)
    out = tmp_path / "tracks.txt"
    report = analysed(capsys, "--detections", folder / "det/det.txt", "--fps", sequence.fps, "--mot", out, *size)
    scorer = mot_score.Scorer()
    product = scorer.score(sequence.truth, read_rows(out), sequence.frames).metrics()
    assert product["idf1"] > 50.0 and product["id_switches"] < 75
    bench = scorer.score(sequence.truth, follow(sequence)[0], sequence.frames).metrics()
    assert abs(product["idf1"] - bench["idf1"]) < 0.5
    width, height = report["size"]
    assert width >= 700 and height >= 500 and report["detector"]["name"] == "given"
    assert not size or (width, height) == sequence.size


def test_the_bench_gives_the_rows_of_the_command(shared: Path, tmp_path: Path, capsys: Printed) -> None:
    folder = shared / "data/mot/KITTI-17"
    sequence = read_sequence(folder)
    out = tmp_path / "tracks.txt"
    analysed(capsys, "--detections", folder / "det/det.txt", "--fps", sequence.fps, "--mot", out, "--size", "1224x370")
    assert np.allclose(read_rows(out), follow(sequence)[0], atol=0.006)


@pytest.mark.parametrize("size", ["", "768", "0x10", "x", "1x1x1", "70000x2", "-1x5"])
def test_a_size_that_is_none_is_refused(tmp_path: Path, capsys: Printed, size: str) -> None:
    boxes = tmp_path / "det.txt"
    boxes.write_text("1,-1,1,2,3,4,1\n", encoding="utf-8")
    assert main(["analyse", "--detections", str(boxes), "--fps", "5", f"--size={size}"]) == 2
    assert "size" in capsys.readouterr().err


def test_a_row_that_is_none_is_left_out_and_named(tmp_path: Path, capsys: Printed) -> None:
    boxes = tmp_path / "det.txt"
    boxes.write_text("".join(f"{frame},-1,{10 + frame},20,30,80,0.9\n" for frame in range(1, 31)) + "31,-1,nan,2,3,4,1\nx\n", "utf-8")
    assert main(["analyse", "--detections", str(boxes), "--fps", "10", "--json", "-"]) == 0
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert report["frames"] == 30 and len(report["tracks"]) == 1
    assert report["skipped"]["count"] == 2 and [one["line"] for one in report["skipped"]["first"]] == [31, 32]
    assert "det.txt, line 31" in printed.err and "det.txt, line 32" in printed.err
    boxes.write_text("x\ny\n", encoding="utf-8")
    assert main(["analyse", "--detections", str(boxes), "--fps", "10"]) == 2
    assert "line 1" in capsys.readouterr().err


def test_a_detector_that_is_not_installed_is_an_error(shared: Path, no_models: Path, capsys: Printed) -> None:
    video = str(shared / "data/video/vtest_480x360.avi")
    assert main(["analyse", video, "--detector", "yolox-nano", "--json", "-"]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "yolox-nano" in printed.err and "models install yolox-nano" in printed.err and "--fallback" in printed.err


def test_a_fallback_is_loud_and_named(fall: Path, no_models: Path, capsys: Printed) -> None:
    assert main(["analyse", str(fall), "--detector", "yolox-nano", "--fallback", "--json", "-"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)["detector"]
    assert found["name"] == "hog" and found["digest"] is None and found["provider"] == "OpenCV"
    assert "yolox-nano" in found["warning"] and "WARNING" in printed.err and "yolox-nano" in printed.err


def test_the_answer_names_detector_file_digest_and_provider(shared: Path, fall: Path, no_models: Path, capsys: Printed) -> None:
    ModelStore().install(("yolox-nano",), shared / "data/models")
    report = analysed(capsys, fall, "--detector", "yolox-nano")
    found = report["detector"]
    (file,) = [path for path in no_models.iterdir() if path.name == found["model"]]
    assert found["name"] == "yolox-nano" and found["digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert found["provider"] == "CPUExecutionProvider" and found["warning"] is None
    assert report["size"][0] > 0


def test_progress_is_on_stderr_and_only_where_it_is_asked_for(fall: Path, no_models: Path, capsys: Printed) -> None:
    assert main(["analyse", str(fall), "--detector", "hog", "--json", "-", "--progress"]) == 0
    printed = capsys.readouterr()
    json.loads(printed.out)
    assert "frames: 1" in printed.err and "\x1b" not in printed.err
    assert main(["analyse", str(fall), "--detector", "hog", "--json", "-"]) == 0
    assert "frames: 1" not in capsys.readouterr().err


@pytest.fixture(scope="module")
def fall(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beginning of a real video: without a model, each of its pictures is searched for a tenth of a second."""
    path = tmp_path_factory.mktemp("fall") / "fall.mp4"
    with av.open(str(shared / "data/fall/fall-17-cam0.mp4")) as source, av.open(str(path), "w") as container:
        shown = source.streams.video[0]
        stream = container.add_stream_from_template(shown)
        for packet in islice(source.demux(shown), PICTURES):
            packet.stream = stream
            container.mux(packet)
    return path

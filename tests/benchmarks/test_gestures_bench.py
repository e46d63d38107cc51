"""`python -m benchmarks gestures`: the contract of its files, and what it says of recorded skeletons."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.gestures import files as gesture_files
from benchmarks.gestures import score as gesture_score
from console.skipped import Skipped

OK, BAD_INPUT = 0, 2
ACTIONS = ("a02", "a06", "a18")


@pytest.fixture
def folders(shared: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Three actions of two subjects as templates, their other take and an action that was not taught as queries."""
    templates, queries = tmp_path / "templates", tmp_path / "queries"
    for folder, actions, takes in ((templates, ACTIONS, ("e01", "e03")), (queries, (*ACTIONS, "a14"), ("e02",))):
        folder.mkdir()
        for path in sorted((shared / "data/skeleton/msraction3d").glob("*.txt")):
            action, subject, take, _ = path.stem.split("_")
            if action in actions and subject in ("s01", "s05") and take in takes:
                shutil.copy(path, folder)
    return templates, queries


def _bench(folders: tuple[Path, Path], *more: str) -> int:
    return main(["gestures", "--templates", str(folders[0]), "--queries", str(folders[1]), "--json", *more])


def test_queries_are_named_or_refused(folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "out.csv"
    assert _bench(folders, "--out", str(out)) == OK
    report = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["query"] for row in rows] == sorted(path.name for path in folders[1].iterdir())
    assert all((row["label"] == "null") == (float(row["score"]) < 0.70) for row in rows)
    assert {row["label"] for row in rows if row["query"].startswith("a14")} == {"null"}
    right = sum(row["label"] == row["query"][:3] for row in rows)
    (case,), (peer,) = report["cases"], report["peers"]
    assert right >= 4 and case["metrics"]["accuracy"] == 1.0 and case["metrics"]["accepted_unseen"] == 0.0
    assert case["metrics"]["accepted_right"] == pytest.approx(right / 6, abs=1e-3)
    assert peer["metrics"]["accuracy"] is not None and peer["metrics"]["us_per_query"] > 0


def test_arrays_are_read_as_text_is(folders: tuple[Path, Path], tmp_path: Path):
    """The same recordings as .npy; their rate is another, and it does not matter."""
    arrays = tmp_path / "arrays"
    arrays.mkdir()
    for one in gesture_files.read_folder(folders[1], "queries", Skipped()):
        np.save(arrays / f"{Path(one.name).stem}.npy", one.take.landmarks)
    taught = gesture_files.read_folder(folders[0], "templates", Skipped())
    text = gesture_score.recognise(taught, gesture_files.read_folder(folders[1], "queries", Skipped()))
    binary = gesture_score.recognise(taught, gesture_files.read_folder(arrays, "queries", Skipped()))
    assert text.labels == binary.labels


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("wave_1.npy", b"\x93NUMPY", "wave_1.npy"),
        ("wave_1.npy", b"", "wave_1.npy"),
        ("wave_1.txt", b"1 2 3\n", "wave_1.txt"),
        ("wave_1.txt", b"\xff\xfe\x00", "wave_1.txt"),
        ("wave_1.csv", b"", "no .txt or .npy"),
    ],
)
def test_wrong_files_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, says: str):
    (tmp_path / name).write_bytes(content)
    assert _bench((tmp_path, tmp_path)) == BAD_INPUT
    assert says in capsys.readouterr().err


def test_half_an_order_and_missing_folders_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["gestures", "--templates", str(tmp_path)]) == BAD_INPUT
    assert "queries" in capsys.readouterr().err
    assert _bench((tmp_path / "none", tmp_path)) == BAD_INPUT
    assert "cannot be read" in capsys.readouterr().err


def test_one_file_that_is_no_performance_is_left_out_and_named(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A skeleton a hundred kilometres away, one of another kind, and no skeleton at all, among good ones."""
    good = gesture_files.read_folder(folders[1], "queries", Skipped())
    np.save(folders[1] / "far_s01_e02.npy", good[0].take.landmarks + 1e8)
    np.save(folders[0] / "few_s01_e02.npy", good[0].take.landmarks[:, :15])
    (folders[0] / "bad_s01_e02.txt").write_text("1 2 three\n", encoding="utf-8")
    out = tmp_path / "out.csv"
    assert _bench(folders, "--out", str(out)) == OK
    printed = capsys.readouterr()
    skipped = json.loads(printed.out)["skipped"]
    assert {one["file"] for one in skipped["first"]} == {"far_s01_e02.npy", "few_s01_e02.npy", "bad_s01_e02.txt"}
    assert all(f"left out: {name}" in printed.err for name in ("far_s01_e02.npy", "few_s01_e02.npy", "bad_s01_e02.txt"))
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["query"] for row in rows] == [one.name for one in good]

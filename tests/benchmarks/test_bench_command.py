"""`python -m benchmarks` as a user meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import places
from benchmarks.__main__ import main
from console.__main__ import main as console_main
from engine.model.errors import EnvironmentFault

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_QT = (
    "import sys; from tests.conftest import WithoutQt; sys.meta_path.insert(0, WithoutQt()); from benchmarks.__main__ import main; "
)


def without_qt(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", f"{WITHOUT_QT}sys.exit(main({list(arguments)!r}))"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT)


def test_one_json_document_without_qt(shared: Path) -> None:
    pytest.importorskip("trackeval")
    pytest.importorskip("trackers")
    done = without_qt("tracking", "--json", "--sequence", "KITTI-17")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["bench"] == "tracking"
    assert all(set(case) == {"name", "params", "metrics"} for case in report["cases"] + report["peers"])
    assert all(set(target) == {"metric", "target", "measured", "met"} for target in report["targets"])


def test_the_bench_of_the_wall_says_that_it_needs_qt() -> None:
    done = without_qt("video")
    assert done.returncode == 3
    assert "needs Qt" in done.stderr


def test_what_an_option_names_must_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tracking", "--mot", "/nowhere/at/all"]) == 2
    assert "mot: /nowhere/at/all does not exist" in capsys.readouterr().err


def test_a_video_of_ones_own_needs_its_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accuracy", "--video", str(tmp_path)]) == 2
    assert "truth" in capsys.readouterr().err


def test_without_shared_data_it_says_what_to_give(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(places, "_SHARED", tmp_path)
    assert main(["pipeline"]) == 3
    assert "--video" in capsys.readouterr().err
    with pytest.raises(EnvironmentFault, match="mot"):
        places.given_or_shared(None, "data/mot", "mot")


def test_a_missed_target_fails_only_when_asked_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from benchmarks.tracking import tracking

    missed = {"metric": "m", "target": 1.0, "measured": 2.0, "met": False}
    monkeypatch.setattr(tracking, "run", lambda folder, names, half: {"bench": "tracking", "targets": [missed]})
    assert main(["tracking", "--mot", str(tmp_path)]) == 0
    assert main(["tracking", "--mot", str(tmp_path), "--check"]) == 1
    assert "NO" in capsys.readouterr().out


def test_where_it_went(capsys: pytest.CaptureFixture[str]) -> None:
    assert console_main(["bench", "fusion"]) == 2
    assert "python -m benchmarks" in capsys.readouterr().err

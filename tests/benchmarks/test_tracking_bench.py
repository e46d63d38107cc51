"""The tracking bench on one real sequence, and its scores on rows whose score is known."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.tracking.tracking import follow, run
from console.mot_files import read_sequence
from engine.model.errors import InputError, NotFound

pytest.importorskip("trackeval", reason="TrackEval is in the extra `bench`")


@pytest.fixture(scope="module")
def mot(shared: Path) -> Path:
    return shared / "data" / "mot"


def test_figures_of_one_sequence_stay_above_their_floors(mot: Path) -> None:
    pytest.importorskip("trackers", reason="the peers are in the extra `bench`")
    result = run(mot, ["KITTI-17"])
    assert result["bench"] == "tracking"
    assert [case["name"] for case in result["cases"]] == ["watchroom KITTI-17", "watchroom pooled"]
    assert {case["params"]["tracker"] for case in result["peers"]} == {"sort", "bytetrack", "ocsort"}
    ours = result["cases"][-1]["metrics"]
    assert ours["hota"] > 47.0
    assert ours["idf1"] > 74.0
    assert ours["id_switches"] <= 12
    assert [target["met"] for target in result["targets"][:3]] == [True, True, True]


def test_a_crowd_with_a_fixed_camera(mot: Path) -> None:
    from benchmarks.tracking.mot_score import Scorer

    sequence = read_sequence(mot / "PETS09-S2L1")
    rows, _ = follow(sequence)
    metrics = Scorer().score(sequence.truth, rows, sequence.frames).metrics()
    assert metrics["hota"] > 38.0
    assert metrics["idf1"] > 51.0
    assert metrics["mota"] > 63.0
    assert metrics["id_switches"] < 75


def test_truth_scores_full_marks_and_nothing_scores_none(mot: Path) -> None:
    from benchmarks.tracking.mot_score import Scorer

    sequence = read_sequence(mot / "KITTI-17")
    counted = sequence.truth[sequence.truth[:, 6] != 0]
    perfect = Scorer().score(sequence.truth, counted, sequence.frames).metrics()
    assert (perfect["hota"], perfect["idf1"], perfect["mota"], perfect["id_switches"]) == (100.0, 100.0, 100.0, 0.0)
    nothing = Scorer().score(sequence.truth, np.zeros((0, 7)), sequence.frames).metrics()
    assert (nothing["hota"], nothing["idf1"], nothing["mota"]) == (0.0, 0.0, 0.0)


def test_a_damaged_sequence_is_left_out_and_named(mot: Path, tmp_path: Path) -> None:
    pytest.importorskip("trackers", reason="the peers are in the extra `bench`")
    (tmp_path / "KITTI-17").symlink_to(mot / "KITTI-17")
    (tmp_path / "Damaged").mkdir()
    (tmp_path / "Damaged" / "seqinfo.ini").write_text("no sequence")
    result = run(tmp_path)
    assert [case["name"] for case in result["cases"]] == ["watchroom KITTI-17", "watchroom pooled"]
    assert (result["skipped"]["count"], result["skipped"]["first"][0]["file"]) == (1, "Damaged")
    with pytest.raises(InputError, match="1 left out"):
        run(tmp_path, ["Damaged"])


def test_an_unknown_sequence_is_named(mot: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Nowhere-1"):
        run(mot, ["Nowhere-1"])
    with pytest.raises(NotFound, match=r"seqinfo\.ini"):
        run(tmp_path)

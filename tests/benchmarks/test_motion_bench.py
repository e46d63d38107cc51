"""`python -m benchmarks motion`: areas under the curve, made-up links, peers, and its contract on a folder with a damaged file."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.radio import motion
from benchmarks.radio.made_links import HELD_OUT_SEEDS, RADIOS, TUNING_SEEDS, made_rows
from benchmarks.radio.motion_peers import PEERS
from console.commands.csi import scores_of

LINE = 'CSI_DATA,{n},1a:00:00:00:00:00,-50,11,1,6,1,0,1,0,1,0,0,-93,0,13,2,{us},0,67,0,128,1,"[{iq}]"'


def test_area_counts_ties_half():
    assert motion.auc(np.array([2.0, 3.0]), np.array([1.0, 0.0])) == 1.0
    assert motion.auc(np.array([1.0]), np.array([1.0, 0.0, 2.0, 1.0])) == 0.5


def test_halves_share_no_seed():
    assert not set(TUNING_SEEDS) & set(HELD_OUT_SEEDS)


def test_a_seed_gives_the_same_recording_and_another_seed_another():
    frames = [np.stack([row.iq for row in made_rows(RADIOS[0], seed, True)[0]]) for seed in (1, 1, 2)]
    assert (frames[0] == frames[1]).all() and (frames[0] != frames[2]).any()


@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_peers_do_not_know_the_future(peer):
    rows, t_s = made_rows(RADIOS[3], 3, True)
    samples = np.stack([row.iq for row in rows]).astype(float)
    amplitude = np.hypot(samples[..., 0], samples[..., 1])
    assert peer(t_s[:150], amplitude[:150]) == pytest.approx(peer(t_s, amplitude)[:150])


def test_coarse_levels_of_single_subcarriers_are_no_motion():
    """A frame's own level is known better than any one of its subcarriers, so that rounding does not look like motion."""
    scores = [scores_of(*made_rows(RADIOS[3], seed, False)) for seed in TUNING_SEEDS[:6]]
    assert np.quantile(np.concatenate(scores), 0.95) < 0.5


def written(folder: Path, moving: bool) -> None:
    rows, t_s = made_rows(RADIOS[0], 5, moving)
    lines = [
        LINE.format(n=row.line, us=round(at * 1e6), iq=",".join(map(str, row.iq[:, ::-1].ravel())))
        for row, at in zip(rows, t_s.tolist(), strict=True)
    ]
    (folder / f"{'variation' if moving else 'empty'}_02.csv").write_text("\n".join(lines) + "\n")


def test_one_bad_file_is_named_and_the_rest_is_measured(tmp_path: Path):
    folder = tmp_path / "tristsou"
    folder.mkdir()
    written(folder, True)
    written(folder, False)
    (folder / "empty_04.csv").write_text("no CSI\n")
    found = motion.run(tmp_path, True, 2)
    assert [each["file"] for each in found["skipped"]["first"]] == ["empty_04.csv", "person_200cm_1.csv"]
    named = {each["name"]: each["metrics"] for each in found["cases"]}
    assert named["objects moved, tristsou"]["auc"] > 0.8
    assert named["five radios"]["auc_low"] <= named["five radios"]["auc"] <= named["five radios"]["auc_high"]
    assert {"five radios, turbulence", "tilting, moving spread"} <= {each["name"] for each in found["peers"]}
    assert [target["metric"] for target in found["targets"]] == ["AUC of five radios, first second included", "its lead"]

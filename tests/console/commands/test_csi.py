"""`watchroom csi motion` as a user calls it, on real recordings and on damaged ones."""

import json
from pathlib import Path

import numpy as np
import pytest

from console.__main__ import main
from tests.fakes.csi_room import Radio, Room, corners, stroll

HEAD = "CSI_DATA,{n},1a:00:00:00:00:00,{rssi},11,1,6,1,0,1,0,1,0,0,-93,0,13,2,{us},0,67,0,128,1,"


def written(folder: Path, radio: Radio, walking: bool, rate_hz: float = 100, seconds: float = 10, seed: int = 1) -> Path:
    """A recording as esp-csi prints it."""
    room = Room(corners(5, 5), radio, seed, stroll(5, 5) if walking else None)
    at = np.arange(0, seconds, 1 / rate_hz)
    iq, rssi = room.frames((0, 2), at)
    lines = [
        HEAD.format(n=n, rssi=rssi[n], us=(4_294_000_000 + round(t * 1e6)) % (1 << 32))
        + f'"[{",".join(map(str, iq[n, :, ::-1].ravel()))}]"'
        for n, t in enumerate(at)
    ]
    file = folder / f"{'walk' if walking else 'quiet'}-{seed}-{rate_hz}-{radio.snr_db}-{radio.gain}-{radio.counts}.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def scores(file: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, float]]:
    capsys.readouterr()
    assert main(["csi", "motion", str(file), "--json"]) == 0
    return json.loads(capsys.readouterr().out)["frames"]


def auc(moving: np.ndarray, quiet: np.ndarray) -> float:
    return float(np.mean([(moving > q).mean() + 0.5 * (moving == q).mean() for q in quiet]))


def test_one_scale_for_radios_of_every_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Moving and quiet recordings of different radios, each scored alone, are told apart by one threshold."""
    radios = [Radio(), Radio(snr_db=20, counts=12), Radio(gain="follow", counts=40), Radio(gain="steps"), Radio(jitter=0.02, snr_db=35)]
    moving, quiet = [], []
    for seed in range(15):  # five recordings more or less change the area by a tenth
        for walking, into in ((True, moving), (False, quiet)):
            frames = scores(written(tmp_path, radios[seed % 5], walking, 100 if seed % 5 % 2 == 0 else 50, 6, seed), capsys)
            into.append([frame["score"] for frame in frames if frame["t"] >= 1])  # before, all of them walk along the link
    assert auc(np.concatenate(moving), np.concatenate(quiet)) > 0.93


def test_scores_do_not_know_the_future(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, Radio(), True, seconds=4)
    whole = scores(file, capsys)
    half = tmp_path / "half.csv"
    half.write_text("\n".join(file.read_text().splitlines()[:200]) + "\n")
    assert scores(half, capsys) == whole[:200]


def test_time_goes_on_when_the_clock_of_the_chip_wraps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = scores(written(tmp_path, Radio(), False, seconds=3), capsys)
    assert [frame["i"] for frame in frames] == list(range(300))
    assert np.allclose([frame["t"] for frame in frames], np.arange(300) / 100, atol=1e-5)


def test_every_real_sample_is_read(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in sorted((shared / "data" / "csi").glob("tristsou/*.csv")):
        frames = scores(file, capsys)
        assert len(frames) > 90
        assert np.isfinite([frame["score"] for frame in frames]).all()
    assert len(scores(shared / "data" / "csi" / "esp32_csi_tool" / "example_csi.csv", capsys)) == 13


def test_a_person_who_passes_scores_higher_than_nobody(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shared / "data" / "csi"
    person = [frame["score"] for frame in scores(folder / "wisensing" / "1_raw_data" / "person_200cm_1.csv", capsys)]
    labels = (folder / "wisensing" / "slicing_source_demo.txt").read_text()
    moments = [int(n) for n in labels.split("200cm_1.parquet, person, ")[1].split("\n")[0].split()]
    quiet = [frame["score"] for n in range(1, 6) for frame in scores(folder / "tristsou" / f"empty_0{n}.csv", capsys)]
    passing = np.concatenate([person[n : n + 40] for n in moments])
    assert auc(passing, np.array(quiet)) > 0.98


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello\nworld\n", "line 1: No line begins with CSI_DATA"),
        (HEAD.format(n=0, rssi=-40, us=1) + '"[1,2,3', "line 1, data"),
        (HEAD.format(n=0, rssi=-40, us=1) + '"[1,2,x,4]"', "line 1, data"),
        (HEAD.format(n=0, rssi=-40, us=1) + '"[1,2]"', "line 1, len"),
        ("CSI_DATA,AP,[1 2 3 4]", "line 1, mac"),
        ("", "line 1"),
    ],
)
def test_what_is_no_recording_is_refused_with_line_and_field(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "no.csv"
    file.write_text(text)
    assert main(["csi", "motion", str(file), "--json"]) == 2
    assert says in capsys.readouterr().err


def test_a_missing_file_and_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["csi", "motion", str(tmp_path / "none.csv")]) == 2
    assert main(["csi", "motion", str(tmp_path)]) == 3
    assert "cannot be read" in capsys.readouterr().err


def test_damaged_lines_among_good_ones_are_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(tmp_path, Radio(), False, seconds=1).read_text().splitlines()
    lines[10] = lines[10][:80]
    lines[20] = "E (123) wifi: something else"
    file = tmp_path / "damaged.csv"
    file.write_text("\n".join(lines))
    assert len(scores(file, capsys)) == 98


def test_damaged_lines_are_counted_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, Radio(), False, seconds=1)
    lines = file.read_text().splitlines()
    lines[5], lines[9] = lines[5].partition("[")[0], lines[9].replace("[", "[x,")
    lines.insert(0, "boot: chip revision 3")  # no CSI, and no damage
    file.write_text("\n".join(lines) + "\n")
    capsys.readouterr()
    assert main(["csi", "motion", str(file), "--json"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert len(found["frames"]) == len(lines) - 3
    assert found["skipped"]["count"] == 2 and [one["line"] for one in found["skipped"]["first"]] == [7, 11]
    assert ", line 7: data has no samples" in printed.err

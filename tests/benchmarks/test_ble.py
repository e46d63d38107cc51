"""`python -m benchmarks ble`: the contract of its files, and its figures on the measured flat."""

import csv
import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.ble import ble
from benchmarks.ble import files as ble_files
from console.skipped import Skipped
from engine.model.errors import InputError
from tests.engine.radio.ble.made_phones import CORNERS, MadePhone, around

OK, BAD_INPUT = 0, 2


def _write(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def site(tmp_path: Path) -> dict[str, Path]:
    """Four anchors, two phones in the same minute, one of them heard out of order."""
    phones = {"one": MadePhone("one"), "two": MadePhone("two", -6.0, seed=1)}
    readings, truth, prints = [], [], []
    for second in range(60):
        for name, phone in phones.items():
            x, y = around(second, (4, 3), 2.0, 0.5, 1.0 if name == "two" else 0.0)
            truth.append(f"{second},{name},{x:.3f},{y:.3f}")
            readings += [f"{second},{name},{mac},{phone.hear((x, y), mac, position)}" for mac, position in CORNERS.items()]
            prints += [f"{second},{mac},{phone.hear((x, y), mac, position)},{x:.2f},{y:.2f}" for mac, position in CORNERS.items()]
    return {
        "anchors": _write(tmp_path / "a.csv", "id,x,y,z", [f"{mac},{x},{y},{z}" for mac, (x, y, z) in CORNERS.items()]),
        "readings": _write(tmp_path / "r.csv", "t,device,anchor,rssi", readings[::-1]),
        "truth": _write(tmp_path / "t.csv", "t,device,x,y", truth),
        "calibration": _write(tmp_path / "c.csv", "t,anchor,rssi,x,y", prints),
    }


def _bench(site: dict[str, Path], *more: str) -> int:
    return main(["ble", "--anchors", str(site["anchors"]), "--readings", str(site["readings"]), *more])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_writes_a_position_for_every_time_of_every_device(site: dict[str, Path], tmp_path: Path):
    assert _bench(site, "--out", str(tmp_path / "o.csv")) == OK
    rows = _rows(tmp_path / "o.csv")
    assert list(rows[0]) == ["t", "device", "x", "y", "sx", "sy"]
    assert {(row["t"], row["device"]) for row in rows} == {(str(second), name) for second in range(60) for name in ("one", "two")}
    assert all(-1 <= float(row["x"]) <= 9 and -1 <= float(row["y"]) <= 7 and 0 < float(row["sx"]) < 5 for row in rows)


def test_is_causal(site: dict[str, Path], tmp_path: Path):
    _bench(site, "--out", str(tmp_path / "whole.csv"))
    head, *rows = site["readings"].read_text(encoding="utf-8").splitlines()
    _write(site["readings"], head, [row for row in rows if float(row.split(",")[0]) < 30])
    _bench(site, "--out", str(tmp_path / "half.csv"))
    half = _rows(tmp_path / "half.csv")
    assert half == _rows(tmp_path / "whole.csv")[: len(half)]


def test_scores_against_a_truth_beside_the_peers(site: dict[str, Path], capsys: pytest.CaptureFixture[str]):
    assert _bench(site, "--truth", str(site["truth"]), "--calibration", str(site["calibration"]), "--json") == OK
    said = json.loads(capsys.readouterr().out)
    assert said["bench"] == "ble"
    (case,) = said["cases"]
    assert case["metrics"]["positions"] == 120
    best = min(peer["metrics"]["median_m"] for peer in said["peers"] if peer["name"] != "15-NN fingerprints")
    assert case["metrics"]["median_m"] < best


@pytest.mark.parametrize("scale", [1e3, 1e6, 1e9])
def test_times_may_count_from_1970_in_smaller_units(site: dict[str, Path], tmp_path: Path, scale: float):
    """Rates, and with them the answer, stay the same."""
    head, *rows = site["readings"].read_text(encoding="utf-8").splitlines()
    for unit, name in ((1.0, "s"), (scale, "small")):
        shifted = [",".join([str(int((1_700_000_000 + float(row.split(",")[0])) * unit)), *row.split(",")[1:]]) for row in rows]
        _write(site["readings"], head, shifted)
        _bench(site, "--out", str(tmp_path / f"{name}.csv"))
    places = [[(row["x"], row["y"]) for row in _rows(tmp_path / f"{name}.csv")] for name in ("s", "small")]
    assert places[0] == places[1]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("anchors", "id,x,y\n1,2,3\n", "no column 'z'"),
        ("anchors", "id,x,y,z\n", "no anchor"),
        ("anchors", "id,x,y,z\n1,2,nan,3\n", "no number"),
        ("anchors", "id,x,y,z\n1,2,3e9,3\n", "outside"),
        ("readings", "t,device,anchor,rssi\n0,a,nowhere,-50\n", "there is no anchor 'nowhere'"),
        ("readings", "t,device,anchor,rssi\n0,a,AA:00:00:00:00:01,loud\n", "line 2"),
        ("readings", "t,device,anchor,rssi\n0,a,AA:00:00:00:00:01,-500\n", "outside"),
        ("readings", "t,device,anchor,rssi\n0,a,AA:00:00:00:00:01,\n", "no reading"),
        ("readings", "t,device,anchor,rssi\n0,a\n", "fewer columns"),
        ("readings", "\x00\x01\xff", "no column"),
    ],
)
def test_wrong_files_are_named(site: dict[str, Path], capsys: pytest.CaptureFixture[str], name: str, text: str, says: str):
    site[name].write_text(text, encoding="utf-8")
    assert _bench(site) == BAD_INPUT
    error = capsys.readouterr().err
    assert name in error and says in error


def test_missing_files_and_halves_are_named(site: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["ble", "--anchors", str(site["anchors"])]) == BAD_INPUT
    assert "readings" in capsys.readouterr().err
    assert main(["ble", "--anchors", str(tmp_path / "none.csv"), "--readings", str(site["readings"])]) == BAD_INPUT
    assert "cannot be read" in capsys.readouterr().err


def test_one_anchor_and_one_reading_are_enough(tmp_path: Path):
    anchors = _write(tmp_path / "a.csv", "id,x,y,z", ["1,2,3,2"])
    readings = _write(tmp_path / "r.csv", "t,device,anchor,rssi", ["0,a,1,-60"])
    (found,) = ble.locate(ble_files.read_anchors(anchors, Skipped()), ble_files.read_readings(readings, ["1"], Skipped()), {})
    assert abs(found.x - 2) < 0.5 and abs(found.y - 3) < 0.5


def test_a_truth_of_another_time_says_so(site: dict[str, Path], tmp_path: Path):
    _write(site["truth"], "t,device,x,y", ["5000,one,1,1"])
    with pytest.raises(InputError, match="no place"):
        ble.run_files(site["anchors"], site["readings"], None, None, site["truth"])


def test_the_flat_meets_its_targets_and_the_peers_are_as_known(shared: Path):
    found = ble.run_flat(shared / "data/ble/marckolak", None)
    assert [target["metric"] for target in found["targets"] if not target["met"]] == []
    for peer in found["peers"]:
        if peer["name"] in ("nearest anchor", "weighted centroid", "15-NN fingerprints"):
            assert [peer["metrics"]["median_m"], peer["metrics"]["p90_m"]] == pytest.approx(peer["params"]["issue"], abs=0.07)


def test_one_impossible_reading_does_not_refuse_the_file(site: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _bench(site, "--out", str(tmp_path / "good.csv"))
    head, *rows = site["readings"].read_text(encoding="utf-8").splitlines()
    bad = ["3,one,AA:00:00:00:00:01,-500", "4,one,nowhere,-50", "x,one,AA:00:00:00:00:01,-50", "5,one", "1e300,one,AA:00:00:00:00:01,-50"]
    _write(site["readings"], head, [*bad, *rows])
    capsys.readouterr()
    assert _bench(site, "--out", str(tmp_path / "left.csv"), "--json") == OK
    printed = capsys.readouterr()
    skipped = json.loads(printed.out)["skipped"]
    assert skipped["count"] == 5 and [one["line"] for one in skipped["first"]] == [2, 3, 4, 5, 6]
    assert "r.csv, line 2: rssi -500 is outside" in printed.err and "r.csv, line 3: there is no anchor 'nowhere'" in printed.err
    assert _rows(tmp_path / "left.csv") == _rows(tmp_path / "good.csv")

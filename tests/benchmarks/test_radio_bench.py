"""`python -m benchmarks radio` and `bench fusion`: their scores on made-up blobs, their contract on the recordings."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.people import fusion
from benchmarks.radio import seeded
from benchmarks.radio.captures import recording, recordings
from benchmarks.radio.score import RadioScore, Seen
from benchmarks.radio.tomography import TomographicPeer
from engine.model.errors import InputError
from engine.model.radio.radio import CsiBatch

OK, BAD_INPUT = 0, 2
METRICS = {"presence", "recall", "count_error", "count_bias", "too_many", "median_m", "p90_m", "in_sigma", "id_switches"}
METRICS |= {"switches_per_min", "swaps_per_min", "false_blobs_per_min", "falls"}


def scored(ticks: list[tuple[list[Seen], list[tuple[float, float, float]]]], first_s: float = 3.0) -> dict[str, float | int | None]:
    score = RadioScore()
    for number, (blobs, truth) in enumerate(ticks):
        score.tick(first_s + number * 0.1, blobs, truth)
    return score.metrics(0)


def test_the_first_three_seconds_do_not_count():
    assert scored([([], [(1.0, 1.0, 1.0)])] * 10, first_s=0.0)["presence"] is None


def test_two_blobs_on_one_of_two_walkers_find_half_of_them():
    people = [(1.0, 1.0, 1.0), (4.0, 4.0, 1.0)]
    metrics = scored([([Seen("a", (1.0, 1.0, 1.0)), Seen("b", (1.2, 1.0, 1.0))], people)] * 5)
    assert metrics["presence"] == 1.0 and metrics["recall"] == 0.5 and metrics["count_error"] == 0.0


def test_switches_are_counted_per_walker():
    person = [(1.0, 1.0, 1.0)]
    metrics = scored([([Seen(name, (1.0, 1.0, 1.0))], person) for name in "aabba"])
    assert metrics["id_switches"] == 2


def test_a_pair_holds_while_it_is_within_a_metre():
    people, close = [(1.0, 1.0, 1.0), (4.0, 4.0, 1.0)], [(2.0, 2.0, 1.0), (2.4, 2.0, 1.0)]
    apart = [Seen("a", (1.0, 1.0, 1.0)), Seen("b", (4.0, 4.0, 1.0))]
    crossed = [Seen("a", (2.4, 2.0, 1.0)), Seen("b", (2.0, 2.0, 1.0))]  # nearer to the other one, and not a metre from their own
    passed = scored([(apart, people), (crossed, close), (apart, people)] * 10)
    assert passed["swaps_per_min"] == 0.0 and passed["id_switches"] == 2 * 2 * 10 - 2 + 2
    changed = scored([(apart, people)] * 300 + [([Seen("b", (1.0, 1.0, 1.0)), Seen("a", (4.0, 4.0, 1.0))], people)] * 300)
    assert changed["swaps_per_min"] == pytest.approx(2.0)


def test_false_blobs_are_counted_by_name():
    metrics = scored([([Seen("a", (1.0, 1.0, 1.0))], [])] * 300 + [([], [])] * 300)
    assert metrics["false_blobs_per_min"] == pytest.approx(1.0) and metrics["presence"] is None


def test_errors_inside_the_told_uncertainty_are_counted():
    wide, narrow = np.eye(3).tolist(), (0.0001 * np.eye(3)).tolist()
    metrics = scored([([Seen("a", (1.5, 1.0, 1.0), spread)], [(1.0, 1.0, 1.0)]) for spread in (wide, narrow)])
    assert metrics["in_sigma"] == 0.5


def test_a_recording_without_rssi_is_the_same_frames(shared: Path):
    folder = shared / "data/csi/nodesim"
    assert "walk1_2n_20hz" in recordings(folder)
    runs = [recording(folder, "walk1_2n_20hz", with_rssi) for with_rssi in (True, False)]
    batches = [[tick.batch for tick in run.ticks if tick.batch is not None] for run in runs]
    assert [len(batch) for batch in batches[0]] == [len(batch) for batch in batches[1]]
    assert {int(value) for batch in batches[1] for value in batch.rssi_dbm} == {-50}
    assert all((one.iq == other.iq).all() for one, other in zip(*batches, strict=True))


def test_one_recording_through_the_pipeline(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The walker of the four-node recording, first twelve seconds: found, near, one."""
    name = "walk1_4n_20hz"
    data = gzip.decompress((shared / f"data/csi/nodesim/{name}.frames.gz").read_bytes())
    (tmp_path / f"{name}.frames.gz").write_bytes(gzip.compress(data[: 162 * 240 * 12]))
    for rest in ("messages.jsonl", "truth.csv"):
        (tmp_path / f"{name}.{rest}.gz").write_bytes((shared / f"data/csi/nodesim/{name}.{rest}.gz").read_bytes())
    assert main(["radio", "--captures", str(tmp_path), "--json"]) == OK
    report = json.loads(capsys.readouterr().out)
    (case,), (null, image) = report["cases"], report["peers"]
    assert set(case["metrics"]) == METRICS
    assert case["metrics"]["presence"] >= 0.95 and case["metrics"]["median_m"] < 0.5
    assert null["metrics"]["presence"] == 1.0 and null["metrics"]["recall"] < case["metrics"]["recall"]
    assert image["name"].startswith("tomographic image") and set(image["metrics"]) == METRICS
    assert all(set(target) == {"metric", "target", "measured", "met"} for target in report["targets"])


@pytest.mark.parametrize("by_csi", [True, False])
def test_the_image_is_bright_where_links_that_vary_cross(by_csi: bool):
    nodes = {"a": (0.0, 0.0, 1.0), "b": (4.0, 0.0, 1.0), "c": (4.0, 4.0, 1.0), "d": (0.0, 4.0, 1.0)}
    image, varying = TomographicPeer(nodes, 1, by_csi), (("a", "c"), ("b", "d"))
    links = tuple((one, other) for one in nodes for other in nodes if one < other)
    found: list[Seen] = []
    for tick in range(20):
        level = [10 * (pair in varying and tick % 2) for pair in links]
        found = image.blobs(tick / 10, batch_of(links, level))
    assert [each.position[:2] for each in found] == [pytest.approx((2.0, 2.0), abs=0.3)]
    assert found[0].id == "peak 1"


def test_links_that_do_not_vary_have_no_image():
    nodes = {"a": (0.0, 0.0, 1.0), "b": (4.0, 0.0, 1.0), "c": (4.0, 4.0, 1.0)}
    image, links = TomographicPeer(nodes, 2, False), (("a", "b"), ("b", "c"))
    assert not any(image.blobs(tick / 10, batch_of(links, [0, 0])) for tick in range(20))
    assert TomographicPeer({}, 1, False).blobs(0.0, None) == []


def batch_of(links: tuple[tuple[str, str], ...], louder_db: list[int]) -> CsiBatch:
    """One frame of each link, so much louder than the quietest, in RSSI and in amplitude."""
    count = len(links)
    amplitude = np.array([10 * 10 ** (louder / 20) for louder in louder_db])
    return CsiBatch(
        occurred_ns=0,
        links=links,
        link=np.arange(count, dtype=np.uint16),
        arrival_ns=np.zeros(count, np.int64),
        rssi_dbm=np.array([-60 + louder for louder in louder_db], np.int8),
        noise_dbm=np.full(count, -95, np.int8),
        channel=np.full(count, 6, np.uint8),
        n_sub=np.full(count, 64, np.uint8),
        iq=np.repeat(amplitude, 128).reshape(count, 64, 2).astype(np.int8),
    )


def test_a_folder_without_recordings_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["radio", "--captures", str(tmp_path)]) == BAD_INPUT
    assert "captures" in capsys.readouterr().err


def test_a_damaged_recording_is_named(tmp_path: Path):
    (tmp_path / "x.frames.gz").write_bytes(b"no gzip")
    with pytest.raises(InputError, match="x cannot be read"):
        recording(tmp_path, "x", True)


def test_a_report_over_seeds_less_itself_is_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(seeded, "_DURATION_S", 5.0)
    command, before = ["radio", "--over-seeds", "held-out", "--row", "our room, one", "--seeds", "2", "--json"], tmp_path / "before.json"
    assert main(command) == OK
    before.write_text(capsys.readouterr().out)
    assert main([*command, "--against", str(before)]) == OK
    case, added = json.loads(capsys.readouterr().out)["cases"]
    assert case["params"]["first_seed"] == 1001 and case["metrics"]["median_m"] > 0 and len(case["params"]["each"]["median_m"]) == 2
    assert added["name"] == "our room, one person, now less before" and added["metrics"]["median_m"] == 0.0
    assert main([*command, "--first-seed", "2001", "--against", str(before)]) == BAD_INPUT
    assert "first_seed" in capsys.readouterr().err


def test_a_report_that_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "before.json").write_text("[]")
    assert main(["radio", "--over-seeds", "held-out", "--against", str(tmp_path / "before.json")]) == BAD_INPUT
    assert "against" in capsys.readouterr().err


def test_the_fusion_bench_has_every_size(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fusion, "_WARM_UP", 5)
    monkeypatch.setattr(fusion, "_LARGE", (20, 20, 5))
    monkeypatch.setattr(fusion, "_SMALL", (10, 10, 5))
    cases = fusion.run(25)["cases"]
    assert [case["params"]["links"] for case in cases] == [12, 30, 120] * 2
    assert all(case["metrics"]["median_ms"] > 0 and case["metrics"]["copy_ms"] > 0 for case in cases)

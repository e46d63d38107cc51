"""The bench of sites measures each of its rows, and its figures are whole."""

from pathlib import Path

from benchmarks.sites import sites
from benchmarks.sites.idle import idle_site
from tests.fakes.video import Clip, write_clip


def test_a_thousand_idle_cameras_say_next_to_nothing() -> None:
    told, polled = idle_site(1_000, 0.5)
    assert 0 < told["metrics"]["kib_per_min"] <= sites.IDLE_KIB_PER_MIN
    assert polled["metrics"]["kib_per_poll"] > 100 * told["metrics"]["kib_per_min"] / 60
    assert 0 < told["metrics"]["take_in_p50_ms"] <= told["metrics"]["take_in_p95_ms"] <= told["metrics"]["take_in_longest_ms"]


def test_the_figures_are_whole(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "yard.mp4", Clip(fps=10, frames=40, gop=10))
    report = sites.run(video, cameras=5, minutes=0.1, seconds=3.0, tiles=1)
    assert [each["name"] for each in report["cases"]] == [
        "5 idle cameras, told what changes",
        "demo site, moves shown",
        "demo site, no moves shown",
        "3 sites, 1 tile each",
        "3 sites, one silent",
    ]
    assert [each["name"] for each in report["peers"]] == ["5 idle cameras, polled", "demo site, polled"]
    assert all(each["metrics"]["mbit_per_s"] > 0 for each in (*report["cases"][:3], *report["peers"])) and len(report["targets"]) == 6
    assert all(figure >= 0 for each in report["cases"][3:] for figure in each["metrics"].values())
    assert report["cases"][3]["metrics"]["first_tile_s"] > 0 and report["cases"][4]["metrics"]["told_s"] > 0

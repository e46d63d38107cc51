"""The bench of sites measures each of its rows, and its figures are whole."""

from benchmarks.sites import sites
from benchmarks.sites.idle import idle_site


def test_a_thousand_idle_cameras_say_next_to_nothing() -> None:
    told, polled = idle_site(1_000, 0.5)
    assert 0 < told["metrics"]["kib_per_min"] <= sites.IDLE_KIB_PER_MIN
    assert polled["metrics"]["kib_per_poll"] > 100 * told["metrics"]["kib_per_min"] / 60
    assert 0 < told["metrics"]["take_in_p50_ms"] <= told["metrics"]["take_in_p95_ms"] <= told["metrics"]["take_in_longest_ms"]


def test_the_figures_are_whole() -> None:
    report = sites.run(cameras=5, minutes=0.1, seconds=3.0)
    assert [each["name"] for each in report["cases"]] == [
        "5 idle cameras, told what changes",
        "demo site, moves shown",
        "demo site, no moves shown",
    ]
    assert [each["name"] for each in report["peers"]] == ["5 idle cameras, polled", "demo site, polled"]
    assert all(each["metrics"]["mbit_per_s"] > 0 for each in (*report["cases"], *report["peers"])) and len(report["targets"]) == 3

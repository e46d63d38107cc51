"""The recording bench records, and so do its peers: nothing is compared with something that writes nothing."""

from benchmarks.report import framed
from benchmarks.video import recording


def test_all_write_about_the_same() -> None:
    result = framed(recording.run(cameras=2, seconds=1.6))
    rings, ours = (each["metrics"] for each in result["cases"])
    plain, _ = (each["metrics"] for each in result["peers"])
    assert rings["written_mib"] == 0.0 < plain["written_mib"]
    assert 0.9 < ours["written_mib"] / plain["written_mib"] < 1.1
    assert result["targets"][0]["measured"] == ours["overhead_percent"]

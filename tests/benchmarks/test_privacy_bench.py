"""The bench of privacy areas: what it measures is there, and its own arithmetic holds."""

import pytest

from benchmarks.people import privacy
from benchmarks.report import framed


def test_it_measures_burning_recording_and_covering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.video.files._SECONDS", 1)
    result = framed(privacy.run(3))
    metrics = {each["name"]: each["metrics"] for each in result["cases"]}
    assert [each for each in metrics if each.startswith("burning: ")] == [f"burning: {name}" for name in privacy.AREAS]
    assert all(value > 0 for each in metrics.values() for value in each.values())
    whole = metrics["recorded all the time, in all (without decoding)"]["ms_per_picture"]
    parts = [metrics[name]["ms_per_picture"] for name in metrics if "JPEG" in name or name.startswith("VP9")]
    assert whole == sum(parts) and len(parts) == 2
    assert result["peers"] and result["targets"][0]["metric"].startswith("burning")

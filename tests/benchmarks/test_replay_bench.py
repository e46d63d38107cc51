"""The bench of replay says what it measures, and that the record says the same again."""

import pytest

from benchmarks.history import replay


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_the_same_three_times_in_parts_and_as_live() -> None:
    report = replay.run(0.7)
    figures = {case["name"]: case["metrics"] for case in report["cases"]}
    full = figures["full speed, three times"]
    assert full["identical"] == full["as_live"] == 1 and full["events"] > 0 and full["decisions"] > 0
    assert figures["full speed, in parts between checkpoints"]["identical"] == 1
    assert figures["as it was and tried"]["same_events"] > 0
    assert {target["metric"] for target in report["targets"]} >= {"full speed: ratio", "in parts: ratio", "full speed: as_live"}

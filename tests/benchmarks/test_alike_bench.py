"""The bench of looks measures whole answers, and its looks are as alike as people's."""

import numpy as np

from benchmarks.people import alike


def test_the_figures_are_whole() -> None:
    report = alike.run(looks=3_000)
    assert [each["name"] for each in report["cases"]] == ["kept and packed", "all of a year", "one camera", "a week"]
    assert [each["params"]["compared"] for each in report["cases"][1:3]] == [3_000, 375]
    assert 50 < report["cases"][3]["params"]["compared"] < 65
    assert [target["metric"] for target in report["targets"]] == ["all of a year p50_ms"]
    for each in [*report["cases"][1:], *report["peers"]]:
        assert 0 < each["metrics"]["p50_ms"] <= each["metrics"]["p95_ms"] <= each["metrics"]["longest_ms"]


def test_looks_are_as_alike_as_those_of_people() -> None:
    looks = alike.MadeLooks().next(200)
    likeness = (looks @ looks.T)[np.triu_indices(200, 1)]
    assert np.allclose(np.linalg.norm(looks, axis=1), 1, atol=1e-5)
    assert 0.3 < np.percentile(likeness, 1) < np.percentile(likeness, 99) < 0.95

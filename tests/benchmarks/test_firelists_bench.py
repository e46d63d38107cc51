"""The bench of filtered lists on a small record: what it checks is checked, and its figures are of its own shape."""

import pytest

from benchmarks.incidents import firelists as bench


def test_every_page_is_full_and_every_list_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "PAGES", 25)
    report = bench.run(4_000)
    assert len(report["cases"]) == 9
    assert {target["metric"]: target["met"] for target in report["targets"]}["pages exactly full"]
    assert all(each["metrics"]["p50_ms"] > 0 for each in report["cases"])


def test_the_hard_policy_lets_one_in_a_hundred_pass_and_the_usual_one_two_thirds() -> None:
    past = bench._make_past(50_000, bench.np.random.default_rng(1))
    shares = [past.passing(bench.SmokePage(policy=policy)) / 50_000 for policy in (bench.hard_policy(), bench.usual_policy())]
    assert abs(shares[0] - 0.01) < 0.003
    assert 0.55 < shares[1] < 0.7

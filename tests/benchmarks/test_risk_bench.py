"""The bench of the risk map measures a whole map, and its figures are whole."""

import pytest

from benchmarks.incidents import risk
from engine.model.errors import EnvironmentFault


def test_the_figures_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, fewer in (("UPDATES", 200), ("STORED", 20), ("QUERIES", 100), ("MAPS", 2), ("PAST", 500), ("FRAMES", 30)):
        monkeypatch.setattr(risk, name, fewer)
    report = risk.run(cells=3_000, repainted=2_000)
    assert [each["name"] for each in report["cases"]] == [
        "update in memory",
        "update stored",
        *["hot spots"] * 3,
        "whole map of an hour",
        "plain base anew",
        "repaint while panning",
    ]
    assert report["cases"][0]["params"]["cells"] == 3_000 and report["cases"][0]["metrics"]["cells_touched"] > 50
    wanted = ["update in memory p99_ms", "update stored p99_ms", "hot spots p99_ms", "repaint p99_ms"]
    assert [target["metric"] for target in report["targets"]] == wanted and report["cases"][-1]["metrics"]["fps"] > 0
    for each in report["cases"]:
        assert 0 < each["metrics"]["p50_ms"] <= each["metrics"]["p99_ms"] <= each["metrics"]["worst_ms"]


def test_a_screen_that_cannot_paint_is_said_in_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, fewer in (("UPDATES", 200), ("STORED", 20), ("QUERIES", 100), ("MAPS", 2), ("PAST", 500)):
        monkeypatch.setattr(risk, name, fewer)

    def refuse(cells: int, frames: int) -> None:
        raise EnvironmentFault("screen", "There is no screen to paint on.")

    monkeypatch.setattr(risk.risk_repaint, "measured", refuse)
    report = risk.run(cells=3_000, repainted=2_000)
    assert report["cases"][-1]["params"] == {"not_measured": "There is no screen to paint on."}

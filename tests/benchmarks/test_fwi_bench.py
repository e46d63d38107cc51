"""The bench of fire weather: whole figures, and an error that is there is found."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.incidents import fwi as bench
from benchmarks.report import framed
from engine.model.errors import InputError


def test_its_figures_are_whole_and_its_errors_met() -> None:
    result = framed(bench.run(cells=100))
    assert [each["name"] for each in result["cases"]] == ["grid", "one site", "beside xclim: season", "beside xclim: days"]
    assert all(value is not None and np.isfinite(value) for each in result["cases"] for value in each["metrics"].values())
    assert [target["met"] for target in result["targets"][1:]] == [True, True]


def test_an_error_is_found(tmp_path: Path) -> None:
    with np.load(bench.KEPT, allow_pickle=False) as kept:
        changed = dict(kept)
    changed["days_fwi"][7, 0] += 1.0
    np.savez(tmp_path / "changed.npz", **changed)
    targets = bench.run(cells=10, answers=tmp_path / "changed.npz")["targets"]
    assert [target["met"] for target in targets[1:]] == [True, False]


def test_answers_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        bench.run(cells=10, answers=tmp_path / "none.npz")
    assert refused.value.field == "answers"

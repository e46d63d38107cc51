"""The frame around every bench."""

import getpass
import json
import platform
import subprocess
from pathlib import Path

from benchmarks import report

RESULT = {
    "bench": "sample",
    "cases": [report.case("ours", {"n": 1}, {"ms": 1.5, "hz": None}), report.case("stage", {}, {"p95": 12345.678})],
    "peers": [report.case("theirs", {}, {"ms": 3, "hz": 2.0})],
    "targets": [report.at_most("ms", 2.0, 1.5), report.at_least("hz", 5.0, None)],
}


def test_the_contract_in_its_order() -> None:
    framed = report.framed(RESULT)
    assert list(framed) == ["bench", "version", "machine", "commit", "cases", "peers", "targets"]
    assert framed["cases"] == RESULT["cases"]
    assert report.framed({"bench": "empty"})["peers"] == []
    assert json.loads(report.as_json(framed)) == framed


def test_the_machine_is_described_without_naming_it_or_its_user() -> None:
    about = report.machine()
    assert about["cores"] >= 1
    assert about["packages"]["numpy"]
    text = json.dumps(about)
    assert str(Path.home()) not in text
    assert str(Path(__file__).parents[2]) not in text
    assert platform.node() not in text.split('"')
    assert getpass.getuser() not in text.split('"')


def test_targets_from_below_from_above_and_unmeasured() -> None:
    assert report.at_most("m", 2.0, 2.0)["met"]
    assert not report.at_most("m", 2.0, 2.1)["met"]
    assert report.at_least("m", 2.0, 2.0)["met"]
    assert not report.above("m", 2.0, 2.0)["met"]
    assert report.above("m", 2.0, 2.1)["met"]
    assert not any(judge("m", 2.0, None)["met"] for judge in (report.at_most, report.at_least, report.above))


def test_tables_show_every_figure_and_which_target_is_missed() -> None:
    text = report.tables(report.framed(RESULT))
    lines = text.splitlines()
    assert lines[0].startswith("bench sample · watchroom ")
    assert next(line for line in lines if line.startswith("ours")).split() == ["ours", "1.5", "–"]
    assert next(line for line in lines if line.startswith("stage")).split() == ["stage", "12,345.68"]
    assert next(line for line in lines if line.startswith("theirs")).split() == ["theirs", "3", "2"]
    assert [line.split()[-1] for line in lines[-2:]] == ["yes", "NO"]


def test_commit_of_a_checkout_and_of_none(tmp_path: Path) -> None:
    assert report.commit(tmp_path) is None

    def git(*arguments: str) -> None:
        author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *author, *arguments], check=True, capture_output=True)

    git("init")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-m", "one")
    clean = report.commit(tmp_path)
    assert clean is not None
    assert len(clean) == 12
    (tmp_path / "file").write_text("two")
    assert report.commit(tmp_path) == clean + "+"


def test_the_interval_of_events_an_hour_is_that_of_the_tables() -> None:
    """Exact limits of a Poisson mean for 0, 1 and 10 events."""
    expected = {0: (0.0, 3.689), 1: (0.025, 5.572), 10: (4.795, 18.390)}
    for count, limits in expected.items():
        assert all(abs(found - wanted) < 0.001 for found, wanted in zip(report.rate(count, 1.0), limits, strict=True))
    assert report.rate(10, 2.0)[1] == report.rate(10, 1.0)[1] / 2
    assert report.rate(0, 0.0) == (0.0, float("inf"))

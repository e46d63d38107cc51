"""The tests that `docs/scenarios.md` names are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs" / "scenarios.md").read_text("utf-8"))


def defined_in(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}


def test_every_scenario_names_tests_that_exist() -> None:
    assert len(NAMED) > 40
    assert [f"{file}::{test}" for file, test in NAMED if test not in defined_in(ROOT / file)] == []

"""What is shipped beside the bundle says the same as the rest of the project."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCREEN = {"pyside6", "pyside6-addons", "pyside6-essentials", "shiboken6", "pyqtgraph", "pyopengl"}


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9_.-]+)==([^ ;\\]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


def test_the_engines_lock_holds_the_versions_that_are_tested_and_no_qt() -> None:
    everything, engine = locked("requirements.lock"), locked("requirements-engine.lock")
    assert len(engine) > 50 and set(everything) >= SCREEN
    assert {name: version for name, version in engine.items() if everything.get(name) != version} == {}
    assert not SCREEN & set(engine)


def test_what_the_project_depends_on_is_in_the_engines_lock() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    named = [re.split(r"[><=\[~ ;]", each)[0] for each in wanted]
    assert len(named) > 20
    assert set(locked("requirements-engine.lock")) >= set(named) - SCREEN


def test_the_image_builds_with_the_locked_builder() -> None:
    (version,) = re.findall(r'"hatchling==([0-9.]+)"', (ROOT / "Containerfile").read_text("utf-8"))
    assert locked("requirements.lock")["hatchling"] == version

"""What is shipped beside the bundle says the same as the rest of the project."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OPTIONAL = {"faster_whisper"}  # installed by whoever wants free speech
BAD_INPUT = 2  # how `watchroom` ends where what it was given is wrong
MODULES = {"pillow": "pil", "python_dateutil": "dateutil"}  # of a package, where they are called otherwise
SCREEN = {"pyside6", "pyside6-addons", "pyside6-essentials", "shiboken6", "pyqtgraph", "pyopengl", "segno"}


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


def test_the_bundle_carries_what_is_loaded_by_name() -> None:
    """PyInstaller finds `import`, and not `import_module("…")`. Of our own it carries everything."""
    spec = (ROOT / "build.spec").read_text("utf-8")
    own = ("engine", "console", "widgets")
    assert [name for name in own if f'collect_submodules("{name}")' not in spec] == []
    sources = [path.read_text("utf-8") for name in own for path in (ROOT / name).rglob("*.py")]
    named = {name for source in sources for name in re.findall(r'import_module\("([\w.]+)"\)', source) if not name.startswith(own)}
    parts = {f"scipy.{part}" for source in sources for part in re.findall(r'_scipy\("(\w+)"\)', source)}
    assert named > OPTIONAL and parts, "the search finds nothing any more"
    assert [name for name in sorted(named | parts) if f'"{name}' not in spec and name not in OPTIONAL] == []


def test_the_bundle_leaves_out_nothing_that_is_installed_for_use() -> None:
    """Each library that Watchroom installs with itself may be what another needs at its import: so Pillow was, for reports."""
    spec = (ROOT / "build.spec").read_text("utf-8")
    left_out = {name.lower() for name in re.findall(r'"(\w+)"', spec.partition("EXCLUDED")[2].partition("]")[0])}
    assert left_out & {"hypothesis", "pytest"}, "the search finds nothing any more"
    needed = {name.replace("-", "_") for name in locked("requirements-engine.lock")}
    assert left_out & {MODULES.get(name, name) for name in needed} == set()


@pytest.mark.skipif(sys.platform == "win32", reason="the line is for a shell of Linux")
@pytest.mark.parametrize("ref", ["main", "v0.1.0", "12/merge", "feature/walls"])
def test_the_image_has_a_name_that_is_allowed_whatever_is_built(ref: str, tmp_path: Path) -> None:
    workflow = (ROOT / ".github" / "workflows" / "build.yml").read_text("utf-8")
    (line,) = re.findall(r"- id: name\n +run: (.+)", workflow)
    assert "tags: ${{ steps.name.outputs.image }}\n" in workflow
    told = tmp_path / "output"
    given = {"GITHUB_REPOSITORY": "Somebody/Watchroom", "GITHUB_REF_NAME": ref, "GITHUB_OUTPUT": str(told), "PATH": "/usr/bin:/bin"}
    subprocess.run(["bash", "-euc", line], env=given, check=True)
    name, _, tag = told.read_text().strip().removeprefix("image=").partition(":")
    assert name == "ghcr.io/somebody/watchroom" and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", tag)


@pytest.mark.parametrize("name", ["watchroom", "watchroom-hub", "watchroom-nats"])
def test_a_service_is_started_again_however_often_but_for_bad_input(name: str) -> None:
    unit = (ROOT / "resources" / "systemd" / f"{name}.service").read_text("utf-8").splitlines()
    assert {"StartLimitIntervalSec=0", "Restart=on-failure"} <= set(unit)
    assert f"RestartPreventExitStatus={BAD_INPUT}" in unit or name == "watchroom-nats", "whose exit codes are its own"
    assert unit.index("[Unit]") < unit.index("StartLimitIntervalSec=0") < unit.index("[Service]"), "systemd looks for it there"

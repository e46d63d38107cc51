"""The command line as a whole: exit codes, and what needs no Qt."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import __version__

WITHOUT_QT = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph", "OpenGL"):
            raise ModuleNotFoundError(f"{name} is blocked", name=name)

sys.meta_path.insert(0, Blocked())
from console.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def run(*arguments: str, code: str | None = None, **changed: str) -> subprocess.CompletedProcess[str]:
    """`watchroom …` in a process of its own, without a display."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    start = ["-c", code] if code is not None else ["-m", "console"]
    given = [sys.executable, *start, *arguments]
    return subprocess.run(given, capture_output=True, text=True, env=environment | changed, timeout=120, check=False)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "share"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.mark.parametrize("arguments", [(), ("--demo",), ("--connect", "http://127.0.0.1:1")])
def test_without_a_display_no_engine_is_started(arguments: tuple[str, ...], tmp_path: Path, home: dict[str, str]):
    done = run(*arguments, **home)
    assert done.returncode == 3 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "display" in done.stderr
    assert not list(tmp_path.rglob("watchroom.db"))


def test_help_and_version_name_every_command():
    shown = run("--help")
    assert shown.returncode == 0 and all(name in shown.stdout for name in ("engine", "analyse", "models", "token", "bench"))
    assert run("--version").stdout.strip() == f"watchroom {__version__}"


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("watchroom://at/never",), ("--nonsense",), ("engine", "--nonsense"), ("models",), ("token", "create")]
)
def test_what_is_not_understood_is_exit_2(arguments: tuple[str, ...]):
    done = run(*arguments)
    assert done.returncode == 2 and "usage: watchroom" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("engine", "--data", "{}/data", "--bind", "127.0.0.1:0", "--for", "0.1", "--token-file", "{}/token"),
        ("models", "list", "--json"),
        ("token", "create", "--role", "admin", "--data", "{}/data"),
        ("analyse", "--help"),
        ("bench", "--help"),
        ("--help",),
    ],
)
def test_commands_run_where_there_is_no_qt(arguments: tuple[str, ...], tmp_path: Path, home: dict[str, str]):
    done = run(*(argument.format(tmp_path) for argument in arguments), code=WITHOUT_QT, **home)
    assert done.returncode == 0 and "blocked" not in done.stderr, done.stderr
    assert done.stdout


def test_a_video_is_analysed_where_there_is_no_qt(tmp_path: Path, home: dict[str, str]):
    detections = tmp_path / "det.txt"
    detections.write_text("".join(f"{frame},-1,{10 + frame},20,30,80,0.9,-1,-1,-1\n" for frame in range(1, 31)))
    done = run("analyse", "--detections", str(detections), "--fps", "10", "--mot", str(tmp_path / "out.txt"), code=WITHOUT_QT, **home)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.txt").read_text().count("\n") > 10


def test_a_reader_that_has_enough_is_no_error(home: dict[str, str]):
    script = f"{sys.executable} -m console models list --json | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=os.environ | home, timeout=120, check=False)
    assert done.returncode == 0 and "Traceback" not in done.stderr

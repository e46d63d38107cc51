"""The command line as a whole: exit codes, and what needs no Qt."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.__main__ import command_parser as benchmarks_parser
from console.__main__ import COMMANDS, _console_parser, command_parser
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
    assert shown.returncode == 0 and all(name in shown.stdout for name in ("engine", "analyse", "models", "token"))
    assert run("--version").stdout.strip() == f"watchroom {__version__}"


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Of the console, of every command and of all that commands do."""
    waiting = [("watchroom", _console_parser()), *((f"watchroom {name}", command_parser(name)) for name in COMMANDS)]
    waiting.append(("python -m benchmarks", benchmarks_parser()))
    while waiting:
        name, parser = waiting.pop()
        yield name, parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                waiting += [(f"{name} {choice}", inner) for choice, inner in action.choices.items()]


def test_help_says_what_everything_does_and_what_every_option_is_for():
    """There is no other manual of the command line."""
    found = dict(parsers())
    assert len(found) > 50
    for name, parser in found.items():
        assert parser.description and parser.description.endswith("."), name
        assert "Exit codes: 0" in str(parser.epilog), name
        for action in parser._actions:
            told = action.help or isinstance(action, argparse._SubParsersAction)
            assert told and action.help != argparse.SUPPRESS, f"{name} {action.option_strings or action.dest}"
        assert parser.format_help()


def test_help_writes_names_as_they_are_written():
    assert "Wi-Fi" in str(command_parser("csi").description)


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


def test_a_file_that_is_quoted_in_an_error_writes_nothing_else_on_a_terminal(tmp_path: Path, home: dict[str, str]) -> None:
    boxes = tmp_path / "det.txt"
    boxes.write_text("1,-1,\x1b[2Kx,2,3,4,1\n", encoding="utf-8")
    done = run("analyse", "--detections", str(boxes), "--fps", "5", **home)
    assert done.returncode == 2 and "\x1b" not in done.stderr and "line 1" in done.stderr

"""`watchroom models` as a user meets it: in a process of its own, where its output and exit code are all there is."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.commands.models import ProgressBar

OFFICIAL_HERE = {"nanodet-m", "yunet", "silero-vad"}
WITHOUT_QT = """
import sys
for name in ("PySide6", "shiboken6", "pyqtgraph", "OpenGL"):
    sys.modules[name] = None
from console.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


class Command:
    """Runs `watchroom models …` with Qt absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "WATCHROOM_MODELS": str(self.folder), "PYTHONIOENCODING": "utf-8"}
        program = [sys.executable, "-c", WITHOUT_QT, "models", *arguments]
        done = subprocess.run(program, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60)
        assert done.returncode == code, done.stderr
        return done

    def listed(self) -> dict[str, dict[str, object]]:
        return {entry["id"]: entry for entry in json.loads(self("list", "--json").stdout)["models"]}


@pytest.fixture
def models(tmp_path: Path) -> Command:
    return Command(tmp_path / "models")


@pytest.fixture
def source(shared: Path) -> str:
    return str(shared / "data/models")


def test_install_list_verify_damage_repair(models: Command, source: str) -> None:
    assert all(entry["variant"] is None and entry["file"] is None for entry in models.listed().values())
    assert "No models are installed" in models("verify").stdout

    done = models("install", "--from", source)
    assert done.stdout == ""
    assert "yolox-nano: installed from yolox_nano_kazuhito.onnx (stand-in, not the official file)" in done.stderr

    listed = models.listed()
    on_request = {name for name in listed if name.startswith("whisper-")}
    assert on_request and {listed[name]["variant"] for name in on_request} == {None}, "fetched only when named"
    assert {entry["variant"] for name, entry in listed.items() if name not in on_request} == {"official", "stand-in"}
    assert {name for name, entry in listed.items() if entry["variant"] == "official"} == OFFICIAL_HERE
    assert "✓ nanodet-m: official" in models("verify").stdout
    assert "Nothing is missing" in models("install", "--from", source).stderr

    damaged = Path(str(listed["yunet"]["file"]))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    done = models("verify", code=1)
    assert "✗ yunet" in done.stdout and "✓ sface" in done.stdout
    checked = json.loads(models("verify", "--json", code=1).stdout)
    assert [entry["id"] for entry in checked["models"] if entry["trouble"]] == ["yunet"]

    assert "yunet: installed" in models("install", "--from", source).stderr
    models("verify")


def test_the_table_shows_what_is_installed(models: Command, source: str) -> None:
    models("install", "yunet", "sface", "--from", source)
    lines = {line.split()[0]: line for line in models("list").stdout.splitlines() if line}
    assert "official" in lines["yunet"]
    assert "stand-in" in lines["sface"] and "not the official file" in lines["sface"]
    assert "–" in lines["silero-vad"]
    assert "Cannot be downloaded" in lines["osnet-x025"]
    assert str(models.folder) in lines["Folder"]


def test_a_wrong_digest_is_exit_1_and_says_both(models: Command, tmp_path: Path) -> None:
    (tmp_path / "silero_vad.onnx").write_bytes(b"not a model")
    done = models("install", "--from", str(tmp_path), code=1)
    assert "wrong digest" in done.stderr
    assert "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3" in done.stderr
    assert models.listed()["silero-vad"]["variant"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("install", "yolo-9000"), 2, "yolo-9000"),
        (("install", "--from", "/nowhere/at/all"), 2, "from"),
        (("install", "osnet-x025"), 3, "only installed from a folder"),
        (("destroy",), 2, "destroy"),
        ((), 2, "list | install | verify"),
    ],
)
def test_what_cannot_be_done(models: Command, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = models(*arguments, code=code)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_folder_is_no_success(models: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no file for it" in models("install", "--from", str(tmp_path / "empty"), code=3).stderr


def test_a_folder_that_cannot_be_used(tmp_path: Path, source: str) -> None:
    (tmp_path / "file").write_text("in the way")
    done = Command(tmp_path / "file" / "models")("install", "yunet", "--from", source, code=3)
    assert "cannot be used" in done.stderr


def test_install_with_json_prints_one_document(models: Command, source: str) -> None:
    document = json.loads(models("install", "yunet", "--from", source, "--json").stdout)
    assert document["folder"] == str(models.folder)
    (entry,) = [entry for entry in document["models"] if entry["id"] == "yunet"]
    assert entry["installed"] is True and entry["variant"] == "official" and entry["installed_sha256"] == entry["sha256"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_only() -> None:
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        bar = ProgressBar(stream)
        bar.show("yunet", 50_000, 200_000)
        bar.show("yunet", 50_000, 200_000)
        bar.clear()
    assert terminal.getvalue().count("yunet") == 1
    assert "25%" in terminal.getvalue() and "0.1 MB of 0.2 MB" in terminal.getvalue()
    assert file.getvalue() == ""

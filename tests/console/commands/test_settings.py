"""`watchroom settings`: out without secrets, in only when every field fits, shown first."""

import stat
from pathlib import Path

import pytest

from console.__main__ import BAD_INPUT, ENVIRONMENT, main
from engine.model.accounts.audit import AuditVerb
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.settings.settings_file import load_settings, save_settings
from engine.store import open_store


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = DataFolder(tmp_path / "site")
    save_settings(data.settings, Settings("Yard", (CameraSettings("gate", "Gate", "rtsp://root:hunter2@192.0.2.1/a?token=hunter2"),)))
    return data


def test_out_and_in_again(data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "settings-out.toml"
    assert main(["settings", "export", "--data", str(data.path), str(file)]) == 0
    assert "hunter2" not in file.read_text() and "Gate" in file.read_text()
    assert main(["settings", "export", "--data", str(data.path), str(file)]) == BAD_INPUT, "nothing is replaced"
    capsys.readouterr()
    assert main(["settings", "import", "--data", str(data.path), str(file)]) == 0
    assert "Nothing would change" in capsys.readouterr().out

    file.write_text(file.read_text().replace('"Gate"', '"North gate"'))
    assert main(["settings", "import", "--dry-run", "--data", str(data.path), str(file)]) == 0
    assert "cameras[gate].name: Gate → North gate" in capsys.readouterr().out
    assert load_settings(data.settings).cameras[0].name == "Gate"
    assert main(["settings", "import", "--data", str(data.path), str(file)]) == 0
    assert load_settings(data.settings).cameras[0].name == "North gate"
    assert stat.S_IMODE(data.settings.stat().st_mode) == 0o600
    store = open_store(data.database, SystemClock())
    assert [(row.verb, row.detail) for row in store.audit()] == [(AuditVerb.IMPORT_SETTINGS, "cameras[gate].name, cameras[gate].url")]
    store.close()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("keep_clips_days = 30.0 > keep_clips_days = -2.0", "recording.keep_clips_days"),
        ("site_name = > site_nme = ", "site_nme"),
        ("version = 1\n > version = 99\n", "version"),
        ('format = "watchroom-settings" > format = "recipe"', "format"),
        ("[recording] > [recording", "file"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(
    data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str, field: str
) -> None:
    file = tmp_path / "in.toml"
    assert main(["settings", "export", "--data", str(data.path), str(file)]) == 0
    before = data.settings.read_bytes()
    old, new = change.split(" > ")
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    assert main(["settings", "import", "--data", str(data.path), str(file)]) == BAD_INPUT
    assert field in capsys.readouterr().err and data.settings.read_bytes() == before


def test_a_login_in_an_address_is_refused(data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "in.toml"
    assert main(["settings", "export", "--data", str(data.path), str(file)]) == 0
    file.write_text(file.read_text().replace("rtsp://192.0.2.1", "rtsp://root:other@192.0.2.9"))
    assert main(["settings", "import", "--data", str(data.path), str(file)]) == BAD_INPUT
    assert "cameras[0].url" in capsys.readouterr().err


def test_not_while_an_engine_runs(data: DataFolder, tmp_path: Path) -> None:
    file = tmp_path / "in.toml"
    assert main(["settings", "export", "--data", str(data.path), str(file)]) == 0
    with data.lock():
        assert main(["settings", "import", "--data", str(data.path), str(file)]) == ENVIRONMENT
    assert main(["settings", "export", "--data", str(tmp_path / "nowhere")]) == BAD_INPUT


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "[recording]\nkeep_clips_days = 3.0\n"])
def test_a_file_that_is_empty_or_of_something_else_takes_nothing_away(data: DataFolder, tmp_path: Path, text: str) -> None:
    """Every field has a default: read as settings, it would be a site without cameras."""
    file = tmp_path / "in.toml"
    file.write_text(text)
    before = data.settings.read_bytes()
    assert main(["settings", "import", "--data", str(data.path), str(file)]) == BAD_INPUT
    assert data.settings.read_bytes() == before


def test_what_the_site_keeps_is_taken_for_no_camera(data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "in.toml"
    assert main(["settings", "export", "--data", str(data.path), str(file)]) == 0
    text = file.read_text()
    file.write_text(text.replace('url = "rtsp://192.0.2.1/a?token="', f'url = "folder:{data.path}/faces"'))
    assert file.read_text() != text
    assert main(["settings", "import", "--dry-run", "--data", str(data.path), str(file)]) == BAD_INPUT
    assert "cameras[0].url: lies where this site keeps what it recorded" in capsys.readouterr().err

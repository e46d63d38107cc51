"""`watchroom backups`: what there is, and going back to one of them at the next start."""

from pathlib import Path

import pytest

from console.__main__ import BAD_INPUT, ENVIRONMENT, main
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.storage.backup_copy import write_backup
from engine.runtime.storage.backup_folder import BackupFolder
from engine.runtime.storage.restore import open_or_restore
from engine.store import open_store


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = DataFolder(tmp_path / "site")
    open_store(data.database, SystemClock()).close()
    return data


def test_listed_and_gone_back_to(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backups", "list", "--data", str(data.path)]) == 0
    assert capsys.readouterr().out == "There is no backup.\n"
    made = write_backup(data, BackupFolder(data.path), 0, SystemClock().now_ns(), lambda: None, before_upgrade=True)
    assert main(["backups", "list", "--data", str(data.path)]) == 0
    out = capsys.readouterr().out
    assert made.name in out and "before an upgrade" in out and f"schema {made.schema}" in out
    assert main(["backups", "restore", made.name, "--data", str(data.path)]) == 0
    assert "nothing is deleted" in capsys.readouterr().out
    opened = open_or_restore(data, SystemClock(), [BackupFolder(data.path)])
    opened.store.close()
    assert opened.backup == made and opened.restored is not None and opened.restored.asked


def test_what_is_not_there_is_named(data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backups", "restore", "watchroom-x", "--data", str(data.path)]) == BAD_INPUT
    assert "name: there is no backup" in capsys.readouterr().err
    assert main(["backups", "list", "--data", str(tmp_path / "nowhere")]) == BAD_INPUT
    assert "holds no site" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_not_while_an_engine_runs(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    with data.lock():
        assert main(["backups", "restore", "any", "--data", str(data.path)]) == ENVIRONMENT
    assert "in use" in capsys.readouterr().err

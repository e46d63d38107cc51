"""The data folder: made for its owner, refused with a sentence, held by one engine at a time."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.ids import is_engine_id
from engine.runtime.data_folder import ENGINE_ID, DataFolder

HOLDS = """
import os, sys
from pathlib import Path
from engine.model.ids import is_engine_id
from engine.runtime.data_folder import ENGINE_ID, DataFolder
with DataFolder(Path(sys.argv[1])).lock():
    print(os.getpid(), flush=True)
    sys.stdin.read()
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(path: Path) -> EnvironmentFault:
    with pytest.raises(EnvironmentFault) as refused:
        DataFolder(path)
    return refused.value


def test_it_is_made_for_its_owner_with_a_place_for_everything(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    folders = (data.journal, data.checkpoints, data.clips, data.thumbnails, data.logs)
    assert all(folder.is_dir() and folder.parent == data.path for folder in folders)
    assert {mode(folder) for folder in (data.path, *folders)} == {0o700}
    assert not data.database.exists() and data.database.parent == data.settings.parent == data.secrets.parent == data.path
    assert DataFolder(data.path).path == data.path


def test_one_of_ours_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    DataFolder(tmp_path / "data").settings.touch()
    (tmp_path / "data").chmod(0o755)
    DataFolder(tmp_path / "data")
    assert mode(tmp_path / "data") == 0o700


def test_somebody_elses_folder_keeps_its_permissions(tmp_path: Path) -> None:
    """`--data /tmp` must not close /tmp to everybody."""
    (tmp_path / "letters.txt").touch()
    tmp_path.chmod(0o755)
    assert mode(DataFolder(tmp_path).clips) == 0o700
    assert mode(tmp_path) == 0o755


def test_a_missing_parent_is_named_and_not_made(tmp_path: Path) -> None:
    fault = refusal(tmp_path / "tpyo" / "data")
    assert fault.reason == "data_folder_missing"
    assert str(tmp_path / "tpyo") in str(fault)
    assert not (tmp_path / "tpyo").exists()
    assert DataFolder(tmp_path / "tpyo" / "data", parents=True).clips.is_dir()


@pytest.mark.parametrize("place", ["file", "file/data", "holder"])
def test_a_file_in_the_way_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "holder").mkdir()
    (tmp_path / "holder" / "clips").touch()
    assert refusal(tmp_path / place).reason == "data_folder_missing"


@pytest.fixture
def ordinary_folder() -> Iterator[Path]:
    """A folder, and an account that permissions bind (they do not bind root)."""
    if not hasattr(os, "geteuid"):
        pytest.skip("File permissions are tested on POSIX systems only.")
    folder = Path(tempfile.mkdtemp(prefix="watchroom-"))
    folder.chmod(0o777)
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(was)
    shutil.rmtree(folder)


def test_a_read_only_place_is_refused(ordinary_folder: Path) -> None:
    closed = ordinary_folder / "closed"
    closed.mkdir(0o555)
    fault = refusal(closed / "data")
    assert fault.reason == "data_folder_read_only"
    assert "writable" in str(fault)


def test_a_read_only_folder_with_other_files_is_refused(ordinary_folder: Path) -> None:
    DataFolder(ordinary_folder / "data")
    (ordinary_folder / "data" / "letters.txt").touch()
    os.chmod(ordinary_folder / "data", 0o500)
    assert refusal(ordinary_folder / "data").reason == "data_folder_read_only"
    os.chmod(ordinary_folder / "data", 0o700)


def test_a_second_engine_is_refused_with_the_process_id(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    with data.lock():
        with pytest.raises(EnvironmentFault) as refused, data.lock():
            pytest.fail("two at once")
        assert refused.value.reason == "in_use"
        assert f"process {os.getpid()}" in str(refused.value)
    with data.lock():
        pass


def test_a_second_process_is_refused_until_the_first_has_gone_however_it_went(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    command = [sys.executable, "-c", HOLDS, str(data.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        pid = holder.stdout.readline().strip()
        with pytest.raises(EnvironmentFault, match=f"process {pid}"), data.lock():
            pytest.fail("two at once")
        holder.kill()
    with data.lock():
        assert (data.path / "engine.lock").read_text() == f"{os.getpid()}\n"


def test_its_engine_has_one_id_from_its_first_use_on(tmp_path: Path) -> None:
    data, other = DataFolder(tmp_path / "data"), DataFolder(tmp_path / "other")
    made = data.engine_id()
    assert is_engine_id(made) and made == DataFolder(tmp_path / "data").engine_id() != other.engine_id()
    assert not list(data.path.glob("*.part"))


@pytest.mark.parametrize("left", ["", "0fa9c0de", "dfa9c0de dfa9c0de", "\x00" * 8])
def test_an_id_that_is_none_is_replaced(tmp_path: Path, left: str) -> None:
    data = DataFolder(tmp_path / "data")
    (data.path / ENGINE_ID).write_text(left)
    assert is_engine_id(data.engine_id()) and data.engine_id() == (data.path / ENGINE_ID).read_text()


def test_an_id_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    (data.path / ENGINE_ID).mkdir()
    with pytest.raises(EnvironmentFault, match="engine-id"):
        data.engine_id()

"""Files of a site that are empty, gone or cut off while the others are whole: the engine uses a copy and says so, or refuses, but never
begins blind or open to whoever comes first. Every case is a real engine in a process of its own."""

import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.command import Credentials
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalDoor
from engine.vision.models import ModelStore
from tests.fakes.engine_process import ForkedEngine
from tests.fakes.waiting import until

CAMERAS = tuple(
    CameraSettings(name, name.title(), f"rtsp://192.0.2.{n}/{name}", enabled=False) for n, name in enumerate(("yard", "door"), 1)
)
Broken = Callable[[Path], None]


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site with two cameras and an admin, whose engine has ended. Before its last change the second had another name."""
    folder = tmp_path_factory.mktemp("lived-in") / "site"
    data = DataFolder(folder)
    with data.lock():
        engine = Engine(
            data, SystemClock(), ModelStore(folder.parent / "models"), CommandLineSettings(CAMERAS[:1], (("yard", Credentials("a", "b")),))
        )
        engine.start()
        LocalDoor(engine).set_up("Harbour", "ada", "correct horse battery")
        engine.update_settings(lambda now: now.with_camera(CAMERAS[1]), "ada")
        engine.update_settings(lambda now: replace(now, site_name="North harbour"), "ada")
        engine.auditor.sign()
        engine.audit.keep(AuditRow(engine.clock.now_ns(), "ada", AuditVerb.SIGN_OUT))
        engine.auditor.sign()
        engine.stop()
    return folder


@pytest.fixture
def folder(lived_in: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived_in, tmp_path / "site"))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def zeroed(path: Path) -> None:
    """As some file systems leave a file after a power failure."""
    path.write_bytes(bytes(path.stat().st_size))


def gone(path: Path) -> None:
    path.unlink()


def cut_off(path: Path) -> None:
    """At the end of a line: what is left of it can be read."""
    lines = path.read_bytes().splitlines(keepends=True)
    kept = b"".join(lines[: next(at for at, line in enumerate(lines) if line.startswith(b"[["))])
    path.write_bytes(kept)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def first_lines(path: Path) -> None:
    """Cut off at the end of a line: all that is left is genuine."""
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


@contextmanager
def running(folder: Path) -> Iterator[ForkedEngine]:
    engine = ForkedEngine(folder)
    try:
        yield engine
    finally:
        engine.kill()


def troubles(engine: ForkedEngine) -> str:
    return "\n".join(engine.get("/api/v1/snapshot")["troubles"])


def say(engine: ForkedEngine, what: str) -> None:
    until(lambda: what in troubles(engine), f"{what} is among the troubles")


def refused(folder: Path) -> str:
    """What is in the log of an engine that does not start."""
    with pytest.raises(AssertionError) as told, running(folder):
        pass
    return str(told.value)


def names(engine: ForkedEngine) -> list[str]:
    return [camera["name"] for camera in engine.get("/api/v1/snapshot")["cameras"]]


@pytest.mark.parametrize("broken", [empty, gone, zeroed])
def test_without_its_settings_a_site_uses_those_of_before_and_says_so(folder: Path, broken: Broken) -> None:
    kept = (folder / "settings.toml.bak").read_bytes()
    assert b"Door" in kept and b"North" not in kept
    broken(folder / "settings.toml")
    with running(folder) as engine:
        say(engine, "settings.toml was gone or empty. The settings are those of settings.toml.bak")
        assert names(engine) == ["Yard", "Door"]
    assert (folder / "settings.toml.bak").read_bytes() == kept, "a good copy is not written over"
    assert b"Door" in (folder / "settings.toml").read_bytes()


def test_an_empty_copy_is_no_copy_and_the_engine_does_not_start_blind(folder: Path) -> None:
    empty(folder / "settings.toml")
    empty(folder / "settings.toml.bak")
    assert "is gone or empty" in refused(folder)
    assert (folder / "settings.toml").read_bytes() == b""


def test_settings_that_are_cut_off_are_refused(folder: Path) -> None:
    cut_off(folder / "settings.toml")
    left = (folder / "settings.toml").read_bytes()
    said = refused(folder)
    assert "cut off" in said and "settings.toml.bak" in said
    assert (folder / "settings.toml").read_bytes() == left


@pytest.mark.parametrize("broken", [empty, gone])
def test_without_its_database_a_site_is_not_one_that_anybody_may_set_up(folder: Path, broken: Broken) -> None:
    for beside in folder.glob("watchroom.db-*"):
        beside.unlink()
    broken(folder / "watchroom.db")
    said = refused(folder)
    assert "is gone or empty" in said and "There is no backup" in said
    assert not (folder / "watchroom.db").exists() or (folder / "watchroom.db").stat().st_size == 0


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("broken", [empty, gone, zeroed, half])
def test_passwords_and_keys_come_back_from_their_copy_and_that_is_said(folder: Path, broken: Broken) -> None:
    secrets, copy = folder / "secrets.json", folder / "secrets.json.bak"
    before = secrets.read_bytes()
    assert copy.read_bytes() == before and b"camera/yard" in before and mode(copy) == 0o600
    broken(secrets)
    left = secrets.read_bytes() if secrets.exists() else b""
    with running(folder) as engine:
        say(engine, "secrets.json")
        assert "The key that signed the audit is lost" not in troubles(engine)
    assert copy.read_bytes() == before, "a good copy is not written over"
    if broken is half:
        assert secrets.read_bytes() == left, "what may be put right by hand is not written over"
    else:
        assert secrets.read_bytes() == before and mode(secrets) == 0o600


@pytest.mark.parametrize("broken", [empty, gone])
def test_lost_passwords_and_keys_are_said(folder: Path, broken: Broken) -> None:
    for name in ("secrets.json", "secrets.json.bak"):
        broken(folder / name)
    with running(folder) as engine:
        say(engine, "secrets.json")
        assert names(engine) == ["Yard", "Door"]
    if broken is empty:
        assert (folder / "secrets.json").read_bytes() == b"", "what may be put right by hand is not written over"


def test_secrets_of_before_there_was_a_copy_get_one(folder: Path) -> None:
    (folder / "secrets.json.bak").unlink()
    with running(folder) as engine:
        assert names(engine) == ["Yard", "Door"]
        assert "secrets.json" not in troubles(engine)
    assert (folder / "secrets.json.bak").read_bytes() == (folder / "secrets.json").read_bytes()
    assert mode(folder / "secrets.json.bak") == 0o600


@pytest.mark.parametrize("broken", [empty, gone, zeroed, first_lines])
def test_signatures_of_the_audit_come_back_from_their_copy_and_that_is_said(folder: Path, broken: Broken) -> None:
    heads = folder / "audit-heads.jsonl"
    before = heads.read_bytes()
    assert before.count(b"\n") >= 2 and (folder / "audit-heads.jsonl.bak").read_bytes() == before
    broken(heads)
    with running(folder) as engine:
        say(engine, "audit-heads.jsonl was gone or cut off")
        until(lambda: heads.read_bytes().startswith(before), "what was signed is there again")
    assert (folder / "audit-heads.jsonl.bak").read_bytes().startswith(before)


@pytest.mark.parametrize("broken", [empty, gone])
def test_lost_signatures_of_the_audit_are_said(folder: Path, broken: Broken) -> None:
    assert (folder / "audit-heads.jsonl").stat().st_size
    for name in ("audit-heads.jsonl", "audit-heads.jsonl.bak"):
        broken(folder / name)
    with running(folder) as engine:
        say(engine, "audit-heads.jsonl")


def test_a_damaged_public_key_of_the_audit_is_said(folder: Path) -> None:
    empty(folder / "audit-key.pem")
    with running(folder) as engine:
        say(engine, "audit-key.pem")

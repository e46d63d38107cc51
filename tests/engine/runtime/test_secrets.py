"""Secrets go to the system's keyring, or to a file for its owner; they show nowhere."""

import json
import stat
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from engine.model.errors import EnvironmentFault
from engine.runtime.atomic_file import write_atomically
from engine.runtime.secrets import secrets_file
from engine.runtime.secrets.secrets import SecretStore, system_keyring


class FakeKeyring:
    """Behaves as a backend of `keyring`: deleting what is not there is an error; locked, everything is."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def _open(self) -> dict[tuple[str, str], str]:
        if self.locked:
            raise KeyringLocked("locked")
        return self.kept

    def get_password(self, service: str, username: str) -> str | None:
        return self._open().get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self._open().pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


@pytest.fixture
def in_file(tmp_path: Path) -> SecretStore:
    return SecretStore(tmp_path, lambda: None)


@pytest.fixture
def keyring() -> FakeKeyring:
    return FakeKeyring()


@pytest.fixture
def in_keyring(tmp_path: Path, keyring: FakeKeyring) -> SecretStore:
    return SecretStore(tmp_path, lambda: keyring)


@pytest.mark.parametrize("place", ["in_file", "in_keyring"])
def test_kept_replaced_and_removed(place: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    secrets: SecretStore = request.getfixturevalue(place)
    assert secrets.get("camera/yard") is None
    secrets.put("camera/yard", "admin\npä$$ wörd")
    secrets.put("camera/door", "other")
    secrets.put("camera/yard", "admin\nnew")
    assert (secrets.get("camera/yard"), secrets.get("camera/door")) == ("admin\nnew", "other")
    secrets.remove("camera/yard")
    secrets.remove("camera/yard")
    assert (secrets.get("camera/yard"), secrets.get("camera/door")) == (None, "other")
    assert (tmp_path / "secrets.json").exists() == (place == "in_file")


def test_the_file_is_for_its_owner_and_outlives_the_store(in_file: SecretStore, tmp_path: Path) -> None:
    in_file.put("camera/yard", "x")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["secrets.json", "secrets.json.bak"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    assert SecretStore(tmp_path, lambda: None).get("camera/yard") == "x"


def test_nothing_shows(in_file: SecretStore) -> None:
    in_file.put("camera/yard", "hunter2")
    assert "hunter2" not in repr(in_file) + str(in_file) + in_file.place
    assert "not encrypted" in in_file.place


def test_a_locked_keyring_falls_back_to_the_file(in_keyring: SecretStore, keyring: FakeKeyring, tmp_path: Path) -> None:
    in_keyring.put("camera/yard", "old")
    keyring.locked = True
    in_keyring.put("camera/yard", "new")
    assert in_keyring.get("camera/yard") == "new"
    keyring.locked = False
    assert in_keyring.get("camera/yard") == "new", "the older one in the keyring must not come back"
    in_keyring.put("camera/yard", "newest")
    assert json.loads((tmp_path / "secrets.json").read_text()) == {}
    assert in_keyring.get("camera/yard") == "newest"


def test_a_locked_keyring_cannot_be_read(in_keyring: SecretStore, keyring: FakeKeyring) -> None:
    in_keyring.put("camera/yard", "old")
    keyring.locked = True
    with pytest.raises(EnvironmentFault) as fault:
        in_keyring.get("camera/yard")
    assert fault.value.reason == "secrets_unreadable"


def test_two_data_folders_do_not_share_secrets(tmp_path: Path, keyring: FakeKeyring) -> None:
    first, second = (SecretStore(tmp_path / name, lambda: keyring) for name in ("first", "second"))
    first.put("camera/yard", "1")
    assert second.get("camera/yard") is None


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"camera/yard": 5}', b"\xff\xfe"])
def test_a_damaged_file_is_told_and_not_overwritten(in_file: SecretStore, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secrets.json").write_bytes(content)
    with pytest.raises(EnvironmentFault) as fault:
        in_file.put("camera/door", "x")
    assert fault.value.reason == "secrets_damaged"
    assert (tmp_path / "secrets.json").read_bytes() == content


def test_what_was_removed_is_in_no_copy(in_file: SecretStore, tmp_path: Path) -> None:
    in_file.put("camera/yard", "hunter2")
    in_file.put("camera/door", "other")
    in_file.remove("camera/yard")
    assert not any("hunter2" in file.read_text() for file in tmp_path.iterdir())
    (tmp_path / "secrets.json").unlink()
    assert (in_file.get("camera/yard"), in_file.get("camera/door")) == (None, "other")


def test_a_lost_file_is_made_anew_of_its_copy_with_the_next_secret(in_file: SecretStore, tmp_path: Path) -> None:
    in_file.put("camera/yard", "x")
    (tmp_path / "secrets.json").write_bytes(b"")
    in_file.put("camera/door", "y")
    assert json.loads((tmp_path / "secrets.json").read_text()) == {"camera/yard": "x", "camera/door": "y"}


def test_a_crash_between_the_two_loses_nothing(in_file: SecretStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_file.put("camera/yard", "x")
    written: list[Path] = []

    def crash(path: Path, content: bytes) -> None:
        if written:
            raise EnvironmentFault("not_written", "The power is gone.")
        written.append(path)
        write_atomically(path, content)

    monkeypatch.setattr(secrets_file, "write_atomically", crash)
    with pytest.raises(EnvironmentFault):
        in_file.put("camera/door", "y")
    assert SecretStore(tmp_path, lambda: None).get("camera/yard") == "x"
    (tmp_path / "secrets.json").unlink()
    assert SecretStore(tmp_path, lambda: None).get("camera/yard") == "x"


@pytest.mark.parametrize("backend", ["fail", "null"])
def test_a_machine_without_a_keyring_has_none(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    import importlib

    module = importlib.import_module(f"keyring.backends.{backend}")
    monkeypatch.setattr("keyring.get_keyring", module.Keyring)
    assert system_keyring() is None

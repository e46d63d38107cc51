"""`watchroom audit verify`, as a person and as a script run it."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from console.__main__ import main
from console.commands.token import create_token
from engine.model.accounts.access import Role
from engine.runtime.data_folder import DataFolder
from engine.runtime.secrets.secrets import SecretStore


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataFolder]:
    """Three machines got their tokens."""
    monkeypatch.setattr(SecretStore, "_keyring", None)
    made = DataFolder(tmp_path / "data")
    for role in Role:
        create_token(made, role, "for a test")
    yield made


def verify(data: DataFolder, *more: str) -> int:
    return main(["audit", "verify", "--data", str(data.path), *more])


def test_a_whole_audit_is_exit_0(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(data, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["rows"], told["first_bad"], told["signed"]) == (True, 3, None, 3)
    assert verify(data) == 0
    out = capsys.readouterr().out
    assert out.startswith("✓ The audit is whole: 3 rows.") and told["keys"][0]["fingerprint"] in out


def test_a_changed_row_is_exit_1_and_named(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(data.database)) as connection:
        connection.execute("UPDATE audit SET by = 'somebody else' WHERE seq = 2")
        connection.commit()
    assert verify(data, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["rows"], told["first_bad"]) == (False, 3, {"seq": 2, "kind": "changed"})
    assert verify(data) == 1 and "✗ Row 2 is not what it was" in capsys.readouterr().out


def test_a_key_noted_elsewhere(data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noted = tmp_path / "noted.pem"
    shutil.copy(data.path / "audit-key.pem", noted)
    assert verify(data, "--public-key", str(noted)) == 0
    for name in ("audit-key.pem", "audit-heads.jsonl", "audit-heads.jsonl.bak", "secrets.json", "secrets.json.bak"):
        (data.path / name).unlink()
    create_token(data, Role.ADMIN, "for a test")
    assert verify(data) == 0
    assert verify(data, "--public-key", str(noted), "--json") == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["first_bad"] == {"seq": 4, "kind": "key_replaced"}


def test_bad_input_is_exit_2_and_names_the_field(data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(data, "--public-key", str(tmp_path / "none.pem")) == 2
    assert "public_key" in capsys.readouterr().err
    assert main(["audit", "verify", "--data", str(tmp_path / "none")]) == 2
    assert "data" in capsys.readouterr().err and not (tmp_path / "none").exists()


def test_a_damaged_database_is_exit_3(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    data.database.write_bytes(b"no database" * 1000)
    assert verify(data, "--json") == 3
    told = capsys.readouterr()
    assert told.out == "" and "damaged" in told.err


def test_a_token_made_beside_a_running_engine_leaves_signing_to_it(data: DataFolder) -> None:
    before = (data.path / "audit-heads.jsonl").read_bytes()
    with data.lock():
        create_token(data, Role.ADMIN, "for a test")
    assert (data.path / "audit-heads.jsonl").read_bytes() == before and verify(data) == 0

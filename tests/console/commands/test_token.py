"""`watchroom token`, as a person runs it: in a process of its own, beside an engine that holds the data folder."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.commands import token
from engine.model.accounts.access import ROLE_VERBS, Role, Verb
from engine.model.errors import NotFound, NotSignedIn
from engine.model.time import SystemClock
from engine.runtime.access.accounts import Accounts
from engine.runtime.data_folder import DataFolder
from engine.store import open_store


def token_create(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "console", "token", "create", *arguments]
    environment = os.environ | ({"HOME": str(home), "XDG_DATA_HOME": str(home / "share")} if home is not None else {})
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def session_of(data: DataFolder, token: str) -> tuple[Role, str]:
    clock = SystemClock()
    store = open_store(data.database, clock)
    session = Accounts(store.accounts, clock).session(token)
    store.close()
    assert session.verbs == ROLE_VERBS[session.user.role]
    return session.user.role, session.id


def test_a_token_is_made_beside_a_running_engine(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    store = open_store(data.database, SystemClock())
    with data.lock():
        made = token_create("--role", "investigator", "--data", str(data.path), "--label", "exporter")
        assert (made.returncode, made.stderr) == (0, "")
        (printed,) = made.stdout.splitlines()
        assert Accounts(store.accounts, SystemClock()).session(printed).user.role is Role.INVESTIGATOR
    store.close()


def test_it_goes_to_the_default_place_and_prints_nothing_else(tmp_path: Path) -> None:
    made = token_create("--role", "operator", home=tmp_path)
    assert made.returncode == 0, made.stderr
    (database,) = tmp_path.rglob("watchroom.db")
    assert session_of(DataFolder(database.parent), made.stdout.strip())[0] is Role.OPERATOR


@pytest.mark.parametrize("arguments", [[], ["--role", "owner"]])
def test_bad_arguments_are_exit_2(tmp_path: Path, arguments: list[str]) -> None:
    refused = token_create("--data", str(tmp_path), *arguments)
    assert refused.returncode == 2
    assert "--role" in refused.stderr
    assert refused.stdout == ""


def test_a_folder_that_cannot_be_is_exit_3_with_a_sentence(tmp_path: Path) -> None:
    refused = token_create("--role", "admin", "--data", str(tmp_path / "absent" / "data"))
    assert refused.returncode == 3
    assert "does not exist" in refused.stderr
    assert refused.stdout == ""


def test_a_damaged_database_is_exit_3_and_stays_as_it_is(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    data.database.write_bytes(b"no database" * 1000)
    refused = token_create("--role", "admin", "--data", str(data.path))
    assert refused.returncode == 3
    assert "damaged" in refused.stderr
    assert data.database.read_bytes() == b"no database" * 1000


def said(capsys: pytest.CaptureFixture[str], data: DataFolder, *words: str) -> list[str]:
    parser = argparse.ArgumentParser()
    token.add_arguments(parser)
    assert token.run(parser.parse_args([*words, "--data", str(data.path)])) == 0
    return capsys.readouterr().out.splitlines()


def test_limited_tokens_are_made_listed_and_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = DataFolder(tmp_path / "data")
    limits = ("--cameras", "door", "group:Yard", "--verbs", "see_live", "--days", "2")
    (made,) = said(capsys, data, "create", "--role", "investigator", "--label", "gate post", *limits)
    (line,) = said(capsys, data, "list")
    assert made not in line and "gate post" in line and "see_live  door group:Yard  until 20" in line and "not used yet" in line
    store = open_store(data.database, SystemClock())
    session = Accounts(store.accounts, SystemClock()).session(made)
    assert (session.cameras, session.verbs) == (("door", "group:Yard"), {Verb.SEE_LIVE})
    assert said(capsys, data, "revoke", line.split()[0]) == []
    with pytest.raises(NotSignedIn):
        Accounts(store.accounts, SystemClock()).session(made)
    assert [row.verb for row in store.audit()][:2] == ["revoke_token", "create_token"]
    store.close()
    assert said(capsys, data, "list") == []
    with pytest.raises(NotFound):
        said(capsys, data, "revoke", "abcdef")


@pytest.mark.parametrize("words", [("--days", "0"), ("--days", "nan"), ("--verbs", "everything")])
def test_limits_that_are_none_are_exit_2(words: tuple[str, ...]) -> None:
    parser = argparse.ArgumentParser()
    token.add_arguments(parser)
    with pytest.raises(SystemExit) as exit:
        parser.parse_args(["create", "--role", "operator", *words])
    assert exit.value.code == 2

"""`watchroom users`: who may sign in, and a new password for who lost theirs."""

import argparse
import io
from pathlib import Path

import pytest

from console.commands import named_account, users
from engine.model.accounts.access import Role
from engine.model.errors import InputError, NotSignedIn
from engine.model.time import SystemClock
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.lockout import FREE_FAILURES
from engine.runtime.data_folder import DataFolder
from engine.store import open_store

OLD, NEW = "correct horse battery", "staple the other horse"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    store = open_store(made.database, SystemClock())
    accounts = Accounts(store.accounts, SystemClock())
    accounts.create_first_admin("Ada", OLD)
    accounts.create_user("Bo", Role.OPERATOR, OLD, ("yard", "group:Doors"))
    store.close()
    return made


def run(data: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    users.add_arguments(parser)
    return users.run(parser.parse_args([*words, "--data", str(data)]))


def test_people_are_listed_with_what_they_are_and_see(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data.path, "list") == 0
    assert capsys.readouterr().out.splitlines() == ["Ada  admin  all cameras", "Bo  operator  yard group:Doors"]


def test_the_only_administrator_gets_a_new_password(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside an engine that runs: it reads accounts anew. Sessions end, and a name that was closed for guessing is open."""
    store = open_store(data.database, SystemClock())
    accounts = Accounts(store.accounts, SystemClock())
    held, _ = accounts.sign_in("Ada", OLD)
    for _ in range(FREE_FAILURES):
        with pytest.raises(NotSignedIn):
            accounts.sign_in("Ada", "guess")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n"))
    assert run(data.path, "reset-password", "ada") == 0
    again = Accounts(store.accounts, SystemClock())
    with pytest.raises(NotSignedIn):
        again.session(held)
    assert again.sign_in("Ada", NEW)[1].user.role is Role.ADMIN
    row = next(row for row in store.audit() if row.verb == "reset_password")
    assert (row.by, row.subject) == (users.BY, again.users()[0].id)
    store.close()


@pytest.mark.parametrize(("name", "typed", "field"), [("Cleo", NEW, "name"), ("Ada", "short", "password"), ("Ada", "", "password")])
def test_what_cannot_be_names_the_field_and_changes_nothing(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, name: str, typed: str, field: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(InputError) as refused:
        run(data.path, "reset-password", name)
    assert refused.value.field == field
    store = open_store(data.database, SystemClock())
    assert Accounts(store.accounts, SystemClock()).sign_in("Ada", OLD)
    store.close()


def test_two_that_differ_are_refused(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter((NEW, OLD))
    monkeypatch.setattr("sys.stdin", Screen())
    monkeypatch.setattr(named_account, "getpass", lambda _: next(typed))
    with pytest.raises(InputError, match="not the same"):
        run(data.path, "reset-password", "Ada")


def test_where_no_site_is_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no site"):
        run(tmp_path, "list")
    assert not (tmp_path / "watchroom.db").exists()

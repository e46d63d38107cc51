"""Users, tokens and lock-outs as rows."""

import pytest

from engine.model.accounts.access import Role, User
from engine.model.errors import InputError, NotFound
from engine.model.repository import Lockout, StoredToken, StoredUser
from engine.store import Store
from engine.store.people import accounts
from engine.store.people.accounts import AccountTable

ADA = StoredUser(User("us-1", "Ada Straße", Role.ADMIN), "$argon2id$1")
TOKEN = StoredToken("ab" * 32, "us-1", "session", 5, 100)
MACHINE = StoredToken("cd" * 32, "us-1", "exporter", 5, None)


@pytest.fixture
def with_ada(store: Store) -> AccountTable:
    store.accounts.add_user(ADA)
    return store.accounts


def test_a_user_is_kept_under_one_name_in_any_case(with_ada: AccountTable) -> None:
    assert with_ada.users() == (ADA,)
    with pytest.raises(InputError) as taken:
        with_ada.add_user(StoredUser(User("us-2", "ADA STRASSE", Role.OPERATOR), "x"))
    assert taken.value.field == "name"
    with_ada.set_password_hash("us-1", "$argon2id$2")
    assert with_ada.users()[0].password_hash == "$argon2id$2"
    with pytest.raises(NotFound):
        with_ada.set_password_hash("us-9", "x")


def test_tokens_go_with_their_user(with_ada: AccountTable) -> None:
    with_ada.add_token(TOKEN)
    with_ada.add_token(MACHINE)
    assert (with_ada.token(TOKEN.token_hash), with_ada.token(MACHINE.token_hash)) == (TOKEN, MACHINE)
    with_ada.remove_user("us-1")
    assert with_ada.token(TOKEN.token_hash) is None
    assert with_ada.token(MACHINE.token_hash) is None
    with pytest.raises(NotFound):
        with_ada.remove_user("us-1")
    with pytest.raises(NotFound):
        with_ada.add_token(TOKEN)


def test_an_expiry_moves_but_never_brings_a_removed_token_back(with_ada: AccountTable) -> None:
    with_ada.add_token(TOKEN)
    with_ada.extend_token(TOKEN.token_hash, 500)
    assert with_ada.token(TOKEN.token_hash) == StoredToken("ab" * 32, "us-1", "session", 5, 500)
    with_ada.remove_token(TOKEN.token_hash)
    with_ada.extend_token(TOKEN.token_hash, 900)
    assert with_ada.token(TOKEN.token_hash) is None


def test_expired_tokens_are_removed_and_those_without_expiry_stay(with_ada: AccountTable) -> None:
    with_ada.add_token(TOKEN)
    with_ada.add_token(MACHINE)
    with_ada.remove_expired_tokens(99)
    assert with_ada.token(TOKEN.token_hash) == TOKEN
    with_ada.remove_expired_tokens(100)
    assert with_ada.token(TOKEN.token_hash) is None
    assert with_ada.token(MACHINE.token_hash) == MACHINE


def test_lockouts_are_kept_replaced_and_forgotten(store: Store) -> None:
    assert store.accounts.lockout("ada") == Lockout(0, 0)
    store.accounts.set_lockout("ada", Lockout(3, 50))
    store.accounts.set_lockout("ada", Lockout(6, 90))
    assert store.accounts.lockout("ada") == Lockout(6, 90)
    store.accounts.set_lockout("ada", Lockout(0, 0))
    assert store.accounts.lockout("ada") == Lockout(0, 0)


def test_names_that_were_tried_do_not_fill_the_disk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "MOST_LOCKOUTS", 10)
    for number in range(30):
        store.accounts.set_lockout(f"name {number}", Lockout(1, number))
    kept = [number for number in range(30) if store.accounts.lockout(f"name {number}").failures]
    assert kept == list(range(20, 30))

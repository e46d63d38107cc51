"""Several people at the door at once: passwords are checked side by side, few at a time, and nothing else waits for them."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import PasswordHasher

from engine.model.accounts.access import Role
from engine.model.errors import InputError, NotSignedIn
from engine.model.time import SECOND, ManualClock
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.lockout import FREE_FAILURES, from_address
from engine.runtime.access.passwords import AT_ONCE, Passwords
from engine.store import Store, open_store
from tests.fakes.waiting import until

PASSWORD, WRONG = "correct horse", "battery staple"
PEOPLE = [f"guard {number}" for number in range(6)]
WAIT_S = 60.0
T = TypeVar("T")


class HeldHasher(PasswordHasher):
    """argon2 that does not go on before the gate is open. `most`: how many were in it at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.gate = threading.Event()
        self.gate.set()
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        return self._held(lambda: super(HeldHasher, self).verify(hash, password))

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        return self._held(lambda: super(HeldHasher, self).hash(password, salt=salt))

    def _held(self, work: Callable[[], T]) -> T:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        try:
            assert self.gate.wait(WAIT_S), "the gate stayed shut"
            return work()
        finally:
            with self._lock:
                self.inside -= 1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "watchroom.db", ManualClock(1_790_000_000 * SECOND))
    yield opened
    opened.close()


@pytest.fixture
def hasher() -> HeldHasher:
    return HeldHasher()


@pytest.fixture
def accounts(store: Store, hasher: HeldHasher) -> Accounts:
    accounts = Accounts(store.accounts, ManualClock(1_790_000_000 * SECOND), Passwords(hasher))
    accounts.create_first_admin("ada", PASSWORD)
    for name in PEOPLE:
        accounts.create_user(name, Role.OPERATOR, PASSWORD)
    with pytest.raises(NotSignedIn):
        accounts.sign_in("nobody", PASSWORD)  # what a stranger's check is compared with is made once
    hasher.most = 0
    return accounts


@pytest.fixture
def pool(hasher: HeldHasher) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool
        hasher.gate.set()


def waiting(hasher: HeldHasher, number: int) -> None:
    until(lambda: hasher.inside == number, f"{number} passwords are being checked at once")


def test_people_sign_in_side_by_side_and_few_at_once(accounts: Accounts, hasher: HeldHasher, pool: ThreadPoolExecutor) -> None:
    """Each check takes 64 MiB: a crowd must not take it as often as it has heads."""
    hasher.gate.clear()
    many = [pool.submit(accounts.sign_in, name, PASSWORD) for name in PEOPLE]
    waiting(hasher, AT_ONCE)
    hasher.gate.set()
    assert [each.result(WAIT_S)[1].user.name for each in many] == PEOPLE
    assert hasher.most == AT_ONCE


def test_what_needs_no_password_waits_for_none(accounts: Accounts, hasher: HeldHasher, pool: ThreadPoolExecutor) -> None:
    hasher.gate.clear()
    signing_in = pool.submit(accounts.sign_in, PEOPLE[0], PASSWORD)
    waiting(hasher, 1)
    other = next(user.id for user in accounts.users() if user.name == PEOPLE[1])
    now: list[Future[object]] = [
        pool.submit(lambda: accounts.change_user(other, Role.INVESTIGATOR, None)),
        pool.submit(lambda: (accounts.change_user(other, Role.OPERATOR, ()), accounts.users())),
        pool.submit(lambda: accounts.create_token(Role.OPERATOR, "gate")),
    ]
    for each in now:
        each.result(WAIT_S)
    assert not signing_in.done()
    hasher.gate.set()
    signing_in.result(WAIT_S)


def test_every_other_password_too(accounts: Accounts, hasher: HeldHasher, pool: ThreadPoolExecutor) -> None:
    """New ones, the PIN, unlocking and changing: none of them keeps a sign-in waiting."""
    _, ada = accounts.sign_in("ada", PASSWORD)
    otto = next(user.id for user in accounts.users() if user.name == PEOPLE[1])
    for slow in (
        lambda: accounts.create_user("new", Role.OPERATOR, PASSWORD),
        lambda: accounts.reset_password(otto, "another horse"),
        lambda: accounts.set_pin("246810", "ada"),
        lambda: accounts.sign_in_with_pin("246810"),
        lambda: accounts.confirm(ada, PASSWORD),
    ):
        hasher.gate.clear()
        first = pool.submit(slow)
        waiting(hasher, 1)
        second = pool.submit(accounts.sign_in, PEOPLE[0], PASSWORD)
        waiting(hasher, 2)
        hasher.gate.set()
        first.result(WAIT_S)
        second.result(WAIT_S)


def test_a_right_password_many_times_at_once_closes_no_name(accounts: Accounts, pool: ThreadPoolExecutor) -> None:
    """Each counts as failed until it was checked: those of one name from one place wait for each other."""
    places = [from_address(f"192.0.2.{number % 2}") for number in range(4 * FREE_FAILURES)]
    many = [pool.submit(accounts.sign_in, PEOPLE[0], PASSWORD, place) for place in places]
    assert len({each.result(WAIT_S)[0] for each in many}) == len(places)


def test_a_password_that_was_changed_meanwhile_opens_nothing(accounts: Accounts, hasher: HeldHasher, pool: ThreadPoolExecutor) -> None:
    otto = next(user.id for user in accounts.users() if user.name == PEOPLE[1])
    for change in (lambda: accounts._repository.set_password_hash(otto, "changed"), lambda: accounts.remove_user(otto)):
        hasher.gate.clear()
        signing_in = pool.submit(accounts.sign_in, PEOPLE[1], PASSWORD)
        waiting(hasher, 1)
        pool.submit(change).result(WAIT_S)
        hasher.gate.set()
        with pytest.raises(NotSignedIn):
            signing_in.result(WAIT_S)
        assert not any(token.user_id == otto for token in accounts._repository.tokens())
        if any(user.id == otto for user in accounts.users()):
            accounts.reset_password(otto, PASSWORD)


def test_one_of_two_accounts_of_a_name_made_at_once(accounts: Accounts, hasher: HeldHasher, pool: ThreadPoolExecutor) -> None:
    hasher.gate.clear()
    two = [pool.submit(accounts.create_user, name, Role.OPERATOR, PASSWORD) for name in ("Piet", "PIET")]
    waiting(hasher, 2)
    hasher.gate.set()
    failed = [each.exception(WAIT_S) for each in two]
    assert sum(isinstance(error, InputError) for error in failed) == 1 and failed.count(None) == 1

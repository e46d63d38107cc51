"""What the audit keeps of who came in, and who did not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault, NotSignedIn
from engine.model.time import SECOND, ManualClock
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.passwords import Passwords
from engine.store import open_store

PASSWORD, WRONG = "correct horse", "battery staple"


class Door:
    def __init__(self, path: Path) -> None:
        self.clock = ManualClock(1_790_000_000 * SECOND)
        self.rows: list[AuditRow] = []
        self.store = open_store(path, self.clock)
        self.accounts = Accounts(self.store.accounts, self.clock, Passwords(PasswordHasher(1, 8, 1)), self.rows.append)
        self.ada = self.accounts.create_first_admin("Ada", PASSWORD).id

    def told(self) -> list[tuple[str, str, str, str]]:
        return [(row.verb, row.by, row.subject, row.detail) for row in self.rows]

    def guess(self, name: str, times: int, again: Callable[[str], object] | None = None) -> None:
        """Each as soon as the door is open again."""
        for _ in range(times):
            with pytest.raises(NotSignedIn) as refused:
                again(WRONG) if again is not None else self.accounts.sign_in(name, WRONG)
            self.clock.advance_to(self.clock.now_ns() + round(refused.value.retry_after_s * SECOND))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(tmp_path / "watchroom.db")
    yield made
    made.store.close()


def test_coming_and_going_is_kept_with_its_session(door: Door) -> None:
    token, session = door.accounts.sign_in("ADA", PASSWORD)
    door.accounts.sign_out(token)
    door.accounts.sign_out(token)
    door.accounts.sign_out("nobody's")
    assert door.told() == [
        (AuditVerb.SET_UP, "Ada", door.ada, ""),
        (AuditVerb.SIGN_IN, "Ada", door.ada, f"session {session.id}"),
        (AuditVerb.SIGN_OUT, "Ada", door.ada, f"session {session.id}"),
    ]


def test_guesses_are_kept_as_how_many_closed_the_door(door: Door) -> None:
    door.rows.clear()
    door.guess("Ada", 4)
    assert door.rows == []
    door.guess("Ada", 2)
    assert door.told() == [
        (AuditVerb.SIGN_IN_CLOSED, "", door.ada, "5 failed, closed for 30 s"),
        (AuditVerb.SIGN_IN_CLOSED, "", door.ada, "6 failed, closed for 60 s"),
    ]
    door.accounts.sign_in("Ada", PASSWORD)
    assert door.rows[-1].verb == AuditVerb.SIGN_IN and door.rows[-1].detail.endswith(", after 6 failed")


def test_knocking_at_a_closed_door_keeps_nothing(door: Door) -> None:
    door.rows.clear()
    for _ in range(50):
        with pytest.raises(NotSignedIn):
            door.accounts.sign_in("Ada", WRONG)
    assert len(door.rows) == 1


def test_names_that_nobody_has_are_not_kept_and_told_of_once_in_a_while(door: Door) -> None:
    door.rows.clear()
    for number in range(10):
        door.guess(f"hunter{number}", 5)
    assert door.told() == [(AuditVerb.SIGN_IN_CLOSED, "", "", "under names that nobody has")]
    door.clock.advance_to(door.clock.now_ns() + 3600 * SECOND)
    door.guess("hunter", 5)
    assert len(door.rows) == 2 and not any("hunter" in repr(row) for row in door.rows)


def test_pins_and_tokens(door: Door) -> None:
    door.rows.clear()
    door.accounts.set_pin("246810", "ada")
    door.guess("", 5, door.accounts.sign_in_with_pin)
    door.accounts.sign_in_with_pin("246810")
    token = door.accounts.create_token(Role.OPERATOR, "exporter")
    session = door.accounts.session(token)
    assert [row.verb for row in door.rows] == [AuditVerb.SET_PIN, AuditVerb.SIGN_IN_CLOSED, AuditVerb.SIGN_IN, AuditVerb.CREATE_TOKEN]
    assert (door.rows[-1].by, door.rows[-1].subject, door.rows[-1].detail) == ("machine:operator", session.id, "exporter; operator")
    assert not any("246810" in repr(row) or token in repr(row) for row in door.rows)


def test_a_token_that_is_not_in_the_audit_is_never_seen(door: Door) -> None:
    def full(_: AuditRow) -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    with pytest.raises(EnvironmentFault):
        Accounts(door.store.accounts, door.clock, note=full).create_token(Role.ADMIN, "exporter")

"""What one person says at a hub about alerts of a site holds up nothing that others say about them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.gateway.hub import intent_desk
from engine.gateway.hub.intent_desk import IntentDesk
from engine.gateway.hub.site_grants import narrowed
from engine.model.accounts.access import Role, User
from engine.model.alerts.alert import AlertState, IntentState
from engine.model.alerts.commands import ChangeAlert, NoteAlert
from engine.model.alerts.intent import IntentEnd
from engine.model.errors import BeyondCameras, InputError
from engine.model.people.commands import ErasePerson
from engine.model.repository import StoredUser
from engine.model.time import SystemClock
from engine.runtime.hub.hub_intent import read_intent
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.hub_word import LONGEST
from engine.runtime.hub.intent_messages import pack_ends, read_intents
from engine.store.shared.record import SharedRecord
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.whole_hub import empty_record

BEN = User("7", "Ben", Role.OPERATOR)
NOTE = NoteAlert("al-1", "Called.")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(postgres: str) -> Iterator[SharedRecord]:
    with empty_record(postgres) as record:
        record.add_site("north", "North")
        yield record


@pytest.fixture
def desk(record: SharedRecord, tmp_path: Path) -> IntentDesk:
    return IntentDesk(record, HubKeys.in_folder(tmp_path), SystemClock())


def change(ids: int, letters: int) -> ChangeAlert:
    return ChangeAlert(tuple(f"al-{number:0{letters - 3}}" for number in range(ids)), AlertState.ACKNOWLEDGED)


def test_what_a_site_is_given_at_once_fits_into_a_message(desk: IntentDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intent_desk, "MOST_BYTES", 100_000)
    for number in range(4):
        desk.keep("north", BEN, f"in-{number}", change(500, 50))
    told: list[str] = []
    ends: tuple[IntentEnd, ...] = ()
    while given := read_intents(answer := desk.exchange("north", pack_ends(ends))):
        assert len(answer) < 110_000
        told += [each.id for each in given]
        ends = tuple(IntentEnd(each.id, IntentState.DONE) for each in given)
    assert told == ["in-0", "in-1", "in-2", "in-3"]


def given(desk: IntentDesk, keys: HubKeys) -> list[User]:
    """Who says what the site is given, as the site reads it."""
    return [
        read_intent(each.word, "north", keys.public, SystemClock().now_ns()).user
        for each in read_intents(desk.exchange("north", b'{"ends": []}'))
    ]


def test_who_may_less_by_now_says_it_with_that(desk: IntentDesk, record: SharedRecord, tmp_path: Path) -> None:
    keys = HubKeys.in_folder(tmp_path)
    ana = User("1", "Ana", Role.ADMIN)
    record.accounts.add_user(StoredUser(ana, "hash"))
    desk.keep("north", ana, "in-1", NOTE)
    assert [user.role for user in given(desk, keys)] == [Role.ADMIN]
    record.accounts.change_user("1", Role.OPERATOR, ("north/door",))
    (now,) = given(desk, keys)
    assert (now.role, now.cameras) == (Role.OPERATOR, ("door",))
    record.accounts.change_user("1", Role.OPERATOR, ("south",))
    assert given(desk, keys) == []
    (refused,) = record.intents.all_of("north", 0, SystemClock().now_ns())
    assert refused.state is IntentState.REFUSED and "may not see" in refused.outcome


@pytest.mark.parametrize(
    ("then", "now", "left"),
    [
        (None, None, None),
        (None, ("north/door",), ("door",)),
        (("door", "yard"), None, ("door", "yard")),
        (("door", "yard"), ("north/yard", "north/gate"), ("yard",)),
        (("door",), ("south",), ()),
    ],
)
def test_what_both_limits_allow(then: tuple[str, ...] | None, now: tuple[str, ...] | None, left: tuple[str, ...] | None) -> None:
    said, account = User("1", "Ana", Role.OPERATOR, then), User("1", "Ana", Role.ADMIN, now)
    assert narrowed(said, account, "north") == User("1", "Ana", Role.OPERATOR, left)


def test_who_is_limited_to_cameras_neither_erases_nor_hears_of_it(desk: IntentDesk) -> None:
    ana, door = User("1", "Ana", Role.ADMIN), User("2", "Dora", Role.ADMIN, ("door",))
    desk.keep("north", ana, "in-1", ErasePerson("pe-1", "asked for it"))
    with pytest.raises(BeyondCameras):
        desk.keep("north", door, "in-2", ErasePerson("pe-1", "asked for it"))
    assert [each.id for each in desk.shown_to(ana, "north")] == ["in-1"] and desk.shown_to(door, "north") == ()


def test_of_erasures_hears_who_may_erase(desk: IntentDesk) -> None:
    desk.keep("north", User("1", "Ana", Role.ADMIN), "in-1", ErasePerson("pe-1", "Ada Smith asked for it"))
    desk.keep("north", BEN, "in-2", NOTE)
    assert [each.id for each in desk.shown_to(BEN, "north")] == ["in-2"]
    assert {each.id for each in desk.shown_to(User("3", "Cleo", Role.ADMIN), "north")} == {"in-1", "in-2"}


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (ErasePerson("pe-1", " "), "reason"),
        (ErasePerson("", "asked for it"), "person_id"),
        (ErasePerson("pe-1", "asked for it", reporter_ids=("x",)), "reporter_ids"),
    ],
)
def test_an_erasure_that_no_site_would_begin_is_not_kept(desk: IntentDesk, command: ErasePerson, field: str) -> None:
    with pytest.raises(InputError) as refused:
        desk.keep("north", User("1", "Ana", Role.ADMIN), "in-1", command)
    assert refused.value.field == field


def test_what_no_site_would_read_is_not_kept(desk: IntentDesk, record: SharedRecord) -> None:
    with pytest.raises(InputError, match="alert_ids"):
        desk.keep("north", BEN, "in-1", change(500, 150))
    for seen in ("x" * LONGEST, "a\0b"):
        with pytest.raises(InputError, match="seen_assignee"):
            desk.keep("north", BEN, "in-2", NOTE, seen)
    assert record.intents.waiting("north", SystemClock().now_ns(), 9) == ()
    assert desk.keep("north", BEN, "in-3", NOTE, "Ana")

"""A site joins by a code that is good once, and a site that has left is renewed nothing."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from engine.gateway.hub.enrolment import CODE_NS, Enrolment
from engine.model.errors import InputError, NotFound
from engine.model.time import SECOND, ManualClock
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.store.shared.record import SharedRecord
from tests.fakes.postgres import new_record, postgres_or_skip

_NUMBERS = count()
PUBLIC = NKey.new(KeyKind.USER).public


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(postgres: str) -> Iterator[SharedRecord]:
    opened = SharedRecord(new_record(postgres, f"enrolment_{next(_NUMBERS)}"))
    yield opened
    opened.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_790_000_000 * SECOND)


@pytest.fixture
def enrolment(record: SharedRecord, clock: ManualClock, tmp_path: Path) -> Enrolment:
    return Enrolment(record, HubKeys.in_folder(tmp_path), "nats://hub.example:4222", clock)


def test_a_code_lets_one_site_in_once(enrolment: Enrolment, record: SharedRecord) -> None:
    code = enrolment.new_code("north", "North gate")
    told = enrolment.redeem(code.lower().replace("-", " "), PUBLIC)
    assert (told["site"], told["nats"]) == ("north", "nats://hub.example:4222")
    assert [(site.key, site.name, site.public_key) for site in record.sites()] == [("north", "North gate", PUBLIC)]
    with pytest.raises(InputError, match="good once"):
        enrolment.redeem(code, PUBLIC)
    with pytest.raises(InputError):
        enrolment.new_code("north", "Another")


def test_a_code_is_good_for_a_day(enrolment: Enrolment, clock: ManualClock) -> None:
    code = enrolment.new_code("north", "North")
    clock.advance_to(clock.now_ns() + CODE_NS)
    with pytest.raises(InputError):
        enrolment.redeem(code, PUBLIC)


def test_a_later_code_takes_the_place_of_the_one_before(enrolment: Enrolment) -> None:
    first, second = enrolment.new_code("north", "North"), enrolment.new_code("north", "North")
    with pytest.raises(InputError):
        enrolment.redeem(first, PUBLIC)
    assert enrolment.redeem(second, PUBLIC)["site"] == "north"


def test_a_key_that_is_none_uses_no_code_up(enrolment: Enrolment) -> None:
    code = enrolment.new_code("north", "North")
    with pytest.raises(InputError, match="key"):
        enrolment.redeem(code, "no key")
    assert enrolment.redeem(code, PUBLIC)["site"] == "north"


@pytest.mark.parametrize(("key", "name"), [("North", "N"), ("a/b", "N"), ("", "N"), ("north", " ")])
def test_names_that_are_none_are_refused(enrolment: Enrolment, key: str, name: str) -> None:
    with pytest.raises(InputError):
        enrolment.new_code(key, name)


def test_a_site_that_has_left_is_renewed_nothing_and_may_come_back(enrolment: Enrolment, record: SharedRecord) -> None:
    enrolment.redeem(enrolment.new_code("north", "North"), PUBLIC)
    assert enrolment.renew("north", b"")
    record.retire_site("north", 5)
    with pytest.raises(NotFound):
        enrolment.renew("north", b"")
    again = NKey.new(KeyKind.USER).public
    enrolment.redeem(enrolment.new_code("north", "North again"), again)
    assert [(site.name, site.retired_ns, site.public_key) for site in record.sites()] == [("North again", None, again)]

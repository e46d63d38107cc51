"""A session of this process while the record cannot be read."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.errors import EnvironmentFault, NotSignedIn, WatchroomError
from engine.model.time import SECOND
from engine.runtime import local
from engine.runtime.local import LocalPort
from tests.fakes.people_site import PeopleSite, people_site

AWAY = EnvironmentFault("database", "The record cannot be read.")


class Accounts:
    """Gives the session, or raises what a test says."""

    def __init__(self) -> None:
        self.session = Session("s", User("user-ada", "ada", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR])
        self.error: WatchroomError | None = None
        self.asked = 0

    def renew(self) -> Session:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.session


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    with people_site(tmp_path_factory.mktemp("local") / "site") as site:
        yield site


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


@pytest.fixture
def port(site: PeopleSite, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> LocalPort:
    """That renews its session with every call."""
    monkeypatch.setattr(local, "RENEW_S", -1.0)
    return LocalPort(site.engine, accounts.renew)


def test_a_record_that_cannot_be_read_ends_no_session(port: LocalPort, accounts: Accounts) -> None:
    accounts.error = AWAY
    assert port.snapshot().number >= 0 and port.session == accounts.session


def test_while_it_cannot_be_read_it_is_asked_as_seldom_as_ever(
    port: LocalPort, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.error = AWAY
    port.snapshot()
    asked = accounts.asked
    monkeypatch.setattr(local, "RENEW_S", float("inf"))
    port.snapshot()
    assert accounts.asked == asked


def test_who_is_signed_out_stays_so(port: LocalPort, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.error = NotSignedIn("The session has ended.")
    monkeypatch.setattr(local, "RENEW_S", 2.0)
    port._renewed_s = float("-inf")
    for _ in range(2):
        with pytest.raises(NotSignedIn):
            port.snapshot()


def test_a_session_that_is_over_does_not_go_on(site: PeopleSite, port: LocalPort, accounts: Accounts) -> None:
    accounts.session = replace(accounts.session, expires_ns=site.engine.clock.now_ns() - SECOND)
    port.snapshot()
    accounts.error = AWAY
    with pytest.raises(EnvironmentFault):
        port.snapshot()

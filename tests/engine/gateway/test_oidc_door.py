"""People sign in by a hub's identity provider, and go on only while it says so."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text

from engine.gateway.hub.oidc import provider as oidc_provider
from engine.gateway.hub.oidc.door import BROWSER_NS, CHECK_NS, LASTS_NS, POLL_NS, RETRY_NS, BegunSignIn, OidcDoor
from engine.gateway.hub.oidc.groups import groups_of, role_in, user_id
from engine.gateway.hub.oidc.provider import AWAY_NS, Provider
from engine.gateway.hub.oidc.settings import OidcSettings
from engine.gateway.hub.site_grants import hub_accounts
from engine.model.accounts.access import Role, Session
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn
from engine.model.time import SECOND, ManualClock
from engine.runtime.access.accounts import Accounts
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.shared import oidc as oidc_table
from engine.store.shared.oidc import GroupRole
from engine.store.shared.record import SharedRecord
from tests.fakes.postgres import new_record, postgres_or_skip
from tests.fakes.provider_answers import ISSUER, ProviderAnswers

_NUMBERS = count()
NOW_NS = 1_790_000_000 * SECOND
OPERATORS = {"name": "Ada Berg", "groups": ["staff", "operators"]}
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(postgres: str) -> Iterator[SharedRecord]:
    opened = SharedRecord(new_record(postgres, f"oidc_{next(_NUMBERS)}"))
    opened.oidc.put_group(GroupRole("operators", Role.OPERATOR, ("north",)))
    opened.oidc.put_group(GroupRole("admins", Role.ADMIN))
    yield opened
    opened.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_NS)


@pytest.fixture
def answers(clock: ManualClock) -> ProviderAnswers:
    return ProviderAnswers(clock)


@pytest.fixture
def accounts(record: SharedRecord, clock: ManualClock) -> Accounts:
    return hub_accounts(record, clock)


@pytest.fixture
def door(record: SharedRecord, accounts: Accounts, answers: ProviderAnswers, clock: ManualClock, tmp_path: Path) -> OidcDoor:
    provider = Provider(OidcSettings(ISSUER, "hub", "secret"), clock, answers.transport)
    return OidcDoor(provider, record.oidc, accounts, HubKeys.in_folder(tmp_path), clock)


def begun(door: OidcDoor, answers: ProviderAnswers, code: str = "good", **said: Any) -> BegunSignIn:
    """The person has signed in at the provider, which gives their browser this code."""
    flow = door.begin_browser(5000)
    answers.codes[code] = {"nonce": sent(flow)["nonce"], **OPERATORS, **said}
    return flow


def sent(flow: BegunSignIn) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(flow.url).query).items()}


def entered(door: OidcDoor, answers: ProviderAnswers, **said: Any) -> tuple[str, Session]:
    flow = begun(door, answers, **said)
    return door.finish_browser(flow.flow, "good", flow.state)


def is_in(accounts: Accounts, token: str) -> bool:
    try:
        accounts.session(token)
    except NotSignedIn:
        return False
    return True


def advance(clock: ManualClock, by_ns: int) -> None:
    clock.advance_to(clock.now_ns() + by_ns)


def test_a_person_signs_in_as_their_groups_say(door: OidcDoor, answers: ProviderAnswers, accounts: Accounts) -> None:
    token, session = entered(door, answers)
    assert (session.user.name, session.user.role, session.cameras) == ("Ada Berg", Role.OPERATOR, ("north",))
    assert session.user.id == user_id(ISSUER, "4711") != user_id("https://other.example", "4711")
    assert accounts.session(token).user.id == session.user.id
    verifier = next(form["code_verifier"] for path, form in answers.asked if form.get("grant_type") == "authorization_code")
    assert len(verifier) >= 43


def test_a_sign_in_is_finished_once_by_whoever_began_it(door: OidcDoor, answers: ProviderAnswers, clock: ManualClock) -> None:
    flow = begun(door, answers)
    for shown in ("", "wrong", flow.state):
        with pytest.raises(NotSignedIn):
            door.finish_browser(shown, "good", flow.state)
    door.finish_browser(flow.flow, "good", flow.state)
    with pytest.raises(NotSignedIn, match="is over"):
        door.finish_browser(flow.flow, "good", flow.state)
    again = door.begin_browser(5000)
    with pytest.raises(NotSignedIn, match="its own code"):
        door.finish_browser(again.flow, "good", again.state)  # a code that was used
    late = begun(door, answers, "late")
    advance(clock, BROWSER_NS)
    with pytest.raises(NotSignedIn, match="is over"):
        door.finish_browser(late.flow, "late", late.state)


def test_what_comes_of_another_sign_in_is_refused(door: OidcDoor, answers: ProviderAnswers) -> None:
    mine, others = begun(door, answers, "mine"), begun(door, answers, "others")
    with pytest.raises(NotSignedIn):
        door.finish_browser(mine.flow, "mine", others.state)
    mine = begun(door, answers, "mine")
    with pytest.raises(NotSignedIn):
        door.finish_browser(mine.flow, "mine", mine.state, "https://login.example.com")
    mine = begun(door, answers, "mine")
    with pytest.raises(NotSignedIn, match="cannot be verified"):
        door.finish_browser(mine.flow, "others", mine.state)  # a code that was put in place of one's own: it has another nonce
    device = door.begin_device()
    with pytest.raises(NotSignedIn):
        door.finish_browser(device.flow, "mine", "")
    with pytest.raises(NotSignedIn):
        door.finish_device(begun(door, answers).flow)


@pytest.mark.parametrize("groups", [[], ["staff"], ["Operators"], None, "staff", 7, {"operators": True}])
def test_who_is_in_no_group_of_the_hub_is_refused(groups: object, door: OidcDoor, answers: ProviderAnswers, accounts: Accounts) -> None:
    with pytest.raises(NotSignedIn, match="None of your groups"):
        entered(door, answers, groups=groups)
    assert accounts.users() == () and answers.people == {}, "what the provider gave is withdrawn"


def test_the_highest_role_holds_where_its_groups_are(door: OidcDoor, answers: ProviderAnswers) -> None:
    assert entered(door, answers, groups=["operators", "admins"])[1].user.role is Role.ADMIN
    lead, night, staff = (GroupRole("l", Role.ADMIN, ("a",)), GroupRole("n", Role.ADMIN, ("b", "a")), GroupRole("s", Role.OPERATOR))
    assert role_in([staff, lead, night]) == (Role.ADMIN, ("a", "b"))
    assert role_in([staff]) == (Role.OPERATOR, None) and role_in([]) is None
    assert groups_of({"realm_access": {"roles": ["a", "b"]}}, "realm_access.roles") == {"a", "b"}
    assert groups_of({"https://example.org/groups": "a"}, "https://example.org/groups") == {"a"}


def test_who_is_moved_or_removed_at_the_provider_is_so_here(
    door: OidcDoor, answers: ProviderAnswers, accounts: Accounts, clock: ManualClock
) -> None:
    token, _ = entered(door, answers)
    door.check_due()
    assert not any(form.get("grant_type") == "refresh_token" for _, form in answers.asked), "it is not its turn yet"
    (shown,) = answers.people
    answers.people[shown] |= {"groups": ["admins"]}
    advance(clock, CHECK_NS)
    door.check_due()
    session = accounts.session(token)
    assert (session.user.role, session.cameras) == (Role.ADMIN, None)
    (shown,) = answers.people
    answers.people[shown] |= {"groups": ["staff"]}
    advance(clock, CHECK_NS)
    door.check_due()
    assert not is_in(accounts, token) and answers.revoked, "in no group of the hub any more"
    token, _ = entered(door, answers)
    answers.people.clear()  # the account is closed
    advance(clock, CHECK_NS)
    door.check_due()
    assert not is_in(accounts, token)


def test_groups_of_a_refresh_may_come_without_an_id_token(
    door: OidcDoor, answers: ProviderAnswers, accounts: Accounts, clock: ManualClock
) -> None:
    token, _ = entered(door, answers)
    answers.said_with_refresh = False
    advance(clock, CHECK_NS)
    door.check_due()
    assert is_in(accounts, token)
    (shown,) = answers.people
    answers.people[shown] |= {"sub": "somebody else"}
    advance(clock, CHECK_NS)
    door.check_due()
    assert not is_in(accounts, token)


def test_use_alone_does_not_carry_a_session_on(door: OidcDoor, answers: ProviderAnswers, accounts: Accounts, clock: ManualClock) -> None:
    token, session = entered(door, answers)
    assert session.expires_ns == NOW_NS + LASTS_NS
    for _ in range(3):
        advance(clock, CHECK_NS)
        door.check_due()
        assert accounts.session(token).expires_ns == clock.now_ns() + LASTS_NS, "the provider's word does"
    answers.away = True
    advance(clock, CHECK_NS)
    for _ in range((LASTS_NS - CHECK_NS) // RETRY_NS):
        with pytest.raises(EnvironmentFault, match="cannot be reached"):
            door.check_due()
        assert is_in(accounts, token), "until then a provider that is away changes nothing"
        advance(clock, RETRY_NS)
    assert not is_in(accounts, token)


def test_a_provider_that_comes_back_in_time_is_not_noticed(
    door: OidcDoor, answers: ProviderAnswers, accounts: Accounts, clock: ManualClock
) -> None:
    token, _ = entered(door, answers)
    answers.away = True
    advance(clock, CHECK_NS)
    with pytest.raises(EnvironmentFault):
        door.check_due()
    answers.away = False
    advance(clock, RETRY_NS)
    door.check_due()
    advance(clock, LASTS_NS - SECOND)
    assert is_in(accounts, token)


def test_a_provider_that_is_away_keeps_nobody_else_out(
    door: OidcDoor, answers: ProviderAnswers, accounts: Accounts, clock: ManualClock
) -> None:
    answers.away = True
    for _ in range(2):
        with pytest.raises(EnvironmentFault, match=r"login\.example\.org cannot be reached"):
            door.begin_browser(5000)
    accounts.create_user("Ben", Role.OPERATOR, PASSWORD)
    assert is_in(accounts, accounts.sign_in("Ben", PASSWORD)[0])
    answers.away = False
    advance(clock, AWAY_NS)
    assert entered(door, answers)[1].user.name == "Ada Berg"


def test_signing_out_withdraws_what_the_hub_was_given(
    door: OidcDoor, answers: ProviderAnswers, accounts: Accounts, clock: ManualClock
) -> None:
    token, session = entered(door, answers)
    other, _ = entered(door, answers)
    given = list(answers.people)
    accounts.sign_out(token)
    door.sign_out(session.id)
    assert answers.revoked == given[:1] and is_in(accounts, other) and not is_in(accounts, token)
    advance(clock, CHECK_NS)
    door.check_due()
    assert is_in(accounts, other)
    accounts.sign_out(other)  # while the hub could not ask the provider
    advance(clock, CHECK_NS)
    door.check_due()
    assert len(answers.revoked) == 2 and answers.people == {}


def test_another_device_is_waited_for(door: OidcDoor, answers: ProviderAnswers, clock: ManualClock) -> None:
    begun = door.begin_device()
    assert (begun.url, begun.code) == (f"{ISSUER}/activate", "ABCD-EFGH")
    answers.device.extend(["authorization_pending", "slow_down", OPERATORS])
    for _ in range(2):
        assert door.finish_device(begun.flow) is None
        assert door.finish_device(begun.flow) is None, "the provider is asked in turns only"
        advance(clock, POLL_NS)
    found = door.finish_device(begun.flow)
    assert found is not None and found[1].user.name == "Ada Berg"
    with pytest.raises(NotSignedIn):
        door.finish_device(begun.flow)
    again = door.begin_device()
    answers.device.append("access_denied")
    with pytest.raises(NotSignedIn, match="let nobody in"):
        door.finish_device(again.flow)
    with pytest.raises(NotSignedIn, match="is over"):
        door.finish_device(again.flow)


def test_a_provider_that_gives_no_refresh_token_is_told_of(door: OidcDoor, answers: ProviderAnswers, accounts: Accounts) -> None:
    answers.gives_refresh = False
    with pytest.raises(EnvironmentFault, match="no refresh token"):
        entered(door, answers)
    assert accounts.users() == ()


def test_nobody_passes_for_somebody_else(door: OidcDoor, answers: ProviderAnswers, accounts: Accounts) -> None:
    accounts.create_user("Ada Berg", Role.OPERATOR, PASSWORD)
    _, session = entered(door, answers)
    assert session.user.name == "Ada Berg (organisation)"
    assert entered(door, answers, sub="4712", name="Аdа Berg")[1].user.name == "Somebody", "letters of two scripts"
    with pytest.raises(InputError, match="has none here"):
        accounts.reset_password(session.user.id, PASSWORD)
    with pytest.raises(InputError, match="last admin"):
        entered(door, answers, groups=["admins"])
        admin = accounts.create_user("Root", Role.ADMIN, PASSWORD)
        accounts.remove_user(admin.id)


def test_the_database_holds_no_secret_that_is_good(
    door: OidcDoor, answers: ProviderAnswers, record: SharedRecord, clock: ManualClock
) -> None:
    flow = begun(door, answers)
    entered(door, answers)
    with record._reading.connect() as connection:
        rows = connection.execute(text("SELECT digest || body FROM oidc_flows UNION ALL SELECT refresh FROM oidc_grants")).scalars().all()
    assert len(rows) == 2
    for secret in (flow.flow, flow.state, sent(flow)["nonce"], *answers.people):
        assert all(secret not in row for row in rows)


def test_a_browser_that_knows_somebody_from_before_signs_nobody_in(door: OidcDoor, answers: ProviderAnswers) -> None:
    """Whoever finds a locked console could leave out of the address that the provider is to ask."""
    now_s = NOW_NS // SECOND
    with pytest.raises(NotSignedIn, match="did not ask"):
        entered(door, answers, auth_time=now_s - 3600)
    assert answers.revoked == ["refresh-1"]
    token, _ = entered(door, answers, auth_time=now_s - 5)
    assert token, "clocks differ"
    with pytest.raises(NotSignedIn, match="auth_time"):
        entered(door, answers, auth_time=None)
    assert int(sent(begun(door, answers))["max_age"]) <= 600


def test_a_hub_can_be_for_browsers_only(
    record: SharedRecord, accounts: Accounts, answers: ProviderAnswers, clock: ManualClock, tmp_path: Path
) -> None:
    provider = Provider(OidcSettings(ISSUER, "hub", "secret", device_codes=False), clock, answers.transport)
    door = OidcDoor(provider, record.oidc, accounts, HubKeys.in_folder(tmp_path), clock)
    with pytest.raises(NotFound, match="another device"):
        door.begin_device()
    assert not answers.asked and not door.device_codes


def test_who_begins_many_sign_ins_keeps_nobody_out(
    door: OidcDoor, answers: ProviderAnswers, record: SharedRecord, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    monkeypatch.setattr(oidc_table, "MOST_FLOWS", 3)
    left = door.begin_browser(5000)
    for _ in range(3):
        advance(clock, 1)
        door.begin_device()
    advance(clock, 1)
    _, session = entered(door, answers)
    assert session.user.name == "Ada Berg"
    with pytest.raises(NotSignedIn):
        door.finish_browser(left.flow, "good", left.state)
    with record._reading.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM oidc_flows")) == 2


def test_a_provider_that_answers_a_piece_at_a_time_holds_nobody_for_ever(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_provider, "ANSWER_S", 0.0)
    pieces = httpx.MockTransport(lambda _: httpx.Response(200, content=iter([b" "] * 9)))
    with pytest.raises(EnvironmentFault, match="without end"):
        Provider(OidcSettings(ISSUER, "hub", "secret"), clock, pieces).begin_device()


def test_a_provider_elsewhere_has_the_hub_ask_nothing_on_its_own_machine(clock: ManualClock) -> None:
    about = {"issuer": ISSUER, "device_authorization_endpoint": "http://127.0.0.1:1/device"}
    told = httpx.MockTransport(lambda _: httpx.Response(200, json=about))
    with pytest.raises(EnvironmentFault, match="not protected"):
        Provider(OidcSettings(ISSUER, "hub", "secret"), clock, told).begin_device()


def test_a_hub_that_the_provider_refuses_says_so(door: OidcDoor, answers: ProviderAnswers, accounts: Accounts, clock: ManualClock) -> None:
    token, _ = entered(door, answers)
    answers.refusal = "invalid_client"
    with pytest.raises(EnvironmentFault, match=r"refuses this hub \(401 invalid_client\)"):
        door.begin_device()
    advance(clock, CHECK_NS)
    with pytest.raises(EnvironmentFault, match="refuses this hub"):
        door.check_due()
    assert is_in(accounts, token), "that is no fault of the person"

"""A hub with an identity provider, as consoles meet it: `oidc-provider` from npm, a hub over HTTP, and a site behind it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from engine.gateway.hub import lines
from engine.gateway.hub.oidc import checks
from engine.gateway.hub.oidc.door import LASTS_NS
from engine.gateway.hub.oidc.groups import user_id
from engine.gateway.hub.oidc.settings import OidcSettings
from engine.gateway.remote.browser_redirect import BrowserRedirect, SignInStopped
from engine.gateway.remote.hub import HubVisit, RemoteHub
from engine.gateway.remote.port import RemotePort
from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.user_ref import VOUCHED
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.storage.upgrading import open_beside
from engine.store.shared.oidc import GroupRole
from engine.store.shared.record import SharedRecord
from tests.fakes.engine_process import EngineProcess
from tests.fakes.identity_provider import SECRET, IdentityProvider, Person, identity_provider
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.site_at_hub import enter_site, set_up_at_hub
from tests.fakes.small_site import small_site
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, empty_record, whole_hub

PASSWORD = "correct horse battery"
NEVER = threading.Event()


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def record(provider: IdentityProvider) -> Iterator[SharedRecord]:
    with postgres_or_skip() as url, empty_record(url) as record:
        record.oidc.put_group(GroupRole("operators", Role.OPERATOR))
        record.oidc.put_group(GroupRole("investigators", Role.INVESTIGATOR))
        yield record


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, record: SharedRecord, provider: IdentityProvider) -> Iterator[WholeHub]:
    provider.kill()
    settings = OidcSettings(provider.issuer, "hub", SECRET)
    with whole_hub(tmp_path_factory.mktemp("hub") / "own", record, settings) as hub:
        hub.door.accounts.create_user("Ben", Role.OPERATOR, PASSWORD)
        RemoteHub(hub.url).sign_in("Ben", PASSWORD).close()  # it starts and works while the provider is away
        with pytest.raises(EnvironmentFault, match="cannot be reached"):
            RemoteHub(hub.url).sign_in_by_browser(lambda _: None, NEVER)
        provider.start()
        until(lambda: begins(hub), "the provider is asked again")
        yield hub


@pytest.fixture(autouse=True)
def people(provider: IdentityProvider, hub: WholeHub) -> None:
    provider.put_people(ada=["operators"], cleo=["staff"])


def begins(hub: WholeHub) -> bool:
    assert hub.door.oidc is not None
    try:
        hub.door.oidc.begin_browser(5000)
    except EnvironmentFault:
        return False
    return True


def by_browser(hub: WholeHub, name: str, seen: Callable[[str], str] = str) -> HubVisit:
    """`seen`: gives what the browser opens in place of what it was told to."""
    with ThreadPoolExecutor(1) as browser:
        pages = []
        visit = RemoteHub(hub.url).sign_in_by_browser(lambda url: pages.append(browser.submit(Person(name).sign_in, seen(url))), NEVER)
        assert "Watchroom has what it needs" in pages[0].result()
        return visit


def is_out(visit: HubVisit) -> bool:
    try:
        visit.sites()
    except NotSignedIn:
        return True
    return False


def make_due(record: SharedRecord) -> None:
    """As five minutes do."""
    with record._writing.begin() as connection:
        connection.execute(text("UPDATE oidc_grants SET due_ns = 0"))


def none_left(hub: WholeHub, record: SharedRecord) -> bool:
    """Of those who are asked about, once the provider was asked again, as a hub does by itself."""
    assert hub.door.oidc is not None
    hub.door.oidc.check_due()
    return record.oidc.next_due(1 << 62, 0) is None


def test_one_signs_in_with_a_browser_and_out(hub: WholeHub, provider: IdentityProvider) -> None:
    assert RemoteHub(hub.url).provider().name == "127.0.0.1"
    visit = by_browser(hub, "ada")
    assert visit.name == "Ada" and visit.sites() == ()
    visit.close()
    with pytest.raises(EnvironmentFault):
        visit.sites()


def test_one_signs_in_with_another_device(hub: WholeHub) -> None:
    person = Person("ada")
    visit = RemoteHub(hub.url).sign_in_by_device(lambda url, code: person.confirm_device(url, code), NEVER)
    assert visit.name == "Ada" and visit.by_provider and visit.sites() == ()
    with pytest.raises(InputError, match="another device"):
        visit._sign_in_again("north", "")
    visit.close()


def test_who_is_in_no_group_is_told_so(hub: WholeHub) -> None:
    with pytest.raises(NotSignedIn, match="None of your groups"):
        by_browser(hub, "cleo")


def test_what_the_provider_refuses_is_told() -> None:
    with pytest.raises(NotSignedIn, match="access_denied"), BrowserRedirect() as redirect, ThreadPoolExecutor(1) as browser:
        browser.submit(httpx.get, f"http://127.0.0.1:{redirect.port}/signed-in?state=mine&error=access_denied")
        redirect.wait("mine", 20, NEVER)


def test_only_the_answer_to_this_sign_in_is_taken_from_a_browser() -> None:
    with BrowserRedirect() as redirect, ThreadPoolExecutor(1) as console:
        waited = console.submit(redirect.wait, "mine", 20, NEVER)
        at = f"http://127.0.0.1:{redirect.port}"
        for path in (
            "/",
            "/signed-in",
            "/signed-in?code=a",
            "/signed-in?code=a&state=",
            "/signed-in?code=a&state=another",
            "/x?code=a&state=mine",
        ):
            assert httpx.get(at + path).status_code == 404
        assert not waited.done()
        answer = httpx.get(f"{at}/signed-in?code=good&state=mine&iss=https%3A%2F%2Flogin.example.org")
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
        brought = waited.result()
        assert (brought.code, brought.issuer) == ("good", "https://login.example.org")


def test_signing_in_is_cancelled(hub: WholeHub) -> None:
    stopped = threading.Event()
    with pytest.raises(SignInStopped):
        RemoteHub(hub.url).sign_in_by_browser(lambda _: stopped.set(), stopped)
    with pytest.raises(SignInStopped):
        RemoteHub(hub.url).sign_in_by_device(lambda _, __: stopped.set(), stopped)


def test_a_code_is_good_for_nobody_who_did_not_begin(hub: WholeHub) -> None:
    begun = httpx.post(f"{hub.url}/api/v1/session/browser", json={"port": 5000}).raise_for_status().json()
    shown = {"flow": "made up", "code": "any", "state": begun["state"]}
    assert httpx.post(f"{hub.url}/api/v1/session/browser/code", json=shown).status_code == 401
    for body in ({"port": 80}, {"port": 70_000}, {"port": "x"}, {}):
        assert httpx.post(f"{hub.url}/api/v1/session/browser", json=body).status_code == 422 or body == {}


def test_who_leaves_the_group_is_out_while_local_accounts_go_on(hub: WholeHub, provider: IdentityProvider, record: SharedRecord) -> None:
    visit, ben = by_browser(hub, "ada"), RemoteHub(hub.url).sign_in("Ben", PASSWORD)
    assert hub.door.oidc is not None
    make_due(record)
    hub.door.oidc.check_due()
    visit.sites()
    provider.put_people(ada=["staff"])
    make_due(record)
    hub.door.oidc.check_due()
    until(lambda: is_out(visit), "the hub has forgotten what it remembered of the session")
    ben.sites()
    ben.close()
    visit.close()


def test_a_hub_asks_again_by_itself(
    hub: WholeHub, provider: IdentityProvider, record: SharedRecord, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checks, "LOOK_S", 0.05)
    assert hub.door.oidc is not None
    running = checks.OidcChecks(hub.door.oidc)
    with closing(by_browser(hub, "ada")) as visit:
        provider.kill()
        running.start()
        try:
            make_due(record)
            until(lambda: "cannot be reached" in caplog.text, "the log says that it is away")
            provider.start()
            assert "answers again" not in caplog.text
            make_due(record)
            until(lambda: is_out(visit), "it knows nothing of what it gave before")
            until(lambda: "answers again" in caplog.text, "the log says so")
            assert caplog.text.count("cannot be reached") == 1
        finally:
            running.stop()


def test_a_provider_that_stops_changes_nothing_for_a_while(hub: WholeHub, provider: IdentityProvider, record: SharedRecord) -> None:
    visit = by_browser(hub, "ada")
    assert hub.door.oidc is not None
    provider.kill()
    try:
        make_due(record)
        with pytest.raises(EnvironmentFault, match="cannot be reached"):
            hub.door.oidc.check_due()
        visit.sites()
        RemoteHub(hub.url).sign_in("Ben", PASSWORD).close()
    finally:
        provider.start()  # which remembers nothing: what it gave is good no longer
    make_due(record)
    hub.door.oidc.check_due()
    until(lambda: is_out(visit), "it says so now")
    visit.close()


def test_a_hub_without_a_provider_says_so(tmp_path: Path, record: SharedRecord) -> None:
    with whole_hub(tmp_path / "own", record) as plain:
        assert RemoteHub(plain.url).provider().name == ""
        with pytest.raises(NotFound, match="no identity provider"):
            RemoteHub(plain.url).sign_in_by_browser(lambda _: None, NEVER)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, hub: WholeHub) -> Iterator[Path]:
    """Its folder; `north` at the hub, which lets people of the hub be investigators."""
    folder = tmp_path_factory.mktemp("site")
    small_site(folder)
    engine = EngineProcess(folder)
    try:
        set_up_at_hub(folder, engine, hub, "root", PASSWORD, Role.INVESTIGATOR)
        yield folder
    finally:
        engine.stop()


def asks(port: RemotePort) -> str:
    """Their role at the site now; empty: no way leads there."""
    try:
        return str(port._caller.json("GET", "/api/v1/session")["role"])
    except (EnvironmentFault, NotSignedIn):
        return ""


def test_at_a_site_they_are_who_the_provider_says(
    hub: WholeHub, provider: IdentityProvider, record: SharedRecord, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LOOK_S", 0.2)
    assert hub.door.oidc is not None
    with closing(by_browser(hub, "ada")) as visit, closing(enter_site(visit)) as port:
        user, ends_ns = port.session.user, port.session.expires_ns or 0
        assert (user.id, user.name, user.role) == (f"{VOUCHED}{user_id(provider.issuer, 'ada')}", "Ada", Role.OPERATOR)
        assert 0 < ends_ns - SystemClock().now_ns() <= LASTS_NS, "no longer than at the hub"
        with closing(open_beside(DataFolder(site), SystemClock())) as store:
            until(
                lambda: ("Ada", user.id, AuditVerb.SIGN_IN) in {(row.by, row.by_id, row.verb) for row in store.audit()},
                "the audit names them",
            )

        provider.put_people(ada=["investigators"])
        make_due(record)
        hub.door.oidc.check_due()
        until(lambda: asks(port) == Role.INVESTIGATOR, "the site is told while they are there")

        provider.put_people()
        make_due(record)
        hub.door.oidc.check_due()
        until(lambda: asks(port) == "", "the way to the site ends")


def test_a_locked_console_is_opened_by_who_is_signed_in_there(
    hub: WholeHub, provider: IdentityProvider, record: SharedRecord, site: Path
) -> None:
    provider.put_people(ada=["operators"], dora=["operators"])
    people = iter(("ada", "dora", "ada"))
    with ThreadPoolExecutor(1) as browser:
        visit = RemoteHub(hub.url).sign_in_by_browser(lambda url: browser.submit(Person(next(people)).sign_in, url), NEVER)
        with closing(visit), closing(enter_site(visit)) as port:
            with pytest.raises(InputError, match="Dora has signed in"):
                port.confirm("")
            first = port._token
            port.confirm("")
            assert port._token != first and port.session.user.name == "Ada" and port.snapshot().settings.cameras
    until(lambda: none_left(hub, record), "none of the four sessions is left at the hub")

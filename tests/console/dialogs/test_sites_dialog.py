"""Sites are added, trusted, signed in to and left; each with its own password, sent to nobody else."""

import threading
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.organisation import OrganisationSignIn
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import FramedDialog
from console.dialogs.sites import edit_site as edit_site_module
from console.dialogs.sites import sites as sites_module
from console.dialogs.sites.certificate import CertificateDialog
from console.dialogs.sites.edit_site import EditSiteDialog
from console.dialogs.sites.sites import SitesDialog
from console.dialogs.sites.templates import TemplatesDialog
from console.sites.sessions import SiteSessions
from console.sites.site_book import KnownSite, SiteBook
from console.sites.site_trust import Reception, SiteLook, trust_in
from engine.gateway.remote.browser_redirect import SignInStopped
from engine.gateway.remote.hub import HubSite, ProviderAtHub
from engine.gateway.remote.pinning import SeenCertificate, describe
from engine.model.accounts.access import Verb
from engine.model.errors import EnvironmentFault, NotSignedIn, WatchroomError
from engine.model.port import EnginePort
from tests.console.dialogs.conftest import Show
from tests.fakes.certificates import write_certificate
from tests.fakes.copy_at_hub import CopyAtHub
from tests.fakes.engine import FakeDoor, FakeEngine
from tests.fakes.templates_at_hub import TemplatesAtHub

D = TypeVar("D", bound=FramedDialog)


class Network:
    """Which site shows which certificate, and lets whom in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.shown: dict[str, SeenCertificate | None] = {}
        self.engines: dict[str, FakeEngine] = {}
        self.hubs: dict[str, FakeHub] = {}
        self.passwords: list[tuple[str, str]] = []  # address, password
        self.looks = 0

    def add(self, address: str, *, plain: bool = False) -> FakeEngine:
        self.engines[address] = FakeEngine()
        self.shown[address] = None if plain else self.certificate()
        return self.engines[address]

    def certificate(self) -> SeenCertificate:
        self.looks += 1
        text = write_certificate(self._folder / f"{self.looks}.pem", "site.example").read_text("ascii")
        return describe(text[text.index("-----BEGIN CERTIFICATE") :])

    def add_hub(self, address: str, *sites: str) -> "FakeHub":
        self.shown[address] = None
        self.hubs[address] = FakeHub({name.lower(): (name, FakeEngine()) for name in sites})
        return self.hubs[address]

    def look_at(self, site: KnownSite) -> SiteLook:
        if site.address not in self.shown:
            raise EnvironmentFault("unreachable", f"The engine at {site.address} cannot be reached (ConnectError). Check that it runs.")
        seen = self.shown[site.address]
        return SiteLook(trust_in(site.certificate, seen), seen)

    def reception_of(self, site: KnownSite) -> Reception:
        hub = self.hubs.get(site.address)
        return Reception(hub is not None, ProviderAtHub() if hub is None else hub.provider)

    def door_of(self, site: KnownSite) -> FakeDoor:
        door = FakeDoor(self.engines[site.address])
        enter = door.sign_in

        def sign_in(name: str, password: str) -> object:
            self.passwords.append((site.address, password))
            return enter(name, password)

        door.sign_in = sign_in  # type: ignore[method-assign, assignment]
        return door


class FakeHub:
    """Of several engines, by their keys there."""

    def __init__(self, sites: dict[str, tuple[str, FakeEngine]]) -> None:
        self.engines = sites
        self.away: set[str] = set()
        self.open = 0
        self.provider = ProviderAtHub()
        self.verbs = frozenset[Verb]()
        self.lets_in = threading.Event()  # whom the provider knows
        self.refusal: WatchroomError | None = None
        self.opened: list[str] = []

    def sign_in(self, name: str, password: str) -> "FakeVisit":
        if password != "correct horse":
            raise NotSignedIn("The name or the password is wrong.")
        self.open += 1
        return FakeVisit(self, name)

    def sign_in_by_browser(self, open_browser: Callable[[str], object], stopping: threading.Event) -> "FakeVisit":
        open_browser("https://login.example.org/authorize")
        return self._by_provider(stopping)

    def sign_in_by_device(self, show: Callable[[str, str], object], stopping: threading.Event) -> "FakeVisit":
        show("https://login.example.org/activate", "ABCD-EFGH")
        return self._by_provider(stopping)

    def _by_provider(self, stopping: threading.Event) -> "FakeVisit":
        while not self.lets_in.wait(0.01):
            if stopping.is_set():
                raise SignInStopped
        if self.refusal is not None:
            raise self.refusal
        self.open += 1
        return FakeVisit(self, "Ada Berg", by_provider=True)


class FakeVisit:
    def __init__(self, hub: FakeHub, name: str, by_provider: bool = False) -> None:
        self.name, self._hub, self.by_provider = name, hub, by_provider
        self.verbs, self.templates = hub.verbs, TemplatesAtHub()

    def sites(self) -> tuple[HubSite, ...]:
        return tuple(HubSite(key, name) for key, (name, _) in self._hub.engines.items())

    def enter(self, key: str) -> EnginePort:
        if key in self._hub.away:
            raise EnvironmentFault("unreachable", "This site does not answer the hub now.")
        return self._hub.engines[key][1].port()

    def copy_of(self, key: str) -> CopyAtHub:
        return CopyAtHub(self._hub.engines[key][1])

    def close(self) -> None:
        self._hub.open -= 1


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    made = Network(tmp_path)
    for module in (sites_module, edit_site_module):
        monkeypatch.setattr(module, "look_at", made.look_at)
    monkeypatch.setattr(sites_module, "door_of", made.door_of)
    monkeypatch.setattr(sites_module, "hub_of", lambda site: made.hubs[site.address])
    monkeypatch.setattr(sites_module, "reception_of", made.reception_of)
    return made


@pytest.fixture
def book(tmp_path: Path) -> SiteBook:
    return SiteBook(tmp_path)


@pytest.fixture
def sessions(qapp: QApplication) -> Iterator[SiteSessions]:
    made = SiteSessions()
    yield made
    made.close()


@pytest.fixture
def dialog(book: SiteBook, sessions: SiteSessions, show: Show) -> SitesDialog:
    shown = show(SitesDialog(book, sessions))
    assert isinstance(shown, SitesDialog)
    return shown


def opened(dialog: FramedDialog, kind: type[D], qtbot: QtBot) -> D:
    qtbot.waitUntil(lambda: any(child.isVisible() for child in dialog.findChildren(kind)))
    return next(child for child in dialog.findChildren(kind) if child.isVisible())


def add(dialog: SitesDialog, name: str, address: str, qtbot: QtBot) -> EditSiteDialog:
    dialog.add.click()
    edit = opened(dialog, EditSiteDialog, qtbot)
    edit.fields.field("name").edit().setText(name)
    edit.fields.field("address").edit().setText(address)
    edit.button.click()
    return edit


def sign_in(dialog: SitesDialog, password: str, qtbot: QtBot) -> SignInDialog:
    entry = opened(dialog, SignInDialog, qtbot)
    entry.fields.field("name").edit().setText("ada")
    entry.fields.field("password").edit().setText(password)
    entry.button.click()
    return entry


def state_of(dialog: SitesDialog, site: KnownSite) -> str:
    return next(told[3] for told in dialog.rows._shown or () if told[0] == site.key)


def test_a_new_site_is_trusted_and_signed_in_to(
    dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, network: Network, qtbot: QtBot
):
    network.add("https://north:8740")
    edit = add(dialog, "North", "https://north:8740/", qtbot)
    asked = opened(edit, CertificateDialog, qtbot)
    seen = network.shown["https://north:8740"]
    assert seen is not None and asked.fingerprint.text().replace("\n", ":") == seen.fingerprint
    assert asked.keep.isDefault() and network.passwords == [] and book.sites == ()
    asked.trust.click()
    assert not dialog.open_button.isEnabled()
    sign_in(dialog, "correct horse", qtbot)
    qtbot.waitUntil(lambda: bool(sessions.ports))
    (north,) = book.sites
    assert (north.certificate, north.user) == (seen.pem, "ada") and sessions.port(north) is not None
    assert "Signed in as ada" in state_of(dialog, north) and dialog.open_button.isEnabled()
    with qtbot.waitSignal(dialog.opened):
        dialog.open_button.click()


def test_a_certificate_that_is_not_trusted_adds_no_site(dialog: SitesDialog, book: SiteBook, network: Network, qtbot: QtBot):
    network.add("https://north:8740")
    edit = add(dialog, "North", "https://north:8740", qtbot)
    opened(edit, CertificateDialog, qtbot).keep.click()
    assert book.sites == () and edit.isVisible() and edit.button.isEnabled()
    edit.reject()


def test_each_password_goes_to_its_own_site(dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, network: Network, qtbot: QtBot):
    for name in ("north", "south"):
        network.add(f"http://{name}:8740", plain=True)
        add(dialog, name, f"http://{name}:8740", qtbot)
        sign_in(dialog, "correct horse", qtbot)
        qtbot.waitUntil(lambda: all(sessions.port(site) is not None for site in book.sites))
    assert network.passwords == [("http://north:8740", "correct horse"), ("http://south:8740", "correct horse")]
    north, south = book.sites
    port = sessions.port(north)
    dialog.rows.buttons[north.key]["log-out"].click()
    assert port is not None and port.closed and state_of(dialog, north) == "Not signed in"  # type: ignore[attr-defined]
    assert sessions.port(south) is not None


def test_a_certificate_that_changed_is_refused_with_a_way_out(
    dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, network: Network, qtbot: QtBot
):
    network.add("https://north:8740")
    first = network.shown["https://north:8740"]
    assert first is not None
    north = book.add("North", "https://north:8740", first.pem)
    dialog._show_sites()
    later = network.shown["https://north:8740"] = network.certificate()
    dialog.rows.buttons[north.key]["lock-open"].click()
    asked = opened(dialog, CertificateDialog, qtbot)
    assert "has changed" in asked.heading.text()
    asked.keep.click()
    qtbot.waitUntil(lambda: "changed" in state_of(dialog, north))
    assert network.passwords == [] and book.sites[0].certificate == first.pem and sessions.ports == {}
    dialog.rows.buttons[north.key]["lock-open"].click()
    opened(dialog, CertificateDialog, qtbot).trust.click()
    sign_in(dialog, "correct horse", qtbot)
    qtbot.waitUntil(lambda: bool(sessions.ports))
    assert book.sites[0].certificate == later.pem


def test_a_site_that_does_not_answer_is_told_in_its_row(dialog: SitesDialog, book: SiteBook, network: Network, qtbot: QtBot):
    north = book.add("North", "https://north:8740")
    dialog._show_sites()
    dialog.rows.buttons[north.key]["lock-open"].click()
    qtbot.waitUntil(lambda: "cannot be reached" in state_of(dialog, north))


def test_what_cannot_be_added_is_said_at_its_field(dialog: SitesDialog, book: SiteBook, network: Network, qtbot: QtBot):
    network.add("http://127.0.0.1:1", plain=True)
    book.add("North", "https://north:8740")
    edit = add(dialog, "North", "http://127.0.0.1:1", qtbot)
    qtbot.waitUntil(lambda: "another site" in edit.fields.field("name").message())
    edit.fields.field("name").edit().setText("South")
    edit.fields.field("address").edit().setText("ftp://north")
    edit.button.click()
    assert "https://host:8740" in edit.fields.field("address").message()
    edit.fields.field("address").edit().setText("http://10.0.0.2:8740")
    assert edit.plain.isVisibleTo(edit)
    edit.fields.field("address").edit().setText("https://nowhere:1")
    edit.button.click()
    qtbot.waitUntil(lambda: "cannot be reached" in edit.trouble.text())
    edit.reject()
    assert [site.name for site in book.sites] == ["North"]


def test_another_name_is_saved_at_once_and_another_address_ends_the_session(
    dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, network: Network, qtbot: QtBot
):
    engine = network.add("http://localhost:1", plain=True)
    network.add("http://localhost:2", plain=True)
    north = book.add("North", "http://localhost:1")
    sessions.keep(north, engine.port())
    for field, text in (("name", "North gate"), ("address", "http://localhost:2")):
        dialog.rows.buttons[north.key]["pencil"].click()
        edit = opened(dialog, EditSiteDialog, qtbot)
        edit.fields.field(field).edit().setText(text)
        edit.button.click()
        qtbot.waitUntil(lambda: getattr(book.sites[0], field) == text)  # noqa: B023  # waited for here
        assert bool(sessions.ports) is (field == "name")


def test_a_site_is_removed_after_a_question(dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, network: Network, qtbot: QtBot):
    engine = network.add("http://localhost:1", plain=True)
    north = book.add("North", "http://localhost:1")
    sessions.keep(north, engine.port())
    dialog.rows.buttons[north.key]["trash-2"].click()
    opened(dialog, ConfirmDialog, qtbot).go.click()
    assert book.sites == () and sessions.ports == {}


def test_a_wrong_password_is_said_and_nothing_is_kept(
    dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, network: Network, qtbot: QtBot
):
    network.add("http://localhost:1", plain=True)
    book.add("North", "http://localhost:1")
    dialog._show_sites()
    dialog.sign_in(book.sites[0])
    entry = sign_in(dialog, "wrong", qtbot)
    qtbot.waitUntil(lambda: "wrong" in entry.trouble.text())
    entry.reject()
    assert sessions.ports == {} and book.sites[0].user == ""


def site_named(book: SiteBook, name: str) -> KnownSite:
    return next(site for site in book.sites if site.name == name)


def test_administrators_of_a_hub_set_rules_and_settings_there(dialog: SitesDialog, book: SiteBook, network: Network, qtbot: QtBot) -> None:
    hub = network.add_hub("http://hub:8750", "North")
    hub.verbs = frozenset({Verb.ADMINISTER})
    add(dialog, "Head office", "http://hub:8750", qtbot)
    sign_in(dialog, "correct horse", qtbot)
    qtbot.waitUntil(lambda: len(book.sites) == 2)
    head = site_named(book, "Head office")
    dialog.rows.buttons[head.key]["settings"].click()
    (templates,) = dialog.findChildren(TemplatesDialog)
    qtbot.waitUntil(templates.try_button.isEnabled)
    assert dict(templates.names) == {"north": "North"}
    templates.close()


def test_one_sign_in_at_a_hub_is_one_at_its_sites(
    dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, network: Network, qtbot: QtBot
):
    hub = network.add_hub("http://hub:8750", "North", "South")
    hub.away.add("south")
    add(dialog, "Head office", "http://hub:8750", qtbot)
    sign_in(dialog, "correct horse", qtbot)
    qtbot.waitUntil(lambda: len(sessions.ports) == 1 and len(book.sites) == 3)
    head, north, south = (site_named(book, name) for name in ("Head office", "North", "South"))
    qtbot.waitUntil(lambda: "does not answer the hub" in state_of(dialog, south))
    assert (head.is_hub, head.user, north.key, north.hub) == (True, "ada", "north", head.key)
    assert state_of(dialog, head) == "Signed in as ada" and "Signed in as" in state_of(dialog, north)
    assert "settings" not in dialog.rows.buttons[head.key], "for its administrators alone"
    assert list(dialog.rows.buttons[north.key]) == ["log-out"] and dialog.open_button.isEnabled()
    hub.away.clear()
    sessions.hubs._look()
    qtbot.waitUntil(lambda: len(sessions.ports) == 2)
    dialog.rows.buttons[north.key]["log-out"].click()
    sessions.hubs._look()
    qtbot.wait(50)
    assert list(sessions.ports) == ["south"], "whom the user signed out of stays out"
    dialog.rows.buttons[north.key]["lock-open"].click()
    qtbot.waitUntil(lambda: len(sessions.ports) == 2)
    dialog.rows.buttons[head.key]["log-out"].click()
    qtbot.waitUntil(lambda: hub.open == 0)
    assert sessions.ports == {} and len(book.sites) == 3


def test_a_site_that_left_the_hub_leaves_the_console(
    dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, network: Network, qtbot: QtBot
):
    hub = network.add_hub("http://hub:8750", "North", "South")
    add(dialog, "Head office", "http://hub:8750", qtbot)
    sign_in(dialog, "correct horse", qtbot)
    qtbot.waitUntil(lambda: len(sessions.ports) == 2)
    del hub.engines["south"]
    hub.engines["west"] = ("West", FakeEngine())
    sessions.hubs._look()
    qtbot.waitUntil(lambda: set(sessions.ports) == {"north", "west"})
    assert {site.name for site in book.sites} == {"Head office", "North", "West"}
    dialog.rows.buttons[site_named(book, "Head office").key]["trash-2"].click()
    opened(dialog, ConfirmDialog, qtbot).go.click()
    qtbot.waitUntil(lambda: hub.open == 0)
    assert book.sites == () and sessions.ports == {}


def test_an_account_that_is_out_at_the_hub_is_out_everywhere(
    dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, network: Network, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    network.add_hub("http://hub:8750", "North")
    add(dialog, "Head office", "http://hub:8750", qtbot)
    sign_in(dialog, "correct horse", qtbot)
    qtbot.waitUntil(lambda: len(sessions.ports) == 1)

    def out(_: FakeVisit) -> tuple[HubSite, ...]:
        raise NotSignedIn("Sign in again.")

    monkeypatch.setattr(FakeVisit, "sites", out)
    sessions.hubs._look()
    qtbot.waitUntil(lambda: sessions.ports == {})
    assert "Sign in again" in state_of(dialog, site_named(book, "Head office"))
    dialog.rows.buttons["north"]["lock-open"].click()
    entry = opened(dialog, SignInDialog, qtbot)
    assert entry.fields.field("name").value() == "ada", "the hub's own sign-in"
    entry.reject()


@pytest.fixture
def organisation(network: Network, monkeypatch: pytest.MonkeyPatch) -> "FakeHub":
    """A hub whose people an identity provider knows."""
    hub = network.add_hub("http://hub:8750", "North")
    hub.provider = ProviderAtHub("login.example.org")
    monkeypatch.setattr(webbrowser, "open", lambda url: hub.opened.append(url) or True)
    return hub


def by_organisation(entry: SignInDialog) -> OrganisationSignIn:
    assert entry.organisation is not None
    return entry.organisation


def test_one_signs_in_with_an_organisation(
    dialog: SitesDialog, book: SiteBook, sessions: SiteSessions, organisation: FakeHub, qtbot: QtBot
):
    add(dialog, "Head office", "http://hub:8750", qtbot)
    entry = opened(dialog, SignInDialog, qtbot)
    by_organisation(entry).browser.click()
    qtbot.waitUntil(lambda: bool(organisation.opened))
    assert organisation.opened == ["https://login.example.org/authorize"]
    assert not entry.button.isEnabled() and "Continue in the browser" in by_organisation(entry).told.text()
    organisation.lets_in.set()
    qtbot.waitUntil(lambda: len(sessions.ports) == 1)
    assert state_of(dialog, site_named(book, "Head office")) == "Signed in as Ada Berg"


def test_another_device_is_told_what_to_open(dialog: SitesDialog, sessions: SiteSessions, organisation: FakeHub, qtbot: QtBot):
    add(dialog, "Head office", "http://hub:8750", qtbot)
    shown = by_organisation(opened(dialog, SignInDialog, qtbot))
    shown.device.click()
    qtbot.waitUntil(shown.code.isVisible)
    assert shown.code.text() == "ABCD-EFGH" and "https://login.example.org/activate" in shown.told.text()
    organisation.lets_in.set()
    qtbot.waitUntil(lambda: len(sessions.ports) == 1)


def test_a_hub_for_browsers_only_offers_no_other_device(dialog: SitesDialog, organisation: FakeHub, qtbot: QtBot):
    organisation.provider = ProviderAtHub("login.example.org", device_codes=False)
    add(dialog, "Head office", "http://hub:8750", qtbot)
    entry = opened(dialog, SignInDialog, qtbot)
    shown = by_organisation(entry)
    assert shown.browser.isVisible() and not shown.device.isVisible()
    entry.reject()


def test_waiting_ends_by_a_button_by_a_refusal_and_with_the_dialog(
    dialog: SitesDialog, sessions: SiteSessions, organisation: FakeHub, qtbot: QtBot
):
    add(dialog, "Head office", "http://hub:8750", qtbot)
    entry = opened(dialog, SignInDialog, qtbot)
    shown = by_organisation(entry)
    shown.browser.click()
    qtbot.waitUntil(lambda: bool(organisation.opened))
    shown.stop.click()
    assert entry.button.isEnabled() and not shown.stop.isVisible() and entry.trouble.text() == ""
    organisation.refusal = NotSignedIn("None of your groups at the identity provider may use this hub. Ask the hub's administrator.")
    organisation.lets_in.set()
    shown.device.click()
    qtbot.waitUntil(lambda: "None of your groups" in entry.trouble.text())
    organisation.lets_in.clear()
    shown.browser.click()
    entry.reject()
    assert sessions.ports == {} and organisation.open == 0


def test_a_computer_without_a_browser_says_so(dialog: SitesDialog, organisation: FakeHub, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    add(dialog, "Head office", "http://hub:8750", qtbot)
    entry = opened(dialog, SignInDialog, qtbot)
    by_organisation(entry).browser.click()
    qtbot.waitUntil(lambda: "another device" in entry.trouble.text())
    entry.reject()


def test_who_has_no_organisation_is_not_offered_one(dialog: SitesDialog, network: Network, qtbot: QtBot):
    network.add_hub("http://hub:8750", "North")
    add(dialog, "Head office", "http://hub:8750", qtbot)
    entry = opened(dialog, SignInDialog, qtbot)
    assert entry.organisation is None
    entry.reject()


def test_a_site_that_was_cut_off_for_long_is_entered_again(
    dialog: SitesDialog, sessions: SiteSessions, organisation: FakeHub, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    """Its session ended, as nobody could carry it on; the one at the hub did not."""
    organisation.lets_in.set()
    add(dialog, "Head office", "http://hub:8750", qtbot)
    by_organisation(opened(dialog, SignInDialog, qtbot)).browser.click()
    qtbot.waitUntil(lambda: len(sessions.ports) == 1)
    (before,) = sessions.ports.values()

    def ended() -> None:
        raise NotSignedIn("The session has ended. Sign in again.")

    monkeypatch.setattr(before, "snapshot", ended)
    sessions.hubs._look()
    qtbot.waitUntil(lambda: len(sessions.ports) == 1 and before not in sessions.ports.values())
    (after,) = sessions.ports.values()
    sessions.hubs._look()
    qtbot.wait(50)
    assert list(sessions.ports.values()) == [after], "one that holds stays"

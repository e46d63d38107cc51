"""The bridge over several sites: cameras of the same name or number are told apart, people of the same name, too; and what concerns one
site asks which."""

from collections import Counter
from collections.abc import Callable, Mapping
from collections.abc import Sequence as Several
from dataclasses import replace
from functools import partial
from typing import TypeVar, TypeVarTuple, cast

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.courier import OnError
from console.sites.named_people import NamedPeople
from console.sites.site_bridges import SiteBridges
from console.sites.site_parts import at_site, key_of
from engine.gateway.federation.ids import site_key, split
from engine.gateway.federation.port import FederatedPort
from engine.gateway.federation.rewriting import unchecked_copy
from engine.gateway.federation.routing import keys_in
from engine.model.accounts.access import Verb
from engine.model.accounts.handover import WriteHandover
from engine.model.accounts.user_ref import SeveralAccounts, UserRef
from engine.model.alerts.commands import SetSiteMode
from engine.model.cameras.segment import LockEvidence
from engine.model.command import Command, PutCamera, TestCamera
from engine.model.command_terms import NO_TERMS, CommandTerms
from engine.model.errors import InputError, WatchroomError
from engine.model.history.chat import ForgetChat
from engine.model.people.commands import PutPerson, RenamePerson, UnmaskFaces
from engine.model.question_type import Question
from engine.model.settings import HIGHEST_NUMBER, CameraSettings, Settings
from engine.model.sites import SiteReach, SiteState
from engine.model.snapshot import CameraView, Snapshot
from engine.model.value_class import dataclass

T = TypeVar("T")
A = TypeVarTuple("A")
_SPAN, _WIDE_SPAN = 100, 1_000
"""Numbers of cameras: those of the second site begin above the first, of the third above twice that. The wide one where a site has more."""
TO_ALL = (WriteHandover, SetSiteMode, UnmaskFaces, LockEvidence, ForgetChat)
"""Commands that make sense at all sites at once."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteWish:
    """What has to know its site. `choose` gets the keys of those that are meant, `give_up` drops it. last: key of the one before."""

    sites: tuple[SiteState, ...]
    several: bool
    choose: Callable[[tuple[str, ...]], None]
    give_up: Callable[[], None]
    last: str = ""


class _OwnAccounts(SeveralAccounts):
    """Of who is signed in, as they are now."""

    def __init__(self, port: FederatedPort) -> None:
        self._port = port

    @property
    def id(self) -> str:
        return self._port.session.user.id

    @property
    def name(self) -> str:
        return self._port.session.user.name

    @property
    def accounts(self) -> tuple[UserRef, ...]:
        return tuple(site.user for site in self._port.snapshot().sites if site.user is not None)


def _with_settings(view: CameraView, settings: CameraSettings) -> CameraView:
    return view if view.settings is settings else replace(view, settings=settings)


class SitesBridge(EngineBridge):
    """Signals: site_wanted(SiteWish): a command or a dialog waits for it. shown_changed(): other sites are shown from now on."""

    site_wanted = Signal(object)
    shown_changed = Signal()

    def __init__(self, port: FederatedPort, parent: QObject | None = None) -> None:
        super().__init__(port, parent)
        self._sites = port
        self._named: dict[str, tuple[CameraSettings, CameraSettings]] = {}  # by id: as the site has it, and as it is shown otherwise
        self._settings: tuple[Settings | None, dict[str, str], Settings] = (None, {}, Settings())  # of all sites, their names, as shown
        self._begins: dict[str, int] = {}  # by key of the site: what is added to its cameras' numbers
        self._views: dict[str, tuple[CameraView, CameraView]] = {}  # by id, as `_named`
        self._people = NamedPeople()
        self._user = _OwnAccounts(port)
        self.single = SiteBridges(port, self)
        self.last_asked = ""  # key of the site that was chosen last
        self.wanted: tuple[str, ...] | None = None

    @property
    def user(self) -> UserRef:
        return self._user

    @property
    def sites(self) -> tuple[SiteState, ...]:
        """Those that are shown."""
        return tuple(site for site in self._sites.snapshot().sites if site.shown)

    def waits_at_hub(self, ids: Several[str]) -> bool:
        return any(self._sites.waits_at_hub(id_) for id_ in ids)

    def key_of(self, id_: str) -> str:
        found = split(id_)
        return "" if found is None else found[0]

    def ask_at(
        self,
        key: str,
        question: Question[T],
        on_answer: Callable[[*A, T], None],
        on_error: OnError,
        *about: *A,
        owner: QObject | None = None,
    ) -> None:
        self.fetch(partial(self._sites.ask_at, key, question), on_answer, on_error, *about, owner=owner)

    def site_of(self, id_: str) -> str:
        found, sites = split(id_), self.sites
        name = next((site.name for site in self._sites.snapshot().sites if found is not None and site.key == found[0]), "")
        return name if len(sites) > 1 else ""

    def with_sites(self, names: Mapping[str, str]) -> dict[str, str]:
        sites = {site.key: site.name for site in self.sites}
        if len(sites) <= 1:
            return dict(names)
        endings = {id_: f" ({sites[key]})" for id_ in names if (key := site_key(id_)) in sites}
        return {id_: f"{name.removesuffix(endings.get(id_, ''))}{endings.get(id_, '')}" for id_, name in names.items()}

    def show_sites(self, keys: tuple[str, ...] | None) -> None:
        """Only these, also in what is asked from now on; None: all."""
        if keys != self.wanted:
            self.wanted = keys
            self._sites.show(keys)
            self._drain()
            self.shown_changed.emit()

    # One site

    def at_one_site(self, use: Callable[[EngineBridge, *A], object], *about: *A, verb: Verb = Verb.SEE_LIVE) -> None:
        key = key_of(about, [site.key for site in self._sites.snapshot().sites])
        if key:
            self._use_at(key, use, about)
            return

        def choose(keys: tuple[str, ...]) -> None:
            self._use_at(keys[0], use, about)

        self._ask_site(self._sites_to_ask(verb), False, choose, _nothing)

    def _use_at(self, key: str, use: Callable[[EngineBridge, *A], object], about: tuple[*A]) -> None:
        bridge = self.single.bridge(key)
        if bridge is not None:
            use(bridge, *cast("tuple[*A]", at_site(about, key)))

    def _sites_to_ask(self, verb: Verb) -> tuple[SiteState, ...]:
        return tuple(site for site in self.sites if site.reach is SiteReach.ONLINE and verb in site.verbs)

    def _ask_site(
        self, sites: tuple[SiteState, ...], several: bool, choose: Callable[[tuple[str, ...]], None], give_up: Callable[[], None]
    ) -> None:
        """Where it can be one only nobody is asked."""

        def keep_and_choose(keys: tuple[str, ...]) -> None:
            self.last_asked = keys[0] if len(keys) == 1 else self.last_asked
            choose(keys)

        if len(sites) == 1:
            choose((sites[0].key,))
        else:
            self.site_wanted.emit(SiteWish(sites, several, keep_and_choose, give_up, self.last_asked or self.single.key))

    # Names

    def _named_for_screen(self, snapshot: Snapshot) -> Snapshot:
        """A name that cameras, or people, of several sites have says its site, and no two cameras have one number. What is as before stays
        the same object, as pages compare by that."""
        sites = {site.key: site.name for site in snapshot.sites}
        settings = self._named_settings(snapshot, sites)
        persons = self._people.with_site_names(snapshot.people.persons, sites)
        if persons is not snapshot.people.persons:
            snapshot = replace(snapshot, people=replace(snapshot.people, persons=persons))
        if settings is snapshot.settings:
            return snapshot
        shown, before = {camera.id: camera for camera in settings.cameras}, self._views
        self._views = {}
        for view in snapshot.cameras:
            camera, known = shown.get(view.settings.id, view.settings), before.get(view.settings.id)
            same = known is not None and known[0] is view and known[1].settings is camera
            self._views[view.settings.id] = known if known is not None and same else (view, _with_settings(view, camera))
        return replace(snapshot, settings=settings, cameras=tuple(named for _, named in self._views.values()))

    def _named_settings(self, snapshot: Snapshot, sites: dict[str, str]) -> Settings:
        before, names, settings = self._settings
        if before is not snapshot.settings or names != sites:
            settings = self._with_sites(snapshot.settings, sites)
            self._settings = snapshot.settings, sites, settings
        return settings

    def _with_sites(self, settings: Settings, sites: dict[str, str]) -> Settings:
        used = Counter(camera.name for camera in settings.cameras)
        span = _SPAN if all(camera.number < _SPAN for camera in settings.cameras) else _WIDE_SPAN
        self._begins = {key: place * span for place, key in enumerate(sites)}
        shown = tuple(self._camera(camera, sites, used[camera.name] > 1) for camera in settings.cameras)
        pairs = zip(settings.cameras, shown, strict=True)
        self._named = {camera.id: (camera, named) for camera, named in pairs if named is not camera}
        return unchecked_copy(settings, cameras=shown) if self._named else settings

    def _camera(self, camera: CameraSettings, sites: dict[str, str], shared_name: bool) -> CameraSettings:
        found = split(camera.id)
        if found is None:
            return camera
        name = f"{camera.name} ({sites.get(found[0], found[0])})" if shared_name else camera.name
        number = camera.number and camera.number + self._begins.get(found[0], 0)
        number = number if number <= HIGHEST_NUMBER else 0
        if (name, number) == (camera.name, camera.number):
            return camera
        known = self._named.get(camera.id)
        same = known is not None and known[0] is camera and (known[1].name, known[1].number) == (name, number)
        return known[1] if known is not None and same else unchecked_copy(camera, name=name, number=number)

    def _as_the_site_has_it(self, command: Command, terms: CommandTerms) -> tuple[Command, CommandTerms]:
        if isinstance(command, PutPerson | RenamePerson):
            return self._people.own(command, terms)
        known = self._named.get(command.camera.id) if isinstance(command, PutCamera | TestCamera) else None
        if known is None:
            return command, terms
        assert isinstance(command, PutCamera | TestCamera)
        own = {"name": known[0].name, "number": known[0].number}
        shown = {"name": known[1].name, "number": known[1].number}
        basis = {} if terms.basis is None else dict(terms.basis)
        if "camera" in basis:
            camera = basis["camera"]
            unnamed = {field: own[field] for field in own if camera.get(field) == shown[field]}
            terms = replace(terms, basis={**basis, "camera": {**camera, **unnamed}})
        unnamed = {field: own[field] for field in own if getattr(command.camera, field) == shown[field]}
        return replace(command, camera=unchecked_copy(command.camera, **unnamed)) if unnamed else command, terms

    # Commands

    def command(
        self,
        command: Command,
        on_done: Callable[[*A, str], None],
        on_error: OnError,
        *about: *A,
        owner: QObject | None = None,
        terms: CommandTerms = NO_TERMS,
    ) -> None:
        """One that concerns one site and does not say which waits until that is chosen."""

        def on_refusal(error: WatchroomError) -> None:
            if isinstance(error, InputError) and error.field == "site" and not keys_in(command):
                self._ask_where(command, lambda id_: on_done(*about, id_), on_error, owner)
            else:
                on_error(error)

        sent, terms = self._as_the_site_has_it(command, terms)
        super().command(sent, on_done, on_refusal, *about, owner=owner, terms=terms)

    def _ask_where(self, command: Command, on_done: Callable[[str], None], on_error: OnError, owner: QObject | None) -> None:
        """Without what it was made from: that was seen of all sites together, and would conflict at each of them."""

        def choose(keys: tuple[str, ...]) -> None:
            self.fetch(partial(self._sites.command_at, keys, command), on_done, on_error, owner=owner)

        def give_up() -> None:
            on_error(InputError("", "Nothing was done: no site was chosen"))

        self._ask_site(self._sites_to_ask(command.verb), isinstance(command, TO_ALL), choose, give_up)

    def confirm(self, password: str, on_done: Callable[[], None], on_error: OnError, owner: QObject | None = None, site: str = "") -> None:
        """At that site only; without one where there is only one."""
        port = partial(self._sites.of, site) if site else lambda: self._sites
        self.fetch(lambda: port().confirm(password), lambda _: on_done(), on_error, owner=owner)

    def close(self) -> None:
        self.single.close()
        super().close()


def _nothing() -> None:
    """Nobody waits for the answer."""

"""The bridge over several sites: cameras of the same name are told apart, and what concerns one site asks which."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVarTuple

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.courier import OnError
from engine.gateway.federation.ids import split
from engine.gateway.federation.port import FederatedPort
from engine.gateway.federation.rewriting import unchecked_copy
from engine.model.accounts.handover import WriteHandover
from engine.model.alerts.commands import SetSiteMode
from engine.model.command import Command, PutCamera, TestCamera
from engine.model.command_terms import NO_TERMS, CommandTerms
from engine.model.errors import InputError, WatchroomError
from engine.model.settings import CameraSettings
from engine.model.sites import SiteReach, SiteState
from engine.model.snapshot import Snapshot
from engine.model.value_class import dataclass

A = TypeVarTuple("A")
TO_ALL = (WriteHandover, SetSiteMode)
"""Commands that make sense at all sites at once."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteWish:
    """A command that has to know its site. `choose` gets the keys of those that are meant, `give_up` drops it."""

    sites: tuple[SiteState, ...]
    several: bool
    choose: Callable[[tuple[str, ...]], None]
    give_up: Callable[[], None]


class SitesBridge(EngineBridge):
    """Signals: site_wanted(SiteWish): a command waits for it."""

    site_wanted = Signal(object)

    def __init__(self, port: FederatedPort, parent: QObject | None = None) -> None:
        super().__init__(port, parent)
        self._sites = port
        self._named: dict[str, tuple[CameraSettings, CameraSettings]] = {}  # by id: as the site has it, and as it is shown

    # Names

    def _named_for_screen(self, snapshot: Snapshot) -> Snapshot:
        """A name that cameras of several sites have says its site; it stays the same object while nothing is new."""
        sites = {site.key: site.name for site in snapshot.sites}
        used = Counter(camera.name for camera in snapshot.settings.cameras)
        own = {camera.id: self._camera(camera, sites, used) for camera in snapshot.settings.cameras}
        self._named = {id_: pair for id_, pair in self._named.items() if id_ in own}
        settings = unchecked_copy(snapshot.settings, cameras=tuple(own.values()))
        views = tuple(replace(view, settings=own.get(view.settings.id, view.settings)) for view in snapshot.cameras)
        return replace(snapshot, settings=settings, cameras=views)

    def _camera(self, camera: CameraSettings, sites: dict[str, str], used: Counter[str]) -> CameraSettings:
        found = split(camera.id)
        name = camera.name if used[camera.name] == 1 or found is None else f"{camera.name} ({sites.get(found[0], found[0])})"
        known = self._named.get(camera.id)
        if known is None or known[0] is not camera or known[1].name != name:
            known = self._named[camera.id] = (camera, camera if name == camera.name else unchecked_copy(camera, name=name))
        return known[1]

    def _as_the_site_has_it(self, command: Command, terms: CommandTerms) -> tuple[Command, CommandTerms]:
        known = self._named.get(command.camera.id) if isinstance(command, PutCamera | TestCamera) else None
        if known is None:
            return command, terms
        assert isinstance(command, PutCamera | TestCamera)
        own, shown = known[0].name, known[1].name
        basis = {} if terms.basis is None else dict(terms.basis)
        if basis.get("camera", {}).get("name") == shown:
            terms = replace(terms, basis={**basis, "camera": {**basis["camera"], "name": own}})
        if command.camera.name == shown:
            command = replace(command, camera=unchecked_copy(command.camera, name=own))
        return command, terms

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
            if isinstance(error, InputError) and error.field == "site":
                self._ask_where(command, lambda id_: on_done(*about, id_), on_error, owner)
            else:
                on_error(error)

        sent, terms = self._as_the_site_has_it(command, terms)
        super().command(sent, on_done, on_refusal, *about, owner=owner, terms=terms)

    def _ask_where(self, command: Command, on_done: Callable[[str], None], on_error: OnError, owner: QObject | None) -> None:
        sites = tuple(site for site in self._sites.snapshot().sites if site.reach is SiteReach.ONLINE)

        def choose(keys: tuple[str, ...]) -> None:
            self.fetch(partial(self._send_to, keys, command), on_done, on_error, owner=owner)

        def give_up() -> None:
            on_error(InputError("", "Nothing was done: no site was chosen"))

        self.site_wanted.emit(SiteWish(sites, isinstance(command, TO_ALL), choose, give_up))

    def _send_to(self, keys: tuple[str, ...], command: Command) -> str:
        """The outcome of the last. On a worker."""
        outcome = ""
        for key in keys:
            outcome = self._sites.of(key).command(command)
            self._sites.retry(key)
        return outcome

    def confirm(self, password: str, on_done: Callable[[], None], on_error: OnError, owner: QObject | None = None, site: str = "") -> None:
        """At that site only; without one where there is only one."""
        port = partial(self._sites.of, site) if site else lambda: self._sites
        self.fetch(lambda: port().confirm(password), lambda _: on_done(), on_error, owner=owner)

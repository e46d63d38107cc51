"""The sites of this console: added, signed in to, and opened together."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from console.bridge import EngineBridge
from console.courier import Courier
from console.dialogs.accounts.account_rows import AccountRow, AccountRows, Hand
from console.dialogs.accounts.organisation import OrganisationSignIn
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import FramedDialog, open_dialog
from console.dialogs.sites.certificate import CertificateDialog
from console.dialogs.sites.edit_site import EditSiteDialog
from console.sites.away import away_text
from console.sites.sessions import SiteSessions
from console.sites.site_book import KnownSite, SiteBook
from console.sites.site_trust import Reception, SiteLook, Trust, confirmed_of, door_of, hub_of, look_at, reception_of, to_confirm
from console.words import error_text
from engine.gateway.remote.hub import HubVisit
from engine.model.accounts.access import Verb
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.port import EnginePort
from engine.model.sites import SiteReach, SiteState
from engine.model.snapshot import Snapshot
from widgets.icons import icon
from widgets.number_text import number_text
from widgets.signals import on
from widgets.translation import tr

_FILE_KIND = "JSON (*.json)"
_CLOCK_S = 2.0  # a difference that is said


class SitesDialog(FramedDialog):
    """Signals: opened(): the console is wanted, over the sites that somebody is signed in to. Never where `in_window`."""

    opened = Signal()

    def __init__(
        self, book: SiteBook, sessions: SiteSessions, parent: QWidget | None = None, *, in_window: EngineBridge | None = None
    ) -> None:
        """`in_window`: the bridge over the sites, where they are open."""
        super().__init__(QCoreApplication.translate("SitesDialog", "Sites"), _lead(), width=640, parent=parent)
        self._book, self._sessions = book, sessions
        self._states: dict[str, SiteState] = {}
        self._courier = Courier(self, workers=4)
        self.finished.connect(lambda _result: self._courier.close())
        self._asked: set[str] = set()  # sites that are looked at now
        self.rows = AccountRows(self.tr("No sites yet. Add the first by its address."), self, self.tr("Sites"))
        self.body.addWidget(self.rows)
        self.body.addLayout(self._hands())
        self.leave_button = self.add_cancel(self.tr("&Close") if in_window is not None else self.tr("&Quit"))
        self.open_button = self.add_button(self.tr("&Open console"), "primary")
        self.open_button.setVisible(in_window is None)
        self.open_button.clicked.connect(self.opened)
        for changed in (sessions.entered, sessions.left, sessions.troubled):
            changed.connect(self._follow)  # no function of its own: sessions outlive the dialog
        sessions.hubs.changed.connect(self._show_sites)
        if in_window is not None:
            in_window.snapshot_changed.connect(self.show_snapshot)
            if in_window.snapshot is not None:
                self.show_snapshot(in_window.snapshot)
        self._show_sites()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """How the sites answer that somebody is signed in to."""
        states = {state.key: state for state in snapshot.sites}
        if states != self._states:
            self._states = states
            self._show_sites()

    def _hands(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.add = self._button("plus", self.tr("&Add site…"), self._add)
        self.take_in = self._button("download", self.tr("&Import…"), self._take_in)
        self.export = self._button("upload", self.tr("&Export…"), self._export)
        for button in (self.add, self.take_in, self.export):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _button(self, picture: str, text: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(icon(picture), text, self)
        button.setAutoDefault(False)
        on(button.clicked, do)
        return button

    def _follow(self, _key: str) -> None:
        self._show_sites()

    def _show_sites(self) -> None:
        alone = [site for site in self._book.sites if not site.hub]
        self.rows.show_rows([self._row(each) for site in alone for each in (site, *self._book.through(site))])
        self.export.setEnabled(bool(self._book.sites))
        self.open_button.setEnabled(bool(self._sessions.ports))
        self.open_button.setDefault(bool(self._sessions.ports))

    def _row(self, site: KnownSite) -> AccountRow:
        spelled = (("lock-open", self.tr("Sign in…")),)
        if site.hub:
            hub = self._book.site(site.hub)
            through = self.tr("Through {0}").format(hub.name if hub is not None else site.address)
            return AccountRow(site.key, site.name, through, self._state_text(site), (self._entering(site),), spelled=spelled)
        hands = (
            *self._administering(site),
            self._entering(site),
            ("pencil", self.tr("Edit {0}").format(site.name), partial(self._edit, site)),
            ("trash-2", self.tr("Remove {0}").format(site.name), partial(self._ask_to_remove, site)),
        )
        return AccountRow(site.key, site.name, site.address, self._state_text(site), hands, spelled=spelled)

    def _administering(self, site: KnownSite) -> tuple[Hand, ...]:
        """Of a hub, for its administrators."""
        visit = self._sessions.hubs.visit(site.key)
        if visit is None or Verb.ADMINISTER not in visit.verbs:
            return ()
        return (("settings", self.tr("Rules and settings for the sites of {0}").format(site.name), partial(self._administer, site)),)

    def _administer(self, site: KnownSite) -> None:
        from console.dialogs.sites.templates import TemplatesDialog  # few people administer a hub

        visit = self._sessions.hubs.visit(site.key)
        if visit is not None:
            names = {each.at_hub: each.name for each in self._book.through(site)}
            open_dialog(TemplatesDialog(visit.templates, names, self))

    def _entering(self, site: KnownSite) -> Hand:
        hubs = self._sessions.hubs
        if self._sessions.port(site) is None and hubs.visit(site.key) is None:
            return "lock-open", self.tr("Sign in to {0}").format(site.name), partial(self.sign_in, site)
        if site.is_hub:
            leave = partial(hubs.leave, site)
        elif site.hub:
            leave = partial(hubs.leave_site, site)
        else:
            leave = partial(self._sessions.leave, site.key)
        return "log-out", self.tr("Sign out of {0}").format(site.name), leave

    def _state_text(self, site: KnownSite) -> str:
        port, trouble = self._sessions.port(site), self._sessions.trouble(site)
        if site.key in self._asked or self._sessions.hubs.is_entering(site):
            return self.tr("Connecting…")
        visit = self._sessions.hubs.visit(site.key)
        if visit is not None:
            parts = [self.tr("Signed in as {0}").format(visit.name)]
            if trouble is not None:
                parts.append(error_text(trouble))
            elif not self._book.through(site):
                parts.append(self.tr("no site for this account"))
            return " · ".join(parts)
        if port is None:
            return error_text(trouble) if trouble is not None else self.tr("Not signed in")
        signed_in = self.tr("Signed in as {0}").format(port.session.user.name)
        state = self._states.get(site.key)
        return signed_in if state is None else " · ".join([signed_in, *_answers_text(state)])

    # Signing in

    def sign_in(self, site: KnownSite) -> None:
        """First the certificate: a password is asked for where it is the right one, and sent nowhere else. Who is signed in at a hub is
        asked for none at its sites."""
        hub = self._book.site(site.hub) if site.hub else None
        if hub is not None:
            self._sign_in_through(hub, site)
            return
        self._asked.add(site.key)
        self._show_sites()
        self._courier.fetch(partial(look_at, site), partial(self._judge, site), partial(self._fail, site))

    def _sign_in_through(self, hub: KnownSite, site: KnownSite) -> None:
        if self._sessions.hubs.visit(hub.key) is None:
            self.sign_in(hub)
        else:
            self._sessions.hubs.enter(site)

    def _fail(self, site: KnownSite, error: WatchroomError) -> None:
        self._asked.discard(site.key)
        self._sessions.fail(site, error)

    def _judge(self, site: KnownSite, look: SiteLook) -> None:
        if look.seen is None or look.trust is Trust.KNOWN:
            self._ask_what(site)
            return
        self._asked.discard(site.key)
        self._show_sites()
        dialog = CertificateDialog(site.name, look, confirmed_of(site), self)
        dialog.accepted.connect(partial(self._trust, replace(site, certificate=to_confirm(look.seen))))
        dialog.rejected.connect(partial(self._refuse, site, look.trust))
        open_dialog(dialog)

    def _trust(self, site: KnownSite) -> None:
        if self._change(site):
            self._ask_what(site)

    def _refuse(self, site: KnownSite, trust: Trust) -> None:
        text = (
            self.tr("Its certificate has changed and was not trusted.")
            if trust is Trust.CHANGED
            else self.tr("Its certificate was not trusted.")
        )
        self._sessions.fail(site, EnvironmentFault("certificate", text))

    def _ask_what(self, site: KnownSite) -> None:
        """An engine, or a hub."""
        self._asked.add(site.key)
        self._courier.fetch(partial(reception_of, site), partial(self._ask_who, site), partial(self._fail, site))

    def _ask_who(self, site: KnownSite, reception: Reception) -> None:
        at_hub = reception.is_hub
        self._asked.discard(site.key)
        self._show_sites()
        if at_hub != site.is_hub and not self._change(site := replace(site, is_hub=at_hub)):
            return
        lead = (
            self.tr("Sign in to {0}, which signs you in to its sites.")
            if at_hub
            else self.tr("Sign in to {0}. The password is sent to this site only.")
        )
        door = hub_of(site) if at_hub else door_of(site)
        by_provider = OrganisationSignIn(hub_of(site), reception.provider) if reception.provider.name else None
        dialog = SignInDialog(door, lead.format(site.name), parent=self, organisation=by_provider)
        dialog.fields.field("name").set_value(site.user)
        dialog.quit.setText(self.tr("&Cancel"))
        dialog.signed_in.connect(partial(self._entered_hub if at_hub else self._entered, site, dialog))
        open_dialog(dialog)

    def _entered_hub(self, site: KnownSite, dialog: SignInDialog, visit: HubVisit) -> None:
        dialog.accept()
        known = self._book.site(site.key)
        if known is None:  # removed meanwhile
            visit.close()
            return
        self._change(known := replace(known, user=visit.name))
        self._sessions.calm(known)
        self._sessions.hubs.keep(known, visit, self._book)

    def _entered(self, site: KnownSite, dialog: SignInDialog, port: EnginePort) -> None:
        dialog.accept()
        known = self._book.site(site.key)
        if known is None:  # removed meanwhile
            port.close()
            return
        self._change(replace(known, user=port.session.user.name))
        self._sessions.keep(known, port)

    # The list

    def _add(self) -> None:
        dialog = EditSiteDialog(self._book, parent=self)
        dialog.saved.connect(self._enter_new)
        open_dialog(dialog)

    def _enter_new(self, site: KnownSite) -> None:
        self._show_sites()
        self.sign_in(site)

    def _edit(self, site: KnownSite) -> None:
        dialog = EditSiteDialog(self._book, site, self)
        dialog.saved.connect(partial(self._edited, site))
        open_dialog(dialog)

    def _edited(self, before: KnownSite, after: KnownSite) -> None:
        if after.address != before.address:
            self._sessions.hubs.leave(after)
            self._sessions.leave(after.key)
        self._show_sites()

    def _ask_to_remove(self, site: KnownSite) -> None:
        text = self.tr("It is removed from this console, with the certificate that was confirmed. Nothing changes at the site.")
        dialog = ConfirmDialog(self.tr("Remove {0}?").format(site.name), text, self.tr("&Remove site"), self)
        dialog.accepted.connect(partial(self._remove, site))
        open_dialog(dialog)

    def _remove(self, site: KnownSite) -> None:
        self._sessions.hubs.leave(site)
        self._sessions.leave(site.key)
        self._attempt(partial(self._book.remove, site.key))

    def _change(self, site: KnownSite) -> bool:
        return self._attempt(partial(self._book.change, site))

    def _take_in(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("List of sites"), filter=_FILE_KIND)
        if path:
            self._attempt(partial(self._book.take_in, Path(path)))

    def _export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Export the list of sites"), "sites.json", _FILE_KIND)
        if path:
            self._attempt(partial(self._book.export, Path(path)))

    def _attempt(self, do: Callable[[], object]) -> bool:
        self.show_trouble("")
        try:
            do()
        except WatchroomError as error:
            self.show_error(error)
            return False
        self._show_sites()
        return True


def _answers_text(state: SiteState) -> tuple[str, ...]:
    """Version, clock and how quickly it answers; or since when it does not."""
    if state.reach is not SiteReach.ONLINE:
        return (away_text(state),)
    latency, ahead_s = state.latency_ms, state.clock_ahead_s or 0.0
    parts = [f"Watchroom {state.version}"] if state.version else []
    if latency is not None:
        parts.append(tr("answers in {0} ms").format(number_text(round(latency))))
    if abs(ahead_s) >= _CLOCK_S:
        words = tr("clock {0} s ahead") if ahead_s > 0 else tr("clock {0} s behind")
        parts.append(words.format(number_text(round(abs(ahead_s)))))
    return tuple(parts)


def _lead() -> str:
    return QCoreApplication.translate("SitesDialog", "One console for several engines. Each site has its own accounts.")

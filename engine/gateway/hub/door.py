"""Who comes in at a hub, and to which of its sites they are let through."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from engine.gateway.federation.ids import is_key
from engine.gateway.hub.clip_desk import ClipVideo
from engine.gateway.hub.copy_answers import answer_of_copy
from engine.gateway.hub.hub import Hub
from engine.gateway.hub.metrics import HubFigures
from engine.gateway.hub.oidc.door import OidcDoor
from engine.gateway.hub.oidc.provider import Provider
from engine.gateway.hub.people_desk import PeopleDesk
from engine.gateway.hub.refused_sign_ins import RefusedSignIns
from engine.gateway.hub.site_grants import cameras_at, granted_key, hub_accounts, sees_site
from engine.gateway.hub.template_door import TemplateDoor
from engine.gateway.hub.vouching import Vouching
from engine.model.accounts.access import Session, User, Verb
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.accounts.user_ref import BY_PROVIDER, is_asked_about
from engine.model.alerts.intent import Intent, IntentCommand
from engine.model.errors import NotFound, NotSignedIn, PermissionDenied
from engine.model.question_type import Question
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.access.lockout import Origin
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.shared.record import SharedRecord, SharedSite

T = TypeVar("T")
STOOD_NS = 30 * 86_400 * SECOND
"""So long after it handed back what a spare recorded for a site is listed beside that site."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in."""

    session: Session


class HubDoor:
    """Any thread. What an account may be limited to: see `site_grants`."""

    def __init__(self, record: SharedRecord, keys: HubKeys, hub: Hub, clock: Clock, provider: Provider | None = None) -> None:
        """`provider`: of the identity of people without a password here."""
        self._record, self._keys, self._hub, self.clock = record, keys, hub, clock
        self.accounts = hub_accounts(record, clock)
        self._refused = RefusedSignIns(self.accounts, record.audit, clock)
        self.oidc = None if provider is None else OidcDoor(provider, record.oidc, self.accounts, keys, clock)
        self._vouching = Vouching(clock)
        self.people = PeopleDesk(record, keys, clock, hub.port_to, self.word)
        self.templates = TemplateDoor(record, clock)

    def sign_in(self, name: str, password: str, origin: Origin) -> tuple[str, Session]:
        """Raises NotSignedIn."""
        try:
            return self.accounts.sign_in(name, password, origin)
        except NotSignedIn as refused:
            if not refused.retry_after_s:  # that a name was closed the accounts keep themselves
                self._refused.note(name, origin)
            raise

    def enter(self, token: str) -> "Visit":
        """Raises NotSignedIn."""
        return Visit(self.accounts.session(token))

    def enter_at_once(self, token: str) -> "Visit | None":
        """As `enter`, where that does not have to wait for the database; else None. Raises NotSignedIn."""
        return self.enter(token) if self.accounts.remembers(token) else None

    def sign_out(self, token: str) -> None:
        session = self.accounts.session(token)
        self.accounts.sign_out(token)
        if self.oidc is not None and session.user.id.startswith(BY_PROVIDER):
            self.oidc.sign_out_soon(session.id)

    def sites(self, session: Session) -> Sequence[SharedSite]:
        """Those that have not left, by name; for some time also what spares recorded for them."""
        seen, now_ns = session.user.cameras, self.clock.now_ns()
        return [site for site in self._record.sites() if _is_shown(site, now_ns) and sees_site(seen, granted_key(site))]

    def word(self, session: Session, site: str) -> str:
        """By which this person signs in at that site. Raises NotFound."""
        known = self._check(session, site)
        self._vouching.note(session.user, site)
        return self._word_for(session, known)

    def vouch_again(self, session: Session, site: str) -> None:
        """To that site, for whom is there already, where they may something else now or it is some minutes ago. Raises NotFound,
        EnvironmentFault."""
        known = self._check(session, site)
        self._vouching.tell(session.user, site, lambda: (self._hub.port_to(site), self._word_for(session, known)))

    def intend(self, session: Session, site: str, intent_id: str, command: IntentCommand, seen_assignee: str | None) -> Intent:
        """Keep what this person says about alerts of a site that is away. Raises NotFound, PermissionDenied, and what `IntentDesk` does."""
        known = self._check(session, site)
        if not session.may(command.verb):
            raise PermissionDenied(command.verb)
        return self._hub.intents.keep(site, _at_site(session, known), intent_id, command, seen_assignee)

    def intents(self, session: Session, site: str) -> Sequence[Intent]:
        """What the site has not been told yet, and what became of the others. Raises NotFound, PermissionDenied."""
        known = self._check(session, site)
        if not session.may(Verb.SEE_PAST):
            raise PermissionDenied(Verb.SEE_PAST)
        return self._hub.intents.shown_to(_at_site(session, known), site)

    def answer(self, session: Session, site: str, question: Question[T]) -> T:
        """From what that site told. Raises NotFound, and as `answer_of_copy`."""
        known = self._check(session, site)
        return answer_of_copy(self._record, site, session, _cameras(session, known), question)

    def clip(self, session: Session, site: str, clip_id: str) -> ClipVideo:
        """That the site sent; who looks at it is in the audit. Raises NotFound, PermissionDenied."""
        known = self._check(session, site)
        if not session.may(Verb.SEE_PAST):
            raise PermissionDenied(Verb.SEE_PAST)
        video = self._hub.clips.video(site, clip_id, _cameras(session, known))
        self._record.audit.add(AuditRow.of(self.clock.now_ns(), session.user, HubVerb.SEE_CLIP, site, clip_id))
        return video

    def port_to(self, session: Session, site: str) -> int:
        """Of this machine, which leads to that site's gateway. Raises NotFound, EnvironmentFault (`unreachable`)."""
        self._check(session, site)
        return self._hub.port_to(site)

    def is_reached(self) -> bool:
        """Whether the NATS server answers."""
        return self._hub.trouble is None and self._hub.wait_reached(0)

    def figures(self, lines: int) -> HubFigures:
        """`lines`: of consoles, open now. Raises EnvironmentFault."""
        intents, erasures = self._record.intents.count_waiting(), self._record.erasures.count_open()
        return HubFigures(self.is_reached(), lines, intents, erasures, self._record.spares.sealed_ns())

    def measured_sites(self, session: Session) -> Sequence[SharedSite]:
        """As `sites`, and what spares that never stood in record for them."""
        seen = session.user.cameras
        known = [site for site in self._record.sites() if site.retired_ns is None and not site.spare_key]
        return [site for site in known if sees_site(seen, granted_key(site))]

    def _word_for(self, session: Session, site: SharedSite) -> str:
        now_ns = self.clock.now_ns()
        left_ns = session.expires_ns - now_ns if is_asked_about(session.user.id) and session.expires_ns is not None else None
        return self._keys.word(site.key, _at_site(session, site), now_ns, left_ns)

    def _check(self, session: Session, key: str) -> SharedSite:
        """A machine goes to no site. Whether there is one is not told either. Raises PermissionDenied, NotFound."""
        if session.machine is not None:
            raise PermissionDenied(Verb.SEE_LIVE)
        none_such = NotFound(f"There is no site {key}.")
        if not is_key(key):
            raise none_such
        site = self._record.site(key)
        if not _is_shown(site, self.clock.now_ns()) or not sees_site(session.user.cameras, granted_key(site)):
            raise none_such
        return site


def _is_shown(site: SharedSite, now_ns: int) -> bool:
    """A spare is no site; what it recorded for one is shown while it stands in, and for some time after."""
    if site.retired_ns is not None or site.spare_key:
        return False
    return not site.stands_for or site.standing_ns is not None or now_ns - site.stood_ns < STOOD_NS


def _cameras(session: Session, site: SharedSite) -> frozenset[str] | None:
    """Ids as the site has them; which cameras are in a group only the site knows."""
    grants = cameras_at(session.user.cameras, granted_key(site))
    return None if grants is None else frozenset(grants)


def _at_site(session: Session, site: SharedSite) -> User:
    """Who is signed in, with what they are limited to as that site knows it."""
    return replace(session.user, cameras=cameras_at(session.user.cameras, granted_key(site)))

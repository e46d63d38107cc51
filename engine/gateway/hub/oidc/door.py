"""Signing in at a hub by its identity provider, and whether those who did so may go on.

The hub is the provider's client: it exchanges codes, keeps refresh tokens encrypted, and gives consoles a session of its own. A console
holds a secret of the sign-in that it began, without which a code that somebody else got hold of is good for nothing.
"""

import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from engine.gateway.hub.oidc.groups import person_of
from engine.gateway.hub.oidc.id_token import LEEWAY_S, untrue
from engine.gateway.hub.oidc.provider import Provider, RefusedGrant, Tokens, Waiting
from engine.gateway.remote.browser_redirect import SIGNED_IN_PATH
from engine.model.accounts.access import Session, User
from engine.model.errors import EnvironmentFault, NotFound, NotSignedIn
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.access.accounts import Accounts
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.nkeys import unpadded
from engine.store.shared.oidc import OidcTable, StoredGrant

CHECK_NS = 300 * SECOND
"""So often the provider is asked whether somebody may go on."""
RETRY_NS = 60 * SECOND
LASTS_NS = 900 * SECOND
"""So long a session lasts that the provider was not asked about."""
BROWSER_NS = 600 * SECOND
"""So long one may take to sign in with a browser."""
LONGEST_DEVICE_S = 1800
POLL_NS = 5 * SECOND
"""So often at most the provider is asked whether somebody has signed in at another device (RFC 8628, section 3.5)."""
_OVER = "This sign-in is over: it took too long, or was used. Begin again."
_BY = "organisation"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """`flow`: the secret by which it is finished. url: where the person signs in. code: which they type there, or compare; empty: none.
    state: comes back with the code of a browser. expires_s: how long there is to finish it."""

    flow: str
    url: str
    code: str = ""
    state: str = ""
    expires_s: int = 0


class OidcDoor:
    """Any thread; calls may wait some ten seconds for the provider. Raises EnvironmentFault (`provider`): it is away."""

    def __init__(self, provider: Provider, table: OidcTable, accounts: Accounts, keys: HubKeys, clock: Clock) -> None:
        self._provider, self._table, self._accounts, self._keys, self._clock = provider, table, accounts, keys, clock

    @property
    def name(self) -> str:
        """The provider's."""
        return self._provider.settings.provider

    @property
    def device_codes(self) -> bool:
        """Whether one can sign in with another device."""
        return self._provider.settings.device_codes

    def begin_browser(self, port: int) -> BegunSignIn:
        """`port`: of the console's machine, where it waits for the browser (RFC 8252, section 7.3)."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        redirect = f"http://127.0.0.1:{port}{SIGNED_IN_PATH}"
        url = self._provider.authorization_url(redirect, state, nonce, _challenge(verifier))
        body: dict[str, Any] = {"kind": "browser", "state": state, "nonce": nonce, "verifier": verifier, "redirect": redirect}
        body["begun_s"] = self._provider.now_s
        return BegunSignIn(self._begin(body, BROWSER_NS), url, state=state, expires_s=BROWSER_NS // SECOND)

    def finish_browser(self, flow: str, code: str, state: str, issuer: str = "") -> tuple[str, Session]:
        """A session, and its token. `issuer`: as the browser brought it (RFC 9207); empty: it did not. Raises NotSignedIn."""
        body = self._body(self._table.take_flow(_digest(flow), self._clock.now_ns()), "browser")
        if not secrets.compare_digest(body["state"].encode(), state.encode()) or issuer not in ("", self._provider.settings.issuer):
            raise NotSignedIn(_OVER)
        try:
            tokens = self._provider.redeem_code(code, body["verifier"], body["redirect"])
        except RefusedGrant:
            raise NotSignedIn("The identity provider did not take its own code: it is too old, or was used. Begin again.") from None
        return self._enter(tokens, body["nonce"], body.get("begun_s", 0))

    def begin_device(self) -> BegunSignIn:
        """With a browser of another device. Raises NotFound: not at this hub."""
        if not self.device_codes:
            raise NotFound("At this hub nobody signs in with another device. Use the browser of this computer.")
        told = self._provider.begin_device()
        lasts_s = _seconds(told.get("expires_in"), BROWSER_NS // SECOND)
        flow = self._begin({"kind": "device", "device_code": told["device_code"]}, lasts_s * SECOND)
        return BegunSignIn(flow, told["verification_uri"], told["user_code"], expires_s=lasts_s)

    def finish_device(self, flow: str) -> tuple[str, Session] | None:
        """None: not yet. Raises NotSignedIn."""
        digest, now_ns = _digest(flow), self._clock.now_ns()
        sealed, due = self._table.turn_of_flow(digest, now_ns, now_ns + POLL_NS)
        body = self._body(sealed, "device")
        if not due:
            return None
        try:
            tokens = self._provider.redeem_device(body["device_code"])
        except Waiting:
            return None
        except RefusedGrant:
            self._table.take_flow(digest, now_ns)
            raise NotSignedIn("The identity provider let nobody in by this code. Begin again.") from None
        if self._table.take_flow(digest, now_ns) is None:
            raise NotSignedIn(_OVER)
        return self._enter(tokens, None)

    def sign_out_soon(self, session: str) -> None:
        """As `sign_out`, when the provider is asked next: nobody who goes waits for it."""
        self._table.make_due(session)

    def sign_out(self, session: str) -> None:
        """The provider gives nothing more by what the hub had of it; it may be away."""
        grant = self._table.take_grant(session)
        if grant is not None:
            with suppress(ValueError):
                self._revoke(self._keys.unseal(grant.refresh))

    def _revoke(self, refresh: str) -> None:
        with suppress(EnvironmentFault):
            self._provider.revoke(refresh)

    def check_due(self) -> int:
        """Ask the provider about those whose turn it is: who may go on, as what. How many these were. Raises EnvironmentFault."""
        checked = 0
        while (grant := self._due()) is not None:
            self._check(grant)
            checked += 1
        return checked

    def _due(self) -> StoredGrant | None:
        now_ns = self._clock.now_ns()
        return self._table.next_due(now_ns, now_ns + RETRY_NS)

    def _check(self, grant: StoredGrant) -> None:
        if self._accounts.open_token(grant.session_id) is None:
            self.sign_out(grant.session_id)
            return
        try:
            self._accounts.vouch_again(self._asked_about(grant), self._clock.now_ns() + LASTS_NS, grant.session_id)
        except (RefusedGrant, NotSignedIn, NotFound, ValueError) as refusal:
            log.info("the session %s ends: %s", grant.session_id, refusal or "the provider lets them in no longer")
            self._accounts.end_session(grant.session_id)
            self.sign_out(grant.session_id)

    def _asked_about(self, grant: StoredGrant) -> User:
        """As they are now. Raises RefusedGrant, NotSignedIn; NotFound: they were removed here; ValueError: of other keys."""
        shown = self._keys.unseal(grant.refresh)
        tokens = self._provider.refresh(shown)
        kept = StoredGrant(grant.session_id, grant.user_id, self._keys.seal(tokens.refresh or shown))
        self._table.put_grant(kept, self._clock.now_ns() + RETRY_NS)  # at once: the one before may be good no longer
        person = self._person(self._provider.claims(tokens) if tokens.id_token else self._provider.told_of(tokens.access))
        if person.id != grant.user_id:
            raise untrue("of another person")
        self._table.put_grant(kept, self._clock.now_ns() + CHECK_NS)
        return person

    def _enter(self, tokens: Tokens, nonce: str | None, since_s: int = 0) -> tuple[str, Session]:
        """`since_s`: when it began. Raises NotSignedIn."""
        try:
            claims = self._provider.claims(tokens, nonce)
            _check_asked(claims, since_s)
            person = self._person(claims)
        except NotSignedIn:
            self._revoke(tokens.refresh)
            raise
        if not tokens.refresh:
            message = (
                f"The identity provider {self.name} gives this hub no refresh token, by which it would ask whether somebody may go on. Let"
            )
            raise EnvironmentFault("provider", f"{message} its administrator allow the grant refresh_token and the scope offline_access.")
        token, session = self._accounts.enter_vouched(person, LASTS_NS, _BY)
        grant = StoredGrant(session.id, person.id, self._keys.seal(tokens.refresh))
        self._table.put_grant(grant, self._clock.now_ns() + CHECK_NS)
        return token, session

    def _person(self, claims: Mapping[str, Any]) -> User:
        """Raises NotSignedIn."""
        settings = self._provider.settings
        if not isinstance(claims.get("sub"), str):
            raise untrue("of nobody")
        return person_of(claims, settings.issuer, settings.groups, self._table.groups())

    def _begin(self, body: Mapping[str, Any], lasts_ns: int) -> str:
        """The secret by which it is finished: kept as a digest."""
        flow, now_ns = secrets.token_urlsafe(32), self._clock.now_ns()
        self._table.put_flow(_digest(flow), self._keys.seal(json.dumps(body)), now_ns, now_ns + lasts_ns)
        return flow

    def _body(self, sealed: str | None, kind: str) -> dict[str, Any]:
        """Raises NotSignedIn."""
        try:
            body: dict[str, Any] = json.loads(self._keys.unseal(sealed or ""))
        except ValueError:
            raise NotSignedIn(_OVER) from None
        if body["kind"] != kind:
            raise NotSignedIn(_OVER)
        return body


def _check_asked(claims: Mapping[str, Any], since_s: int) -> None:
    """That the provider asked who it is: whoever is at a console can leave `prompt=login` out of the address, and its browser may know
    somebody else from before. `since_s`: when it began; 0: with another device. Raises NotSignedIn."""
    asked_s = claims.get("auth_time")
    if since_s and not isinstance(asked_s, int | float):
        said = "The identity provider does not say when it asked who you are. Let its administrator add the claim auth_time to ID tokens."
        raise NotSignedIn(said)
    if isinstance(asked_s, int | float) and asked_s < since_s - LEEWAY_S:
        raise NotSignedIn("The identity provider did not ask who you are. Begin again, and enter your password there.")


def _challenge(verifier: str) -> str:
    """S256 of RFC 7636."""
    return unpadded(hashlib.sha256(verifier.encode()).digest()).decode()


def _digest(flow: str) -> str:
    return hashlib.sha256(flow.encode("utf-8", "replace")).hexdigest()


def _seconds(said: Any, otherwise: int) -> int:
    return min(max(1, said), LONGEST_DEVICE_S) if isinstance(said, int) else otherwise

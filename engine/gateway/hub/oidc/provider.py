"""An identity provider, as a hub asks it: OpenID Connect Discovery, codes with PKCE (RFC 7636), devices (RFC 8628), revocation (RFC 7009).

It is asked for where it is and what it signs by when that is first needed, so a hub starts and works while it is away.
"""

import json
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from engine.gateway.hub.oidc.groups import found_claim
from engine.gateway.hub.oidc.id_token import UnknownKey, untrue, verified_claims
from engine.gateway.hub.oidc.settings import OidcSettings, is_protected
from engine.model.errors import EnvironmentFault
from engine.model.plain_text import escaped
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass

ANSWER_S = 10.0
"""For an answer to begin, to go on, and to be whole."""
LONGEST = 1 << 20
"""Bytes of an answer at most."""
FRESH_NS = 3600 * SECOND
"""So long it is believed what it said of itself, its keys among it."""
KEYS_AGAIN_NS = 10 * SECOND
"""After so long at the earliest its keys are asked for again because one is unknown."""
AWAY_NS = 5 * SECOND
"""So long it is not asked again where it is."""
ASKED_WITHIN_S = 300
"""It lets nobody in by a browser without asking them, where it asked longer ago."""
_DISCOVERY = "/.well-known/openid-configuration"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_NOT_GOOD = ("invalid_grant", "expired_token", "access_denied")
_WAITING = ("authorization_pending", "slow_down")
_ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "device_authorization_endpoint",
    "revocation_endpoint",
)


class RefusedGrant(Exception):
    """What was shown is not good: a code, a device or refresh token that is unknown, used, expired or withdrawn."""


class Waiting(Exception):
    """Whoever is to sign in at another device has not yet."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """As the provider gave them. Empty: it gave none."""

    id_token: str
    access: str
    refresh: str


class Provider:
    """Any thread; calls block for as long as the provider takes, at most some ten seconds. Raises EnvironmentFault (`provider`): it is
    away, or does not do what is asked."""

    def __init__(self, settings: OidcSettings, clock: Clock, transport: httpx.BaseTransport | None = None) -> None:
        """`transport`: by which it is asked, where that is not the network."""
        self.settings, self._clock = settings, clock
        proof = settings.issuer.startswith("https:") and ssl.create_default_context()  # the system's authorities: it is often one's own
        self._client = httpx.Client(timeout=ANSWER_S, verify=proof, trust_env=False, follow_redirects=False, transport=transport)
        self._lock = threading.Lock()
        self._about: Mapping[str, Any] = {}
        self._about_ns = 0
        self._away: EnvironmentFault | None = None
        self._away_until_ns = 0
        self._keys = KeySet([])
        self._keys_ns = 0

    def close(self) -> None:
        self._client.close()

    @property
    def now_s(self) -> int:
        return self._clock.now_ns() // SECOND

    def authorization_url(self, redirect: str, state: str, nonce: str, challenge: str) -> str:
        """Where a person signs in with their browser. They are asked for who they are even where the browser knows somebody: consoles are
        shared. `max_age` has the provider say when it asked (OpenID Connect Core 1.0, section 3.1.2.1)."""
        asked = {
            "response_type": "code",
            "client_id": self.settings.client,
            "redirect_uri": redirect,
            "scope": self.settings.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "prompt": "login",
            "max_age": str(ASKED_WITHIN_S),
        }
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(asked)}"

    def redeem_code(self, code: str, verifier: str, redirect: str) -> Tokens:
        """Raises RefusedGrant."""
        return self._tokens({"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect})

    def refresh(self, token: str) -> Tokens:
        """Raises RefusedGrant."""
        return self._tokens({"grant_type": "refresh_token", "refresh_token": token})

    def begin_device(self) -> Mapping[str, Any]:
        """`device_code`, `user_code`, `verification_uri` and more, as of RFC 8628, section 3.2."""
        told = self._accepted(*self._post("device_authorization_endpoint", {"scope": self.settings.scopes}))
        if not all(isinstance(told.get(each), str) for each in ("device_code", "user_code", "verification_uri")):
            raise self._fault("answers a device with something else than a code")
        return told

    def redeem_device(self, device_code: str) -> Tokens:
        """Raises Waiting, RefusedGrant."""
        return self._tokens({"grant_type": _DEVICE_GRANT, "device_code": device_code})

    def revoke(self, refresh: str) -> None:
        """Nothing is said where it cannot be done: the token was forgotten here."""
        if refresh and self._discovered().get("revocation_endpoint"):
            self._accepted(*self._post("revocation_endpoint", {"token": refresh, "token_type_hint": "refresh_token"}))

    def claims(self, tokens: Tokens, nonce: str | None = None) -> Mapping[str, Any]:
        """What is said of a person: by the ID token, and where it names no groups by the provider's other answer. Raises NotSignedIn."""
        said = self._verified(tokens.id_token, nonce)
        if found_claim(said, self.settings.groups) is not None or not tokens.access:
            return said
        told = self.told_of(tokens.access)
        if told and told.get("sub") != said["sub"]:
            raise untrue("of another person")
        return {**told, **said}

    def told_of(self, access: str) -> Mapping[str, Any]:
        """What the provider tells of whom a token is about; empty: it tells nothing."""
        if not self._discovered().get("userinfo_endpoint"):
            return {}
        return self._answer("GET", self._endpoint("userinfo_endpoint"), headers={"Authorization": f"Bearer {access}"})

    def _verified(self, token: str, nonce: str | None) -> Mapping[str, Any]:
        settings = self.settings
        try:
            return verified_claims(token, self._published_keys(), settings.issuer, settings.client, self.now_s, nonce)
        except UnknownKey:
            pass
        try:
            keys = self._published_keys(KEYS_AGAIN_NS)
            return verified_claims(token, keys, settings.issuer, settings.client, self.now_s, nonce)
        except UnknownKey:
            raise untrue("unknown key") from None

    def _tokens(self, asked: Mapping[str, str]) -> Tokens:
        """Raises Waiting, RefusedGrant."""
        status, told = self._post("token_endpoint", asked)
        if told.get("error") in _WAITING:
            raise Waiting
        if told.get("error") in _NOT_GOOD:
            raise RefusedGrant
        told = self._accepted(status, told)
        given = (told.get(name) for name in ("id_token", "access_token", "refresh_token"))
        return Tokens(*(each if isinstance(each, str) else "" for each in given))

    def _post(self, endpoint: str, asked: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        """As this client."""
        settings, form = self.settings, {**asked, "client_id": self.settings.client}
        url, auth = self._endpoint(endpoint), None
        if settings.secret and self._takes_basic():
            auth = httpx.BasicAuth(*(urlencode({"": each})[1:] for each in (settings.client, settings.secret)))  # RFC 6749, section 2.3.1
        elif settings.secret:
            form["client_secret"] = settings.secret
        return self._exchange("POST", url, data=form, auth=auth)

    def _takes_basic(self) -> bool:
        return "client_secret_basic" in self._discovered().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])

    def _endpoint(self, name: str) -> str:
        found = self._discovered().get(name)
        if not isinstance(found, str):
            raise self._fault(f"offers no {name.removesuffix('_endpoint').replace('_', ' ')}")
        return found

    def _discovered(self) -> Mapping[str, Any]:
        with self._lock:
            now_ns = self._clock.now_ns()
            if not self._about or now_ns - self._about_ns > FRESH_NS:
                self._about, self._about_ns = self._discover(now_ns), now_ns
            return self._about

    def _discover(self, now_ns: int) -> Mapping[str, Any]:
        """While it is away nobody waits for it in turn."""
        if self._away is not None and now_ns < self._away_until_ns:
            raise self._away
        try:
            return self._checked(self._answer("GET", self.settings.issuer.rstrip("/") + _DISCOVERY))
        except EnvironmentFault as fault:
            self._away, self._away_until_ns = fault, now_ns + AWAY_NS
            raise

    def _checked(self, about: Mapping[str, Any]) -> Mapping[str, Any]:
        if about.get("issuer") != self.settings.issuer:
            raise self._fault(f"calls itself {str(about.get('issuer'))[:200]!r}; give exactly that with --oidc")
        for name in _ENDPOINTS:
            if name in about and not self._is_good_address(str(about[name]).partition("?")[0]):
                raise self._fault(f"names an address that is not protected ({name})")
        return about

    def _is_good_address(self, url: str) -> bool:
        """No provider elsewhere has this machine ask itself."""
        return is_protected(url) and (url.startswith("https:") or self.settings.issuer.startswith("http:"))

    def _published_keys(self, oldest_ns: int = FRESH_NS) -> KeySet:
        url = self._endpoint("jwks_uri")
        with self._lock:
            now_ns = self._clock.now_ns()
            if not self._keys.keys or now_ns - self._keys_ns > oldest_ns:
                self._keys, self._keys_ns = _key_set(self._answer("GET", url)), now_ns
            return self._keys

    def _answer(self, method: str, url: str, **request: Any) -> Mapping[str, Any]:
        return self._accepted(*self._exchange(method, url, **request))

    def _accepted(self, status: int, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """What was told, where it is no refusal."""
        if 200 <= status < 300:
            return told
        why = " ".join((str(status), escaped(str(told.get("error") or ""))[:80])).strip()
        raise self._fault(f"refuses this hub ({why})")

    def _exchange(self, method: str, url: str, **request: Any) -> tuple[int, Mapping[str, Any]]:
        data, until_s = bytearray(), time.monotonic() + ANSWER_S
        try:
            with self._client.stream(
                method, url, headers={"Accept": "application/json", **request.pop("headers", {})}, **request
            ) as answer:
                for block in answer.iter_bytes():
                    data += block
                    if len(data) > LONGEST or time.monotonic() > until_s:
                        raise self._fault("answers without end")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._fault(f"cannot be reached ({type(error).__name__})") from None
        return answer.status_code, _object(bytes(data))

    def _fault(self, what: str) -> EnvironmentFault:
        return EnvironmentFault("provider", f"The identity provider {self.settings.provider} {what}.")


def _object(data: bytes) -> Mapping[str, Any]:
    """Empty: none. A revocation answers with nothing."""
    try:
        found: Any = json.loads(data)
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _key_set(told: Mapping[str, Any]) -> KeySet:
    """The public keys that can be read: a provider may have others, for other things. No secret is one."""
    keys: list[Any] = []
    published = (cast("dict[str, Any]", each) for each in cast("list[Any]", told.get("keys") or []) if isinstance(each, dict))
    for each in published:
        if each.get("kty") != "oct" and each.get("use", "sig") == "sig":
            try:
                keys.append(JWKRegistry.import_key(each))
            except (JoseError, ValueError, TypeError, KeyError):
                continue
    return KeySet(keys)

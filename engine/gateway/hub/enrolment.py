"""How a site comes to belong to a hub: by a code that is good once, said over the site's own connection to the hub."""

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from engine.gateway.federation.ids import check_key, is_key
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import InputError, NotFound, NotSignedIn
from engine.model.time import SECOND, Clock
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.nkeys import KeyKind, checked_public
from engine.runtime.hub.renewal import is_proof
from engine.runtime.hub.spares.spare_messages import StandIn
from engine.runtime.hub.subjects import address_of
from engine.store.shared.record import SharedRecord, SharedSite

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read as something else
_LETTERS = 16
CODE_NS = 24 * 3600 * SECOND


class Enrolment:
    """Any thread. `nats`: the address that sites are told."""

    def __init__(self, record: SharedRecord, keys: HubKeys, nats: str, clock: Clock) -> None:
        self._record, self._keys, self._nats, self._clock = record, keys, nats, clock

    def new_code(self, key: str, name: str, *, spare: bool = False) -> str:
        """Raises InputError (`key`, `name`)."""
        return new_code(self._record, self._clock, key, name, spare=spare)

    def redeem(self, code: str, public: str, spare_key: str = "") -> Mapping[str, Any]:
        """What the site needs from here on. `public`: its own key, of which it keeps the other half. spare_key: of a spare, for encryption.
        Raises InputError (`code`, `key`)."""
        if spare_key:
            checked_public(spare_key, KeyKind.X25519)
        plain = "".join(letter for letter in code.upper() if letter.isalnum())
        now_ns = self._clock.now_ns()
        claims = self._keys.site_claims("any", public, now_ns)  # refused before the code is used up
        site = self._record.redeem_code(_digest(plain), public, now_ns, spare_key)
        if site is None:
            raise InputError("code", "is none that is good now. A code is good once, and for a day; ask for another one")
        claims = self._keys.site_claims(site, public, now_ns)
        return {"site": site, "nats": self._nats, "claims": claims, "hub_key": self._keys.public}

    def renew(self, site: str, _: bytes) -> str:
        """Raises NotFound: it has left."""
        return self._claims(self._record.site(site))

    def _claims(self, site: SharedSite) -> str:
        """Raises NotFound: the site that it stands in for has left."""
        stood_for = address_of(site.stands_for, self._record.public_key(site.stands_for)) if site.stands_for else ""
        return self._keys.site_claims(site.key, site.public_key, self._clock.now_ns(), stood_for)

    @staticmethod
    def check_key(public: str) -> None:
        """Raises InputError (`key`)."""
        checked_public(public, KeyKind.USER)

    def stand_in(self, key: str) -> StandIn:
        """What a spare needs to speak for a site under `key`. Raises NotFound."""
        return StandIn(key, self._claims(self._record.site(key)), self._nats, self._keys.public)

    def challenge(self) -> str:
        """What `renew_proved` is given back, signed."""
        return self._keys.challenge(self._clock.now_ns())

    def renew_proved(self, site: str, public: str, challenge: str, proof: str) -> str:
        """For who has the secret half of the key that the site joined with, and of it alone. Raises NotSignedIn: it is not shown; NotFound:
        the site has left, or has another key; InputError (`key`)."""
        now_ns = self._clock.now_ns()
        if not self._keys.is_challenge(challenge, now_ns) or not is_proof(public, challenge, proof):
            raise NotSignedIn("The site's key is not proved. Ask for a new challenge.")
        if self._known_key(site) != public:
            raise NotFound(f"There is no site {site[:40]!r} with this key.")
        return self._claims(self._record.site(site))

    def _known_key(self, site: str) -> str:
        """Empty: there is no such site. Who is a stranger is not told which there are."""
        with suppress(NotFound):
            return self._record.public_key(site) if is_key(site) else ""
        return ""


def new_code(record: SharedRecord, clock: Clock, key: str, name: str, by: str = "", *, spare: bool = False) -> str:
    """For one site, within a day. It is kept as a digest only. `by`: who, for the audit. spare: for a spare, in place of a site. Raises
    InputError (`key`, `name`)."""
    check_key(key)
    name, now_ns = checked_site_name(name), clock.now_ns()
    letters = "".join(secrets.choice(LETTERS) for _ in range(_LETTERS))
    record.put_code(_digest(letters), key, name, now_ns + CODE_NS, AuditRow(now_ns, by, HubVerb.CREATE_CODE, key, name), spare=spare)
    return "-".join(letters[place : place + 4] for place in range(0, _LETTERS, 4))


def checked_site_name(name: str) -> str:
    """Raises InputError (`name`)."""
    if not name.strip():
        raise InputError("name", "is missing")
    return name.strip()


def _digest(letters: str) -> str:
    return hashlib.sha256(letters.encode()).hexdigest()

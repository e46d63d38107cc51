"""The keys by which a hub says who may speak on its NATS servers, and what these servers are told of them."""

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.model.accounts.access import User
from engine.model.alerts.intent import Intent
from engine.model.errors import EnvironmentFault
from engine.model.people.purposes import ComparePerson, DescribePerson
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.runtime.hub.comparison_word import comparison_word
from engine.runtime.hub.hub_intent import intent_word
from engine.runtime.hub.hub_word import hub_word
from engine.runtime.hub.nats_claims import Rights, account_claims, operator_claims, system_claims, user_claims
from engine.runtime.hub.nkeys import KeyKind, NKey, checked_public
from engine.runtime.hub.renewal import signed_challenge, was_given
from engine.runtime.hub.spares.lease import last_value_subject, lease_subject, standing_subject
from engine.runtime.hub.subjects import address_of, inbox
from engine.runtime.hub.template_word import template_word
from engine.runtime.templates.given_order import GivenOrder

SITE_NS = 86_400 * SECOND  # what a site is given is good for so long; it is given anew while it is known here (decision 314)
CHALLENGE_NS = 120 * SECOND
HUB_NS = 10 * 365 * 86_400 * SECOND
_FILE = "hub-keys.json"


@dataclass(frozen=True, slots=True)
class Pass:
    """What somebody shows to NATS: claims, and the key that they are about."""

    claims: str
    key: NKey


class HubKeys:
    """In a file for its owner only. Whoever has it can let anybody in: it stays on the hub's machine, and in its backups."""

    def __init__(self, operator: NKey, account: NKey) -> None:
        self._operator, self._account = operator, account

    @classmethod
    def in_folder(cls, folder: Path) -> "HubKeys":
        """Those that are there, or new ones. Raises EnvironmentFault (`hub_keys`)."""
        path = folder / _FILE
        try:
            if not path.exists():
                made = cls(NKey.new(KeyKind.OPERATOR), NKey.new(KeyKind.ACCOUNT))
                plain = {"operator": made._operator.secret.hex(), "account": made._account.secret.hex()}
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    json.dump(plain, file)
            read = json.loads(path.read_text())
            return cls(NKey(KeyKind.OPERATOR, bytes.fromhex(read["operator"])), NKey(KeyKind.ACCOUNT, bytes.fromhex(read["account"])))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EnvironmentFault("hub_keys", f"The hub's keys {path} cannot be used ({error}). Restore them from a backup.") from None

    def server_settings(self, at_ns: int) -> str:
        """Lines for the settings file of a NATS server: it then lets in whom this hub has signed for."""
        account = account_claims(self._operator, self._account, at_ns)
        system = self._system_account()
        return (
            f"operator: {operator_claims(self._operator, at_ns)}\n"
            "resolver: MEMORY\n"
            f"resolver_preload: {{\n  {self._account.public}: {account}\n"
            f"  {system.public}: {system_claims(self._operator, system, at_ns)}\n}}\n"
            f"system_account: {system.public}\n"
        )

    def _system_account(self) -> NKey:
        """Without one a server keeps no leases. Nobody is let in to it."""
        derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"watchroom hub system account").derive(self._operator.secret)
        return NKey(KeyKind.ACCOUNT, derived)

    @property
    def public(self) -> str:
        """Of the key that the hub's word is signed by."""
        return self._account.public

    def word(self, site: str, user: User, at_ns: int, lasts_ns: int | None = None) -> str:
        """For a person, to one site. `user.cameras`: as the site knows them. `lasts_ns`: see `hub_word`."""
        return hub_word(self._account, site, user, at_ns, lasts_ns)

    def template_order(self, site: str, user: User, order: GivenOrder, asked_ns: int) -> str:
        """For one site. `user.cameras`: as the site knows them."""
        return template_word(self._account, site, user, order, asked_ns)

    def seal(self, text: str) -> str:
        """What the database is to hold, and nobody who has only that is to read."""
        return self._box().encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Raises ValueError: sealed by other keys."""
        try:
            return self._box().decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ValueError("sealed by other keys") from None

    def seal_bytes(self, data: bytes) -> bytes:
        """As `seal`."""
        return base64.urlsafe_b64decode(self._box().encrypt(data))

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """Raises ValueError: sealed by other keys, or changed."""
        try:
            return self._box().decrypt(base64.urlsafe_b64encode(sealed))
        except InvalidToken:
            raise ValueError("sealed by other keys") from None

    def pseudonym(self, text: str) -> str:
        """What stands for it in the hub's audit: the same each time, and nothing that is made without these keys."""
        return f"p-{hmac.new(self._derived(b'watchroom hub pseudonyms'), text.encode(), hashlib.sha256).hexdigest()[:12]}"

    def _box(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._derived(b"watchroom hub sealed values")))

    def _derived(self, info: bytes) -> bytes:
        return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(self._account.secret)

    def intent(self, site: str, user: User, intent: Intent) -> str:
        """What a person said about alerts of one site, for that site."""
        return intent_word(self._account, site, user, intent)

    def hub_pass(self, at_ns: int) -> Pass:
        """Everything."""
        key = NKey.new(KeyKind.USER)
        return Pass(user_claims(self._account, key.public, "hub", Rights([">"], [">"]), at_ns, at_ns + HUB_NS), key)

    def site_claims(self, site: str, public: str, at_ns: int, stood_for: str = "") -> str:
        """What a site may: tell its own record, carry connections to its own gateway, and renew its lease. `stood_for`: the address of the
        site that this one is a spare's part for: it may also hear that lease and say that it stands in. Raises InputError (`key`)."""
        own = address_of(site, checked_public(public, KeyKind.USER))
        publish = [f"record.{own}.>", f"tunnel.{own}.*.up", lease_subject(own)]
        subscribe = [f"tunnel.{own}.*.down", f"tunnel.{own}.open", inbox(own) + ".>"]
        if stood_for:
            lease, standing = lease_subject(stood_for), standing_subject(stood_for)
            publish += [standing, last_value_subject(lease), last_value_subject(standing)]
            subscribe += [lease, standing]
        rights = Rights(publish, subscribe, True)
        return user_claims(self._account, public, site, rights, at_ns, at_ns + SITE_NS)

    def comparison(self, site: str, user_id: str, question: DescribePerson | ComparePerson, at_ns: int) -> str:
        """By which a site answers one question of a comparison, for that user."""
        return comparison_word(self._account, site, user_id, question, at_ns)

    def challenge(self, at_ns: int) -> str:
        """What a site signs to prove its key now. Any hub with these keys takes it; none has to remember it."""
        return signed_challenge(self._account, at_ns)

    def is_challenge(self, text: str, now_ns: int) -> bool:
        """Whether one of these hubs gave it within `CHALLENGE_NS`."""
        return was_given(self._account.public, text, now_ns, CHALLENGE_NS)

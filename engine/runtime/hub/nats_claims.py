"""What a NATS server believes: who an operator, an account and a user is, signed from the top down, so that a server needs to be told of
the operator and the account only, once, and of no site.

Source: NATS, "JWT" (https://docs.nats.io/running-a-nats-service/nats_admin/security/jwt), claims of version 2, algorithm `ed25519-nkey`.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from collections.abc import Sequence as Several
from typing import Any

from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.runtime.hub.nkeys import NKey, of_unpadded, unpadded

_HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}
_VERSION = 2
_UNLIMITED = dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn", "leaf", "mem_storage", "disk_storage"), -1)
_OF_USER = {"subs": -1, "data": -1, "payload": -1}
_ANSWER_NS = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Rights:
    """Subjects that a user may speak on and listen to. answers: it may also answer once whoever asks it."""

    publish: Several[str]
    subscribe: Several[str]
    answers: bool = False


def operator_claims(operator: NKey, at_ns: int) -> str:
    return _signed(operator, operator.public, "watchroom", at_ns, {"type": "operator"})


def account_claims(operator: NKey, account: NKey, at_ns: int) -> str:
    nats: dict[str, Any] = {"type": "account", "limits": {**_UNLIMITED, "wildcards": True}, "default_permissions": {"pub": {}, "sub": {}}}
    return _signed(operator, account.public, "watchroom", at_ns, nats)


def system_claims(operator: NKey, account: NKey, at_ns: int) -> str:
    """Of the server's own account, which keeps nothing."""
    limits = {name: limit for name, limit in _UNLIMITED.items() if not name.endswith("_storage")}
    nats: dict[str, Any] = {"type": "account", "limits": {**limits, "wildcards": True}, "default_permissions": {"pub": {}, "sub": {}}}
    return _signed(operator, account.public, "system", at_ns, nats)


def user_claims(account: NKey, user: str, name: str, rights: Rights, at_ns: int, until_ns: int) -> str:
    """`user`: its public key."""
    nats: dict[str, Any] = {
        "type": "user",
        "pub": {"allow": list(rights.publish)},
        "sub": {"allow": list(rights.subscribe)},
        **({"resp": {"max": 1, "ttl": _ANSWER_NS}} if rights.answers else {}),
        **_OF_USER,
    }
    return _signed(account, user, name, at_ns, nats, until_ns)


def life_ns(claims: str) -> int:
    """For how long a user's were given. What a server would not believe is not looked for. Raises ValueError."""
    plain = json.loads(of_unpadded(claims.split(".")[1]))
    return (int(plain.get("exp", 0)) - int(plain["iat"])) * SECOND


def published(claims: str) -> tuple[str, ...]:
    """The subjects that a user may speak on by them. Raises ValueError."""
    return tuple(map(str, json.loads(of_unpadded(claims.split(".")[1]))["nats"]["pub"]["allow"]))


def _signed(issuer: NKey, subject: str, name: str, at_ns: int, nats: Mapping[str, Any], until_ns: int = 0) -> str:
    claims: dict[str, Any] = {
        "iat": at_ns // SECOND,
        "iss": issuer.public,
        "name": name,
        "sub": subject,
        "nats": {**nats, "version": _VERSION},
    }
    if until_ns:
        claims["exp"] = until_ns // SECOND
    claims["jti"] = base64.b32encode(hashlib.sha256(_json(claims)).digest()).rstrip(b"=").decode()
    text = f"{_part(_json(_HEADER))}.{_part(_json(claims))}"
    return f"{text}.{_part(issuer.sign(text.encode()))}"


def _json(plain: Mapping[str, Any]) -> bytes:
    return json.dumps(plain, separators=(",", ":")).encode()


def _part(data: bytes) -> str:
    return unpadded(data).decode()

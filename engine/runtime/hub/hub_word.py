"""What a hub says of a person to a site: who they are and what they may, signed, for this site alone, good once and for a minute.

A site believes it as far as it was told to when it joined: a hub that lies, or whose keys were stolen, makes nobody more than `most`.
"""

import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from engine.model.accounts.access import ROLE_VERBS, Grants, Role, User, checked_grants
from engine.model.errors import InputError, NotSignedIn
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.runtime.access.held_tokens import IDLE_NS
from engine.runtime.hub.nkeys import NKey, is_signed, of_unpadded, unpadded

GOOD_NS, ASKEW_NS = 60 * SECOND, 120 * SECOND
LONGEST = 1 << 16
MOST_USED = 10_000
_ID = re.compile(r"[A-Za-z0-9._@|:-]{1,120}")
_UNTRUE = "The hub's word for this person is not taken here. Sign in anew at the hub."


@dataclass(frozen=True, slots=True)
class Vouched:
    """`user`: with ids of cameras as the site knows them. once: what it was said under. lasts_ns: for how long it is said; None: as of any
    session."""

    user: User
    once: str
    lasts_ns: int | None = None


def hub_word(account: NKey, site: str, user: User, at_ns: int, lasts_ns: int | None = None) -> str:
    """`user.cameras`: as the site knows them. `lasts_ns`: see `Vouched`."""
    claims: dict[str, Any] = {"aud": site, "iat_ns": at_ns, "once": secrets.token_hex(16), "user": user_claims(user)}
    return signed_claims(account, claims if lasts_ns is None else {**claims, "lasts_ns": lasts_ns})


def user_claims(user: User) -> Mapping[str, Any]:
    return {"id": user.id, "name": user.name, "role": user.role.value, "cameras": user.cameras}


def signed_claims(account: NKey, claims: Mapping[str, Any]) -> str:
    text = unpadded(json.dumps(claims, separators=(",", ":")).encode())
    return f"{text.decode()}.{unpadded(account.sign(text)).decode()}"


def read_word(word: str, site: str, hub_key: str, now_ns: int) -> Vouched:
    """`hub_key`: the public key that the site was given when it joined. Raises NotSignedIn."""
    try:
        claims = read_claims(word, site, hub_key)
        found = read_user(claims["user"])
        fits = abs(now_ns - int(claims["iat_ns"])) <= GOOD_NS + ASKEW_NS
        once = str(claims["once"])
        lasts_ns = None if claims.get("lasts_ns") is None else min(max(0, int(claims["lasts_ns"])), IDLE_NS)
    except (ValueError, KeyError, TypeError, InputError, AttributeError):
        raise NotSignedIn(_UNTRUE) from None
    if not fits or not once:
        raise NotSignedIn(_UNTRUE)
    return Vouched(found, once, lasts_ns)


def read_user(said: Any) -> User:
    """Raises ValueError, KeyError, TypeError, InputError."""
    user = cast("Mapping[str, Any]", said)
    cameras = user["cameras"]
    grants: Grants | None = None if cameras is None else checked_grants(tuple(str(each) for each in cameras))
    found = User(str(user["id"]), str(user["name"]), Role(user["role"]), grants)
    if not _ID.fullmatch(found.id):
        raise ValueError("no id of a user")
    return found


def capped(user: User, most: Role) -> User:
    """No more than the site lets its hub's people be."""
    return user if ROLE_VERBS[user.role] <= ROLE_VERBS[most] else replace(user, role=most)


class UsedWords:
    """Those that were used, for as long as they would be good. Of one thread at a time."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, int] = OrderedDict()

    def use(self, once: str, now_ns: int) -> None:
        """Raises NotSignedIn: it was used."""
        while self._used and next(iter(self._used.values())) < now_ns - 2 * (GOOD_NS + ASKEW_NS):
            self._used.popitem(last=False)
        if once in self._used or len(self._used) >= MOST_USED:
            raise NotSignedIn(_UNTRUE)
        self._used[once] = now_ns


def read_claims(word: str, site: str, hub_key: str) -> Mapping[str, Any]:
    """What the hub signed for this site. Raises ValueError, TypeError, KeyError."""
    text, _, signature = word.partition(".")
    if len(word) > LONGEST or not is_signed(hub_key, text.encode(), of_unpadded(signature)):
        raise ValueError("not signed by the hub")
    claims: Any = json.loads(of_unpadded(text))
    if not isinstance(claims, dict):
        raise TypeError("no claims")
    found = cast("dict[str, Any]", claims)
    if found["aud"] != site:
        raise ValueError("for another site")
    return found

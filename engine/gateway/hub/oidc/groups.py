"""Who somebody is at the hub, by what the identity provider says of them."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from engine.model.accounts.access import ROLE_VERBS, Grants, Role, User
from engine.model.accounts.user_ref import BY_PROVIDER
from engine.model.errors import NotSignedIn
from engine.store.shared.oidc import GroupRole

_NAMES = ("name", "preferred_username", "email")
_LONGEST_NAME = 60


def person_of(claims: Mapping[str, Any], issuer: str, groups_claim: str, mapped: Sequence[GroupRole]) -> User:
    """The same id whatever they are called. Raises NotSignedIn: none of their groups may anything here."""
    subject, names = str(claims["sub"]), groups_of(claims, groups_claim)
    granted = role_in([group for group in mapped if group.name in names])
    if granted is None:
        raise NotSignedIn("None of your groups at the identity provider may use this hub. Ask the hub's administrator.")
    return User(user_id(issuer, subject), _name(claims, subject), granted[0], granted[1])


def user_id(issuer: str, subject: str) -> str:
    """A subject is unique within its issuer only."""
    return BY_PROVIDER + hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:32]


def role_in(groups: Sequence[GroupRole]) -> tuple[Role, Grants | None] | None:
    """The highest role, where the groups that have it may be: a lower one elsewhere does not widen it. None: none at all."""
    if not groups:
        return None
    role = max((group.role for group in groups), key=lambda role: len(ROLE_VERBS[role]))
    limits = [group.cameras for group in groups if group.role is role]
    if None in limits:
        return role, None
    return role, tuple(dict.fromkeys(each for limit in limits for each in limit or ()))


def groups_of(claims: Mapping[str, Any], claim: str) -> frozenset[str]:
    """`claim`: its name, or a path as `realm_access.roles`."""
    found = found_claim(claims, claim)
    if isinstance(found, str):
        return frozenset({found})
    return frozenset(str(each) for each in cast("list[Any]", found)) if isinstance(found, list) else frozenset()


def found_claim(claims: Mapping[str, Any], claim: str) -> Any:
    """None: it is not there. Names of claims may hold dots themselves."""
    if claim in claims:
        return claims[claim]
    found: Any = claims
    for part in claim.split("."):
        if not isinstance(found, Mapping):
            return None
        found = cast("Mapping[str, Any]", found).get(part)
    return found


def _name(claims: Mapping[str, Any], subject: str) -> str:
    named = (claims.get(each) for each in _NAMES)
    return next((name.strip()[:_LONGEST_NAME] for name in named if isinstance(name, str) and name.strip()), subject[:_LONGEST_NAME])

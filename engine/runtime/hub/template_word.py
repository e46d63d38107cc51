"""An order about a template: signed by the hub, for one site alone, good for as long as an order waits.

A site that does not accept settings takes none. One that does believes who wants it, and checks every field itself: whoever holds the hub's
keys can set no more than the fields that its own settings describe as central.
"""

from collections.abc import Mapping
from typing import Any, cast

from engine.model.accounts.access import User
from engine.model.errors import InputError
from engine.model.plain_text import without_control
from engine.model.templates import ORDER_LIFE_NS, OrderAct
from engine.model.value_class import dataclass
from engine.runtime.hub.hub_word import ASKEW_NS, read_claims, read_user, signed_claims, user_claims
from engine.runtime.hub.nkeys import NKey
from engine.runtime.templates.given_order import GivenOrder

UNTRUE = "The site does not take this as an order of its hub."
LATE = "The site was away for more than seven days."


@dataclass(frozen=True, slots=True)
class VouchedOrder:
    """`user`: who wants it, as the hub has them."""

    order: GivenOrder
    user: User


def template_word(account: NKey, site: str, user: User, order: GivenOrder, asked_ns: int) -> str:
    """`user.cameras`: as the site knows them."""
    said = {
        "id": order.id,
        "act": order.act.value,
        "template": order.template,
        "name": order.name,
        "version": order.version,
        "values": order.values,
        "seen": order.seen,
    }
    return signed_claims(account, {"aud": site, "iat_ns": asked_ns, "template": said, "user": user_claims(user)})


def read_template_word(word: str, site: str, hub_key: str, now_ns: int) -> VouchedOrder:
    """Raises InputError (no field): it is not the hub's, not for this site, not understood, or too old."""
    try:
        claims = read_claims(word, site, hub_key)
        user, order, asked_ns = read_user(claims["user"]), _order(claims["template"]), int(claims["iat_ns"])
    except (ValueError, KeyError, TypeError, AttributeError, InputError):
        raise InputError("", UNTRUE) from None
    if not -ASKEW_NS <= now_ns - asked_ns <= ORDER_LIFE_NS + ASKEW_NS:
        raise InputError("", LATE)
    return VouchedOrder(order, user)


def _order(said: Any) -> GivenOrder:
    """Raises ValueError, KeyError, TypeError."""
    values = said["values"]
    if not isinstance(values, dict):
        raise TypeError("no values")
    return GivenOrder(
        str(said["id"]),
        OrderAct(said["act"]),
        without_control(str(said["template"]))[:80],
        without_control(str(said["name"]))[:200],
        int(said["version"]),
        cast("Mapping[str, Any]", values),
        str(said["seen"]),
    )

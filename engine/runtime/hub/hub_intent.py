"""What a person said at the hub about alerts or people of a site that was away: signed by the hub, for that site alone, for as long
as it waits.

A site believes it as it believes the hub's word for a person: whoever holds the hub's keys can say no more than such a person could.
"""

from typing import Any

from engine.model.accounts.access import User
from engine.model.alerts.intent import INTENT_COMMANDS, Intent, IntentCommand, life_ns
from engine.model.command_terms import CommandTerms
from engine.model.errors import InputError
from engine.model.tolerant_wire import read_tolerantly
from engine.model.value_class import dataclass
from engine.model.wire import to_plain
from engine.runtime.hub.hub_word import ASKEW_NS, read_claims, read_user, signed_claims, user_claims
from engine.runtime.hub.nkeys import NKey

UNTRUE = "The site does not take this as the word of its hub."
LATE = "The site was away for too long."
_KINDS = {kind.__name__: kind for kind in INTENT_COMMANDS}


@dataclass(frozen=True, slots=True)
class VouchedIntent:
    """`user`: as the hub has them; `intent` is by them."""

    intent: Intent
    user: User


def intent_word(account: NKey, site: str, user: User, intent: Intent) -> str:
    """`user.cameras`: as the site knows them."""
    said = {"id": intent.id, "command": to_plain(intent.command, tagged=True), "seen_assignee": intent.seen_assignee}
    return signed_claims(account, {"aud": site, "iat_ns": intent.said_ns, "intent": said, "user": user_claims(user)})


def read_intent(word: str, site: str, hub_key: str, now_ns: int) -> VouchedIntent:
    """Raises InputError (`word`): it is not the hub's, not for this site, or not understood; (`said_ns`): it is too old."""
    try:
        claims = read_claims(word, site, hub_key)
        user, said, said_ns = read_user(claims["user"]), claims["intent"], int(claims["iat_ns"])
        if not CommandTerms(str(said["id"])).key:  # alerts keep it
            raise ValueError("without an id")
        seen = said.get("seen_assignee")
        intent = Intent(str(said["id"]), _command(said["command"]), said_ns, user.name, user.id, None if seen is None else str(seen))
    except (ValueError, KeyError, TypeError, AttributeError, InputError):
        raise InputError("word", UNTRUE) from None
    if not -ASKEW_NS <= now_ns - said_ns <= life_ns(intent.command) + ASKEW_NS:
        raise InputError("said_ns", LATE)
    return VouchedIntent(intent, user)


def _command(plain: Any) -> IntentCommand:
    """Also of another version of the hub. Raises KeyError, InputError."""
    body = dict(plain)
    return read_tolerantly(_KINDS[body.pop("type")], body)

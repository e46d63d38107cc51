"""How a site proves its key to its hub over HTTPS: it signs what the hub gave it a moment ago.

So a site whose claims have ended comes back by itself, however long it was away and whatever its own clock says.
"""

import json
import secrets
import ssl
from typing import TYPE_CHECKING, Any

from engine.model.errors import EnvironmentFault, NotFound
from engine.runtime.hub.membership import Membership
from engine.runtime.hub.nkeys import KeyKind, NKey, checked_public, is_signed, of_unpadded, unpadded
from engine.runtime.outbound.http import not_proven, trusted, unproven_name

if TYPE_CHECKING:
    import httpx

CHALLENGE_PATH, RENEW_PATH = "/api/v1/hub/renew/challenge", "/api/v1/hub/renew"
WITHIN_S = 20.0
_GIVEN, _PROOF = b"watchroom challenge ", b"watchroom renewal "  # neither can be taken for a word, claims or an answer to NATS
_GONE = "The hub knows this site no longer, or it has joined anew with another key. Leave the hub here, and join with a new code."


def signed_challenge(account: NKey, at_ns: int) -> str:
    text = unpadded(json.dumps([at_ns, secrets.token_hex(16)]).encode())
    return f"{text.decode()}.{unpadded(account.sign(_GIVEN + text)).decode()}"


def was_given(account: str, challenge: str, now_ns: int, within_ns: int) -> bool:
    """`account`: the public key of who signed it."""
    text, _, signature = challenge.partition(".")
    try:
        if not is_signed(account, _GIVEN + text.encode(), of_unpadded(signature)):
            return False
        at_ns, _ = json.loads(of_unpadded(text))
        return abs(now_ns - at_ns) <= within_ns
    except (ValueError, TypeError):
        return False


def signed_proof(key: NKey, challenge: str) -> str:
    return unpadded(key.sign(_PROOF + challenge.encode())).decode()


def is_proof(public_key: str, challenge: str, proof: str) -> bool:
    """Of the holder of that key. Raises InputError (`key`): it is none of a site."""
    try:
        return is_signed(checked_public(public_key, KeyKind.USER), _PROOF + challenge.encode(), of_unpadded(proof))
    except (ValueError, TypeError):
        return False


def ask_claims(membership: Membership) -> str:
    """New claims, by HTTPS. Raises NotFound: the hub does not know this key any more; EnvironmentFault (`unreachable`, `certificate`)."""
    import httpx  # only when it is needed

    key = NKey(KeyKind.USER, bytes.fromhex(membership.secret))
    try:
        with httpx.Client(base_url=membership.hub, verify=_verified(membership), timeout=WITHIN_S, trust_env=False) as client:
            challenge = str(_plain(client.post(CHALLENGE_PATH))["challenge"])
            body = {"site": membership.site, "key": key.public, "challenge": challenge, "proof": signed_proof(key, challenge)}
            return str(_plain(client.post(RENEW_PATH, json=body))["claims"])
    except (httpx.HTTPError, OSError, ValueError, KeyError, TypeError) as error:
        raise _no_answer(membership.hub, error) from None


def _verified(membership: Membership) -> ssl.SSLContext | bool:
    if membership.hub.startswith("http:"):
        return False
    if not membership.ca:
        return trusted()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=membership.ca)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it may hold the hub's own certificate
    return context


def _plain(answer: "httpx.Response") -> dict[str, Any]:
    if answer.status_code == 404:
        raise NotFound(_GONE)
    return answer.raise_for_status().json()


def _no_answer(hub: str, error: Exception) -> EnvironmentFault:
    unproven = unproven_name(error)
    if unproven is not None:
        return EnvironmentFault("certificate", not_proven(hub, unproven))
    why = str(error)[:200] or type(error).__name__
    return EnvironmentFault("unreachable", f"The hub {hub} does not renew what it signed for this site ({why}). It is asked again.")

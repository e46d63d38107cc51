"""What an ID token says, once it is certain that the provider said it, to this hub, now (OpenID Connect Core 1.0, section 3.1.3.7)."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from engine.model.errors import NotSignedIn

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signed by a private key. One that is signed by a secret, or by nothing, is refused whatever the provider says it supports."""
LEEWAY_S = 60
"""So far apart the clocks of provider and hub may be."""
LONGEST = 1 << 16
_UNTRUE = (
    "What the identity provider says of this person cannot be verified ({0}). Sign in again; if that does not help, ask the administrator."
)


class UnknownKey(Exception):
    """Signed by a key that the provider had not published when it was asked."""


def verified_claims(token: str, keys: KeySet, issuer: str, client: str, now_s: int, nonce: str | None = None) -> Mapping[str, Any]:
    """`nonce`: that which was sent; None: none was. Raises NotSignedIn; UnknownKey."""
    if len(token) > LONGEST:
        raise untrue("too long")
    try:
        claims = jwt.decode(token, _known_keys(token, keys), algorithms=ALGORITHMS).claims
        _expected(issuer, client, now_s, nonce).validate(claims)
    except UnknownKey:
        raise
    except (JoseError, ValueError, TypeError) as error:
        raise untrue(type(error).__name__) from None
    parties: Any = claims["aud"]
    if claims.get("azp", client) != client or (parties not in (client, [client]) and "azp" not in claims):
        raise untrue("for another program")
    return claims


def untrue(why: str) -> NotSignedIn:
    return NotSignedIn(_UNTRUE.format(why))


def _expected(issuer: str, client: str, now_s: int, nonce: str | None) -> jwt.JWTClaimsRegistry:
    said: dict[str, jwt.ClaimsOption] = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
    }
    if nonce is not None:
        said["nonce"] = {"essential": True, "value": nonce}
    return jwt.JWTClaimsRegistry(now_s, LEEWAY_S, **said)


def _known_keys(token: str, keys: KeySet) -> KeySet:
    """Raises UnknownKey, ValueError."""
    kid = extract_compact(token.encode()).headers().get("kid")
    if not keys.keys or (kid is not None and all(key.kid != kid for key in keys)):
        raise UnknownKey
    return keys

"""Nodes' tokens: HMAC-SHA256 of the MAC (twelve capital hex digits) under a secret that every site makes for itself.

The first token of a node is the one that spaxel makes of the same secret. Removing a node begins a new generation of its token, so that
the one it holds is good for nothing ever again.
"""

import hashlib
import hmac
import json
import re
import secrets
import threading
from typing import Any, Protocol, cast

from engine.model.errors import EnvironmentFault

SECRET_KEY, GENERATIONS_KEY = "nodes/secret", "nodes/generations"
SECRET_BYTES = 32


class SecretKeeping(Protocol):
    """What is used of the engine's secret store."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, secret: str) -> None: ...


class NodeTokens:
    """Makes, checks and revokes tokens. Any thread; `check` reads memory only.

    Raises EnvironmentFault (constructor, `revoke`) where the secret store cannot be read or written, or holds something else.
    """

    def __init__(self, store: SecretKeeping) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._secret = _secret(store)
        self._generations = _generations(store)

    def __repr__(self) -> str:
        return f"NodeTokens({len(self._generations)} revoked)"

    def token(self, mac: str) -> str:
        """64 hex digits."""
        generation = self._generations.get(mac, 0)
        message = mac.replace(":", "") + (f"#{generation}" if generation else "")
        return hmac.new(self._secret, message.encode("ascii"), hashlib.sha256).hexdigest()

    def check(self, mac: str, token: str) -> bool:
        """In constant time."""
        return hmac.compare_digest(self.token(mac).encode(), token.strip().lower().encode("utf-8", "replace"))

    def revoke(self, mac: str) -> None:
        """No token made for this node so far is accepted any more."""
        with self._lock:
            generations = {**self._generations, mac: self._generations.get(mac, 0) + 1}
            self._store.put(GENERATIONS_KEY, json.dumps(generations, sort_keys=True))
            self._generations = generations

    def generation(self, mac: str) -> int:
        """How often its token was revoked."""
        return self._generations.get(mac, 0)

    def reinstate(self, mac: str, generation: int) -> None:
        """Accept the token that was good then, as a node is put back that was removed by mistake."""
        with self._lock:
            generations = {**self._generations, mac: generation}
            self._store.put(GENERATIONS_KEY, json.dumps(generations, sort_keys=True))
            self._generations = generations


def _secret(store: SecretKeeping) -> bytes:
    kept = store.get(SECRET_KEY)
    if kept is None:
        kept = secrets.token_hex(SECRET_BYTES)
        store.put(SECRET_KEY, kept)
    if not re.fullmatch(r"[0-9a-f]{64}", kept):
        raise EnvironmentFault("secrets_damaged", "The secret of the nodes' tokens is damaged. Remove it, and provision the nodes anew.")
    return bytes.fromhex(kept)


def _generations(store: SecretKeeping) -> dict[str, int]:
    try:
        plain: Any = json.loads(store.get(GENERATIONS_KEY) or "{}")
    except ValueError:
        plain = None
    if not isinstance(plain, dict) or not all(isinstance(value, int) for value in cast("dict[str, Any]", plain).values()):
        raise EnvironmentFault("secrets_damaged", "The list of revoked node tokens is damaged. Remove it, and provision the nodes anew.")
    return cast("dict[str, int]", plain)

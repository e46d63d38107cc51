"""The secrets of channels: in the environment, which goes first, or in the secret store. Nowhere else."""

import re
from collections.abc import Mapping
from typing import Protocol

PARTS = ("url", "password")


class Secrets(Protocol):
    """What is used of the secret store. May raise EnvironmentFault."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, secret: str) -> None: ...

    def remove(self, key: str) -> None: ...


class Vault:
    """`url`: of Slack and ntfy. `password`: of mail servers and brokers, and the token of ntfy. Any thread.

    The environment's names are `WATCHROOM_CHANNEL_<ID>_URL` and `…_PASSWORD`, with the id in capitals and `_` for what is no letter or
    digit of ASCII.
    """

    def __init__(self, secrets: Secrets, environment: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._environment = environment

    def get(self, channel_id: str, part: str) -> str:
        """Empty where there is none. May raise EnvironmentFault."""
        return self._environment.get(variable(channel_id, part), "") or self._secrets.get(channel_key(channel_id, part)) or ""

    def keep(self, channel_id: str, part: str, secret: str) -> None:
        """An empty one forgets what is kept. May raise EnvironmentFault."""
        key = channel_key(channel_id, part)
        self._secrets.put(key, secret) if secret else self._secrets.remove(key)

    def forget(self, channel_id: str) -> None:
        for part in PARTS:
            self._secrets.remove(channel_key(channel_id, part))

    def from_environment(self, channel_id: str) -> tuple[str, ...]:
        return tuple(part for part in PARTS if self._environment.get(variable(channel_id, part)))


def variable(channel_id: str, part: str) -> str:
    return f"WATCHROOM_CHANNEL_{re.sub('[^A-Za-z0-9]', '_', channel_id).upper()}_{part.upper()}"


def without_secrets(text: str, *secrets: str) -> str:
    """What others say about a failure, should they repeat a secret in it."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def channel_key(channel_id: str, part: str) -> str:
    return f"channel/{channel_id}/{part}"

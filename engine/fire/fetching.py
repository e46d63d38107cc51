"""What the clients of fire weather ask of the network: one GET, whose whole answer comes within a time. The runtime does it."""

import json
from dataclasses import field
from typing import Any, Protocol

from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass

LONGEST_S = 5.0
UNREACHABLE, TIMEOUT, REFUSED, FAILED, MALFORMED = "unreachable", "timeout", "refused", "failed", "malformed"
"""Reasons of the EnvironmentFaults of this room: no connection; too slow; the login is not taken; another status; no sense in it."""


@dataclass(frozen=True, slots=True)
class Login:
    """HTTP Basic. Shows in no text."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    content: bytes


class Fetch(Protocol):
    def __call__(self, url: str, query: dict[str, str], login: Login | None) -> Reply:
        """On any thread; takes `LONGEST_S` at most. Raises EnvironmentFault `unreachable`, `timeout`, `address_refused`, `no_address`."""
        ...


def read_json(reply: Reply, who: str) -> Any:
    """Raises EnvironmentFault `refused`, `failed`, `malformed`."""
    if reply.status in (401, 403):
        raise EnvironmentFault(REFUSED, f"{who} rejects the login ({reply.status}). Enter it again.")
    if reply.status != 200:
        raise EnvironmentFault(FAILED, f"{who} answers with {reply.status}{_service_message(reply)}.")
    try:
        return json.loads(reply.content)
    except ValueError:  # UnicodeDecodeError and JSONDecodeError are
        raise EnvironmentFault(MALFORMED, f"{who} answers with something that is no JSON. Check the address.") from None
    except RecursionError:
        raise EnvironmentFault(MALFORMED, f"{who} answers with JSON that is nested too deeply.") from None


def _service_message(reply: Reply) -> str:
    """What the service says of its failure, in one short line."""
    words = " ".join(reply.content[:200].decode("utf-8", "replace").split())
    return f" ({words})" if words.isprintable() and words and not words.startswith("<") else ""

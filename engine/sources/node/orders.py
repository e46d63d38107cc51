"""What nodes are told: one JSON text each, under 2 KiB, because their receiver has one buffer and joins nothing."""

import json
from typing import Any

from engine.model.errors import InputError
from engine.model.radio.radio import Firmware

LARGEST_ORDER = 2_000  # bytes
RECONNECT_MS = 30_000

INVALID_HELLO = "invalid hello format"
HELLO_FIRST = "expected hello first"
INVALID_TOKEN = "invalid_token"  # noqa: S105 - the reason as nodes know it
NODE_DISABLED = "node_disabled"
TOO_MANY_NODES = "too_many_nodes"


def role(name: str) -> str:
    return _order("role", role=name)


def config(rate_hz: int, variance_threshold: float | None = None) -> str:
    """`variance_threshold` None: the node keeps the one it has."""
    fields: dict[str, Any] = {"rate_hz": rate_hz}
    if variance_threshold is not None:
        fields["variance_threshold"] = variance_threshold
    return _order("config", **fields)


def ota(url: str, firmware: Firmware) -> str:
    """Raises InputError for an address that nodes have no room for."""
    if len(url) >= 256:
        raise InputError("url", "is longer than the 255 characters that nodes have room for")
    return _order("ota", url=url, sha256=firmware.sha256, version=firmware.version)


def identify(seconds: float) -> str:
    return _order("identify", duration_ms=round(1000 * min(max(seconds, 0.2), 60.0)))


def reboot(delay_ms: int = 1000) -> str:
    return _order("reboot", delay_ms=delay_ms)


def reject(reason: str) -> str:
    return _order("reject", reason=reason)


def shutdown() -> str:
    return _order("shutdown", reconnect_in_ms=RECONNECT_MS)


def _order(kind: str, **fields: Any) -> str:
    text = json.dumps({"type": kind, **fields}, separators=(",", ":"))
    if len(text) > LARGEST_ORDER:
        raise InputError(kind, f"has {len(text)} bytes; nodes take at most {LARGEST_ORDER}")
    return text

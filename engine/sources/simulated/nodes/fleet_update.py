"""A simulated node's firmware update: a real download over HTTP, and on request a failure."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from enum import StrEnum

import httpx

from engine.model.value_class import dataclass
from engine.sources.simulated.nodes.node import NodeVoice, UpdateOrder

CHUNK = 4096
LARGEST = 32 << 20
CHUNK_S = 0.02  # a node writes its flash memory at about 200 kB a second
_TIMEOUT_S = 10.0


class UpdateFailure(StrEnum):
    """What goes wrong on purpose."""

    NONE = "none"
    BOOT = "boot"  # the new firmware does not start: the node comes back with the old one
    DOWNLOAD = "download"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class UpdateBehaviour:
    """`version`: what the node calls itself afterwards; empty for the version ordered."""

    version: str = ""
    failure: UpdateFailure = UpdateFailure.NONE


class UpdateFailed(Exception):
    """`args[0]` is the error as nodes report it."""


async def install(order: UpdateOrder, voice: NodeVoice, tell: Callable[[str], Awaitable[None]], behaviour: UpdateBehaviour) -> str:
    """Fetch and check a firmware, telling every state. Gives the version to reboot into.

    Raises:
        UpdateFailed: it has been told as `failed`.
    """
    try:
        digest = await _download(order.url, voice, tell, behaviour)
        await tell(voice.ota_status("verifying", 100))
        if (order.sha256 and digest != order.sha256.lower()) or behaviour.failure is UpdateFailure.VERIFY:
            raise UpdateFailed("sha256_mismatch")
        await tell(voice.ota_status("writing", 100))
        await tell(voice.ota_status("rebooting", 100))
    except UpdateFailed as failed:
        await tell(voice.ota_status("failed", error=str(failed)))
        raise
    return voice.firmware if behaviour.failure is UpdateFailure.BOOT else behaviour.version or order.version


async def _download(url: str, voice: NodeVoice, tell: Callable[[str], Awaitable[None]], behaviour: UpdateBehaviour) -> str:
    """The SHA-256 of what came, as hex. Raises UpdateFailed."""
    hashed, done = hashlib.sha256(), 0
    headers = {"X-Spaxel-MAC": voice.mac} | ({"X-Spaxel-Token": voice.token} if voice.token else {})
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_S) as client, client.stream("GET", url, headers=headers) as response:
            response.raise_for_status()
            size = int(response.headers.get("content-length") or 0)
            if size > LARGEST:
                raise UpdateFailed("no_partition")
            async for chunk in response.aiter_bytes(CHUNK):
                hashed.update(chunk)
                done += len(chunk)
                if done > LARGEST:
                    raise UpdateFailed("no_partition")
                await tell(voice.ota_status("downloading", min(100 * done // size, 100) if size else None))
                if behaviour.failure is UpdateFailure.DOWNLOAD and 2 * done >= size:
                    raise UpdateFailed("download_failed")
                await asyncio.sleep(CHUNK_S)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise UpdateFailed("download_failed") from None
    return hashed.hexdigest()

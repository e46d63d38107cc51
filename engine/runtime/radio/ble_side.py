"""Bluetooth of an engine: whose addresses are whose, what is heard, and the machine's own adapter where it is wanted."""

import asyncio
import secrets as chance
import threading
from collections.abc import Sequence

from engine.model.errors import EnvironmentFault
from engine.model.radio.radio import BleDeviceView, BleSightings
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.runtime.secrets.secrets import SecretStore
from engine.sources.ble.local import LocalScanner
from engine.sources.ble.naming import Naming
from engine.sources.ble.registry import SightingsBook
from engine.sources.ble.resolver import Resolver

PSEUDONYMS = "ble/pseudonyms"
KEY_BYTES = 32
LOOK_S = 0.5


def _key_place(address: str) -> str:
    return f"ble/{address}"


class BleSide:
    """Any thread; `run` is the body of the thread `ble`, `gather` belongs to the engine thread."""

    def __init__(self, clock: Clock, secrets: SecretStore) -> None:
        self._clock, self._secrets = clock, secrets
        self._resolver = Resolver(_pseudonym_key(secrets))
        self._book = SightingsBook()
        self.named = Naming(self._resolver, self._book)
        self._scanner = LocalScanner()
        self._wanted = False
        self._registered: tuple[str, ...] | None = None
        self._lock = threading.Lock()

    def configure(self, settings: Settings) -> None:
        self._wanted = settings.radio.enabled and settings.radio.scan_ble
        registered = tuple(device.address for device in settings.ble_devices)
        if registered != self._registered:
            self._registered = registered
            self._resolve_anew()

    def keep_key(self, address: str, key: str) -> None:
        """The identity key (32 hex digits) of a device; empty: it has none any more. Raises EnvironmentFault."""
        if key:
            self._secrets.put(_key_place(address), key)
        else:
            self._secrets.remove(_key_place(address))
        self._resolve_anew()

    def key(self, address: str) -> str:
        """What `keep_key` kept; empty: none. Raises EnvironmentFault."""
        return self._secrets.get(_key_place(address)) or ""

    def gather(self, now_ns: int) -> BleSightings | None:
        """What the machine's own adapter heard since the last tick."""
        return self.named.local(self._scanner.drain(), now_ns)

    def views(self, located: Sequence[BleDeviceView]) -> tuple[BleDeviceView, ...]:
        return self._book.views(self._clock.now_ns(), located)

    @property
    def trouble(self) -> str:
        """Why the machine's own adapter does not listen, as a sentence; empty when it does or is not asked to."""
        return self._scanner.trouble if self._wanted else ""

    def run(self, stopping: threading.Event) -> None:
        """Listens while that is wanted."""
        while not stopping.wait(LOOK_S):
            if self._wanted:
                asyncio.run(self._scan(stopping))

    async def _scan(self, stopping: threading.Event) -> None:
        listening = asyncio.create_task(self._scanner.run())
        while self._wanted and not stopping.is_set() and not listening.done():
            await asyncio.sleep(LOOK_S)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        if listening.done() and not listening.cancelled():
            listening.result()

    def _resolve_anew(self) -> None:
        with self._lock:
            registered = self._registered or ()
            keys = {address: key for address in registered if (key := self._identity_key(address))}
            self._resolver.configure(registered, keys)

    def _identity_key(self, address: str) -> bytes:
        """Empty where there is none, or where secrets cannot be read: then its private addresses stay unknown."""
        try:
            return bytes.fromhex(self._secrets.get(_key_place(address)) or "")
        except (EnvironmentFault, ValueError):
            return b""


def _pseudonym_key(secrets: SecretStore) -> bytes:
    """Made once; where secrets cannot be kept, one for this run."""
    try:
        kept = secrets.get(PSEUDONYMS)
        if kept is None:
            kept = chance.token_hex(KEY_BYTES)
            secrets.put(PSEUDONYMS, kept)
        return bytes.fromhex(kept)
    except (EnvironmentFault, ValueError):
        return chance.token_bytes(KEY_BYTES)

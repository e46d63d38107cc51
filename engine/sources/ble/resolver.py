"""Which device an address belongs to: a registered one, or a pseudonym that nobody can turn back into an address."""

import hashlib
import hmac
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from itertools import islice, takewhile

from engine.model.errors import InputError
from engine.model.time import SECOND
from engine.sources.ble.addresses import AddressKind, kind_of, resolves
from engine.sources.ble.rotation import GIVE_UP_S, AddressTrace, Look, due, predecessor

MOST_ADDRESSES = 4000
KEEP_S = 24 * 3600.0
ALIVE_S = 120.0  # an address that has been silent for so long has no successor
MOST_ALIKE = 128  # around at once with one look: among more nobody can tell who became whom, and looking would take long
PSEUDONYM = "anon-"
_SHORTEST_KEY = 16


class Resolver:
    """Thread-safe. `resolve` takes microseconds, plus a few per identity key for an address it has not seen before.

    What it has seen is kept in memory only, for 24 hours, at most 4,000 addresses.

    Args:
        key: of this installation, at least 16 bytes; pseudonyms are a keyed hash (HMAC-SHA-256), so that a list of addresses cannot be
            tried against them by somebody without it.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < _SHORTEST_KEY:
            raise InputError("key", f"has {len(key)} bytes, needs at least {_SHORTEST_KEY}")
        self._key = key
        self._lock = threading.Lock()
        self._registered: frozenset[str] = frozenset()
        self._keys: dict[str, bytes] = {}
        self._heard: OrderedDict[str, AddressTrace] = OrderedDict()  # by address, longest unheard first
        self._alike: dict[Look, OrderedDict[str, AddressTrace]] = {}  # the same by look
        self._device: dict[str, str] = {}  # by address
        self._address: dict[str, str] = {}  # newest, by device

    def configure(self, registered: Iterable[str], keys: Mapping[str, bytes]) -> None:
        """`registered`: addresses of devices; `keys`: identity keys of those that have one, by their address."""
        now_registered = frozenset(registered)
        now_keys = {address: key for address, key in keys.items() if address in now_registered}
        with self._lock:
            if (now_registered, now_keys) == (self._registered, self._keys):
                return
            self._registered, self._keys = now_registered, now_keys
            self._device.clear()  # links of rotating addresses are lost, which costs a new pseudonym
            self._address.clear()
            self._heard.clear()
            self._alike.clear()

    def resolve(
        self, address: str, random: bool | None, name: str, company_id: int | None, data: bytes, rssi: int, scanner: str, now_ns: int
    ) -> str:
        """The registered address, or `anon-<16 hex>`.

        Args:
            address: uppercase colon hex. random: whether it is a random address, None where that was not said.
            data: what follows the company's id.
        """
        with self._lock:
            heard = self._take_address(address, random, (name, company_id, data[0] if data else -1), now_ns)
            news = heard.take(scanner, rssi, now_ns)
            if due(heard, now_ns):
                self._decide(heard, now_ns)
            device = self._device[address]
            if news or device not in self._address:
                self._address[device] = address
            return device

    def raw_address(self, device: str) -> str:
        """The newest address of a device, empty where it is not known (any more). Nodes go on repeating the ones before."""
        with self._lock:
            return self._address.get(device, "")

    def rotates(self, device: str) -> bool:
        """Whether it changes its address."""
        with self._lock:
            heard = self._heard.get(self._address.get(device, ""))
            return heard is not None and heard.rotates

    def forget(self, now_ns: int) -> None:
        """Drop what is older than 24 hours. Called now and then."""
        with self._lock:
            while self._heard:
                oldest = next(iter(self._heard.values()))
                if len(self._heard) <= MOST_ADDRESSES and now_ns - oldest.last_ns <= KEEP_S * SECOND:
                    return
                self._drop(oldest.address)

    def _take_address(self, address: str, random: bool | None, look: Look, now_ns: int) -> AddressTrace:
        heard = self._heard.get(address)
        if heard is None:
            heard = AddressTrace(address, look, now_ns, now_ns)
            self._heard[address] = heard
            self._alike.setdefault(look, OrderedDict())[address] = heard
            device, kind = self._identify(address, random)
            heard.rotates, heard.decided = kind.rotates, device in self._keys
            self._device[address] = device
            if len(self._heard) > MOST_ADDRESSES:
                self._drop(next(iter(self._heard)))
        elif look[0] and not heard.look[0]:
            self._unlike(heard)  # some scanners say the name later than others
            heard.look = look
            self._alike.setdefault(look, OrderedDict())[address] = heard
        heard.said_ns = now_ns
        self._heard.move_to_end(address)
        self._alike[heard.look].move_to_end(address)
        return heard

    def _identify(self, address: str, random: bool | None) -> tuple[str, AddressKind]:
        kind = kind_of(address, random)
        if address in self._registered:
            return address, kind
        if kind in (AddressKind.RESOLVABLE, AddressKind.UNKNOWN):
            owner = next((owner for owner, key in self._keys.items() if resolves(address, key)), None)
            if owner is not None:
                return owner, AddressKind.RESOLVABLE
        return self._pseudonym(address), kind

    def _decide(self, new: AddressTrace, now_ns: int) -> None:
        """Whether an address that has been heard for some seconds carries on another one."""
        new.decided = now_ns - new.first_ns >= GIVE_UP_S * SECOND
        alive_ns = now_ns - round(ALIVE_S * SECOND)
        said = tuple(islice(takewhile(lambda each: each.said_ns >= alive_ns, reversed(self._alike[new.look].values())), MOST_ALIKE + 1))
        old = predecessor(new, (each for each in said if each.last_ns >= alive_ns)) if len(said) <= MOST_ALIKE else None
        if old is not None and self._device[old.address] not in self._keys:
            self._device[new.address] = self._device[old.address]
            new.decided = old.succeeded = True

    def _pseudonym(self, address: str) -> str:
        return PSEUDONYM + hmac.new(self._key, address.encode("ascii"), hashlib.sha256).hexdigest()[:16]

    def _drop(self, address: str) -> None:
        heard = self._heard.pop(address, None)
        if heard is not None:
            self._unlike(heard)
        device = self._device.pop(address, "")
        if self._address.get(device) == address:
            del self._address[device]

    def _unlike(self, heard: AddressTrace) -> None:
        alike = self._alike[heard.look]
        del alike[heard.address]
        if not alike:
            del self._alike[heard.look]

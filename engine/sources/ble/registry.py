"""Everything that is heard, for the Devices page: live, in memory only."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import field, replace

from engine.model.radio.radio import BleDeviceView
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.sources.ble.companies import company_name

MOST_DEVICES = 2000
KEEP_S = 24 * 3600.0
FRESH_S = 30.0


@dataclass(slots=True)
class _Entry:
    """`strength`: RSSI by scanner, and when it last changed."""

    device: str
    address: str
    first_ns: int
    last_ns: int
    name: str = ""
    company_id: int | None = None
    rotates: bool = False
    simulated: bool = False
    strength: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])


@dataclass(frozen=True, slots=True)
class DeviceReading:
    """One device as one scanner just heard it. `address`: the raw one; `repeats`: this scanner goes on repeating devices that are gone."""

    device: str
    address: str
    scanner: str
    rssi_dbm: int
    name: str = ""
    company_id: int | None = None
    rotates: bool = False
    simulated: bool = False
    repeats: bool = True


class SightingsBook:
    """Thread-safe; calls take microseconds, `views` a few milliseconds for a full book. At most 2,000 devices, for 24 hours."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()  # longest unheard first

    def note(self, heard: DeviceReading, now_ns: int) -> None:
        with self._lock:
            entry = self._entries.get(heard.device)
            if entry is None:
                entry = self._entries[heard.device] = _Entry(heard.device, heard.address, now_ns, now_ns)
            entry.address, entry.rotates, entry.simulated = heard.address, heard.rotates, heard.simulated
            entry.name = heard.name or entry.name
            entry.company_id = entry.company_id if heard.company_id is None else heard.company_id
            before = entry.strength.get(heard.scanner)
            if before is None or before[0] != heard.rssi_dbm or not heard.repeats:
                entry.strength[heard.scanner] = heard.rssi_dbm, now_ns
                entry.last_ns = max(now_ns, entry.last_ns)
                self._entries.move_to_end(heard.device)
            self._trim(now_ns)

    def views(self, now_ns: int, located: Iterable[BleDeviceView] = ()) -> tuple[BleDeviceView, ...]:
        """All of them, the ones heard last first; what the locator knows of a device is taken over, and raw addresses are filled in."""
        known = {view.device: view for view in located}
        with self._lock:
            self._trim(now_ns)
            entries = [replace(entry, strength=dict(entry.strength)) for entry in reversed(self._entries.values())]
        views = [_view(entry, known.pop(entry.device, None), now_ns) for entry in entries]
        return (*views, *known.values())

    def forget(self, device: str) -> None:
        with self._lock:
            self._entries.pop(device, None)

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def _trim(self, now_ns: int) -> None:
        while self._entries:
            oldest = next(iter(self._entries.values()))
            if len(self._entries) <= MOST_DEVICES and now_ns - oldest.last_ns <= KEEP_S * SECOND:
                return
            del self._entries[oldest.device]


def _view(entry: _Entry, located: BleDeviceView | None, now_ns: int) -> BleDeviceView:
    fresh = [(scanner, rssi) for scanner, (rssi, at_ns) in entry.strength.items() if now_ns - at_ns <= FRESH_S * SECOND]
    heard = tuple(sorted(fresh, key=lambda each: (-each[1], each[0])))
    return replace(
        located or BleDeviceView(entry.device, entry.address),
        address=entry.address,
        name=entry.name,
        company_id=entry.company_id,
        company=company_name(entry.company_id),
        rssi_dbm=heard[0][1] if heard else None,
        best_scanner=heard[0][0] if heard else "",
        scanners=len(heard),
        first_seen_ns=entry.first_ns,
        last_seen_ns=entry.last_ns,
        rotates=entry.rotates,
        simulated=entry.simulated,
        heard=heard,
    )

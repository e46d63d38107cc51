"""What is known of one phone: what every scanner last heard, and the belief about its place."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from engine.model.radio.radio import LOCAL_SCANNER, BleSighting
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.radio.ble.belief import Belief
from engine.radio.ble.stillness import Stillness

FRESH_S = 30.0  # nodes report every 5 s, and now and then the same strength by chance


@dataclass(slots=True)
class ScannerReading:
    """By one scanner. `changed_ns`: when the strength last changed; nodes go on repeating devices that have left.

    `pending`: not yet in the belief.
    """

    rssi: int
    changed_ns: int
    pending: bool = True


@dataclass(slots=True)
class Phone:
    """`revision` rises when something has changed that shows."""

    device: str
    first_ns: int
    last_ns: int
    stillness: Stillness
    name: str = ""
    company_id: int | None = None
    simulated: bool = False
    heard: dict[str, ScannerReading] = field(default_factory=dict[str, ScannerReading])
    belief: Belief | None = None
    revision: int = 0

    def take(self, scanner: str, sighting: BleSighting, now_ns: int) -> None:
        self.name = sighting.name or self.name
        self.company_id = self.company_id if sighting.company_id is None else sighting.company_id
        known = self.heard.get(scanner)
        if known is not None and known.rssi == sighting.rssi_dbm and scanner != LOCAL_SCANNER:
            return
        self.heard[scanner] = ScannerReading(sighting.rssi_dbm, now_ns)
        self.stillness.add_reading(scanner, sighting.rssi_dbm, now_ns)
        self.last_ns = max(self.last_ns, now_ns)
        self.revision += 1

    def begin_anew(self) -> None:
        """Take everything in again: the floor or the scanners have changed."""
        self.belief = None
        self.revision += 1
        for heard in self.heard.values():
            heard.pending = True

    def fresh(self, now_ns: int) -> dict[str, ScannerReading]:
        """What is heard now, strongest first."""
        new = {scanner: heard for scanner, heard in self.heard.items() if now_ns - heard.changed_ns <= FRESH_S * SECOND}
        return dict(sorted(new.items(), key=lambda each: (-each[1].rssi, each[0])))

    def state(self) -> dict[str, Any]:
        return {
            "device": self.device,
            "first_ns": self.first_ns,
            "last_ns": self.last_ns,
            "name": self.name,
            "company_id": self.company_id,
            "simulated": self.simulated,
            "revision": self.revision,
            "heard": [[scanner, heard.rssi, heard.changed_ns, heard.pending] for scanner, heard in self.heard.items()],
            "stillness": self.stillness.state(),
            "belief": None if self.belief is None else self.belief.state(),
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "Phone":
        """Without its belief, which needs the map."""
        phone = cls(state["device"], state["first_ns"], state["last_ns"], Stillness.restored(state["stillness"]))
        phone.name, phone.company_id, phone.simulated = state["name"], state["company_id"], state["simulated"]
        phone.revision = state["revision"]
        phone.heard = {scanner: ScannerReading(rssi, changed_ns, pending) for scanner, rssi, changed_ns, pending in state["heard"]}
        return phone

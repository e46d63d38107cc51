"""People, and the phones of theirs that are heard and carried."""

from collections.abc import Mapping, Sequence

from engine.model.people.person import Person
from engine.model.radio.radio import BleDeviceView
from engine.model.value_class import dataclass

PERSON = "person"  # a device of this type stands for somebody even if it is registered to nobody


@dataclass(frozen=True, slots=True)
class Carrier:
    """Somebody with at least one phone that is heard now. `key`: the person's id, or the device's where it is nobody's."""

    key: str
    person_id: str
    name: str
    color: str
    phones: tuple[BleDeviceView, ...]


class Carriers:
    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def know(self, persons: Mapping[str, Person]) -> None:
        """Everybody there is. A phone of somebody who is not among them is nobody's."""
        self._names = {person.id: person.name for person in persons.values()}

    def carried_devices(self, devices: Sequence[BleDeviceView]) -> list[BleDeviceView]:
        """Those that stand for somebody and are heard now, also where they were left behind."""
        return [device for device in devices if device.heard and self._key(device)]

    def present(self, devices: Sequence[BleDeviceView]) -> list[Carrier]:
        """In a stable order. Phones that were left behind, or are heard by nobody any more, count for nothing."""
        phones: dict[str, list[BleDeviceView]] = {}
        for device in self.carried_devices(devices):
            if not device.left_behind:
                phones.setdefault(self._key(device), []).append(device)
        return [self._carrier(key, tuple(found)) for key, found in sorted(phones.items())]

    def _carrier(self, key: str, phones: tuple[BleDeviceView, ...]) -> Carrier:
        first = phones[0]
        owner = self._owner(first)
        return Carrier(key, owner, self._names[owner] if owner else first.label or first.name, first.color, phones)

    def _key(self, device: BleDeviceView) -> str:
        return self._owner(device) or (device.device if device.type == PERSON else "")

    def _owner(self, device: BleDeviceView) -> str:
        return device.person_id if device.person_id in self._names else ""

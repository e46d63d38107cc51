"""What admins tell the engine about nodes, people and their devices, as changes of the settings."""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from engine.model.command import PutPerson
from engine.model.errors import InputError, NotFound
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, NodeSettings, PersonSettings, ScannerCalibration

T = TypeVar("T")
_IRK = re.compile(r"[0-9a-fA-F]{32}")
Change = Callable[[Settings], Settings]


def _put(rows: Sequence[T], row: T, key: Callable[[T], str]) -> tuple[T, ...]:
    """With this row added, or in the place of the one with its key."""
    if all(key(other) != key(row) for other in rows):
        return (*rows, row)
    return tuple(row if key(other) == key(row) else other for other in rows)


def _without(rows: Sequence[T], key: str, of: Callable[[T], str], what: str) -> tuple[T, ...]:
    """Raises NotFound."""
    left = tuple(row for row in rows if of(row) != key)
    if len(left) == len(rows):
        raise NotFound(f"There is no {what} {key[:80]}.")
    return left


def with_node(node: NodeSettings) -> Change:
    return lambda now: replace(now, nodes=_put(now.nodes, node, lambda row: row.mac))


def without_node(mac: str) -> Change:
    """A node that was never named or placed has no settings: then nothing changes."""
    return lambda now: replace(now, nodes=tuple(node for node in now.nodes if node.mac != mac))


def person_of(command: PutPerson) -> PersonSettings:
    """Raises InputError."""
    return PersonSettings(command.person_id or f"pe-{secrets.token_hex(6)}", command.name.strip(), command.color)


def with_person(person: PersonSettings) -> Change:
    def change(now: Settings) -> Settings:
        twin = next((other for other in now.people if other.name.casefold() == person.name.casefold() and other.id != person.id), None)
        if twin is not None:
            raise InputError("name", f"{person.name} is registered already")
        return replace(now, people=_put(now.people, person, lambda row: row.id))

    return change


def without_person(person_id: str) -> Change:
    """Their devices stay registered, to nobody."""

    def change(now: Settings) -> Settings:
        people = _without(now.people, person_id, lambda row: row.id, "person")
        devices = tuple(replace(device, person_id="") if device.person_id == person_id else device for device in now.ble_devices)
        return replace(now, people=people, ble_devices=devices)

    return change


def with_device(device: BleDeviceSettings) -> Change:
    return lambda now: replace(now, ble_devices=_put(now.ble_devices, device, lambda row: row.address))


def without_device(address: str) -> Change:
    return lambda now: replace(now, ble_devices=_without(now.ble_devices, address, lambda row: row.address, "device"))


def calibrated(scanner: str, calibration: ScannerCalibration | None) -> Change:
    """Raises InputError when the calibration is another scanner's."""
    if calibration is not None and calibration.scanner != scanner:
        raise InputError("scanner", f"{scanner!r} is not the scanner {calibration.scanner!r} of the calibration")

    def change(now: Settings) -> Settings:
        others = tuple(row for row in now.radio.calibrations if row.scanner != scanner)
        rows = others if calibration is None else (*others, calibration)
        return replace(now, radio=replace(now.radio, calibrations=rows))

    return change


def checked_irk(irk: str) -> str:
    """As 32 small hex digits. Raises InputError (field `irk`), without the key."""
    plain = re.sub(r"[\s:-]", "", irk)
    if not _IRK.fullmatch(plain):
        raise InputError("irk", "has to be 32 hexadecimal digits")
    return plain.lower()

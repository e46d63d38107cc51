"""What admins tell the engine about nodes, people and their devices, as changes of the settings."""

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from typing import TypeVar

from engine.model.errors import InputError, NotFound
from engine.model.people.traces import Traces
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, NodeSettings, ScannerCalibration

T = TypeVar("T")
_IRK = re.compile(r"[0-9a-fA-F]{32}")
Change = Callable[[Settings], Settings]


def _put_row(rows: Sequence[T], row: T, key: Callable[[T], str]) -> tuple[T, ...]:
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
    return lambda now: replace(now, nodes=_put_row(now.nodes, node, lambda row: row.mac))


def without_node(mac: str) -> Change:
    """A node that was never named or placed has no settings: then nothing changes."""
    return lambda now: replace(now, nodes=tuple(node for node in now.nodes if node.mac != mac))


def devices_handed(gone_id: str, kept_id: str) -> Change:
    """The devices of one person are another's."""

    def change(now: Settings) -> Settings:
        devices = tuple(replace(device, person_id=kept_id) if device.person_id == gone_id else device for device in now.ble_devices)
        return replace(now, ble_devices=devices)

    return change


def devices_freed(traces: Traces) -> Change:
    """The devices of somebody who is erased stay registered, to nobody, and without their name in the label."""

    def change(now: Settings) -> Settings:
        return replace(now, ble_devices=tuple(_freed(device, traces) for device in now.ble_devices))

    return change


def _freed(device: BleDeviceSettings, traces: Traces) -> BleDeviceSettings:
    if device.person_id != traces.person_id:
        return device
    return replace(device, person_id="", label=traces.text(device.label)[:120])


def with_device(device: BleDeviceSettings, persons: Container[str]) -> Change:
    """Raises InputError when it is to belong to somebody who is not known."""
    if device.person_id and device.person_id not in persons:
        raise InputError("person_id", f"there is no person {device.person_id!r}")
    return lambda now: replace(now, ble_devices=_put_row(now.ble_devices, device, lambda row: row.address))


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

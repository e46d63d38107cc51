"""`/api/ble/devices`: what is heard over Bluetooth, and whose it is."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from engine.gateway.reference.access import Reader, Writer
from engine.model.command import PutBleDevice, RemoveBleDevice
from engine.model.errors import NotFound
from engine.model.people.commands import PutPerson
from engine.model.people.view import PeopleView
from engine.model.radio.radio import BleDeviceView
from engine.model.site import BleDeviceSettings, read_mac
from engine.model.time import MILLISECOND
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/ble/devices", tags=["reference"])
Address = Annotated[str, Path(max_length=40)]
DEFAULT_COLOR = "#56b4e9"


class DeviceIn(BaseModel):
    """With `type` person and no `person_id`, a person of that label is made, or found."""

    addr: str = Field(max_length=40)
    label: str = Field(min_length=1, max_length=120)
    type: str = Field("person", max_length=40)
    color: str = Field(DEFAULT_COLOR, max_length=16)
    person_id: str = Field("", max_length=64)
    irk: str | None = Field(None, max_length=64, description="identity key of a device with private addresses, 32 hex digits")


class DeviceChange(BaseModel):
    label: str | None = Field(None, min_length=1, max_length=120)
    type: str | None = Field(None, max_length=40)
    color: str | None = Field(None, max_length=16)
    person_id: str | None = Field(None, max_length=64)
    irk: str | None = Field(None, max_length=64)


@router.get("", summary="Devices that are heard, and registered ones")
def devices(port: Reader, registered: Annotated[bool, Query()] = False) -> dict[str, Any]:
    snapshot = port.snapshot()
    heard = {view.device: device_out(view) for view in snapshot.radio.devices}
    for device in snapshot.settings.ble_devices:
        heard.setdefault(device.address, silent_out(device, snapshot.people))
    rows = [row for row in heard.values() if row["registered"] or not registered]
    return {"devices": rows, "total": len(rows)}


@router.post("", summary="Register a device")
def register(port: Writer, body: DeviceIn) -> dict[str, Any]:
    address = read_mac(body.addr, "addr")
    person_id = body.person_id
    if not person_id and body.type == "person":
        person_id = _person_named(port, body.label, body.color)
    port.command(PutBleDevice(BleDeviceSettings(address, body.label, body.type, person_id, body.color), body.irk))
    return _one(port, address)


@router.patch("/{address}", summary="Change a registered device")
@router.put("/{address}", summary="Change a registered device", include_in_schema=False)
def change(port: Writer, address: Address, body: DeviceChange) -> dict[str, Any]:
    """A device that was heard but not registered yet becomes registered."""
    mac = read_mac(address, "address")
    known = port.snapshot().settings.ble_device(mac)
    before = known or BleDeviceSettings(mac, body.label or mac, "person")
    given = body.model_dump(exclude_none=True, exclude={"irk"})
    port.command(
        PutBleDevice(BleDeviceSettings(**({f: getattr(before, f) for f in BleDeviceSettings.__dataclass_fields__} | given)), body.irk)
    )
    return _one(port, mac)


@router.delete("/{address}", status_code=204, summary="Forget a device")
def forget(port: Writer, address: Address) -> None:
    port.command(RemoveBleDevice(read_mac(address, "address")))


def _person_named(port: LocalPort, name: str, color: str) -> str:
    known = next((person for person in port.snapshot().people.persons if person.name.casefold() == name.strip().casefold()), None)
    if known is not None:
        changed = PutPerson(known.name, color, known.id, known.consent, known.note, known.locked)
        return known.id if known.color == color else port.command(changed)
    return port.command(PutPerson(name, color))


def _one(port: LocalPort, address: str) -> dict[str, Any]:
    snapshot = port.snapshot()
    view = next((view for view in snapshot.radio.devices if view.device == address), None)
    if view is not None:
        return device_out(view)
    device = snapshot.settings.ble_device(address)
    if device is None:
        raise NotFound(f"There is no device {address}.")
    return silent_out(device, snapshot.people)


def device_out(view: BleDeviceView) -> dict[str, Any]:
    return {
        "addr": view.address or view.device,
        "mac": view.address or view.device,
        "name": view.name,
        "label": view.label,
        "type": view.type,
        "person_id": view.person_id,
        "color": view.color,
        "manufacturer": view.company,
        "registered": bool(view.label),
        "rssi_dbm": view.rssi_dbm,
        "last_seen_node": view.best_scanner,
        "first_seen_ms": view.first_seen_ns // MILLISECOND,
        "last_seen_ms": view.last_seen_ns // MILLISECOND,
        "position": None if view.position is None else list(view.position),
        "left_behind": view.left_behind,
        "simulated": view.simulated,
    }


def silent_out(device: BleDeviceSettings, people: PeopleView) -> dict[str, Any]:
    """Registered, but not heard in this run."""
    person = people.person(device.person_id)
    color = device.color if person is None else person.color
    view = BleDeviceView(device.address, device.address, "", device.label, device.type, device.person_id, color)
    return device_out(view)

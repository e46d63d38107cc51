"""The machine's own Bluetooth adapter by bleak: how it is opened, and why it is not, as a sentence."""

from collections.abc import Callable
from typing import Any, Protocol, cast

from engine.model.errors import EnvironmentFault, InputError
from engine.model.site import read_mac
from engine.sources.node.messages import BleAdvert, printable

LONGEST_NAME, LONGEST_DATA = 31, 32


class Radio(Protocol):
    """Something that listens. `start` raises EnvironmentFault where it cannot; `stop` may be called twice and never raises."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


Hear = Callable[[BleAdvert], None]
MakeRadio = Callable[[Hear], Radio]

_ADVICE = {
    "no_adapter": "This machine has no Bluetooth adapter, so only nodes hear phones. Plug one in, or switch off “own adapter”.",
    "switched_off": "Bluetooth is switched off on this machine, so only nodes hear phones. Switch it on in the system's settings.",
    "not_allowed": "The system does not let Watchroom use Bluetooth, so only nodes hear phones. Allow it in the system's privacy settings.",
    "no_service": (
        "The system's Bluetooth service (BlueZ over D-Bus) does not answer, so only nodes hear phones. "
        "Install and start it (`bluetooth.service`), or switch off “own adapter”."
    ),
    "failed": "The Bluetooth adapter could not be opened, so only nodes hear phones. It is tried again.",
}
_BY_REASON = {
    "NO_BLUETOOTH": "no_adapter",
    "NO_BLE_CENTRAL_ROLE": "no_adapter",
    "POWERED_OFF": "switched_off",
    "DENIED_BY_USER": "not_allowed",
    "DENIED_BY_SYSTEM": "not_allowed",
    "DENIED_BY_UNKNOWN": "not_allowed",
}


def fault(reason: str) -> EnvironmentFault:
    return EnvironmentFault(reason, _ADVICE[reason])


class BleakRadio:
    """Passes on every advertisement that is heard. On the loop that starts it."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._scanner: Any = None

    async def start(self) -> None:
        try:
            from bleak import BleakScanner
            from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError, BleakError
        except (ImportError, OSError):
            raise fault("no_service") from None
        try:
            self._scanner = BleakScanner(self._on_advert)
            await self._scanner.start()
        except BleakBluetoothNotAvailableError as error:
            raise fault(_BY_REASON.get(error.reason.name, "failed")) from None
        except (BleakDBusError, OSError, EOFError, TimeoutError):
            raise fault("no_service") from None
        except BleakError:
            raise fault("failed") from None

    async def stop(self) -> None:
        from bleak.exc import BleakError

        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            try:
                await scanner.stop()
            except (BleakError, OSError, EOFError, AttributeError):
                return  # the adapter or its service is gone, and with it the scan

    def _on_advert(self, device: Any, data: Any) -> None:
        advert = read_advert(device, data)
        if advert is not None:
            self._hear(advert)


def read_advert(device: Any, data: Any) -> BleAdvert | None:
    """From bleak's device and advertisement; None where the system hides addresses (macOS) or there is no strength."""
    rssi = data.rssi
    if not isinstance(rssi, int) or not -127 < rssi <= 20:
        return None
    try:
        address = read_mac(str(device.address), "address")
    except InputError:
        return None
    company_id, payload = next(iter(sorted(data.manufacturer_data.items())), (None, b""))
    return BleAdvert(
        address=address,
        rssi_dbm=rssi,
        random_address=_random(device.details),
        name=printable(data.local_name or "", LONGEST_NAME),
        company_id=company_id,
        company_data=bytes(payload)[:LONGEST_DATA],
    )


def _random(details: Any) -> bool | None:
    """BlueZ says what kind an address is; others do not."""
    props: Any = cast("dict[str, Any]", details).get("props") if isinstance(details, dict) else None
    kind: Any = cast("dict[str, Any]", props).get("AddressType") if isinstance(props, dict) else None
    return kind == "random" if kind in ("random", "public") else None

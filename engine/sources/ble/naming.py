"""From adverts as scanners report them to sightings of devices, noted in the book on the way."""

from collections.abc import Sequence

from engine.model.radio.radio import LOCAL_SCANNER, BleSighting, BleSightings
from engine.model.time import SECOND
from engine.sources.ble.registry import DeviceReading, SightingsBook
from engine.sources.ble.resolver import PSEUDONYM, Resolver
from engine.sources.node.messages import BleAdvert

_FORGET_EVERY_S = 60.0


class Naming:
    """For `NodeHub`, and for the machine's own adapter. Called on the thread that drains."""

    def __init__(self, resolver: Resolver, book: SightingsBook) -> None:
        self._resolver = resolver
        self._book = book
        self._forgot_ns = 0

    def __call__(self, scanner: str, adverts: Sequence[BleAdvert], now_ns: int) -> tuple[BleSighting, ...]:
        if now_ns - self._forgot_ns > _FORGET_EVERY_S * SECOND:
            self._forgot_ns = now_ns
            self._resolver.forget(now_ns)
        devices = [self._resolve(scanner, advert, now_ns) for advert in adverts]
        # Nodes repeat addresses that a device has given up: with their old strength they would contradict the new one.
        living = [(d, advert) for d, advert in zip(devices, adverts, strict=True) if self._resolver.raw_address(d) == advert.address]
        for device, advert in living:
            self._note(scanner, device, advert, now_ns)
        return tuple(BleSighting(device, advert.rssi_dbm, _kept_name(device, advert), advert.company_id) for device, advert in living)

    def local(self, adverts: Sequence[BleAdvert], now_ns: int) -> BleSightings | None:
        """What the machine's own adapter heard since the call before; None for nothing."""
        return BleSightings(now_ns, LOCAL_SCANNER, self(LOCAL_SCANNER, adverts, now_ns)) if adverts else None

    def _resolve(self, scanner: str, advert: BleAdvert, now_ns: int) -> str:
        return self._resolver.resolve(
            advert.address, advert.random_address, advert.name, advert.company_id, advert.company_data, advert.rssi_dbm, scanner, now_ns
        )

    def _note(self, scanner: str, device: str, advert: BleAdvert, now_ns: int) -> None:
        heard = DeviceReading(
            device=device,
            address=advert.address,
            scanner=scanner,
            rssi_dbm=advert.rssi_dbm,
            name=advert.name,
            company_id=advert.company_id,
            rotates=self._resolver.rotates(device),
            repeats=scanner != LOCAL_SCANNER,
        )
        self._book.note(heard, now_ns)


def _kept_name(device: str, advert: BleAdvert) -> str:
    """Sightings are on record. “Ada's phone” would undo the pseudonym, so the name of who is not registered is shown live only."""
    return "" if device.startswith(PSEUDONYM) else advert.name

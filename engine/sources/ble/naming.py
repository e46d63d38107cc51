"""From adverts as scanners report them to sightings of devices, noted in the book on the way."""

from collections.abc import Sequence

from engine.model.radio import BleSighting, BleSightings
from engine.model.time import SECOND
from engine.sources.ble.registry import Heard, SightingsBook
from engine.sources.ble.resolver import Resolver
from engine.sources.node.messages import BleAdvert

LOCAL = "local"  # the machine's own adapter, which reports what it hears and repeats nothing
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
        said = (self._sighting(scanner, advert, now_ns) for advert in adverts)
        return tuple(sighting for sighting in said if sighting is not None)

    def local(self, adverts: Sequence[BleAdvert], now_ns: int) -> BleSightings | None:
        """What the machine's own adapter heard since the call before; None for nothing."""
        return BleSightings(now_ns, LOCAL, self(LOCAL, adverts, now_ns)) if adverts else None

    def _sighting(self, scanner: str, advert: BleAdvert, now_ns: int) -> BleSighting | None:
        """None for an address that the device has given up: with its old strength it would contradict the new one."""
        device = self._resolver.resolve(
            advert.address, advert.random_address, advert.name, advert.company_id, advert.company_data, advert.rssi_dbm, scanner, now_ns
        )
        if self._resolver.raw_address(device) != advert.address:
            return None
        self._book.note(
            Heard(
                device=device,
                address=advert.address,
                scanner=scanner,
                rssi_dbm=advert.rssi_dbm,
                name=advert.name,
                company_id=advert.company_id,
                rotates=self._resolver.rotates(device),
                repeats=scanner != LOCAL,
            ),
            now_ns,
        )
        return BleSighting(device, advert.rssi_dbm, advert.name, advert.company_id)

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from engine.model.errors import EnvironmentFault
from engine.sources.ble.local import MOST_WAITING, LocalScanner
from engine.sources.ble.radio import BleakRadio, Hear, fault, read_advert
from engine.sources.node.messages import BleAdvert


@dataclass
class ScriptedAdapter:
    """An adapter that does at each opening what its script says: a fault, or adverts."""

    script: list[EnvironmentFault | list[BleAdvert]]
    starts: int = 0
    stops: int = 0
    hear: Hear = field(default=lambda _: None)

    def __call__(self, hear: Hear) -> "ScriptedAdapter":
        self.hear = hear
        return self

    async def start(self) -> None:
        step = self.script[min(self.starts, len(self.script) - 1)]
        self.starts += 1
        if isinstance(step, EnvironmentFault):
            raise step
        for advert in step:
            self.hear(advert)

    async def stop(self) -> None:
        self.stops += 1


def _advert(index: int, rssi_dbm: int = -60) -> BleAdvert:
    return BleAdvert(f"AA:BB:CC:DD:{index >> 8:02X}:{index & 255:02X}", rssi_dbm)


def _run_until(scanner: LocalScanner, condition: Callable[[], bool]) -> None:
    """Runs the scanner on a loop until the condition holds, then cancels it."""

    async def main() -> None:
        task = asyncio.create_task(scanner.run())
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


def test_gives_the_newest_advert_of_every_address():
    adapter = ScriptedAdapter([[_advert(1, -60), _advert(2), _advert(1, -50)]])
    scanner, found = LocalScanner(adapter), []
    _run_until(scanner, lambda: bool(found.extend(scanner.drain()) or found))
    assert {advert.address: advert.rssi_dbm for advert in found} == {_advert(1).address: -50, _advert(2).address: -60}
    assert (scanner.drain(), scanner.trouble) == ((), "")
    assert adapter.stops == 1


def test_a_flood_is_bounded():
    adapter = ScriptedAdapter([[_advert(index) for index in range(3 * MOST_WAITING)]])
    scanner, counts = LocalScanner(adapter), []
    _run_until(scanner, lambda: adapter.starts > 0 and not counts.append(len(scanner.drain())))
    assert max(counts) == MOST_WAITING


def test_says_why_it_does_not_listen_and_tries_again():
    adapter = ScriptedAdapter([fault("switched_off"), fault("no_adapter"), [_advert(1)]])
    scanner, said = LocalScanner(adapter, again_s=0.01), []
    _run_until(scanner, lambda: bool(said.append(scanner.trouble) or scanner.drain()))
    assert any("switched off" in trouble for trouble in said)
    assert scanner.trouble == ""
    assert adapter.starts == 3 == adapter.stops


def test_an_adapter_that_falls_silent_is_opened_again():
    adapter = ScriptedAdapter([[_advert(1)]])
    _run_until(LocalScanner(adapter, silent_s=0.01), lambda: adapter.starts >= 3)
    assert adapter.stops == adapter.starts


def test_it_can_run_again_on_another_loop():
    adapter = ScriptedAdapter([[_advert(1)]])
    scanner = LocalScanner(adapter, silent_s=0.01)
    for _ in range(2):
        adapter.starts = 0
        _run_until(scanner, lambda: adapter.starts >= 2)


def test_without_bluetooth_the_real_adapter_gives_a_reason():
    """Where there is an adapter, it opens; everywhere else the reason is a sentence that says what to do."""

    async def main() -> str:
        radio = BleakRadio(lambda _: None)
        try:
            await radio.start()
        except EnvironmentFault as error:
            return str(error)
        finally:
            await radio.stop()
            await radio.stop()
        return ""

    reason = asyncio.run(main())
    assert not reason or ("only nodes hear phones" in reason and reason.endswith("."))


def _heard(address: str = "AA:BB:CC:DD:EE:01", rssi: object = -60, details: object = None, name: object = None) -> BleAdvert | None:
    device = SimpleNamespace(address=address, details=details)
    return read_advert(device, SimpleNamespace(rssi=rssi, local_name=name, manufacturer_data={0x004C: bytes(40), 0x0075: b"x"}))


def test_reads_what_bleak_gives():
    advert = _heard(details={"path": "/org/bluez/hci0/dev", "props": {"AddressType": "random"}}, name="A\x00lice" * 20)
    assert advert is not None
    assert (advert.random_address, advert.company_id, len(advert.company_data)) == (True, 0x004C, 32)
    assert "\x00" not in advert.name and len(advert.name) <= 31


@pytest.mark.parametrize(
    ("details", "random"), [(None, None), ({}, None), ({"props": 3}, None), ({"props": {"AddressType": "public"}}, False)]
)
def test_systems_that_do_not_say_the_kind_of_address(details: object, random: bool | None):
    advert = _heard(details=details)
    assert advert is not None and advert.random_address is random


def test_hidden_addresses_and_missing_strengths_are_left_out():
    assert _heard(address="E621E1F8-C36C-495A-93FC-0C247A3E6E5F") is None
    assert _heard(rssi=-127) is None
    assert _heard(rssi=None) is None

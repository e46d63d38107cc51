"""What scanners hear of phones."""

import json

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from engine.sources.simulated import DEMO, World
from engine.sources.simulated.nodes.node import NodeVoice
from engine.sources.simulated.nodes.phones import STALE_MOST, PhoneWaves, SimulatedAdvert, private_address
from engine.sources.simulated.pictures.bodies import WalkersOf
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.plan import PhonePlan
from engine.sources.simulated.waves.room import Room, Scenario, Space

SPACE = Space(12.0, 5.0, 2.5)
DESK = PhonePlan("Left", -59.0, "AA:BB:CC:DD:EE:01", at=(1.0, 2.5, 0.8))
CARRIED = PhonePlan("Carried", -59.0, "AA:BB:CC:DD:EE:02", "walker-0", name="Phone")
NOT_HERE = PhonePlan("Elsewhere", -59.0, "AA:BB:CC:DD:EE:03", "walker-9")


def waves(phones: tuple[PhonePlan, ...], scanners: tuple[tuple[float, float, float], ...], walkers: int = 1, seed: int = 5) -> PhoneWaves:
    around = Surroundings.of_room(SPACE.width_m, SPACE.depth_m, SPACE.height_m, seed)
    return PhoneWaves(scanners, around, Room(SPACE, walkers, seed, Scenario.WALK), phones, seed)


def levels(found: list[tuple[SimulatedAdvert, ...]]) -> list[int]:
    return [one.rssi_dbm for report in found for one in report]


def test_it_falls_with_distance_and_fades() -> None:
    scanners = ((1.5, 2.5, 1.5), (4.0, 2.5, 1.5), (11.5, 2.5, 1.5))
    means = []
    for scanner in range(3):
        runs = [waves((DESK,), scanners, 0, seed) for seed in range(12)]
        values = [levels([run.phones_heard_by(scanner, report) for report in range(1, 25)]) for run in runs]
        assert 1.0 < np.mean([np.std(one) for one in values]) < 4.0
        means.append(np.mean([np.mean(one) for one in values]))
    assert means[0] - means[1] > 6
    assert means[1] - means[2] > 6
    assert -72 < means[1] < -60


def test_the_carriers_body_stands_in_the_way() -> None:
    """The phone is in the right trouser pocket: the same walker is heard better from one side than from the other."""
    near = waves((CARRIED,), ((0.0, 2.5, 1.0), (12.0, 2.5, 1.0)))
    heard = [[levels([near.phones_heard_by(scanner, report)]) for report in range(1, 200)] for scanner in (0, 1)]
    assert min(len([one for one in heard[scanner] if one]) for scanner in (0, 1)) > 150
    assert np.std([one[0] for one in heard[0] if one]) > 4


def test_the_same_report_is_the_same_and_the_next_differs() -> None:
    one, other = (waves((CARRIED, DESK), ((6.0, 0.0, 1.5),)) for _ in range(2))
    one.phones_heard_by(0, 7)
    assert one.phones_heard_by(0, 8) == other.phones_heard_by(0, 8)
    assert any(one.phones_heard_by(0, number) != one.phones_heard_by(0, number + 1) for number in range(5))


def test_a_phone_of_somebody_who_is_not_there_is_not_heard() -> None:
    assert levels([waves((NOT_HERE,), ((6.0, 0.0, 1.5),)).phones_heard_by(0, number) for number in range(20)]) == []


def test_far_phones_are_missed() -> None:
    quiet = PhonePlan("Weak", -80.0, "AA:BB:CC:DD:EE:04", at=(11.5, 2.5, 0.8))
    heard = [waves((quiet,), ((0.0, 2.5, 1.5),)).phones_heard_by(0, number) for number in range(60)]
    assert sum(map(bool, heard)) < 20


def test_private_addresses_rotate_and_resolve() -> None:
    irk = bytes.fromhex("a3f10c5577d2419b8e6604c2fb19d07e")
    addresses = {private_address(irk, number) for number in range(50)}
    assert len(addresses) == 50
    for address in addresses:
        raw = bytes.fromhex(address.replace(":", ""))
        assert raw[0] >> 6 == 0b01
        encryptor = Cipher(algorithms.AES(irk), modes.ECB()).encryptor()
        assert (encryptor.update(bytes(13) + raw[:3]) + encryptor.finalize())[-3:] == raw[3:]


def test_the_demo_is_heard_room_by_room() -> None:
    """Over a round every node hears something, registered phones by their address, the visitor under changing ones."""
    phones = PhoneWaves([node.at for node in DEMO.nodes], Surroundings.of_plan(DEMO), WalkersOf(World()), DEMO.phones)
    found = [
        {one.address: one for one in phones.phones_heard_by(node, report)} for node in range(len(DEMO.nodes)) for report in range(1, 121, 4)
    ]
    addresses = {address for report in found for address in report}
    known = {phone.address for phone in DEMO.phones if phone.address}
    assert known < addresses
    assert len(addresses - known) >= 2
    assert all(one.random for report in found for one in report.values() if one.address not in known)
    assert sum(bool(report) for report in found) > 0.9 * len(found)


@pytest.mark.parametrize("stale", [False, True])
def test_reports_repeat_who_is_gone_only_when_told_to(stale: bool) -> None:
    voice = NodeVoice("02:00:00:00:00:01", (0, 0, 1), "v", stale_reports=stale)
    voice.ble(1.0, [SimulatedAdvert("AA:00:00:00:00:01", -50, name="One")])
    later = json.loads(voice.ble(6.0, [SimulatedAdvert("AA:00:00:00:00:02", -60, company_id=76, company_data="01")]))
    assert [device["rssi_dbm"] for device in later["devices"]] == ([-50, -60] if stale else [-60])
    assert later["devices"][-1] == {"addr": "AA:00:00:00:00:02", "addr_type": "public", "rssi_dbm": -60, "mfr_id": 76, "mfr_data_hex": "01"}
    voice.ble(7.0, [SimulatedAdvert(f"BB:00:00:00:00:{number:02X}", -70) for number in range(100)])
    assert len(json.loads(voice.ble(8.0, []))["devices"]) == (STALE_MOST if stale else 0)

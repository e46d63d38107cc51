"""Phones that people carry: what BLE scanners hear of them, once per report.

RSSI falls with distance in free space, with walls, with the carrier's own body and others in between, with the place (shadow fading) and
by chance (multipath, advertising channels). Far phones are missed.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from engine.model.radio.radio import wavelength_m
from engine.model.site import Position
from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.bodies import Bodies, Body
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.plan import PhonePlan
from engine.sources.simulated.waves.diffraction import passing

Array = npt.NDArray[np.float64]

REPORT_S = 5.0
STALE_MOST = 60  # entries that the firmware keeps and repeats
_OWN_BODY_DB = 9.0
_SHADOW_DB, _FADING_DB = 2.4, 2.2
_WAVES = 6
_HEARD_DBM = -93.0
_WORD = 0xFFFFFFFFFFFFFFFF


@dataclass(frozen=True, slots=True)
class SimulatedAdvert:
    """One device in one report of one scanner."""

    address: str
    rssi_dbm: int
    random: bool = False
    name: str = ""
    company_id: int | None = None
    company_data: str = ""


class PhoneWaves:
    """What every scanner hears of every phone. A pure function of its arguments and time; one thread."""

    def __init__(
        self, scanners: Sequence[Position], around: Surroundings, bodies: Bodies, phones: Sequence[PhonePlan], seed: int = 7
    ) -> None:
        self._at = np.array(scanners, np.float64).reshape(-1, 3)
        self._around, self._bodies, self._phones, self._seed = around, bodies, tuple(phones), seed
        chance = np.random.default_rng((seed, 43))
        self._gain_db = chance.normal(0, 1.5, len(self._at))
        self._way = chance.normal(0, 2 * np.pi / 2.5, (len(self._at), _WAVES, 2))
        self._start = chance.uniform(0, 2 * np.pi, (len(self._at), _WAVES))

    def phones_heard_by(self, scanner: int, report: int) -> tuple[SimulatedAdvert, ...]:
        """What the scanner took down in the 5 s that end at world time `report` · 5 s."""
        key = np.array([(self._seed << 8 | scanner) & _WORD, report & _WORD], np.uint64)
        chance = np.random.Generator(np.random.Philox(key=key))
        t_s = report * REPORT_S - float(chance.uniform(0, 0.5 * REPORT_S))
        bodies = {body.id: body for body in self._bodies.at(t_s)}
        found: list[SimulatedAdvert] = []
        for phone in self._phones:
            fading, luck = float(chance.normal(0, _FADING_DB)), float(chance.random())
            place, carrier = _place(phone, bodies)
            if place is None:
                continue
            rssi = self._rssi_dbm(scanner, phone, place, carrier, bodies) + fading
            if luck < 0.97 / (1 + np.exp((_HEARD_DBM - rssi) / 1.5)):
                found.append(_entry(phone, t_s, round(min(rssi, -20.0))))
        return tuple(found)

    def _rssi_dbm(self, scanner: int, phone: PhonePlan, place: Array, carrier: Body | None, bodies: dict[str, Body]) -> float:
        at = self._at[scanner]
        level = phone.power_dbm + self._gain_db[scanner] - 20 * np.log10(max(float(np.linalg.norm(place - at)), 0.2))
        level -= float(self._around.loss_db(place[None], at[None])[0])
        level += _SHADOW_DB * np.sqrt(2 / _WAVES) * float(np.cos(self._way[scanner] @ place[:2] + self._start[scanner]).sum())
        if carrier is not None:
            level -= _own_body_db(at, place, carrier)
        return float(level) + self._others_db(at, place, [body for body in bodies.values() if body is not carrier])

    def _others_db(self, at: Array, place: Array, others: list[Body]) -> float:
        if not others:
            return 0.0
        low, high = np.array([body.low_m for body in others]), np.array([body.high_m for body in others])
        half, none = np.array([body.half_width_m for body in others]), np.zeros(1)
        left = np.abs(passing(place[None], at[None], none, none, low, high, half, wavelength_m(6))).prod()
        return float(20 * np.log10(max(left, 0.05)))


def _place(phone: PhonePlan, bodies: dict[str, Body]) -> tuple[Array | None, Body | None]:
    """Where it is: in the carrier's right trouser pocket, or where it was left."""
    if not phone.carrier:
        return (None if phone.at is None else np.array(phone.at)), None
    carrier = bodies.get(phone.carrier)
    if carrier is None:
        return None, None
    axis = (carrier.high_m - carrier.low_m) / max(float(np.linalg.norm(carrier.high_m - carrier.low_m)), 1e-6)
    right = np.cross(carrier.front, axis)
    return carrier.mass_m - 0.22 * axis + 0.17 * right + 0.07 * carrier.front, carrier


def _own_body_db(at: Array, place: Array, carrier: Body) -> float:
    """Most when the carrier stands between phone and scanner."""
    out, way = (place - carrier.mass_m)[:2], (at - carrier.mass_m)[:2]
    cosine = float(out @ way) / max(float(np.linalg.norm(out) * np.linalg.norm(way)), 1e-6)
    return _OWN_BODY_DB * ((1 - cosine) / 2) ** 1.5


def _entry(phone: PhonePlan, t_s: float, rssi_dbm: int) -> SimulatedAdvert:
    address = phone.address or private_address(bytes.fromhex(phone.irk), int(t_s // phone.rotates_s))
    return SimulatedAdvert(address, rssi_dbm, not phone.address, phone.name, phone.company_id, phone.company_data)


def private_address(irk: bytes, number: int) -> str:
    """The resolvable private address with this number: 24 random bits and their AES hash (Bluetooth Core 5.4, Vol 3 Part H 2.2.2)."""
    chance = np.random.Generator(np.random.Philox(key=np.array([int.from_bytes(irk[-8:], "big"), number & _WORD], np.uint64)))
    random = int(chance.integers(0, 1 << 22)) | 1 << 22  # the two highest bits say what kind of address it is
    block = bytes(13) + random.to_bytes(3, "big")
    encryptor = Cipher(algorithms.AES(irk), modes.ECB()).encryptor()
    hashed = encryptor.update(block) + encryptor.finalize()
    return (random.to_bytes(3, "big") + hashed[-3:]).hex(":").upper()

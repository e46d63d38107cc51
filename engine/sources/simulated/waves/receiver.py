"""What a cheap Wi-Fi chip makes of a channel: random phases, noise, automatic gain, eight bits, and a rounded RSSI."""

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complexfloating]

TONES = 64
CARRIER_HZ = np.concatenate([np.arange(0, 32), np.arange(-32, 0)]) * 312_500.0  # in the order of the chip's buffer, IEEE 802.11 HT20
USED = np.array([1 <= abs(k) <= 26 for k in np.concatenate([np.arange(0, 32), np.arange(-32, 0)])])
SENSITIVITY_DBM = -92.0
_SENT_DBM = 11.0  # what leaves two small aerials of a node that sends 18 dBm
_THERMAL_DBM = -95.0
_DISTORTION = 0.03  # error vector of the chips, of the strength received
_FULL = 21.0  # root mean square that the gain control aims at, in units of the last bit
_GAIN_STEP_DB = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class ReceivedPackets:
    """What receivers report of F packets: iq (F, 64, 2) int8, rssi_dbm (F,) int8, noise_dbm (F,) int8; `kept` (F,) those not lost."""

    iq: npt.NDArray[np.int8]
    rssi_dbm: npt.NDArray[np.int8]
    noise_dbm: npt.NDArray[np.int8]
    kept: npt.NDArray[np.bool_]


class Receivers:
    """The chips of all nodes. Immutable; what differs from chip to chip comes from the seed."""

    def __init__(self, count: int, wave_m: float, seed: int) -> None:
        chance = np.random.default_rng((seed, 29))
        self._ripple = np.exp(0.10 * _smooth(chance, count) + 0.12j * _smooth(chance, count)) * USED
        self._power_db = chance.normal(0, 0.7, count)
        self._reads_db = chance.normal(0, 0.8, count)
        self._slope = chance.uniform(-0.4, 0.4, count)
        self._one_metre = wave_m / (4 * np.pi)

    def hear(
        self, channel: Complex, sender: npt.NDArray[np.intp], reader: npt.NDArray[np.intp], chance: np.random.Generator
    ) -> ReceivedPackets:
        """`channel` (F, 64) relative to one metre of nothing; `sender`, `reader` (F,) number the nodes."""
        count = len(channel)
        scale = self._one_metre * 10 ** ((_SENT_DBM + self._power_db[sender] + chance.normal(0, 0.12, count)) / 20)  # root mW
        signal = channel * self._ripple[reader] * scale[:, None]
        power_mw = (np.abs(signal[:, USED]) ** 2).mean(axis=1)
        hit = np.where(chance.random(count) < 0.002, 0.5, 0.0)  # somebody else sent at the same time
        spread = np.sqrt(power_mw * (_DISTORTION**2 + hit**2) + 10 ** (_THERMAL_DBM / 10))
        noise = chance.standard_normal((count, TONES, 2), np.float32).view(np.complex64)[..., 0] * USED
        turned = (signal + (spread / np.sqrt(2))[:, None] * noise) * self._turn(reader, chance)
        rssi = 10 * np.log10(power_mw + 10 ** (_THERMAL_DBM / 10))
        steps = (20 * np.log10(_FULL) - rssi + chance.normal(0, 0.35, count)) / _GAIN_STEP_DB
        gain_db = np.rint(steps) * _GAIN_STEP_DB
        levels = turned * (10 ** (gain_db / 20))[:, None]
        iq = np.clip(np.rint(np.stack([levels.real, levels.imag], axis=-1)), -127, 127).astype(np.int8)
        read = np.clip(np.rint(rssi + self._reads_db[reader] + chance.normal(0, 0.4, count)), -100, -1).astype(np.int8)
        floor = np.rint(_THERMAL_DBM + chance.normal(0, 0.6, count)).astype(np.int8)
        lost = (chance.random(count) < 0.015) | (rssi < SENSITIVITY_DBM + chance.normal(0, 1.0, count))
        return ReceivedPackets(iq, read, floor, ~lost)

    def _turn(self, reader: npt.NDArray[np.intp], chance: np.random.Generator) -> Complex:
        """Phases that no packet shares with the next: of the carrier, and a slope over the band from when the chip began to sample."""
        slope = self._slope[reader] + chance.normal(0, 0.05, len(reader))
        phase = chance.uniform(0, 2 * np.pi, len(reader))
        return np.exp(1j * (phase[:, None] + slope[:, None] * (CARRIER_HZ / 312_500.0 / 8)))


def _smooth(chance: np.random.Generator, count: int) -> Array:
    """(count, 64) of unit size, smooth over the band: a chip's filters."""
    waves = np.arange(1, 4)[:, None] * CARRIER_HZ / 20e6 * 2 * np.pi
    return (chance.normal(0, 1, (count, 3)) @ np.cos(waves) + chance.normal(0, 1, (count, 3)) @ np.sin(waves)) / np.sqrt(3)

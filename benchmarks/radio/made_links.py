"""Made-up recordings of one link: a direct wave, echoes of walls, somebody who walks or nobody, and five kinds of radio.

Bodies scatter by the bistatic radar equation, each subcarrier at its own phase. The level of single frames varies by 0.6 dB, as that of the
recorded ESP32 does in an empty room. A walk begins anywhere on its way: it does not wait until the second second.
"""

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import LIGHT_M_S
from engine.model.value_class import dataclass
from engine.sources.node.csi_text import CsiRow

Array = npt.NDArray[np.float64]
Waves = npt.NDArray[np.complex128]

DURATION_S = 6.0
TUNING_SEEDS, HELD_OUT_SEEDS = range(1, 1001), range(1001, 2001)
_MAC = "02:00:00:00:00:01"
_CARRIER_HZ, _SPACING_HZ = 2.437e9, 312_500.0
_GUARD = [0, *range(27, 38)]
_TONES = _CARRIER_HZ + _SPACING_HZ * np.where(np.arange(64) < 32, np.arange(64), np.arange(64) - 64)
_LEVEL_NOISE_DB = 0.6
_REACH = 0.35  # amplitude that a body scatters at a metre from both ends, relative to the direct wave of a metre
_NODE_M, _BODY_M = 1.5, 1.1  # heights
_STEP_EVERY_S = 3.65


@dataclass(frozen=True, slots=True)
class LinkRadio:
    """A kind of receiver. `gain`: `fixed`, `held` (every frame at the same level) or `steps` (6 dB up or down every few seconds).
    `tilt`: relative, of single frames over the band. `counts`: I/Q of the usual amplitude."""

    name: str
    rate_hz: float = 100.0
    snr_db: float = 30.0
    gain: str = "fixed"
    counts: float = 20.0
    tilt: float = 0.0


RADIOS = (
    LinkRadio("plain"),
    LinkRadio("coarse", 50.0, snr_db=20.0, counts=12.0),
    LinkRadio("level held", gain="held", counts=40.0),
    LinkRadio("gain in steps", 50.0, gain="steps"),
    LinkRadio("tilting", snr_db=35.0, tilt=0.02),
)


def made_rows(radio: LinkRadio, seed: int, walking: bool) -> tuple[list[CsiRow], Array]:
    """Frames of one recording, and when each came (s); the same for the same seed."""
    chance = np.random.default_rng((seed, RADIOS.index(radio)))
    space = chance.uniform(4.0, 8.0, 2)
    corners = np.array([[0, 0], [space[0], 0], space, [0, space[1]]])
    ends = np.column_stack([corners[chance.choice(4, 2, replace=False)], [_NODE_M, _NODE_M]])
    still = _static(ends, chance)
    t_s = np.arange(0.0, DURATION_S, 1 / radio.rate_hz)
    way = _walk(space, t_s, chance)
    wave = np.repeat(still[None], len(t_s), axis=0)
    if walking:
        near, far = (np.linalg.norm(way - end, axis=1) for end in ends)
        wave = wave + _arrival((near + far)[:, None], (_REACH / np.maximum(near * far, 0.1))[:, None])
    counts = _received(radio, wave, still, t_s, chance)
    return [_row(n, at, frame) for n, (at, frame) in enumerate(zip(t_s.tolist(), counts, strict=True))], t_s


def _static(ends: Array, chance: np.random.Generator) -> Waves:
    distance = float(np.linalg.norm(ends[0] - ends[1]))
    extra, loss = chance.uniform(1.0, 15.0, 5), chance.uniform(0.1, 0.5, 5)
    lengths = distance + np.concatenate([[0.0], extra])
    return _arrival(lengths[:, None], (np.concatenate([[1.0], loss]) / lengths)[:, None]).sum(axis=0)


def _arrival(length_m: Array, amplitude: Array) -> Waves:
    waves: Waves = np.exp(-2j * np.pi * _TONES * length_m / LIGHT_M_S)
    return amplitude * waves


def _walk(space: Array, t_s: Array, chance: np.random.Generator) -> Array:
    """(n, 3) straight ways between spots of the room, at one speed, from somewhere on the first way on."""
    spots = chance.uniform(0.3, space - 0.3, (12, 2))
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(spots, axis=0), axis=1))])
    gone = chance.uniform(0.0, along[1]) + chance.uniform(0.6, 1.2) * t_s
    return np.column_stack([*(np.interp(gone, along, spots[:, axis]) for axis in range(2)), np.full(len(t_s), _BODY_M)])


def _received(radio: LinkRadio, wave: Waves, still: Waves, t_s: Array, chance: np.random.Generator) -> npt.NDArray[np.int8]:
    usual = float(np.sqrt(np.mean(np.abs(still) ** 2)))
    strength = np.sqrt(np.mean(np.abs(wave) ** 2, axis=1))
    noise = usual / np.sqrt(2) * 10 ** (-radio.snr_db / 20)
    wave = wave + noise * (chance.standard_normal(wave.shape) + 1j * chance.standard_normal(wave.shape))
    wave = wave * (1 + radio.tilt * chance.standard_normal((len(t_s), 1)) * np.linspace(-1, 1, 64))
    gain = radio.counts / (strength if radio.gain == "held" else np.full(len(t_s), usual))
    if radio.gain == "steps":
        gain = gain * 10 ** (3 * np.sign(np.sin(np.pi * (t_s / _STEP_EVERY_S + chance.uniform()))) / 20)
    gain = gain * 10 ** (_LEVEL_NOISE_DB * chance.standard_normal(len(t_s)) / 20)
    wave = wave * (gain * np.exp(2j * np.pi * chance.uniform(size=len(t_s))))[:, None]
    wave[:, _GUARD] = 0
    return np.clip(np.rint(np.stack([wave.real, wave.imag], axis=-1)), -127, 127).astype(np.int8)


def _row(number: int, at_s: float, frame: npt.NDArray[np.int8]) -> CsiRow:
    return CsiRow(number + 1, _MAC, -50, -95, 6, round(at_s * 1e6), 0, frame)

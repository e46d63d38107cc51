"""A room with radio nodes as physics has it: a direct wave, echoes of walls, a body that scatters, noise, gain control, rounding.

Not the model of any simulator that the product knows: bodies scatter by the bistatic radar equation (amplitude as 1/(d₁·d₂)) at their own
phase on every subcarrier.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import LIGHT_M_S, CsiBatch

Array = npt.NDArray[np.float64]
SECOND = 1_000_000_000
ORIGIN_NS = 1_700_000_000 * SECOND
CARRIER_HZ, SPACING_HZ = 2.437e9, 312_500.0
GUARD = [0, *range(27, 38)]


@dataclass(frozen=True, slots=True)
class Radio:
    """How a receiver distorts. `gain`: `fixed`, `follow` (the norm always the same) or `steps` (6 dB up or down every few seconds)."""

    snr_db: float = 30.0
    gain: str = "fixed"
    counts: float = 20.0
    rssi_noise_db: float = 0.3
    rssi: bool = True
    jitter: float = 0.0  # relative tilt of single frames over the band
    reach: float = 0.35  # amplitude that a body scatters at a metre from both ends, relative to the direct wave of a metre


class Room:
    """Directed paths between nodes; `body(t_s)` gives (N, B, 3) positions of bodies, None for an empty room."""

    def __init__(self, nodes: Array, radio: Radio, seed: int, body: Callable[[Array], Array] | None = None) -> None:
        self.nodes, self.radio, self.body = nodes, radio, body
        self._random = np.random.default_rng(seed)
        self._frequency = CARRIER_HZ + SPACING_HZ * np.where(np.arange(64) < 32, np.arange(64), np.arange(64) - 64)
        self.macs = [f"02:00:00:00:00:{n:02X}" for n in range(len(nodes))]
        self.paths = tuple((a, b) for a in range(len(nodes)) for b in range(len(nodes)) if a != b)
        self._static = {frozenset(path): self._echoes(*path) for path in self.paths}
        self._step = {path: self._random.integers(-1, 2) for path in self.paths}

    def batches(self, rate_hz: float, seconds: float, jitter: float = 0.1, tick_s: float = 0.1, start_s: float = 0.0) -> Iterator[CsiBatch]:
        """What arrives tick by tick; every path sends `rate_hz` frames a second, unevenly."""
        times = {path: self._arrivals(rate_hz, seconds, jitter) + start_s for path in self.paths}
        frames = {path: self.frames(path, at) for path, at in times.items()}
        for begin in np.arange(0.0, seconds, tick_s) + start_s:
            yield self._batch(times, frames, begin, begin + tick_s)

    def frames(self, path: tuple[int, int], t_s: Array) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
        """I/Q (N, 64, 2) and RSSI (N,) of one path at these times."""
        wave = self._static[frozenset(path)][None] + self._scattered(path, t_s)
        strength = np.sqrt(np.mean(np.abs(wave) ** 2, axis=1))
        noise = np.sqrt(np.mean(np.abs(self._static[frozenset(path)]) ** 2) / 2 * 10 ** (-self.radio.snr_db / 10))
        wave = wave + noise * (self._random.normal(size=wave.shape) + 1j * self._random.normal(size=wave.shape))
        tilt = self.radio.jitter * self._random.normal(size=(len(t_s), 1)) * np.linspace(-1, 1, 64)
        wave = wave * (1 + tilt) * np.exp(1j * self._random.uniform(0, 2 * np.pi, (len(t_s), 1)))
        wave = wave * self._gain(path, t_s, strength)[:, None]
        wave[:, GUARD] = 0
        iq = np.clip(np.rint(np.stack([wave.real, wave.imag], axis=-1)), -127, 127).astype(np.int8)
        told = np.rint(20 * np.log10(strength) - 45 + self.radio.rssi_noise_db * self._random.normal(size=len(t_s)))
        return iq, np.clip(told, -127, -1).astype(np.int8) * np.int8(self.radio.rssi)

    def _echoes(self, a: int, b: int) -> npt.NDArray[np.complex128]:
        distance = float(np.linalg.norm(self.nodes[a] - self.nodes[b]))
        wave = _arrival(self._frequency, distance, 1 / distance)
        for extra, loss in zip(self._random.uniform(1, 15, 5), self._random.uniform(0.1, 0.5, 5), strict=True):
            wave = wave + _arrival(self._frequency, distance + extra, loss / (distance + extra))
        return wave

    def _scattered(self, path: tuple[int, int], t_s: Array) -> npt.NDArray[np.complex128]:
        wave = np.zeros((len(t_s), 64), np.complex128)
        if self.body is None:
            return wave
        for body in np.moveaxis(self.body(t_s), 1, 0):
            one, other = (np.linalg.norm(body - self.nodes[n], axis=1) for n in path)
            wave += _arrival(self._frequency, (one + other)[:, None], (self.radio.reach / np.maximum(one * other, 0.1))[:, None])
        return wave

    def _gain(self, path: tuple[int, int], t_s: Array, strength: Array) -> Array:
        typical = np.sqrt(np.mean(np.abs(self._static[frozenset(path)]) ** 2))
        if self.radio.gain == "follow":
            return self.radio.counts / strength
        if self.radio.gain == "steps":
            return self.radio.counts / typical * 10 ** (6 * np.sign(np.sin(2 * np.pi * t_s / 7.3 + 17 * path[0] + path[1])) / 40)
        return np.full(len(t_s), self.radio.counts / typical)

    def _arrivals(self, rate_hz: float, seconds: float, jitter: float) -> Array:
        even = np.arange(0.0, seconds, 1 / rate_hz)
        return np.sort(even + self._random.uniform(0, jitter, len(even)) / rate_hz)

    def _batch(self, times: dict, frames: dict, begin: float, end: float) -> CsiBatch:
        rows = [
            (t, n, i)
            for n, path in enumerate(self.paths)
            for i in np.flatnonzero((times[path] >= begin) & (times[path] < end))
            for t in [times[path][i]]
        ]
        rows.sort()
        count = len(rows)
        pick = [frames[self.paths[n]] for _, n, _ in rows]
        return CsiBatch(
            occurred_ns=ORIGIN_NS + round(end * SECOND),
            links=tuple((self.macs[a], self.macs[b]) for a, b in self.paths),
            link=np.array([n for _, n, _ in rows], np.uint16),
            arrival_ns=np.array([ORIGIN_NS + round(t * SECOND) for t, _, _ in rows], np.int64),
            rssi_dbm=np.array([f[1][i] for f, (_, _, i) in zip(pick, rows, strict=True)], np.int8),
            noise_dbm=np.full(count, -95, np.int8),
            channel=np.full(count, 6, np.uint8),
            n_sub=np.full(count, 64, np.uint8),
            iq=np.array([f[0][i] for f, (_, _, i) in zip(pick, rows, strict=True)], np.int8).reshape(count, 64, 2),
        )


def _arrival(frequency: Array, length_m: Array | float, amplitude: Array | float) -> npt.NDArray[np.complex128]:
    return amplitude * np.exp(-2j * np.pi * frequency * length_m / LIGHT_M_S)


def corners(width: float, depth: float, height: float = 1.5) -> Array:
    return np.array([[0, 0, height], [width, 0, height], [width, depth, height], [0, depth, height]], np.float64)


def stroll(width: float, depth: float, speed: float = 0.9) -> Callable[[Array], Array]:
    """One walker on a figure of eight."""

    def body(t_s: Array) -> Array:
        turn = speed * t_s / (0.35 * (width + depth) / 2)
        x = width / 2 + 0.38 * width * np.sin(turn)
        y = depth / 2 + 0.38 * depth * np.sin(2 * turn) / 1.5
        return np.stack([x, y, np.full(len(t_s), 1.1)], axis=1)[:, None]

    return body

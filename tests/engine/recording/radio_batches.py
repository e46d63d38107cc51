"""Batches of CSI and sightings as nodes give them, for tests of what keeps them."""

import numpy as np

from engine.model.radio.radio import BleSighting, BleSightings, CsiBatch
from engine.model.time import SECOND
from tests.engine.recording.observations import START_NS


def csi_batch(frames: int, *, seed: int = 0, nodes: int = 16, subcarriers: int = 64, at_ns: int = START_NS) -> CsiBatch:
    """Frames of all ordered links in turn: a static path with its own phase in every frame, noise, and zeros beyond `n_sub`."""
    rng = np.random.default_rng(seed)
    macs = [f"AA:BB:CC:00:{n // 256:02X}:{n % 256:02X}" for n in range(nodes)]
    links = tuple((a, b) for a in macs for b in macs if a != b)
    phase = rng.uniform(0, 2 * np.pi, (frames, 1)) + np.arange(subcarriers) / 9
    amplitude = 24 + 8 * np.sin(np.arange(subcarriers) / 5)
    iq = np.stack([amplitude * np.cos(phase), amplitude * np.sin(phase)], axis=2) + rng.normal(0, 2, (frames, subcarriers, 2))
    return CsiBatch(
        occurred_ns=at_ns,
        links=links,
        link=(np.arange(frames) % len(links)).astype(np.uint16),
        arrival_ns=at_ns - SECOND // 10 + np.sort(rng.integers(0, SECOND // 10, frames)),
        rssi_dbm=rng.integers(-70, -40, frames).astype(np.int8),
        noise_dbm=np.full(frames, -95, np.int8),
        channel=np.full(frames, 6, np.uint8),
        n_sub=np.full(frames, subcarriers, np.uint8),
        iq=np.clip(iq, -128, 127).astype(np.int8),
    )


def sightings(at_ns: int = START_NS) -> BleSightings:
    heard = (BleSighting("anon-0123456789abcdef", -71), BleSighting("AA:BB:CC:DD:EE:FF", -55, "Ada’s phone", 76))
    return BleSightings(at_ns, "AA:BB:CC:00:00:01", heard)

"""How much of a wave gets past a body: scalar diffraction at an absorbing strip.

After Rampa, Savazzi, Nicoli and D'Amico, "Physical modeling and performance bounds for device-free localization systems" (IEEE Signal
Processing Letters, 2015), with both extents finite.
"""

import numpy as np
import numpy.typing as npt

from engine._scipy import scipy_function

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]

_NEAR_M = 0.35  # nearer to an antenna than this, a body fades out of the model


def passing(starts: Array, ends: Array, before_m: Array, after_m: Array, low: Array, high: Array, half_m: Array, wave_m: float) -> Complex:
    """The factor by which bodies change waves along straight stretches of their ways.

    Args:
        starts, ends: (S, 3) of each stretch, metres. before_m, after_m: (S,) length of the way before and after it.
        low, high: (B, 3) ends of the bodies' axes. half_m: (B,) half of what they are across.

    Returns:
        (S, B) complex; 1 where a body is not in the way.
    """
    factor = np.ones((len(starts), len(low)), np.complex128)
    way = ends - starts
    length = np.linalg.norm(way, axis=1)
    flat = np.hypot(way[:, 0], way[:, 1])
    across = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.maximum(flat, 1e-6)[:, None]
    middle = (low + high) / 2
    share = np.einsum("sbi,si->sb", middle[None, :, :2] - starts[:, None, :2], way[:, :2]) / np.maximum(flat**2, 1e-6)[:, None]
    sides = [np.einsum("sbi,si->sb", end[None, :, :2] - starts[:, None, :2], across) for end in (low, high)]
    left, right = np.minimum(*sides) - half_m, np.maximum(*sides) + half_m
    stretch, body = np.nonzero((left < 1.0) & (right > -1.0) & (share > 0) & (share < 1) & (half_m > 0) & (flat > 0.1)[:, None])
    if not len(stretch):
        return factor
    at = share[stretch, body]
    to_start, to_end = at * length[stretch], (1 - at) * length[stretch]
    one, other = before_m[stretch] + to_start, after_m[stretch] + to_end
    scale = np.sqrt(2 * (one + other) / (wave_m * np.maximum(one * other, 1e-3)))
    height = starts[stretch, 2] + at * way[stretch, 2]
    bottom = np.minimum(low[:, 2], high[:, 2])[body] - 0.5 * half_m[body] - height
    top = np.maximum(low[:, 2], high[:, 2])[body] + 0.5 * half_m[body] - height
    blocked = _integral(left[stretch, body] * scale, right[stretch, body] * scale) * _integral(bottom * scale, top * scale)
    near = np.clip((np.minimum(to_start, to_end) - 0.5 * _NEAR_M) / _NEAR_M, 0, 1)
    factor[stretch, body] = 1 - 0.5j * near * blocked
    return factor


def _integral(start: Array, end: Array) -> Complex:
    """∫ exp(−jπu²/2) du from start to end."""
    fresnel = scipy_function("special", "_special_ufuncs", "fresnel")
    sine_a, cosine_a = fresnel(start)
    sine_b, cosine_b = fresnel(end)
    return (cosine_b - cosine_a) - 1j * (sine_b - sine_a)

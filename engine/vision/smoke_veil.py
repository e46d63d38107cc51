"""Where a picture is veiled: contrast and colour of a block have gone down together, as behind smoke, while the scene stayed where it was.

A veil of share α and brightness A turns a background B into (1 − α)·B + α·A (H. Koschmieder, "Theorie der horizontalen Sichtweite",
1924). Its fine structure and its colour shrink by 1 − α, its brightness does not. So 1 − (contrast by brightness now) / (contrast by
brightness usually) is the part of the light that comes from the veil, and the same holds for colour; a shadow or a change of exposure
scales all three alike and leaves both at zero. That smoke takes the fine structure first is what B. U. Töreyin, Y. Dedeoğlu and
A. E. Çetin use ("Wavelet based real-time smoke detection in video", EUSIPCO 2005); here the Laplacian stands for the wavelets.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.frame import DecodedFrame
from engine.model.time import SECOND
from engine.model.value_class import dataclass

WIDTH, BLOCK = 384, 6
WARM_UP_S = 6.0
WARM_UP_FRAMES = 6
_LEARN_S, _VEILED_S, _SPREAD_S = 60.0, 900.0, 30.0
_SAME_SCENE = 0.4  # correlation of contrast with what is usual: fog leaves more of it
_GAP_S = 300.0  # after so long without a picture the scene is learnt anew
_LEAST_VEIL, _SPREADS = 0.12, 4.0
_LEAST_CONTRAST, _LEAST_COLOUR, _LEAST_LIGHT = 2.5, 5.0, 12.0  # grey levels, below which a block says nothing
_LEAST_CHANGE, _MOST_CHANGE = 0.03, 0.6  # of the brightness, where only that can tell

Blocks = npt.NDArray[np.float32]
"""(rows, columns), a value per block."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Veil:
    """`strength`: 0–1 per block; `strong`: where it is sure; `weak`: flat blocks, as of the sky, whose brightness changed."""

    strength: Blocks
    strong: Flags
    weak: Flags


@dataclass(slots=True)
class _Scene:
    contrast: Blocks
    colour: Blocks
    light: Blocks
    spread: Blocks
    began_ns: int
    now_ns: int
    frames: int = 1


class VeilFinder:
    """One per view of a camera; one thread. Frames at any rate; some 5 ms each."""

    def __init__(self) -> None:
        self._scene: _Scene | None = None

    def look(self, frame: DecodedFrame) -> Veil | None:
        """None while the scene is learnt."""
        now = _features(frame)
        scene = self._scene
        if scene is None or not _continues(scene, now[0], frame.captured_ns):
            self._scene = _Scene(*now, np.zeros_like(now[2]), frame.captured_ns, frame.captured_ns)
            return None
        strength = _strength(scene, *now)
        is_warm = scene.frames >= WARM_UP_FRAMES and frame.captured_ns - scene.began_ns >= WARM_UP_S * SECOND
        strong = strength > np.maximum(_LEAST_VEIL, _SPREADS * scene.spread)
        veil = Veil(np.clip(strength, 0, 1), strong, _weak(scene, now[2]))
        _learn(scene, now, strength, strong if is_warm else np.zeros_like(strong), frame.captured_ns)
        return veil if is_warm else None


def _continues(scene: _Scene, contrast: Blocks, now_ns: int) -> bool:
    """Whether it is the same scene: not after a long pause, nor when the camera was turned."""
    if contrast.shape != scene.contrast.shape or not 0 <= now_ns - scene.now_ns <= _GAP_S * SECOND:
        return False
    now, usual = contrast - contrast.mean(), scene.contrast - scene.contrast.mean()
    norms = float(np.linalg.norm(now)) * float(np.linalg.norm(usual))
    return norms < 1e-6 or float(np.sum(now * usual)) >= _SAME_SCENE * norms


def _features(frame: DecodedFrame) -> tuple[Blocks, Blocks, Blocks]:
    """Contrast, colour and brightness per block."""
    width = min(WIDTH, frame.width) // BLOCK * BLOCK
    height = max(BLOCK, round(frame.height * width / frame.width) // BLOCK * BLOCK)
    picture = cv2.GaussianBlur(frame.bgr(width, height), (3, 3), 0)
    light = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    colour = picture.max(axis=2).astype(np.float32) - picture.min(axis=2)
    contrast = np.abs(cv2.Laplacian(light, cv2.CV_32F))
    return _blocks(contrast), _blocks(colour), _blocks(light.astype(np.float32))


def _blocks(plane: npt.NDArray[Any]) -> Blocks:
    size = plane.shape[1] // BLOCK, plane.shape[0] // BLOCK
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def _strength(scene: _Scene, contrast: Blocks, colour: Blocks, light: Blocks) -> Blocks:
    """By contrast and colour, the lesser where both can tell: a plain grey thing in front takes one, seldom both alike."""
    brighter = light / np.maximum(scene.light, 1)
    by_contrast = 1 - contrast / np.maximum(scene.contrast * brighter, 1e-3)
    by_colour = 1 - colour / np.maximum(scene.colour * brighter, 1e-3)
    has_contrast, has_colour = scene.contrast >= _LEAST_CONTRAST, scene.colour >= _LEAST_COLOUR
    both = np.where(has_colour, np.minimum(by_contrast, by_colour), by_contrast)
    found = np.where(has_contrast & (light >= _LEAST_LIGHT), both, 0)
    return np.asarray(cv2.blur(found.astype(np.float32), (3, 3)), np.float32)


def _weak(scene: _Scene, light: Blocks) -> Flags:
    changed = np.abs(light / np.maximum(scene.light, 1) - 1)
    return (scene.contrast < _LEAST_CONTRAST) & (changed >= _LEAST_CHANGE) & (changed <= _MOST_CHANGE)


def _learn(scene: _Scene, now: tuple[Blocks, Blocks, Blocks], strength: Blocks, veiled: Flags, now_ns: int) -> None:
    """What is veiled is learnt slowly, or smoke that stays would become the scene."""
    passed_s, age_s = (now_ns - scene.now_ns) / SECOND, (now_ns - scene.began_ns) / SECOND
    fast, slow = _rate(passed_s, min(_LEARN_S, max(age_s, passed_s))), _rate(passed_s, _VEILED_S)
    near = cv2.dilate(veiled.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    rate: Blocks = np.where(near, slow, fast).astype(np.float32)
    scene.contrast = _towards(scene.contrast, now[0], rate)
    scene.colour = _towards(scene.colour, now[1], rate)
    scene.light = _towards(scene.light, now[2], rate)
    scene.spread = _towards(scene.spread, np.abs(strength), np.where(near, 0, _rate(passed_s, _SPREAD_S)).astype(np.float32))
    scene.now_ns, scene.frames = now_ns, scene.frames + 1


def _towards(old: Blocks, new: Blocks, rate: Blocks) -> Blocks:
    return np.asarray(old + rate * (new - old), np.float32)


def _rate(passed_s: float, constant_s: float) -> float:
    return 1.0 - math.exp(-passed_s / constant_s) if passed_s > 0 else 0.0

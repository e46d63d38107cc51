"""From an upright face to the numbers that tell people apart.

Each face is embedded twice, as it is and mirrored, and the sum counts: what differs between both is noise of pose and light.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine._opencv import cv2
from engine.inference.runner import CPU_DOOR, Door
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.faces.alignment import ALIGNED, AlignedFace, AlignmentRefusal, align
from engine.vision.onnx import Network

DIMENSIONS = 128
LEAST_CONTRAST = 3.0  # standard deviation of grey levels; a lens cap has 1, the dimmest face of the test pictures 20
_MEAN_RGB = np.array([0.485, 0.456, 0.406], np.float32) * 255
_STD_RGB = np.array([0.229, 0.224, 0.225], np.float32) * 255


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedFace:
    """embedding: (128,) float32 of unit length. aligned: what was embedded."""

    embedding: Floats
    aligned: AlignedFace


class FaceEmbedder:
    """Embeds one face at a time with SFace or MobileFaceNet. Any one thread at a time; 4–10 ms (MobileFaceNet) on one core."""

    def __init__(self, path: Path, adapter: str, door: Door = CPU_DOOR) -> None:
        """
        Args:
            adapter: of the manifest; says how the network wants its pixels.

        Raises:
            InputError: no such adapter. EnvironmentFault: `model_damaged`.
        """
        if adapter not in _PREPARED:
            raise InputError("adapter", f"{adapter!r} is no face recogniser; known are {', '.join(sorted(_PREPARED))}")
        self._prepared = _PREPARED[adapter]
        self._network = Network(path, (1, 3, ALIGNED, ALIGNED), ((1, DIMENSIONS),), door)

    def embed(self, picture_bgr: Bytes2D, landmarks: Floats) -> EmbeddedFace | AlignmentRefusal:
        """
        Args:
            picture_bgr: (H, W, 3) uint8. landmarks: (5, 2) pixels of the picture, ordered as `FACE_LANDMARKS`.
        """
        aligned = align(picture_bgr, landmarks)
        return aligned if isinstance(aligned, AlignmentRefusal) else self.embed_aligned(aligned)

    def embed_aligned(self, aligned: AlignedFace) -> EmbeddedFace | AlignmentRefusal:
        if float(aligned.pixels.std(axis=(0, 1)).max()) < LEAST_CONTRAST:
            return AlignmentRefusal("The picture of the face is plain: too dark, too bright or covered.")
        raw = self.numbers(aligned.pixels) + self.numbers(aligned.pixels[:, ::-1])
        length = float(np.linalg.norm(raw))
        if not np.isfinite(length) or length == 0.0:
            return AlignmentRefusal("The recogniser gave no usable numbers for this face.")
        return EmbeddedFace((raw / length).astype(np.float32), aligned)

    def numbers(self, aligned_bgr: Bytes2D) -> Floats:
        """What the network gives for one upright picture (112, 112, 3): (128,), of any length, not averaged with its mirror image."""
        return self._network.run(self._prepared(np.ascontiguousarray(aligned_bgr)))[0][0]


def _for_sface(aligned_bgr: Bytes2D) -> Floats:
    """RGB, 0–255, as `cv2.FaceRecognizerSF` feeds it; the file itself subtracts and divides."""
    return _channels_first(cv2.cvtColor(aligned_bgr, cv2.COLOR_BGR2RGB).astype(np.float32))


def _for_mobilefacenet(aligned_bgr: Bytes2D) -> Floats:
    """RGB with ImageNet mean and deviation, as it was trained."""
    return _channels_first((cv2.cvtColor(aligned_bgr, cv2.COLOR_BGR2RGB) - _MEAN_RGB) / _STD_RGB)


def _channels_first(picture: Floats) -> Floats:
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None])


# A closed table: which code can feed which file.
_PREPARED: dict[str, Callable[[Bytes2D], Floats]] = {"sface": _for_sface, "mobilefacenet": _for_mobilefacenet}

"""The landmarks of a body in a turned square: BlazePose GHUM 3D, lite (Grishchenko et al., arXiv:2206.11678)."""

from pathlib import Path

import numpy as np

from engine.inference.runner import CPU_DOOR, Door
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.pose import LANDMARKS
from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.onnx import Network
from engine.vision.pose.region import Region

_SIDE = 256
_POINTS = 39  # the body's 33, then six that the next square could be made of
_OUTPUTS = ((1, _POINTS * 5), (1, 1), (1, _SIDE, _SIDE, 1), (1, 64, 64, _POINTS), (1, _POINTS * 3))


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """`landmarks` (33, 3) float32 in pixels of the full frame, `visibility` (33,) in 0–1, `score` in 0–1 that there is a body."""

    landmarks: Floats
    visibility: Floats
    score: float


class LandmarkNetwork:
    """Any one thread at a time; about 10 ms on one core."""

    def __init__(self, path: Path, door: Door = CPU_DOOR) -> None:
        """
        Raises:
            EnvironmentFault: `model_damaged`.
        """
        self._network = Network(path, (1, _SIDE, _SIDE, 3), _OUTPUTS, door)

    def look(self, picture_bgr: Bytes2D, region: Region) -> Body:
        """What the network makes of the square, body or not: the score says."""
        answers = self._network.run(region.cut(picture_bgr, _SIDE))
        rows = answers[0].reshape(_POINTS, 5)[:LANDMARKS]
        # A point that is outside the square is not present, however visible it might be.
        visibility = np.minimum(_sigmoid(rows[:, 3]), _sigmoid(rows[:, 4]))
        return Body(region.to_frame(rows[:, :3], _SIDE), visibility, float(answers[1][0, 0]))


def _sigmoid(logits: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(logits, -50, 50)))).astype(np.float32)

"""What a picture's scene looks like, as one vector, for telling whether two pictures show the same occurrence.

The features that a detector's backbone has of a picture: each channel's maximum over windows of 9 × 9 cells, averaged over the picture;
regions and their maxima as in R-MAC (Tolias, Sicre & Jégou, "Particular object retrieval with integral max-pooling of CNN activations",
ICLR 2016). Each channel is then centred and scaled by what pictures have in general (`SceneScale`), without which all pictures look alike.

The scale is data, measured by `python -m benchmarks looks --fit`: there is no number of it in this code.
"""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np

from engine._opencv import cv2
from engine.inference.runner import damaged
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.letterbox import letterbox
from engine.vision.models import ModelStore
from engine.vision.still import StillFrame

MODEL = "yolox-nano"
CHANNELS = 128
DIMENSIONS = CHANNELS + 1
_SIDE, _CELLS, _GREY = 416, 13, 114
_POOLS = 3  # in a row, and then joined with what went into them: spatial pyramid pooling, which YOLOX has once
_WINDOW = 9
_SHORTEST = 16  # pixels; a smaller picture shows no scene
_FAINTEST = 3.0  # grey levels, standard deviation: a covered lens, the dark, a blank page
_DECIMALS = 5


@dataclass(frozen=True, slots=True, eq=False)
class SceneScale:
    """What makes a likeness of features: `mean` and `deviation` (128,) of each channel over many pictures, and `alike`, the cosine of two
    pictures so scaled that counts as `similarity`."""

    mean: Floats
    deviation: Floats
    alike: float
    similarity: float
    name: str

    def embedding(self, features: Floats) -> Floats:
        """(128,) → (129,) of unit length. Two of them have `similarity` as their product where the pictures have `alike` as cosine: the
        last number, the same for all, moves cosines evenly towards 1."""
        even = (features - self.mean) / self.deviation
        length = max(float(np.linalg.norm(even)), 1e-6)
        constant = (self.similarity - self.alike) / (1.0 - self.alike)
        scaled = even * (np.sqrt(1.0 - constant) / length)
        return np.append(scaled, np.sqrt(constant)).astype(np.float32)


def built_in_scale() -> SceneScale:
    known = json.loads((files("resources") / "scene_looks.json").read_text("utf-8"))
    mean, deviation = np.array(known["mean"], np.float32), np.array(known["deviation"], np.float32)
    return SceneScale(mean, deviation, known["alike"], known["similarity"], known["name"])


class SceneFeatures:
    """A YOLOX-nano up to where its neck begins. Any one thread at a time; about 25 ms a picture on one core."""

    def __init__(self, path: Path) -> None:
        """Raises EnvironmentFault: `model_damaged`; the file is missing, is no network, or is not the network that it should be."""
        try:
            self._network = cv2.dnn.readNetFromONNX(str(path))
            self._layer = _joined_pools(self._network)
        except cv2.error as error:
            raise damaged(path, error.err or str(error)) from None
        if self._layer is None:
            raise damaged(path, "it has no spatial pyramid pooling")

    def features(self, picture_bgr: Bytes2D) -> Floats | None:
        """(128,) of a picture (H, W, 3); None where it is too small or too even to show anything, or the network gives no numbers."""
        if min(picture_bgr.shape[:2]) < _SHORTEST or float(np.std(picture_bgr[::4, ::4])) < _FAINTEST:
            return None
        picture = letterbox(StillFrame(picture_bgr), _SIDE, _GREY)
        self._network.setInput(cv2.dnn.blobFromImage(picture.pixels))
        maps = np.asarray(self._network.forward(self._layer), np.float32)
        if maps.shape != (1, 4 * CHANNELS, _CELLS, _CELLS):
            raise EnvironmentFault("model_damaged", f"The model {MODEL} gave {maps.shape}. Install it again.")
        rows, columns = (max(1, round(size * _CELLS / _SIDE)) for size in (picture.inner_height, picture.inner_width))
        inside = maps[0, :CHANNELS, :rows, :columns]
        found = _largest(_largest(inside, 1), 2).mean(axis=(1, 2))
        return np.asarray(found, np.float32) if np.isfinite(found).all() else None


class SceneReader:
    """Looks of whole pictures. Any one thread at a time."""

    def __init__(self, features: SceneFeatures, scale: SceneScale, name: str) -> None:
        """`name`: of the file and the scale together; looks of different ones must not be compared."""
        self._features = features
        self._scale = scale
        self.name = name

    def look(self, picture_bgr: Bytes2D) -> tuple[float, ...] | None:
        """129 numbers of unit length, as precise as they are kept; None: see `SceneFeatures.features`."""
        found = self._features.features(picture_bgr)
        return None if found is None else tuple(round(float(value), _DECIMALS) for value in self._scale.embedding(found))


def load_scenes(models: ModelStore) -> SceneReader:
    """Raises NotFound: the model is not installed. EnvironmentFault: `model_damaged`."""
    installed = models.checked(MODEL)
    scale = built_in_scale()
    return SceneReader(SceneFeatures(installed.path), scale, f"{MODEL}-{installed.file.sha256[:8]}/{scale.name}")


def _joined_pools(network: cv2.dnn.Net) -> str | None:
    """The name of the layer that joins pools in a row: by its place, as names differ between exports of the same network."""
    names = network.getLayerNames()
    pools = 0
    for name in names:
        kind = network.getLayer(network.getLayerId(name)).type
        if kind == "Concat" and pools >= _POOLS:
            return name
        pools = pools + 1 if kind == "Pooling" else 0
    return None


def _largest(maps: Floats, axis: int) -> Floats:
    """Running maximum over `_WINDOW` cells of one axis, cut at the edges."""
    around = [(0, 0)] * 3
    around[axis] = (_WINDOW // 2, _WINDOW // 2)
    padded = np.pad(maps, around, constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(padded, _WINDOW, axis=axis).max(axis=-1)

"""The glow of radio sensing for consoles elsewhere: places to the centimetre and values in 255 steps, sorted by place so that they compress
to a tenth. It is drawn as a tint; what is computed from it is computed in the engine."""

import base64
from typing import Any, TypeGuard, cast

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError

_CM = 100.0
_STEPS = 255
_FARTHEST_M = 300.0
_LEAST = 8  # fewer are told as they are
_MOST = 1 << 16
_ROW = 7  # bytes: three places and a value


def is_voxels(value: Any) -> TypeGuard[npt.NDArray[np.float32]]:
    """Whether it has the form (K, 4) of voxels, and lies where it can be told in centimetres."""
    if not isinstance(value, np.ndarray):
        return False
    array = cast("npt.NDArray[Any]", value)
    if array.ndim != 2 or array.shape[1] != 4 or array.dtype != np.float32 or len(array) < _LEAST:
        return False
    return bool(np.isfinite(array).all() and (np.abs(array[:, :3]) < _FARTHEST_M).all())


def voxels_to_plain(voxels: npt.NDArray[np.float32]) -> dict[str, Any]:
    places = np.round(voxels[:, :3] * _CM).astype(np.int16)
    order = np.lexsort((places[:, 2], places[:, 1], places[:, 0]))
    low, high = float(voxels[:, 3].min()), float(voxels[:, 3].max())
    shares: npt.NDArray[np.float32] = (voxels[order, 3] - low) / max(high - low, 1e-9)
    steps: npt.NDArray[np.uint8] = np.rint(shares * _STEPS).astype(np.uint8)
    moves = np.diff(places[order], axis=0, prepend=np.zeros((1, 3), np.int16)).astype("<i2")
    data = moves.T.tobytes() + steps.tobytes()
    return {"grid": base64.b64encode(data).decode("ascii"), "low": round(low, 3), "high": round(high, 3)}


def read_voxels(plain: dict[str, Any], field: str) -> npt.NDArray[np.float32]:
    """Strongest first. Raises InputError."""
    try:
        data = base64.b64decode(plain["grid"], validate=True)
        low, high, count = float(plain["low"]), float(plain["high"]), len(data) // _ROW
        if count * _ROW != len(data) or count > _MOST:
            raise ValueError("has another length")
        moves = np.frombuffer(data[: 6 * count], "<i2").reshape(3, count).T
        steps = np.frombuffer(data[6 * count :], np.uint8)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(field, f"are no voxels ({error})") from None
    places = np.cumsum(moves, axis=0, dtype=np.int16)
    voxels = np.empty((count, 4), np.float32)
    voxels[:, :3] = places / _CM
    voxels[:, 3] = low + steps * ((high - low) / _STEPS)
    return voxels[np.argsort(-voxels[:, 3], kind="stable")]

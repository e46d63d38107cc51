"""Landmarks out of bytes that somebody sent: `.npy`, raw float32, or the text of MSR Action3D. Nothing is ever unpickled."""

import io
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.cameras.pose import LANDMARKS
from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.people.gesture import Take

MOST_BYTES = 1_000_000
_MOST_FRAMES = 1_000
_VALUES = LANDMARKS * 3
_TEXT_JOINTS, _TEXT_COLUMNS = 20, 4
_MAGIC = b"\x93NUMPY"
_HEADER = 1_000
_FIELD = "pose_sequence"


def parse_sequence(data: bytes, fewest_frames: int = 30, most_bytes: int = MOST_BYTES) -> Floats:
    """Landmarks (T, 33, 3) of `.npy` bytes of shape (T, 33, 3) or (T, 99), or of raw little-endian float32, 99 to a frame.

    Raises:
        InputError: `pose_sequence` is too large, is neither, has a wrong shape, too few or too many frames, or values that are none.
    """
    _check_size(data, most_bytes)
    array = _npy(data) if data.startswith(_MAGIC) else _raw(data)
    if array.shape[1:] not in ((LANDMARKS, 3), (_VALUES,)):
        raise InputError(_FIELD, f"must have {LANDMARKS} × 3 = {_VALUES} values a frame; its shape is {array.shape}")
    return _checked(array.reshape(len(array), LANDMARKS, 3), fewest_frames)


def parse_npy(data: bytes, fewest_frames: int = 2, most_bytes: int = MOST_BYTES) -> Floats:
    """Landmarks (T, J, 3) of `.npy` bytes of that shape, of any kind of skeleton.

    Raises:
        InputError: as above.
    """
    _check_size(data, most_bytes)
    array = _npy(data)
    if array.ndim != 3 or array.shape[2] != 3:
        raise InputError(_FIELD, f"must have the shape (frames, joints, 3), not {array.shape}")
    return _checked(array, fewest_frames)


def parse_msr(text: str) -> Floats:
    """Landmarks (T, 20, 3) of MSR Action3D's text: a line per joint, `x y z confidence`, 20 lines a frame.

    Raises:
        InputError: a line is none, or the last frame is not whole.
    """
    if len(text) > 10 * MOST_BYTES:
        raise InputError(_FIELD, "is too large")
    try:
        rows = np.array([[float(value) for value in line.split()] for line in text.splitlines() if line.strip()], np.float64)
    except ValueError as error:
        raise InputError(_FIELD, f"is no text of joints: {error}") from error
    if rows.ndim != 2 or rows.shape[1] != _TEXT_COLUMNS or len(rows) % _TEXT_JOINTS:
        raise InputError(_FIELD, f"must have {_TEXT_JOINTS} lines a frame of four numbers each; found {rows.shape}")
    return _checked(rows.reshape(-1, _TEXT_JOINTS, _TEXT_COLUMNS)[:, :, :3], 2)


def as_take(landmarks: Floats, frames_per_s: float) -> Take:
    """Landmarks that came without times."""
    return Take((np.arange(len(landmarks)) / frames_per_s).astype(np.float32), landmarks)


def _check_size(data: bytes, most_bytes: int) -> None:
    if len(data) > most_bytes:
        raise InputError(_FIELD, f"has {len(data):,} bytes; at most {most_bytes:,} are taken")


def _npy(data: bytes) -> npt.NDArray[Any]:
    """The header is looked at before anything is made of it: objects are a pickle, and a shape may promise more than is there."""
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, columns_first, dtype = read(stream, max_header_size=_HEADER)
    except (ValueError, EOFError) as error:
        raise InputError(_FIELD, f"is no .npy array: {error}") from error
    if dtype.kind not in "fiu" or len(shape) not in (2, 3) or columns_first:
        raise InputError(_FIELD, f"must be a plain array of numbers, a row a frame; it is {shape} of {dtype}")
    body = data[stream.tell() :]
    if prod(shape) * dtype.itemsize != len(body):
        raise InputError(_FIELD, f"promises {shape} of {dtype} and has {len(body)} bytes")
    return np.frombuffer(body, dtype).reshape(shape)


def _raw(data: bytes) -> npt.NDArray[Any]:
    if not data or len(data) % (4 * _VALUES):
        raise InputError(_FIELD, f"is neither .npy nor whole frames of {_VALUES} float32 values: {len(data)} bytes")
    return np.frombuffer(data, "<f4").reshape(-1, _VALUES)


def _checked(landmarks: npt.NDArray[Any], fewest_frames: int) -> Floats:
    if not fewest_frames <= len(landmarks) <= _MOST_FRAMES:
        raise InputError(_FIELD, f"must have {fewest_frames} to {_MOST_FRAMES:,} frames; it has {len(landmarks)}")
    with np.errstate(over="ignore"):
        plain = landmarks.astype(np.float32)
    if not np.isfinite(plain).all():
        raise InputError(_FIELD, "holds values that are no numbers")
    return plain

"""Bytes from outside: what is none is refused, and nothing is executed."""

import io
from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.vision.gestures.parsing import as_take, parse_msr, parse_npy, parse_sequence

GOOD = np.random.default_rng(0).random((30, 99)).astype(np.float32)


def _npy(array: np.ndarray, **options: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


FORMS = {"rows": _npy(GOOD), "joints": _npy(GOOD.reshape(30, 33, 3).astype(np.float64)), "raw": GOOD.tobytes()}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_three_forms_give_the_same(data: bytes):
    landmarks = parse_sequence(data)
    assert landmarks.shape == (30, 33, 3) and landmarks.dtype == np.float32
    assert np.array_equal(landmarks.reshape(30, 99), GOOD)


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("bomb"),)


def _promising(shape: str) -> bytes:
    """A header that promises far more than follows."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


BAD = [
    (GOOD[:29].tobytes(), "29"),
    (_npy(GOOD[:29]), "29"),
    (_npy(GOOD[:, :98]), "98"),
    (GOOD[:, :98].tobytes(), "whole frames"),
    (_npy(np.where(GOOD > 0.99, np.nan, GOOD)), "no numbers"),
    (_npy(GOOD.astype(np.float64) * 1e300), "no numbers"),
    (bytes(10_000_000), "10,000,000"),
    (_npy(np.array([[Bomb()] * 99] * 30, object), allow_pickle=True), "object"),
    (b"\x80\x04\x95" + bytes(100), "neither"),
    (_npy(GOOD)[:-4], "promises"),
    (_npy(GOOD) + b"more", "promises"),
    (_promising("(1000000000, 99)"), "promises"),
    (_promising("(__import__('os').getpid(), 99)"), "no .npy"),
    (b"\x93NUMPY", "no .npy"),
    (b"\x93NUMPY\x09\x09" + bytes(200), "no .npy"),
    (b"", "neither"),
    (_npy(np.array(3.0)), "a row a frame"),
    (_npy(np.array([["a"] * 99] * 30)), "numbers"),
]


@pytest.mark.parametrize(("data", "says"), BAD, ids=range(len(BAD)))
def test_s9_everything_else_is_refused(data: bytes, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=says) as refused:
        parse_sequence(data)
    assert refused.value.field == "pose_sequence"
    assert list(tmp_path.iterdir()) == []


def test_other_skeletons_come_as_joints_only():
    assert parse_npy(_npy(np.zeros((5, 20, 3)))).shape == (5, 20, 3)
    with pytest.raises(InputError, match="joints"):
        parse_npy(_npy(GOOD))


def test_msr_text(shared: Path):
    text = (shared / "data/skeleton/msraction3d/a01_s01_e01_skeleton3D.txt").read_text(encoding="utf-8")
    landmarks = parse_msr(text)
    assert landmarks.shape == (54, 20, 3) and np.allclose(landmarks[0, 0], [-0.371736, 0.371031, 2.674849])
    assert as_take(landmarks, 15).lasts_s == pytest.approx(53 / 15)
    for spoiled in (text[:-100], text.replace("1.000000", "one", 1), "1 2 3\n" * 40, ""):
        with pytest.raises(InputError):
            parse_msr(spoiled)

import base64
import zlib

import numpy as np
import pytest

from engine.radio.ble.packing import pack, unpack


def test_comes_back_bit_for_bit():
    values = np.random.default_rng(1).random((3, 4, 5)).astype(np.float32)
    found = unpack(pack(values), (3, 4, 5))
    assert found is not None and found.tobytes() == values.tobytes()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not base64!",
        base64.b64encode(b"not compressed").decode(),
        pack(np.ones(3, np.float32)),
        pack(np.array([1, np.nan], np.float32)),
        pack(np.array([1, -1], np.float32)),
        pack(np.zeros(2, np.float32)),
        base64.b64encode(zlib.compress(bytes(50_000_000))).decode(),
    ],
)
def test_what_is_no_belief_of_that_shape_is_refused(text: str):
    assert unpack(text, (2,)) is None

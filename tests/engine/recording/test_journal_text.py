"""Batches of observations as bytes: bit for bit, both versions, and strict about bytes that are none."""

import base64
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.model.observation import FrameSeen, Motion, Numbered
from engine.model.radio.radio import CsiBatch, NodeChanged, NodeState
from engine.recording import journal_text
from engine.recording.journal_text import VERSION, UnreadableText, read_batch, write_batch
from tests.engine.recording.observations import START_NS, numbered, plain
from tests.engine.recording.radio_batches import csi_batch, sightings

WRITTEN_BY_VERSION_1 = """
eLtNoSc9i0YwLTA8Z2kAAYbGUECqb0EVhwGml7GYCw0DIxLDwIjYQEDJ5sD85xgYCCRcXYGEkxMevi16gFniDiVTKANXKOEt72B1LK6gQhhORFCRXgwaooeP
o1dhlFGIdmJuWI6jn4t/ViC0PCGqeEQqh3ILsqMCyqF6aVGEoRaTSHnVAHdMmUEBOenZCE8kIcwlMz0bklXiAWMrHZRePUHp1xmcfoF8W0jajQUArAUukA==
"""


def radio(frames: int = 300) -> list[Numbered]:
    changed = NodeChanged(START_NS, "AA:BB:CC:00:00:01", NodeState.ONLINE, (1.0, 1 / 3, 2.0), 6, simulated=True)
    said = [csi_batch(frames), sightings(), changed, csi_batch(0), csi_batch(1)]
    return [*numbered(1, 20), *(Numbered(21 + i, START_NS, value) for i, value in enumerate(said))]


def test_what_version_1_wrote_is_still_read() -> None:
    values = read_batch(base64.b64decode(WRITTEN_BY_VERSION_1), 1)
    assert plain(list(values)) == plain(numbered(8, 3))


def test_an_unknown_version_is_said() -> None:
    with pytest.raises(UnreadableText, match="version 3"):
        read_batch(write_batch(numbered(1, 1)), 3)


def test_radio_comes_back_bit_for_bit_beside_everything_else() -> None:
    values = radio()
    assert plain(list(read_batch(write_batch(values)))) == plain(values)


def test_csi_takes_less_than_its_bytes() -> None:
    batch = csi_batch(1_200)
    assert len(write_batch([Numbered(1, START_NS, batch)])) < batch.iq.nbytes


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_csi_round_trips(data: st.DataObject) -> None:
    frames = data.draw(st.integers(0, 40))
    int64 = st.integers(-(2**63), 2**63 - 1)
    batch = CsiBatch(
        occurred_ns=data.draw(int64),
        links=tuple((f"a{i}", f"b{i}") for i in range(3)),
        link=data.draw(arrays.arrays(np.uint16, frames, elements=st.integers(0, 2))),
        arrival_ns=data.draw(arrays.arrays(np.int64, frames, elements=int64)),
        rssi_dbm=data.draw(arrays.arrays(np.int8, frames)),
        noise_dbm=data.draw(arrays.arrays(np.int8, frames)),
        channel=data.draw(arrays.arrays(np.uint8, frames)),
        n_sub=data.draw(arrays.arrays(np.uint8, frames)),
        iq=data.draw(arrays.arrays(np.int8, (frames, data.draw(st.integers(1, 70)), 2))),
        shed=data.draw(st.integers(0, 10**9)),
        simulated=data.draw(st.booleans()),
    )
    values = [Numbered(1, 2, batch)]
    (read,) = read_batch(write_batch(values))
    assert plain([read]) == plain(values)
    assert isinstance(read.observation, CsiBatch) and read.observation.iq.shape == batch.iq.shape


@settings(max_examples=40, deadline=None)
@given(arrays.arrays(np.float32, st.tuples(st.integers(0, 50), st.just(4)), elements=st.floats(width=32, allow_nan=True)))
def test_floats_keep_every_bit(regions: np.ndarray) -> None:  # type: ignore[type-arg]
    values = [Numbered(1, 2, FrameSeen("c", 1, 2, 3, 4, Motion(0.1 + 0.2, regions)))]
    assert plain(list(read_batch(write_batch(values)))) == plain(values)


def test_arrays_that_are_views_are_written_as_they_look() -> None:
    regions = np.arange(400, dtype=np.float32).reshape(4, 100).T[::-1]
    values = [Numbered(1, 2, FrameSeen("c", 1, 2, 3, 4, Motion(0.5, regions)))]
    assert plain(list(read_batch(write_batch(values)))) == plain(values)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(0, 7), st.sampled_from(["flip", "cut", "append", "length"]))
def test_damaged_bytes_are_unreadable_and_nothing_worse(at: int, bit: int, how: str) -> None:
    data = bytearray(write_batch(radio(40)))
    if how == "flip":
        data[at % len(data)] ^= 1 << bit
    elif how == "cut":
        del data[at % len(data) :]
    elif how == "append":
        data += bytes([bit])
    else:
        data[:4] = struct.pack("<I", at)
    try:
        read_batch(bytes(data))
    except UnreadableText:
        return
    assert how in ("flip", "length")  # a flipped bit of raw bytes is another honest batch: the chunk's CRC finds it


def with_text(text: str, section: bytes = b"") -> bytes:
    deflate = zlib.compressobj(6, zdict=journal_text._DICTIONARY)
    packed = deflate.compress(text.encode()) + deflate.flush()
    return struct.pack("<I", len(packed)) + packed + section


def frame_with(regions: str) -> str:
    motion = f'{{"share":0.0,"regions_xyxy":{regions}}}'
    seen = f'{{"type":"FrameSeen","camera_id":"c","occurred_ns":1,"index":1,"width":1,"height":1,"motion":{motion}}}'
    return f'[{{"number":1,"received_ns":1,"observation":{seen}}}]'


def reference(**changed: str) -> str:
    parts = {"dtype": '"<f4"', "shape": "[1,4]", "coding": '"raw"', "at": "0", "bytes": "16"} | changed
    return "{" + ",".join(f'"{name}":{value}' for name, value in parts.items()) + "}"


def test_a_reference_that_fits_is_read() -> None:
    (value,) = read_batch(with_text(frame_with(reference()), bytes(16)), VERSION)
    assert isinstance(value.observation, FrameSeen) and value.observation.motion.regions_xyxy.shape == (1, 4)


@pytest.mark.parametrize(
    "changed",
    [
        {"shape": "[1,5]"},
        {"shape": "[-1,4]"},
        {"shape": "[true,4]"},
        {"shape": "[1.0,4]"},
        {"shape": "null"},
        {"shape": "[67108864,67108864,67108864,67108864]"},
        {"shape": "[" + "1," * 9 + "4]"},
        {"shape": "[9999999999999]"},
        {"dtype": '"|O"'},
        {"dtype": '"<f4,<f4"'},
        {"dtype": "[]"},
        {"at": "1"},
        {"at": "-1"},
        {"at": "null"},
        {"bytes": "15"},
        {"bytes": "17"},
        {"bytes": "-1"},
        {"bytes": "16.0"},
        {"bytes": "1e99"},
        {"coding": '"deflate"'},
        {"coding": '"steps"'},
        {"coding": '"zstd"'},
        {"coding": "{}"},
    ],
)
def test_a_reference_that_does_not_fit_is_unreadable(changed: dict[str, str]) -> None:
    with pytest.raises(UnreadableText):
        read_batch(with_text(frame_with(reference(**changed)), bytes(16)), VERSION)


def test_a_bomb_is_not_inflated() -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = deflate.compress(bytes(200 << 20)) + deflate.flush()
    text = frame_with(reference(coding='"deflate"', bytes=str(len(bomb))))
    with pytest.raises(UnreadableText, match="does not end after 16 bytes"):
        read_batch(with_text(text, bomb), VERSION)
    declared = frame_with(reference(coding='"deflate"', shape="[20000000,4]", bytes=str(len(bomb))))
    with pytest.raises(UnreadableText, match="longer than any batch"):
        read_batch(with_text(declared, bomb), VERSION)

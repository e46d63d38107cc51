"""The worst that nodes may send: strategies of hypothesis, and what has to hold of whatever comes out of it."""

import json
import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from engine.model.radio.radio import CsiBatch
from tests.fakes.node_peer import MAC, OTHER, frame

WORDS = st.sampled_from(
    [MAC, OTHER, "hello", "health", "ble", "motion_hint", "ota_status", "random", "downloading", "failed", "\ud800", "\x00"]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([0, -1, 255, 256, 1 << 31, 1 << 63, 1 << 70, 10**400, 1e308, -0.0])
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=20) | WORDS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8
)
KEYS = {
    "hello": ("mac", "firmware_version", "capabilities", "chip", "uptime_ms", "ap_bssid", "ap_channel", "token", "pos_x", "pos_y", "pos_z"),
    "health": ("mac", "free_heap_bytes", "wifi_rssi_dbm", "uptime_ms", "temperature_c", "csi_rate_hz", "wifi_channel"),
    "ble": ("mac", "devices"),
    "motion_hint": ("mac", "variance"),
    "ota_status": ("mac", "state", "progress_pct", "error"),
}
DEVICE = ("addr", "addr_type", "rssi_dbm", "name", "mfr_id", "mfr_data_hex")


def json_texts() -> st.SearchStrategy[str]:
    return VALUES.map(json.dumps)


def _object(keys: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the right keys, mostly with wrong values."""
    return st.fixed_dictionaries({}, optional={key: VALUES | st.just(MAC) | st.integers(-100, 100) for key in keys})


def message_texts() -> st.SearchStrategy[str]:
    """Messages of the right types with wrong content; now and then cut off or with a byte changed."""

    def of(kind: str) -> st.SearchStrategy[dict[str, Any]]:
        content = _object(KEYS[kind])
        if kind == "ble":
            content = st.tuples(content, st.lists(_object(DEVICE) | VALUES, max_size=4)).map(lambda pair: {**pair[0], "devices": pair[1]})
        return content.map(lambda values: {**values, "type": kind})

    whole = st.sampled_from(sorted(KEYS)).flatmap(of).map(json.dumps)
    cut = st.tuples(whole, st.integers(0, 80)).map(lambda pair: pair[0][: pair[1]])
    return whole | cut


def frames() -> st.SearchStrategy[bytes]:
    """Good frames, frames with one field wrong, and bytes."""
    good = st.builds(
        lambda rssi, noise, channel, n_sub, peer: frame(MAC, peer, rssi, channel, n_sub, noise=noise),
        st.integers(-128, 127),
        st.integers(-128, 127),
        st.integers(0, 255),
        st.integers(0, 255),
        st.sampled_from([MAC, OTHER, "FF:FF:FF:FF:FF:FF", "00:00:00:00:00:00"]),
    )
    cut = st.tuples(good, st.integers(0, 300)).map(lambda pair: pair[0][: pair[1]])
    longer = st.tuples(good, st.binary(min_size=1, max_size=4)).map(lambda pair: pair[0] + pair[1])
    return good | cut | longer | st.binary(max_size=300)


def check(value: Any) -> None:
    """Finite numbers, texts that can be shown and stored, nothing without end."""
    match value:
        case None | bool() | int() | bytes():
            pass
        case float():
            assert math.isfinite(value)
        case str():
            assert len(value) <= 1000
            value.encode()
            assert value.isprintable()
        case tuple():
            assert len(value) <= 1000
            for item in value:
                check(item)
        case _:
            assert is_dataclass(value)
            for field in fields(value):
                check(getattr(value, field.name))


def check_batch(batch: CsiBatch) -> None:
    assert batch.iq.dtype == np.int8
    assert batch.iq.shape[1] >= 64
    assert ((batch.channel >= 1) & (batch.channel <= 14)).all()
    assert ((batch.n_sub >= 1) & (batch.n_sub <= 128)).all()
    assert (np.diff(batch.arrival_ns) >= 0).all()
    beyond = np.arange(batch.iq.shape[1])[None, :] >= batch.n_sub[:, None]
    assert not batch.iq[beyond].any()

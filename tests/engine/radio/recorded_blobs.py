"""A recording of a node simulator through links and fusion, tick by tick: what is concluded from it can be tested on real blobs."""

import gzip
import json
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.model.radio.blob import Blob
from engine.model.radio.radio import CsiBatch, LinkFeatures
from engine.model.site import Floor, Position, RadioSettings, read_mac
from engine.model.time import SECOND
from engine.radio.links.features import LinkBank
from engine.radio.location.fusion import BlobFusion
from tests.engine.radio.made_blobs import START_NS, TICK_NS

_RECORD = struct.Struct("<dH")
_SIGNAL = struct.Struct("<bbBB")  # at byte 20 of a frame: RSSI, noise, channel, subcarriers


def recorded(frames: Path, seconds: float) -> Iterator[tuple[float, tuple[Blob, ...], LinkFeatures]]:
    """(seconds since the start, blobs, features) at each tick."""
    bank, fusion, radio = LinkBank(), BlobFusion(), RadioSettings()
    bank.configure(radio)
    fusion.place(_positions(frames), Floor(), radio)
    names = iter(range(10**6))
    for batch in _batches(frames, seconds):
        bank.take(batch)
        features = bank.features(batch.occurred_ns)
        result = fusion.step(batch.occurred_ns, features, lambda prefix: f"{prefix}-{next(names)}")
        yield (batch.occurred_ns - START_NS) / SECOND, result.blobs, features


def _positions(frames: Path) -> dict[str, Position]:
    text = gzip.decompress(frames.with_name(frames.name.replace(".frames.", ".messages.jsonl.")).read_bytes()).decode()
    said = [json.loads(line) for line in text.splitlines()]
    hellos = [row.get("message", row) for row in said]
    return {read_mac(m["mac"]): (m["pos_x"], m["pos_y"], m["pos_z"]) for m in hellos if m.get("type") == "hello"}


def _batches(frames: Path, seconds: float) -> Iterator[CsiBatch]:
    data, offset, waiting = gzip.decompress(frames.read_bytes()), 0, list[tuple[int, bytes]]()
    first_s: float | None = None
    tick_ns = START_NS + TICK_NS
    while offset < len(data):
        at_s, length = _RECORD.unpack_from(data, offset)
        first_s = at_s if first_s is None else first_s
        at_ns = START_NS + round((at_s - first_s) * SECOND)
        frame = data[offset + _RECORD.size : offset + _RECORD.size + length]
        offset += _RECORD.size + length
        while at_ns >= tick_ns:
            yield _batch(tick_ns, waiting)
            waiting.clear()
            tick_ns += TICK_NS
            if tick_ns > START_NS + seconds * SECOND:
                return
        waiting.append((at_ns, frame))


def _batch(now_ns: int, frames: list[tuple[int, bytes]]) -> CsiBatch:
    links: dict[tuple[str, str], int] = {}
    link = [links.setdefault((_mac(frame, 0), _mac(frame, 6)), len(links)) for _, frame in frames]
    signal = np.array([_SIGNAL.unpack_from(frame, 20) for _, frame in frames]).reshape(-1, 4)
    iq = np.zeros((len(frames), 64, 2), np.int8)
    for row, (_, frame) in enumerate(frames):
        values = np.frombuffer(frame, np.int8, offset=24).reshape(-1, 2)[:64]
        iq[row, : len(values)] = values
    return CsiBatch(
        occurred_ns=now_ns,
        links=tuple(links),
        link=np.array(link, np.uint16),
        arrival_ns=np.array([at_ns for at_ns, _ in frames], np.int64),
        rssi_dbm=signal[:, 0].astype(np.int8),
        noise_dbm=signal[:, 1].astype(np.int8),
        channel=signal[:, 2].astype(np.uint8),
        n_sub=signal[:, 3].astype(np.uint8),
        iq=iq,
    )


def _mac(frame: bytes, at: int) -> str:
    return read_mac(frame[at : at + 6].hex())

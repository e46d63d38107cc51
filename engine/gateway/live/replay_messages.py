"""The answer of `/api/v1/port/replay/{camera_id}`: what is held of a camera, as the messages of live packets one after the other.

Each has its kind (1 byte: 0 text, 1 binary) and length (4, big-endian) in front. The first is text: `{"type": "replay", "held_from_ns",
"held_until_ns", "reason"}`; a `reason` says that nothing follows and pictures are to be asked for. Times of packets are here those of
their arrival, and `time_base` of the description says how much later a picture is shown than its packet came.
"""

import json
import struct
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from engine.gateway.live.packet_messages import PacketMessage, PacketStream, feed_fields, packed, read_feed, unpacked
from engine.model.cameras.frame import EncodedPacket
from engine.model.errors import InputError
from engine.model.time import EVER_NS
from engine.model.value_class import dataclass
from engine.recording.ring import RingPacket
from engine.runtime.cameras.packets import MAIN, NoPackets

if TYPE_CHECKING:  # the engine's own part, which consoles do without
    from engine.runtime.cameras.replay_packets import HeldPackets

_BLOCK = struct.Struct(">BI")
_TEXT, _BINARY = 0, 1
_MOST_STREAMS = 100
_MOST_AT_ONCE = 500  # packets of one message


@dataclass(frozen=True, slots=True)
class ReplayStretch:
    """Packets of one connection to the camera, in order."""

    stream: PacketStream
    packets: tuple[EncodedPacket, ...]
    anew: bool


@dataclass(frozen=True, slots=True)
class ReplayAnswer:
    """`reason`: why there are none, a word of `NoPackets`; else empty."""

    held_ns: tuple[int, int] | None = None
    stretches: tuple[ReplayStretch, ...] = ()
    reason: str = ""


def replay_bytes(camera_id: str, found: "HeldPackets | NoPackets") -> bytes:
    if isinstance(found, NoPackets):
        return _text({"type": "replay", "held_from_ns": None, "held_until_ns": None, "reason": found.value})
    parts = [_text({"type": "replay", "held_from_ns": found.held_from_ns, "held_until_ns": found.held_until_ns, "reason": ""})]
    anew = found.anew
    for _, group in groupby(found.packets, lambda kept: id(kept.stream)):
        stretch: list[RingPacket] = list(group)
        parts.append(_text(feed_fields(camera_id, PacketStream(stretch[0].stream, MAIN))))
        for at in range(0, len(stretch), _MOST_AT_ONCE):
            packets = tuple(kept.packet for kept in stretch[at : at + _MOST_AT_ONCE])
            message = packed(PacketMessage(at, packets, anew=anew and not at))
            parts += [_BLOCK.pack(_BINARY, len(message)), message]
        anew = True
    return b"".join(parts)


def read_replay(data: bytes) -> ReplayAnswer:
    """Raises InputError: not as described above."""
    blocks = _blocks(data)
    head = _plain(next(blocks, None))
    if head.get("type") != "replay" or head.get("reason"):
        return ReplayAnswer(reason=str(head.get("reason") or "codec")[:100])
    held = head.get("held_from_ns"), head.get("held_until_ns")
    if not all(isinstance(each, int) and 0 <= each < EVER_NS for each in held):
        raise InputError("replay", "does not say what is held")
    stretches: list[ReplayStretch] = []
    for block in blocks:
        if isinstance(block, str):
            feed = read_feed(_plain(block))
            if not isinstance(feed, PacketStream) or len(stretches) == _MOST_STREAMS:
                raise InputError("replay", "has descriptions that are none, or too many")
            stretches.append(ReplayStretch(feed, (), False))
            continue
        if not stretches:
            raise InputError("replay", "has packets before it was said what they are")
        message, last = unpacked(block), stretches[-1]
        stretches[-1] = ReplayStretch(last.stream, last.packets + message.packets, last.anew or message.anew)
    return ReplayAnswer(cast("tuple[int, int]", held), tuple(stretches))


def _text(fields: dict[str, Any]) -> bytes:
    text = json.dumps(fields).encode()
    return _BLOCK.pack(_TEXT, len(text)) + text


def _plain(text: str | bytes | None) -> dict[str, Any]:
    try:
        if isinstance(text, str):
            return dict(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        pass
    raise InputError("replay", "is not understood")


def _blocks(data: bytes) -> Iterator[str | bytes]:
    at = 0
    while at < len(data):
        if at + _BLOCK.size > len(data):
            raise InputError("replay", "ends in the middle")
        kind, length = _BLOCK.unpack_from(data, at)
        at += _BLOCK.size
        if at + length > len(data) or kind not in (_TEXT, _BINARY):
            raise InputError("replay", "ends in the middle, or is of another version")
        block = data[at : at + length]
        yield block.decode("utf-8", "replace") if kind == _TEXT else block
        at += length

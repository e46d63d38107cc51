"""Instant replay for consoles that decode themselves: packets of what is held, where nothing has to be covered in them."""

from typing import Protocol

from engine.model.accounts.access import Session
from engine.model.cameras.frame import PACKET_CODECS
from engine.model.errors import NotFound
from engine.model.settings import Settings
from engine.model.time import to_iso
from engine.model.value_class import dataclass
from engine.recording.ring import PacketRing, RingPacket
from engine.runtime.audit.auditing import Views
from engine.runtime.cameras.clip_side import ClipSide
from engine.runtime.cameras.masking import Masking
from engine.runtime.cameras.packets import NoPackets

_MOST_BYTES = 4 << 20  # of one answer, beyond its first group of pictures
MOST_PACKETS = 60  # after the moment that was asked for


@dataclass(frozen=True, slots=True)
class ReplayWish:
    """What a console asks for: from the keyframe before `at_ns` to so many packets after it; or what follows a packet that it has.

    `after_ns`: when the newest packet came that it has; None: it has none. packets: at most so many. codecs: what it decodes.
    """

    camera_id: str
    at_ns: int
    packets: int
    codecs: frozenset[str]
    after_ns: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class HeldPackets:
    """`anew`: what came before the first packet is not held; it is a keyframe."""

    held_from_ns: int
    held_until_ns: int
    packets: tuple[RingPacket, ...]
    anew: bool


def held_packets(clips: ClipSide, masking: Masking, wish: ReplayWish, session_id: str) -> HeldPackets | NoPackets:
    """What may be sent as it is, judged after it was read. Any thread."""
    held = clips.recorder.ring(wish.camera_id)
    span_ns = held[0].span_ns() if held is not None else None
    if held is None or span_ns is None:
        return NoPackets.NOT_YET
    ring, encoded_here = held
    if encoded_here:
        return NoPackets.RAW
    packets, anew = _read(ring, wish)
    codecs = {kept.stream.codec for kept in packets}
    if not codecs <= PACKET_CODECS:
        return NoPackets.CODEC
    if not codecs <= wish.codecs:
        return NoPackets.DECODER
    if masking.hides(session_id):
        return NoPackets.FACES_HIDDEN
    if masking.cover_of_held(wish.camera_id, *span_ns, encoded_here) or clips.recorder.ring(wish.camera_id) != held:
        return NoPackets.PRIVATE
    return HeldPackets(*span_ns, packets, anew)


def _read(ring: PacketRing, wish: ReplayWish) -> tuple[tuple[RingPacket, ...], bool]:
    number, anew = _start(ring, wish)
    waiting = ring.read(number)
    beyond_ns = wish.at_ns if anew else 0
    chosen: list[RingPacket] = []
    later, size = 0, 0
    for kept in waiting:
        if later >= wish.packets or (later and size > _MOST_BYTES):
            break
        later += kept.packet.captured_ns > beyond_ns
        size += len(kept.packet.data)
        chosen.append(kept)
    return tuple(chosen), anew


def _start(ring: PacketRing, wish: ReplayWish) -> tuple[int, bool]:
    """Number of the first packet, and whether it is a beginning."""
    if wish.after_ns is not None:
        after_ns = wish.after_ns
        known = next((kept for kept in reversed(ring.read(0)) if kept.packet.captured_ns <= after_ns), None)
        if known is not None and known.packet.captured_ns == after_ns:
            return known.number + 1, False
    return ring.keyframe_at(wish.at_ns) or 0, True


class PacketReplayHost(Protocol):
    """What this needs of the engine."""

    @property
    def masking(self) -> Masking: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def views(self) -> Views: ...


def replay_packets(engine: PacketReplayHost, clips: ClipSide, wish: ReplayWish, session: Session) -> HeldPackets | NoPackets:
    """In the audit as `ReplayCamera` is. The caller has checked the verb and the camera. Raises NotFound."""
    if engine.settings.camera(wish.camera_id) is None:
        raise NotFound(f"There is no camera {wish.camera_id}.")
    found = held_packets(clips, engine.masking, wish, session.id)
    if isinstance(found, HeldPackets) and found.packets:
        footage = f"{wish.camera_id} {to_iso(found.packets[-1].packet.captured_ns)[:13]}Z"
        engine.masking.note_seen(session, footage)
        engine.views.note_footage(session, footage)
    return found

"""A viewer that decodes packets itself: it is sent those where it may have them, and pictures where it may not, over one socket."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from starlette.types import Message
from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.utils import ClientDisconnected

from engine.gateway.border.direct_socket import DirectSocket
from engine.gateway.live.broadcast import QUIET_S, Channel
from engine.gateway.live.packet_messages import NoPacketStream, PacketMessage, PacketStream, feed_fields, packed, unpacked_answer
from engine.gateway.live.packet_reading import PacketReading
from engine.model.errors import NotFound
from engine.runtime.cameras.packets import HIDDEN, NO_PACKETS_WORDS, NoPackets, PacketHub, PacketSource

_LEFT = 1006


class PictureSeat(Protocol):
    """A place among those who get pictures (`Seat`)."""

    async def message(self) -> str | None: ...

    async def leave(self) -> None: ...


class PacketViewer:
    """On the network loop, except `_on_packet`, which capture threads call.

    Whether packets may be sent is judged with each of them, at the moment in which it goes to the socket: a privacy area that holds, or
    faces that are hidden, leave none behind.

    Args:
        find_packets: of the camera; raises NotFound once it is gone. hides: whether faces are hidden from this viewer now.
        codecs: what it decodes.
    """

    def __init__(
        self,
        outlet: DirectSocket,
        channel: Channel,
        make_seat: Callable[[], PictureSeat],
        find_packets: Callable[[], PacketHub],
        hides: Callable[[], bool],
        codecs: frozenset[str],
    ) -> None:
        """Raises NotFound."""
        self._outlet, self._channel, self._make_seat = outlet, channel, make_seat
        self._find_packets, self._hides, self._codecs = find_packets, hides, codecs
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._reading = PacketReading(self._loop.time)
        self._stream = ""
        self._hub = find_packets()
        self._seat: PictureSeat | None = make_seat() if isinstance(self._judged(), NoPackets) else None
        self._hub.listen(self._on_packet)

    def on_message(self, message: Message) -> None:
        number = unpacked_answer(message.get("bytes") or b"")
        if number is not None:
            self._reading.on_answer(number)
            self._wake.set()

    async def leave(self) -> None:
        self._hub.leave(self._on_packet)
        await self._leave_seat()

    async def send(self) -> None:
        self._outlet.keep_little()
        try:
            while True:
                judged = self._judged()
                if isinstance(judged, NoPackets):
                    await self._send_pictures(judged)
                else:
                    await self._leave_seat()
                    await self._send_packets()
        except NotFound:
            return
        except ClientDisconnected:
            raise WebSocketDisconnect(_LEFT) from None

    def _judged(self) -> PacketSource | NoPackets:
        return NoPackets.FACES_HIDDEN if self._hides() else self._hub.choose(self._channel.want.main, self._codecs)

    def _follow_hub(self) -> None:
        """A camera that was removed and made again has another. Raises NotFound."""
        hub = self._find_packets()
        if hub is not self._hub:
            self._hub.leave(self._on_packet)
            self._hub = hub
            hub.listen(self._on_packet)

    def _break_off_if_hidden(self) -> None:
        """What waits in this process for the line is not sent any more."""
        if self._seat is None and self._judged() in HIDDEN:
            self._outlet.break_off_unsent()

    # packets

    async def _send_packets(self) -> None:
        """Until there may be none. Raises NotFound."""
        while True:
            await self._outlet.drained()
            self._follow_hub()
            with self._hub.passing_on():
                source = self._judged()
                if isinstance(source, NoPackets):
                    break
                self._wake.clear()
                self._stream = source.stream
                sent = self._reading.next(source)
                if sent is not None:
                    self._outlet.send_now(self._encoded(sent))
            if sent is None:
                await self._something_came()
            else:
                await asyncio.sleep(0)  # what was held is sent in one go, and others are served between
        self._break_off_if_hidden()
        self._reading.forget()

    def _encoded(self, sent: PacketStream | PacketMessage) -> str | bytes:
        return packed(sent) if isinstance(sent, PacketMessage) else json.dumps(feed_fields(self._channel.camera_id, sent))

    async def _something_came(self) -> None:
        """Wait for a packet, for what may let others be sent, or long enough to look whether the camera is still there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET_S):
                await self._wake.wait()

    def _on_packet(self, stream: str) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            if not stream:
                self._loop.call_soon_threadsafe(self._break_off_if_hidden)
            if not stream or self._channel.want.main or self._stream in ("", stream):
                self._loop.call_soon_threadsafe(self._wake.set)

    # pictures

    async def _send_pictures(self, reason: NoPackets) -> None:
        """Until there may be packets, which is judged after each picture. Raises NotFound."""
        seat = self._seat = self._seat or self._make_seat()
        await self._tell_pictures(reason)
        while (message := await seat.message()) is not None:
            await self._outlet.drained()
            self._follow_hub()
            judged = self._judged()
            if not isinstance(judged, NoPackets):
                return
            if judged is not reason:
                reason = judged
                await self._tell_pictures(reason)
            self._outlet.send_now(message)
        raise NotFound(f"There is no camera {self._channel.camera_id}.")

    async def _tell_pictures(self, reason: NoPackets) -> None:
        await self._outlet.drained()
        self._outlet.send_now(json.dumps(feed_fields(self._channel.camera_id, NoPacketStream(reason.value, NO_PACKETS_WORDS[reason]))))

    async def _leave_seat(self) -> None:
        seat, self._seat = self._seat, None
        if seat is not None:
            await seat.leave()

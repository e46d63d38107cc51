"""Sends the hub the video of alerts, for a site that does: what the hub says that it lacks, the newest first, from where it broke off."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

from engine.model.errors import NotFound, WatchroomError
from engine.runtime.hub.carrier import Carrier
from engine.runtime.hub.clip_messages import MOST_BYTES, PIECE_BYTES, ClipPiece, WantedClip, pack_piece, read_have, read_wanted
from engine.runtime.hub.hub_asking import Pause, keep_asking
from engine.runtime.hub.replication_sender import WITHIN_S
from engine.runtime.hub.subjects import CLIP_PIECE, CLIPS, record_subject

log = logging.getLogger(__name__)

LOOK_S = 5.0

ClipFile = Callable[[str], Path]
"""Where the video of a clip is, with what this site hides; on a thread. Raises NotFound: there is none; WatchroomError: not now."""


class ClipSender:
    """On one asyncio loop. A piece is small, so that what is recorded meanwhile does not wait behind video."""

    def __init__(self, address: str, carrier: Carrier, file_of: ClipFile, pause: Pause = asyncio.sleep) -> None:
        self._address, self._carrier, self._file_of, self._pause = address, carrier, file_of, pause

    async def run(self) -> None:
        """Until it is cancelled."""
        await keep_asking(self._send_all, LOOK_S, "clips", self._pause)

    async def _send_all(self) -> None:
        for wanted in read_wanted(await self._ask(CLIPS, b"{}")):
            await self._send(wanted)

    async def _send(self, wanted: WantedClip) -> None:
        """Raises WatchroomError: the hub does not take it now."""
        try:
            path = await asyncio.to_thread(self._file_of, wanted.id)
            size, digest = await asyncio.to_thread(_measured, path)
        except (NotFound, FileNotFoundError):
            size, digest, path = 0, "", Path()
        except (WatchroomError, OSError) as error:
            log.debug("the video of %s is sent later: %s", wanted.id, error)
            return
        if size > MOST_BYTES:
            log.warning("The video of clip %s has %d bytes and is not sent to the hub", wanted.id, size)
            size = 0
        have = min(wanted.have, size)
        while True:
            data = await asyncio.to_thread(_read_piece, path, have) if size else b""
            now = read_have(await self._ask(CLIP_PIECE, pack_piece(ClipPiece(wanted.id, size, digest, have, data))))
            if now >= size or (now == have and not data):
                return
            have = max(now, 0)

    async def _ask(self, act: str, data: bytes) -> bytes:
        return await self._carrier.request(record_subject(self._address, act), data, WITHIN_S)


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _read_piece(path: Path, at: int) -> bytes:
    """Empty at its end, and where it cannot be read any more."""
    try:
        with path.open("rb") as file:
            file.seek(at)
            return file.read(PIECE_BYTES)
    except OSError:
        return b""

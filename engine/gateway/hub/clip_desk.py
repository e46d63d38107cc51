"""The video of alerts that sites send: what is lacking, what comes, and what people may see of it."""

import hashlib
import logging
from collections.abc import Iterator

from engine.gateway.federation.ids import qualified, split
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.hub.clip_messages import ClipPiece, WantedClip, pack_have, pack_wanted, read_piece
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.shared.clip_files import FileState
from engine.store.shared.record import SharedRecord

log = logging.getLogger(__name__)

AGE_NS = 7 * 86_400 * SECOND  # what is older is not asked for
MOST_WANTED = 20  # at once


@dataclass(frozen=True, slots=True)
class ClipVideo:
    """`pieces`: read as they are asked for."""

    size: int
    pieces: Iterator[bytes]


class ClipDesk:
    """Any thread. `site`: who speaks, as of `Intake`. Pieces are sealed by the hub's keys: the database alone shows nobody anything."""

    def __init__(self, record: SharedRecord, keys: HubKeys, clock: Clock) -> None:
        self._record, self._keys, self._clock = record, keys, clock

    def lacking(self, site: str, _: bytes) -> bytes:
        """What the site is to send. Raises NotFound: it has left."""
        self._record.site(site)
        found = self._record.clip_files.to_fetch(site, self._clock.now_ns() - AGE_NS, MOST_WANTED)
        return pack_wanted([WantedClip(_local(clip_id), have) for clip_id, have in found])

    def take(self, site: str, data: bytes) -> bytes:
        """How much of the file is here then. Raises NotFound, InputError (`message`)."""
        self._record.site(site)
        piece = read_piece(data)
        return pack_have(self._take(qualified(site, piece.id), piece))

    def _take(self, clip_id: str, piece: ClipPiece) -> int:
        files, now_ns = self._record.clip_files, self._clock.now_ns()
        if not piece.size:
            files.begin(clip_id, 0, "", now_ns, FileState.GONE)
            return 0
        known = files.file(clip_id)
        if known is not None and known.state is FileState.THERE:
            return piece.size
        if known is None or (known.size, known.sha256) != (piece.size, piece.sha256):  # what it shows was hidden differently meanwhile
            files.begin(clip_id, piece.size, piece.sha256, now_ns)
        have = files.add(clip_id, piece.at, len(piece.data), self._keys.seal_bytes(piece.data)) if piece.data else 0
        if have == piece.size:
            return self._finish(clip_id, piece)
        return have

    def _finish(self, clip_id: str, piece: ClipPiece) -> int:
        digest = hashlib.sha256()
        for part in self._pieces(clip_id):
            digest.update(part)
        if digest.hexdigest() != piece.sha256:
            log.warning("The video of clip %s came other than its site said, and is asked for again", clip_id)
            self._record.clip_files.begin(clip_id, piece.size, piece.sha256, self._clock.now_ns())
            return 0
        self._record.clip_files.finish(clip_id)
        return piece.size

    def video(self, site: str, clip_id: str, cameras: frozenset[str] | None) -> ClipVideo:
        """`cameras`: ids as the site has them; None: all. Raises NotFound."""
        seen = None if cameras is None else frozenset(qualified(site, camera) for camera in cameras)
        own = qualified(site, clip_id)
        self._record.copy_of(site, seen).check_clip(own)
        found = self._record.clip_files.file(own)
        if found is None or found.state is not FileState.THERE:
            raise NotFound("The hub does not have this clip. It is at the site.")
        return ClipVideo(found.size, self._pieces(own))

    def _pieces(self, clip_id: str) -> Iterator[bytes]:
        """Raises EnvironmentFault (`hub_keys`)."""
        try:
            yield from map(self._keys.unseal_bytes, self._record.clip_files.pieces(clip_id))
        except ValueError:
            raise EnvironmentFault("hub_keys", "This clip was kept by a hub with other keys. It is at the site.") from None


def _local(clip_id: str) -> str:
    found = split(clip_id)
    return clip_id if found is None else found[1]

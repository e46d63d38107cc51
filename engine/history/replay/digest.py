"""One number for everything that steps said, so that two replays can be compared bit for bit."""

import hashlib
import json
import struct
from collections.abc import Iterable

from engine.model import wire
from engine.model.radio.blob import RadioPicture
from engine.model.radio.fused import FusedPicture
from engine.model.result import StepResult


class ResultDigest:
    """SHA-256 over decisions, events, alerts, sequences and persons as text, and over the numbers of links, blobs and people on the floor.

    Every link's activity is in it, so that a byte of radio that was used changes it, whether or not an event came of that.
    """

    def __init__(self, keep: bool = False) -> None:
        """`keep`: what goes into it is also in `digest_parts`, for the digest of somebody who does not see the results."""
        self._sum = hashlib.sha256()
        self._parts: list[bytes] | None = [] if keep else None

    @property
    def digest_parts(self) -> bytes:
        return b"".join(self._parts or ())

    def add_bytes(self, part: bytes) -> None:
        """What another has kept."""
        self._sum.update(part)
        if self._parts is not None:
            self._parts.append(part)

    def add_result(self, result: StepResult) -> None:
        said = (*result.decisions, *result.events, *result.alerts, *result.sequences, *result.people)
        if said:
            text = json.dumps([wire.to_plain(value) for value in said], sort_keys=True, ensure_ascii=False)
            self.add_bytes(b"%d %s" % (result.number, text.encode()))
        if result.radio is not None:
            self._add_radio(result.radio)
        if result.fused is not None:
            self._add_people(result.fused)

    def hex(self) -> str:
        return self._sum.hexdigest()

    def _add_radio(self, radio: RadioPicture) -> None:
        self.add_bytes("".join(link.link for link in radio.links).encode())
        self._numbers(value for link in radio.links for value in (link.activity, link.change, link.health, link.weight, link.still))
        self.add_bytes("".join(blob.id for blob in radio.blobs).encode())
        self._numbers(value for blob in radio.blobs for value in (*blob.position, *blob.velocity, blob.confidence, blob.fused_value))

    def _add_people(self, fused: FusedPicture) -> None:
        self.add_bytes("".join(track.id for track in fused.tracks).encode())
        self._numbers(value for track in fused.tracks for value in track.position)

    def _numbers(self, values: Iterable[float]) -> None:
        numbers = tuple(values)
        self.add_bytes(struct.pack(f"<{len(numbers)}d", *numbers))

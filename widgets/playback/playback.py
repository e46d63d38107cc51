"""What the wall of recorded video and its transport bar need of whoever plays: values, and the protocol `Playback`.

`console.playback.playback.PlaybackController(bridge, clock, parent)` is the one that plays recordings of an engine.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import SignalInstance

from engine.model.value_class import dataclass

SLOWEST, FASTEST = 0.1, 32.0
MOST_CAMERAS = 9


class TileKind(StrEnum):
    """What a tile of the wall shows at the clock's time. Nothing of it ever looks live."""

    LOADING = "loading"  # not decoded yet; the picture, if there is one, is an older one
    PICTURE = "picture"  # exactly the picture that was shown then
    GAP = "gap"  # nothing was recorded then
    BLIND = "blind"  # nothing would have been seen then: the sensor was down, covered or out of step
    DAMAGED = "damaged"  # something was recorded, and it cannot be played
    FAILED = "failed"  # the recordings cannot be had now: `reason` says why


@dataclass(frozen=True, slots=True, eq=False)
class RecordedTile:
    """One camera at the clock's time.

    Attributes:
        pixels: (H, W, 4) uint8 BGRA, never written again; None where there is nothing to show. picture_ns: UTC of it.
        frame_width, frame_height: of the recorded picture, which `pixels` may be smaller than.
        reason: a sentence, for anything but pictures. since_ns, until_ns: where a gap begins and ends, as far as is known.
    """

    camera_id: str
    name: str = ""
    kind: TileKind = TileKind.LOADING
    pixels: npt.NDArray[np.uint8] | None = None
    picture_ns: int = 0
    frame_width: int = 0
    frame_height: int = 0
    reason: str = ""
    since_ns: int | None = None
    until_ns: int | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class PlaybackState:
    """`speed`: signed, negative backwards, ±0.1 to ±32; what it will be where `playing` is False. `busy`: a picture is still to come.

    keyframes_only: pictures between keyframes are left out, since all of them cannot be decoded as fast.
    pictures_s: how many each camera shows a second, counted, while some are left out; 0 otherwise, and before it is known.
    """

    playing: bool = False
    speed: float = 1.0
    busy: bool = False
    keyframes_only: bool = False
    pictures_s: float = 0.0


class Playback(Protocol):
    """One clock for up to nine recorded cameras. Qt's main thread only; nothing blocks.

    Signals:
        moved(int): the clock's time, UTC ns; at most 60 times a second while playing. An int of Python (`Signal(object)`).
        state_changed(PlaybackState). cameras_changed(). tile_changed(camera id): `tile` gives something else.
    """

    moved: SignalInstance
    state_changed: SignalInstance
    cameras_changed: SignalInstance
    tile_changed: SignalInstance

    @property
    def position_ns(self) -> int: ...

    @property
    def state(self) -> PlaybackState: ...

    @property
    def cameras(self) -> tuple[str, ...]: ...

    def set_cameras(self, camera_ids: Sequence[str]) -> None:
        """Show these, in this order; ValueError for more than nine."""
        ...

    def tile(self, camera_id: str) -> RecordedTile: ...

    def want(self, camera_id: str, width: int, height: int) -> None:
        """How large the pictures should be, device pixels to fit into; 0 × 0: none for now."""
        ...

    def set_lead(self, camera_id: str) -> None:
        """Steps follow this camera's pictures, as the one that is selected; empty: the first that has a picture."""
        ...

    def seek(self, at_ns: int) -> None:
        """Go there; playing goes on from there."""
        ...

    def play(self, speed: float | None = None) -> None:
        """Play, at a signed speed if one is given: it is brought into ±0.1–±32. ValueError for 0."""
        ...

    def set_speed(self, speed: float) -> None:
        """Without beginning to play."""
        ...

    def pause(self) -> None: ...

    def toggle(self) -> None: ...

    def step(self, pictures: int, camera_id: str = "") -> None:
        """Pause, and go to the next (1) or previous (−1) picture of a camera, by default the leading one. Gaps are one step."""
        ...

    def shuttle(self, forward: bool) -> None:
        """J and L of an editing program: plays that way; again: twice as fast, to 32×; the other way: half as fast, then round."""
        ...

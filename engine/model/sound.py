"""The sound of one camera, on its way to somebody who listens. It lives in memory only and is never kept."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.health import CameraState
from engine.model.settings import CameraKind, CameraSettings

SOUND_HZ = 48_000
"""Of all sound that listeners get, whatever the camera sends: mono, 16 bit."""

LONGEST_WAITING_S = 0.5
"""What a listener does not fetch for so long is dropped, the oldest first: sound that is late is of no use."""

Samples: TypeAlias = npt.NDArray[np.int16]  # (n,)


@dataclass(frozen=True, slots=True)
class SoundState:
    """How listening goes. `reason`: a sentence without credentials, empty while sound comes. `ended`: nothing will come any more."""

    state: CameraState = CameraState.CONNECTING
    reason: str = ""
    ended: bool = False


class SoundFeed(Protocol):
    """The sound of one camera for one listener. Any thread; never blocks, but for `close` of a remote one, a moment."""

    @property
    def state(self) -> SoundState: ...

    def take(self) -> Samples:
        """What came since it was last asked, `SOUND_HZ` mono; empty where nothing did."""
        ...

    def close(self) -> None:
        """Twice is no error."""
        ...


def has_sound(camera: CameraSettings) -> bool:
    """Whether a camera of this kind can carry sound: streams by RTSP, and files that play at their own speed."""
    return camera.kind is CameraKind.RTSP or (camera.kind is CameraKind.FILE and camera.paced)

"""The sound of one camera, on its way to somebody who listens. It lives in memory only and is never kept."""

from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.errors import EnvironmentFault
from engine.model.health import CameraState
from engine.model.settings import CameraKind, CameraSettings
from engine.model.value_class import dataclass

SOUND_HZ = 48_000
"""Of all sound that listeners get, whatever the camera sends: mono, 16 bit."""

LONGEST_WAITING_S = 0.5
"""What a listener does not fetch for so long is dropped, the oldest first: sound that is late is of no use."""

NOT_ALLOWED = "Nobody may listen to {0}. An administrator can allow it, with a reason, where the camera is edited."
NO_SOUND = "{0} has no sound that can be listened to: RTSP cameras can have, and files that play at their own speed."
PAUSED = "{0} is paused, and its sound with it."

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


def check_listenable(camera: CameraSettings) -> None:
    """Raises EnvironmentFault `not_allowed`, `no_sound`, `paused`."""
    for wrong, reason, words in (
        (not camera.listen, "not_allowed", NOT_ALLOWED),
        (not has_sound(camera), "no_sound", NO_SOUND),
        (not camera.enabled, "paused", PAUSED),
    ):
        if wrong:
            raise EnvironmentFault(reason, words.format(camera.name))

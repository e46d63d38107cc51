"""The last seconds of one body."""

import base64
import binascii
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from engine.model.cameras.pose import LANDMARKS
from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.vision.gestures.features import Array, Movement, movement
from engine.vision.gestures.takes import LONGEST_S

_LEAST_STEP_NS = 60_000_000  # about 15 frames a second say all there is to say about limbs
_LONGEST_GAP_NS = 350_000_000  # beyond, the body was lost: what came before does not belong to what comes now
_KEPT_NS = int(LONGEST_S * 1.35e9)
_FEWEST_FRAMES = 4
_NS = 1e9


class RecentPoses:
    """Landmarks (33, 3) of the last 5.4 seconds, none older than the last gap."""

    def __init__(self) -> None:
        self._frames: deque[tuple[int, Floats]] = deque()

    def add(self, now_ns: int, landmarks: Floats) -> bool:
        """False where the frame came too soon after the one before, or before it, and was left out."""
        if self._frames:
            step = now_ns - self._frames[-1][0]
            if step < _LEAST_STEP_NS:
                return False
            if step > _LONGEST_GAP_NS:
                self._frames.clear()
        self._frames.append((now_ns, np.array(landmarks, np.float32)))
        while now_ns - self._frames[0][0] > _KEPT_NS:
            self._frames.popleft()
        return True

    def endings(self, lengths_s: tuple[float, ...]) -> Iterator[tuple[float, Movement]]:
        """The movements of these lengths that end with the last frame, as far back as there are frames."""
        first_ns = self._frames[0][0]
        at_s: Array = np.array([at_ns - first_ns for at_ns, _ in self._frames], np.float64) / _NS
        landmarks = np.stack([frame for _, frame in self._frames])
        for length_s in lengths_s:
            start_s = at_s[-1] - length_s
            if start_s >= 0 and np.count_nonzero(at_s >= start_s) >= _FEWEST_FRAMES:
                yield length_s, movement(at_s, landmarks, float(start_s), float(at_s[-1]))

    def state(self) -> dict[str, Any]:
        data = b"".join(frame.astype("<f4").tobytes() for _, frame in self._frames)
        return {"at_ns": [at_ns for at_ns, _ in self._frames], "landmarks": base64.b64encode(data).decode("ascii")}

    def restore(self, state: Mapping[str, Any]) -> None:
        """
        Raises:
            InputError: the state is not one (field `recent`).
        """
        try:
            times = [int(at_ns) for at_ns in state["at_ns"]]
            data = np.frombuffer(base64.b64decode(state["landmarks"], validate=True), "<f4").reshape(len(times), LANDMARKS, 3)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise InputError("recent", f"is no state of recent poses: {error}") from error
        self._frames = deque(zip(times, data.astype(np.float32), strict=True))

"""Who holds a camera. A higher priority takes over; an equal or lower one waits until nobody has used it for a while."""

import math
import threading
from collections.abc import Callable

from engine.model.accounts.access import Session
from engine.model.errors import EnvironmentFault
from engine.model.ptz.view import Control
from engine.model.time import SECOND, seconds_to_ns
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """`control`: as it is now. `new`: it was not this session's before."""

    control: Control
    new: bool


class ControlLock:
    """Of one camera, for steering or for talk. Any thread.

    Args:
        refusal: the sentence for whoever has to wait, of who holds it and for how many seconds.
    """

    def __init__(self, refusal: Callable[[Control, int], str]) -> None:
        self._refusal = refusal
        self._lock = threading.Lock()
        self._control: Control | None = None
        self._session_id = ""

    def take(self, session: Session, priority: int, hold_s: float, now_ns: int) -> Grant:
        """For this session from now on, or on. Raises EnvironmentFault `held`."""
        with self._lock:
            held = self._live(now_ns)
            mine = held is not None and self._session_id == session.id
            if held is not None and not mine and held.by_id != session.holder and priority <= held.priority:
                raise EnvironmentFault("held", self._refusal(held, max(1, math.ceil((held.until_ns - now_ns) / SECOND))))
            taken_from = held.taken_from if mine and held is not None else held.by if held is not None else ""
            until_ns = now_ns + seconds_to_ns(hold_s)
            self._control = Control(session.name, session.holder, priority, until_ns, taken_from)
            self._session_id = session.id
            return Grant(self._control, not mine)

    def release(self, session_id: str) -> bool:
        """By who holds it, or because their session ended. False: it was not theirs."""
        with self._lock:
            theirs = self._control is not None and self._session_id == session_id
            if theirs:
                self._control, self._session_id = None, ""
            return theirs

    def renew(self, session_id: str, renewed_id: str) -> None:
        with self._lock:
            if self._session_id == session_id:
                self._session_id = renewed_id

    def now(self, now_ns: int) -> Control | None:
        with self._lock:
            return self._live(now_ns)

    def _live(self, now_ns: int) -> Control | None:
        return self._control if self._control is not None and now_ns < self._control.until_ns else None


def steering_refusal(held: Control, left_s: int) -> str:
    return f"{held.by} steers this camera with priority {held.priority}. It is free in {left_s} s unless they go on."


def talk_refusal(held: Control, left_s: int) -> str:
    return f"{held.by} talks through this camera with priority {held.priority}. It is free in {left_s} s unless they go on."

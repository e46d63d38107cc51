"""Takes that wait to be taught: performances recorded from the poses a camera's looks give, at whatever rate they come."""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import field, replace
from itertools import pairwise

import numpy as np

from engine.model.cameras.pose import LEFT_SHOULDER, RIGHT_SHOULDER
from engine.model.errors import InputError, NotFound
from engine.model.geometry import Floats
from engine.model.observation import PosesSeen
from engine.model.people.gesture import Take
from engine.model.people.view import TakeState, TakeView
from engine.model.time import SECOND, seconds_to_ns
from engine.model.value_class import dataclass
from engine.vision.gestures.search import trimmed
from engine.vision.gestures.takes import FEWEST_FRAMES, LEAST_ENERGY, validated, whole

MOST_TAKES = 12  # the oldest go
SHORTEST_S, LONGEST_S = 0.5, 6.0  # of a recording; rest at its ends is cut away
FIRST_POSE_NS = 4 * SECOND  # loading the networks may take some of it
LATE_NS = SECOND  # a look at a picture ends so long after it was taken
HIDDEN_S = 0.35  # without a body for so long, nobody knows what was done meanwhile
_VISIBLE = 0.5

NOBODY = "No person was seen. Stand so that the camera sees you from head to knees, and record again."
LEFT = "The body was out of sight for {gap:.1f} s. Stay in view for the whole take, and record again."
SLOW = (
    "This machine was too busy: for {gap:.1f} s no picture of the body could be looked at. Record again, or make the take from a "
    "recorded clip, which is looked at without haste."
)
FEW = (
    "Only {count} pictures of {seconds:.1f} s could be looked at, which is too few. Slow the gesture down, or look at fewer people at once."
)
STILL = "Hardly anything moved. Perform the gesture while the take is recorded."


@dataclass(slots=True)
class Recording:
    """A take on its way. `track_id` empty: not chosen yet; `began_ns` None: no body yet."""

    id: str
    camera_id: str
    track_id: str
    asked_ns: int
    lasts_ns: int
    began_ns: int | None = None
    times_ns: list[int] = field(default_factory=list[int])
    bodies: list[Floats] = field(default_factory=list[Floats])
    looks_ns: list[int] = field(default_factory=list[int])
    empty_ns: list[int] = field(default_factory=list[int])

    def nobody(self, at_ns: int) -> None:
        """Nobody was in view of the camera then."""
        self.empty_ns.append(at_ns)

    def see(self, seen: PosesSeen) -> None:
        """Follow the chosen one, or whoever is nearest, who looks largest."""
        if seen.occurred_ns < self.asked_ns or (self.times_ns and seen.occurred_ns <= self.times_ns[-1]):
            return
        self.looks_ns.append(seen.occurred_ns)
        whole_bodies = [row for row in range(len(seen.poses)) if _shows_shoulders(seen.poses.visibility[row])]
        if not self.track_id and whole_bodies:
            self.track_id = seen.poses.track_ids[max(whole_bodies, key=lambda row: _height(seen.poses.landmarks[row]))]
        for row in whole_bodies:
            if seen.poses.track_ids[row] == self.track_id:
                self.began_ns = seen.occurred_ns if self.began_ns is None else self.began_ns
                self.times_ns.append(seen.occurred_ns)
                self.bodies.append(np.array(seen.poses.landmarks[row], np.float32))

    def is_over(self, seen_ns: int, now_ns: int) -> bool:
        """`seen_ns`: of the newest picture that was looked at, 0 when none was."""
        if self.began_ns is None:
            return now_ns >= self.asked_ns + FIRST_POSE_NS
        end_ns = self.began_ns + self.lasts_ns
        return seen_ns >= end_ns or now_ns >= end_ns + LATE_NS

    def take(self) -> Take:
        """
        Raises:
            InputError: it cannot be taught; the message says why, as a sentence.
        """
        if not self.bodies or self.began_ns is None:
            raise InputError("", NOBODY)
        end_ns = self.began_ns + self.lasts_ns
        from_ns, to_ns = _longest_gap([at_ns for at_ns in self.looks_ns if at_ns >= self.began_ns], end_ns)
        if to_ns - from_ns > HIDDEN_S * SECOND:
            left = any(from_ns <= at_ns <= to_ns for at_ns in self.empty_ns)
            raise InputError("", (LEFT if left else SLOW).format(gap=(to_ns - from_ns) / SECOND))
        return as_take(self.times_ns, self.bodies, end_ns)


def as_take(times_ns: Sequence[int], bodies: Sequence[Floats], end_ns: int) -> Take:
    """What was seen until `end_ns`, without the rest at both ends.

    Raises:
        InputError: it cannot be taught; the message says why, as a sentence.
    """
    if not bodies:
        raise InputError("", NOBODY)
    from_ns, to_ns = _longest_gap(times_ns, end_ns)
    gap_s = (to_ns - from_ns) / SECOND
    if gap_s > HIDDEN_S:
        raise InputError("", LEFT.format(gap=gap_s))
    if len(bodies) < FEWEST_FRAMES:
        raise InputError("", FEW.format(count=len(bodies), seconds=(end_ns - times_ns[0]) / SECOND))
    at_s = (np.array(times_ns, np.int64) - times_ns[0]) / SECOND
    take = Take(at_s.astype(np.float32), np.stack(bodies).astype(np.float32))
    if whole(take).energy < LEAST_ENERGY:
        raise InputError("", STILL)
    return _teachable(take)


def _longest_gap(times_ns: Sequence[int], end_ns: int) -> tuple[int, int]:
    """From when to when there was nothing for longest."""
    ends = [*times_ns, max(end_ns, times_ns[-1])]
    return max(pairwise(ends), key=lambda gap: gap[1] - gap[0])


def _teachable(take: Take) -> Take:
    try:
        cut = trimmed(take)
        validated((cut,), fewest=1)
    except InputError as error:
        raise InputError("", f"The take {error.message}") from None
    return cut


class TakeDrawer:
    """Takes by id, the oldest first. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recordings: dict[str, Recording] = {}
        self._takes: dict[str, Take] = {}
        self._shown: dict[str, TakeView] = {}

    @property
    def recording(self) -> bool:
        return bool(self._recordings)

    def recorded(self) -> tuple[str, str] | None:
        """Camera and track of the take that is being recorded; no track while none is chosen."""
        return next(((recording.camera_id, recording.track_id) for recording in tuple(self._recordings.values())), None)

    def nobody(self, camera_id: str, at_ns: int) -> None:
        """The engine thread: nobody is in view of this camera."""
        for recording in tuple(self._recordings.values()):
            if recording.camera_id == camera_id:
                recording.nobody(at_ns)

    def record(self, camera_id: str, track_id: str, seconds: float, now_ns: int) -> str:
        """Begin a take. Raises InputError: `seconds` out of range, or one is being recorded from this camera."""
        if not SHORTEST_S <= seconds <= LONGEST_S:
            raise InputError("seconds", f"must be {SHORTEST_S:g} to {LONGEST_S:g}")
        with self._lock:
            if any(recording.camera_id == camera_id for recording in self._recordings.values()):
                raise InputError("camera_id", "A take is being recorded from this camera. Wait until it is finished.")
            take_id = self._begin_take(camera_id)
            self._recordings[take_id] = Recording(take_id, camera_id, track_id, now_ns, seconds_to_ns(seconds))
        return take_id

    def begin(self, camera_id: str) -> str:
        """A take that is made elsewhere, and comes with `ready` or `mark_failed`."""
        with self._lock:
            return self._begin_take(camera_id)

    def ready(self, take_id: str, take: Take) -> None:
        with self._lock:
            shown = self._shown.get(take_id)
            if shown is not None:
                self._takes[take_id] = take
                self._shown[take_id] = replace(
                    shown, state=TakeState.READY, lasts_s=take.lasts_s, frames=len(take.landmarks), landmarks=take.landmarks
                )

    def mark_failed(self, take_id: str, trouble: str) -> None:
        with self._lock:
            if take_id in self._shown:
                self._shown[take_id] = replace(self._shown[take_id], state=TakeState.FAILED, trouble=trouble)

    def see(self, seen: PosesSeen, now_ns: int) -> None:
        """The engine thread."""
        for recording in tuple(self._recordings.values()):
            if recording.camera_id == seen.camera_id:
                recording.see(seen)
                self._count(recording)
                self._end_if_over(recording, seen.occurred_ns, now_ns, "")

    def tick(self, now_ns: int, pose_trouble: str) -> None:
        """The engine thread. `pose_trouble`: why there are no poses, empty when there are."""
        for recording in tuple(self._recordings.values()):
            self._end_if_over(recording, 0, now_ns, pose_trouble)

    def drop(self, take_id: str) -> None:
        """Raises NotFound."""
        with self._lock:
            if take_id not in self._shown:
                raise NotFound(f"There is no take {take_id}.")
            self._forget_take(take_id)

    def select_takes(self, take_ids: Sequence[str]) -> tuple[Take, ...]:
        """Raises InputError: one of them is no take, or not ready, or named twice (field `takes`)."""
        with self._lock:
            missing = [take_id for take_id in take_ids if take_id not in self._takes]
            if missing:
                raise InputError("takes", f"There is no take {missing[0]} that is ready to be taught.")
            if len(set(take_ids)) < len(take_ids):
                raise InputError("takes", "The same take is named twice.")
            return tuple(self._takes[take_id] for take_id in take_ids)

    def take_views(self) -> tuple[TakeView, ...]:
        with self._lock:
            return tuple(self._shown.values())

    def take(self, take_id: str) -> Take | None:
        return self._takes.get(take_id)

    def _begin_take(self, camera_id: str) -> str:
        take_id = f"ta-{secrets.token_hex(6)}"
        self._shown[take_id] = TakeView(take_id, camera_id, TakeState.RECORDING)
        ended = [each.id for each in self._shown.values() if each.state is not TakeState.RECORDING]
        for old in ended[: max(0, len(self._shown) - MOST_TAKES)]:
            self._forget_take(old)
        return take_id

    def _forget_take(self, take_id: str) -> None:
        for kept in (self._recordings, self._takes, self._shown):
            kept.pop(take_id, None)

    def _count(self, recording: Recording) -> None:
        with self._lock:
            shown = self._shown.get(recording.id)
            if shown is not None and recording.times_ns:
                lasts_s = (recording.times_ns[-1] - recording.times_ns[0]) / SECOND
                self._shown[recording.id] = replace(shown, frames=len(recording.bodies), lasts_s=lasts_s)

    def _end_if_over(self, recording: Recording, seen_ns: int, now_ns: int, pose_trouble: str) -> None:
        if not (recording.is_over(seen_ns, now_ns) or (pose_trouble and recording.began_ns is None)):
            return
        try:
            self.ready(recording.id, recording.take())
        except InputError as error:
            self.mark_failed(recording.id, pose_trouble or error.message)
        with self._lock:
            self._recordings.pop(recording.id, None)


def _shows_shoulders(visibility: Floats) -> bool:
    return bool((visibility[[LEFT_SHOULDER, RIGHT_SHOULDER]] >= _VISIBLE).all())


def _height(landmarks: Floats) -> float:
    return float(np.ptp(landmarks[:, 1]))

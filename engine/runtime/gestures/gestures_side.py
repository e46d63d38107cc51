"""The gestures of one site: what is taught, takes on their way, and what is shown of both."""

import base64
import binascii
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from engine.model.cameras.track import TrackStatus
from engine.model.errors import InputError, NotFound
from engine.model.event import Event, EventKind
from engine.model.ids import random_id
from engine.model.observation import GesturesChanged, Observation, PosesSeen, Tick
from engine.model.people.commands import RecordTake, SetGestureMode, TeachGesture
from engine.model.people.gesture import Gesture, GestureMode, Take
from engine.model.people.view import GestureScore, GestureView, TakeView
from engine.model.result import StepResult
from engine.model.time import Clock, seconds_to_ns
from engine.model.value_class import dataclass
from engine.runtime.closer.closer import Focus
from engine.runtime.gestures.everyday import EverydayMovement
from engine.runtime.gestures.takes import TakeDrawer
from engine.runtime.ports import Inbox
from engine.vision.gestures.learning import learn
from engine.vision.gestures.library import GestureLibrary, Likeness
from engine.vision.gestures.parsing import MOST_BYTES, as_take, parse_sequence
from engine.vision.gestures.search import search

GIVEN_FPS = 30.0  # of sequences that come without times
LONGEST_SHOW_S = 120.0
_SCORES = 5
_LEAST_SCORE = 0.05


class GestureRecord(Protocol):
    """What the record keeps of gestures (engine.store)."""

    def gestures(self) -> tuple[Gesture, ...]: ...

    def save_gesture(self, gesture: Gesture) -> None: ...

    def remove_gesture(self, gesture_id: str) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """The gestures of a moment, replaced as a whole. `library`: all of them, also those that are off; `lasts_s` by id."""

    gestures: tuple[Gesture, ...]
    library: GestureLibrary
    lasts_s: Mapping[str, float]

    @classmethod
    def of(cls, gestures: Sequence[Gesture]) -> "Taught":
        armed = [replace(gesture, mode=GestureMode.ARMED) for gesture in gestures]
        lasts_s = {gesture.id: float(np.median([take.lasts_s for take in gesture.takes])) for gesture in gestures}
        return cls(tuple(gestures), GestureLibrary(armed), lasts_s)

    def label(self, gesture_id: str) -> str:
        return next((gesture.label for gesture in self.gestures if gesture.id == gesture_id), "")

    def scores(self, found: Sequence[Likeness], without: str = "") -> tuple[GestureScore, ...]:
        """The best few, the best first."""
        likely = [like for like in found if like.gesture_id != without and like.confidence >= _LEAST_SCORE]
        return tuple(GestureScore(like.gesture_id, self.label(like.gesture_id), like.confidence) for like in likely[:_SCORES])


class GesturesSide:
    """`take` on the engine thread, everything else on any.

    Args:
        on_wanted: poses are wanted now, or not any more.
    """

    def __init__(
        self, record: GestureRecord, clock: Clock, inbox: Inbox, on_wanted: Callable[[], None], new_id: Callable[[str], str] = random_id
    ) -> None:
        self._new_id = new_id
        self._record, self._clock, self._inbox, self._on_wanted = record, clock, inbox, on_wanted
        self._changing = threading.Lock()
        self._taught = Taught.of(())
        self._seen: dict[str, tuple[int, int, int | None]] = {}  # by label: fired, fired in shadow mode, last
        self._scored: dict[str, tuple[Taught, tuple[GestureScore, ...]]] = {}  # of takes
        self._confused: tuple[Taught | None, dict[str, tuple[GestureScore, ...]]] = (None, {})
        self._shown_until_ns = 0
        self._wanted = False
        self.drawer = TakeDrawer()
        self.everyday = EverydayMovement()

    @property
    def gestures(self) -> tuple[Gesture, ...]:
        return self._taught.gestures

    @property
    def wants_poses(self) -> bool:
        return self._wanted

    def start(self, now_ns: int) -> None:
        """Enter what the record knows."""
        gestures = self._record.gestures()
        self._seen = {gesture.label: (gesture.fired, gesture.shadow_fired, gesture.last_seen_ns) for gesture in gestures}
        self._use(gestures, now_ns)

    def take(self, result: StepResult, observation: Observation, now_ns: int, pose_trouble: str) -> None:
        """After every step."""
        for event in result.events:
            if event.kind is EventKind.GESTURE:
                self._count(event)
        for camera_id, tracks in result.tracks:
            if self.drawer.recording and not any(track.status in (TrackStatus.CONFIRMED, TrackStatus.COASTING) for track in tracks):
                self.drawer.nobody(camera_id, observation.occurred_ns)
        match observation:
            case PosesSeen() as seen:
                self._poses(seen, now_ns)
            case Tick():
                self.drawer.tick(now_ns, pose_trouble)
                self._want(now_ns)
            case _:
                pass

    def focus(self) -> Focus | None:
        """Who has all closer looks now."""
        recorded = self.drawer.recorded()
        return Focus(*recorded) if recorded is not None else None

    def show_poses(self, seconds: float) -> None:
        """Raises InputError."""
        if not 0 <= seconds <= LONGEST_SHOW_S:
            raise InputError("seconds", f"must be 0 to {LONGEST_SHOW_S:g}")
        now_ns = self._clock.now_ns()
        self._shown_until_ns = now_ns + seconds_to_ns(seconds)
        self._want(now_ns)

    def record_take(self, command: RecordTake) -> str:
        now_ns = self._clock.now_ns()
        take_id = self.drawer.record(command.camera_id, command.track_id, command.seconds, now_ns)
        self._want(now_ns)
        return take_id

    def teach(self, command: TeachGesture, by: str) -> str:
        """Keep takes as a gesture. What it has to differ from: all other gestures, and everyday movement seen lately.

        Raises:
            InputError: `label` empty, too long or taken; `takes` or `data` are none that can be learned from. Nothing is kept then.
        """
        takes, fewest = self._takes_of_command(command)
        with self._changing:
            known = self._taught.gestures
            if any(gesture.label.casefold() == command.label.strip().casefold() for gesture in known):
                raise InputError("label", f"There is a gesture “{command.label.strip()}” already. Remove it first, or choose another name.")
            gesture = self._new(command, takes, by)
            others = [take for each in known for take in each.takes]
            gesture = replace(gesture, threshold=self._learned(gesture, others, fewest))
            self._record.save_gesture(gesture)
            self._use((*known, gesture), gesture.created_ns)
        for take_id in command.takes:
            self.drawer.drop(take_id)
        return gesture.id

    def set_mode(self, command: SetGestureMode) -> str:
        """Raises NotFound."""
        with self._changing:
            changed = replace(self._gesture_by_id(command.gesture_id), mode=command.mode)
            self._record.save_gesture(changed)
            gestures = tuple(changed if gesture.id == changed.id else gesture for gesture in self._taught.gestures)
            self._use(gestures, self._clock.now_ns())
        return changed.id

    def remove(self, gesture_id: str) -> str:
        """Raises NotFound."""
        with self._changing:
            gone = self._gesture_by_id(gesture_id)
            self._record.remove_gesture(gone.id)
            self._use([gesture for gesture in self._taught.gestures if gesture.id != gone.id], self._clock.now_ns())
        return gone.id

    def put_back(self, gone: Gesture) -> None:
        """One that was removed, with what it had learned. Raises InputError: there is another of its name by now."""
        with self._changing:
            known = self._taught.gestures
            if any(each.id == gone.id or each.label.casefold() == gone.label.casefold() for each in known):
                raise InputError("label", f"There is a gesture “{gone.label}” again. Remove it first.")
            self._record.save_gesture(gone)
            self._use((*known, gone), self._clock.now_ns())

    def views(self) -> tuple[GestureView, ...]:
        taught = self._taught
        confused = self._confused_with(taught)
        return tuple(self._view(gesture, taught.lasts_s[gesture.id], confused[gesture.id]) for gesture in taught.gestures)

    def takes(self) -> tuple[TakeView, ...]:
        """With how like the gestures of now they are."""
        shown, taught = self.drawer.take_views(), self._taught
        known = {view.id: self._scores(view.id, take, taught) for view in shown if (take := self.drawer.take(view.id)) is not None}
        self._scored = {take_id: (taught, scores) for take_id, scores in known.items()}
        return tuple(replace(view, scores=known.get(view.id, ())) for view in shown)

    def _poses(self, seen: PosesSeen, now_ns: int) -> None:
        self.drawer.see(seen, now_ns)
        if self.drawer.recording or now_ns < self._shown_until_ns:
            self.everyday.pause()
        else:
            self.everyday.see(seen)

    def _count(self, event: Event) -> None:
        self.everyday.forget(event.subject_id, event.started_ns, event.ended_ns or event.started_ns)
        fired, shadow, last_ns = self._seen.get(event.label, (0, 0, None))
        fired, shadow = (fired, shadow + 1) if event.shadow else (fired + 1, shadow)
        self._seen[event.label] = fired, shadow, max(event.started_ns, last_ns or 0)

    def _want(self, now_ns: int) -> None:
        looked_for = any(gesture.mode is not GestureMode.OFF for gesture in self._taught.gestures)
        wanted = looked_for or self.drawer.recording or now_ns < self._shown_until_ns
        if wanted is not self._wanted:
            self._wanted = wanted
            self._on_wanted()

    def _use(self, gestures: Sequence[Gesture], now_ns: int) -> None:
        self._taught = Taught.of(gestures)
        self._inbox.post(GesturesChanged(now_ns, self._taught.gestures))
        self._want(now_ns)

    def _gesture_by_id(self, gesture_id: str) -> Gesture:
        for gesture in self._taught.gestures:
            if gesture.id == gesture_id:
                return gesture
        raise NotFound(f"There is no gesture {gesture_id}.")

    def _takes_of_command(self, command: TeachGesture) -> tuple[tuple[Take, ...], int]:
        """The takes, and how few are enough."""
        if command.data:
            if command.takes:
                raise InputError("data", "Give either recorded takes or data, not both.")
            return (sequence(command.data, command.num_frames),), 1
        return self.drawer.select_takes(command.takes), 2

    def _new(self, command: TeachGesture, takes: tuple[Take, ...], by: str) -> Gesture:
        if not takes:
            raise InputError("takes", "A gesture is learned from 2 to 5 takes; there are 0.")
        made = self._new_id("ge")
        return Gesture(made, command.label.strip(), takes, 1.0, self._clock.now_ns(), command.created_by.strip() or by, command.mode)

    def _learned(self, gesture: Gesture, others: Sequence[Take], fewest: int) -> float:
        try:
            return learn(gesture.takes, others, self.everyday.stretches(), fewest)
        except InputError as error:
            raise InputError("takes" if fewest > 1 else "data", _sentence(error)) from None

    def _view(self, gesture: Gesture, lasts_s: float, confused: tuple[GestureScore, ...]) -> GestureView:
        fired, shadow, last_ns = self._seen.get(gesture.label, (0, 0, None))
        return GestureView(
            id=gesture.id,
            label=gesture.label,
            mode=gesture.mode,
            takes=len(gesture.takes),
            lasts_s=lasts_s,
            threshold=gesture.threshold,
            created_ns=gesture.created_ns,
            created_by=gesture.created_by,
            fired=fired,
            shadow_fired=shadow,
            last_seen_ns=last_ns,
            confused_with=confused,
        )

    def _scores(self, take_id: str, take: Take, taught: Taught) -> tuple[GestureScore, ...]:
        """Worked out once for each take and change of gestures."""
        before = self._scored.get(take_id)
        if before is not None and before[0] is taught:
            return before[1]
        return taught.scores(search(taught.library, take)) if taught.gestures else ()

    def _confused_with(self, taught: Taught) -> dict[str, tuple[GestureScore, ...]]:
        if self._confused[0] is not taught:
            self._confused = taught, {gesture.id: _nearest(gesture, taught) for gesture in taught.gestures}
        return self._confused[1]


def sequence(data: str, num_frames: int) -> Take:
    """A take out of base64.

    Raises:
        InputError: `data` is too large, no base64, or no sequence of poses; `num_frames` is not how many there are.
    """
    if len(data) > MOST_BYTES * 4 // 3 + 4:
        raise InputError("data", f"has {len(data):,} characters; at most {MOST_BYTES:,} bytes are taken")
    try:
        found = parse_sequence(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        raise InputError("data", "is no base64") from None
    except InputError as error:
        raise InputError("data", error.message) from None
    if num_frames != len(found):
        raise InputError("num_frames", f"says {num_frames}; the sequence has {len(found)} frames")
    return as_take(found, GIVEN_FPS)


def _sentence(error: InputError) -> str:
    """Which of the takes it is about, for people: they count from one."""
    parts = error.field.split(".")
    return f"Take {int(parts[1]) + 1}: {error.message}" if len(parts) > 1 and parts[1].isdigit() else error.message


def _nearest(gesture: Gesture, taught: Taught) -> tuple[GestureScore, ...]:
    """What else its takes are like: the best of each other gesture."""
    best: dict[str, Likeness] = {}
    for take in gesture.takes:
        for like in taught.library.classify(take):
            if like.gesture_id not in best or like.confidence > best[like.gesture_id].confidence:
                best[like.gesture_id] = like
    return taught.scores(sorted(best.values(), key=lambda like: -like.confidence), without=gesture.id)

"""A fake engine that records takes and teaches gestures when a test says so."""

from dataclasses import replace

import numpy as np

from engine.model.errors import InputError
from engine.model.event import Event, EventKind, Severity
from engine.model.people.commands import DropTake, RecordTake, RemoveGesture, SetGestureMode, ShowPoses, TakeFromClip, TeachGesture
from engine.model.people.gesture import GestureMode
from engine.model.people.view import GestureScore, GestureView, TakeState, TakeView, TrackPose
from engine.model.question import ListEvents
from engine.model.time import SECOND
from tests.engine.vision.gestures.performances import REST, raise_right, take
from tests.fakes.engine import FakeEngine


class GestureEngine(FakeEngine):
    def __init__(self) -> None:
        super().__init__()
        self.shadow_events: list[Event] = []
        self._made = 0

    def _dispatch(self, command: object) -> str:
        match command:
            case RecordTake(camera_id):
                return self.add_take(camera_id)
            case TakeFromClip():
                return self.add_take("yard", TakeState.READY)
            case DropTake(take_id):
                self._people(takes=tuple(take for take in self.people.takes if take.id != take_id))
                return take_id
            case TeachGesture(label, takes, mode=mode):
                if any(gesture.label == label for gesture in self.people.gestures):
                    raise InputError("label", f"There is a gesture “{label}” already.")
                self._people(takes=tuple(take for take in self.people.takes if take.id not in takes))
                return self.add_gesture(label, mode, takes=len(takes))
            case SetGestureMode(gesture_id, mode):
                self._people(gestures=tuple(replace(g, mode=mode) if g.id == gesture_id else g for g in self.people.gestures))
                return gesture_id
            case RemoveGesture(gesture_id):
                self._people(gestures=tuple(gesture for gesture in self.people.gestures if gesture.id != gesture_id))
                return gesture_id
            case ShowPoses():
                return ""
            case _:
                return super()._dispatch(command)  # type: ignore[arg-type]

    def _people(self, **changes: object) -> None:
        with self.lock:
            self.people = replace(self.people, **changes)  # type: ignore[arg-type]
            self.publish()

    def add_take(self, camera_id: str, state: TakeState = TakeState.RECORDING, **changes: object) -> str:
        self._made += 1
        made = TakeView(f"ta-{self._made}", camera_id, state)
        self._people(takes=(*self.people.takes, made))
        if state is TakeState.READY:
            self.finish(made.id, **changes)
        return made.id

    def finish(self, take_id: str, shape=raise_right, fps: float = 14.0, trouble: str = "", scores: tuple[GestureScore, ...] = ()) -> None:
        """The engine has recorded it."""
        made = take(shape, self._made, fps=fps)
        new = {"state": TakeState.FAILED, "trouble": trouble} if trouble else {"state": TakeState.READY, "landmarks": made.landmarks}
        new |= {"lasts_s": made.lasts_s, "frames": len(made.landmarks), "scores": scores}
        self._people(takes=tuple(replace(each, **new) if each.id == take_id else each for each in self.people.takes))

    def add_gesture(self, label: str, mode: GestureMode = GestureMode.ARMED, takes: int = 3, **changes: object) -> str:
        self._made += 1
        made = GestureView(f"ge-{self._made}", label, mode, takes, 1.2, 0.2, self.now_ns, "ada", 0, 0, None)
        self._people(gestures=(*self.people.gestures, replace(made, **changes)))  # type: ignore[arg-type]
        return made.id

    def would_have_raised(self, label: str, age_s: float, camera_id: str = "yard", confidence: float = 0.8) -> None:
        at_ns = self.now_ns - round(age_s * SECOND)
        event = Event(
            f"ev-shadow-{len(self.shadow_events)}", EventKind.GESTURE, camera_id, "tr-1", Severity.MODERATE, at_ns, at_ns + SECOND, at_ns,
            confidence, "de-1", label=label, shadow=True,
        )  # fmt: skip
        self.shadow_events.insert(0, event)

    def listed(self, question: ListEvents) -> tuple[Event, ...]:
        return tuple(self.shadow_events) if question.shadow else super().listed(question)

    def show_body(self, camera_id: str, x: float = 640, y: float = 360, scale: float = 90.0, phase: float = 0.45) -> None:
        """Somebody's skeleton over the picture of a camera of 1280 × 720."""
        body = (raise_right(phase) if phase else REST) * scale + np.array([x, y, 0])
        pose = TrackPose(camera_id, "tr-1", self.now_ns, body.astype(np.float32), np.ones(33, np.float32))
        self._people(poses=(pose,))

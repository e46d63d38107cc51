"""The things of one camera: vehicles and animals, and objects where a zone counts them, as tracks of their own.

They are followed apart from people, so that nothing about people changes by a car that is parked in the picture. They make no events by
themselves: zones and lines count them, and what stands still for long is known by them.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.model.cameras.detection import Category
from engine.model.cameras.picture_zone import CLASSES
from engine.model.cameras.track import Track
from engine.model.observation import DetectionsMade
from engine.model.settings import CameraSettings
from engine.model.time import SECOND
from engine.pipeline.cameras.people import Tracker
from engine.pipeline.output import StepOutput

UNWATCHED_NS = 3 * SECOND  # without a detector run for this long, time itself ends tracks


class ThingsLane:
    """Sans-IO; the engine thread only."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._last_run_ns = 0

    def detections(self, seen: DetectionsMade, camera: CameraSettings, out: StepOutput) -> None:
        """A detector ran; a run not newer than the last is ignored."""
        if seen.occurred_ns <= self._last_run_ns:
            return
        self._last_run_ns = seen.occurred_ns
        wanted = [Category.VEHICLE, Category.ANIMAL, *([Category.OBJECT] if _counts_objects(camera) else [])]
        categories = seen.detections.categories
        things = seen.detections.where(sum((categories == each for each in wanted), categories < 0))
        if len(things) or self._tracker.tracks(seen.occurred_ns):
            size = (max(seen.width, 1), max(seen.height, 1))
            self._tracker.update(things, seen.occurred_ns, out.number, size, out.engine_id)
            self._tracker.take_ended()

    def tick(self, now_ns: int) -> None:
        if self._last_run_ns and now_ns - self._last_run_ns > UNWATCHED_NS:
            self._tracker.expire(now_ns)
            self._tracker.take_ended()

    def tracks(self, now_ns: int) -> tuple[Track, ...]:
        """Living ones where they are by now."""
        return tuple(self._tracks_with_own_ids(max(min(now_ns, self._last_run_ns + UNWATCHED_NS), self._last_run_ns)))

    def state(self) -> dict[str, Any]:
        return {"last_run_ns": self._last_run_ns, "tracker": self._tracker.state()}

    def restore(self, state: dict[str, Any]) -> None:
        self._last_run_ns = int(state["last_run_ns"])
        self._tracker.restore(state["tracker"])

    def _tracks_with_own_ids(self, at_ns: int) -> Iterator[Track]:
        """With ids of their own: both trackers derive theirs from the same observation."""
        for track in self._tracker.tracks(at_ns):
            yield replace(track, id=f"th{track.id.removeprefix('tk')}")


def _counts_objects(camera: CameraSettings) -> bool:
    name = CLASSES[Category.OBJECT]
    return any(name in place.classes for place in (*camera.zones, *camera.lines))

"""Everything that is told about what people on one camera do."""

from collections.abc import Sequence
from typing import Any

from engine.model.cameras.pose import Poses
from engine.model.geometry import Box
from engine.model.people.settings import ActivitySettings
from engine.model.time import SECOND
from engine.vision.activities.bodies import Bodies, SeenTrack
from engine.vision.activities.change import ActivityChange
from engine.vision.activities.crowd import CrowdWatch
from engine.vision.activities.falls import FallWatch
from engine.vision.activities.fights import FightWatch
from engine.vision.activities.loitering import LoiteringWatch
from engine.vision.activities.running import RunningWatch

FRESH_NS = SECOND


class ActivityWatch:
    """Sans-IO, one thread. Times are the frames'. A run with two people in view takes about half a millisecond, with ten about two."""

    def __init__(self, settings: ActivitySettings) -> None:
        self._bodies = Bodies()
        self._falls, self._fights, self._running = FallWatch(), FightWatch(), RunningWatch()
        self._loitering, self._crowd = LoiteringWatch(), CrowdWatch()
        self._seen_ns = 0
        self.configure(settings)

    def configure(self, settings: ActivitySettings) -> None:
        for part in self._parts().values():
            part.configure(settings)

    def see(
        self, at_ns: int, size: tuple[int, int], seen: Sequence[SeenTrack], boxes: Sequence[Box], count: int | None = None
    ) -> list[ActivityChange]:
        """One run of the detector on the picture of `at_ns`; one not newer than the last is ignored.

        Args:
            size: of the picture, width and height.
            seen: confirmed tracks that were found on it. boxes: every person box, unsure ones too.
            count: confirmed people in view, also those who are hidden just now; None: as many as `seen`.
        """
        if at_ns <= self._seen_ns:
            return []
        self._seen_ns = at_ns
        self._bodies.take(seen, size, at_ns, boxes)
        here = self._bodies.fresh(at_ns)
        return [
            *self._falls.see(at_ns, here, boxes),
            *self._fights.see(at_ns, here),
            *self._running.see(at_ns, here, size[0]),
            *self._loitering.see(at_ns, here, self._falls.down),
            *self._crowd.see(at_ns, len(seen) if count is None else count),
        ]

    def upright(self, track_id: str) -> bool:
        """Whether this person is seen upright just now, and is not down."""
        body = self._bodies.get(track_id)
        return body is not None and self._seen_ns - body.last.at_ns <= FRESH_NS and self._falls.stands(body)

    def resume(self, before: "ActivityWatch") -> None:
        """Watching begins anew after a break: falls that were told go on, by their place."""
        self._falls.resume(before._falls)

    def give_up(self, at_ns: int) -> list[ActivityChange]:
        """Nobody watches on; see `FallWatch.give_up`."""
        return self._falls.give_up(at_ns)

    def pose(self, poses: Poses, at_ns: int) -> None:
        self._bodies.pose(poses, at_ns)

    def tick(self, now_ns: int) -> list[ActivityChange]:
        """Time passed, by the clock of the frames."""
        now_ns = max(now_ns, self._seen_ns)  # a file that is not paced runs ahead of time
        return [change for part in self._parts().values() for change in part.tick(now_ns)]

    def state(self) -> dict[str, Any]:
        parts = {name: part.state() for name, part in self._parts().items()}
        return {"bodies": self._bodies.state(), "seen_ns": self._seen_ns, **parts}

    def restore(self, state: dict[str, Any]) -> None:
        self._bodies.restore(state["bodies"])
        self._seen_ns = int(state["seen_ns"])
        for name, part in self._parts().items():
            part.restore(state[name])

    def _parts(self) -> dict[str, FallWatch | FightWatch | RunningWatch | LoiteringWatch | CrowdWatch]:
        return {"falls": self._falls, "fights": self._fights, "running": self._running, "loitering": self._loitering, "crowd": self._crowd}

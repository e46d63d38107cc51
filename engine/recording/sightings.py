"""Where people were in what was recorded: kept beside each clip, so that their faces can be hidden in it later."""

import json
import logging
import threading
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from engine.model.cameras.clip import Clip
from engine.model.geometry import Box
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.recording.files import write_whole

log = logging.getLogger(__name__)

_KEPT = 6000  # of each camera: 20 minutes with somebody in view
_AT_ONCE = 500  # so many of the oldest go together
_EVERY_NS = SECOND // 5
_AROUND_NS = SECOND // 2
SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Sighting:
    """People at one time; boxes in shares of the picture's width and height."""

    at_ns: int
    people: tuple[Box, ...]


class _Lately:
    """One camera's sightings, of which thousands are kept: times, how many people at each, and four sides for each of them. As objects
    they take ten times as much."""

    def __init__(self) -> None:
        self.times = array("q")
        self._counts = array("H")
        self._sides = array("f")

    def add(self, at_ns: int, sides: Sequence[float]) -> None:
        self.times.append(at_ns)
        self._counts.append(len(sides) // 4)
        self._sides.extend(sides)
        if len(self.times) >= _KEPT + _AT_ONCE:
            del self._sides[: 4 * sum(self._counts[:_AT_ONCE])]
            del self.times[:_AT_ONCE]
            del self._counts[:_AT_ONCE]

    def between(self, from_ns: int, to_ns: int) -> list[Sighting]:
        found, end = list[Sighting](), 0
        for at_ns, count in zip(self.times, self._counts, strict=True):
            begin, end = end, end + 4 * count
            if from_ns <= at_ns <= to_ns:
                found.append(Sighting(at_ns, tuple(_box(self._sides[n : n + 4]) for n in range(begin, end, 4))))
        return found


class Sightings:
    """The last minutes of every camera with people in view. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cameras: dict[str, _Lately] = {}

    def note(self, camera_id: str, at_ns: int, people: Iterable[Box]) -> None:
        """Five times a second at most; a time without people is none."""
        sides = [side for box in people for side in box]
        if not sides:
            return
        with self._lock:
            kept = self._cameras.setdefault(camera_id, _Lately())
            if not kept.times or abs(at_ns - kept.times[-1]) >= _EVERY_NS:
                kept.add(at_ns, sides)

    def between(self, camera_id: str, from_ns: int, to_ns: int) -> list[Sighting]:
        with self._lock:
            kept = self._cameras.get(camera_id)
            return kept.between(from_ns, to_ns) if kept is not None else []

    def keep(self, folder: Path, clip: Clip) -> None:
        """Write what was seen during a clip beside it. Without the file, people are looked for in the clip alone."""
        seen = self.between(clip.camera_id, clip.started_ns - _AROUND_NS, clip.ended_ns + _AROUND_NS)
        lines = [[each.at_ns - clip.started_ns, [[round(side, 4) for side in box] for box in each.people]] for each in seen]
        try:
            write_whole(beside(folder, clip), json.dumps(lines).encode())
        except OSError as error:
            log.warning("where people are in the clip %s cannot be kept: %s", clip.id, error)


def beside(folder: Path, clip: Clip) -> Path:
    """The file of a clip's sightings. `folder`: the data folder."""
    return (folder / clip.file).with_suffix(SUFFIX)


def read_sightings(path: Path) -> tuple[Sighting, ...]:
    """In the order of time, counted from the clip's first picture; none where there is no file or a damaged one."""
    try:
        lines: list[Any] = json.loads(path.read_bytes())
        seen = [Sighting(int(at_ns), tuple(_box(box) for box in boxes)) for at_ns, boxes in lines]
    except (OSError, ValueError, TypeError):
        return ()
    return tuple(sorted(seen, key=lambda each: each.at_ns))


def people_near(sightings: Sequence[Sighting], at_ns: int, within_ns: int) -> tuple[Box, ...]:
    """Who was seen at about this time: of the sighting next to it, on either side."""
    near = [each for each in sightings if abs(each.at_ns - at_ns) <= within_ns]
    before = max((each for each in near if each.at_ns <= at_ns), key=lambda each: each.at_ns, default=None)
    after = min((each for each in near if each.at_ns > at_ns), key=lambda each: each.at_ns, default=None)
    return tuple(box for each in (before, after) if each is not None for box in each.people)


def _box(sides: Any) -> Box:
    x0, y0, x1, y1 = (float(side) for side in sides)
    return x0, y0, x1, y1

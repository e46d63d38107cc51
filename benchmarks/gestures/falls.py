"""Figures of activities: five recorded falls through the product's own pipeline, and how often it is wrong on people who do not fall.

The clips end 0.2 to 1.6 s after the first picture that is labelled as lying, and lying for `fall_still_s` (2 s) is what makes a fall. So
the last picture is held on for some seconds, as if the person went on lying as they do on it; what was found on it, or not, is held on
with it. The clips are also played as they are, with the shortest stillness that can be set. A delay counts from the first picture that is
labelled as lying to the event. False alarms are falls told before anybody begins to fall. The thresholds were chosen with a look at these
very clips, so finding them is no proof for others. The film of the street had no say in how falls are told; in running and loitering it
had.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, repeat
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.gestures.activity_feed import ActivityFeed, Told
from benchmarks.gestures.fall_clips import FALLING, LYING, Footage, clips, street
from benchmarks.report import Case, at_least, at_most, case
from console.progress import step
from console.skipped import Skipped
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault
from engine.model.event import EventKind
from engine.model.people.settings import ActivitySettings
from engine.model.settings import DetectionSettings
from engine.runtime.closer.lookers import load_lookers
from engine.vision.detector import load_detector
from engine.vision.manifest import POSE_DETECTION, POSE_LANDMARKS
from engine.vision.models import ModelStore

DETECTOR = "yolox-nano"
HELD_S = 4.0
SHORTEST_S = 0.2
_AFTER_S = 10  # ticks after the last picture
_KINDS = (EventKind.FALL, EventKind.FIGHT, EventKind.RUNNING, EventKind.LOITERING)


@dataclass(frozen=True, slots=True)
class Way:
    """How a clip is played. `every`: only each nth picture."""

    name: str
    held_s: float = HELD_S
    still_s: float = ActivitySettings().fall_still_s
    every: int = 1
    posed: bool = True


WAYS = (
    Way("last picture held"),
    Way("last picture held, every second picture", every=2),
    Way("last picture held, every third picture", every=3),
    Way("last picture held, no poses", posed=False),
    Way("as they are, 0.2 s still", held_s=0.0, still_s=SHORTEST_S),
)


def run(data: Path, models: Path, streets: Sequence[Path]) -> dict[str, Any]:
    """
    Args:
        data: folder of UR Fall clips with labels.csv. models: folder of the detector's and the poses' files.
        streets: videos of people among whom nobody falls.

    Returns:
        `{"bench", "cases", "peers", "targets"}` of the bench contract.

    Raises:
        InputError, EnvironmentFault: a file is missing or damaged.
    """
    with TemporaryDirectory(prefix="watchroom-bench-") as folder:
        store = ModelStore(Path(folder))
        poses = [store.of_role(role)[0].id for role in (POSE_DETECTION, POSE_LANDMARKS)]
        store.install((DETECTOR, *poses), models)
        detector = load_detector(store, DetectionSettings(DETECTOR), 0.12)
        if detector.degraded_reason:
            raise EnvironmentFault("missing_model", detector.degraded_reason)
        skipped = Skipped()
        footage = clips(data, detector, skipped)
        skipped.tell()
        each = [(way, [_played(clip, way, store) for clip in footage]) for way in WAYS]
        cases = [_clip_case(clip, told) for clip, told in zip(footage, each[0][1], strict=True)]
        cases += [_way_case(way, footage, told) for way, told in each]
        cases += [_street_case(street(path, detector), store) for path in streets]
    return {"bench": "falls", "cases": cases, "targets": _targets(cases, len(footage)), "skipped": skipped.plain()}


def _played(footage: Footage, way: Way, store: ModelStore) -> Told:
    player = _Player(footage, way, store)
    return player.play()


class _Player:
    """One way through the pipeline."""

    def __init__(self, footage: Footage, way: Way, store: ModelStore) -> None:
        self._footage = footage
        self._way = way
        self._poses = load_lookers(store, faces=False, poses=True, looks=False).poses if way.posed else None
        self._feed = ActivityFeed(way.still_s, DETECTOR)

    def play(self) -> Told:
        last_s = 0.0
        for index, at_s, picture in self._shown():
            self._picture(index, at_s, picture)
            step(f"{self._footage.name} played, {self._way.name}: pictures", index + 1, len(self._footage.people))
            last_s = at_s
        for half in range(_AFTER_S * 2 if self._way.held_s else 0):
            self._feed.tick(last_s + (half + 1) / 2)
        return self._feed.told

    def _shown(self) -> Iterator[tuple[int, float, Bytes2D]]:
        """Which picture is shown when; the last one is held."""
        last, held = len(self._footage.people) - 1, round(self._way.held_s * self._footage.fps)
        pictures = chain.from_iterable(repeat(p, held + 1 if i == last else 1) for i, p in enumerate(self._footage.pictures()))
        shown = ((min(index, last), index / self._footage.fps, picture) for index, picture in enumerate(pictures))
        return islice(shown, 0, None, self._way.every)

    def _picture(self, index: int, at_s: float, picture: Bytes2D) -> None:
        height, width = picture.shape[:2]
        look = None if self._poses is None else partial(self._poses.look, picture)
        self._feed.picture(index, at_s, (width, height), self._footage.people[index], look)


def _delay_s(clip: Footage, told: Told) -> float | None:
    """From the first picture of lying; None where the fall was not found."""
    begins_s = clip.first(FALLING) / clip.fps
    found = [at_s for at_s, _ in told.of(EventKind.FALL) if at_s >= begins_s]
    return round(found[0] - clip.first(LYING) / clip.fps, 2) if found else None


def _false(clip: Footage, told: Told) -> int:
    """Falls told while everybody was upright, or besides the one there is."""
    begins_s = clip.first(FALLING) / clip.fps
    falls = told.of(EventKind.FALL)
    early = sum(at_s < begins_s for at_s, _ in falls)
    return early + max(len(falls) - early - 1, 0)


def _clip_case(clip: Footage, told: Told) -> Case:
    lying_s = (len(clip.postures) - clip.first(LYING)) / clip.fps
    metrics = {"delay_s": _delay_s(clip, told), "false_alarms": _false(clip, told), "lying_recorded_s": round(lying_s, 2)}
    return case(clip.name, {"way": WAYS[0].name}, metrics)


def _way_case(way: Way, footage: Sequence[Footage], told: Sequence[Told]) -> Case:
    delays = [delay for clip, each in zip(footage, told, strict=True) if (delay := _delay_s(clip, each)) is not None]
    false = sum(_false(clip, each) for clip, each in zip(footage, told, strict=True))
    upright_min = sum(clip.first(FALLING) / clip.fps for clip in footage) / 60
    params = {"fall_still_s": way.still_s, "held_s": way.held_s, "every": way.every, "poses": way.posed}
    metrics = {
        "falls": len(footage),
        "found": len(delays),
        "delay_median_s": round(median(delays), 2) if delays else None,
        "delay_worst_s": max(delays, default=None),
        "false_alarms_per_min": round(false / upright_min, 2),
        "upright_min": round(upright_min, 2),
    }
    return case(way.name, params, metrics)


def _street_case(footage: Footage, store: ModelStore) -> Case:
    told = _played(footage, Way("street", held_s=0.0), store)
    hours = len(footage.people) / footage.fps / 3600
    counts = {f"{kind.value}_per_h": round(len(told.of(kind)) / hours, 1) for kind in _KINDS}
    return case(f"{footage.name}, nobody falls", {}, {"minutes": round(60 * hours, 2), **counts})


def _targets(cases: Sequence[Case], count: int) -> list[dict[str, Any]]:
    main = next(case["metrics"] for case in cases if case["name"] == WAYS[0].name)
    slow = [case["metrics"] for case in cases if case["params"].get("every", 1) > 1]
    targets = [
        at_least("falls found", count, main["found"]),
        at_most("delay from the first lying picture, worst (s)", 4.0, main["delay_worst_s"]),
        at_most("false alarms a minute of upright people", 0.0, main["false_alarms_per_min"]),
        *(at_least("falls found with pictures skipped", count, each["found"]) for each in slow),
    ]
    streets = [case for case in cases if "fall_per_h" in case["metrics"]]
    return targets + [at_most(f"falls an hour, {each['name']}", 0.0, each["metrics"]["fall_per_h"]) for each in streets]

"""All gestures that are looked for."""

from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.people.gesture import Gesture, GestureMode, Take
from engine.model.value_class import dataclass
from engine.vision.gestures.confidence import confidence
from engine.vision.gestures.features import Movement
from engine.vision.gestures.matching import Templates, distances, distances_of_all, ranks, stacked
from engine.vision.gestures.takes import LEAST_ENERGY, check_stretch, whole

_LEAST_SHARE = 0.15  # of a take's energy that a performance of it has
_MOST = 7.0  # times a take's energy


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a gesture a movement is. `confidence` is at least 0.70 where it counts as performed."""

    gesture_id: str
    distance: float
    confidence: float
    accepted: bool


class GestureLibrary:
    """Immutable; a change of gestures makes a new one. Any thread."""

    def __init__(self, gestures: Sequence[Gesture]) -> None:
        """Those that are off are left out; all takes must be of one kind of skeleton.

        Raises:
            InputError: takes of different skeletons (field `takes`).
        """
        looked_for = [gesture for gesture in gestures if gesture.mode is not GestureMode.OFF]
        takes = [(row, take) for row, gesture in enumerate(looked_for) for take in gesture.takes]
        if len({take.landmarks.shape[1] for _, take in takes}) > 1:
            raise InputError("takes", "All gestures must come from the same kind of skeleton.")
        self.ids = tuple(gesture.id for gesture in looked_for)
        self.lasts_s = np.array([np.median([take.lasts_s for take in gesture.takes]) for gesture in looked_for], np.float64)
        self._thresholds = np.array([gesture.threshold for gesture in looked_for], np.float64)
        self._owners = np.array([row for row, _ in takes], np.intp)
        self._templates = stacked([whole(take) for _, take in takes]) if takes else None

    def __len__(self) -> int:
        return len(self.ids)

    def likenesses(self, query: Movement) -> tuple[Likeness, ...]:
        """To each gesture, the likeliest first (see `matching.ranks`), then the nearest; a gesture of far more or less movement is not like
        it at all (distance infinite)."""
        if self._templates is None:
            return ()
        found = np.where(self._as_lively(query, self._templates), distances(query, self._templates), np.inf)
        nearest, likely = self._least(found), self._least(ranks(query, self._templates, found))
        return tuple(self._likeness(row, float(nearest[row])) for row in np.lexsort((nearest, likely)).tolist())

    def _least(self, values: Floats) -> npt.NDArray[np.float64]:
        """Of each gesture's takes."""
        least = np.full(len(self.ids), np.inf)
        np.minimum.at(least, self._owners, values)
        return least

    def accepted(self, stretches: Sequence[tuple[float, Movement]], pace: float) -> list[Likeness | None]:
        """Of each stretch (seconds, movement) the likeliest gesture that it counts as, of those that take as long within a factor `pace`.

        Much faster than `likenesses` where nothing is near; all stretches are compared in one go."""
        templates = self._templates
        if templates is None or not stretches:
            return [None] * len(stretches)
        limits = [self._limits(query, lasts_s, pace, templates) for lasts_s, query in stretches]
        found = distances_of_all([query for _, query in stretches], templates, limits)
        return [self._best(query, near, limit, templates) for (_, query), near, limit in zip(stretches, found, limits, strict=True)]

    def _limits(self, query: Movement, lasts_s: float, pace: float, templates: Templates) -> Floats:
        """(N,) within which each template has to be; −1: it takes too long or moves too much or too little, and is not compared."""
        timely = np.abs(np.log(lasts_s / self.lasts_s)) <= log(pace)
        lively = timely[self._owners] & self._as_lively(query, templates)
        return np.where(lively, self._thresholds[self._owners], -1).astype(np.float32)

    def _best(self, query: Movement, found: Floats, limits: Floats, templates: Templates) -> Likeness | None:
        near = np.where(found <= limits, found, np.float32(np.inf))
        owners = np.unique(self._owners[np.isfinite(near)])
        if not len(owners):
            return None
        best = int(owners[0] if len(owners) == 1 else self._owners[ranks(query, templates, near).argmin()])
        return self._likeness(best, float(near[self._owners == best].min()))

    def _as_lively(self, query: Movement, templates: Templates) -> npt.NDArray[np.bool_]:
        """(N,) whose takes moved about as much: neither a tremble nor a somersault is a small or a large wave."""
        least, most = np.maximum(_LEAST_SHARE * templates.energies, LEAST_ENERGY), _MOST * templates.energies
        return (query.energy >= least) & (query.energy <= most)

    def classify(self, take: Take) -> tuple[Likeness, ...]:
        """A whole clip that is one performance; like `likenesses`.

        Raises:
            InputError: it is no stretch of landmarks.
        """
        check_stretch(take)
        return self.likenesses(whole(take))

    def _likeness(self, row: int, distance: float) -> Likeness:
        threshold = float(self._thresholds[row])
        return Likeness(self.ids[row], distance, confidence(distance, threshold), distance <= threshold)

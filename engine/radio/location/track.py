"""One person who is followed: a cloud of where they may be, and how sure it is that they are there at all."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.model.value_class import dataclass
from engine.radio.kernels import Array, Depths
from engine.radio.location.cloud import Cloud

MOST_BELIEF = 5.0
_TRAIL_S = 30.0
_TRAIL_STEP_NS = 200_000_000
Trail = tuple[tuple[int, float, float], ...]


@dataclass(slots=True, eq=False)
class Track:
    """Mutable; belongs to the tracker.

    Attributes:
        belief: log-odds that somebody is there. measured_ns: when the links last said so.
        known_ns: when they last said so, or told of breathing. visible_ns: when a live link could last have seen anybody there.
        worth: what it lately explained beyond all others, in log-likelihood per second.
        told: how much the links lately spoke against anybody being there, in log-likelihood per second; 0 or less.
        above, below: (L,) distribution functions of what this person makes of each link, at its level.
        unseen: (L,) chance that a link shows nothing of this person.
        depths: (n, L) bins of depth of a part of the cloud, and `parts` (n,) their shares: what others need to know of it.
        claim: (L, F) what its cloud as it is now explains of the Doppler shifts; None while nobody has asked.
        inside: well away from the floor's edge when last measured.
        trail: (ns, x, y), five a second over half a minute.
    """

    id: str
    number: int
    cloud: Cloud
    belief: float
    since_ns: int
    measured_ns: int
    known_ns: int
    visible_ns: int
    above: Array
    below: Array
    unseen: Array
    depths: Depths
    parts: Array
    claim: Array | None = None
    worth: float = 3.0
    told: float = 0.0
    still: bool = False
    inside: bool = False
    trail: Trail = ()

    def mark(self, now_ns: int) -> None:
        """Append to the trail."""
        if self.trail and now_ns - self.trail[-1][0] < _TRAIL_STEP_NS:
            return
        x, y, _ = self.cloud.mean().tolist()
        old = next((at for at, spot in enumerate(self.trail) if now_ns - spot[0] <= _TRAIL_S * 1e9), len(self.trail))
        self.trail = (*self.trail[old:], (now_ns, x, y))

    def state(self) -> dict[str, Any]:
        plain = ("id", "number", "belief", "since_ns", "measured_ns", "known_ns", "visible_ns", "worth", "told", "still", "inside")
        return {name: getattr(self, name) for name in plain} | {"cloud": self.cloud.state(), "trail": [list(spot) for spot in self.trail]}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> "Track":
        rest = {name: value for name, value in state.items() if name not in ("cloud", "trail")}
        trail = tuple((int(at), float(x), float(y)) for at, x, y in state["trail"])
        shown = {"above": np.ones(0), "below": np.zeros(0), "unseen": np.ones(0)}
        unknown = {**shown, "depths": np.zeros((0, 0), np.uint8), "parts": np.zeros(0)}
        return cls(cloud=Cloud.of_state(state["cloud"]), trail=trail, **unknown, **rest)

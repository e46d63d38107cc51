"""One person on the floor who is followed: where, by which sensors, and what they look like."""

import math
from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.fusion.motion import Motion
from engine.fusion.sighting import Sighting
from engine.model.radio.fused import SourceKind
from engine.model.time import SECOND
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]
Trail = tuple[tuple[int, float, float], ...]

LIVE_NS = SECOND  # a source that said nothing for so long is no source any more
_ERRORS_LAST_S = 1.0  # calibration and outline are wrong in the same way for about so long: repeating them is no news
_TRAIL_NS, _TRAIL_STEP_NS = 30 * SECOND, SECOND // 5
_LOOK_SHARE = 0.2


# Log-odds that there is somebody at all, and how fast they change, per second (a track score, Blackman & Popoli 1999, section 6.2, with
# rates that forgive what repeats itself: a box that is no person lasts, and who is hidden stays hidden).
BEGUN, SHOWN, GIVEN_UP, _SURE = -1.0, 0.5, -1.5, 4.0
_HEARD_NS = SECOND // 2
_FILMED_S, _FILMED_TOO_S, _FELT_S, _NOTHING_S = 2.2, 1.0, 0.8, -0.8
_DARK_S = -0.4  # nothing is heard of who was filmed last, and no camera looks there now: one has failed, or there is a blind spot
_OVERLOOKED_S, _OVERLOOKED_BESIDE_S = -1.0, -0.4  # by a camera that should see them: while no other does, and while another does


@dataclass(slots=True, eq=False)
class Source:
    """A camera's track or a blob that belongs to somebody. `used_ns`: of the newest measurement taken in."""

    kind: SourceKind
    id: str
    sensor_id: str
    last_ns: int
    used_ns: int
    sigma_m: float


@dataclass(slots=True, eq=False)
class Followed:
    """Mutable; belongs to the tracker.

    `sources` by sensor: one sensor sees one person once. `filmed`: a camera was the last to see them.
    """

    id: str
    number: int
    since_ns: int
    updated_ns: int
    motion: Motion
    sources: dict[str, Source] = field(default_factory=dict[str, Source])
    look: Array | None = None
    trail: Trail = ()
    simulated: bool = False
    belief: float = BEGUN
    shown: bool = False
    filmed: bool = False

    def has(self, sighting: Sighting) -> bool:
        source = self.sources.get(sighting.sensor_id)
        return source is not None and source.id == sighting.id

    def take_sighting(self, sighting: Sighting, now_ns: int) -> None:
        """Take in what a sensor says. Measured a little ago, it is carried on with the velocity known so far."""
        known = self.sources.get(sighting.sensor_id)
        fresh = sighting.measured and (known is None or known.id != sighting.id or sighting.at_ns > known.used_ns)
        before_ns = known.used_ns if known is not None and known.id == sighting.id else 0
        if fresh:
            self._measure(sighting, now_ns, before_ns)
        sigma_m = math.sqrt(sighting.spread_m2 / 2)
        used_ns = sighting.at_ns if fresh else before_ns
        self.sources[sighting.sensor_id] = Source(sighting.kind, sighting.id, sighting.sensor_id, now_ns, used_ns, sigma_m)
        self._mix_appearance(sighting)
        self.simulated = self.simulated or sighting.simulated

    def _measure(self, sighting: Sighting, now_ns: int, before_ns: int) -> None:
        passed_s = min(max((sighting.at_ns - before_ns) / SECOND, 0.02), _ERRORS_LAST_S)
        age_s = min(max((now_ns - sighting.at_ns) / SECOND, 0.0), 1.0)
        self.motion.update(sighting.xy + age_s * self.motion.velocity, sighting.covariance * (_ERRORS_LAST_S / passed_s))
        self.updated_ns = now_ns

    def _mix_appearance(self, sighting: Sighting) -> None:
        if sighting.look is None:
            return
        mixed = sighting.look if self.look is None else (1 - _LOOK_SHARE) * self.look + _LOOK_SHARE * sighting.look
        self.look = mixed / max(float(np.linalg.norm(mixed)), 1e-9)

    def drop_silent_sources(self, now_ns: int) -> None:
        """Drop sources that are silent."""
        self.sources = {sensor: source for sensor, source in self.sources.items() if now_ns - source.last_ns < LIVE_NS}

    def believe(self, now_ns: int, dt_s: float, watching: Collection[str]) -> None:
        """Weigh who says so against `watching`: cameras that should see somebody here."""
        heard = [source for source in self.sources.values() if now_ns - source.used_ns < _HEARD_NS]
        cameras = {source.sensor_id for source in heard if source.kind is SourceKind.CAMERA}
        overlooked = len(set(watching) - self.sources.keys())
        if cameras:
            rate = _FILMED_S + _FILMED_TOO_S * (len(cameras) - 1) + _OVERLOOKED_BESIDE_S * overlooked
        elif heard:
            rate = _FELT_S + _OVERLOOKED_S * overlooked
        else:
            rate = (_NOTHING_S if watching or not self.filmed else _DARK_S) + _OVERLOOKED_S * overlooked
        self.filmed = bool(cameras) or (self.filmed and not heard)
        self.belief = min(self.belief + rate * dt_s, _SURE)
        self.shown = self.shown or self.belief >= SHOWN

    def mark(self, now_ns: int) -> None:
        """Append to the trail."""
        if self.trail and now_ns - self.trail[-1][0] < _TRAIL_STEP_NS:
            return
        x, y = self.motion.xy.tolist()
        old = next((at for at, spot in enumerate(self.trail) if now_ns - spot[0] <= _TRAIL_NS), len(self.trail))
        self.trail = (*self.trail[old:], (now_ns, x, y))

    def state(self) -> dict[str, Any]:
        plain = ("id", "number", "since_ns", "updated_ns", "simulated", "trail", "belief", "shown", "filmed")
        sources = [[s.kind.value, s.id, s.sensor_id, s.last_ns, s.used_ns, s.sigma_m] for s in self.sources.values()]
        look = None if self.look is None else self.look.tolist()
        return {name: getattr(self, name) for name in plain} | {"motion": self.motion.plain(), "sources": sources, "look": look}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> "Followed":
        sources = [Source(SourceKind(kind), *rest) for kind, *rest in state["sources"]]
        return cls(
            id=state["id"],
            number=int(state["number"]),
            since_ns=int(state["since_ns"]),
            updated_ns=int(state["updated_ns"]),
            motion=Motion.of_plain(state["motion"]),
            sources={source.sensor_id: source for source in sources},
            look=None if state["look"] is None else np.array(state["look"]),
            trail=tuple((int(at), float(x), float(y)) for at, x, y in state["trail"]),
            simulated=bool(state["simulated"]),
            belief=float(state["belief"]),
            shown=bool(state["shown"]),
            filmed=bool(state["filmed"]),
        )

"""When reports are one incident, as it is configured."""

from dataclasses import dataclass

from engine.model.errors import InputError
from engine.model.time import SECOND


@dataclass(frozen=True, slots=True)
class IncidentSettings:
    """Reports of one kind join an incident within these bounds, all inclusive.

    Attributes:
        radius_m: greatest distance from the incident's anchor, metres along the Earth's surface.
        window_s: greatest time before or after the anchor's, seconds.
        min_likeness: least similarity of pictures where both have any, 0–1 (cosine of their looks).
    """

    radius_m: float = 50.0
    window_s: float = 300.0
    min_likeness: float = 0.70

    def __post_init__(self) -> None:
        if not 5 <= self.radius_m <= 1000:
            raise InputError("radius_m", f"{self.radius_m} is outside 5–1000")
        if not 10 <= self.window_s <= 3600:
            raise InputError("window_s", f"{self.window_s} is outside 10–3600")
        if not 0.3 <= self.min_likeness <= 1:
            raise InputError("min_likeness", f"{self.min_likeness} is outside 0.3–1")

    @property
    def window_ns(self) -> int:
        return round(self.window_s * SECOND)

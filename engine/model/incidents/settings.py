"""When reports are one incident, as it is configured."""

from typing import Annotated

from engine.model.setting import Setting, check_limits
from engine.model.time import SECOND
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class IncidentSettings:
    """Reports of one kind join an incident within these bounds, all inclusive.

    Attributes:
        radius_m: greatest distance from the incident's anchor, metres along the Earth's surface.
        window_s: greatest time before or after the anchor's, seconds.
        min_likeness: least similarity of pictures where both have any, 0–1 (cosine of their looks).
    """

    radius_m: Annotated[float, Setting("Maximum distance", unit="m", ge=5, le=1000, step=5, central=True)] = 50.0
    window_s: Annotated[float, Setting("Maximum time difference", unit="s", ge=10, le=3600, decimals=0, step=30, central=True)] = 300.0
    min_likeness: Annotated[
        float,
        Setting(
            "Minimum picture similarity",
            ge=0.3,
            le=1,
            decimals=2,
            step=0.05,
            help="Only if both reports have pictures or video; 1 is identical",
            central=True,
        ),
    ] = 0.70

    def __post_init__(self) -> None:
        check_limits(self)

    @property
    def window_ns(self) -> int:
        return round(self.window_s * SECOND)

"""A plume with a place, for tests of incidents."""

from typing import Any

from engine.model.fire.smoke import Crossing, Plume, SmokeSequence
from engine.model.time import SECOND
from tests.fakes.reports import HERE, NOW_NS
from tests.fakes.smoke import sequence


def crossing(latitude: float = HERE[0], longitude: float = HERE[1], **fields: Any) -> Crossing:
    """An ellipse of 400 m to the north and south and 100 m to the east and west."""
    defaults: dict[str, Any] = {"angle_deg": 60.0, "major_m": 400.0, "minor_m": 100.0, "turn_deg": 0.0, "cep_m": 150.0, "accurate": True}
    return Crossing(latitude, longitude, **(defaults | fields))


def plume(*cameras: str, place: Crossing | None = None, name: str = "p", **fields: Any) -> tuple[Plume, tuple[SmokeSequence, ...]]:
    """Seen from `NOW_NS` on for ten minutes by these cameras (a and b)."""
    seen = tuple(sequence(camera, last_seen_ns=NOW_NS + 600 * SECOND) for camera in cameras or ("a", "b"))
    defaults: dict[str, Any] = {"started_ns": NOW_NS, "last_seen_ns": NOW_NS + 600 * SECOND, "place": place or crossing()}
    return Plume(f"pl-{name}", tuple(each.id for each in seen), **(defaults | fields)), seen

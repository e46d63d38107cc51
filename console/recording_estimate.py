"""What recording everything takes, from what the cameras send now, and how long it lasts."""

from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from engine.model.settings import RecordingSettings
from engine.model.snapshot import Snapshot
from engine.model.value_class import dataclass
from widgets.number_text import number_text

GIB = 1 << 30
DAY_S = 86_400


class Limit(StrEnum):
    """What decides how long recordings are kept."""

    AGE = "age"
    SIZE = "size"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Estimate:
    """`cameras`: so many were measured; `unknown`: so many more are on, and were not. `days`: that are kept in the end; `disk_days`: until
    the disk has no more room for recordings."""

    cameras: int
    unknown: int
    bytes_a_day: float
    days: float
    disk_days: float
    limit: Limit


def estimate(snapshot: Snapshot, wanted: RecordingSettings) -> Estimate | None:
    """None while no camera sends anything that could be measured."""
    on = [view for view in snapshot.cameras if view.settings.enabled]
    rates = [view.health.recorded_bytes_s for view in on if view.health.recorded_bytes_s > 0]
    if not rates:
        return None
    bytes_a_day = sum(rates) * DAY_S
    health = snapshot.health
    disk_days = max(0.0, health.disk_free_bytes - wanted.keep_free_gib * GIB) / bytes_a_day
    room = {
        Limit.AGE: wanted.keep_segments_days,
        Limit.SIZE: wanted.keep_segments_gib * GIB / bytes_a_day,
        Limit.DISK: health.segments_bytes / bytes_a_day + disk_days,
    }
    limit = min(room, key=room.__getitem__)
    return Estimate(len(rates), len(on) - len(rates), bytes_a_day, room[limit], disk_days, limit)


def span_text(days: float) -> str:
    """`23 days`, `2.4 days`, `14 hours`."""
    if days < 2:
        return QCoreApplication.translate("Recording", "{0} hours").format(number_text(24 * days, ".0f"))
    return QCoreApplication.translate("Recording", "{0} days").format(number_text(days, ".0f") if days >= 10 else number_text(days, ".1f"))

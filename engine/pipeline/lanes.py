"""The lanes of a site in their order, wired to one another: the one place that knows which follows which.

Cameras come first, since everybody else reads what they show; radio before identities, which name what it locates; alerts after all who
say events; the review, which groups both, last.
"""

from collections.abc import Callable, Set
from typing import TYPE_CHECKING

from engine.model.capability import Capability
from engine.model.value_class import dataclass
from engine.pipeline.alerts.alerts import AlertLane
from engine.pipeline.alerts.subjects import LaneSubjects
from engine.pipeline.cameras.activities import ActivityLane
from engine.pipeline.cameras.cameras import CameraLanes, MakeTracker
from engine.pipeline.cameras.picture_zones import PictureZoneLane
from engine.pipeline.identities.floor import FloorLane
from engine.pipeline.identities.hearing import Voices
from engine.pipeline.identities.identities import IdentityLane, VoiceLane
from engine.pipeline.identities.roster import RosterBook
from engine.pipeline.isolation import Isolation
from engine.pipeline.lane import Lane
from engine.pipeline.reports.forecast_events import ForecastLane
from engine.pipeline.reports.incident_events import IncidentLane
from engine.pipeline.reports.plume_events import PlumeLane
from engine.pipeline.review.review import ReviewLane
from engine.pipeline.senses import SenseLane

if TYPE_CHECKING:
    from engine.pipeline.radio.radio import RadioLane


@dataclass(frozen=True, slots=True)
class LaneMaker:
    """Args:
    make_tracker: a fresh tracker for the camera of this id.
    isolation: the border between lanes, and between cameras.
    pictured: whether anybody looks at voxels.
    """

    make_tracker: MakeTracker
    isolation: Isolation
    pictured: bool = True

    def make(self, left_out: Set[Capability]) -> tuple[Lane, ...]:
        """Fresh ones. Of a capability that is left out nothing is made, and its packages are not imported."""
        cameras, zones, incidents, plumes = CameraLanes(self.make_tracker, self.isolation), PictureZoneLane(), IncidentLane(), PlumeLane()
        identities = IdentityLane(None if Capability.SPEECH in left_out else _voices_maker())
        activities, senses = ActivityLane(), SenseLane(identities.floor)
        radio = () if Capability.RADIO in left_out else self._radio(identities, activities, senses)
        identities.followers = (*radio, cameras)
        falls = (*(lane.falls for lane in radio), activities)
        reports = () if Capability.INCIDENTS in left_out else (incidents,)
        smoke = () if Capability.FIRE in left_out else (plumes,)
        forecast = () if Capability.RISK in left_out else (ForecastLane(),)
        voices = () if Capability.SPEECH in left_out else (VoiceLane(identities.voices),)
        gestures = () if Capability.GESTURES in left_out else (_gesture_lane(),)
        alerts = AlertLane(LaneSubjects(identities, zones, incidents, plumes, falls))
        people = (*radio, identities, senses, *voices, *gestures, activities)
        return (cameras, *smoke, *people, zones, *reports, *forecast, alerts, ReviewLane())

    def _radio(self, identities: IdentityLane, activities: ActivityLane, senses: SenseLane) -> "tuple[RadioLane, ...]":
        from engine.pipeline.radio.radio import RadioLane

        lane = RadioLane(identities, self.pictured)
        lane.camera_falls, activities.radio, identities.phones = activities, lane.falls, lane
        senses.radio = lane
        return (lane,)


def _voices_maker() -> Callable[[RosterBook, FloorLane], Voices]:
    from engine.pipeline.identities.voices import VoicesLane

    return VoicesLane


def _gesture_lane() -> Lane:
    from engine.pipeline.gestures import GestureLane

    return GestureLane()

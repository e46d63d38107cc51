"""What the lanes know of the subjects of events, beyond what the events themselves say."""

from typing import Protocol, TypeAlias

from engine.model.alerts.decision import Direction, EvidencePart
from engine.model.event import Event
from engine.pipeline.cameras.picture_zones import PictureZoneLane
from engine.pipeline.identities.identities import IdentityLane
from engine.pipeline.output import StepOutput
from engine.pipeline.reports.incident_events import IncidentLane
from engine.pipeline.reports.plume_events import PlumeLane

SmokeSequences: TypeAlias = tuple[tuple[str, float | None], ...]  # (camera id, confidence)


class Subjects(Protocol):
    """Asked by the lane of alerts."""

    def evidence(self, subject_id: str) -> tuple[EvidencePart, ...]:
        """What speaks for an incident or a plume."""
        ...

    def smoke_sequences(self, plume_id: str) -> SmokeSequences:
        """How sure which camera is of a plume."""
        ...

    def smoke_directions(self, plume_id: str) -> tuple[Direction, ...]:
        """In which a plume is seen."""
        ...

    def picture_zones(self, camera_id: str, track_id: str) -> tuple[str, ...]:
        """In which zones of its camera's picture a track is."""
        ...

    def has_persons(self) -> bool:
        """There are persons who could be recognised."""
        ...

    def close_fall(self, fall: Event, at_ns: int, out: StepOutput) -> None:
        """An operator has dealt with it: it is over, whoever told it."""
        ...


class ClosesFalls(Protocol):
    def close(self, fall: Event, at_ns: int, out: StepOutput) -> None: ...


class LaneSubjects:
    """As these lanes know it. `falls`: all that tell falls, in the order in which they are told of one that is over."""

    def __init__(
        self, identities: IdentityLane, zones: PictureZoneLane, incidents: IncidentLane, plumes: PlumeLane, falls: tuple[ClosesFalls, ...]
    ) -> None:
        self._identities, self._zones, self._incidents, self._plumes, self._falls = identities, zones, incidents, plumes, falls

    def evidence(self, subject_id: str) -> tuple[EvidencePart, ...]:
        return self._incidents.evidence(subject_id) or self._plumes.evidence(subject_id)

    def smoke_sequences(self, plume_id: str) -> SmokeSequences:
        return self._plumes.confidences(plume_id)

    def smoke_directions(self, plume_id: str) -> tuple[Direction, ...]:
        return self._plumes.directions(plume_id)

    def picture_zones(self, camera_id: str, track_id: str) -> tuple[str, ...]:
        return self._zones.zones_of(camera_id, track_id)

    def has_persons(self) -> bool:
        return bool(self._identities.roster.persons)

    def close_fall(self, fall: Event, at_ns: int, out: StepOutput) -> None:
        for lane in self._falls:
            lane.close(fall, at_ns, out)

"""One person on the floor, from every sensor that sees them."""

from enum import StrEnum

from engine.model.radio.blob import Covariance
from engine.model.site import Position
from engine.model.value_class import dataclass


class SourceKind(StrEnum):
    CAMERA = "camera"  # a camera's track
    RADIO = "radio"  # a blob
    BLE = "ble"  # a phone


class AssertionKind(StrEnum):
    OPERATOR = "operator"
    FACE = "face"
    BLE = "ble"
    VOICE = "voice"
    GESTURE = "gesture"
    REID = "reid"  # looks like somebody who was named elsewhere a moment ago


class FusedStatus(StrEnum):
    CONFIRMED = "confirmed"
    COASTING = "coasting"  # no sensor has seen them lately: carried along, wider and wider


@dataclass(frozen=True, slots=True)
class FusedSource:
    """What a fused track is made of: the id of a camera's track, blob or device, and when it last said something."""

    kind: SourceKind
    id: str
    sensor_id: str
    last_ns: int
    sigma_m: float


@dataclass(frozen=True, slots=True)
class Assertion:
    """One sensor says: this is that person.

    `log_odds` as of `at_ns`; what counts now has aged. `sensor`: which camera, scanner, microphone or operator.
    """

    kind: AssertionKind
    person_id: str
    log_odds: float
    at_ns: int
    sensor: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FusedIdentity:
    """Who somebody most likely is; `confidence` 0–1.

    `log_odds`: what the assertions count now (`counted`, in their order) and how likely it was before anybody said anything, capped.
    `conflict`: a sentence where assertions contradict each other; empty when they agree.
    """

    person_id: str
    person_name: str
    color: str
    log_odds: float
    confidence: float
    assertions: tuple[Assertion, ...]
    counted: tuple[float, ...]
    conflict: str = ""

    @property
    def named_by(self) -> AssertionKind | None:
        """The assertion that counts most now."""
        most = max(zip(self.counted, self.assertions, strict=True), key=lambda pair: pair[0], default=None)
        return None if most is None else most[1].kind


@dataclass(frozen=True, slots=True)
class FusedTrack:
    """Floor frame, metres; `covariance` m² of `position`, `velocity` m/s. `trail`: (ns, x, y) of the last half minute, oldest first.

    `activity`: what they do now, as a word for the screen; empty for nothing notable.
    """

    id: str
    number: int
    status: FusedStatus
    position: Position
    covariance: Covariance
    velocity: Position
    since_ns: int
    updated_ns: int
    sources: tuple[FusedSource, ...]
    identity: FusedIdentity | None = None
    activity: str = ""
    trail: tuple[tuple[int, float, float], ...] = ()
    zone_ids: tuple[str, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class FloorZoneCount:
    """People in a zone of the floor, by any sensor: ids of fused tracks. `known` False: empty, but nothing watches all of the zone."""

    zone_id: str
    track_ids: tuple[str, ...]
    known: bool = True

    @property
    def people(self) -> int | None:
        """None: not known."""
        return len(self.track_ids) if self.known else None


@dataclass(frozen=True, slots=True)
class FusedPicture:
    """Everybody on the floor at one tick. `trouble`: why cameras cannot be placed on the floor; empty when they can.

    `zones`: of the floor plan, in its order; each counts the `tracks` that stand in it.
    """

    at_ns: int
    tracks: tuple[FusedTrack, ...] = ()
    trouble: str = ""
    zones: tuple[FloorZoneCount, ...] = ()

    def zone(self, zone_id: str) -> FloorZoneCount | None:
        return next((zone for zone in self.zones if zone.zone_id == zone_id), None)

    def of_source(self, kind: SourceKind, source_id: str) -> FusedTrack | None:
        return next((t for t in self.tracks if any(s.kind is kind and s.id == source_id for s in t.sources)), None)

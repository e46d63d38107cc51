"""The floor lane: cameras' tracks, blobs and phones become people on the floor with names, and contradictions become events."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.alerts.gates import at_least, passed
from engine.fusion.conflicts import PERSIST_S, Conflict
from engine.fusion.floor import FloorInput, FloorStep, PeopleFloor, SourceClaim
from engine.fusion.floor_zones import with_zones, zone_counts
from engine.fusion.sighting import Sighting
from engine.model.alerts.decision import CandidateKind
from engine.model.cameras.track import Track
from engine.model.event import EventKind, Severity
from engine.model.geometry import Point
from engine.model.observation import LooksSeen
from engine.model.people.person import Person
from engine.model.people.traces import Traces
from engine.model.radio.blob import NAMED_BY_PHONE, BleMatch, Blob, BlobStatus, RadioPicture
from engine.model.radio.fused import Assertion, AssertionKind, FusedIdentity, FusedPicture, FusedStatus, FusedTrack, SourceKind
from engine.model.settings import Settings
from engine.model.site import Position, Zone
from engine.model.time import SECOND
from engine.pipeline.identities.event_identity import EventIdentity
from engine.pipeline.identities.floor_cameras import FloorCameras
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import Spans, raised

FRESH_NS = SECOND // 2  # a detection older than this is carried along, not measured
RADIO = "radio"
SURE_CAMERAS, SURE_M, BODY_M = 2, 0.35, 1.0
_BLE_NAMED, _BLE_MOST = 4.2, 6.0  # what a phone counts where the assigner just gives its name, and at most
_SEVERITY = {EventKind.BADGE_WITHOUT_OWNER: Severity.MODERATE, EventKind.TWO_PLACES: Severity.MODERATE, EventKind.PHONE_LEFT: Severity.LOW}

Floats = npt.NDArray[np.float64]


class FloorLane:
    """Sans-IO; the engine thread only."""

    def __init__(self) -> None:
        self._floor = PeopleFloor()
        self._cameras = FloorCameras()
        self._looks: dict[str, Floats] = {}
        self._conflicts = Spans()
        self._sure: tuple[Position, ...] = ()
        self._zones: tuple[Zone, ...] = ()
        self.sightings: Sequence[Sighting] = ()  # of the newest tick

    def configure(self, settings: Settings) -> None:
        self._zones = settings.floor.zones
        self._cameras.configure(settings)

    def sized(self, camera_id: str, size: tuple[int, int]) -> None:
        """A frame of this camera came, of that size."""
        self._cameras.framed(camera_id, size)

    def looks(self, seen: LooksSeen) -> None:
        for track_id, embedding in zip(seen.track_ids, seen.embeddings, strict=True):
            self._looks[track_id] = embedding.astype(np.float64)

    def tick(
        self,
        now_ns: int,
        tracks: Mapping[str, Sequence[Track]],
        radio: RadioPicture | None,
        claims: Iterable[SourceClaim],
        persons: Mapping[str, Person],
        out: StepOutput,
    ) -> Mapping[str, FusedIdentity]:
        """Who each camera track is, by its id. `tracks` by camera; the picture of the floor goes to `out`."""
        living = {track.id for each in tracks.values() for track in each}
        self._looks = {track_id: look for track_id, look in self._looks.items() if track_id in living}
        self._cameras.displaced = frozenset(camera_id for camera_id, view in out.views.items() if view.away)
        self._cameras.begin(now_ns)
        seen = self._cameras.sightings(now_ns, tracks, self._looks)
        blobs = radio.blobs if radio is not None else ()
        given = FloorInput(
            sightings=[*seen, *(_of_blob(blob) for blob in blobs)],
            claims=claims,
            devices=radio.devices if radio is not None else (),
            persons=persons,
            unplaced={name: [track.id for track in each] for name, each in tracks.items() if not self._cameras.has_pose(name)},
            trouble=self._cameras.trouble(tracks),
            watching=self._cameras.watching,
        )
        self.sightings = given.sightings
        step = self._floor.step(now_ns, given, out.new_id)
        out.fused = self._with_zones(step.picture, radio)
        self._sure = tuple(_sure_places(step.picture))
        self._cameras.align(now_ns, tracks, step.picture, seen)
        self._report_conflicts(now_ns, step, persons, out)
        return {source_id: identity for (kind, source_id), identity in step.names.items() if kind is SourceKind.CAMERA}

    def _with_zones(self, picture: FusedPicture, radio: RadioPicture | None) -> FusedPicture:
        """Each zone counts who is drawn in it with a place, whichever sensor found them."""
        tracks = with_zones(picture.tracks, self._zones)
        watches = radio is not None and not radio.trouble
        return replace(picture, tracks=tracks, zones=zone_counts(tracks, self._zones, watches, self._is_watched))

    def _is_watched(self, xy: Floats) -> bool:
        return bool(self._cameras.watching(xy))

    @property
    def live_cameras(self) -> Set[str]:
        return self._cameras.live

    def watching(self, at: Point) -> Sequence[str]:
        """Cameras that should see somebody who stands there (metres), in the same room."""
        return self._cameras.watching_in_room(np.array(at))

    def followed(self, now_ns: int) -> Sequence[FusedTrack]:
        """Everybody on the floor by the tick before, without names."""
        return self._floor.followed(now_ns)

    def sure_places(self) -> Sequence[Position]:
        """Where people are by the tick before, seen by two cameras at least and known to a step: the middle of the body, metres."""
        return self._sure

    def set_identity(self, fused_id: str, person_id: str, by: str, now_ns: int) -> None:
        """An operator says who somebody is; empty: not who they are taken for."""
        if not person_id:
            self._floor.deny(fused_id)
            return
        self._floor.assert_that(fused_id, Assertion(AssertionKind.OPERATOR, person_id, 10.0, now_ns, by))

    def claim(self, source_id: str, assertion: Assertion) -> None:
        """Of a fused track, or a track of a camera that has no place."""
        self._floor.assert_that(source_id, assertion)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self._floor.forget_person(traces.person_id)
        self._conflicts.erase(traces, out)

    def rename_person(self, gone: str, kept: str) -> None:
        self._floor.rename_person(gone, kept)

    def interrupt(self, at_ns: int, out: StepOutput) -> None:
        """Watching broke off: nobody is followed on."""
        self._conflicts.end_all(at_ns, out)
        self._floor, self._looks = PeopleFloor(), {}

    def open_event_ids(self) -> frozenset[str]:
        return self._conflicts.ids()

    def state(self) -> dict[str, Any]:
        return {
            "floor": self._floor.state(),
            "cameras": self._cameras.state(),
            "looks": {track_id: look.tolist() for track_id, look in self._looks.items()},
            "conflicts": self._conflicts.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._floor.restore(state["floor"])
        self._cameras.restore(state["cameras"])
        self._looks = {track_id: np.array(look) for track_id, look in state["looks"].items()}
        self._conflicts.restore(state["conflicts"])

    def _report_conflicts(self, now_ns: int, step: FloorStep, persons: Mapping[str, Person], out: StepOutput) -> None:
        for key in [key for key in self._conflicts.open_keys() if key not in step.lasting]:
            self._conflicts.end(key, now_ns, out)
        for conflict in step.conflicts:
            if conflict.key not in self._conflicts and _lasts(conflict):
                self._begin(conflict.key, conflict, persons, now_ns, out)

    def _begin(self, key: str, conflict: Conflict, persons: Mapping[str, Person], now_ns: int, out: StepOutput) -> None:
        gates = (at_least("lasts", conflict.seen_s, PERSIST_S[conflict.kind], "s"),)
        event = raised(
            conflict.kind,
            CandidateKind.IDENTITY,
            key,
            gates,
            now_ns - round(conflict.seen_s * SECOND),
            now_ns,
            out,
            severity=_SEVERITY[conflict.kind],
            reason=conflict.reason,
            simulated=conflict.simulated,
            position=conflict.position,
            who=EventIdentity(conflict.person_id, persons[conflict.person_id].name),
        )
        self._conflicts.begin(key, event, out)


def _lasts(conflict: Conflict) -> bool:
    return passed((at_least("lasts", conflict.seen_s, PERSIST_S[conflict.kind], "s"),))


def _sure_places(picture: FusedPicture) -> Iterator[Position]:
    for track in picture.tracks:
        cameras = sum(source.kind is SourceKind.CAMERA for source in track.sources)
        spread = max(track.covariance[axis][axis] for axis in (0, 1)) ** 0.5
        if cameras >= SURE_CAMERAS and spread <= SURE_M and track.status is FusedStatus.CONFIRMED:
            yield track.position[0], track.position[1], BODY_M


def _of_blob(blob: Blob) -> Sighting:
    return Sighting(
        SourceKind.RADIO,
        blob.id,
        RADIO,
        blob.updated_ns,
        np.array(blob.position[:2]),
        np.array(blob.covariance)[:2, :2],
        measured=blob.status is BlobStatus.CONFIRMED,
        simulated=blob.simulated,
    )


def phone_claims(carried: Mapping[str, BleMatch], now_ns: int) -> list[SourceClaim]:
    """Whose phone goes with each fused track or blob, by its id: what nobody knows any more is passed over."""
    return [
        SourceClaim(kind, presence_id, Assertion(AssertionKind.BLE, match.person_id, odds, now_ns, match.device, match.method))
        for presence_id, match in carried.items()
        if match.person_id
        for odds in [_phone_odds(match.confidence)]
        for kind in (SourceKind.BLE, SourceKind.RADIO)
    ]


def _phone_odds(confidence: float) -> float:
    """Of the assigner's confidence: a phone alone gives a name where the assigner would, and a good face outweighs it."""
    surer = _logit(confidence) - _logit(NAMED_BY_PHONE)
    return min(_BLE_NAMED + surer, _BLE_MOST)


def _logit(confidence: float) -> float:
    return float(np.log(confidence / max(1 - confidence, 1e-6)))

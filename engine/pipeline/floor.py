"""The floor lane: cameras' tracks, blobs and phones become people on the floor with names, and contradictions become events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.alerts.gates import at_least, passed
from engine.fusion.conflicts import PERSIST_S, Conflict
from engine.fusion.floor import FloorInput, FloorStep, PeopleFloor, SourceClaim
from engine.fusion.projection import FloorView
from engine.fusion.sighting import Sighting
from engine.model.blob import Blob, BlobStatus, RadioPicture
from engine.model.decision import CandidateKind
from engine.model.event import EventKind, Severity
from engine.model.fused import Assertion, AssertionKind, FusedIdentity, SourceKind
from engine.model.observation import LooksSeen
from engine.model.person import Person
from engine.model.settings import Settings
from engine.model.site import CameraPose
from engine.model.time import SECOND
from engine.model.traces import Traces
from engine.model.track import Track, TrackStatus
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import Spans, raised

FRESH_NS = SECOND // 2  # a detection older than this is carried along, not measured
RADIO = "radio"
_BLE_AT_HALF, _BLE_MOST = 2.5, 6.0
_SEVERITY = {EventKind.BADGE_WITHOUT_OWNER: Severity.MODERATE, EventKind.TWO_PLACES: Severity.MODERATE, EventKind.PHONE_LEFT: Severity.LOW}

Floats = npt.NDArray[np.float64]


class FloorLane:
    """Sans-IO; the engine thread only."""

    def __init__(self) -> None:
        self._floor = PeopleFloor()
        self._settings = Settings()
        self._sizes: dict[str, tuple[int, int]] = {}
        self._views: dict[str, FloorView | None] = {}
        self._looks: dict[str, Floats] = {}
        self._conflicts = Spans()

    def configure(self, settings: Settings) -> None:
        self._settings = settings
        self._views = {}

    def sized(self, camera_id: str, size: tuple[int, int]) -> None:
        """Frames of this camera are of that size now."""
        if self._sizes.get(camera_id) != size:
            self._sizes[camera_id] = size
            self._views.pop(camera_id, None)

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
        placed = {camera_id: view for camera_id in tracks if (view := self._view(camera_id)) is not None}
        blobs = radio.blobs if radio is not None else ()
        seen = [s for camera_id, view in placed.items() for track in tracks[camera_id] if (s := self._sighting(track, view, now_ns))]
        given = FloorInput(
            sightings=[*seen, *(_of_blob(blob) for blob in blobs)],
            claims=[*claims, *_phone_claims(blobs, now_ns)],
            devices=radio.devices if radio is not None else (),
            persons=persons,
            unplaced={camera_id: [track.id for track in each] for camera_id, each in tracks.items() if camera_id not in placed},
            trouble=self._trouble(tracks.keys() - placed.keys()),
        )
        step = self._floor.step(now_ns, given, out.new_id)
        out.fused = step.picture
        self._say(now_ns, step, persons, out)
        return {source_id: identity for (kind, source_id), identity in step.names.items() if kind is SourceKind.CAMERA}

    def named(self, fused_id: str, person_id: str, by: str, now_ns: int) -> None:
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
            "sizes": {camera_id: list(size) for camera_id, size in self._sizes.items()},
            "looks": {track_id: look.tolist() for track_id, look in self._looks.items()},
            "conflicts": self._conflicts.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._floor.restore(state["floor"])
        self._sizes = {camera_id: (int(width), int(height)) for camera_id, (width, height) in state["sizes"].items()}
        self._looks = {track_id: np.array(look) for track_id, look in state["looks"].items()}
        self._conflicts.restore(state["conflicts"])

    def _view(self, camera_id: str) -> FloorView | None:
        if camera_id not in self._views:
            self._views[camera_id] = self._made_view(camera_id)
        return self._views[camera_id]

    def _made_view(self, camera_id: str) -> FloorView | None:
        pose = self._pose(camera_id)
        size = self._sizes.get(camera_id)
        if pose is None or size is None:
            return None
        try:
            return FloorView(pose, size)
        except ValueError:
            return None

    def _pose(self, camera_id: str) -> CameraPose | None:
        return next((pose for pose in self._settings.floor.camera_poses if pose.camera_id == camera_id), None)

    def _sighting(self, track: Track, view: FloorView, now_ns: int) -> Sighting | None:
        spot = view.spot(track.box_xyxy)
        if spot is None or track.status is TrackStatus.TENTATIVE:
            return None
        camera = self._settings.camera(track.camera_id)
        return Sighting(
            SourceKind.CAMERA,
            track.id,
            track.camera_id,
            track.last_seen_ns,
            spot.xy,
            spot.covariance,
            measured=track.status is TrackStatus.CONFIRMED and now_ns - track.last_seen_ns < FRESH_NS,
            look=self._looks.get(track.id),
            simulated=camera is not None and camera.simulated,
        )

    def _trouble(self, unplaced: Iterable[str]) -> str:
        cameras = [self._settings.camera(camera_id) for camera_id in sorted(unplaced)]
        names = [camera.name for camera in cameras if camera is not None]
        if not names:
            return ""
        shown = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
        return f"Not on the floor yet: {shown}. Say where each camera hangs, or click floor points."

    def _say(self, now_ns: int, step: FloorStep, persons: Mapping[str, Person], out: StepOutput) -> None:
        lasting = {conflict.key: conflict for conflict in step.conflicts if conflict.key in self._conflicts or _lasts(conflict)}
        for key in [key for key in self._conflicts.open_keys() if key not in lasting]:
            self._conflicts.end(key, now_ns, out)
        for key, conflict in lasting.items():
            if key not in self._conflicts:
                self._begin(key, conflict, persons, now_ns, out)

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
            person=persons[conflict.person_id].name,
        )
        self._conflicts.begin(key, replace(event, person_id=conflict.person_id), out)


def _lasts(conflict: Conflict) -> bool:
    return passed((at_least("lasts", conflict.seen_s, PERSIST_S[conflict.kind], "s"),))


def _of_blob(blob: Blob) -> Sighting:
    return Sighting(
        SourceKind.RADIO,
        blob.id,
        RADIO,
        blob.updated_ns,
        np.array(blob.position[:2]),
        np.array(blob.covariance)[:2, :2],
        measured=blob.status is BlobStatus.CONFIRMED,
        zone_ids=blob.zone_ids,
        simulated=blob.simulated,
    )


def _phone_claims(blobs: Sequence[Blob], now_ns: int) -> list[SourceClaim]:
    """Whose phone goes with each blob."""
    named = [(blob, blob.identity) for blob in blobs if blob.identity is not None and blob.identity.person_id]
    return [
        SourceClaim(
            SourceKind.RADIO,
            blob.id,
            Assertion(AssertionKind.BLE, match.person_id, _phone_odds(match.confidence), now_ns, match.device, match.method),
        )
        for blob, match in named
    ]


def _phone_odds(confidence: float) -> float:
    """Log-odds of the assigner's confidence, above what it gives a name at."""
    odds = float(np.log(confidence / max(1 - confidence, 1e-6)))
    return min(_BLE_AT_HALF + max(odds, 0.0), _BLE_MOST)

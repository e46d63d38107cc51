"""Everybody on the floor: sightings and assertions in, fused tracks with names out."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from engine.fusion.conflicts import Claim, Conflict, ConflictWatch
from engine.fusion.identity import IdentityLadder
from engine.fusion.person import Followed
from engine.fusion.sighting import Sighting
from engine.fusion.tracker import FloorTracker, Followings, NewId, Watching, nobody_watches
from engine.model.people.person import Person
from engine.model.radio.blob import Covariance
from engine.model.radio.fused import Assertion, FusedIdentity, FusedPicture, FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.radio.radio import BleDeviceView
from engine.model.time import SECOND
from engine.model.value_class import dataclass

_COAST_NS = SECOND
_EXCHANGED_S, _ARM_M = 0.08, 0.3  # chance per second that two side by side are taken for each other; how near that is
_NO_CHANCE = 1e-4
SourceKey: TypeAlias = tuple[SourceKind, str]


@dataclass(frozen=True, slots=True)
class SourceClaim:
    """A sensor says who its own track or blob is; a phone that was held against fused tracks (`ble`) says so of one of these."""

    kind: SourceKind
    source_id: str
    assertion: Assertion


@dataclass(frozen=True, slots=True)
class FloorStep:
    """`names`: who each track and blob is, of those that are somebody; also of tracks of cameras that have no place on the floor.

    `lasting`: keys of conflicts that go on, also of those that are not seen just now.
    """

    picture: FusedPicture
    conflicts: tuple[Conflict, ...]
    names: Mapping[SourceKey, FusedIdentity]
    lasting: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FloorInput:
    """What a tick knows. `unplaced`: tracks by camera whose place on the floor is not known. `trouble`: of placing cameras."""

    sightings: Sequence[Sighting] = ()
    claims: Iterable[SourceClaim] = ()
    devices: Sequence[BleDeviceView] = ()
    persons: Mapping[str, Person] = field(default_factory=dict[str, Person])
    unplaced: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    trouble: str = ""
    watching: Watching = nobody_watches


class PeopleFloor:
    """Sans-IO, deterministic; the engine thread only."""

    def __init__(self) -> None:
        self._tracker = FloorTracker()
        self._ladder = IdentityLadder()
        self._conflicts = ConflictWatch()
        self._unplaced: frozenset[str] = frozenset()
        self._last_ns = 0

    def step(self, now_ns: int, given: FloorInput, new_id: NewId) -> FloorStep:
        """One tick. Claims about tracks and blobs that are nobody's are passed over."""
        followed = self._tracker.step(now_ns, given.sightings, new_id, given.watching)
        self._keep_up(followed, given.unplaced)
        self._doubt(now_ns, [person for person in followed.people if person.shown])
        owner: dict[SourceKey, str] = {(SourceKind.CAMERA, track): track for track in self._unplaced}
        owner |= {(source.kind, source.id): person.id for person in followed.people for source in person.sources.values()}
        told_of = owner | {(SourceKind.BLE, person.id): person.id for person in followed.people}
        for claim in given.claims:
            if (key := told_of.get((claim.kind, claim.source_id))) is not None:
                self._ladder.assert_that(key, claim.assertion)
        known = self._decide_identities(now_ns, followed, given)
        tracks = tuple(_track(person, known.get(person.id), now_ns) for person in followed.people if person.shown)
        names = {person.id: person.name for person in given.persons.values()}
        conflicts = self._conflicts.step(now_ns, tracks, self._claims(now_ns, tracks), given.devices, names)
        return FloorStep(
            FusedPicture(now_ns, tracks, given.trouble),
            conflicts,
            {source: known[key] for source, key in owner.items() if key in known},
            self._conflicts.lasting,
        )

    def followed(self, now_ns: int) -> tuple[FusedTrack, ...]:
        """Everybody who is shown, as of the last step and without names; nobody where that is long ago."""
        if now_ns - self._last_ns > _COAST_NS:
            return ()
        return tuple(_track(person, None, self._last_ns) for person in self._tracker.people if person.shown)

    def assert_that(self, fused_id: str, assertion: Assertion) -> bool:
        """An operator, or a voice, says who a fused track, or a track of an unplaced camera, is. False: there is no such track now."""
        if fused_id not in self._tracker and fused_id not in self._unplaced:
            return False
        self._ladder.assert_that(fused_id, assertion)
        return True

    def deny(self, fused_id: str) -> None:
        """The track is not who it is taken for."""
        self._ladder.drop_tracks([fused_id])

    def forget_person(self, person_id: str) -> None:
        self._ladder.forget_person(person_id)
        self._conflicts.drop_person(person_id)

    def rename_person(self, gone: str, kept: str) -> None:
        """A person was another all along."""
        self._ladder.rename(gone, kept)

    def state(self) -> dict[str, Any]:
        return {
            "tracker": self._tracker.state(),
            "ladder": self._ladder.state(),
            "conflicts": self._conflicts.state(),
            "unplaced": sorted(self._unplaced),
            "last_ns": self._last_ns,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._tracker.restore(state["tracker"])
        self._ladder.restore(state["ladder"])
        self._conflicts.restore(state["conflicts"])
        self._unplaced = frozenset(state["unplaced"])
        self._last_ns = int(state["last_ns"])

    def _keep_up(self, followed: Followings, unplaced: Mapping[str, Sequence[str]]) -> None:
        for gone, kept in followed.merged:
            self._ladder.merge_tracks(gone, kept)
        now = frozenset(track for tracks in unplaced.values() for track in tracks)
        self._ladder.drop_tracks([*followed.ended, *(self._unplaced - now)])
        self._unplaced = now

    def _decide_identities(self, now_ns: int, followed: Followings, given: FloorInput) -> dict[str, FusedIdentity]:
        """By fused track, and by track where a camera is not placed: such cameras may see one person at once, each of them."""
        known = self._ladder.decide(now_ns, [person.id for person in followed.people], given.persons.get)
        for tracks in given.unplaced.values():
            known |= self._ladder.decide(now_ns, list(tracks), given.persons.get)
        return known

    def _claims(self, now_ns: int, tracks: Sequence[FusedTrack]) -> list[Claim]:
        return [
            Claim(track, each.assertion, each.value, each.often)
            for track in tracks
            for each in self._ladder.weighted_assertions(track.id, now_ns)
        ]

    def _doubt(self, now_ns: int, people: Sequence[Followed]) -> None:
        """Two who meet may be taken for each other from then on."""
        dt_s, self._last_ns = min(max((now_ns - self._last_ns) / SECOND, 0.0), 1.0) if self._last_ns else 0.0, now_ns
        for index, one in enumerate(people):
            for other in people[index + 1 :]:
                exchanged = dt_s * _exchange_rate(one, other)
                if exchanged > _NO_CHANCE:
                    self._ladder.doubt(one.id, exchanged, now_ns)
                    self._ladder.doubt(other.id, exchanged, now_ns)


def _exchange_rate(one: Followed, other: Followed) -> float:
    """Per second, of two as near as these."""
    across, along = (one.motion.xy - other.motion.xy).tolist()
    (wide, _), (_, deep) = (one.motion.place_covariance + other.motion.place_covariance).tolist()
    apart2, spread2 = across * across + along * along, (wide + deep) / 2
    return _EXCHANGED_S * math.exp(-0.5 * apart2 / (_ARM_M**2 + spread2))


def _track(person: Followed, identity: FusedIdentity | None, now_ns: int) -> FusedTrack:
    x, y = person.motion.xy.tolist()
    vx, vy = person.motion.velocity.tolist()
    coasting = now_ns - person.updated_ns > _COAST_NS
    return FusedTrack(
        id=person.id,
        number=person.number,
        status=FusedStatus.COASTING if coasting else FusedStatus.CONFIRMED,
        position=(x, y, 0.0),
        covariance=_covariance(person.motion.place_covariance.tolist()),
        velocity=(vx, vy, 0.0),
        since_ns=person.since_ns,
        updated_ns=person.updated_ns,
        sources=tuple(FusedSource(s.kind, s.id, s.sensor_id, s.last_ns, s.sigma_m) for s in person.sources.values()),
        identity=identity,
        trail=person.trail,
        simulated=person.simulated,
    )


def _covariance(flat: Sequence[Sequence[float]]) -> Covariance:
    """Of a spot on the floor, whose height is known."""
    (xx, xy), (yx, yy) = flat
    return ((xx, xy, 0.0), (yx, yy, 0.0), (0.0, 0.0, 0.0))

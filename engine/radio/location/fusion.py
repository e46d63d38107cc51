"""From link features to located people, with the reasons. See `BlobFusion`."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.radio.blob import Blob, BlobEvidence, BlobStatus
from engine.model.radio.radio import LinkFeatures, LinkState, no_voxels
from engine.model.site import Floor, Position, RadioSettings
from engine.model.value_class import dataclass
from engine.radio import kernels
from engine.radio.fresnel import zone_numbers
from engine.radio.geometry import LinkGeometry
from engine.radio.kernels import Array, Bins, TickLevels
from engine.radio.links.doppler import no_spectra, stirring
from engine.radio.links.levels import Levels, Reading
from engine.radio.location.fit import best_fit
from engine.radio.location.grid import Extent, VoxelGrid, extent_of
from engine.radio.location.law import ScatterLaw, StrayLevels
from engine.radio.location.likelihood import level_bins
from engine.radio.location.peaks import VoxelField
from engine.radio.location.track import Track
from engine.radio.location.tracker import COAST_NS, TEMPER, NewId, Tracker
from engine.radio.location.weights import LinkWeights

STATE_VERSION = 2
SHOWN = 3.0  # fused value from which a voxel is shown: odds of 20
_SECOND = 1e9
_LONGEST_S = 0.3  # a tick counts for no longer: after a gap its levels are one look, not ten
_STALE_S = 1.5
_MOST_COLUMNS = 150
_MIXED_UP = 1.6  # times the variance where several are followed: clouds do not know whose level a level is; measured
_STANDING = 0.006  # the same of what nothing moves in, while somebody is followed: furniture is learned away in some minutes
_BUSY_S, _BUSY, _NEW = 2.0, 0.35, -0.2  # over which motion is averaged, the share from which it lasts, what a new link has
_LIVELY = 0.02  # what moves while nobody is found counts so much as stray, or who is being found would be learned away
_ECHOED = 0.7  # part of the evidence for a law that levels of links with a static wave are not: echoes make most of them
NO_PLACES = "No two nodes have a position. Give each node its place on the Space page, or let nodes announce it."
NO_LINKS = "No link between two placed nodes is heard. Check that the nodes are online and on the same channel."


@dataclass(frozen=True, slots=True, eq=False)
class FusionResult:
    """What one tick says; see `RadioPicture` and `Blob`. `ended`: ids of blobs that are gone since the tick before."""

    blobs: tuple[Blob, ...] = ()
    ended: tuple[str, ...] = ()
    voxels: Floats = field(default_factory=no_voxels)
    evidence: tuple[BlobEvidence, ...] = ()
    links: tuple[LinkState, ...] = ()
    extent: Extent | None = None
    trouble: str = ""


class BlobFusion:
    """Features of links in, blobs out. Deterministic, without a clock, for one thread.

    The fused value of a blob at a place is the sum over links of log p(what the link shows | somebody stands there) − log p(what it
    shows | nobody more is there), given everybody else who is followed.
    """

    def __init__(self, pictured: bool = True) -> None:
        """`pictured`: whether anybody looks at voxels; they change nothing else."""
        self._pictured = pictured
        self._positions: dict[str, Position] = {}
        self._floor = Floor()
        self._radio = RadioSettings()
        self._links: tuple[str, ...] | None = None
        self._extent: Extent | None = None
        self._scene: _Scene | None = None
        self._carried: Tracker | None = None
        self._restored: dict[str, Any] | None = None  # until there are places again
        self._law, self._stray, self._weights = ScatterLaw(), StrayLevels(), LinkWeights()
        self._last_ns = 0
        self._busy: Array = np.zeros(0)
        self._latest: tuple[_Scene, Levels] | None = None

    def place(self, positions: Mapping[str, Position], floor: Floor, radio: RadioSettings) -> None:
        """Nodes (by MAC, metres), plan and settings from now on. Tables are built at the next step, and only where links changed."""
        if (dict(positions), floor, radio) == (self._positions, self._floor, self._radio):
            return
        self._positions, self._floor, self._radio = dict(positions), floor, radio
        self._forget_scene()

    def step(self, now_ns: int, features: LinkFeatures, new_id: NewId) -> FusionResult:
        """One tick. `new_id(kind)` names what begins."""
        dt_s = min(max((now_ns - self._last_ns) / _SECOND, 0.02), _LONGEST_S) if self._last_ns else 0.1
        self._last_ns = now_ns
        scene = self._scene_of(features)
        if scene is None:
            return FusionResult(ended=self._end_all(), links=_link_states(features, self._weights), extent=self._extent, trouble=NO_PLACES)
        self._weights.fade(dt_s)
        levels = self._levels(features, scene, dt_s)
        self._law.see(np.where(levels.moving > 0, _scatter(features)[scene.geometry.rows], -300.0))
        self._latest = scene, levels
        trouble = "" if bool((levels.weight > 0).any()) else NO_LINKS
        if not self._law.ready and not levels.stirred and not scene.tracker.tracks:
            return FusionResult(links=_link_states(features, self._weights), extent=self._extent, trouble=trouble)
        ended = scene.tracker.step(now_ns, dt_s, levels, self._law, new_id)
        self._learn(scene, levels, dt_s)
        return self._result(now_ns, features, scene, levels, ended, trouble)

    def teach(self, now_ns: int, position: Position) -> None:
        """A person is certainly at `position` (from BLE or a camera): links learn how much they count."""
        if self._latest is None or not self._radio.learn_weights or not self._law.ready:
            return
        scene, levels = self._latest
        table = Reading(levels.level, self._law.steps()).ratios(levels.stray, np.ones(len(scene.geometry)))
        there = table[np.arange(len(table)), scene.geometry.depths(np.array([position]))[:, 0]]
        self._weights.teach(scene.geometry.table.links, there - scene.tracker.lattice.mean(table))

    def accumulate(self) -> Floats:
        """What the links of the newest tick add up to: over the floor, and over the voxels that stand out (K, 4). For measuring."""
        if self._latest is None or not self._law.ready:
            return no_voxels()
        scene, levels = self._latest
        return self._voxels(scene, levels, Reading(levels.level, self._law.steps()))

    def state(self) -> dict[str, Any]:
        """Plain JSON-able data from which `restore` continues bit by bit, once the same places are given."""
        tracker = self._scene.tracker if self._scene else self._carried
        return {
            "version": STATE_VERSION,
            "last_ns": self._last_ns,
            "busy": self._busy.tolist(),
            "law": self._law.state(),
            "stray": self._stray.state(),
            "weights": self._weights.state(),
            "links": None if self._links is None else list(self._links),
            "tracker": self._restored or (tracker.state() if tracker else None),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from `state`. ValueError when it is of another version."""
        if state["version"] != STATE_VERSION:
            raise ValueError(f"state of version {state['version']}, expected {STATE_VERSION}")
        self._last_ns = int(state["last_ns"])
        self._busy = np.array(state["busy"], np.float64)
        self._law.restore(state["law"])
        self._stray.restore(state["stray"])
        self._weights.restore(state["weights"])
        self._forget_scene()
        self._carried, self._restored = None, state["tracker"]

    def _forget_scene(self) -> None:
        self._carried = self._scene.tracker if self._scene else self._carried
        self._scene, self._links, self._latest = None, None, None

    def _scene_of(self, features: LinkFeatures) -> "_Scene | None":
        """Geometry and tables for the links that there are now."""
        if features.links != self._links:
            geometry = LinkGeometry.of(features.links, features.wavelength_m, self._positions)
            if self._scene is not None and geometry.same_lines(self._scene.geometry):  # who came or went has no place
                self._scene.geometry, self._links = geometry, features.links
                return self._scene
            self._forget_scene()
            self._links = features.links
            self._extent = extent_of(self._positions, self._floor)
            self._scene = self._build(geometry, self._extent) if self._extent is not None and len(geometry) else None
        return self._scene

    def _build(self, geometry: LinkGeometry, extent: Extent) -> "_Scene":
        tracker = Tracker(geometry, extent, self._radio.most_people)
        if self._restored is not None:
            tracker.restore(self._restored)
        elif self._carried is not None:
            tracker.adopt(self._carried)
        self._restored, self._carried = None, None
        self._stray.follow(geometry.table.links)
        return _Scene(geometry, tracker, VoxelField(VoxelGrid.over(extent, self._radio.cell_m), geometry))

    def _end_all(self) -> tuple[str, ...]:
        """There is nothing to locate with any more."""
        ended = tuple(track.id for track in self._carried.tracks) if self._carried else ()
        if self._carried:
            self._carried.tracks = []
        return ended

    def _sustained(self, motion: npt.NDArray[np.bool_], dt_s: float) -> npt.NDArray[np.bool_]:
        """(L,) which links have been in motion for a while: a link that flickers now and then is none of somebody who walks."""
        if len(self._busy) != len(motion):
            self._busy = np.full(len(motion), _NEW)
        self._busy = self._busy + (1 - np.exp(-dt_s / _BUSY_S)) * (motion - self._busy)
        return motion & (self._busy > _BUSY)

    def _levels(self, features: LinkFeatures, scene: "_Scene", dt_s: float) -> Levels:
        rows = scene.geometry.rows
        level = level_bins(_scatter(features)[rows])
        moving = np.where(self._sustained(features.motion[rows], dt_s), level, 0)
        weight = self._weights.of(scene.geometry.table.links) * (features.age_s[rows] < _STALE_S)
        stray, stray_moving = self._stray.around(level, moving)
        spectra = features.doppler[rows] if len(features.doppler) else no_spectra(len(rows))
        stirred = bool((stirring(spectra) * weight > 0).any())
        return Levels.of(level, moving, weight, stray, stray_moving, features.still[rows], spectra, stirred)

    def _learn(self, scene: "_Scene", levels: Levels, dt_s: float) -> None:
        """What this tick tells about the site: how scattering falls, and what links show when nobody is there."""
        tracker = scene.tracker
        if not tracker.tracks and tracker.search.belief < -1:
            self._stray.count(levels.level, _LIVELY if levels.active else TEMPER, dt_s)
        elif not levels.active:
            self._stray.count(levels.level, _STANDING, dt_s)
        if levels.active:
            seen, which = self._law.due(scene.geometry.table.links, TickLevels(levels.level, levels.stray, levels.weight))
            if which is not None:
                doubt = 1 - _ECHOED * levels.told_share
                self._law.weigh(which, doubt * self._evidence(scene, seen, which), dt_s)

    def _evidence(self, scene: "_Scene", seen: TickLevels, member: int) -> float:
        """Log-likelihood of levels under a law, with as many people as explain them best."""
        table = Reading(seen.level, self._law.member(member)).ratios(seen.stray, seen.weight)
        return TEMPER * best_fit(table, self._law.depths_of_two(member), scene.tracker.lattice, scene.geometry)

    def _result(
        self, now_ns: int, features: LinkFeatures, scene: "_Scene", levels: Levels, ended: tuple[str, ...], trouble: str
    ) -> FusionResult:
        reading = Reading(levels.level, self._law.steps())
        evidence = tuple(self._evidence_of(track, now_ns, features, scene, levels, reading) for track in scene.tracker.tracks)
        doubt = _MIXED_UP if len(evidence) > 1 else 1.0
        blobs = tuple(_blob(track, each, now_ns, doubt) for track, each in zip(scene.tracker.tracks, evidence, strict=True))
        voxels = self._voxels(scene, levels, reading) if self._pictured else no_voxels()
        return FusionResult(blobs, ended, voxels, evidence, _link_states(features, self._weights), self._extent, trouble)

    def _evidence_of(
        self, track: Track, now_ns: int, features: LinkFeatures, scene: "_Scene", levels: Levels, reading: Reading
    ) -> BlobEvidence:
        others, geometry, place = scene.tracker.others(track, levels), scene.geometry, track.cloud.mean()
        told = kernels.explain(geometry.lines, reading.law, reading.level, others, levels.weight, place, track.depths)
        value, (contribution, without, excess) = told
        x, y, z = place.tolist()
        return BlobEvidence(
            blob_id=track.id,
            number=track.number,
            at_ns=now_ns,
            position=(x, y, z),
            fused_value=value,
            confidence=1 / (1 + float(np.exp(-track.belief))),
            table=geometry.table,
            contribution=contribution,
            without=without,
            change=features.change[geometry.rows],
            activity=features.activity[geometry.rows],
            weight=levels.weight,
            zone=zone_numbers(excess, geometry.table.wavelength_m),
        )

    def _voxels(self, scene: "_Scene", levels: Levels, reading: Reading) -> Floats:
        table = reading.ratios(levels.stray, levels.weight)
        columns = scene.over(scene.tracker.lattice.gain(table), SHOWN)
        return scene.voxels.above(table, columns, SHOWN)


class _Scene:
    """Everything that depends on where nodes stand."""

    def __init__(self, geometry: LinkGeometry, tracker: Tracker, voxels: VoxelField) -> None:
        self.geometry, self.tracker, self.voxels = geometry, tracker, voxels
        self._square = tracker.lattice.holding(voxels.columns)

    def over(self, gain: Array, least: float) -> Bins:
        """Columns of voxels over the squares whose value exceeds `least`, the strongest where there are too many."""
        return kernels.standing_out(gain, self._square, least, _MOST_COLUMNS)


def _scatter(features: LinkFeatures) -> Array:
    """Scattered power in dB; where no bank filled it in, from the relative change of the links that are in motion."""
    if len(features.scatter_db) == len(features.links):
        return features.scatter_db
    return np.where(features.motion, 20 * np.log10(np.maximum(features.change, 1e-6)), -200.0)


def _link_states(features: LinkFeatures, weights: LinkWeights) -> tuple[LinkState, ...]:
    columns = (
        features.activity,
        features.change,
        features.motion,
        features.health,
        features.rate_hz,
        weights.of(features.links),
        features.still,
    )
    return tuple(map(LinkState, features.links, *(column.tolist() for column in columns)))


def _blob(track: Track, evidence: BlobEvidence, now_ns: int, doubt: float) -> Blob:
    """`doubt`: times the variance of the cloud."""
    speed, spread = track.cloud.velocity(), (doubt * track.cloud.covariance()).tolist()
    vx, vy, vz = speed.tolist()
    a, b, c = ((row[0], row[1], row[2]) for row in spread)
    return Blob(
        id=track.id,
        number=track.number,
        status=BlobStatus.COASTING if now_ns - track.measured_ns > COAST_NS else BlobStatus.CONFIRMED,
        position=evidence.position,
        covariance=(a, b, c),
        velocity=(vx, vy, vz),
        confidence=evidence.confidence,
        fused_value=evidence.fused_value,
        since_ns=track.since_ns,
        updated_ns=now_ns,
        still=track.still,
        trail=track.trail,
    )

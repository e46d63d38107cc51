"""Located presences from radio fusion, and why they are where they are."""

from dataclasses import field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.radio.radio import BleDeviceView, LinkState, PathLossView, ZoneOccupancy, no_voxels
from engine.model.site import Position
from engine.model.value_class import dataclass

Covariance: TypeAlias = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


class BlobStatus(StrEnum):
    TENTATIVE = "tentative"  # not shown
    CONFIRMED = "confirmed"
    COASTING = "coasting"  # not measured lately: carried along


class Posture(StrEnum):
    UNKNOWN = "unknown"
    UPRIGHT = "upright"
    FALLEN = "fallen"


NAMED_BY_PHONE = 0.65  # confidence from which a phone gives somebody a new name


@dataclass(frozen=True, slots=True)
class BleMatch:
    """Why a blob has a name: the device that was found where the blob is.

    `method`: `position` (device located among three or more scanners), `ranges` (fewer: its RSSI agree with the blob's place).
    """

    person_id: str
    person_name: str
    color: str
    device: str
    confidence: float
    method: str
    reported_by: tuple[str, ...]
    position: Position | None
    since_ns: int


@dataclass(frozen=True, slots=True)
class Blob:
    """One presence.

    Attributes:
        number: small, for clients of the reference's endpoints; rises, never used twice.
        covariance: m², 3×3, of `position`. velocity: m/s.
        confidence: 0–1, that somebody is there: evidence, not rank. fused_value: of the fusion at `position`.
        trail: (ns, x, y) of the last half minute, oldest first.
    """

    id: str
    number: int
    status: BlobStatus
    position: Position
    covariance: Covariance
    velocity: Position
    confidence: float
    fused_value: float
    since_ns: int
    updated_ns: int
    posture: Posture = Posture.UNKNOWN
    still: bool = False
    identity: BleMatch | None = None
    trail: tuple[tuple[int, float, float], ...] = ()
    zone_ids: tuple[str, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LinkTable:
    """The links that fusion uses, shared by all evidence of one geometry: ids, ends (L, 3) metres, wavelengths (L,) metres."""

    links: tuple[str, ...]
    a_m: npt.NDArray[np.float64]
    b_m: npt.NDArray[np.float64]
    wavelength_m: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BlobEvidence:
    """How one blob's fused value came about at one tick; arrays (L,) in the order of `table`.

    Attributes:
        contribution: what each link added at `position`; sums exactly to `fused_value`. May be negative: a quiet link speaks against.
        without: the fused value at the best place within reach of the blob if that link were left out.
        change: `LinkFeatures.change`. activity: z-score. weight: learned. zone: Fresnel zone number of the position, 1 …
    """

    blob_id: str
    number: int
    at_ns: int
    position: Position
    fused_value: float
    confidence: float
    table: LinkTable
    contribution: npt.NDArray[np.float64]
    without: npt.NDArray[np.float64]
    change: npt.NDArray[np.float64]
    activity: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    zone: npt.NDArray[np.int64]
    identity: BleMatch | None = None


@dataclass(frozen=True, slots=True)
class LinkContribution:
    """One link's part in a blob, for people; see `BlobEvidence`. `share` is the part of all positive contributions, 0–1."""

    link: str
    node_mac: str
    peer_mac: str
    change: float
    activity: float
    zone: int
    weight: float
    contributing: bool
    contribution: float
    share: float
    without: float


@dataclass(frozen=True, slots=True)
class FresnelZone:
    """The ellipsoid of a link's zone: foci at the nodes, centre between them; semi-axes (b, b, a), a along the link.

    a = (d + nλ/2)/2, b = √(a² − d²/4).
    """

    link: str
    center: Position
    semi_axes: Position
    zone: int
    tx: Position
    rx: Position
    wavelength_m: float


@dataclass(frozen=True, slots=True)
class BlobExplanation:
    """Why a blob is where it is. The contributions add up to `fused_value`."""

    blob_id: str
    number: int
    at_ns: int
    position: Position
    fused_value: float
    confidence: float
    links: tuple[LinkContribution, ...]
    zones: tuple[FresnelZone, ...]
    identity: BleMatch | None = None
    intersection_m3: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class RadioPicture:
    """All that radio sensing says at one tick.

    Attributes:
        blobs: confirmed and coasting ones; empty when nobody is there.
        voxels: (K, 4) float32: x, y, z in metres and fused value, those above threshold, strongest first, at most 4,000.
        extent: x0, y0, z0, x1, y1, z1 of the grid in metres, None while no two nodes have a position.
        trouble: why nothing can be located, as a sentence; empty when it can.
        path_losses: of scanners that learned theirs, and that nobody calibrated.
    """

    at_ns: int
    blobs: tuple[Blob, ...] = ()
    links: tuple[LinkState, ...] = ()
    voxels: Floats = field(default_factory=no_voxels)
    zones: tuple[ZoneOccupancy, ...] = ()
    devices: tuple[BleDeviceView, ...] = ()
    evidence: tuple[BlobEvidence, ...] = ()
    extent: tuple[float, float, float, float, float, float] | None = None
    trouble: str = ""
    simulated: bool = False
    path_losses: tuple[PathLossView, ...] = ()

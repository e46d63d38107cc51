"""What radios say: CSI frames as batches, BLE sightings, nodes and links."""

from dataclasses import field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.site import Position
from engine.model.value_class import dataclass

SUBCARRIERS = 64  # of a 20 MHz channel; other counts are padded or cut to it for features
LIGHT_M_S = 299_792_458.0
LOCAL_SCANNER = "local"  # the machine's own Bluetooth adapter, which reports what it hears and repeats nothing


def wavelength_m(channel: int) -> float:
    """λ of a 2.4 GHz Wi-Fi channel (IEEE 802.11: 2407 + 5·n MHz, channel 14 at 2484); of channel 6 for what is none."""
    mhz = 2484 if channel == 14 else 2407 + 5 * (channel if 1 <= channel <= 13 else 6)
    return LIGHT_M_S / (mhz * 1e6)


def link_id(one: str, other: str) -> str:
    """The id of the undirected link of two MACs: the smaller first, 35 characters, split at index 17."""
    return f"{min(one, other)}:{max(one, other)}"


def link_ends(link: str) -> tuple[str, str]:
    return link[:17], link[18:]


@dataclass(frozen=True, slots=True, eq=False)
class CsiBatch:
    """All CSI frames that arrived since the batch before, in order of arrival: parallel arrays of N rows.

    Attributes:
        links: (reporting node, peer) MACs as on the wire; `link` (N,) uint16 indexes it.
        arrival_ns: (N,) int64 UTC. Arrival is the clock: nodes' own time stamps restart and lie.
        rssi_dbm: (N,) int8, 0 where the node had none. noise_dbm: (N,) int8. channel: (N,) uint8, 1–14.
        n_sub: (N,) uint8, subcarriers of the frame; iq: (N, S, 2) int8 as on the wire (I then Q), zero beyond `n_sub`.
        shed: frames dropped since the batch before, because more came than could be taken in.
        simulated: the frames come from our own simulated nodes.
    """

    occurred_ns: int
    links: tuple[tuple[str, str], ...]
    link: npt.NDArray[np.uint16]
    arrival_ns: npt.NDArray[np.int64]
    rssi_dbm: npt.NDArray[np.int8]
    noise_dbm: npt.NDArray[np.int8]
    channel: npt.NDArray[np.uint8]
    n_sub: npt.NDArray[np.uint8]
    iq: npt.NDArray[np.int8]
    shed: int = 0
    simulated: bool = False

    def __post_init__(self) -> None:
        count = len(self.link)
        for name in ("arrival_ns", "rssi_dbm", "noise_dbm", "channel", "n_sub"):
            if getattr(self, name).shape != (count,):
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected ({count},)")
        if self.iq.ndim != 3 or self.iq.shape[0] != count or self.iq.shape[2] != 2:
            raise ValueError(f"iq has shape {self.iq.shape}, expected ({count}, S, 2)")
        if count and int(self.link.max()) >= len(self.links):
            raise ValueError(f"link index {int(self.link.max())} of {len(self.links)} links")

    def __len__(self) -> int:
        return len(self.link)


@dataclass(frozen=True, slots=True)
class BleSighting:
    """One device as one scanner heard it.

    `device` is the registered address where the device is known (also through its identity key), otherwise a pseudonym
    `anon-<16 hex>`; raw addresses of unregistered devices are shown live but never kept.
    """

    device: str
    rssi_dbm: int
    name: str = ""
    company_id: int | None = None


@dataclass(frozen=True, slots=True)
class BleSightings:
    """What one scanner (a node's MAC, or `LOCAL_SCANNER`) heard in one report.

    Nodes repeat devices that are gone: age by change of RSSI.
    """

    occurred_ns: int
    scanner: str
    sightings: tuple[BleSighting, ...]
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class PathLossView:
    """What a scanner learned of how phones get weaker with distance: `power_dbm` at 1 m, `exponent`, from so many `readings`."""

    scanner: str
    power_dbm: float
    exponent: float
    readings: int


class NodeState(StrEnum):
    ONLINE = "online"
    UNPAIRED = "unpaired"  # connected without a valid token while pairing is open
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class NodeChanged:
    """A node came, went, or said hello with other facts. `announced`: the position in its hello, None when it has none.

    `removed`: the operator wants to know nothing more of it.
    """

    occurred_ns: int
    mac: str
    state: NodeState
    announced: Position | None = None
    channel: int = 0
    reason: str = ""
    simulated: bool = False
    removed: bool = False


class UpdateState(StrEnum):
    """Of a node's firmware."""

    IDLE = "idle"
    PENDING = "pending"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    REBOOTING = "rebooting"
    VERIFIED = "verified"
    FAILED = "failed"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node as the Devices page shows it.

    Attributes:
        position: in use; `position_source` is `plan`, `announced` or empty when there is none.
        rate_hz: CSI frames per second measured here over the last seconds; configured_hz: what it was told.
        health: 0–1 over its links, None while there are none. last_health_ns: of its newest health message.
        update, update_percent, update_message: of a firmware update.
    """

    mac: str
    name: str
    state: NodeState
    reason: str = ""
    address: str = ""
    since_ns: int = 0
    last_seen_ns: int = 0
    firmware: str = ""
    chip: str = ""
    capabilities: tuple[str, ...] = ()
    role: str = ""
    channel: int = 0
    position: Position | None = None
    position_source: str = ""
    rate_hz: float = 0.0
    configured_hz: int = 0
    reported_hz: float | None = None
    frames: int = 0
    malformed: int = 0
    rssi_dbm: int | None = None
    temperature_c: float | None = None
    free_heap_bytes: int | None = None
    uptime_ms: int | None = None
    health: float | None = None
    last_health_ns: int | None = None
    update: UpdateState = UpdateState.IDLE
    update_percent: int | None = None
    update_message: str = ""
    simulated: bool = False
    path_loss: PathLossView | None = None


@dataclass(frozen=True, slots=True)
class BleDeviceView:
    """One BLE device as the Devices page shows it; `address` is the raw one while it is known, `device` the id used inside.

    `position`, `sigma_m`: where it is now, None when that cannot be said; `method` says how (`least_squares`, `nearest` …).
    `heard`: the newest RSSI (dBm) at every scanner that hears it now, strongest first; calibrating a scanner needs it at that one.
    `still_since_ns`: it has not moved since; 0: that is not known.
    """

    device: str
    address: str
    name: str = ""
    label: str = ""
    type: str = ""
    person_id: str = ""
    color: str = ""
    company_id: int | None = None
    company: str = ""
    rssi_dbm: int | None = None
    best_scanner: str = ""
    scanners: int = 0
    first_seen_ns: int = 0
    last_seen_ns: int = 0
    rotates: bool = False
    position: Position | None = None
    sigma_m: float | None = None
    method: str = ""
    left_behind: bool = False
    simulated: bool = False
    heard: tuple[tuple[str, int], ...] = ()
    still_since_ns: int = 0


@dataclass(frozen=True, slots=True)
class Firmware:
    """A firmware file that was uploaded."""

    version: str
    file: str
    sha256: str
    size_bytes: int
    uploaded_ns: int = 0


@dataclass(frozen=True, slots=True)
class Pairing:
    """Whether nodes without a token are let in, and until when (None: as long as this run)."""

    open: bool = False
    until_ns: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LinkFeatures:
    """What the links say at one tick: L undirected links in a stable order, parallel float64 arrays of shape (L,). Never NaN.

    Attributes:
        links: ids as `link_id` makes them.
        activity: evidence of motion in units of the link's own quiet spread (a z-score ≥ 0; 0 means as quiet as ever).
        change: |amplitude − baseline| relative to the baseline (RMS over the chosen subcarriers), dimensionless; `delta_rms` outside.
        strength: the power that bodies scatter into the link, relative to the strongest this link has lately shown, 0–1.
        motion: (L,) bool, activity above the link's own threshold.
        still: 0–1, evidence that somebody breathes in the link though nothing moves.
        health: 0–1. rate_hz: frames per second, both directions together. age_s: since the newest frame.
        wavelength_m: λ of the link's channel.
        scatter_db: the power that bodies scatter into the link, in dB, net of the quiet link; comparable between the links of one
            bank, on a scale of its own (dBm where nodes tell RSSI); -200 where nothing is seen. Empty where nobody filled it in.
        doppler: (L, F) power at each Doppler shift of what bodies add to the static wave, 1 on the average over the shifts; a row of 0
            where the link tells none, (0, 0) where nobody filled it in.
    """

    links: tuple[str, ...]
    activity: npt.NDArray[np.float64]
    change: npt.NDArray[np.float64]
    strength: npt.NDArray[np.float64]
    motion: npt.NDArray[np.bool_]
    still: npt.NDArray[np.float64]
    health: npt.NDArray[np.float64]
    rate_hz: npt.NDArray[np.float64]
    age_s: npt.NDArray[np.float64]
    wavelength_m: npt.NDArray[np.float64]
    scatter_db: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    doppler: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    def __len__(self) -> int:
        return len(self.links)


@dataclass(frozen=True, slots=True)
class LinkState:
    """One link as it is drawn and listed; see `LinkFeatures`."""

    link: str
    activity: float
    change: float
    motion: bool
    health: float
    rate_hz: float
    weight: float = 1.0
    still: float = 0.0


@dataclass(frozen=True, slots=True)
class ZoneOccupancy:
    """Who is in a zone. `known` is False while nothing watches it: not observed is not empty."""

    zone_id: str
    blob_ids: tuple[str, ...]
    known: bool = True


def no_voxels() -> Floats:
    return np.zeros((0, 4), np.float32)
